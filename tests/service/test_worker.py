"""Does an upload end in the gradebook as by `autograder grade`, and in the outbox?"""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from autograder.cli import demo
from autograder.course import directory
from autograder.course.database import opened as engine_of
from autograder.course.enrolment import enrol, remove
from autograder.course.roster import Student
from autograder.errors import CourseBusy, CourseError
from autograder.gradebook.extensions import extend
from autograder.gradebook.reports import from_plain
from autograder.gradebook.totals import totals
from autograder.intake.read import read_notebook
from autograder.lms.lti.store import open_course_store
from autograder.service import outbox, queue, worker
from autograder.service.queue import State
from autograder.service.weeks import Weeks
from autograder.service.worker import How, Worker
from tests.faults.a_class import set_due_date
from tests.service.conftest import STEM, add_lms

pytestmark = [pytest.mark.slow, pytest.mark.bubblewrap]

STUDENTS = {str(number): f"s{number:02}" for number in range(10)}


class Site:
    """A course with its service's database and a worker whose sandbox is warm."""

    def __init__(self, root):
        self.weeks = Weeks(root)
        self.course = self.weeks.course
        enrol(self.course, [Student(each) for each in STUDENTS.values()])
        self.engine = open_course_store(self.course)
        add_lms(self.engine, students=STUDENTS)
        self.told = 0
        self.worker = Worker(self.engine, self.weeks, How(workers=1), self.tell)
        self.source = self.course.notebook("source", STEM)

    def tell(self):
        self.told += 1

    def accept(self, student, answer=None, *, written=True, at=None):
        """Hand in the solution: with another relu_backward, or without the written answer."""
        edit = demo.writes(**({"relu_backward": answer} if answer else {}))
        content = json.loads(edit(read_notebook(self.source)))
        if not written:
            content["cells"] = [
                each for each in content["cells"] if "why_blame" not in json.dumps(each)
            ]
        data = json.dumps(content).encode()
        return queue.accept(self.engine, student, STEM, data, "page", now=at)

    def found(self, upload):
        return queue.find(self.engine, upload.id)

    def total(self, student):
        return next(each for each in totals(self.course, STEM) if each.student == student)


@pytest.fixture(scope="module")
def site(released_course, tmp_path_factory):
    import shutil

    root = tmp_path_factory.mktemp("worker") / "course"
    made = Site(shutil.copytree(released_course, root))
    yield made
    made.worker._sandboxes.close()
    made.engine.dispose()


def test_is_an_upload_graded_as_by_the_command_and_sent_when_nothing_waits(site):
    upload = site.accept("s00", written=False)
    assert site.worker.step() == 1
    found = site.found(upload)
    total = site.total("s00")
    assert (found.state, found.points, found.max_points) == (State.GRADED, 80.0, 100.0)
    assert (total.points, total.waiting) == (80.0, False)
    report = from_plain(json.loads(found.report))
    assert report.points == 80.0
    (row,) = outbox.states(site.engine, STEM, "s00")
    assert (row.state, row.points, row.max_points) == (outbox.State.DUE, 80.0, 100.0)
    assert row.comment.startswith("Automatic checks: 80 of 80 points.")
    assert site.told
    # A second run of the command has nothing to do.
    from autograder.grading.assignment import load_assignment
    from autograder.grading.grade_class import grade_course, only, submissions

    assignment = load_assignment(site.course, "week06")
    handed_in = only(submissions(site.course, assignment), ["s00"])
    (again,) = grade_course(site.course, assignment, handed_in)
    assert again.kept


def test_is_nothing_sent_while_the_written_answer_waits_and_something_afterwards(site):
    upload = site.accept("s01")
    site.worker.step()
    assert site.found(upload).points == 80.0
    (row,) = outbox.states(site.engine, STEM, "s01")
    assert row.state == outbox.State.UNFINISHED
    from autograder.course.gradebook import opened

    with opened(site.course) as gradebook:
        (notebook,) = gradebook.find_submission(STEM, "s01").notebooks
        for grade in notebook.grades:
            if grade.needs_manual_grade:
                grade.manual_score, grade.needs_manual_grade = 15.0, False
        gradebook.db.commit()
    site.worker._followed = -1e9
    site.worker.follow_gradebook()
    (row,) = outbox.states(site.engine, STEM, "s01")
    assert (row.state, row.points, row.new_attempt) == (outbox.State.DUE, 95.0, True)


