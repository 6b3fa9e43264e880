"""The durable queue: what is accepted is graded, in a fair order.

An upload is a row, and its notebook another one, in one transaction: once `accept` has returned, a
kill at any moment loses neither. One worker takes uploads in rounds over the students, so that one
student's ten uploads do not hold up the class.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from autograder.errors import AutograderError
from autograder.lms.lti.store import reading
from autograder.service import turns
from autograder.service.tables import FILES, UPLOADS

MOST_TRIES = 20
"""After so many workers have ended with an upload in their hands, it is given up."""
PATIENT_TRIES = 3
"""From then on, others are graded between two tries."""
BATCH = 4
"""The most uploads that are graded together: their results are written together, too."""
REMEMBERED = timedelta(minutes=10)
"""Who was served within this time waits for the others."""
GIVEN_UP = (
    f"The grader ended {MOST_TRIES} times while it graded this notebook. The notebook is kept. "
    "Next: the instructor grades it again."
)
REGRADE = "regrade"


class State(StrEnum):
    """Where an upload stands."""

    WAITING = "waiting"
    RUNNING = "running"
    GRADED = "graded"
    FAILED = "failed"
    """Not through the notebook's fault: the grader ended with it several times."""


@dataclass(frozen=True)
class Upload:
    """One attempt: a notebook that was accepted, or a request to grade again what is there."""

    id: int
    student: str
    assignment: str
    came_by: str
    accepted: datetime
    state: State
    digest: str = ""
    size: int = 0
    tries: int = 0
    taken: datetime | None = None
    due: datetime | None = None
    finished: datetime | None = None
    seconds: float | None = None
    points: float | None = None
    max_points: float | None = None
    report: str | None = None
    problem: str | None = None
    question: str = ""

    @property
    def is_regrade(self) -> bool:
        return self.came_by == REGRADE


class NoAttemptsLeft(AutograderError):
    """A student has made as many uploads of a week as the course allows.

    Attributes:
        reason, title: for logs, and for the heading of the page that says so.
    """

    reason = "no-attempts-left"
    title = "No attempts are left"
    status = 403


def accept(
    engine: Engine,
    student: str,
    assignment: str,
    notebook: bytes,
    came_by: str,
    *,
    beside: Mapping[str, bytes] | None = None,
    most: int = 0,
    now: datetime | None = None,
) -> Upload:
    """Store an upload; when this returns, it will be graded.

    Args:
        engine: the service's database.
        student: the id on the roster.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        notebook: the file's bytes, which have been found to be a notebook of this week.
        came_by: "page" or "token".
        beside: files that lie beside the notebook, by name.
        most: the most uploads that a student may make of a week; 0 for any number.
        now: when it arrived; by default now.

    Raises:
        NoAttemptsLeft: when there are so many already; nothing is stored then.
    """
    files = {f"{assignment}.ipynb": notebook, **(beside or {})}
    digest = hashlib.sha256(notebook).hexdigest()
    with engine.begin() as connection:
        if most and _count(connection, student, assignment) >= most:
            raise NoAttemptsLeft(
                f"All {most} attempts for this week are used. What you handed in last counts. "
                "Next: ask your instructor if that is not as it should be."
            )
        made = _add(connection, student, assignment, came_by, now, digest, len(notebook))
        rows = [{"upload": made.id, "name": name, "content": files[name]} for name in files]
        connection.execute(insert(FILES), rows)
    return made


def regrade(
    engine: Engine,
    students: Iterable[str],
    assignment: str,
    now: datetime | None = None,
    question: str = "",
) -> list[Upload]:
    """Ask for what these students have handed in to be graded again.

    Args:
        engine: the service's database.
        students: ids of students whose work is in `submitted/`.
        assignment: nbgrader's name for the week.
        now: by default now.
        question: the one that is judged again, from saved answers where they suffice; empty for
            a new run of everything.
    """
    with engine.begin() as connection:
        return [
            _add(connection, each, assignment, REGRADE, now, question=question) for each in students
        ]


def failed(engine: Engine, assignment: str) -> list[Upload]:
    """The uploads of a week that were given up, and that no newer one replaces."""
    with reading(engine) as connection:
        return _failed(connection, assignment)


def grade_failed(engine: Engine, assignment: str) -> int:
    """Let the uploads that `failed` names wait again; how many there were."""
    with engine.begin() as connection:
        numbers = [each.id for each in _failed(connection, assignment)]
        connection.execute(
            update(UPLOADS)
            .where(UPLOADS.c.id.in_(numbers))
            .values(state=State.WAITING, tries=0, due=None, taken=None, finished=None)
        )
    return len(numbers)


