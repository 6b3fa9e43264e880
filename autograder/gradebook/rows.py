"""The rows that a batch of graded submissions has in nbgrader's tables.

They equal those that nbgrader itself writes (`update_or_create_submission`, SaveAutoGrades,
AssignLatePenalties), but are read and written for the whole batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import case, false, func, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from autograder.light_imports import api

Row = dict[str, Any]

# Both dialects support the same "insert or update on conflict".
_INSERT: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_NO_CHANGES: Mapping[str, Any] = {}

LatePolicy = Callable[[str, float, float], float | None]
"""The penalty for (student, score, seconds late), or None for no penalty."""


@dataclass(frozen=True)
class Outcome:
    """One submission's entries in the gradebook: scores and comments by cell name.

    A score of None means that a person has to grade the cell. `unchanged` are the cells that
    are graded for what the earlier run found there, so that a hand grade still stands.
    """

    student: str
    timestamp: datetime | None
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]
    unchanged: frozenset[str] = frozenset()


class HandedIn(NamedTuple):
    """A student's submission as the gradebook has it: times, notebook id and penalty."""

    student: str
    timestamp: datetime | None
    extension: timedelta | None
    notebook_id: str
    penalty: float | None


@dataclass(frozen=True)
class AssignmentRows:
    """An assignment with one notebook in the gradebook: ids, due date, ids of cells."""

    assignment_id: str
    notebook_id: str
    due: datetime | None
    grade_cells: Mapping[str, str]
    solution_cells: Mapping[str, str]

    @classmethod
    def find(cls, session: Session, assignment: str) -> AssignmentRows | None:
        """Look up an assignment by its name, which its notebook shares."""
        found = session.execute(
            select(api.Assignment.id, api.Notebook.id, api.Assignment.duedate)
            .join(api.Notebook, api.Notebook.assignment_id == api.Assignment.id)
            .where(api.Assignment.name == assignment, api.Notebook.name == assignment)
        ).one_or_none()
        if found is None:
            return None
        # A task is graded and commented by a person; nbgrader keeps it as a kind of its own.
        tasks = {name: cell_id for name, cell_id in session.execute(_cells(api.TaskCell, found[1]))}
        cells = [
            {name: cell_id for name, cell_id in session.execute(_cells(kind, found[1]))} | tasks
            for kind in (api.GradeCell, api.SolutionCell)
        ]
        return cls(found[0], found[1], found[2], *cells)

    def match_points(self, session: Session, released: Mapping[str, float]) -> None:
        """Give the cells the points that were released, and rescale hand grades with them."""
        table = api.GradeCell.__table__
        known = {
            cell_id: worth
            for cell_id, worth in session.execute(
                select(table.c.id, table.c.max_score).where(
                    table.c.id.in_(self.grade_cells.values())
                )
            )
        }
        for name, cell_id in self.grade_cells.items():
            before, now = known.get(cell_id), released.get(name)
            if before is None or now is None or now == before:
                continue
            session.execute(update(table).where(table.c.id == cell_id).values(max_score=now))
            if before:
                grades = update(api.Grade).where(api.Grade.cell_id == cell_id)
                scaled = api.Grade.manual_score * (now / before)
                session.execute(grades.values(manual_score=scaled))

    def write(
        self, session: Session, outcomes: Mapping[str, Outcome], late_policy: LatePolicy
    ) -> None:
        """Write all rows of a batch; `outcomes` is keyed by student."""
        _upsert(session, api.Student, [{"id": student} for student in outcomes], ["id"])
        self._write_submissions(session, outcomes)
        handed_in = self._handed_in(session, outcomes)
        notebooks = {each.student: each.notebook_id for each in handed_in}
        self._write_grades(session, outcomes, notebooks)
        self._write_comments(session, outcomes, notebooks)
        self._write_penalties(session, handed_in, late_policy)

    def write_scores(
        self,
        session: Session,
        scores: Mapping[str, Mapping[str, float]],
        late_policy: LatePolicy,
    ) -> None:
        """Write new automatic scores, by student and cell, of submissions that have rows.

        A cell is flagged for manual grading only if a person had scored it and the score differs.
        """
        handed_in = self._handed_in(session, scores)
        notebooks = {each.student: each.notebook_id for each in handed_in}
        _upsert_grades(
            session,
            [
                (notebooks[student], self.grade_cells[name], score)
                for student, by_name in scores.items()
                for name, score in by_name.items()
            ],
        )
        self._write_penalties(session, handed_in, late_policy)

    def write_penalties(
        self, session: Session, students: Collection[str], late_policy: LatePolicy
    ) -> None:
        """Recompute these students' late penalties, and write those that have changed."""
        self._write_penalties(session, self._handed_in(session, students), late_policy)

    def complete(self, session: Session) -> set[str]:
        """The students who have a row for every grade cell."""
        grade = api.Grade
        counts = session.execute(
            select(grade.notebook_id, func.count())
            .where(grade.cell_id.in_(self.grade_cells.values()))
            .group_by(grade.notebook_id)
        )
        whole = {row[0] for row in counts if row[1] == len(self.grade_cells)}
        return {each.student for each in self._handed_in(session) if each.notebook_id in whole}

    def _write_submissions(self, session: Session, outcomes: Mapping[str, Outcome]) -> None:
        """Write the rows of submissions and of their notebooks."""
        table = api.SubmittedAssignment
        rows: list[Row] = [
            {
                "id": uuid4().hex,
                "assignment_id": self.assignment_id,
                "student_id": student,
                "timestamp": outcome.timestamp,
            }
            for student, outcome in outcomes.items()
        ]
        # Without a new submission time, the old one is kept.
        time = {"timestamp": lambda old, new: func.coalesce(new.timestamp, old.timestamp)}
        _upsert(session, table, rows, ["assignment_id", "student_id"], time)

        owners = select(table.id).where(
            table.assignment_id == self.assignment_id, table.student_id.in_(outcomes)
        )
        notebooks = [
            {"id": uuid4().hex, "assignment_id": owner, "notebook_id": self.notebook_id}
            for owner in session.scalars(owners)
        ]
        _upsert(session, api.SubmittedNotebook, notebooks, ["notebook_id", "assignment_id"])

    def _handed_in(
        self, session: Session, students: Collection[str] | None = None
    ) -> list[HandedIn]:
        """The submissions of these students, or of all."""
        # Two indexed lookups instead of a join: right after a course's first submissions PostgreSQL
        # has no statistics on its tables, and would plan a join that scans all of them.
        owner, notebook = api.SubmittedAssignment, api.SubmittedNotebook
        owners = select(owner.id, owner.student_id, owner.timestamp, owner.extension).where(
            owner.assignment_id == self.assignment_id
        )
        notebooks = select(
            notebook.assignment_id, notebook.id, notebook.late_submission_penalty
        ).where(notebook.notebook_id == self.notebook_id)
        if students is not None:
            owners = owners.where(owner.student_id.in_(students))
        found = {row.id: row for row in session.execute(owners)}
        if students is not None:
            notebooks = notebooks.where(notebook.assignment_id.in_(found))
        return [
            HandedIn(*found[row[0]][1:], *row[1:])
            for row in session.execute(notebooks)
            if row[0] in found
        ]

    def _write_penalties(
        self, session: Session, handed_in: Sequence[HandedIn], late_policy: LatePolicy
    ) -> None:
        late = {each.notebook_id: seconds for each in handed_in if (seconds := self._late(each))}
        totals = self._totals(session, late)
        changed = []
        for each in handed_in:
            seconds = late.get(each.notebook_id, 0.0)
            score = totals.get(each.notebook_id, 0.0)
            penalty = _penalty(late_policy, each.student, score, seconds)
            if penalty != each.penalty:
                changed.append({"id": each.notebook_id, "late_submission_penalty": penalty})
        if changed:
            session.execute(update(api.SubmittedNotebook), changed)

    def _totals(self, session: Session, notebooks: Collection[str]) -> dict[str, float]:
        """The sum of each of these notebooks' grades."""
        if not notebooks:
            return {}
        grade = api.Grade
        # A manual score replaces the automatic one; extra credit is added to either.
        base = func.coalesce(grade.manual_score, grade.auto_score)
        score = case((base.is_(None), 0.0), else_=base + func.coalesce(grade.extra_credit, 0.0))
        rows = session.execute(
            select(grade.notebook_id, func.sum(score))
            .where(grade.cell_id.in_(self.grade_cells.values()), grade.notebook_id.in_(notebooks))
            .group_by(grade.notebook_id)
        )
        return {notebook_id: total for notebook_id, total in rows}

    def _late(self, handed_in: HandedIn) -> float:
        if handed_in.timestamp is None or self.due is None:
            return 0.0
        due = self.due + (handed_in.extension or timedelta())
        return max(0.0, (handed_in.timestamp - due).total_seconds())

    def _write_grades(
        self, session: Session, outcomes: Mapping[str, Outcome], notebooks: Mapping[str, str]
    ) -> None:
        """Write every score, including those of cells that the submission lacks."""
        grades: dict[bool, list[tuple[str, str, float | None]]] = {True: [], False: []}
        for student, outcome in outcomes.items():
            for name, cell_id in self.grade_cells.items():
                rewritten = name not in outcome.unchanged
                score = outcome.scores.get(name)
                grades[rewritten].append((notebooks[student], cell_id, score))
        for rewritten, rows in grades.items():
            _upsert_grades(session, rows, rewritten=rewritten)

    def _write_comments(
        self, session: Session, outcomes: Mapping[str, Outcome], notebooks: Mapping[str, str]
    ) -> None:
        rows = [
            {
                "id": uuid4().hex,
                "notebook_id": notebooks[student],
                "cell_id": cell_id,
                "auto_comment": outcome.comments.get(name),
            }
            for student, outcome in outcomes.items()
            for name, cell_id in self.solution_cells.items()
        ]
        changes = {"auto_comment": lambda old, new: new.auto_comment}
        _upsert(session, api.Comment, rows, ["cell_id", "notebook_id"], changes)


