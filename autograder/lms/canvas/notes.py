"""Sentences about a week that is exported to Canvas, by file or by API."""

from __future__ import annotations

import re

from autograder.course.people import Matched
from autograder.errors import CourseError
from autograder.lms.exporter import WeekGrades, everybody
from autograder.output.spreadsheet import number

NUMBER = re.compile(r"-?\d+([.,]\d+)?")


def same_number(written: str, points: str) -> bool:
    """Whether a cell already holds this number, to two decimals as Canvas compares."""
    text = written.strip()
    return bool(NUMBER.fullmatch(text)) and number(float(text.replace(",", "."))) == points


def about_points(possible: str, week: WeekGrades) -> tuple[str, ...]:
    """A warning if Canvas's points differ from the gradebook's."""
    differ = _difference(possible, week)
    if not differ:
        return ()
    return (
        f"Warning: {differ}. Points were not rescaled. "
        "Next: set the assignment's points in Canvas.",
    )


def refuse_other_points(possible: str, title: str, week: WeekGrades) -> None:
    """Refuse an assignment that is worth other points: it may be another week's.

    Raises:
        CourseError: with both points.
    """
    if differ := week.everyone and _difference(possible, week):
        raise CourseError(
            f"{title!r}: {differ}, so it may be another assignment. Nothing was sent. Next: check "
            "--assignment-id, or set the assignment's points in Canvas; --other-points sends the "
            "points as they are"
        )


def _difference(possible: str, week: WeekGrades) -> str:
    """A sentence on Canvas's points and the gradebook's; empty if they are the same."""
    if same_number(possible, number(week.max_points)):
        return ""
    return (
        f"{week.week} is out of {possible or 'no number of'} points in Canvas, and out of "
        f"{number(week.max_points)} in the gradebook"
    )


def strangers(matched: Matched) -> tuple[str, ...]:
    """A note on people in Canvas who are not in the course's gradebook."""
    if not matched.strangers:
        return ()
    return (f"In Canvas and not in this course's gradebook: {everybody(matched.strangers)}.",)


def lost(week: WeekGrades, matched: Matched) -> tuple[str, ...]:
    """Sentences about everybody whose grade was not exported."""
    reached = set(matched.students.values())
    missing = [
        total.student
        for total in week.totals
        if total.points is not None and total.student not in reached
    ]
    told = (f"Has a grade, but was not found in Canvas: {everybody(missing)}.",) if missing else ()
    return (*matched.left_out, *told)
