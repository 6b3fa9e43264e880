"""The notebook that students receive: nbgrader's GenerateAssignment removes the solutions.

For a course that is `source/` and `release/` in its directory; for this repository, `assignments/`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import own_functions
from autograder.course.directory import (
    CONFIG_FILE,
    Course,
    configuration,
    read_config,
    run_converter,
)
from autograder.errors import CourseError
from autograder.release.lesson import source_notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.questions.catalogue import Week

_NONE: Mapping[str, str] = {}


def release(
    course: Course, week: Week, solutions: Path | None = None, *, own: bool = False
) -> Path:
    """Create a week's source and student notebooks in a course, and add it to the gradebook.

    Args:
        course: the course in which to release the week.
        week: the week to release.
        solutions: the folder of lesson scripts, in place of the week's own lesson.
        own: import functions of earlier weeks from the student's file (`course.own_functions`).

    Returns:
        The notebook for students, `release/<stem>/<stem>.ipynb`.

    Raises:
        CourseError: when there is no lesson script, or nbgrader refuses, for example because
            cells changed after submissions came in. The folders are then restored.
        QuestionError: when the lesson and the questions do not match.
    """
    notebook = _lesson_of(week, solutions / f"{week.stem}.py" if solutions else week.lesson)
    files = (
        {own_functions.FILE: own_functions.leave_to_students(notebook, week.name)} if own else {}
    )
    folders = [course.folder(step, week.stem) for step in ("source", "release")]
    with _restored_on_failure(folders):
        made = _generate(course.root, course.config, week.stem, notebook, files)
        for name, text in files.items():
            (made.parent / name).write_text(own_functions.stubs(text), encoding="utf-8")
    return course.notebook("release", week.stem)


def make_assignment(repository: Path, week: Week) -> Path:
    """Regenerate a week's student notebook in `assignments/`; equal lessons give equal bytes.

    Args:
        repository: the folder that contains `solutions/` and `assignments/`.
        week: the week to generate.

    Returns:
        The notebook, `assignments/<stem>/<stem>.ipynb`.

    Raises:
        CourseError, QuestionError: as for `release`.
    """
    notebook = _lesson_of(week, repository / "solutions" / f"{week.stem}.py")
    target = repository / "assignments" / week.stem / f"{week.stem}.ipynb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / CONFIG_FILE).write_text(configuration("assignments"), encoding="utf-8")
        config = read_config(root)
        config.GenerateAssignment.no_database = True
        config.GenerateAssignment.preprocessors.remove("nbgrader.preprocessors.SaveCells")
        made = _generate(root, config, week.stem, notebook)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, target)
    return target


def _lesson_of(week: Week, script: Path) -> NotebookNode:
    if not script.is_file():
        raise CourseError(
            f"the lesson {script} does not exist; lessons are not part of the installed package, "
            "so run this from a checkout of the course's repository"
        )
    return source_notebook(script, week.points_by_name, week.answer_cells)


def _generate(
    root: Path, config: Any, stem: str, notebook: NotebookNode, files: Mapping[str, str] = _NONE
) -> Path:
    """Write the source notebook and its files, and run nbgrader's GenerateAssignment on them."""
    from nbgrader.converters import GenerateAssignment

    from autograder.light_imports import nbformat

    source = root / "source" / stem
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    nbformat.write(notebook, source / f"{stem}.ipynb")
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8")
    run_converter(GenerateAssignment, config, stem)
    return root / "release" / stem / f"{stem}.ipynb"


@contextmanager
def _restored_on_failure(folders: list[Path]) -> Iterator[None]:
    """Restore the folders if the body raises: nbgrader deletes what it fails to replace."""
    with tempfile.TemporaryDirectory(dir=folders[0].parents[1], prefix=".release-") as aside:
        kept = {folder: Path(aside, str(number)) for number, folder in enumerate(folders)}
        for folder, copy in kept.items():
            if folder.exists():
                shutil.copytree(folder, copy)
        try:
            yield
        except BaseException:
            for folder, copy in kept.items():
                shutil.rmtree(folder, ignore_errors=True)
                if copy.exists():
                    shutil.copytree(copy, folder)
            raise
