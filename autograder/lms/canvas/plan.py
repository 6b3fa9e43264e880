"""Plan a push to Canvas: compare the gradebook with what Canvas has and what was sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course.people import Matched
from autograder.errors import CourseError
from autograder.feedback.comment import OPENING
from autograder.lms.exporter import WeekGrades, people
from autograder.output.files import write_whole
from autograder.output.spreadsheet import number
from autograder.output.text import fold
from autograder.records import Report


@dataclass(frozen=True)
class Change:
    """What to send for one student; false if Canvas is up to date."""

    user: int
    student: str
    before: str = ""
    grade: str = ""
    comment: str = ""
    rubric: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.grade or self.comment or self.rubric)

    def data(self) -> dict[str, Any]:
        """The student's entry in the API's `grade_data`."""
        named = {
            "posted_grade": self.grade,
            "text_comment": self.comment,
            "rubric_assessment": self.rubric,
        }
        return {name: value for name, value in named.items() if value}

    def summary(self) -> str:
        """One line for the dry run, such as `ada: 80 -> 87.5, comment`."""
        parts = [f"{self.before or 'no grade'} -> {self.grade}"] if self.grade else []
        parts += ["comment"] if self.comment else []
        parts += ["rubric"] if self.rubric else []
        return f"{self.student}: {', '.join(parts)}"


@dataclass(frozen=True)
class Plan:
    """The changes, the number of students compared, and notes on the others."""

    changes: list[Change]
    considered: int
    notes: tuple[str, ...] = ()


def make_plan(
    week: WeekGrades,
    submissions: Iterable[Any],
    matched: Matched,
    criteria: Mapping[str, str],
    sent: Sent,
) -> Plan:
    """Compare the gradebook with Canvas.

    Args:
        week: the grades that Canvas should have.
        submissions: those that it has, with comments and rubric assessments.
        matched: which of its users is which student.
        criteria: the rubric's criterion for each question, see `criteria`.
        sent: the comments of earlier pushes.
    """
    exported = {total.student: total for total in week.totals}
    changes, excused, twice_late = [], [], []
    considered = 0
    for submission in submissions:
        total = exported.get(matched.students.get(submission.user_id, ""))
        if total is None or total.points is None:
            continue
        considered += 1
        if getattr(submission, "excused", False):
            excused.append(total.student)
            continue
        if total.late_penalty and getattr(submission, "points_deducted", None):
            twice_late.append(total.student)
        score = _score(submission)
        grade = number(total.points)
        text = week.comments.get(total.student, "")
        report = week.reports.get(total.student)
        change = Change(
            submission.user_id,
            total.student,
            score,
            "" if score == grade else grade,
            "" if sent.has(submission, text) else text,
            _rubric(submission, report, criteria) if report else {},
        )
        if change:
            changes.append(change)
    notes = []
    if excused:
        notes.append(f"Excused in Canvas, so unchanged: {people(excused)}.")
    if twice_late:
        notes.append(
            f"Warning: Canvas's late policy also deducts points from {people(twice_late)}, whose "
            "points already include the gradebook's late penalty."
        )
    return Plan(changes, considered, tuple(notes))


def _score(submission: Any) -> str:
    """The score as entered; `score` itself is after Canvas's late deduction."""
    entered = getattr(submission, "entered_score", None)
    score = getattr(submission, "score", None) if entered is None else entered
    return "" if score is None else number(score)


def _rubric(
    submission: Any, report: Report, criteria: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """All criteria if one differs: Canvas drops the criteria that an update leaves out."""
    now = getattr(submission, "rubric_assessment", None) or {}
    wanted = {
        criteria[verdict.question]: {
            "points": number(verdict.points),
            "comments": verdict.mistake,
        }
        for verdict in report.verdicts
        if verdict.question in criteria
    }
    same = all(
        key in now
        and number(now[key].get("points") or 0.0) == each["points"]
        and (now[key].get("comments") or "") == each["comments"]
        for key, each in wanted.items()
    )
    return {} if same else wanted


def criteria(assignment: Any, week: WeekGrades) -> tuple[dict[str, str], tuple[str, ...]]:
    """The rubric's criteria that are named after a question, by question, and notes on them.

    A rubric that Canvas uses for grading is not filled: its sum would replace the points, which
    include late penalties and manual grades.
    """
    questions = {v.question for report in week.reports.values() for v in report.verdicts}
    by_name = {fold(name): name for name in questions}
    found = {
        by_name[fold(each["description"])]: str(each["id"])
        for each in getattr(assignment, "rubric", None) or []
        if fold(each.get("description") or "") in by_name
    }
    if found and getattr(assignment, "use_rubric_for_grading", False):
        return {}, (
            "The rubric is not filled: Canvas uses it for grading, so its sum would replace the "
            "points, which include late penalties and manual grades.",
        )
    return found, ()


class Sent:
    """Digests of the last comment sent to each user of an assignment.

    Canvas appends comments, and a teacher may edit or delete one. So the same text is not sent
    again.
    """

    def __init__(self, root: Path, assignment: Any) -> None:
        name = f"canvas-{assignment.course_id}-{assignment.id}.json"
        self.path = root / ".autograder" / "pushed" / name
        try:
            self.digests: dict[str, str] = json.loads(self.path.read_text(encoding="ascii"))
        except FileNotFoundError:
            self.digests = {}
        except (OSError, ValueError) as error:
            raise CourseError(
                f"{self.path}, the list of comments sent, is damaged ({error}). Next: delete it; "
                "comments that are still in Canvas are not sent twice"
            ) from None

    def has(self, submission: Any, text: str) -> bool:
        """Whether this comment was already sent, or is empty."""
        if not text or self.digests.get(str(submission.user_id)) == _digest(text):
            return True
        comments = [each.get("comment") or "" for each in _comments(submission)]
        ours = [each for each in comments if each.startswith(OPENING)]
        return bool(ours) and ours[-1].split() == text.split()

    def confirm(self, changes: Iterable[Change]) -> None:
        """Remember the comments of changes that Canvas has made."""
        new = {str(each.user): _digest(each.comment) for each in changes if each.comment}
        if not new:
            return
        self.digests |= new
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self.path, json.dumps(self.digests).encode("ascii"))


def _comments(submission: Any) -> list[dict[str, Any]]:
    return getattr(submission, "submission_comments", None) or []


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
