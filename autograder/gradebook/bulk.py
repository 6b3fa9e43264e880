"""Write many reports to nbgrader's gradebook at once: one writer, one transaction a batch.

The rows are those that nbgrader's own path leaves (`update_or_create_submission`, SaveAutoGrades,
AssignLatePenalties), which a test holds against it table by table. Files come before rows: a run
that is killed in between has graded notebooks without grades, and grades them again.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
from nbformat import NotebookNode
from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum, parse_utc
from sqlalchemy import create_engine, insert, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.course import Course
from autograder.errors import CourseError
from autograder.gradebook.outputs import (
    clamped_points,
    explain_unreadable,
    is_check,
    write_outputs,
)
from autograder.records import Report

LOCKED_SECONDS = 30.0
NO_RESPONSE = "No response."
_FIELDS = ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")


@dataclass(frozen=True)
class _Outcome:
    """What one submission leaves in the gradebook: scores and comments by cell name."""

    student: str
    timestamp: datetime | None
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]


class BulkWriter:
    """Writes graded notebooks and their grades for one assignment; close it when done.

    Args:
        course: where to write.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        patience: seconds to wait for whoever else is writing to the database.

    Raises:
        CourseError: when the assignment is not in the gradebook or the gradebook is unusable.
    """

    def __init__(self, course: Course, assignment: str, patience: float = LOCKED_SECONDS) -> None:
        self.course = course
        self.assignment = assignment
        self.patience = patience
        self.released = _read_released(course, assignment)
        timeout = {"timeout": patience} if course.db_url.startswith("sqlite") else {}
        self._engine = create_engine(course.db_url, connect_args=timeout)
        self._late = AssignLatePenalties(config=course.config)
        self._late.init_plugin()
        self._transaction(self._load_assignment)

    def __enter__(self) -> BulkWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def write(self, reports: Iterable[Report]) -> None:
        """Write a batch: every graded notebook, then all rows in one transaction.

        Raises:
            CourseError: when the database stays locked or breaks; no row of the batch is then
                written, and the same batch can be written again.
        """
        outcomes = {report.student: self._write_notebook(report) for report in reports}
        if outcomes:
            self._transaction(lambda session: self._write_rows(session, outcomes))

    def _write_notebook(self, report: Report) -> _Outcome:
        if report.unreadable or report.notebook is None:
            notebook = explain_unreadable(self.released, report.unreadable)
        else:
            notebook = report.notebook
        write_outputs(notebook, report)
        folder = self.course.folder("autograded", self.assignment, report.student)
        folder.mkdir(parents=True, exist_ok=True)
        submitted = self.course.folder("submitted", self.assignment, report.student)
        timestamp = _copy_timestamp(submitted / "timestamp.txt", folder / "timestamp.txt")
        text = nbformat.v4.writes(notebook)
        _replace(folder / f"{self.assignment}.ipynb", text.encode("utf-8", "replace"))
        return _outcome(report, notebook, timestamp)

    def _transaction(self, work: Callable[[Session], None]) -> None:
        """Do the work in one transaction; again while another writer is in the way."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                with Session(self._engine) as session, session.begin():
                    work(session)
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() >= deadline:
                    raise CourseError(
                        f"the gradebook {self._engine.url.render_as_string()} cannot be written "
                        f"({error.orig}); close whatever else is writing to it and grade again: "
                        "only what is missing is graded"
                    ) from None
                time.sleep(0.1)
            except SQLAlchemyError as error:
                reason = str(error).partition("\n")[0]
                raise CourseError(f"the gradebook refused the grades: {reason}") from None

    def _load_assignment(self, session: Session) -> None:
        found = session.execute(
            select(api.Assignment.id, api.Assignment.duedate, api.Notebook.id)
            .join(api.Notebook, api.Notebook.assignment_id == api.Assignment.id)
            .where(api.Assignment.name == self.assignment, api.Notebook.name == self.assignment)
        ).one_or_none()
        if found is None:
            raise CourseError(
                f"{self.assignment} is not in the gradebook; "
                f"run `autograder release {self.assignment.partition('_')[0]}`"
            )
        self._assignment_id, self._due, self._notebook_id = found
        self._grade_cells, self._solution_cells = (
            dict(
                session.execute(
                    select(kind.name, kind.id).where(kind.notebook_id == self._notebook_id)
                ).all()
            )
            for kind in (api.GradeCell, api.SolutionCell)
        )

    def _write_rows(self, session: Session, outcomes: Mapping[str, _Outcome]) -> None:
        self._create_students(session, list(outcomes))
        late = self._write_submissions(session, outcomes)
        notebooks = self._notebooks(session, list(outcomes))
        totals = self._write_grades(session, outcomes, notebooks)
        self._write_comments(session, outcomes, notebooks)
        penalties = [
            {"id": notebooks[student], "late_submission_penalty": penalty}
            for student, seconds in late.items()
            for penalty in [self._penalty(student, totals[student], seconds)]
        ]
        session.execute(update(api.SubmittedNotebook), penalties)

    def _create_students(self, session: Session, students: Sequence[str]) -> None:
        known = set(session.scalars(select(api.Student.id).where(api.Student.id.in_(students))))
        _insert(session, api.Student, [{"id": each} for each in students if each not in known])

    def _write_submissions(
        self, session: Session, outcomes: Mapping[str, _Outcome]
    ) -> dict[str, float]:
        """Create or update each submission; the seconds by which each is late."""
        table = api.SubmittedAssignment
        rows = session.execute(
            select(table.student_id, table.id, table.timestamp, table.extension).where(
                table.assignment_id == self._assignment_id, table.student_id.in_(outcomes)
            )
        )
        known = {row.student_id: row for row in rows}
        created = [
            {
                "id": uuid4().hex,
                "assignment_id": self._assignment_id,
                "student_id": student,
                "timestamp": outcome.timestamp,
            }
            for student, outcome in outcomes.items()
            if student not in known
        ]
        changed = [
            {"id": known[student].id, "timestamp": outcome.timestamp}
            for student, outcome in outcomes.items()
            if student in known and outcome.timestamp
        ]
        _insert(session, table, created)
        if changed:
            session.execute(update(table), changed)
        return {
            student: self._seconds_late(outcome, known.get(student))
            for student, outcome in outcomes.items()
        }

    def _seconds_late(self, outcome: _Outcome, known: Any) -> float:
        timestamp = outcome.timestamp or (known and known.timestamp)
        if timestamp is None or self._due is None:
            return 0.0
        due = self._due + known.extension if known and known.extension else self._due
        return max(0.0, (timestamp - due).total_seconds())

    def _notebooks(self, session: Session, students: Sequence[str]) -> dict[str, str]:
        """Each student's row for the notebook, made where it is missing."""
        submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
        rows = session.execute(
            select(submission.student_id, submission.id, notebook.id)
            .outerjoin(
                notebook,
                (notebook.assignment_id == submission.id)
                & (notebook.notebook_id == self._notebook_id),
            )
            .where(
                submission.assignment_id == self._assignment_id,
                submission.student_id.in_(students),
            )
        ).all()
        ids = {student: known or uuid4().hex for student, _, known in rows}
        created = [
            {"id": ids[student], "assignment_id": parent, "notebook_id": self._notebook_id}
            for student, parent, known in rows
            if known is None
        ]
        _insert(session, notebook, created)
        return ids

    def _write_grades(
        self, session: Session, outcomes: Mapping[str, _Outcome], notebooks: Mapping[str, str]
    ) -> dict[str, float]:
        """Write every score that is not a person's; each student's total, theirs included."""
        table = api.Grade
        rows = session.execute(
            select(
                table.id, table.notebook_id, table.cell_id, *(getattr(table, f) for f in _FIELDS)
            ).where(table.notebook_id.in_(notebooks.values()))
        ).mappings()
        known = {(row["notebook_id"], row["cell_id"]): row for row in rows}
        created: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        totals: dict[str, float] = {}
        for student, outcome in outcomes.items():
            totals[student] = 0.0
            for name, cell_id in self._grade_cells.items():
                old = known.get((notebooks[student], cell_id))
                row = _grade_row(outcome.scores.get(name), old)
                totals[student] += _score(row)
                if old is None:
                    created.append(row | {"notebook_id": notebooks[student], "cell_id": cell_id})
                else:
                    changed.append(row)
        _insert(session, table, created)
        if changed:
            session.execute(update(table), changed)
        return totals

    def _write_comments(
        self, session: Session, outcomes: Mapping[str, _Outcome], notebooks: Mapping[str, str]
    ) -> None:
        table = api.Comment
        rows = session.execute(
            select(table.id, table.notebook_id, table.cell_id).where(
                table.notebook_id.in_(notebooks.values())
            )
        )
        known = {(notebook, cell): name for name, notebook, cell in rows}
        created: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for student, outcome in outcomes.items():
            for name, cell_id in self._solution_cells.items():
                key = (notebooks[student], cell_id)
                row = {"auto_comment": outcome.comments.get(name)}
                if key in known:
                    changed.append(row | {"id": known[key]})
                else:
                    created.append(row | {"notebook_id": key[0], "cell_id": cell_id})
        _insert(session, table, created)
        if changed:
            session.execute(update(table), changed)

    def _penalty(self, student: str, total: float, seconds: float) -> float | None:
        """What the course's late policy takes off, between nothing and everything."""
        if seconds <= 0:
            return None
        penalty = self._late.plugin_inst.late_submission_penalty(student, total, seconds)
        return None if penalty is None else min(max(penalty, 0), total)


