"""Is every action of staff recorded, with who and when, whether it is done or not?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.service import actions
from autograder.service.actions import By, latest, recorded

TOM = By(1, "9", "Tom")


def test_is_an_action_recorded_before_it_is_done(engine):
    with recorded(engine, TOM, "extend", "week06_backpropagation", "ada", "2d"):
        (row,) = latest(engine)
    assert (row.name, row.subject, row.action, row.student, row.details) == (
        *("Tom", "9", "extend", "ada", "2d"),
    )
    assert row.moment.tzinfo is not None


@pytest.mark.parametrize(
    ("error", "told"),
    [(CourseError("the gradebook is busy"), "the gradebook is busy"), (OSError(5), "OSError")],
)
def test_is_one_that_fails_recorded_as_not_done(engine, error, told):
    with pytest.raises(type(error)), recorded(engine, TOM, "extend"):
        raise error
    assert [row.details for row in latest(engine)] == [f"not done: {told}", ""]


def test_are_they_found_by_week_and_student_and_in_pages(engine, monkeypatch):
    monkeypatch.setattr(actions, "SHOWN", 2)
    for student in ("ada", "bob", "ada"):
        with recorded(engine, TOM, "regrade", "week06_backpropagation", student):
            pass
    newest = latest(engine)
    assert [row.student for row in newest] == ["ada", "bob"]
    assert [row.student for row in latest(engine, before=newest[-1].id)] == ["ada"]
    assert len(latest(engine, student="bob")) == 1
    assert not latest(engine, "week07_sgd")
