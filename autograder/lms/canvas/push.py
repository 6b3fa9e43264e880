"""Push grades and comments to Canvas.

Canvas processes updates later, may stop half-way, and appends comments. So a push trusts only
what Canvas shows afterwards: it compares, sends the differences in batches, waits for the Progress
of each batch, and compares again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from autograder.course.people import Person, in_grade_file
from autograder.errors import CourseError
from autograder.lms.canvas.client import connect, number_in_address, plain_errors
from autograder.lms.canvas.notes import about_points, lost, strangers
from autograder.lms.canvas.plan import (
    Change,
    Plan,
    Sent,
    criteria,
    make_plan,
)
from autograder.lms.exporter import Export, WeekGrades, everybody

# Canvas accepts a few thousand form fields, and a rubric has two per question.
BATCH = 50
# After a 5xx a batch may have been processed; it is sent again only if it was not.
ROUNDS = 4
ROUND_SECONDS = 2.0
PROGRESS_SECONDS = 300.0
POLL_SECONDS = 0.5


def push_week(
    week: WeekGrades, course_id: str, assignment_id: str, *, dry_run: bool = False
) -> Export:
    """Send a week's grades, comments and rubric to one assignment of Canvas.

    Args:
        week: the grades.
        course_id, assignment_id: the numbers in the assignment's address.
        dry_run: only say what would change.

    Raises:
        CourseError: if Canvas cannot be used; changes that it has already made stay.
    """
    course = number_in_address("--course-id", course_id)
    assignment = number_in_address("--assignment-id", assignment_id)
    canvas = connect()
    with plain_errors():
        return _Push(canvas, week, course, assignment).run(dry_run)


class _Push:
    """One push of one week to one assignment."""

    def __init__(self, canvas: Any, week: WeekGrades, course_id: int, assignment_id: int) -> None:
        self.week = week
        course = canvas.get_course(course_id)
        self.assignment = course.get_assignment(assignment_id)
        _refuse_group_grades(self.assignment)
        self.matched = week.roster.match_all(_people(course))
        self.criteria, self.notes = criteria(self.assignment, week)
        self.sent = Sent(week.course.root, self.assignment)
        self.reasons: list[str] = []

    def run(self, dry_run: bool) -> Export:
        plan = self._compare()
        about = (
            *about_points(str(getattr(self.assignment, "points_possible", None) or ""), self.week),
            *self.notes,
            *plan.notes,
            *strangers(self.matched),
        )
        problems = lost(self.week, self.matched)
        title = self.assignment.name
        if dry_run:
            would = tuple(f"  {change.summary()}" for change in plan.changes)
            line = f"Dry run: {len(would)} of {plan.considered} students would change in {title!r}."
            return Export({}, (line, *would, *about), problems)
        left = self._send(plan)
        changed = len(plan.changes) - len(left)
        line = f"Pushed to {title!r}: {changed} of {plan.considered} students changed."
        return Export({}, (line, *about), (*problems, *self._not_taken(left)))

    def _compare(self) -> Plan:
        """The differences between the gradebook and Canvas now."""
        submissions = self.assignment.get_submissions(
            include=["submission_comments", "rubric_assessment"]
        )
        return make_plan(self.week, submissions, self.matched, self.criteria, self.sent)

    def _send(self, plan: Plan) -> list[Change]:
        """Send until Canvas shows every change or has refused it; returns what is left."""
        changes, refused = plan.changes, []
        for attempt in range(ROUNDS):
            if not changes:
                break
            uncertain = self._send_once(changes, attempt)
            now = {change.user: change for change in self._compare().changes}
            self.sent.confirm(change for change in changes if _taken(change, now))
            left = [now[change.user] for change in changes if change.user in now]
            refused += [change for change in left if change.user not in uncertain]
            changes = [change for change in left if change.user in uncertain]
        return refused + changes

    def _send_once(self, changes: Sequence[Change], attempt: int) -> set[int]:
        """Send every batch; returns the users of batches that may or may not have arrived."""
        uncertain: set[int] = set()
        for start in range(0, len(changes), BATCH):
            batch = changes[start : start + BATCH]
            if not self._send_batch(batch):
                uncertain |= {change.user for change in batch}
        if uncertain:
            time.sleep(ROUND_SECONDS * 2**attempt)
        return uncertain

    def _send_batch(self, batch: Sequence[Change]) -> bool:
        """Send one batch and wait for it; False if it is unknown whether it arrived."""
        from canvasapi.exceptions import CanvasException, UnprocessableEntity
        from requests.exceptions import ConnectionError, Timeout

        try:
            progress = self.assignment.submissions_bulk_update(
                grade_data={change.user: change.data() for change in batch}
            )
        except UnprocessableEntity as error:
            self.reasons.append(f"Canvas refused a batch: {error}")
            return True
        except (ConnectionError, Timeout) as error:
            self.reasons.append(f"the connection ended: {type(error).__name__}")
            return False
        except CanvasException as error:
            # The subclasses are known errors; the base class is any other status, here a 5xx.
            if type(error) is not CanvasException:
                raise
            self.reasons.append(str(error))
            return False
        self._wait(progress)
        return True

    def _wait(self, progress: Any) -> None:
        deadline = time.monotonic() + PROGRESS_SECONDS
        pause = POLL_SECONDS
        while progress.workflow_state not in ("completed", "failed"):
            if time.monotonic() > deadline:
                self.reasons.append("Canvas is still working; run it again later")
                return
            time.sleep(pause)
            pause = min(2 * pause, 10.0)
            progress = progress.query()
        if progress.workflow_state == "failed":
            self.reasons.append(
                f"Canvas stopped: {getattr(progress, 'message', None) or 'it gave no reason'}"
            )

    def _not_taken(self, left: Sequence[Change]) -> tuple[str, ...]:
        if not left:
            return ()
        students = [change.student for change in left]
        reasons = "; ".join(dict.fromkeys(self.reasons)) or "it gave no reason"
        return (f"Canvas did not accept the grades of {everybody(students)}: {reasons}.",)


def _refuse_group_grades(assignment: Any) -> None:
    individually = getattr(assignment, "grade_group_students_individually", False)
    if getattr(assignment, "group_category_id", None) and not individually:
        raise CourseError(
            f"Canvas grades {assignment.name!r} by group, so every member would get the last one's "
            "grade. Next: set `Assign grades to each student individually` in the assignment"
        )


def _taken(change: Change, now: dict[int, Change]) -> bool:
    """Whether the comment has arrived in Canvas, whatever became of the grade."""
    return change.user not in now or not now[change.user].comment


def _people(course: Any) -> dict[int, Person]:
    users = course.get_users(enrollment_type=["student"], include=["email"])
    return {user.id: _person(user) for user in users}


def _person(user: Any) -> Person:
    known = [getattr(user, name, None) for name in ("sis_user_id", "login_id", "email")]
    ids = [str(each or "") for each in known]
    return in_grade_file(str(user.id), ids, getattr(user, "sortable_name", None) or user.name)
