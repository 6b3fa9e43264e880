"""What is said of a week that goes to Canvas, by its file and by its API alike."""

from __future__ import annotations

import re

from autograder.course.people import Matched
from autograder.lms.exporter import WeekGrades, everybody
from autograder.output.spreadsheet import number

NUMBER = re.compile(r"-?\d+([.,]\d+)?")


def same_number(written: str, points: str) -> bool:
    """Whether the cell holds this number already, as Canvas compares: to two decimals."""
    text = written.strip()
    return bool(NUMBER.fullmatch(text)) and number(float(text.replace(",", "."))) == points


def about_points(possible: str, week: WeekGrades) -> tuple[str, ...]:
    """A warning where Canvas's points differ from the gradebook's; empty where they agree."""
    if same_number(possible, number(week.max_points)):
        return ()
    return (
        f"Warning: Canvas counts {week.week} out of {possible or 'no number of'} points, the "
        f"gradebook out of {number(week.max_points)}. Points were not rescaled; set the "
        "assignment's points in Canvas.",
    )


def strangers(matched: Matched) -> tuple[str, ...]:
    """A note on people of Canvas whom the course's gradebook does not hold."""
    if not matched.strangers:
        return ()
    return (f"In Canvas and not in this course's gradebook: {everybody(matched.strangers)}.",)


def lost(week: WeekGrades, matched: Matched) -> tuple[str, ...]:
    """A sentence on each person or group whose grade found no place."""
    reached = set(matched.students.values())
    missing = [
        total.student
        for total in week.totals
        if total.points is not None and total.student not in reached
    ]
    told = (f"Has a grade and was not found in Canvas: {everybody(missing)}.",) if missing else ()
    return (*matched.left_out, *told)
