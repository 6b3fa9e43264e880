"""Is a cell that a student has not touched no edit, though a later release has another text?"""

from __future__ import annotations

import copy

import nbformat
import pytest

from autograder.intake.former import bring_up_to_date, former_cells
from autograder.intake.metadata import grade_id_of
from autograder.intake.released import Released
from autograder.intake.restore import restore
from tests.tiny_course import release_tiny_week

CHANGED = {"setup": "np.seterr(all='warn')", "why_bends": "In two sentences.", "text-3": "Hint."}


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """What students received first, and what was released later."""
    before = release_tiny_week(tmp_path_factory.mktemp("lesson"))
    after = copy.deepcopy(before)
    for cell in after.cells:
        if cell.id in CHANGED:
            cell.source = f"{CHANGED[cell.id]}\n{cell.source}"
    return before, after


def by_name(notebook):
    return {grade_id_of(cell): cell.source for cell in notebook.cells if grade_id_of(cell)}


def test_are_the_named_cells_known_that_differ(releases):
    before, after = releases
    assert sorted(former_cells(before, after).values()) == ["setup", "why_bends"]
    assert former_cells(after, after) == {}


def test_is_what_nobody_touched_as_the_last_release_has_it(releases):
    before, after = releases
    former = former_cells(before, after)
    submitted = copy.deepcopy(before)
    for cell in submitted.cells:
        cell.source = cell.source.replace("\n", "  \n")
    made = bring_up_to_date(submitted, Released(after), former)
    assert by_name(made)["why_bends"] == by_name(after)["why_bends"]
    _, notes = restore(made, Released(after))
    assert notes == []
    _, notes = restore(copy.deepcopy(before), Released(after))
    assert notes == ["The read-only cell setup had been edited and was restored."]


def test_does_what_a_student_wrote_stay(releases):
    before, after = releases
    submitted = copy.deepcopy(before)
    for cell in submitted.cells:
        if cell.id == "why_bends":
            cell.source += "\nWithout them it is linear."
    made = bring_up_to_date(submitted, Released(after), former_cells(before, after))
    assert by_name(made)["why_bends"] == by_name(submitted)["why_bends"]


def test_is_a_copy_under_another_name_the_students_own(releases):
    before, after = releases
    submitted = nbformat.from_dict(copy.deepcopy(before))
    for cell in submitted.cells:
        if cell.id == "setup":
            cell.metadata.nbgrader.grade_id = "another"
    made = bring_up_to_date(submitted, Released(after), former_cells(before, after))
    assert by_name(made)["another"] == by_name(before)["setup"]


def test_is_a_first_release_handed_through(releases):
    before, _ = releases
    assert bring_up_to_date(before, Released(before), {}) is before
