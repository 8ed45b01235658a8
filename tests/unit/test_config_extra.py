"""What WORDPRESS_CONFIG_EXTRA may hold; what it may not is in `bad/env.config_extra.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.sites_file.check import check_file

NETWORK = "define( 'MULTISITE', true );"


def problems(folder: Path, env: dict[str, str], **fields: Any) -> list[str]:
    file = folder / "sites.yaml"
    site = {"domains": ["blog.example.com"], "env": env, **fields}
    file.write_text(yaml.safe_dump({"version": 1, "sites": {"blog": site}}))
    return [problem.message for problem in check_file(file, None).problems]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "define( 'WP_POST_REVISIONS', 7 );",
        "// define( 'MULTISITE', true );\n# $table_prefix = 'x';",
        "define( 'MINE', 'MULTISITE' ); $mine = 'table_prefix';",
        "if ( ! defined( 'MULTISITE' ) ) { define( 'NONE', 1 ); }",
        "$hosts = array_map( fn( $host ) => $host |> trim( ... ), [ 'a' ] );",
        "?> <?php $text = <<<END\n  'it\n  END;",
    ],
)
def test_code_that_is_taken(tmp_path: Path, code: str) -> None:
    assert problems(tmp_path, {"WORDPRESS_CONFIG_EXTRA": code}) == []


def test_an_image_of_ones_own_may_serve_networks(tmp_path: Path) -> None:
    env = {"WORDPRESS_CONFIG_EXTRA": NETWORK, "MULTISITE": "1"}
    assert len(problems(tmp_path, env)) == 2
    assert problems(tmp_path, env, image="agency/wordpress:7") == []
    assert len(problems(tmp_path, {"WORDPRESS_CONFIG_EXTRA": "define("}, image="a/b:7")) == 1
