"""Does `autograder release` say what it does, and when a week is due?"""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from autograder.cli.display import screen
from autograder.cli.release import _due, _show
from autograder.course import assignments, directory
from autograder.course.settings import Settings
from autograder.errors import CourseError
from autograder.release.merge import Conflict
from autograder.release.plan import Plan
from autograder.release.record import Record
from tests.owner.term import STEM, command

WEEK = SimpleNamespace(name="week06", title="Backpropagation")


def course(**settings):
    return SimpleNamespace(settings=Settings(**settings))


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-12-01 23:59", "Europe/Berlin", datetime(2026, 12, 1, 22, 59, tzinfo=UTC)),
        ("2026-07-01T23:59", "Europe/Berlin", datetime(2026, 7, 1, 21, 59, tzinfo=UTC)),
        ("2026-12-01 23:59+0500", "Europe/Berlin", datetime(2026, 12, 1, 18, 59, tzinfo=UTC)),
        ("2026-12-01 23:59Z", "", datetime(2026, 12, 1, 23, 59, tzinfo=UTC)),
    ],
)
def test_is_a_due_date_read_in_the_courses_time_zone(text, zone, expected):
    assert _due(text, course(timezone=zone), ["week06"]) == expected


def test_is_a_time_without_a_zone_this_machines():
    when = _due("2026-12-01 23:59", course(), ["week06"])
    assert when.tzinfo is not None and when.replace(tzinfo=None) == datetime(2026, 12, 1, 23, 59)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("tomorrow", "expected a day and a time"), ("2026-12-01", 'such as "2026-12-01 23:59"')],
)
def test_is_what_is_no_time_refused(text, expected):
    with pytest.raises(CourseError, match=expected):
        _due(text, course(), ["week06"])


def test_does_course_toml_have_the_last_word_on_due_dates():
    with pytest.raises(CourseError, match="change it there"):
        _due("2026-12-01 23:59", course(due={"week06": datetime.now(UTC)}), ["week06"])


def shown(**given: object) -> str:
    plan = Plan(STEM, None, {}, Record({}), **given)
    with screen.capture() as said:
        _show(WEEK, plan)
    return said.get()


def test_is_a_second_release_told():
    assert shown() == ""
    assert shown(again=True) == "week06 is released already; its lesson has not changed.\n"
    conflict = Conflict("relu", "\n".join(map(str, range(12))), "")
    said = shown(
        again=True,
        changes=("changed: tanh",),
        edits=("points: relu 6 → 20",),
        conflicts=(conflict,),
        graded=3,
        handed_in=5,
    )
    assert said.splitlines() == [
        "week06 is released already.",
        "New in the lesson:",
        "  changed: tanh",
        "Your edits, which stay:",
        "  points: relu 6 → 20",
        "Conflict in relu. Yours:",
        *(f"  {number}" for number in range(8)),
        "  … and 4 lines more",
        "The lesson's:",
        "  (nothing)",
        "3 submissions are graded already; grade again afterwards.",
        "2 students have handed in the notebook that was released before.",
    ]


@pytest.mark.slow
def test_are_several_weeks_released_and_due(fresh_course):
    said = command(fresh_course, "release", "0", "6", "--due", "2026-12-01 23:59+01:00", "--zip")
    assert "Released week00" in said and "Released week06" in said and "(22:59 UTC)" in said
    assert "START-HERE.md, which says how" in said and "release/week00-week06.zip" in said
    assert (fresh_course / "release" / "week00-week06.zip").is_file()
    opened = directory.load(fresh_course)
    for stem in ("week00_start", STEM):
        entry = assignments.find(opened, stem)
        assert entry and entry.due == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    before = {path: path.read_bytes() for path in fresh_course.rglob("*") if path.is_file()}
    assert "Nothing was changed." in command(fresh_course, "release", "6", "--dry-run")
    assert {p: p.read_bytes() for p in fresh_course.rglob("*") if p.is_file()} == before
