"""Lesson scripts become notebooks: solutions/ → nbgrader source → release/ and assignments/.

A lesson is a percent script whose cells carry a question's name (`solution="relu"`,
`check="relu"`, `locked="setup"`, `written="why_bends"`) or the tag `experiment`. This module
stamps what nbgrader needs on them, with points from the questions; nbgrader's own
GenerateAssignment then takes the solutions out.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
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
from autograder.errors import CourseError, QuestionError

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.questions.catalogue import Week

MARKERS = ("solution", "check", "locked", "written")
SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
_SCHEMA_VERSION = 3
_STAMPS = {
    "solution": {"grade": False, "solution": True, "locked": False},
    "check": {"grade": True, "solution": False, "locked": True},
    "locked": {"grade": False, "solution": False, "locked": True},
    "written": {"grade": True, "solution": True, "locked": False},
}
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_NONE: Mapping[str, str] = {}
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)


def source_notebook(
    script: Path, points: Mapping[str, float], answers: Mapping[str, str] | None = None
) -> NotebookNode:
    """The instructor's notebook of a lesson, with solutions and nbgrader's metadata.

    Args:
        script: a lesson in jupytext's percent format.
        points: what every question and every written question of the week is worth, by name.
        answers: for questions that share one answer cell, that cell's name.

    Raises:
        QuestionError: when the lesson and the questions do not fit together.
    """
    import jupytext

    from autograder.light_imports import nbformat

    try:
        lesson = jupytext.read(script, fmt="py:percent")
    except Exception as error:
        raise QuestionError(f"{script.name} is no percent script: {error}") from None
    marked = [_marker(script.name, cell) for cell in lesson.cells]
    answered_in = {name: (answers or {}).get(name, name) for name in points}
    _validate(script.name, list(zip(marked, lesson.cells, strict=True)), points, answered_in)
    counts: Counter[str] = Counter()
    cells = [
        _stamped(cell, marker, points, counts)
        for marker, cell in zip(marked, lesson.cells, strict=True)
    ]
    return nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": _METADATA, "cells": cells}
    )


def release(course: Course, week: Week, solutions: Path = SOLUTIONS, *, own: bool = False) -> Path:
    """Make a week's source and student notebooks in a course, and enter it in the gradebook.

    Args:
        course: where to.
        week: what to release.
        solutions: the folder of lesson scripts.
        own: leave the functions of earlier weeks to the students' own (see `course.own_functions`).

    Returns:
        The notebook for students, `release/<stem>/<stem>.ipynb`.

    Raises:
        CourseError: when the lessons are not installed or nbgrader refuses, for example because
            cells changed after submissions came in. The folders are then as they were.
        QuestionError: when the lesson and the questions do not fit together.
    """
    notebook = _lesson_of(week, solutions)
    files = (
        {own_functions.FILE: own_functions.leave_to_students(notebook, week.name)} if own else {}
    )
    folders = [course.folder(step, week.stem) for step in ("source", "release")]
    with _restored_on_failure(folders):
        made = _generate(course.root, course.config, week.stem, notebook, files)
        for name, text in files.items():
            (made.parent / name).write_text(own_functions.stubs(text), encoding="utf-8")
    return course.notebook("release", week.stem)


def make_assignments(repository: Path) -> list[Path]:
    """Regenerate `assignments/` from `solutions/`, for every week.

    Args:
        repository: the folder that holds both.

    Returns:
        The notebooks, `assignments/<stem>/<stem>.ipynb`.
    """
    from autograder.questions import catalogue

    return [make_assignment(repository, week) for week in catalogue.weeks()]


def make_assignment(repository: Path, week: Week) -> Path:
    """Regenerate one week's student notebook; equal lessons give equal bytes."""
    notebook = _lesson_of(week, repository / "solutions")
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


def _lesson_of(week: Week, solutions: Path) -> NotebookNode:
    script = solutions / f"{week.stem}.py"
    if not script.is_file():
        raise CourseError(
            f"the lesson {script} does not exist; lessons are not part of the installed package, "
            "so run `autograder release` from a checkout of the course's repository"
        )
    return source_notebook(script, week.points_by_name, week.answer_cells)


def _generate(
    root: Path, config: Any, stem: str, notebook: NotebookNode, files: Mapping[str, str] = _NONE
) -> Path:
    """Write the source notebook and its files and run nbgrader's GenerateAssignment on them."""
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
    """nbgrader deletes what it was about to replace when it fails; put that back."""
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


