"""The notebook that students receive: nbgrader's GenerateAssignment removes the solutions.

For a course that is `source/` and `release/` in its directory; for this repository, `assignments/`.
"""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import nbgrader_settings, own_functions
from autograder.course.directory import (
    CONFIG_FILE,
    Course,
    read_config,
    run_converter,
)
from autograder.errors import CourseError
from autograder.release import record
from autograder.release.plan import Plan, lesson_of, plan_release
from autograder.release.record import Record

if TYPE_CHECKING:
    from autograder.questions.catalogue import Week

RECORD_CELLS = "autograder.grading.nbgrader_steps.RecordCells"
_SAVE_CELLS = "nbgrader.preprocessors.SaveCells"


def release(
    course: Course,
    week: Week,
    solutions: Path | None = None,
    *,
    own: bool | None = None,
    prefer: str = "",
) -> Path:
    """Create a week's source and student notebooks in a course, and add it to the gradebook.

    What the instructor has edited in `source/` stays, and so does every file beside a notebook.

    Args:
        course: the course in which to release the week.
        week: the week to release.
        solutions: the folder of lesson scripts, in place of the week's own lesson.
        own: import functions of earlier weeks from the student's file (`course.own_functions`);
            None for as the week was released before.
        prefer: whose lines count where both changed the same (see `plan.plan_release`).

    Returns:
        The notebook for students, `release/<stem>/<stem>.ipynb`.

    Raises:
        CourseError: when there is no lesson script, the instructor and the lesson have changed the
            same lines, or nbgrader refuses, for example because cells changed after submissions
            came in. The folders are then as they were.
        QuestionError: when the lesson and the questions do not match.
    """
    return carry_out(course, plan_release(course, week, solutions, own=own, prefer=prefer))


def carry_out(course: Course, plan: Plan) -> Path:
    """Do what a plan says; see `release`."""
    plan.refuse()
    folders = [course.folder(step, plan.stem) for step in ("source", "release")]
    with _restored_on_failure(folders) as before:
        made = _in_a_sentence(course, plan)
        for name, text in plan.files.items():
            (made.parent / name).write_text(own_functions.stubs(text), encoding="utf-8")
        earlier = record.load(course, plan.stem)
        _keep_files(before / "1", made.parent, earlier.provided if earlier else ())
        places = {"source": before / "0", "release": before / "1"}
        record.finish(course, plan.stem, plan.record, places)
    return made


def _with_our_cells(config: Any) -> Any:
    """The course's settings with our SaveCells, which courses of earlier versions do not name."""
    ours = copy.deepcopy(config)
    steps = ours.GenerateAssignment.get("preprocessors", [])
    if isinstance(steps, list):
        steps[:] = [RECORD_CELLS if each == _SAVE_CELLS else each for each in steps]
    return ours


def _in_a_sentence(course: Course, plan: Plan) -> Path:
    """Generate the notebooks; nbgrader's refusal to change graded cells says what to do."""
    try:
        return _generate(course.root, _with_our_cells(course.config), plan)
    except CourseError as error:
        if "Cannot add or remove cells" not in str(error):
            raise
        raise CourseError(
            f"{plan.name} cannot be released again: its graded cells are of another kind, and "
            "submissions are graded with those of before; run `autograder grade "
            f"{plan.name} --as-released`"
        ) from None


def _keep_files(before: Path, release: Path, provided: Collection[str]) -> None:
    """Put back the files that a person put into a released folder and that nbgrader has deleted.

    Args:
        before: a copy of the folder.
        release: the folder.
        provided: the files that came from `source/`; without them there, they are gone.
    """
    for path in before.rglob("*"):
        name = path.relative_to(before)
        target = release / name
        kept = path.is_file() and path.suffix != ".ipynb" and str(name) not in provided
        if kept and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


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
    notebook = lesson_of(week, repository / "solutions" / f"{week.stem}.py")
    target = repository / "assignments" / week.stem / f"{week.stem}.ipynb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / CONFIG_FILE).write_text(
            nbgrader_settings.configuration("assignments"), encoding="utf-8"
        )
        config = read_config(root)
        config.GenerateAssignment.no_database = True
        config.GenerateAssignment.preprocessors.remove(RECORD_CELLS)
        made = _generate(root, config, Plan(week.stem, notebook, {}, Record({})))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, target)
    return target


def _generate(root: Path, config: Any, plan: Plan) -> Path:
    """Write the source notebook and its files, and run nbgrader's GenerateAssignment on them."""
    from nbgrader.converters import GenerateAssignment

    from autograder.light_imports import nbformat

    source = root / "source" / plan.stem
    path = source / f"{plan.stem}.ipynb"
    source.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or plan.notebook != nbformat.read(path, as_version=4):
        nbformat.write(plan.notebook, path)
    for name, text in plan.files.items():
        (source / name).write_text(text, encoding="utf-8")
    run_converter(GenerateAssignment, config, plan.stem)
    return root / "release" / plan.stem / f"{plan.stem}.ipynb"


@contextmanager
def _restored_on_failure(folders: list[Path]) -> Iterator[Path]:
    """Restore the folders if the body raises: nbgrader deletes what it fails to replace.

    Yields:
        A folder with copies of them, called 0, 1 and so on.
    """
    with tempfile.TemporaryDirectory(dir=folders[0].parents[1], prefix=".release-") as aside:
        kept = {folder: Path(aside, str(number)) for number, folder in enumerate(folders)}
        for folder, saved in kept.items():
            if folder.exists():
                shutil.copytree(folder, saved)
        try:
            yield Path(aside)
        except BaseException:
            for folder, saved in kept.items():
                shutil.rmtree(folder, ignore_errors=True)
                if saved.exists():
                    shutil.copytree(saved, folder)
            raise
