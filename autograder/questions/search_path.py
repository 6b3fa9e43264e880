"""Where Python looks for weeks: in the folder of the course that is open, then in the package."""

from __future__ import annotations

import os
import re
from pathlib import Path

import autograder.questions
from autograder.errors import QuestionError
from autograder.questions import places

WEEK_FOLDER = re.compile(r"week\d\d_\w+", re.ASCII)
_INIT = "__init__.py"

Version = tuple[tuple[str, int, int], ...]
"""The files of a course's weeks: path, time of change and size; empty for the package alone."""

_version: Version = ()


def change(weeks: Path | None) -> frozenset[str]:
    """Put a course's folder of weeks first, in place of another course's.

    Args:
        weeks: the folder, which need not exist; None for the package alone.

    Returns:
        The weeks that may be others now, such as week06; none if it is the same folder as before
        with the same contents.

    Raises:
        QuestionError: when the folder cannot be read.
    """
    global _version
    wanted = _version_of(weeks)
    if wanted == _version:
        return frozenset()
    before = _version
    path = autograder.questions.__path__
    path[:] = [place for place in path if not _version or place != _version[0][0]]
    if wanted:
        path.insert(0, wanted[0][0])
    _version = wanted
    return frozenset(Path(place).name[:6] for place, *_ in (*before, *wanted) if os.sep in place)


def is_in_use(weeks: Path | None) -> bool:
    """Whether `change` would change nothing.

    Raises:
        QuestionError: when the folder cannot be read.
    """
    return _version_of(weeks) == _version


def version() -> Version:
    """Identifies the weeks in use: what depends on all of them may be kept as long as it stays."""
    return _version


def unusable_folders() -> dict[str, str]:
    """Why a folder among the course's weeks is not a week, by the folder's name."""
    if not _version:
        return {}
    told = {}
    for folder in _folders(Path(_version[0][0])):
        if not WEEK_FOLDER.fullmatch(folder.name):
            told[folder.name] = (
                f"{folder} cannot be a week: expected a name such as week16_convolution, with two "
                "digits, and words joined by underscores."
            )
        elif not (folder / _INIT).is_file():
            told[folder.name] = f"{folder} is not a week: it has no {_INIT}."
    return told


def _version_of(weeks: Path | None) -> Version:
    if weeks is None or not os.path.lexists(weeks):
        return ()
    try:
        folder = weeks.resolve()
        folders = _folders(folder)
        if not folders:
            return ()
        stamps: list[tuple[str, int, int]] = [(str(folder), 0, 0)]
        for each in folders:
            stamps.append((str(each), 0, 0))
            files = [(file.name, file.stat()) for file in places.code_files(each)]
            stamps += [(name, found.st_mtime_ns, found.st_size) for name, found in files]
    except OSError as error:
        # Without a word, the package's week would be taken in place of the course's.
        raise QuestionError(
            f"the course's weeks in {weeks} cannot be read: {error.strerror}; correct the "
            "permissions, or move what is there away"
        ) from None
    return tuple(stamps)


def _folders(weeks: Path) -> list[Path]:
    with os.scandir(weeks) as entries:
        names = [entry.name for entry in entries if entry.is_dir()]
    return [weeks / name for name in sorted(names) if not name.startswith((".", "__"))]
