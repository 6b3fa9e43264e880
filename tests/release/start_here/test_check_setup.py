"""Does the check of the set-up find what is missing, and say how to get it?"""

from __future__ import annotations

import ast
import shlex
import sys
from pathlib import Path

import pytest

from autograder.release.start_here import check_setup
from autograder.release.student_package.write import PYTHON, REQUIRES
from tests.release.start_here import environments

HERE = {"numpy": "2.4.1", "matplotlib": "3.10", "scikit-learn": "1.5.0", "ipython": "9.0"}
CHECKS = check_setup.CHECKS


@pytest.fixture
def report(tmp_path, monkeypatch):
    """What it finds and says, where these packages are installed."""
    monkeypatch.setattr(check_setup, "__file__", str(tmp_path / "check_setup.py"))

    def of(**other: str) -> tuple[str, str]:
        there = {**HERE, **{name.replace("_", "-"): each for name, each in other.items()}}
        monkeypatch.setattr(check_setup, "version", lambda name: there.get(name, ""))
        found, to_do = check_setup.report()
        return "\n".join(found), "\n".join(to_do)

    return of


def test_are_its_needs_those_of_the_students_package():
    assert [f"{name}>={version}" for name, version in check_setup.NEEDED.items()] == list(REQUIRES)
    oldest, newest = (
        ".".join(map(str, each)) for each in (check_setup.OLDEST, check_setup.TOO_NEW)
    )
    assert f">={oldest},<{newest}" == PYTHON


def test_can_a_python_read_it_that_is_too_old():
    ast.parse(Path(check_setup.__file__).read_text(), feature_version=(3, 8))


def test_is_nothing_to_do_where_all_is_there(report):
    found, to_do = report(nn_course_check="0.1.0.post9")
    assert not to_do and found.count("ok  ") == 6


def test_is_one_command_enough_for_all_that_is_missing(report, tmp_path):
    wheel = environments.small_wheel(tmp_path, "0.1.0.post10")
    found, to_do = report(numpy="2.0.9", ipython="", nn_course_check="0.1.0.post9")
    assert "missing  numpy 2.1 or newer; this one is 2.0.9" in found
    assert "missing  ipython 8.20 or newer; it is not installed" in found
    assert "missing  nn-course-check; a newer one lies here" in found
    command = [sys.executable, "-m", "pip", "install", "numpy>=2.1", "ipython>=8.20", str(wheel)]
    assert shlex.split(to_do) == command


def test_is_the_courses_file_asked_for_where_it_is_missing(report):
    found, to_do = report()
    assert "is not here either" in found and to_do.startswith("Put the file nn_course_check")


def test_is_another_python_named(report, monkeypatch):
    monkeypatch.setattr(check_setup.sys, "version_info", (3, 9, 1))
    found, to_do = report(nn_course_check="1")
    assert "3.11, 3.12 or 3.13; this one is 3.9.1" in found and "python.org" in to_do


def test_is_a_strangers_package_told_to_be_removed(report):
    found, to_do = report(nn_course_check="1", autograder="6.2")
    assert "a stranger's package" in found and to_do.endswith("-m pip uninstall autograder")


@pytest.mark.parametrize(("there", "code"), [("1", 0), ("", 1)])
def test_says_its_exit_code_whether_something_is_missing(report, capsys, there, code):
    report(nn_course_check=there)
    assert check_setup.main() == code
    assert sys.executable in capsys.readouterr().out
