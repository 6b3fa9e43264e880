"""`release`, `grade` and `feedback` for an assignment of the instructor's own, which is no week."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import typer

from autograder.cli.display import ClassTable, brief, errors, print_json, progress, screen
from autograder.cli.grade import INTERRUPTED, SOME_NOT_GRADED
from autograder.course import assignments
from autograder.course.directory import Course
from autograder.grading import plain_assignment
from autograder.grading.attendance import attendance, enrol_new
from autograder.grading.grade_class import only as only_these
from autograder.records import Submission


def release(course: Course, assignment: str, due: datetime | None) -> None:
    """Make the students' notebooks from `source/`, as `nbgrader generate_assignment` does."""
    for path in plain_assignment.release(course, assignment):
        screen.print(f"Released {assignment}: {path}", soft_wrap=True, highlight=False)
    if due:
        assignments.set_due(course, assignment, due)


def grade(
    course: Course,
    assignment: str,
    *,
    only: Collection[str],
    force: bool,
    new_students: bool,
    as_json: bool,
) -> None:
    """Grade an assignment and print the table, as for a week."""
    submissions = plain_assignment.submissions(course, assignment)
    found = attendance(course, assignment, assignment, submissions, new_students=new_students)
    chosen: Sequence[Submission] = found.graded
    if only:
        chosen = only_these(chosen, only)
    enrol_new(course, found, chosen)
    table = ClassTable(assignment, found.not_graded, found.doubtful, [] if only else found.notes)
    reports = plain_assignment.grade(course, assignment, chosen, force=force or bool(only))
    lines = []
    try:
        for report in reports if as_json else progress(reports, len(chosen), "Grading"):
            lines.append(brief(report))
            table.add(lines[-1])
    except KeyboardInterrupt:
        errors.print(f"Stopped. {table.total} of {len(chosen)} submissions are graded and saved.")
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        print_json(
            assignment,
            lines,
            not_graded=found.not_graded,
            doubtful=found.doubtful,
            missing=found.missing,
        )
    else:
        table.print()
    raise typer.Exit(SOME_NOT_GRADED if table.problems else 0)


def feedback(course: Course, assignment: str) -> None:
    """Write nbgrader's feedback pages."""
    with screen.status("Writing feedback"):
        pages = plain_assignment.write_feedback(course, assignment)
    screen.print(f"Wrote {len(pages)} pages, such as {pages[0]}")
