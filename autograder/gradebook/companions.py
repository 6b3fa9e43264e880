"""The files beside a graded notebook, as nbgrader carries them along.

What was handed in with the notebook comes first, then what the instructor put beside the lesson.
`nbgrader release_feedback` needs `submission_secret.txt`; the formgrader shows pictures.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
from pathlib import Path

from autograder.course import own_functions
from autograder.intake import hand_in_time

LARGEST = 100_000_000
"""nbgrader's own limit for one file, in bytes."""
MOST = 1_000
"""More files than these are left in `submitted/`."""
READ_ONLY = 0o444
_IGNORED = (".*", "*.pyc", "__pycache__", "*.ipynb", hand_in_time.FILE)
# The formgrader serves what lies here to the instructor's browser, which would run these.
_RUN_BY_BROWSERS = ("*.htm*", "*.xht*", "*.svg*", "*.xml", "*.js", "*.mjs", "*.pdf", "*.swf")


def carry(submitted: Path, source: Path, graded: Path) -> None:
    """Copy what was handed in, and link what the instructor provides, beside a graded notebook.

    Links, notebooks and what a browser would run stay where they are. Files of an earlier
    submission that is no longer handed in are deleted.

    Args:
        submitted: the student's folder.
        source: the folder of the lesson.
        graded: the graded notebook's folder, which exists.

    Raises:
        OSError: when they cannot be written.
    """
    # Functions of `os.path`, unlike methods of Path, take what nobody may look at for nothing.
    linked = os.path.islink(submitted) or os.path.islink(submitted.parent)
    handed_in = {} if linked else _files(submitted, (*_IGNORED, *_RUN_BY_BROWSERS))
    # The course's own version of the students' functions has the solutions.
    provided = _files(source, (*_IGNORED, own_functions.FILE))
    for name in _files(graded, _IGNORED).keys() - handed_in.keys() - provided.keys():
        (graded / name).unlink()
    for name in handed_in.keys() - provided.keys():
        _copy(handed_in[name], graded / name)
    for name, path in provided.items():
        _link(path, graded / name)


def _copy(path: Path, target: Path) -> None:
    try:
        file = path.open("rb")
    except OSError:
        return  # a file that nobody may read costs its author no grade
    with file:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        with target.open("wb") as copy:
            shutil.copyfileobj(file, copy)
    target.chmod(READ_ONLY)


def _link(path: Path, target: Path) -> None:
    """Make a file appear there without a copy for each student, where the disk allows it."""
    if target.exists() and target.samefile(path):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:
        _copy(path, target)


def _files(folder: Path, ignored: tuple[str, ...]) -> dict[str, Path]:
    """The regular files of a folder and its subfolders, by their path in it."""
    found: dict[str, Path] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _matches(name, _IGNORED)]
        for name in names:
            path = Path(place, name)
            regular = os.path.isfile(path) and not os.path.islink(path)
            if regular and not _matches(name, ignored) and path.stat().st_size <= LARGEST:
                found[str(path.relative_to(folder))] = path
            if len(found) == MOST:
                return found
    return found


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatch(name.lower(), pattern) for pattern in patterns)
