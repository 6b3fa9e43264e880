"""Is a file replaced as a whole or not at all, whatever happens while it is written?"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.output.files import PRIVATE, make_private, sweep, write_together, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("mode", [PRIVATE, 0o644, 0o444])
def test_are_content_and_mode_what_was_asked_for(tmp_path, mode):
    path = tmp_path / "file"
    for content in (b"", b"first", bytes(range(256)) * 1000):
        write_whole(path, content, mode)  # also over a file that is read-only
        assert path.read_bytes() == content
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert names(tmp_path) == ["file"]


def test_is_a_file_private_unless_told_otherwise(tmp_path):
    write_whole(tmp_path / "file", b"grades")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_is_a_link_replaced_and_not_followed(tmp_path):
    (tmp_path / "target").write_bytes(b"kept")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "target").read_bytes() == b"kept"
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("step", ["chmod", "replace"])
@pytest.mark.parametrize("failure", [OSError(28, "no space"), KeyboardInterrupt()])
def test_is_nothing_changed_and_nothing_left_when_it_fails(tmp_path, monkeypatch, step, failure):
    def fail(*_: object) -> None:
        raise failure

    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_bytes(b"before")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(failure)):
        write_together(dict.fromkeys(paths, b"after"))
    assert [path.read_bytes() for path in paths] == [b"before", b"before"]
    assert names(tmp_path) == ["a", "b"]


def test_is_no_file_replaced_before_all_are_written(tmp_path):
    (tmp_path / "a").write_bytes(b"before")
    (tmp_path / "b").mkdir()
    with pytest.raises(IsADirectoryError, match="b"):
        write_together({tmp_path / "a": b"after", tmp_path / "b": b"after"})
    assert (tmp_path / "a").read_bytes() == b"before" and names(tmp_path) == ["a", "b"]
    with pytest.raises(FileNotFoundError):
        write_together({tmp_path / "a": b"after", tmp_path / "none" / "c": b"after"})
    assert (tmp_path / "a").read_bytes() == b"before" and names(tmp_path) == ["a", "b"]


def test_are_leftovers_of_a_killed_run_swept_and_nothing_else(tmp_path):
    write_whole(tmp_path / "kept", b"x")
    (tmp_path / ".hidden").touch()
    killed = (
        "import os, pathlib; from autograder.output.files import write_whole\n"
        "os.replace = lambda *_: os._exit(9)\n"
        f"write_whole(pathlib.Path({str(tmp_path)!r}) / 'other', b'x')"
    )
    assert subprocess.run([sys.executable, "-c", killed]).returncode == 9
    assert len(names(tmp_path)) == 3
    sweep(tmp_path)
    assert names(tmp_path) == [".hidden", "kept"]
    sweep(tmp_path / "none")


@pytest.fixture
def shared_folder(tmp_path):
    """A folder that hands its group on and lets the group write."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o2770)
    return folder


def test_may_the_group_of_a_shared_folder_use_what_is_written_there(shared_folder):
    for mode in (PRIVATE, 0o444, 0o644):
        path = shared_folder / f"{mode:o}"
        write_whole(path, b"x", mode)
        assert path.stat().st_mode & 0o070 == (mode & 0o700) >> 3
        assert path.stat().st_mode & 0o007 == mode & 0o007
    make_private(shared_folder / "deep" / "er")
    assert (shared_folder / "deep" / "er").stat().st_mode & 0o007 == 0


def test_may_nobody_else_use_what_is_private(tmp_path):
    tmp_path.chmod(0o755)
    write_whole(tmp_path / "file", b"x")
    make_private(tmp_path / "folder")
    assert (tmp_path / "file").stat().st_mode & 0o077 == 0
    assert (tmp_path / "folder").stat().st_mode & 0o077 == 0