def _failed(connection: Connection, assignment: str) -> list[Upload]:
    newest = select(func.max(UPLOADS.c.id)).where(UPLOADS.c.assignment == assignment)
    newest = newest.group_by(UPLOADS.c.student)
    found = select(UPLOADS).where(UPLOADS.c.id.in_(newest), UPLOADS.c.state == State.FAILED)
    return [_upload(row) for row in connection.execute(found.order_by(UPLOADS.c.id))]


def _add(
    connection: Connection,
    student: str,
    assignment: str,
    came_by: str,
    now: datetime | None,
    digest: str = "",
    size: int = 0,
    question: str = "",
) -> Upload:
    values = {
        "student": student,
        "assignment": assignment,
        "came_by": came_by,
        "accepted": now or datetime.now(UTC),
        "state": State.WAITING,
        "digest": digest,
        "size": size,
        "question": question,
    }
    result = connection.execute(insert(UPLOADS).values(**values))
    (number,) = result.inserted_primary_key or (0,)
    return Upload(id=number, **values)  # type: ignore[arg-type]


def find(engine: Engine, number: int) -> Upload | None:
    """The upload of this number."""
    with reading(engine) as connection:
        row = connection.execute(select(UPLOADS).where(UPLOADS.c.id == number)).one_or_none()
    return _upload(row) if row else None


def _count(connection: Connection, student: str, assignment: str) -> int:
    mine = (UPLOADS.c.student == student, UPLOADS.c.assignment == assignment)
    found = select(func.count()).where(*mine, UPLOADS.c.came_by != REGRADE)
    return int(connection.scalar(found) or 0)


def count(engine: Engine, student: str, assignment: str) -> int:
    """How many uploads of a week a student has made."""
    with reading(engine) as connection:
        return _count(connection, student, assignment)


def attempts(engine: Engine, student: str, assignment: str) -> list[Upload]:
    """A student's uploads of a week, the newest first."""
    mine = (UPLOADS.c.student == student, UPLOADS.c.assignment == assignment)
    found = select(UPLOADS).where(*mine, UPLOADS.c.came_by != REGRADE)
    with reading(engine) as connection:
        return [_upload(row) for row in connection.execute(found.order_by(UPLOADS.c.id.desc()))]


def attempts_by_week(engine: Engine, student: str) -> dict[str, Upload]:
    """A student's last upload of each week, by nbgrader's name for the week."""
    mine = (UPLOADS.c.student == student, UPLOADS.c.came_by != REGRADE)
    newest = select(func.max(UPLOADS.c.id)).where(*mine).group_by(UPLOADS.c.assignment)
    with reading(engine) as connection:
        rows = connection.execute(select(UPLOADS).where(UPLOADS.c.id.in_(newest)))
        return {row.assignment: _upload(row) for row in rows}


def is_waiting(engine: Engine) -> bool:
    """Whether any upload waits."""
    found = select(UPLOADS.c.id).where(UPLOADS.c.state == State.WAITING).limit(1)
    with reading(engine) as connection:
        return connection.scalar(found) is not None


def take(engine: Engine, now: datetime | None = None, most: int = BATCH) -> list[Upload]:
    """The uploads that are graded next, together: of one week, each of another student.

    A student of whom something is being graded has to wait. An upload with which a worker has
    ended before is taken alone, so that it cannot do harm to others. On PostgreSQL, one call must
    have ended before the next one begins.

    Args:
        engine: the service's database.
        now: by default now.
        most: how many.
    """
    now = now or datetime.now(UTC)
    with engine.begin() as connection:
        waiting = _waiting(connection, now)
        chosen = turns.together(
            [waiting[number] for number in order(connection, waiting, now)], most
        )
        numbers = [each.id for each in chosen]
        connection.execute(
            update(UPLOADS)
            .where(UPLOADS.c.id.in_(numbers))
            .values(state=State.RUNNING, taken=now, tries=UPLOADS.c.tries + 1, due=None)
        )
    return chosen


def files(engine: Engine, upload: Upload) -> dict[str, bytes]:
    """The files of an upload that is not graded yet, by name."""
    found = select(FILES.c.name, FILES.c.content).where(FILES.c.upload == upload.id)
    with reading(engine) as connection:
        return {row.name: bytes(row.content) for row in connection.execute(found)}


