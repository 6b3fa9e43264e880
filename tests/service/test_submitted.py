"""Is an upload put where `collect` puts submissions, and does doing it twice change nothing?"""

from __future__ import annotations

from datetime import timedelta

from autograder.course import own_functions
from autograder.service.queue import State, Upload
from autograder.service.submitted import put
from tests.service.conftest import NOON
from tests.tiny_course import TINY_WEEK, course  # noqa: F401

STEM = TINY_WEEK.stem


def upload(number=1, seconds=0.0):
    accepted = NOON + timedelta(seconds=seconds)
    return Upload(number, "ada", STEM, "page", accepted, State.RUNNING)


def files(content=b"{}"):
    return {f"{STEM}.ipynb": content}


def inside(course):  # noqa: F811
    folder = course.folder("submitted", STEM, "ada")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_is_it_a_submission_with_its_time(course):  # noqa: F811
    made = put(course, upload(seconds=0.7), files())
    assert (made.student, made.week, made.timestamp) == ("ada", "week99", "2026-11-29 12:00:00 UTC")
    assert made.path.read_bytes() == b"{}"


def test_does_a_second_time_change_nothing(course):  # noqa: F811
    put(course, upload(seconds=0.7), files())
    path = course.notebook("submitted", STEM, "ada")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    put(course, upload(seconds=0.7), files())
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert not (course.root / ".autograder" / "earlier").exists()


def test_is_what_it_replaces_kept(course):  # noqa: F811
    put(course, upload(), files(b"first"))
    put(course, upload(2, 60), files(b"second"))
    assert inside(course)[f"{STEM}.ipynb"] == b"second"
    (kept,) = (course.root / ".autograder" / "earlier" / STEM / "ada").iterdir()
    assert (kept / f"{STEM}.ipynb").read_bytes() == b"first"


def test_does_the_same_notebook_again_have_its_own_time(course):  # noqa: F811
    put(course, upload(), files())
    assert put(course, upload(2, 60), files()).timestamp == "2026-11-29 12:01:00 UTC"


def test_do_the_students_own_functions_stay_beside_a_new_notebook(course):  # noqa: F811
    put(course, upload(), {**files(b"first"), own_functions.FILE: b"x = 1"})
    put(course, upload(2, 60), files(b"second"))
    assert inside(course)[own_functions.FILE] == b"x = 1"
    put(course, upload(3, 90), {**files(b"third"), own_functions.FILE: b"x = 2"})
    assert inside(course)[own_functions.FILE] == b"x = 2"
