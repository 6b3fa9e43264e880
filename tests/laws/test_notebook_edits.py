"""Does whatever happens to a notebook on its way cost no point, and no word of the student's?"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import nbformat
import pytest

from autograder.grading.assignment import Assignment
from autograder.grading.pipeline import grade_notebook
from autograder.intake.read import parse_notebook, read_notebook
from autograder.intake.released import Released, Role, role_of
from autograder.intake.restore import restore
from autograder.questions import catalogue
from autograder.sandbox.session import Sandbox
from tests.conftest import EXHAUSTIVE, REPOSITORY
from tests.laws.notebook_edits import EDITS, solved

# Week 15 trains for a quarter of a minute in each submission.
WEEKS = catalogue.stems() if EXHAUSTIVE else catalogue.stems()[:15:5]


@cache
def received(stem: str) -> Any:
    return read_notebook(REPOSITORY / "assignments" / stem / f"{stem}.ipynb")


@cache
def solved_once(stem: str) -> str:
    return json.dumps(solved(stem))


def edited(stem: str, name: str) -> Any:
    """A solved notebook after an edit, as its file is read; None where the edit has no place."""
    document = json.loads(solved_once(stem))
    try:
        EDITS[name](document)
    except (IndexError, StopIteration):
        return None
    return parse_notebook(json.dumps(document).encode())


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("stem", WEEKS)
def test_is_every_word_kept_and_every_graded_cell_there_once(stem, name):
    submitted = edited(stem, name)
    if submitted is None:
        pytest.skip("the week has no such cells")
    before = copy.deepcopy(submitted)
    released = received(stem)
    notebook, notes = restore(submitted, Released(released))
    nbformat.validate(notebook)
    assert submitted == before, "what was handed in was changed"
    for cell in released.cells:
        if (role := role_of(cell)) in {Role.OTHER, Role.EXPERIMENT}:
            continue
        (found,) = [each for each in notebook.cells if each.id == cell.id]
        assert (found.metadata, found.cell_type) == (cell.metadata, cell.cell_type)
        if role in {Role.CHECK, Role.LOCKED}:
            assert found.source == cell.source
        if role is Role.WRITTEN:
            assert found.source != cell.source, "nobody is asked to read the answer"
    ours = lines_of(released)
    kept = "\n".join(lines_of(notebook))
    lost = [line for line in lines_of(submitted) if line not in ours and line not in kept]
    assert not lost, notes
    again, _ = restore(copy.deepcopy(notebook), Released(released))
    assert again == notebook, "nbgrader's own command restores twice"


def lines_of(notebook: Any) -> list[str]:
    """Lines without spaces and quotes, which an editor changes, and without marks of comments."""
    lines = [line for cell in notebook.cells for line in cell.source.splitlines()]
    return [bare for line in lines if (bare := re.sub(r"[\s'\"]", "", line).lstrip("#"))]


@pytest.fixture(scope="module", params=WEEKS)
def week(request) -> Iterator[tuple[Assignment, Sandbox]]:
    """A week with its public cases, and a warm sandbox."""
    made = Assignment(catalogue.week(request.param), received(request.param))
    with Sandbox("process", made.limits(), made.libraries) as sandbox:
        yield made, sandbox


@pytest.mark.slow
def test_are_the_points_full_whatever_was_done(week):
    assignment, sandbox = week
    wrong = {}
    number = WEEKS.index(assignment.week.stem)
    # A tenth of a second each: half of them here, each in one week.
    for name in EDITS if EXHAUSTIVE else list(EDITS)[number :: 2 * len(WEEKS)]:
        submitted = edited(assignment.week.stem, name)
        if submitted is None:
            continue
        report = grade_notebook(submitted, name, assignment, sandbox)
        if report.points != report.max_points:
            wrong[name] = [each.message for each in report.verdicts if not each.right]
    assert not wrong
