"""A crash at any moment leaves the old file or the new one."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from fleet.problems import FleetError
from fleet.yaml.save import change_file

# Writes, and dies by SIGKILL where the given function of `os` is about to be called.
_DIES = """
import os, signal, sys
from pathlib import Path
from fleet.yaml.save import change_file

def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(os, sys.argv[2], die)
change_file(Path(sys.argv[1]), lambda text: text + "new: 1\\n", lambda text: None)
"""


def never(text: str) -> None:
    raise AssertionError("nothing changed, so nothing is to be checked")


def accept(text: str) -> None:
    assert text.startswith("version: ")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sites.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\r\n")
    path.chmod(0o640)
    return path


@pytest.mark.parametrize("moment", ["fsync", "fchmod", "replace"])
def test_killed_before_the_rename_nothing_is_lost(file: Path, moment: str) -> None:
    before = file.read_bytes()
    done = subprocess.run([sys.executable, "-c", _DIES, str(file), moment], check=False)
    assert done.returncode == -signal.SIGKILL
    assert file.read_bytes() == before
    assert len(list(file.parent.iterdir())) == 2, "the new text that nobody has renamed"
    # The next change works, and takes away what the killed one left.
    change_file(file, lambda text: text + "next: 1\r\n", accept)
    assert file.read_bytes() == before + b"next: 1\r\n"
    assert list(file.parent.iterdir()) == [file]


def test_mode_byte_order_mark_and_line_endings_stay(file: Path) -> None:
    change_file(file, lambda text: text.replace("1", "2"), accept)
    assert file.read_bytes() == b"\xef\xbb\xbfversion: 2\r\n"
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_the_check_refuses_is_not_written(file: Path) -> None:
    def refuse(text: str) -> None:
        assert text == "version: 2\r\n"
        raise ValueError("no")

    before = file.read_bytes()
    with pytest.raises(ValueError, match="no"):
        change_file(file, lambda text: text.replace("1", "2"), refuse)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_without_a_change_nothing_is_written(file: Path) -> None:
    inode = file.stat().st_ino
    assert change_file(file, lambda text: text, never) == ("version: 1\r\n", "version: 1\r\n")
    assert file.stat().st_ino == inode


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    change_file(link, lambda text: text + "more: 1\r\n", accept)
    assert link.is_symlink()
    assert file.read_bytes().endswith(b"more: 1\r\n")


def test_a_link_to_another_file_system(file: Path, tmp_path: Path) -> None:
    """A rename doesn't reach across, so the new text is written beside the file itself."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        link = tmp_path / "link.yaml"
        there = Path(other, "sites.yaml")
        there.write_text("version: 1\n")
        link.symlink_to(there)
        change_file(link, lambda text: text + "more: 1\n", accept)
        assert there.read_text() == "version: 1\nmore: 1\n"


def test_what_is_no_text_is_told_with_its_place(file: Path) -> None:
    file.write_bytes("version: 1\ntitle: Caf\xe9\n".encode("latin-1"))
    with pytest.raises(FleetError, match=r"sites\.yaml:2:11: .*0xe9, which is not UTF-8"):
        change_file(file, str.upper, accept)


def test_a_disk_that_refuses_is_told_in_a_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = file.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FleetError, match=r"no way to write it \(no space left on device\)"):
        change_file(file, lambda text: text + "more: 1\r\n", accept)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_changes_from_many_threads_all_hold(file: Path) -> None:
    def add(number: int) -> None:
        change_file(file, lambda text: f"{text}n{number}: 1\r\n", accept)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = file.read_text().splitlines()
    assert sorted(lines[1:]) == [f"n{number}: 1" for number in range(8)]
