"""Is nothing lost and nothing doubled when the service is killed at any moment?"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import time

import pytest
from sqlalchemy.exc import OperationalError

from autograder.cli import demo
from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.roster import Student
from autograder.gradebook.status import status
from autograder.intake.read import read_notebook
from autograder.lms.lti.store import open_course_store
from autograder.service import outbox, queue, waits
from autograder.service.queue import State
from tests.conftest import EXHAUSTIVE
from tests.lms.lti.platform import grade_service
from tests.postgresql import MISSING, move_gradebook, server
from tests.service.conftest import STEM
from tests.service.live import LiveService, lms_of, wait_until

__all__ = ["server"]
pytestmark = [pytest.mark.slow, pytest.mark.bubblewrap]

KILLS, STUDENTS = (int(os.environ.get("KILLS", 50)), 60) if EXHAUSTIVE else (2, 5)
WRONG = "def relu_backward(dout, z):\n    return dout * 0"


def notebooks(course):
    """A notebook that loses points, and one that is right; neither waits for a person."""
    made = []
    for answer in (WRONG, None):
        notebook = read_notebook(course.notebook("source", STEM))
        notebook.cells = [each for each in notebook.cells if "why_blame" not in str(each.metadata)]
        made.append(demo.writes(**({"relu_backward": answer} if answer else {}))(notebook))
    return made


@pytest.fixture
def database(request):
    """The server with the course's databases; None for SQLite."""
    return request.getfixturevalue("server") if getattr(request, "param", "") else None


@pytest.fixture
def site(released_course, tmp_path, monkeypatch, database):
    """A course, its service, and the scores that the LMS has taken, in their order."""
    root = shutil.copytree(released_course, tmp_path / "course")
    if database:
        move_gradebook(root, database.new_database("killed"))
    course = directory.load(root)
    people = {str(100 + n): f"s{n:02}" for n in range(STUDENTS)}
    enrol(course, [Student(each) for each in people.values()])
    taken = []
    store = grade_service._store

    def noting(emulator, column, body, *rest):
        taken.append((body["userId"], body["scoreGiven"], body["timestamp"]))
        store(emulator, column, body, *rest)

    monkeypatch.setattr(grade_service, "_store", noting)
    engine = open_course_store(course)
    service = LiveService(root)
    with lms_of(engine, service, people) as lms:
        yield course, engine, service, lms, people, taken
    service.stop()
    engine.dispose()


@pytest.mark.parametrize(
    "database",
    [
        "",
        pytest.param(
            "postgresql",
            marks=[
                pytest.mark.skipif(bool(MISSING), reason=MISSING),
                pytest.mark.skipif(not EXHAUSTIVE, reason="`make test-all` kills PostgreSQL, too"),
                pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
            ],
        ),
    ],
    indirect=True,
)
def test_is_nothing_lost_and_nothing_doubled_by_kills_at_any_moment(site, database):
    course, engine, service, lms, people, taken = site
    moments = random.Random(20261129)
    wrong, right = notebooks(course)
    waiting = [(student, wrong) for student in people.values()]
    moments.shuffle(waiting)
    waiting += moments.sample([(student, right) for student in people.values()], len(people))
    kills = 0
    service.start()
    while kills < KILLS or waiting:
        for _ in range(moments.randint(0, 1 + len(waiting) // (KILLS - kills + 1))):
            if waiting:
                hand_in(engine, waiting)
        time.sleep(moments.uniform(0.05, 3.0))
        if kills < KILLS:
            kills += 1
            if database and moments.random() < 0.5:
                database.stop()
                hand_in(engine, waiting)
                database.start()
                continue
            web = moments.random() < 0.5
            service.kill(web=web)
            if web:
                service.start()
    service_is_done(engine, people)

    for subject, student in people.items():
        second, *_, first = queue.attempts(engine, student, STEM)
        assert (second.state, first.state) == (State.GRADED, State.GRADED)
        assert first.points < second.points == 80.0
        sent = [points for user, points, _ in taken if user == subject]
        assert sent in ([first.points, second.points], [second.points]), (student, sent)
        times = [time for user, _, time in taken if user == subject]
        assert times == sorted(set(times))
        (column,) = lms.records.columns.values()
        assert column.grades[subject].score == pytest.approx(80.0)
    # After a kill the same score may come once more, with the same time, and is refused.
    assert not [each for each in lms.complaints if each != "score: equal"]
    idle_service_is_fast(engine, people, taken, right)
    stopped_service_has_said_nothing_about_students(service, people)
    (week,) = status(course, [STEM])
    assert next(iter(people.values())) in week.having("exported")


def hand_in(engine, waiting):
    """Hand in what is next; a student who is not told that it was taken tries it again."""
    if waiting:
        with contextlib.suppress(OperationalError):
            queue.accept(engine, waiting[0][0], STEM, waiting[0][1], "page")
            waiting.pop(0)


def service_is_done(engine, people):
    def is_done():
        rows = outbox.states(engine, STEM)
        return (
            not waits.places(engine)
            and len(rows) == len(people)
            and all(row.state == outbox.State.DELIVERED for row in rows)
        )

    wait_until(is_done, "everything is graded and sent")


def idle_service_is_fast(engine, people, taken, notebook):
    """The grade of an upload on an idle service is in the LMS in three seconds."""
    before, began = len(taken), time.monotonic()
    queue.accept(engine, next(iter(people.values())), STEM, notebook, "page")
    wait_until(lambda: len(taken) > before, "the grade is there")
    assert time.monotonic() - began < 3.0


def stopped_service_has_said_nothing_about_students(service, people):
    service.stop()
    log = service.log.read_text()
    assert '"event": "stopped"' in log
    assert "Traceback" not in log
    assert not [name for name in (*people.values(), *people) if f'"{name}"' in log]