def finish(connection: Connection, upload: Upload, **found: Any) -> None:
    """Store what grading found; the notebook is in the course by now.

    Args:
        connection: of the transaction that also writes the outbox.
        upload: which one.
        found: columns of the table, such as `points` and `report`.
    """
    connection.execute(
        update(UPLOADS)
        .where(UPLOADS.c.id == upload.id)
        .values(state=State.GRADED, problem=None, **{"finished": datetime.now(UTC), **found})
    )
    connection.execute(delete(FILES).where(FILES.c.upload == upload.id))


def fail(engine: Engine, uploads: Sequence[Upload], problem: str) -> None:
    """Give up uploads; their files are kept.

    Args:
        engine: the service's database.
        uploads: which ones.
        problem: a sentence for the student and the instructor.
    """
    with engine.begin() as connection:
        connection.execute(
            update(UPLOADS)
            .where(UPLOADS.c.id.in_([each.id for each in uploads]))
            .values(state=State.FAILED, finished=datetime.now(UTC), problem=problem)
        )


def put_back(
    engine: Engine, uploads: Sequence[Upload], problem: str, due: datetime | None = None
) -> None:
    """Let uploads wait again after something failed that is not their fault.

    Args:
        engine: the service's database.
        uploads: what `take` returned.
        problem: a sentence for the instructor.
        due: when to try again; by default at once.
    """
    with engine.begin() as connection:
        connection.execute(
            update(UPLOADS)
            .where(UPLOADS.c.id.in_([each.id for each in uploads]))
            .where(UPLOADS.c.state == State.RUNNING)
            .values(
                state=State.WAITING, taken=None, due=due, problem=problem, tries=UPLOADS.c.tries - 1
            )
        )


def recover(
    engine: Engine, numbers: Sequence[int] | None = None, now: datetime | None = None
) -> int:
    """Let wait again what was taken and is in nobody's hands any more.

    What many workers have ended with is given up, and named on the instructor's pages.

    Args:
        engine: the service's database.
        numbers: of the uploads; by default all that run, when a worker begins.
        now: by default now.

    Returns:
        How many there were.
    """
    now = now or datetime.now(UTC)
    running = UPLOADS.c.state == State.RUNNING
    if numbers is not None:
        running &= UPLOADS.c.id.in_(numbers)
    with engine.begin() as connection:
        found = connection.execute(select(UPLOADS.c.id, UPLOADS.c.tries).where(running)).all()
        for row in found:
            values: dict[str, Any] = {"state": State.WAITING, "taken": None}
            if row.tries >= MOST_TRIES:
                values = {"state": State.FAILED, "finished": now, "problem": GIVEN_UP}
            elif row.tries > PATIENT_TRIES:
                values["due"] = now + timedelta(seconds=5 * (row.tries - PATIENT_TRIES))
            connection.execute(update(UPLOADS).where(UPLOADS.c.id == row.id).values(values))
    return len(found)


def order(connection: Connection, waiting: Mapping[int, Upload], now: datetime) -> list[int]:
    """The numbers of what waits, in the order in which it is graded."""
    if not waiting:
        return []
    lately = connection.execute(
        select(UPLOADS.c.student, func.max(UPLOADS.c.taken).label("taken"))
        .where(UPLOADS.c.taken > now - REMEMBERED)
        .group_by(UPLOADS.c.student)
    )
    served = {row.student: row.taken for row in lately}
    # Somebody waits for an upload; a week that is graded again may take its time.
    numbers: list[int] = []
    for regrades in (False, True):
        some = [(each.id, each.student) for each in waiting.values() if each.is_regrade is regrades]
        numbers += turns.in_turn(some, served)
    return numbers


def in_states(connection: Connection, *states: State) -> list[Upload]:
    """The uploads in these states, the oldest first."""
    found = select(UPLOADS).where(UPLOADS.c.state.in_(states)).order_by(UPLOADS.c.id)
    return [_upload(row) for row in connection.execute(found)]


def _waiting(connection: Connection, now: datetime) -> dict[int, Upload]:
    """What waits and may be taken now, the oldest first."""
    busy = {each.student for each in in_states(connection, State.RUNNING)}
    # What came after an upload that is put off waits with it: the last one counts.
    put_off: set[tuple[str, str]] = set()
    able = {}
    for each in in_states(connection, State.WAITING):
        work = each.student, each.assignment
        if each.due and each.due > now:
            put_off.add(work)
        if work not in put_off and each.student not in busy:
            able[each.id] = each
    return able


def _upload(row: Row[Any]) -> Upload:
    plain = dict(row._mapping)
    return Upload(**{**plain, "state": State(plain["state"])})