def _outcome(report: Report, notebook: NotebookNode, timestamp: datetime | None) -> _Outcome:
    """nbgrader's rules: an unchanged answer scores 0 or "No response.", prose waits for a person."""
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in notebook.cells:
        stamp = cell.metadata.get("nbgrader", {})
        name = stamp.get("grade_id", "")
        if is_check(cell):
            scores[name] = clamped_points(cell, verdicts.get(name))
        elif stamp.get("solution"):
            untouched = stamp.get("checksum") == compute_checksum(cell)
            comments[name] = NO_RESPONSE if untouched else None
            if stamp.get("grade"):
                scores[name] = 0.0 if untouched else None
    return _Outcome(report.student, timestamp, scores, comments)


def _grade_row(score: float | None, old: Mapping[str, Any] | None) -> dict[str, Any]:
    """A grade with a new automatic score; what a person gave stays, and is to be looked at again."""
    row = {"id": old["id"] if old else uuid4().hex, "auto_score": score}
    row["manual_score"] = old["manual_score"] if old else None
    row["extra_credit"] = old["extra_credit"] if old else None
    row["needs_manual_grade"] = row["manual_score"] is not None or score is None
    return row


def _score(row: Mapping[str, Any]) -> float:
    """nbgrader's rule: a person's score goes before the automatic one, and carries the extra."""
    base = row["manual_score"] if row["manual_score"] is not None else row["auto_score"]
    return 0.0 if base is None else float(base + (row["extra_credit"] or 0.0))


def _insert(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _read_released(course: Course, assignment: str) -> NotebookNode:
    path = course.notebook("release", assignment)
    if not path.is_file():
        raise CourseError(
            f"{path} does not exist; run `autograder release {assignment.partition('_')[0]}`"
        )
    return nbformat.read(path, as_version=4)


def _copy_timestamp(source: Path, target: Path) -> datetime | None:
    """Keep the time of submission beside the graded notebook, as nbgrader does, and read it."""
    try:
        text = source.read_text(encoding="utf-8").strip()
        timestamp: datetime | None = parse_utc(text)
    except (OSError, ValueError, OverflowError):
        return None
    _replace(target, f"{text}\n".encode())
    return timestamp


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, read-only as nbgrader leaves it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with open(descriptor, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o444)
    os.replace(temporary, path)
