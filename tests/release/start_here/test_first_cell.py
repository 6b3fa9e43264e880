"""Is there one cell before all others that installs the checks, and is it in nobody's way?"""

from __future__ import annotations

import ast

import pytest

from autograder.course.assignments import Entry
from autograder.course.directory import Course
from autograder.course.settings import Settings
from autograder.questions import catalogue
from autograder.release import plan as plans
from autograder.release.start_here import first_cell, install_checks
from tests.conftest import source

LINK = "https://example.edu/a'b.whl"


@pytest.mark.parametrize("stem", catalogue.stems())
def test_is_it_the_first_of_every_lesson(stem):
    first, *others = source(stem).cells
    assert first.id == first_cell.CELL and others[0].cell_type == "markdown"
    assert first.metadata.nbgrader.locked and not first.metadata.nbgrader.grade
    assert first_cell.CELL not in [cell.id for cell in others]


def test_does_its_text_say_first_what_it_is_for():
    assert first_cell.source().startswith("# @title Run this cell first")
    assert first_cell.source().endswith("\n_install_checks()")
    assert (install_checks.__doc__ or "") not in first_cell.source()


def test_is_the_link_a_text_in_the_call():
    *_, call = ast.parse(first_cell.source(LINK)).body
    assert ast.unparse(call) == f"_install_checks({LINK!r})"


def test_does_it_leave_one_private_name_behind():
    """A student's names are compared with those of the questions."""
    names: dict[str, object] = {}
    exec(first_cell.source(), names)
    assert set(names) - {"__builtins__"} == {"_install_checks"}


@pytest.mark.parametrize(
    ("entry", "has"),
    [
        (None, True),
        (Entry(frozenset({"setup"}), 0, None), True),
        (Entry(frozenset({"setup"}), 1, None), False),
        (Entry(frozenset({"setup", first_cell.CELL}), 1, None), True),
    ],
)
def test_do_graded_cells_stay_as_an_earlier_version_released_them(
    entry, has, tmp_path, monkeypatch
):
    """nbgrader refuses a new cell once something is graded."""
    monkeypatch.setattr(plans.assignments, "find", lambda *_: entry)
    settings = Settings(package_url=LINK)
    course = Course(tmp_path, "course", "", b"", None, settings)
    made = plans.plan_release(course, catalogue.week("week01")).notebook
    cells = {cell["id"]: cell["source"] for cell in made["cells"]}
    assert (first_cell.CELL in cells) == has
    assert not has or cells[first_cell.CELL].endswith(f"_install_checks({LINK!r})")
