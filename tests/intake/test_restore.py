"""Is everything restored that is not the student's, and everything kept that is?"""

from __future__ import annotations

import copy
import random
from typing import Any

import nbformat
import pytest

from autograder.intake.restore import Released, Role, restore, role_of
from tests.tiny_course import release_tiny_week

CHECKS = ["relu", "best_bend"]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    made = release_tiny_week(tmp_path_factory.mktemp("repository"))
    before = copy.deepcopy(made)
    yield made
    assert made == before, "restoring one submission changed what the whole class received"


@pytest.fixture
def submitted(released):
    return nbformat.from_dict(released)


def by_id(notebook: Any, name: str) -> Any:
    return next(cell for cell in notebook.cells if cell.id == name)


def ids(notebook: Any) -> list[str]:
    return [cell.id for cell in notebook.cells]


def own(source: str, **metadata: Any) -> Any:
    cell = nbformat.v4.new_code_cell(source, metadata=metadata)
    cell.id = f"mine-{len(source)}-{sum(map(ord, source))}"
    return cell


def check_law(notebook: Any, released: Any) -> None:
    """Whatever a student does, this holds afterwards."""
    nbformat.validate(notebook)
    assert len(set(ids(notebook))) == len(notebook.cells)
    for cell in released.cells:
        if role_of(cell) in {Role.OTHER, Role.EXPERIMENT}:
            continue
        (found,) = [each for each in notebook.cells if each.id == cell.id]
        assert found.metadata == cell.metadata
        assert found.cell_type == cell.cell_type
        if role_of(cell) in {Role.CHECK, Role.LOCKED}:
            assert found.source == cell.source
    for cell in notebook.cells:
        if cell.id not in {each.id for each in released.cells}:
            assert cell.metadata == {}
    for name in CHECKS:
        assert ids(notebook).index(name) > ids(notebook).index(f"solution-{name}")


def test_is_an_untouched_notebook_unchanged(submitted, released):
    notebook, notes = restore(submitted, Released(released))
    assert notebook == released
    assert notes == []


def test_are_answers_kept_and_edited_checks_restored(submitted, released):
    by_id(submitted, "solution-relu").source = "def relu(z): return z * (z > 0)"
    by_id(submitted, "relu").source = "4.0"
    by_id(submitted, "setup").source = ""
    notebook, notes = restore(submitted, Released(released))
    assert by_id(notebook, "solution-relu").source == "def relu(z): return z * (z > 0)"
    check_law(notebook, released)
    assert notes == [
        "The read-only cell setup had been edited and was restored.",
        "The read-only cell relu had been edited and was restored.",
    ]


@pytest.mark.parametrize(
    "forged",
    [
        {"points": 400},
        {"schema_version": 1},
        {"grade_id": "why_bends"},
        {"grade_id": ["relu"]},
        {"grade": False},
        {"solution": True},
        {"surprise": {"a": 1}},
        {"checksum": "0" * 32},
    ],
)
def test_is_forged_metadata_of_no_effect(submitted, released, forged):
    by_id(submitted, "relu").metadata.nbgrader.update(forged)
    check_law(restore(submitted, Released(released))[0], released)


def test_is_lost_metadata_recovered_by_cell_ids(submitted, released):
    for cell in submitted.cells:
        cell.metadata = {}
    assert restore(submitted, Released(released))[0] == released


def test_is_lost_metadata_recovered_without_ids(submitted, released):
    for number, cell in enumerate(submitted.cells):
        cell.metadata, cell.id = nbformat.from_dict({}), f"n{number}"
    by_id(submitted, "n4").source = "def relu(z):\n    return z * (z > 0)"
    notebook, _ = restore(submitted, Released(released))
    check_law(notebook, released)
    assert by_id(notebook, "solution-relu").source == "def relu(z):\n    return z * (z > 0)"
    assert by_id(notebook, "experiment-1").metadata.tags == ["experiment"]


@pytest.mark.parametrize("name", ["setup", "solution-relu", "relu", "best_bend", "why_bends"])
def test_is_a_deleted_cell_put_back_where_it_was(submitted, released, name):
    submitted.cells.remove(by_id(submitted, name))
    notebook, notes = restore(submitted, Released(released))
    assert notebook == released
    assert notes == [f"The cell {name} was missing and was put back."]


def test_is_an_empty_notebook_filled(released):
    notebook, _ = restore(nbformat.v4.new_notebook(), Released(released))
    check_law(notebook, released)


def test_does_an_answer_in_a_cell_of_ones_own_count(submitted, released):
    submitted.cells.remove(by_id(submitted, "solution-relu"))
    submitted.cells.append(own("def relu(z):\n    return abs(z)"))
    notebook, notes = restore(submitted, Released(released))
    check_law(notebook, released)
    assert by_id(notebook, "solution-relu").source.endswith("return abs(z)")
    assert notes[0] == "The cell solution-relu was missing; the cell that defines it was taken."


