"""Does the table of weeks and students say what the command and the outbox say?"""

from __future__ import annotations

from autograder.gradebook.status import status
from autograder.service import outbox
from autograder.service.grades import Grade
from autograder.service.web import instructor_overview
from autograder.service.web.instructor_overview import overview, roster
from tests.service.conftest import add_lms
from tests.service.web.conftest import STEM


def test_are_its_numbers_those_of_the_command(taught):
    (week,) = overview(taught).weeks
    (expected,) = status(taught.course, [STEM])
    assert week.status == expected
    assert [each.id for each in roster(taught.course)] == ["bob", "ada"]
    assert {name: one.kind for name, one in week.students.items()} == dict.fromkeys(
        ("ada", "bob"), "waiting"
    )


def test_is_of_two_columns_shown_what_needs_attention(taught):
    for number, state in enumerate((outbox.State.REFUSED, outbox.State.DELIVERED)):
        add_lms(taught.engine, f"https://lms{number}.example")
        with taught.engine.begin() as connection:
            outbox.want(connection, STEM, {"ada": Grade("ada", 2.5, 24, True, "", None)})
            newest = outbox.SCORES.c.id == number + 1
            connection.execute(outbox.SCORES.update().where(newest).values(state=state))
    (week,) = overview(taught).weeks
    assert week.students["ada"].in_lms == "refused"
    assert week.students["bob"].in_lms == ""
    assert "1 refused by the LMS" in week.to_do


def test_share_pages_that_follow_one_look(taught, grace, monkeypatch):
    looks = []
    look = instructor_overview.overview
    monkeypatch.setattr(instructor_overview, "overview", lambda by: looks.append(1) or look(by))
    for _ in range(3):
        assert "Bell, Bob" in grace.get("/teach", headers={"x-follows": "yes"}).text
    assert len(looks) == 1
    outbox.hold(taught.engine, STEM, "Grace")
    assert "held back" in grace.get("/teach").text
    monkeypatch.setattr(instructor_overview, "RECENT_SECONDS", 0.0)
    assert "held back" in grace.get("/teach", headers={"x-follows": "yes"}).text


def test_has_a_course_without_anybody_an_empty_table(taught):
    from autograder.course.enrolment import remove

    for student in ("ada", "bob"):
        remove(taught.course, student)
    assert overview(taught).roster == []
