"""Where a week's files are: in the package, or in a course's own folder of weeks.

A course's week is one folder with its question files, `lesson.py` and `public.npz`. The package
keeps lessons and values apart: a lesson has the solutions, which students do not install.
"""

from __future__ import annotations

from pathlib import Path

import autograder.questions

PACKAGE = Path(__file__).parent
SOLUTIONS = PACKAGE.resolve().parents[1] / "solutions"
PUBLIC = PACKAGE / "public"
LESSON_FILE = "lesson.py"
VALUES_FILE = "public.npz"


def folder_of(stem: str) -> Path:
    """The folder of a week's question files; the package's if the week does not exist."""
    for place in autograder.questions.__path__:
        if Path(place, stem, "__init__.py").is_file():
            return Path(place, stem)
    return PACKAGE / stem


def code_files(folder: Path) -> list[Path]:
    """A week's Python files, in order; an editor's own, such as `.#lesson.py`, are none of them.

    Raises:
        OSError: when there is no such folder, or it cannot be read.
    """
    return sorted(
        path for path in folder.iterdir() if path.suffix == ".py" and not path.name.startswith(".")
    )


def is_own(folder: Path) -> bool:
    """Whether a week's folder is a course's, not the package's."""
    return folder.parent != PACKAGE


def lesson_of(folder: Path) -> Path:
    """The lesson script of the week in that folder."""
    return folder / LESSON_FILE if is_own(folder) else SOLUTIONS / f"{folder.name}.py"


def read_week(folder: Path) -> dict[str, bytes]:
    """The files of a course's week that another machine needs to grade it, by name.

    The lesson is not among them: it decides no verdict.
    """
    files = [path for path in code_files(folder) if path.name != LESSON_FILE]
    values = folder / VALUES_FILE
    return {path.name: path.read_bytes() for path in (*files, values) if path.is_file()}


def values_of(folder: Path) -> Path:
    """The file with the reference values of its public cases."""
    return folder / VALUES_FILE if is_own(folder) else PUBLIC / f"{folder.name}.npz"
