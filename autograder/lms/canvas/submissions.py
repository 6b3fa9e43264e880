"""What Canvas says of the submissions of one assignment: when, whether late, and whose group."""

from __future__ import annotations

from typing import Any

from autograder.course.person import EMAIL, LMS_ID, Identifier, Person
from autograder.errors import CourseError
from autograder.intake.collect.attempts import parse_time
from autograder.intake.collect.canvas import Submitted
from autograder.lms.canvas.client import connect, number_in_address, plain_errors


def submitted(course_id: str, assignment_id: str) -> list[Submitted]:
    """Ask Canvas for everybody's submission of an assignment.

    Args:
        course_id, assignment_id: the numbers in the assignment's address.

    Raises:
        CourseError: if Canvas cannot be used, or nobody has handed in.
    """
    course = number_in_address("--course-id", course_id)
    assignment = number_in_address("--assignment-id", assignment_id)
    canvas = connect()
    with plain_errors():
        known = canvas.get_course(course).get_assignment(assignment)
        found = [_record(each) for each in known.get_submissions(include=["user", "group"])]
    if not any(each.time for each in found):
        raise CourseError(
            f"In Canvas nobody has handed in {known.name!r}. Next: take --assignment-id from the "
            "address of the assignment whose archive this is"
        )
    return found


def _record(submission: Any) -> Submitted:
    number = str(submission.user_id)
    user = getattr(submission, "user", None) or {}
    group = getattr(submission, "group", None) or {}
    name = str(user.get("sortable_name") or user.get("name") or "")
    fields = {"sis_user_id": "sis_user_id", "login_id": "login_id", "email": EMAIL}
    ids = [Identifier((str(user[key]),), field=fields[key]) for key in fields if user.get(key)]
    identifiers = (Identifier((number,), (LMS_ID,), LMS_ID), *ids)
    shown = f"{name or 'somebody'} (Canvas user {number})"
    return Submitted(
        number,
        Person(shown, identifiers, (name,) if name else ()),
        parse_time(getattr(submission, "submitted_at", None)),
        bool(getattr(submission, "late", False)),
        str(group.get("id") or ""),
        frozenset(int(each.id) for each in getattr(submission, "attachments", None) or []),
    )
