"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PRIVATE = 0o600
"""For the instructor alone: grades, and what each student got wrong."""
_PREFIX = ".partial-"


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Put a file in place of an earlier one; nobody ever sees a part of it.

    Raises:
        OSError: when it cannot be written; the earlier file then stands as it was.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def sweep(folder: Path) -> None:
    """Delete what a run that was killed while writing has left in a folder."""
    for path in folder.glob(f"{_PREFIX}*"):
        path.unlink(missing_ok=True)
