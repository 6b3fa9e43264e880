"""Does a release put one wheel beside the notebooks, and a newer one where something is new?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.questions import catalogue
from autograder.questions.choice import seal
from autograder.release.student_package import write
from autograder.release.student_package.write import write_student_package

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path, "course", "", b"", None)


def release(course, stem):
    path = course.notebook("release", stem)
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    return path.parent


@pytest.mark.slow
def test_is_the_newest_wheel_beside_every_notebook(course, monkeypatch):
    first = release(course, "week00_start")
    before = write_student_package(course)
    second = release(course, "week03_forward")
    monkeypatch.setattr(write.time, "strftime", lambda *_: "99991231000000")
    after = write_student_package(course)
    assert before.name < after.name and not before.exists()
    for folder in (course.root / "release", first, second):
        assert [path.name for path in folder.glob("*.whl")] == [after.name]
    with zipfile.ZipFile(second / after.name) as archive:
        index = json.loads(archive.read(f"{write.DATA}/index.json"))
    assert list(index) == ["week00", "week03"] and index["week00"]["who_learns"] == "who_learns"


@pytest.mark.slow
def test_is_an_unchanged_package_the_same_file(course, monkeypatch):
    """Nothing is computed, and students need not install it again."""
    release(course, "week00_start")
    before = write_student_package(course)
    content = before.read_bytes()
    monkeypatch.delattr(write.packing, "pack_question")
    assert write_student_package(course) == before
    assert before.read_bytes() == content


INIT = 'WEEK = "week77"\nTITLE = "Their own"\nPARTS = ("quiz",)\n'
QUIZ = """
from autograder.questions.choice import choice

of_our_own = choice("of_our_own", correct="{a}", wrong={{"{b}": "No.", "{c}": "Nor that."}})
"""


def test_is_a_courses_own_week_in_it(course):
    folder = course.root / "weeks" / "week77_their_own"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(INIT)
    letters = {letter: seal("of_our_own", letter) for letter in "abc"}
    (folder / "quiz.py").write_text(QUIZ.format(**letters))
    catalogue.use(course.root / "weeks")
    try:
        release(course, "week77_their_own")
        wheel = write_student_package(course)
    finally:
        catalogue.use(None)
    with zipfile.ZipFile(wheel) as archive:
        index = json.loads(archive.read(f"{write.DATA}/index.json"))
        assert not [name for name in archive.namelist() if "week77" in name]
    assert index == {"week77": {"of_our_own": "of_our_own"}}


def test_is_a_damaged_wheel_replaced(course):
    folder = release(course, "week00_start")
    before = write_student_package(course)
    before.write_bytes(b"not a zip")
    after = write_student_package(course)
    assert zipfile.is_zipfile(after) and zipfile.is_zipfile(folder / after.name)


def test_is_a_course_without_a_release_told_so(course):
    with pytest.raises(CourseError, match="no week is released yet"):
        write_student_package(course)


def test_does_it_require_what_the_whole_package_requires():
    """The same versions as in pyproject.toml, of fewer libraries."""
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert set(write.REQUIRES) <= set(project["dependencies"])
    assert project["requires-python"] == write.PYTHON


@pytest.mark.slow
def test_does_check_answer_from_the_wheel_alone(course):
    """Without the grader, and without anything on the way to it."""
    release(course, "week00_start")
    wheel = write_student_package(course)
    site = Path(write.packaged.np.__file__).parents[1]
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from autograder import check\n"
        "import autograder\n"
        "assert sys.argv[1] in autograder.__file__\n"
        "def greet_robot(name): return 'Hello'\n"
        "check('greet_robot'); check('who_learns'); check('dense_backward')\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, str(wheel.parent / "unpacked"), str(site)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
        cwd=unpack(wheel),
    )
    assert done.returncode == 0, done.stderr
    assert "greet_robot" in done.stdout and "who_learns" in done.stdout
    assert "which holds week00" in done.stdout


def unpack(wheel):
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return wheel.parent
