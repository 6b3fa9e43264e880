"""Does `autograder new question` write a question and say what to do next?"""

from __future__ import annotations

import shutil

import pytest
from typer.testing import CliRunner

from autograder.cli.main import app
from autograder.course import directory
from autograder.errors import CourseError, QuestionError, UnknownName
from autograder.questions import catalogue
from autograder.release import new_question
from tests.conftest import REPOSITORY

STEM = "week05_losses"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout that has one week alone, and is the working directory."""
    folder = "autograder/questions"
    shutil.copytree(REPOSITORY / folder / STEM, tmp_path / folder / STEM)
    (tmp_path / "solutions").mkdir()
    shutil.copy(REPOSITORY / "solutions" / f"{STEM}.py", tmp_path / "solutions")
    monkeypatch.setattr(new_question, "REPOSITORY", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_are_the_next_steps_printed(checkout):
    result = CliRunner().invoke(app, ["new", "question", "5", "huber"])
    assert result.exit_code == 0
    lesson = (checkout / "solutions" / f"{STEM}.py").read_text().splitlines()
    assert result.stdout.splitlines() == [
        f"The question: autograder/questions/{STEM}/huber.py",
        f"Its cells in the lesson: solutions/{STEM}.py, line {lesson.index('# ### Huber')}",
        "Next: edit both (they contain an example that works, worth 0 points), and run",
        "  make references assignments WEEK=week05",
        "  UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest -q tests/laws tests/judging "
        '-k "week05 or huber"',
    ]
    assert (checkout / "autograder" / "questions" / STEM / "huber.py").is_file()


@pytest.mark.parametrize(
    ("week", "name", "error", "words"),
    [
        ("weak05", "huber", UnknownName, "did you mean"),
        ("week05", "mse", QuestionError, "already has a question called mse"),
        ("week05", "2x", QuestionError, "cannot be a question's name"),
    ],
)
def test_is_what_cannot_be_written_refused(checkout, week, name, error, words):
    result = CliRunner().invoke(app, ["new", "question", week, name])
    assert isinstance(result.exception, error) and words in str(result.exception)


def test_is_a_course_told_to_adapt_a_week_of_the_package_first(tmp_path):
    (tmp_path / "nbgrader_config.py").touch()
    result = CliRunner().invoke(app, ["new", "question", "5", "huber", "--course", str(tmp_path)])
    assert isinstance(result.exception, CourseError)
    assert "first run `autograder adapt week05`" in str(result.exception)


@pytest.mark.slow
def test_do_a_new_week_and_a_question_in_it_say_what_comes_next(tmp_path, monkeypatch):
    root = directory.init(tmp_path / "course").root
    monkeypatch.chdir(root)
    try:
        made = CliRunner().invoke(app, ["new", "week", "week16_convolution", "--title", "Faltung"])
        added = CliRunner().invoke(app, ["new", "question", "16", "stride"])
    finally:
        catalogue.use(None)
    assert made.stdout.splitlines() == [
        "week16, Faltung: weeks/week16_convolution",
        "  lesson.py: the lesson with its solutions",
        "  __init__.py: title, order of the questions, written questions",
        "  convolution.py: a question: its points, cases and mistakes",
        "Next: edit them, and run",
        "  autograder validate week16",
        "  autograder release week16",
    ]
    lines = added.stdout.splitlines()
    assert lines[0] == "The question: weeks/week16_convolution/stride.py"
    assert lines[1].startswith("Its cells in the lesson: weeks/week16_convolution/lesson.py, line ")
    assert lines[3] == "  autograder validate week16"
