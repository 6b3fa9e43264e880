"""Write reports to nbgrader's gradebook in bulk: one writer, one transaction per batch.

Graded notebooks are written before rows, and reports after them. So a run that is killed in between
leaves no report of an unfinished submission, and the next run grades it again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.course import database
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.gradebook import answer_texts, answers, companions, reports
from autograder.gradebook.answer_texts import Digests
from autograder.gradebook.outputs import (
    clamped_points,
    explain_unreadable,
    is_check,
    write_outputs,
)
from autograder.gradebook.rows import AssignmentRows, LatePolicy, Outcome
from autograder.gradebook.rubrics import add_rubrics, rubrics
from autograder.intake import hand_in_time
from autograder.intake.metadata import grade_id_of, points_of, stamp_of
from autograder.light_imports import NotebookNode, compute_checksum, nbformat
from autograder.output.files import sweep, write_whole
from autograder.records import Report

LOCKED_SECONDS = 30.0
NO_RESPONSE = "No response."
READ_ONLY = 0o444  # as nbgrader sets for graded files
STUDENTS_A_QUERY = 500

Result = TypeVar("Result")


class BulkWriter:
    """Writes graded notebooks and grades of one assignment; a context manager.

    Args:
        course: where to write.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        patience: how many seconds to wait while others write to the database.

    Raises:
        CourseError: when the assignment is not in the gradebook, or that cannot be used.
    """

    def __init__(self, course: Course, assignment: str, patience: float = LOCKED_SECONDS) -> None:
        self.course = course
        self.assignment = assignment
        self.patience = patience
        self.released = _read_released(course, assignment)
        self._stubs = _stubs(self.released)
        self._rubrics = rubrics(assignment, course.config)
        self._sqlite = course.db_url.startswith("sqlite")
        with ExitStack() as stack:
            self._engine = stack.enter_context(database.opened(course.db_url, patience))
            self._rows = self._transaction(self._find_rows)
            self._resources = stack.pop_all()

    def __enter__(self) -> BulkWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._resources.close()

    def write(self, batch: Iterable[Report]) -> None:
        """Write a batch: the graded notebooks, all rows in one transaction, then the reports.

        Raises:
            CourseError: when the database stays locked or fails. No row of the batch has then been
                written, and the batch can be written again.
        """
        graded = list(batch)
        written = [self._write_notebook(report) for report in graded]
        if not written:
            return
        outcomes = {outcome.student: outcome for outcome, _ in written}
        self._transaction(
            lambda session: self._rows.write(session, outcomes, self._late_penalty), self.patience
        )
        for report, (_, texts) in zip(graded, written, strict=True):
            self._save(replace(report, texts=tuple(texts.items())), with_answers=True)

    def rewrite(self, batch: Iterable[tuple[Report, Collection[str]]]) -> None:
        """Write the changes in reports of submissions that have been graded before.

        Args:
            batch: reports, each with the questions whose verdict has changed.

        Raises:
            CourseError: as `write`; also if a graded notebook cannot be read.
        """
        changed = list(batch)
        scores = {report.student: self._rewrite(report, new) for report, new in changed if new}
        if scores:
            self._transaction(
                lambda session: self._rows.write_scores(session, scores, self._late_penalty),
                self.patience,
            )
        for report, _ in changed:
            self._save(report, with_answers=False)

    def _save(self, report: Report, *, with_answers: bool) -> None:
        try:
            if with_answers:
                answers.save(self.course.root, self.assignment, report)
            reports.save(self.course.root, self.assignment, report)
        except OSError as error:
            raise CourseError(
                f"the report of {report.student} cannot be written: {error.strerror}; "
                "fix this and grade again"
            ) from None

    def complete(self) -> set[str]:
        """The students who have a graded notebook and all rows."""
        students = self._transaction(self._rows.complete)
        return {
            student
            for student in students
            if self.course.notebook("autograded", self.assignment, student).is_file()
        }

    def renew_penalties(self, students: Sequence[str]) -> None:
        """Recompute late penalties, since due dates, extensions and manual grades change."""
        for start in range(0, len(students), STUDENTS_A_QUERY):
            some = students[start : start + STUDENTS_A_QUERY]
            self._transaction(
                lambda session, some=some: self._rows.write_penalties(  # type: ignore[misc]
                    session, some, self._late_penalty
                ),
                self.patience,
            )

    def match_points(self) -> None:
        """Make the gradebook's points those of the released notebook."""
        points = points_of(self.released)
        self._transaction(lambda session: self._rows.match_points(session, points), self.patience)

    def sweep(self) -> None:
        """Delete the temporary files of a killed run. No other run may be active."""
        sweep(reports.folder(self.course.root, self.assignment))
        sweep(answers.folder(self.course.root, self.assignment))
        for student in (self.course.root / "autograded").glob("*"):
            sweep(student / self.assignment)

    def _write_notebook(self, report: Report) -> tuple[Outcome, Digests]:
        notebook = report.notebook
        if report.unreadable or notebook is None:
            notebook = explain_unreadable(self.released, report.unreadable)
        write_outputs(notebook, report)
        add_rubrics(notebook, self._rubrics)
        folder = self.course.folder("autograded", self.assignment, report.student)
        submitted = self.course.folder("submitted", self.assignment, report.student)
        path = folder / f"{self.assignment}.ipynb"
        now = answer_texts.digests(notebook)
        earlier = reports.find(self.course.root, self.assignment, report.student)
        unchanged = answer_texts.unchanged(now, earlier, path)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            timestamp = _copy_timestamp(submitted, folder)
            companions.carry(submitted, self.course.folder("source", self.assignment), folder)
            write_whole(path, _to_bytes(notebook), READ_ONLY)
        except OSError as error:
            raise CourseError(f"{folder} cannot be written: {error.strerror}") from None
        outcome = _outcome(report, notebook, timestamp, self._stubs)
        return replace(outcome, unchanged=unchanged), now

    def _rewrite(self, report: Report, changed: Collection[str]) -> dict[str, float]:
        """Rewrite a graded notebook, and return the new scores of the checks that have changed."""
        path = self.course.notebook("autograded", self.assignment, report.student)
        try:
            notebook = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
            self._stamp(notebook)
            write_outputs(notebook, report)
            add_rubrics(notebook, self._rubrics)
            write_whole(path, _to_bytes(notebook), READ_ONLY)
        except OSError as error:
            raise CourseError(f"{path} cannot be written: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CourseError(f"{path} is damaged ({error}); delete it and grade again") from None
        verdicts = {verdict.question: verdict for verdict in report.verdicts}
        return {
            name: clamped_points(cell, verdicts[name])
            for cell in notebook.cells
            if is_check(cell) and (name := cell.metadata.nbgrader["grade_id"]) in changed
        }

    def _stamp(self, notebook: NotebookNode) -> None:
        """Give graded cells the points that were released since."""
        stamps = {grade_id_of(cell): stamp_of(cell) for cell in self.released.cells}
        for cell in notebook.cells:
            name = grade_id_of(cell)
            if name and stamp_of(cell).get("grade") and name in stamps:
                cell.metadata["nbgrader"] = nbformat.from_dict(dict(stamps[name]))

    def _late_penalty(self, student: str, score: float, seconds: float) -> float | None:
        """The penalty by the course's own policy for a score that is this many seconds late."""
        return self._late_policy(student, score, seconds)

    @cached_property
    def _late_policy(self) -> LatePolicy:
        # Imported late: it loads all of nbconvert, which only late work needs.
        from nbgrader.preprocessors import AssignLatePenalties

        late = AssignLatePenalties(config=self.course.config)
        late.init_plugin()
        policy: LatePolicy = late.plugin_inst.late_submission_penalty
        return policy

    def _find_rows(self, session: Session) -> AssignmentRows:
        found = AssignmentRows.find(session, self.assignment)
        if found is None:
            raise CourseError(
                f"{self.assignment} is not in the gradebook; "
                f"run `autograder release {self.assignment.partition('_')[0]}`"
            )
        return found

    def _transaction(self, work: Callable[[Session], Result], patience: float = 0.0) -> Result:
        """Do the work in one transaction; retry while the file is locked or the server restarts."""
        deadline = time.monotonic() + patience
        while True:
            try:
                with Session(self._engine) as session, session.begin():
                    return work(session)
            except OperationalError as error:
                reason, url = database.reason(error), self.course.db_url
                temporary = not self._sqlite or "locked" in reason
                if not temporary or time.monotonic() >= deadline:
                    raise CourseError(
                        f"the gradebook {database.described(url)} is not available ({reason}); "
                        f"{database.next_step(reason, url)} and grade again"
                    ) from None
                time.sleep(0.1)
            except SQLAlchemyError as error:
                reason = database.reason(error)
                raise CourseError(f"the gradebook refused the grades: {reason}") from None


def _to_bytes(notebook: NotebookNode) -> bytes:
    # On one line: nbformat's indented form is a hundred times slower to write.
    # A lone surrogate cannot be encoded and becomes a question mark.
    text = json.dumps(notebook, ensure_ascii=False, sort_keys=True)
    return text.encode("utf-8", "replace")


def _stubs(released: NotebookNode) -> dict[str, str]:
    """The released source of every answer cell, by the cell's name."""
    return {
        stamp["grade_id"]: cell.source
        for cell in released.cells
        if (stamp := cell.metadata.get("nbgrader"))
        and stamp.get("checksum") == compute_checksum(cell)
    }


def _outcome(
    report: Report, notebook: NotebookNode, timestamp: datetime | None, stubs: Mapping[str, str]
) -> Outcome:
    """By nbgrader's rules: an unchanged answer is 0 and "No response."; prose needs a person."""
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in notebook["cells"]:
        stamp = cell["metadata"].get("nbgrader", {})
        name = stamp.get("grade_id", "")
        if is_check(cell):
            scores[name] = clamped_points(cell, verdicts.get(name))
        elif stamp.get("solution"):
            # Only the source can differ from the release, so no checksum has to be computed.
            untouched = stubs.get(name) == cell["source"]
            comments[name] = NO_RESPONSE if untouched else None
            if stamp.get("grade"):
                scores[name] = 0.0 if untouched else None
    return Outcome(report.student, timestamp, scores, comments)


def _read_released(course: Course, assignment: str) -> NotebookNode:
    path = course.notebook("release", assignment)
    if not path.is_file():
        raise CourseError(
            f"{path} does not exist; run `autograder release {assignment.partition('_')[0]}`"
        )
    return nbformat.read(path, as_version=4)


def _copy_timestamp(submitted: Path, folder: Path) -> datetime | None:
    """Copy the submission time to the graded notebook's folder, as nbgrader does; in UTC."""
    text = hand_in_time.text_in(submitted)
    time = hand_in_time.in_utc(text)
    if time is not None:
        write_whole(folder / hand_in_time.FILE, f"{text}\n".encode(), READ_ONLY)
    return time
