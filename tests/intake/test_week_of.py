"""Is the week of a notebook told by its cells, and never by one or two of them?"""

from __future__ import annotations

import copy

import nbformat
import pytest

from autograder.errors import UnreadableNotebook
from autograder.intake import week_of
from autograder.intake.read import parse_notebook
from autograder.intake.week_of import (
    about_mixture,
    about_name,
    fault,
    graded_names,
    holds,
    is_of,
    names_of,
    refuse_another_week,
    with_lost_names,
)
from autograder.questions import catalogue
from tests.conftest import source

STEMS = catalogue.stems()


def notebook(stem: str):
    return copy.deepcopy(source(stem))


@pytest.mark.parametrize("stem", STEMS)
def test_is_every_weeks_notebook_known_and_refused_for_every_other(stem):
    mine, week = notebook(stem), catalogue.week(stem)
    assert graded_names(mine) == names_of(week)
    for other in map(catalogue.week, STEMS):
        if other == week:
            refuse_another_week(mine, week.name, names_of(week))
            continue
        with pytest.raises(UnreadableNotebook) as refused:
            refuse_another_week(mine, other.name, names_of(other))
        number, wanted = week.name[4:], other.name[4:]
        assert str(refused.value) == (
            f"This is the notebook of week {number}, not of week {wanted}. "
            f"Next: hand in the notebook of week {wanted}."
        )


def lost(stem: str, *, metadata: bool, ids: bool):
    made = notebook(stem)
    for number, cell in enumerate(made.cells):
        cell.metadata = {} if metadata else cell.metadata
        cell.id = f"n{number}" if ids else cell.id
    return made


@pytest.mark.parametrize("stem", STEMS)
def test_is_it_known_without_metadata_or_without_ids(stem):
    week = catalogue.week(stem)
    for made in (lost(stem, metadata=True, ids=False), lost(stem, metadata=True, ids=True)):
        assert is_of(made, names_of(week))


@pytest.mark.slow
def test_may_a_notebook_have_some_cells_of_another_week():
    week06, week07 = map(catalogue.week, ("week06", "week07"))
    mixed = notebook(week06.stem)
    mixed.cells += notebook(week07.stem).cells[10:30]
    refuse_another_week(mixed, "week06", names_of(week06))
    refuse_another_week(mixed, "week07", names_of(week07))
    assert about_mixture(mixed, "week06", names_of(week06)) == [
        "The notebook also has cells of week 07; only week 06 was graded."
    ]
    assert about_mixture(notebook(week06.stem), "week06", names_of(week06)) == []


def test_do_a_few_copied_cells_make_no_other_week():
    """A notebook that has lost all names, but for a question that was copied from elsewhere."""
    mine = lost("week06_backpropagation", metadata=True, ids=True)
    mine.cells = [cell for cell in mine.cells if "check(" not in cell.source]
    copied = [each for each in notebook("week07_sgd").cells if each.id.endswith("sgd_step")]
    assert len(copied) == 2
    mine.cells += copied
    refuse_another_week(mine, "week06", names_of(catalogue.week("week06")))


def test_is_an_older_release_of_the_week_graded():
    """Of which most questions have got other names since, and some have gone."""
    old = notebook("week06_backpropagation")
    for cell in old.cells:
        if cell.id not in ("relu_backward", "solution-relu_backward"):
            cell.id = f"old-{cell.id}"[:64]
            cell.metadata.get("nbgrader", {}).pop("grade_id", None)
            cell.source = cell.source.replace("check(", "test(")
    refuse_another_week(old, "week06", names_of(catalogue.week("week06")))


def test_is_a_notebook_of_no_week_left_to_the_grader():
    week06 = catalogue.week("week06")
    for made in (nbformat.v4.new_notebook(), nbformat.v4.new_notebook(cells=[])):
        refuse_another_week(made, "week06", names_of(week06))
        assert not is_of(made, names_of(week06))
        assert about_mixture(made, "week06", names_of(week06)) == []


def test_does_a_week_that_cannot_be_loaded_cost_no_other(monkeypatch):
    def week(name):
        if name == STEMS[3]:
            raise catalogue.QuestionError("it is broken")
        return real(name)

    real = catalogue.week
    monkeypatch.setattr(catalogue, "week", week)
    week_of._weeks_of.cache_clear()
    assert len(week_of._weeks()) == len(STEMS) - 1
    week_of._weeks_of.cache_clear()


@pytest.mark.parametrize("content", [b"", b"{}", b'{"cells": []}', b"<html>"])
def test_is_a_file_that_is_no_notebook_no_weeks(content):
    names = names_of(catalogue.week("week06"))
    assert not holds(content, names)
    assert bool(fault(content, "week06", names)) == (b"cells" not in content)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("week07_sgd.ipynb", True),
        ("Week 7 final.ipynb", True),
        ("week06_backpropagation.ipynb", False),
        ("week6.ipynb", False),
        ("my notebook.ipynb", False),
        ("week066.ipynb", False),
    ],
)
def test_is_a_file_named_after_another_week_remarked(name, said):
    assert bool(about_name(name, "week06")) == said


def test_are_lost_names_of_checks_found_again():
    bare = parse_notebook(nbformat.writes(lost("week02_bends", metadata=True, ids=True)).encode())
    found = graded_names(with_lost_names(bare))
    assert found == set(catalogue.week("week02").questions)
    twice = parse_notebook(nbformat.writes(notebook("week02_bends")).encode())
    twice.cells.append(nbformat.v4.new_code_cell('check("relu")'))
    assert not with_lost_names(twice).cells[-1].metadata
