"""Grade one notebook on its own: for nbgrader's commands, and for a student's file."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from autograder.course import directory as courses
from autograder.course import own_functions
from autograder.dispatch.local import persistently
from autograder.errors import UnknownName
from autograder.grading.assignment import Assignment, load_assignment
from autograder.grading.pipeline import grade_notebook
from autograder.intake.metadata import grade_id_of
from autograder.intake.read import read_notebook
from autograder.intake.week_of import about_name, graded_names, names_of, with_lost_names
from autograder.light_imports import NotebookNode
from autograder.questions import catalogue
from autograder.records import Report
from autograder.sandbox.session import Sandbox


def grade_for_nbgrader(notebook: Any, root: Path, week: str, student: str) -> Report:
    """Grade one notebook that nbgrader has read.

    Args:
        notebook: the submission, nbformat 4.
        root: the course directory.
        week: such as "week06".
        student: the student's id.
    """
    assignment, sandbox = _for_this_process(root, week)
    submitted = root / "submitted" / student / assignment.week.stem
    files = own_functions.handed_in(submitted)
    return _persistently(notebook, student, assignment, sandbox, files)


@cache
def _for_this_process(root: Path, week: str) -> tuple[Assignment, Sandbox]:
    """One assignment and one sandbox for all notebooks of an nbgrader command."""
    assignment = load_assignment(courses.load(root), week)
    sandbox = Sandbox(limits=assignment.limits(), libraries=assignment.libraries)
    atexit.register(sandbox.close)
    return assignment, sandbox


def check_file(path: Path, isolation: str) -> Report:
    """Judge a notebook on the public cases, as a student may before handing it in.

    Args:
        path: the notebook.
        isolation: "bubblewrap" or "process" (see `Sandbox`).

    Raises:
        SandboxError: when this isolation is not available.
        UnreadableNotebook: when the file is not a notebook.
        UnknownName: when none of its checks belongs to a week of this course.
    """
    notebook = with_lost_names(read_notebook(path))
    assignment = assignment_of(notebook)
    if assignment is None:
        raise UnknownName(f"{path} contains no check of any week of this course.")
    with Sandbox(isolation, assignment.limits(), assignment.libraries) as sandbox:
        files = own_functions.handed_in(path.parent)
        report = _persistently(notebook, "", assignment, sandbox, files)
    said = about_name(path.name, assignment.week.name)
    return replace(report, problems=(*report.problems, *said))


def _persistently(
    notebook: NotebookNode,
    student: str,
    assignment: Assignment,
    sandbox: Sandbox,
    files: Mapping[str, str],
) -> Report:
    """Grade a notebook, again if a process of the sandbox is lost."""

    def once(submitted: NotebookNode, sandbox: Sandbox) -> Report:
        return grade_notebook(submitted, student, assignment, sandbox, files)

    return persistently(once, notebook, sandbox)


def assignment_of(notebook: NotebookNode) -> Assignment | None:
    """The week of which the notebook has the most checks; None if it has none of any week.

    A student's machine has no released notebook, so the student's stands in its place.
    """
    names = set(map(grade_id_of, notebook.cells))
    best, most = None, 0
    for stem in catalogue.stems():
        week = catalogue.week(stem)
        if (found := len(names & set(week.questions))) > most:
            best, most = week, found
            # Nearly every notebook is of one week: the others need not be loaded.
            if graded_names(notebook) <= names_of(week):
                break
    return Assignment(best, released=notebook) if best else None
