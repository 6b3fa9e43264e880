"""Plan a push to Canvas: compare the gradebook with what Canvas has and what was sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course.people import Matched
from autograder.errors import CourseError
from autograder.feedback.comment import OPENING
from autograder.lms.exporter import WeekGrades, people
from autograder.output.files import make_private, write_whole
from autograder.output.spreadsheet import number
from autograder.output.text import fold
from autograder.records import Report

ABOUT_PAGE = "The page with your feedback."
NO_PAGES: Mapping[str, Path] = {}


@dataclass(frozen=True)
class Change:
    """What to send for one student; false if Canvas is up to date."""

    user: int
    student: str
    before: str = ""
    grade: str = ""
    comment: str = ""
    rubric: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    page: Path | None = None

    def __bool__(self) -> bool:
        return bool(self.grade or self.comment or self.rubric or self.page)

    @property
    def only_page(self) -> bool:
        """Whether nothing but the feedback page is to be sent."""
        return not (self.grade or self.comment or self.rubric)

    def data(self, file: int = 0) -> dict[str, Any]:
        """The student's entry in the API's `grade_data`.

        Args:
            file: Canvas's number for the uploaded page; 0 for none. Canvas attaches files to
                comments only.
        """
        named = {
            "posted_grade": self.grade,
            "text_comment": self.comment or (ABOUT_PAGE if file else ""),
            "rubric_assessment": self.rubric,
            "file_ids": [file] if file else [],
        }
        return {name: value for name, value in named.items() if value}

    def summary(self) -> str:
        """One line for the dry run, such as `ada: 80 -> 87.5, comment`."""
        parts = [f"{self.before or 'no grade'} -> {self.grade}"] if self.grade else []
        parts += ["comment"] if self.comment else []
        parts += ["rubric"] if self.rubric else []
        parts += ["feedback page"] if self.page else []
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
    pages: Mapping[str, Path] = NO_PAGES,
) -> Plan:
    """Compare the gradebook with Canvas.

    Args:
        week: the grades that Canvas should have.
        submissions: those that it has, with comments and rubric assessments.
        matched: which of its users is which student.
        criteria: the rubric's criterion for each question, see `criteria`.
        sent: the comments and pages of earlier pushes.
        pages: the feedback pages to attach, by student.
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
            sent.new_page(submission, pages.get(total.student)),
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
    """Digests of the last comment and the last page sent to each user of an assignment.

    Canvas appends comments, and a teacher may edit or delete one. So the same text or page is not
    sent again.
    """

    def __init__(self, root: Path, assignment: Any) -> None:
        name = f"canvas-{assignment.course_id}-{assignment.id}.json"
        self.path = root / ".autograder" / "pushed" / name
        self.uploads: dict[tuple[int, str], int] = {}
        """Canvas's numbers for pages that were uploaded, by user and digest."""
        try:
            self.digests: dict[str, str] = json.loads(self.path.read_text(encoding="ascii"))
        except FileNotFoundError:
            self.digests = {}
        except (OSError, ValueError) as error:
            raise CourseError(
                f"{self.path}, the list of comments sent, is damaged ({error}). Next: delete it; "
                "comments that are still in Canvas are not sent twice"
            ) from None

    def upload(self, change: Change, send: Callable[[Path], int]) -> int:
        """Canvas's number for a change's page, which is uploaded once; 0 if there is none."""
        if change.page is None:
            return 0
        key = change.user, _file_digest(change.page)
        if key not in self.uploads:
            self.uploads[key] = send(change.page)
        return self.uploads[key]

    def has(self, submission: Any, text: str) -> bool:
        """Whether this comment was already sent, or is empty."""
        if not text or self.digests.get(str(submission.user_id)) == _digest(text):
            return True
        comments = [each.get("comment") or "" for each in _comments(submission)]
        ours = [each for each in comments if each.startswith(OPENING)]
        return bool(ours) and ours[-1].split() == text.split()

    def new_page(self, submission: Any, page: Path | None) -> Path | None:
        """The page, if Canvas does not have it yet."""
        if page is None or self.digests.get(_of_page(submission.user_id)) == _file_digest(page):
            return None
        uploaded = self.uploads.get((submission.user_id, _file_digest(page)))
        attached = {
            each.get("id")
            for comment in _comments(submission)
            for each in comment.get("attachments") or []
        }
        return None if uploaded in attached else page

    def confirm(self, comments: Iterable[Change], pages: Iterable[Change] = ()) -> None:
        """Remember the comments and the pages of changes that Canvas has made."""
        new = {str(each.user): _digest(each.comment) for each in comments if each.comment}
        new |= {_of_page(each.user): _file_digest(each.page) for each in pages if each.page}
        if not new:
            return
        self.digests |= new
        make_private(self.path.parent)
        write_whole(self.path, json.dumps(self.digests).encode("ascii"))


def _comments(submission: Any) -> list[dict[str, Any]]:
    return getattr(submission, "submission_comments", None) or []


def _of_page(user: int) -> str:
    return f"{user} page"


def _file_digest(page: Path) -> str:
    return hashlib.sha256(page.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
