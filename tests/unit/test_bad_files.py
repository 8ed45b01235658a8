"""Each file of `bad/` is told, through `fleet validate`, everything that is wrong with it.

A file says itself what is expected, in comments `# expect LINE:COLUMN PATH: what was found`; its
name says the rule. A folder is a sites.yaml with the settings beside it. Files that are too big,
or that no editor would keep as they are, are made here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.cli.main import app

BAD = Path(__file__).parent / "bad"
EXPECTATION = re.compile(rb"^# expect (\d+:\d+) (.+)$", re.MULTILINE)
LINE = re.compile(
    r"(?P<place>.+?:\d+:\d+): (?P<what>\S.*?: found .+?); allowed is .+; for example .+"
)
HEAD = "version: 1\nsites:\n  blog:\n    domains: [blog.example.com]\n"


def filler(size: int) -> str:
    """A comment block of about `size` bytes."""
    return ("# " + "x" * 97 + "\n") * (size // 100)


def alias_bomb() -> str:
    """10,000 aliases of ten values."""
    lines = ("  - [" + ", ".join(["*a"] * 10) + "]\n" for _ in range(1_000))
    return "version: 1\nsites: {}\nx: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\ny:\n" + "".join(lines)


# Name of the rule -> the bytes of the file, and what is expected of it.
MADE: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "file.empty": (lambda: b"", ["1:1 file: found an empty file"]),
    "file.utf16_with_mark": (
        lambda: HEAD.encode("utf-16"),
        ["1:1 file: found a file in UTF-16"],
    ),
    "file.utf16_without_mark": (
        lambda: HEAD.encode("utf-16-le"),
        ["1:2 file: found the invisible character U+0000"],
    ),
    "file.utf32": (lambda: HEAD.encode("utf-32"), ["1:1 file: found a file in UTF-32"]),
    "file.wrong_after_byte_order_mark": (
        lambda: b"\xef\xbb\xbfversion: 2\nsites: {}\n",
        ["1:10 version: found the number 2"],
    ),
    "file.not_utf8_after_byte_order_mark": (
        lambda: b"\xef\xbb\xbf\xe9",
        ["1:1 file: found the byte 0xe9, which is not UTF-8"],
    ),
    "file.wrong_after_windows_line_ends": (
        lambda: (HEAD + "    port: 0\n").replace("\n", "\r\n").encode(),
        ["5:11 sites.blog.port: found the number 0"],
    ),
    "file.wrong_at_the_end_of_5_mb": (
        lambda: (HEAD + filler(5_000_000) + "    port: 0\n    title: [x]\n").encode(),
        [
            "50005:11 sites.blog.port: found the number 0",
            "50006:12 sites.blog.title: found a list",
        ],
    ),
    "file.one_word_of_5_mb": (
        lambda: (HEAD + "    port: " + "7" * 5_000_000 + "\n").encode(),
        [f"5:11 sites.blog.port: found {'7' * 59}…, which YAML reads as a number"],
    ),
    "file.over_16_mib": (
        lambda: (HEAD + filler(17 * 2**20)).encode(),
        ["1:1 file: found more than 16 MiB"],
    ),
    "file.bomb_of_10_000_aliases": (
        lambda: alias_bomb().encode(),
        ["105:6 y[100][0]: found the alias *a, one too many"],
    ),
    "file.100_000_levels": (
        lambda: (HEAD + "    env: " + "[" * 100_000).encode(),
        ["5:27 sites.blog.env" + "[0]" * 17 + ": found more than 20 levels"],
    ),
    "file.10_000_problems": (
        lambda: (HEAD + "".join(f"    key-{n}: 1\n" for n in range(10_000))).encode(),
        [f'{n + 5}:5 sites.blog.key-{n}: found the unknown key "key-{n}"' for n in range(10_000)],
    ),
}


def validate(file: Path, *options: str) -> tuple[int, list[str]]:
    """Exit status and lines of `fleet validate`, with paths as seen from the file's folder."""
    result = CliRunner().invoke(app, ["validate", str(file), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    folder = f"{file.parent}{os.sep}"
    return result.exit_code, [line.removeprefix(folder) for line in result.stdout.splitlines()]


def told(lines: list[str]) -> list[str]:
    """The lines without what is allowed and without an example, which each must have."""
    found: list[str] = []
    for line in lines:
        match = LINE.fullmatch(line)
        assert match, f"not of the form FILE:LINE:COLUMN: PATH: found; allowed; example: {line}"
        found.append(f"{match['place']} {match['what']}")
    return found


def expected_in(file: Path) -> list[str]:
    return [
        f"{file.name}:{place.decode()} {what.decode()}"
        for place, what in EXPECTATION.findall(file.read_bytes())
    ]


@pytest.mark.parametrize("bad", sorted(BAD.iterdir()), ids=lambda path: path.name)
def test_bad_file(bad: Path) -> None:
    files = sorted(bad.glob("*.yaml")) if bad.is_dir() else [bad]
    expected = [line for file in files for line in expected_in(file)]
    assert expected, "the file doesn't say what is expected"

    status, lines = validate(bad / "sites.yaml" if bad.is_dir() else bad)

    assert (status, told(lines)) == (1, expected)


@pytest.mark.parametrize("name", MADE)
def test_made_file(name: str, tmp_path: Path) -> None:
    content, expected = MADE[name]
    file = tmp_path / "sites.yaml"
    file.write_bytes(content())

    status, lines = validate(file)

    assert (status, told(lines)) == (1, [f"sites.yaml:{line}" for line in expected])


def test_no_file(tmp_path: Path) -> None:
    assert validate(tmp_path / "sites.yaml")[0] == 1
    status, lines = validate(tmp_path)
    assert (status, told(lines)) == (
        1,
        [f"{tmp_path.name}:1:1 file: found no readable file (is a directory)"],
    )


@pytest.mark.parametrize("name", ["many_at_once.yaml", "file.not_utf8.yaml", "both_files_wrong"])
def test_the_installed_command(name: str) -> None:
    file = BAD / name / "sites.yaml" if (BAD / name).is_dir() else BAD / name
    command = [str(Path(sys.executable).with_name("fleet")), "validate", str(file)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    files = sorted(file.parent.glob("*.yaml")) if file.name == "sites.yaml" else [file]
    expected = [line for each in files for line in expected_in(each)]
    lines = [line.removeprefix(f"{file.parent}{os.sep}") for line in done.stdout.splitlines()]
    assert (done.returncode, told(lines)) == (1, expected)
    assert done.stderr == f"{len(expected)} problem{'s' if len(expected) > 1 else ''}\n"
