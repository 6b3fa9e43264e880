"""Is what Canvas knows of times and groups read as it says it?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autograder.errors import CourseError
from autograder.lms.canvas.submissions import submitted


@pytest.mark.of_students(120)
def test_are_times_lateness_and_groups_read_from_every_page(canvas):
    for number, each in canvas.submissions.items():
        each["user"] = {"id": number, "sortable_name": f"Name, {number}", "login_id": f"l{number}"}
    canvas.submissions[1000] |= {
        "submitted_at": "2026-10-02T12:00:00Z",
        "late": True,
        "group": {"id": 9, "name": "Team"},
        "attachments": [{"id": 77, "display_name": "week06.ipynb"}],
    }
    canvas.submissions[1001] |= {"submitted_at": None, "late": False, "group": {"id": None}}
    found = {each.user: each for each in submitted("7", "42")}
    assert len(found) == 120
    ann, bob = found["1000"], found["1001"]
    assert ann.time == datetime(2026, 10, 2, 12, tzinfo=UTC)
    assert (ann.late, ann.group, ann.attachments) == (True, "9", {77})
    assert (bob.time, bob.late, bob.group, bob.attachments) == (None, False, "", set())
    assert ann.person.names == ("Name, 1000",)
    assert [each.spellings for each in ann.person.identifiers] == [("1000",), ("l1000",)]


def test_is_an_assignment_without_submissions_the_wrong_one(canvas):
    with pytest.raises(CourseError, match="nobody has handed in 'Week 6'. Next: take --assignment"):
        submitted("7", "42")


@pytest.mark.parametrize(("course", "assignment"), [("", "42"), ("7", ""), ("/courses/7", "42")])
def test_is_a_number_that_is_none_said(canvas, course, assignment):
    with pytest.raises(CourseError, match="asking Canvas needs --(course|assignment)-id, a number"):
        submitted(course, assignment)
    assert not canvas.requests