def _marker(script: str, cell: NotebookNode) -> tuple[str, str]:
    """A cell's marker and the name it gives; the tag `experiment` counts as a marker."""
    found = [(marker, cell.metadata[marker]) for marker in MARKERS if marker in cell.metadata]
    if "experiment" in cell.metadata.get("tags", []):
        found.append(("experiment", ""))
    if len(found) > 1:
        raise QuestionError(
            f"{script}: a cell is marked as {' and '.join(marker for marker, _ in found)}; "
            "expected one marker"
        )
    marker, name = found[0] if found else ("", "")
    if marker in MARKERS and not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise QuestionError(f'{script}: {marker}={name!r}; expected a name such as {marker}="relu"')
    return marker, name


def _validate(
    script: str,
    cells: list[tuple[tuple[str, str], NotebookNode]],
    points: Mapping[str, float],
    answered_in: Mapping[str, str],
) -> None:
    for (marker, name), cell in cells:
        known = answered_in.values() if marker == "solution" else points
        _validate_cell(script, marker, name, cell, list(dict.fromkeys(known)))
    order = [mark for mark, _ in cells]
    for mark, count in Counter(order).items():
        if mark[1] and count > 1:
            raise QuestionError(
                f'{script}: {count} cells are marked {mark[0]}="{mark[1]}"; keep one'
            )
    written = {name for marker, name in order if marker == "written"}
    if clash := {name for marker, name in order if marker == "locked"} & set(points):
        raise QuestionError(
            f"{script}: {clash.pop()} names a locked cell and a question; rename one"
        )
    for name in points:
        if name not in written:
            _validate_question(script, name, answered_in[name], order)


def _validate_cell(
    script: str, marker: str, name: str, cell: NotebookNode, known: list[str]
) -> None:
    if marker in {"solution", "check", "written"} and name not in known:
        raise QuestionError(
            f"{script}: {marker}={name!r} is no question of the week; it has {', '.join(known)}"
        )
    kind = "markdown" if marker == "written" else "code"
    if marker and cell.cell_type != kind:
        raise QuestionError(
            f"{script}: the cell {marker} {name} is a {cell.cell_type} cell; expected a {kind} cell"
        )
    if marker == "check" and cell.source.strip() != f'check("{name}")':
        raise QuestionError(
            f'{script}: the check of {name} reads {cell.source.strip()!r}; expected check("{name}")'
        )
    if marker in {"solution", "written"} and "### BEGIN SOLUTION" not in cell.source:
        raise QuestionError(
            f"{script}: the cell {marker}={name!r} has no ### BEGIN SOLUTION and ### END SOLUTION"
        )


def _validate_question(script: str, name: str, answer: str, order: list[tuple[str, str]]) -> None:
    for marker, cell in (("solution", answer), ("check", name)):
        if (marker, cell) not in order:
            raise QuestionError(
                f'{script}: {name} has no {marker} cell; add one marked {marker}="{cell}" '
                "or, for prose, written=..."
            )
    solution, check = order.index(("solution", answer)), order.index(("check", name))
    if check < solution:
        raise QuestionError(f"{script}: the check of {name} stands before its solution; swap them")
    between = [
        mark for mark in order[solution + 1 : check] if mark[0] in ("experiment", "solution")
    ]
    if between:
        raise QuestionError(
            f"{script}: between the solution of {name} and its check stands another cell of "
            f"code; move the check up, so that nothing graded depends on it"
        )


def _stamped(
    cell: NotebookNode,
    mark: tuple[str, str],
    points: Mapping[str, float],
    counts: Counter[str],
) -> dict[str, Any]:
    """One cell as nbgrader wants it, with an id that depends on the lesson alone."""
    marker, name = mark
    kind = marker if marker == "experiment" else {"markdown": "text"}.get(cell.cell_type, "code")
    stamped: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "metadata": {"tags": cell.metadata.tags} if "tags" in cell.metadata else {},
        "source": cell.source,
    }
    if cell.cell_type == "code":
        stamped |= {"execution_count": None, "outputs": []}
    if marker not in MARKERS:
        counts[kind] += 1
        return {"id": f"{kind}-{counts[kind]}"} | stamped
    grade_id = f"solution-{name}" if marker == "solution" else name
    stamp: dict[str, Any] = {"schema_version": _SCHEMA_VERSION, "grade_id": grade_id}
    stamp |= _STAMPS[marker]
    if stamp["grade"]:
        stamp["points"] = points[name]
    stamped["metadata"]["nbgrader"] = stamp
    return {"id": grade_id[:64]} | stamped