def _cells(kind: Any, notebook_id: str) -> Any:
    return select(kind.name, kind.id).where(kind.notebook_id == notebook_id)


def _upsert_grades(
    session: Session, grades: Sequence[tuple[str, str, float | None]], *, rewritten: bool = False
) -> None:
    """Write automatic scores by notebook and cell; manual ones are kept.

    Args:
        session: the transaction.
        grades: notebook, cell and score.
        rewritten: whether the answers differ from those that a person may have graded. Those are
            flagged for review, others only where the automatic score has changed.
    """
    rows = [
        {
            "id": uuid4().hex,
            "notebook_id": notebook_id,
            "cell_id": cell_id,
            "auto_score": score,
            "needs_manual_grade": score is None,
        }
        for notebook_id, cell_id, score in grades
    ]
    # Decided in the database, because a person may be grading at this moment.
    changes = {
        "auto_score": lambda old, new: new.auto_score,
        "needs_manual_grade": lambda old, new: case(
            (old.manual_score.is_(None), new.needs_manual_grade),
            (_same_score(old, new, rewritten), old.needs_manual_grade),
            else_=true(),
        ),
    }
    _upsert(session, api.Grade, rows, ["cell_id", "notebook_id"], changes)


def _same_score(old: Any, new: Any, rewritten: bool) -> Any:
    if rewritten:
        return false()
    return old.auto_score.is_not_distinct_from(new.auto_score)


def _upsert(
    session: Session,
    model: Any,
    rows: Sequence[Row],
    key: Sequence[str],
    changes: Mapping[str, Callable[[Any, Any], Any]] = _NO_CHANGES,
) -> None:
    """Insert rows; update those whose key exists, if `changes` make a difference."""
    if not rows:
        return
    table = model.__table__
    statement = _INSERT[session.get_bind().dialect.name](table)
    if changes:
        new = statement.excluded
        values = {name: change(table.c, new) for name, change in changes.items()}
        differs = or_(*(table.c[name].is_distinct_from(value) for name, value in values.items()))
        statement = statement.on_conflict_do_update(index_elements=key, set_=values, where=differs)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    session.execute(statement, rows)


def _penalty(policy: LatePolicy, student: str, score: float, seconds: float) -> float | None:
    """The late penalty, between 0 and the whole score; None if the work is not late."""
    penalty = policy(student, score, seconds) if seconds > 0 else None
    return None if penalty is None else min(max(penalty, 0), score)
