"""Is a new week written so that it works, and a name refused that cannot be a week's?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError, QuestionError
from autograder.questions import catalogue
from autograder.release.lesson import source_notebook
from autograder.release.new_question import write_question
from autograder.release.new_week import write_week


@pytest.fixture(autouse=True)
def the_package_alone_afterwards():
    yield
    catalogue.use(None)


def test_does_a_new_week_fit_its_lesson(tmp_path):
    week = write_week(tmp_path, "week16_convolution")
    assert (week.name, week.title, week.points) == ("week16", "Convolution", 20)
    assert week.points_by_name == {"convolution": 10, "why_convolution": 10}
    made = source_notebook(week.lesson, week.points_by_name, week.answer_cells)
    assert made.cells[1].source.startswith("# Week 16: Convolution\n")


@pytest.mark.slow
def test_may_two_new_weeks_be_written_and_each_get_more_questions(tmp_path):
    write_week(tmp_path, "week16_convolution", "Faltung für alle")
    write_week(tmp_path, "week17_convolution")
    write_question(catalogue.week("17"), "first")
    catalogue.use(tmp_path / "weeks")
    write_question(catalogue.week("17"), "second")
    catalogue.use(tmp_path / "weeks")
    # Refuses two questions of one name.
    assert catalogue.weeks()[-2].title == "Faltung für alle"
    week = catalogue.week("17")
    assert list(week.questions) == ["convolution_rows", "first", "second"]
    made = source_notebook(week.lesson, week.points_by_name, week.answer_cells)
    checks = [cell.source for cell in made.cells if cell.source.startswith("check(")]
    assert checks == [f'check("{name}")' for name in week.questions]


def test_is_a_lesson_missed_that_should_get_a_question(tmp_path):
    write_week(tmp_path, "week16_convolution").lesson.unlink()
    with pytest.raises(CourseError, match="lesson.py does not exist; write it, or put it back"):
        write_question(catalogue.week("16"), "first")


@pytest.mark.slow
@pytest.mark.parametrize("words", ["sum", "numpy"])
def test_has_its_question_a_name_that_nothing_else_has(words, tmp_path):
    week = write_week(tmp_path, f"week16_{words}")
    assert list(week.questions) == [words if words == "numpy" else f"{words}_rows"]


@pytest.mark.parametrize(
    "stem",
    ["week16", "week16-convolution", "week6_convolution", "week16_Convolution", "../week16_x", ""],
)
def test_is_an_unusable_name_refused(stem, tmp_path):
    with pytest.raises(QuestionError, match="cannot be a week's name; expected two digits"):
        write_week(tmp_path, stem)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("title", ['a "b"', "a\nb", "a\\"])
def test_is_an_unusable_title_refused(title, tmp_path):
    with pytest.raises(QuestionError, match="should be one line without quotes"):
        write_week(tmp_path, "week16_convolution", title)


def test_is_a_number_refused_that_is_taken(tmp_path):
    write_week(tmp_path, "week16_graphs")
    with pytest.raises(CourseError, match="week06 is taken by week06_.*; choose week17_mine, or"):
        write_week(tmp_path, "week06_mine")
    with pytest.raises(CourseError, match="week16 is taken by week16_graphs"):
        write_week(tmp_path, "week16_graphs")
