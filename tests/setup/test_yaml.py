"""Setting up what runs a program in another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.test_setup import script

BUILD = """
import go_build, pulumi_build, pulumi_cli, pulumi_yaml
home = folder / "pulumi"
for part in ("bin", "host"):
    (home / part).mkdir(parents=True, exist_ok=True)
pulumi_cli.LINK, pulumi_yaml.CACHE, pulumi_build.HOME = home / "bin" / "pulumi", folder, home
pulumi_yaml.PARTS = (home / "bin" / pulumi_yaml.HOST, home / "host" / pulumi_yaml.PLUGINS)
def build(module, package, version, output, step):
    print("builds", package)
    assert not any(part.exists() for part in pulumi_yaml.PARTS)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(module)
go_build.build = build
"""


def test_both_parts_are_built_once_beside_the_cli(tmp_path: Path) -> None:
    first = script(f"{BUILD}\npulumi_yaml.provide()", tmp_path).communicate(timeout=30)[0]
    assert first.count("builds") == 2, first
    assert (tmp_path / "pulumi/bin/pulumi-language-yaml").exists()
    assert "python-plugins" in (tmp_path / "pulumi/bin/pulumi-language-python").read_text()
    assert list(tmp_path.glob(".pulumi*")) == []
    assert script(f"{BUILD}\npulumi_yaml.provide()", tmp_path).communicate(timeout=30)[0] == ""


@pytest.mark.parametrize("has_it", [True, False])
def test_a_cli_of_another_making_has_to_have_its_own(tmp_path: Path, has_it: bool) -> None:
    (tmp_path / "official").mkdir()
    if has_it:
        (tmp_path / "official/pulumi-language-yaml").touch()
    code = (
        f"{BUILD}\npulumi_cli.LINK = folder / 'official' / 'pulumi'\n"
        "from problem import SetupError\ntry:\n    pulumi_yaml.provide()\n"
        "except SetupError as error:\n    print(error)"
    )
    # A Pulumi on this machine's PATH would do, too.
    said = script(code, tmp_path, PATH=str(tmp_path)).communicate(timeout=30)[0]
    assert ("has no pulumi-language-yaml" in said) != has_it, said
