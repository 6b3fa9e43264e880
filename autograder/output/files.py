"""The atomic writer: a file is replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

PRIVATE = 0o600
"""Readable by the instructor alone: grades, and what each student got wrong."""
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
            os.chmod(staged[path], mode)
        for path, temporary in staged.items():
            os.replace(temporary, path)
    except BaseException:
        for temporary in staged.values():
            Path(temporary).unlink(missing_ok=True)
        raise


def is_partial(path: Path) -> bool:
    """Whether a file is what a killed run was writing."""
    return path.name.startswith(_PREFIX)


def sweep(folder: Path) -> None:
    """Delete the temporary files of a run that was killed while writing to a folder."""
    for path in folder.glob(f"{_PREFIX}*"):
        path.unlink(missing_ok=True)
