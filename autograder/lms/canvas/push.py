"""Push grades, comments and feedback pages to Canvas.

Canvas processes updates later, may stop half-way, and appends comments. So a push trusts only
what Canvas shows afterwards: it compares, sends the differences in batches, waits for the Progress
of each batch, and compares again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from autograder.course.person import Person, in_grade_file
from autograder.errors import CourseError
from autograder.lms.canvas.client import (
    connect,
    number_in_address,
    plain_errors,
    upload_for_comment,
)
from autograder.lms.canvas.notes import about_points, lost, refuse_other_points, strangers
from autograder.lms.canvas.plan import (
    Change,
    Plan,
    Sent,
    criteria,
    make_plan,
)
from autograder.lms.exporter import Export, WeekGrades, everybody
from autograder.lms.feedback_pages import Pages, pages

# Canvas accepts a few thousand form fields, and a rubric has two per question.
BATCH = 50
# After a 5xx a batch may have been processed; it is sent again only if it was not.
ROUNDS = 4
ROUND_SECONDS = 2.0
PROGRESS_SECONDS = 300.0
POLL_SECONDS = 0.5


def push_week(
    week: WeekGrades,
    course_id: str,
    assignment_id: str,
    *,
    dry_run: bool = False,
    attach: bool = True,
    other_points: bool = False,
) -> Export:
    """Send a week's grades, comments, rubric and feedback pages to one assignment of Canvas.

    Args:
        week: the grades.
        course_id, assignment_id: the numbers in the assignment's address.
        dry_run: only say what would change.
        attach: whether the students' feedback pages are attached to comments.
        other_points: whether the assignment may be worth other points than the week.

    Raises:
        CourseError: if Canvas cannot be used; changes that it has already made stay.
    """
    course = number_in_address("--course-id", course_id)
    assignment = number_in_address("--assignment-id", assignment_id)
    canvas = connect()
    with plain_errors():
        push = _Push(canvas, week, course, assignment, attach)
        if not other_points:
            refuse_other_points(push.possible, push.assignment.name, week)
        return push.run(dry_run)


class _Push:
    """One push of one week to one assignment."""

    def __init__(
        self, canvas: Any, week: WeekGrades, course_id: int, assignment_id: int, attach: bool
    ) -> None:
        self.week = week
        self.pages = pages(week) if attach else Pages({})
        course = canvas.get_course(course_id)
        self.assignment = course.get_assignment(assignment_id)
        _refuse_group_grades(self.assignment)
        self.possible = str(getattr(self.assignment, "points_possible", None) or "")
        self.matched = week.roster.match_all(_people(course))
        self.criteria, self.notes = criteria(self.assignment, week)
        self.sent = Sent(week.course.root, self.assignment)
        self.reasons: list[str] = []

    def run(self, dry_run: bool) -> Export:
        plan = self._compare()
        about = (
            *about_points(self.possible, self.week),
            *self.notes,
            *plan.notes,
            *self.pages.notes,
            *strangers(self.matched),
        )
        problems = lost(self.week, self.matched)
        title = self.assignment.name
        if dry_run:
            would = tuple(f"  {change.summary()}" for change in plan.changes)
            line = f"Dry run: {len(would)} of {plan.considered} students would change in {title!r}."
            return Export({}, (line, *would, *about), problems)
        left = self._send(plan)
        # Whoever lacks only the page has the grade.
        before = {change.user for change in plan.changes if change.only_page}
        unchanged = [each for each in left if not each.only_page or each.user in before]
        changed = len(plan.changes) - len(unchanged)
        line = f"Pushed to {title!r}: {changed} of {plan.considered} students changed."
        return Export({}, (line, *about), (*problems, *self._not_taken(left)))

    def _compare(self) -> Plan:
        """The differences between the gradebook and Canvas now."""
        submissions = self.assignment.get_submissions(
            include=["submission_comments", "rubric_assessment"]
        )
        known = self.criteria, self.sent, self.pages.found
        return make_plan(self.week, submissions, self.matched, *known)

    def _send(self, plan: Plan) -> list[Change]:
        """Send until Canvas shows every change or has refused it; returns what is left."""
        changes, refused = plan.changes, []
        for attempt in range(ROUNDS):
            if not changes:
                break
            uncertain = self._send_once(changes, attempt)
            now = {change.user: change for change in self._compare().changes}
            self.sent.confirm(
                [change for change in changes if _taken(change, now)],
                [change for change in changes if _has_page(change, now)],
            )
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
                grade_data={each.user: each.data(self._upload(each)) for each in batch}
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

    def _upload(self, change: Change) -> int:
        """Upload a student's page for a comment to them; 0 if there is none or Canvas refuses."""
        from canvasapi.exceptions import CanvasException

        try:
            return self.sent.upload(
                change, lambda page: upload_for_comment(self.assignment, change.user, page)
            )
        except (CanvasException, ValueError) as error:
            self.reasons.append(f"a feedback page was refused: {error}")
            return 0

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
        reasons = "; ".join(dict.fromkeys(self.reasons)) or "it gave no reason"
        said = []
        for what, only_page in (("grades", False), ("feedback pages", True)):
            students = [each.student for each in left if each.only_page == only_page]
            if students:
                said.append(
                    f"Canvas did not accept the {what} of {everybody(students)}: {reasons}."
                )
        return tuple(said)


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


def _has_page(change: Change, now: dict[int, Change]) -> bool:
    """Whether the page has arrived in Canvas."""
    return change.user not in now or not now[change.user].page


def _people(course: Any) -> dict[int, Person]:
    users = course.get_users(enrollment_type=["student"], include=["email"])
    return {user.id: _person(user) for user in users}


def _person(user: Any) -> Person:
    keys = ("sis_user_id", "login_id", "email")
    *ids, email = (str(getattr(user, key, None) or "") for key in keys)
    name = getattr(user, "sortable_name", None) or user.name
    return in_grade_file(str(user.id), ids, name, email)
