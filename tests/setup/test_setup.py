"""Setting a checkout up: again, together with another, interrupted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "setup"


def script(code: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
    """Runs code as a part of the set-up, with a cache and a checkout of its own."""
    places = f"import places; from pathlib import Path; folder = Path({str(folder)!r})"
    return subprocess.Popen(
        [sys.executable, "-c", f"{places}\n{code}"],
        cwd=SETUP,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_second_run_says_nothing() -> None:
    # The interpreter that made the virtual environment: another one would make it anew.
    command = [Path(sys.executable).resolve(), SETUP]
    subprocess.run(command, capture_output=True, check=True)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_environment_of_another_checkout_is_left_alone(tmp_path: Path) -> None:
    """To follow the link would empty it: its scripts hold the other checkout's paths."""
    other, link = tmp_path / "other", tmp_path / ".venv"
    other.mkdir()
    (other / "kept").touch()
    link.symlink_to(other)
    code = (
        "places.VENV = folder / '.venv'; places.VENV_PYTHON = places.VENV / 'bin/python'\n"
        "places.LOCAL = folder\n"
        "import python_packages\nfrom problem import SetupError\n"
        "try:\n    python_packages.provide()\nexcept SetupError as error:\n    print(error)"
    )
    said = script(code, tmp_path).communicate(timeout=60)[0]
    assert ".venv is a link" in said, said
    assert (other / "kept").exists()


def test_two_at_once_take_turns_and_the_second_says_so(tmp_path: Path) -> None:
    code = (
        "from alone import alone\n"
        "with alone(folder / 'lock', 'builds'):\n"
        "    print('in', flush=True); input(); print('out', flush=True)"
    )
    first = script(code, tmp_path)
    assert first.stdout is not None
    assert first.stdout.readline() == "in\n"
    second = script(code, tmp_path)
    assert second.stdout is not None
    assert second.stdout.readline() == f"Waiting for process {first.pid}, which builds ...\n"
    for each, said in ((first, "out\n"), (second, "in\nout\n")):
        assert each.communicate("\n", timeout=30)[0].endswith(said)


def test_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    code = (
        "from alone import alone\nimport time\n"
        "with alone(folder / 'lock', 'builds'):\n    print('in', flush=True); time.sleep(60)"
    )
    first = script(code, tmp_path)
    assert first.stdout is not None
    first.stdout.readline()
    first.kill()
    first.wait()
    second = script(code.replace("time.sleep(60)", "pass"), tmp_path)
    assert second.communicate(timeout=30)[0] == "in\n"


def test_build_is_whole_or_not_there(tmp_path: Path) -> None:
    """A build that was killed leaves its folder aside; the next one removes it."""
    (tmp_path / ".pulumi-3.259.0-1").mkdir()
    code = """
import go_build, places, pulumi_build
pulumi_build.CACHE, pulumi_build.HOME = folder, folder / "pulumi-3.259.0"
def build(module, package, version, output, step):
    assert not pulumi_build.HOME.exists()
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(module)
go_build.build = build
go_build.module_folder = lambda module, path: folder / "source"
source = folder / "source/python/cmd"
source.mkdir(parents=True)
(source / pulumi_build.EXECUTOR).write_text("")
print(pulumi_build.provide(), pulumi_build.is_built())
"""
    said = script(code, tmp_path).communicate(timeout=30)[0]
    assert said.splitlines()[-1] == f"{tmp_path}/pulumi-3.259.0/bin True"
    assert [path.name for path in tmp_path.glob(".pulumi*")] == []


@pytest.mark.parametrize(
    ("said", "new_enough"),
    [("v3.258.9", False), ("v3.259.0", True), ("3.300.1", True), ("", False)],
)
def test_cli_on_path_must_be_new_enough(tmp_path: Path, said: str, new_enough: bool) -> None:
    for name, text in (("pulumi", f"echo {said}"), ("pulumi-language-python", "")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    code = "import pulumi_cli\nprint(pulumi_cli._is_usable(folder / 'pulumi'))"
    assert script(code, tmp_path).communicate(timeout=30)[0] == f"{new_enough}\n"


def test_error_of_a_tool_shows_the_end_of_its_output(tmp_path: Path) -> None:
    code = (
        "from command import run\nfrom problem import SetupError\ntry:\n"
        "    run(['sh', '-c', 'seq 100; exit 3'], cwd=folder)\n"
        "except SetupError as error:\n    print(error)"
    )
    lines = script(code, tmp_path).communicate(timeout=30)[0].splitlines()
    assert lines[0] == "sh -c seq 100; exit 3: exit status 3"
    assert [line.strip() for line in lines[1:]] == [str(n) for n in range(86, 101)]


def test_tool_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    code = (
        "from command import run\nfrom problem import SetupError\ntry:\n"
        "    run(['sh', '-c', 'sleep 60 & sleep 60'], cwd=folder, limit=0.5)\n"
        "except SetupError:\n    print('ended')"
    )
    assert script(code, tmp_path).communicate(timeout=30)[0] == "ended\n"
