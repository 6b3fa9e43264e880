"""What a push to Canvas would change: the gradebook beside what Canvas has and has been sent."""

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
    """What one student's submission in Canvas lacks; empty where it is right already."""

    user: int
    student: str
    before: str = ""
    grade: str = ""
    comment: str = ""
    rubric: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.grade or self.comment or self.rubric)

    def data(self) -> dict[str, Any]:
        """As the API's `grade_data` wants it."""
        named = {
            "posted_grade": self.grade,
            "text_comment": self.comment,
            "rubric_assessment": self.rubric,
        }
        return {name: value for name, value in named.items() if value}

    def told(self) -> str:
        """One line for the dry run, such as `ada: 80 -> 87.5, comment`."""
        parts = [f"{self.before or 'no grade'} -> {self.grade}"] if self.grade else []
        parts += ["comment"] if self.comment else []
        parts += ["rubric"] if self.rubric else []
        return f"{self.student}: {', '.join(parts)}"


@dataclass(frozen=True)
class Plan:
    """The changes, how many students were looked at, and what is said of the others."""

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
        week: what Canvas should have.
        submissions: what it has, with comments and rubric assessments.
        matched: its users as students.
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
        notes.append(f"Excused in Canvas and left so: {people(excused)}.")
    if twice_late:
        notes.append(
            f"Warning: Canvas's own late policy takes points off too: {people(twice_late)}; "
            "the gradebook's late penalty is in the points already."
        )
    return Plan(changes, considered, tuple(notes))


def _score(submission: Any) -> str:
    """What a grader entered; `score` is less what Canvas's own late policy takes off."""
    entered = getattr(submission, "entered_score", None)
    score = getattr(submission, "score", None) if entered is None else entered
    return "" if score is None else number(score)


def _rubric(
    submission: Any, report: Report, criteria: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """The assessment of every criterion, where one differs; Canvas keeps no part of an old one."""
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
    """The rubric's criteria that carry a question's name, by question; and what is said of them.

    A rubric that Canvas uses for grading is left alone: its sum would replace the points, which
    hold late penalties and manual grades.
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
            "points, which hold late penalties and manual grades.",
        )
    return found, ()


class Sent:
    """The last comment that was sent to each user of an assignment, as digests.

    Canvas appends comments, and a teacher may edit or delete one: what was sent once is not sent
    again until the text is another.
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
                f"{self.path}, which remembers the comments sent, is damaged ({error}); delete it: "
                "comments that stand in Canvas unchanged are still not sent twice"
            ) from None

    def has(self, submission: Any, text: str) -> bool:
        """Whether this comment need not be sent."""
        if not text or self.digests.get(str(submission.user_id)) == _digest(text):
            return True
        comments = [each.get("comment") or "" for each in _comments(submission)]
        ours = [each for each in comments if each.startswith(OPENING)]
        return bool(ours) and ours[-1].split() == text.split()

    def confirm(self, changes: Iterable[Change]) -> None:
        """Remember the comments of changes that Canvas has taken."""
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
