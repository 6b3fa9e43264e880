"""Weeks of a course's own: the package's, copied to be changed, or new ones.

weeks/week06_backpropagation/                  the course's week: lesson.py, __init__.py, one file
                                               for each question, and public.npz
.autograder/adapted/week06_backpropagation/    what it was copied from, for `autograder upgrade`
.autograder/adapted/week06_backpropagation.json    which version of the package that was
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

import autograder
from autograder.course.directory import WEEKS_FOLDER
from autograder.errors import CourseError
from autograder.output.files import write_whole
from autograder.questions import catalogue, places
from autograder.questions.catalogue import Week

ADAPTED = Path(".autograder", "adapted")
_READABLE = 0o644


def adapt(root: Path, name: str) -> Week:
    """Copy a week of the package into the course, where it can be changed.

    Args:
        root: the course directory.
        name: any of the week's names, such as "week06" or "6".

    Returns:
        The course's week.

    Raises:
        CourseError: when the course has the week already, or lessons are not installed.
    """
    week = catalogue.week(name)
    if week.own:
        raise CourseError(
            f"{week.name} is the course's own already: {week.folder}; nothing was changed. "
            f"Next: edit it, and run `autograder validate {week.name}`"
        )
    files = shipped_files(week.stem, "adapt")
    try:
        remember(root, week.stem, files)
        write_folder(root / WEEKS_FOLDER / week.stem, files)
    except OSError as error:
        raise CourseError(f"{week.name} cannot be copied into {root}: {error.strerror}") from None
    catalogue.use(root / WEEKS_FOLDER)
    return catalogue.week(week.stem)


def shipped_files(stem: str, command: str) -> dict[str, bytes]:
    """The package's week in the form of a course's: contents by file name, the lesson included.

    Args:
        stem: the package's week.
        command: what to run again once lessons are there.

    Raises:
        CourseError: when lessons are not installed.
    """
    folder = places.PACKAGE / stem
    if not places.lesson_of(folder).is_file():
        raise CourseError(
            f"the lesson of {stem[:6]} is not here: lessons hold the solutions, so an installed "
            "package has none. Next: clone the package's repository, run "
            "`pip install --editable '.[grading,keras]'` in the clone, and here again "
            f"`autograder {command} {stem[:6]}`"
        )
    files = {path.name: path.read_bytes() for path in places.code_files(folder)}
    files[places.LESSON_FILE] = places.lesson_of(folder).read_bytes()
    files[places.VALUES_FILE] = places.values_of(folder).read_bytes()
    return files


def remember(root: Path, stem: str, files: Mapping[str, bytes]) -> None:
    """Keep what a week was copied from, and the version of the package that it came from.

    Raises:
        OSError: when it cannot be written.
    """
    folder = root / ADAPTED / stem
    shutil.rmtree(folder, ignore_errors=True)
    write_folder(folder, files)
    written = {"package": autograder.__version__}
    write_whole(folder.with_suffix(".json"), json.dumps(written).encode(), _READABLE)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Create a folder with these files, completely or not at all.

    Raises:
        OSError: when it exists and is not empty, or cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The name has a dot, so that nobody takes an unfinished folder for a week.
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            (made / name).write_bytes(content)
        # With the bit that gives new files to the group, where several graders share a course.
        os.chmod(made, stat.S_IMODE(folder.parent.stat().st_mode))
        made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
