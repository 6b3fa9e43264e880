"""A plain CSV file for any LMS or spreadsheet: a row per student, three columns per week."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.gradebook.totals import Total
from autograder.lms.exporter import Export, WeekGrades
from autograder.lms.feedback_pages import Feedback, with_folders
from autograder.output.spreadsheet import Cell, to_csv

PERSON = ("id", "last_name", "first_name", "email")


def export(weeks: Sequence[WeekGrades], *, feedback: Feedback = None) -> Export:
    """Write a CSV file with a row per student and the points of each week."""
    header: list[Cell] = [*PERSON]
    for each in weeks:
        header += [each.week, f"{each.week} of", f"{each.week} state"]
    by_week = [{total.student: total for total in each.totals} for each in weeks]
    people = {total.student: total for graded in by_week for total in graded.values()}
    rows = [_row(people[student], by_week) for student in sorted(people)]
    name = "-".join(["grades", *(each.week for each in weeks)])
    return with_folders(Export({f"{name}.csv": to_csv([header, *rows])}), weeks, feedback)


def _row(person: Total, by_week: Sequence[dict[str, Total]]) -> list[Cell]:
    row: list[Cell] = [person.student, person.last_name, person.first_name, person.email]
    for graded in by_week:
        total = graded.get(person.student)
        row += [None, None, "held back"] if total is None else _grade(total)
    return row


def _grade(total: Total) -> list[Cell]:
    if total.points is None:
        return [None, total.max_points, "not handed in"]
    return [total.points, total.max_points, "waiting" if total.waiting else "graded"]
