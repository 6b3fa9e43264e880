"""Does the circle of nbgrader's exchange close, from a released notebook to released feedback?"""

from __future__ import annotations

import getpass
import shutil
from pathlib import Path

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from nbgrader.exchange.default.release_assignment import ExchangeReleaseAssignment
from nbgrader.utils import notebook_hash

from autograder.course import directory
from autograder.course.directory import Course
from tests.owner.term import STEM, command, graded
from tests.submissions import hand_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    # nbgrader leaves a time's file to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SECRET = "a-secret-of-the-submission"


def step(course: Course, kind: type, exchange: Path) -> None:
    """One of nbgrader's commands for the exchange."""
    config = course.config
    config.Exchange.root = str(exchange)
    config.CourseDirectory.course_id = course.course_id
    folders = CourseDirectory(config=config)
    folders.assignment_id = STEM
    kind(coursedir=folders, authenticator=Authenticator(config=config), config=config).start()


def test_does_feedback_come_back_through_the_exchange(fresh_course, tmp_path, monkeypatch):
    monkeypatch.chdir(fresh_course)
    course = directory.load(fresh_course)
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    step(course, ExchangeReleaseAssignment, exchange)
    place = exchange / course.course_id
    assert (place / "outbound" / STEM / f"{STEM}.ipynb").is_file()

    # What `nbgrader submit` leaves.
    student = getpass.getuser()
    hand_in(course, **{student: "mean-error"})
    made = course.folder("submitted", STEM, student)
    handed_in = place / "inbound" / f"{student}+{STEM}+2026-11-20 12:00:00 UTC+abc"
    shutil.move(made, handed_in)
    shutil.rmtree(course.root / "submitted" / student)
    (handed_in / "timestamp.txt").write_text("2026-11-20 12:00:00 UTC")
    (handed_in / "submission_secret.txt").write_text(SECRET)
    (handed_in / "sketch.png").write_bytes(b"png")

    step(course, ExchangeCollect, exchange)
    graded(fresh_course, "--new-students")
    command(fresh_course, "feedback", "6")
    found = course.folder("autograded", STEM, student)
    assert (found / "sketch.png").is_file()
    step(course, ExchangeReleaseFeedback, exchange)
    name = notebook_hash(secret=SECRET, notebook_id=STEM)
    page = place / "feedback" / f"{name}.html"
    assert "mean-error" in page.read_text()