def test_does_a_second_upload_replace_the_first_and_both_stay_in_the_history(site):
    first = site.accept("s02", "def relu_backward(dout, z):\n    return dout * 0", written=False)
    second = site.accept("s02", written=False)
    assert site.worker.step() == site.worker.step() == 1
    assert site.found(first).points < site.found(second).points == 80.0
    assert [each.id for each in queue.attempts(site.engine, "s02", STEM)] == [second.id, first.id]
    assert site.total("s02").points == 80.0
    kept = site.course.root / ".autograder" / "earlier" / STEM / "s02"
    assert len(list(kept.iterdir())) == 1


@pytest.mark.parametrize("moment", ["before grading", "after grading"])
def test_does_a_kill_cost_no_upload_and_no_second_run(site, monkeypatch, moment):
    student = {"before grading": "s03", "after grading": "s04"}[moment]

    class Killed(BaseException):
        pass

    def kill(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        place = "_reports" if moment == "before grading" else "_write"
        patched.setattr(Worker, place, kill)
        upload = site.accept(student, written=False)
        with pytest.raises(Killed):
            site.worker.step()
    assert site.found(upload).state is State.RUNNING
    queue.recover(site.engine)
    report = site.course.root / ".autograder" / "reports" / STEM / f"{student}.json"
    before = report.stat().st_mtime_ns if report.exists() else None
    assert site.worker.step() == 1
    assert site.found(upload).points == 80.0
    assert before in (None, report.stat().st_mtime_ns)
    assert len(outbox.states(site.engine, STEM, student)) == 1


def test_is_what_came_after_the_due_date_late_but_for_an_extension(site):
    settings = site.course.root / "course.toml"
    before = settings.read_text()
    settings.write_text('late = "zero"\n[due]\nweek06 = 2026-11-20T12:00:00Z\n')
    try:
        late = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
        site.worker._weeks.assignment(STEM)
        extend(site.worker._weeks.course, STEM, "s06", "1h")
        uploads = [site.accept(each, written=False, at=late) for each in ("s05", "s06")]
        site.worker.step()
        assert [site.found(each).points for each in uploads] == [0.0, 80.0]
    finally:
        settings.write_text(before)
        set_due_date(site.course.db_url, datetime(2100, 1, 1))


def test_does_it_wait_while_the_command_is_grading(site):
    upload = site.accept("s07", written=False)
    with directory.alone(site.course):
        assert site.worker.step() == 0
    assert site.found(upload).state is State.WAITING
    assert site.worker.step() == 1
    assert site.found(upload).state is State.GRADED
    # Between two uploads, the command may grade.
    with directory.alone(site.course):
        pass


def test_does_one_that_hangs_hold_up_nobody_else(site):
    """It has a lane of its own, and its author's next upload waits for it."""
    with site.engine.begin() as connection:
        # What earlier tests took, as if it had been yesterday's.
        connection.execute(update(queue.UPLOADS).values(taken=None))
    hangs = site.accept("s01", "import time\ntime.sleep(6)\ndef relu_backward(dout, z):\n    pass")
    quick = [site.accept(each, written=False) for each in ("s03", "s04")]
    stop = threading.Event()
    lane = threading.Thread(target=site.worker._lane, args=(stop,))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(queue, "BATCH", 1)
        lane.start()
        while site.found(hangs).state is State.WAITING:
            time.sleep(0.01)
        again = site.accept("s01", written=False)
        for _ in quick:
            assert site.worker.step() == 1
        assert site.worker.step() == 0
    assert [site.found(each).state for each in quick] == [State.GRADED, State.GRADED]
    assert site.found(hangs).state is State.RUNNING
    assert site.found(again).state is State.WAITING
    stop.set()
    lane.join()
    assert site.found(hangs).state is State.GRADED
    assert site.worker.step() == 1
    assert site.found(again).state is State.GRADED


def test_is_work_kept_of_which_the_week_cannot_be_graded_now(site, monkeypatch):
    upload = site.accept("s08", written=False)

    def changed(*_):
        raise CourseError("week06 is not as it was released")

    with monkeypatch.context() as patched:
        patched.setattr(Weeks, "assignment", changed)
        site.worker.step()
    found = site.found(upload)
    assert (found.state, found.problem) == (State.WAITING, "week06 is not as it was released")
    assert not issubclass(CourseError, CourseBusy)
    with site.engine.begin() as connection:
        connection.execute(update(queue.UPLOADS).values(due=None))
    site.worker.step()
    assert site.found(upload).state is State.GRADED


def test_is_a_student_who_has_left_named_and_costs_nobody_else(site):
    upload = site.accept("s09", written=False)
    remove(site.course, "s09")
    site.worker.step()
    found = site.found(upload)
    assert (found.state, found.problem) == (State.FAILED, worker.GONE)


def test_does_a_regrade_run_what_is_there(site):
    (upload,) = queue.regrade(site.engine, ["s00"], STEM)
    assert site.worker.step() == 1
    assert (site.found(upload).state, site.found(upload).points) == (State.GRADED, 80.0)


@pytest.mark.parametrize("error", [OperationalError("", {}, Exception()), RuntimeError("a bug")])
def test_is_an_upload_taken_again_after_the_database_was_gone_or_a_bug(site, monkeypatch, error):
    upload = site.accept("s08", written=False)
    failures = [error, error]

    def fail(*_):
        if failures:
            raise failures.pop()

    with monkeypatch.context() as patched:
        patched.setattr(worker, "BUSY_SECONDS", 0.01)
        patched.setattr(Worker, "_grade", fail)
        assert site.worker.step() == 1
    assert site.found(upload).state is State.WAITING
    assert site.worker.step() == 1
    assert site.found(upload).state is State.GRADED


def test_does_it_go_on_after_an_error_and_stop_when_told(site, monkeypatch):
    stop = threading.Event()
    failures = [OSError("gone"), RuntimeError("a bug")]

    def step(self):
        if failures:
            raise failures.pop()
        stop.set()
        return 1

    monkeypatch.setattr(worker, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(Worker, "step", step)
    Worker(site.engine, site.weeks, How(workers=1)).run(stop)
    assert not failures


def test_is_a_week_read_again_only_when_its_grades_or_their_readers_change(site, monkeypatch):
    read = []
    monkeypatch.setattr(worker, "grades", lambda course, stem: read.append(stem) or {})

    def follow():
        site.worker._followed = -1e9
        site.worker.follow_gradebook()
        found, read[:] = read[:], []
        return found

    def change(engine, statement):
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    follow()
    assert follow() == []
    with engine_of(site.course.db_url) as gradebook:
        change(gradebook, "UPDATE student SET first_name = 'Ada' WHERE id = 's00'")
        assert follow() == []
        change(gradebook, "UPDATE grade SET manual_score = 1.5 WHERE auto_score = 0")
        assert follow() == [STEM]
    change(site.engine, "UPDATE lti_people SET student = NULL WHERE student = 's00'")
    assert follow() == [STEM]
    assert follow() == []
    # Not while something is being graded: the upload's own transaction tells the outbox of it.
    change(site.engine, "UPDATE lti_people SET student = 's00' WHERE student IS NULL")
    monkeypatch.setattr(site.worker, "_busy", 1)
    assert follow() == []
    monkeypatch.setattr(site.worker, "_busy", 0)
    assert follow() == [STEM]


def test_is_one_question_graded_again_from_saved_answers_and_everything_without_it(site):
    upload = site.accept("s07", "def relu_backward(dout, z):\n    return dout * 0", written=False)
    site.worker.step()
    before = site.found(upload)
    # A question that is gone since it was asked for leaves a new run of everything.
    for question, is_run in (("relu_backward", False), ("", True), ("gone_since", True)):
        ran = from_plain(json.loads(before.report)).cpu_seconds
        (again,) = queue.regrade(site.engine, ["s07"], STEM, question=question)
        assert site.worker.step() == 1
        found = site.found(again)
        assert (found.state, found.points) == (State.GRADED, before.points)
        assert (from_plain(json.loads(found.report)).cpu_seconds != ran) is is_run
        before = found