def test_do_two_answers_merged_into_one_cell_both_count(submitted, released):
    for name in ("solution-relu", "solution-best_bend"):
        submitted.cells.remove(by_id(submitted, name))
    submitted.cells.append(own('def relu(z):\n    return abs(z)\nbest_bend = "b"'))
    notebook, _ = restore(submitted, Released(released))
    check_law(notebook, released)
    assert "raise" not in by_id(notebook, "solution-best_bend").source
    assert ids(notebook).index("best_bend") > ids(notebook).index("solution-relu")


def test_does_the_first_copy_keep_the_id_and_the_second_still_run(submitted, released):
    answer = by_id(submitted, "solution-relu")
    copy = nbformat.from_dict(answer | {"id": "copy", "source": "def relu(z): return 1"})
    submitted.cells.insert(submitted.cells.index(answer) + 1, copy)
    notebook, _ = restore(submitted, Released(released))
    check_law(notebook, released)
    place = ids(notebook).index("solution-relu")
    assert notebook.cells[place + 1].source == "def relu(z): return 1"


def test_is_a_copied_check_dropped(submitted, released):
    copy = nbformat.from_dict(by_id(submitted, "relu") | {"id": "copy"})
    submitted.cells.append(copy)
    notebook, notes = restore(submitted, Released(released))
    assert ids(notebook) == ids(released)
    assert notes == ["A second copy of the cell relu was left out."]


def test_is_an_extra_check_without_metadata_left_alone(submitted, released):
    submitted.cells.insert(2, own('check("relu")'))
    notebook, _ = restore(submitted, Released(released))
    check_law(notebook, released)
    assert [cell.source for cell in notebook.cells].count('check("relu")') == 2


def test_does_a_check_follow_its_answer_again(submitted, released):
    submitted.cells.insert(0, submitted.cells.pop(ids(submitted).index("relu")))
    notebook, notes = restore(submitted, Released(released))
    check_law(notebook, released)
    assert notes == ["The check relu stood before its answer and was moved after it."]


def test_is_a_check_that_moved_down_left_there(submitted, released):
    submitted.cells.append(submitted.cells.pop(ids(submitted).index("relu")))
    assert ids(restore(submitted, Released(released))[0]) == ids(submitted)


def test_is_a_changed_cell_type_changed_back(submitted, released):
    cell = by_id(submitted, "solution-relu")
    position = submitted.cells.index(cell)
    submitted.cells[position] = nbformat.v4.new_markdown_cell(
        "def relu(z): return 1", metadata=cell.metadata, id=cell.id
    )
    notebook, notes = restore(submitted, Released(released))
    check_law(notebook, released)
    assert by_id(notebook, "solution-relu").source == "def relu(z): return 1"
    assert notes == ["The cell solution-relu was a markdown cell; it is a code cell again."]


def test_may_only_the_released_notebook_say_what_an_experiment_is(submitted, released):
    submitted.cells.append(own("helper = 1", tags=["experiment"]))
    by_id(submitted, "solution-relu").metadata["tags"] = ["experiment"]
    by_id(submitted, "experiment-1").metadata = {}
    by_id(submitted, "experiment-1").source = "edited = True"
    notebook, _ = restore(submitted, Released(released))
    assert [cell.id for cell in notebook.cells if cell.metadata.get("tags")] == ["experiment-1"]
    assert by_id(notebook, "experiment-1").source == "edited = True"


def test_cannot_a_cell_of_ones_own_take_a_released_id(submitted, released):
    stolen = own("x = 1", nbgrader={"grade_id": "solution-relu"})
    stolen.id = "relu"
    submitted.cells.insert(0, stolen)
    notebook, _ = restore(submitted, Released(released))
    check_law(notebook, released)


def test_are_outputs_and_stray_fields_cleared(submitted, released):
    by_id(submitted, "relu").outputs = [{"output_type": "execute_result", "data": {}}]
    by_id(submitted, "relu").execution_count = 3
    submitted.metadata["celltoolbar"] = "Create Assignment"
    notebook, _ = restore(submitted, Released(released))
    assert notebook == released


@pytest.mark.parametrize("seed", range(60))
def test_does_the_law_hold_whatever_is_done(released, seed):
    chance = random.Random(seed)
    cells = [nbformat.from_dict(cell) for cell in released.cells]
    for _ in range(chance.randrange(1, 12)):
        cell = chance.choice(cells) if cells else own("new = 1")
        act = chance.choice(["delete", "copy", "move", "forge", "edit", "strip", "split"])
        if act == "delete" and cells:
            cells.remove(cell)
        elif act == "copy":
            twin = nbformat.from_dict(cell)
            twin.id = f"twin-{chance.random()}".replace(".", "")
            cells.insert(chance.randrange(len(cells) + 1), twin)
        elif act == "move":
            chance.shuffle(cells)
        elif act == "forge":
            stamp = {"grade_id": chance.choice(CHECKS), "grade": True, "points": -1}
            cell.metadata["nbgrader"] = stamp
        elif act == "edit":
            cell.source = chance.choice(
                ["", "relu = 3", "best_bend == 'b'", "def relu(z):\n  pass"]
            )
        elif act == "strip":
            cell.metadata = nbformat.from_dict({})
    notebook, _ = restore(nbformat.from_dict(released | {"cells": cells}), Released(released))
    check_law(notebook, released)
