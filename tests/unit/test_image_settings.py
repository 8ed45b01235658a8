"""The one list of what the fleet's image takes: the image, the checks and the docs agree."""

import json
import re
from pathlib import Path

import pytest

from fleet.sites_file.image_settings import LIST, image_settings

ROOT = Path(__file__).parents[2]
OF_THE_IMAGE = ROOT / "container/root/usr/local/share/fleet/settings.json"


def test_the_image_has_the_same_list() -> None:
    assert json.loads(LIST.read_text()) == json.loads(OF_THE_IMAGE.read_text())
    code = (OF_THE_IMAGE.parent / "environment.php").read_text()
    assert "settings.json" in code


@pytest.mark.parametrize("name", sorted(image_settings()))
def test_the_docs_name_each_with_its_default(name: str) -> None:
    page = (ROOT / "docs/image.md").read_text()
    row = re.search(rf"^\| `{name}` \| (.+?) \|", page, re.MULTILINE)
    assert row, f"docs/image.md has no row for {name}"
    default = image_settings()[name]["default"]
    shown = row[1].strip("`")
    assert shown in (str(default), "none", "the RDS bundle")
