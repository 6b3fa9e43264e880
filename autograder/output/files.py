"""The atomic writer: a file is replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

PRIVATE = 0o600
"""Readable by the instructor alone, or by the graders of a shared course: grades and mistakes."""
_PREFIX = ".partial-"


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write or replace a file; no reader ever sees a part of it.

    Raises:
        OSError: when it cannot be written; an earlier file is then unchanged.
    """
    write_together({path: content}, mode)


def write_together(files: Mapping[Path, bytes], mode: int = PRIVATE) -> None:
    """Write or replace several files; all are complete on the disk before the first is replaced.

    Raises:
        OSError: when one cannot be written; then, as a rule, no file has changed.
    """
    staged: dict[Path, str] = {}
    try:
        for path, content in files.items():
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            descriptor, staged[path] = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
            with open(descriptor, "wb") as file:
                file.write(content)
            os.chmod(staged[path], mode | group_mode(path.parent, mode))
        for path, temporary in staged.items():
            os.replace(temporary, path)
    except BaseException:
        for temporary in staged.values():
            Path(temporary).unlink(missing_ok=True)
        raise


def make_private(folder: Path) -> None:
    """Create a folder that only its owner can read, or the graders of a shared course.

    Raises:
        OSError: when it cannot be created.
    """
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    folder.mkdir(mode=0o700 | group_mode(existing, 0o700), parents=True, exist_ok=True)


def is_shared(folder: Path) -> bool:
    """Whether a folder is its group's: the group may write there and owns what is made there."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_ISGID and mode & stat.S_IWGRP)


def group_mode(folder: Path, mode: int) -> int:
    """What the group may do with a file in this folder: what the owner may, if it is shared."""
    return (mode & 0o700) >> 3 if is_shared(folder) else 0


def is_partial(path: Path) -> bool:
    """Whether a file is what a killed run was writing."""
    return path.name.startswith(_PREFIX)


def sweep(folder: Path) -> None:
    """Delete the temporary files of a run that was killed while writing to a folder."""
    for path in folder.glob(f"{_PREFIX}*"):
        path.unlink(missing_ok=True)
