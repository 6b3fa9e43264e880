"""Does a grader see the rubric below the answer, once, and only where students never see it?"""

from __future__ import annotations

import pytest
from traitlets.config import Config

from autograder.gradebook.rubrics import STEP, add_rubrics, is_rubric, items, rubrics
from autograder.light_imports import from_dict
from autograder.questions import catalogue


def settings(*steps: str) -> Config:
    return Config({"GenerateFeedback": {"preprocessors": list(steps)}})


@pytest.mark.parametrize("stem", catalogue.stems())
def test_has_every_written_question_a_rubric_for_graders(stem):
    written = catalogue.week(stem).written
    assert set(rubrics(stem, settings(STEP))) == set(written)


def test_is_there_none_where_nbgraders_feedback_would_show_it():
    assert rubrics("week06_backpropagation", settings("nbgrader.preprocessors.GetGrades")) == {}
    assert rubrics("week06_backpropagation", Config()) == {}


def test_has_an_assignment_of_the_instructors_own_none():
    assert rubrics("homework", settings(STEP)) == {}


def test_does_it_stand_once_below_its_answer_however_often_it_is_graded():
    stamp = {"grade": True, "solution": True, "grade_id": "why", "points": 1}
    cells = [
        {"id": "text", "cell_type": "markdown", "source": "", "metadata": {}},
        {"id": "why", "cell_type": "markdown", "source": "", "metadata": {"nbgrader": stamp}},
        {"id": "end", "cell_type": "markdown", "source": "", "metadata": {}},
    ]
    notebook = from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    for _ in range(2):
        add_rubrics(notebook, {"why": "2 points: because."})
    assert [cell.id for cell in notebook.cells] == ["text", "why", "rubric-why", "end"]
    assert [is_rubric(cell) for cell in notebook.cells] == [False, False, True, False]
    assert "2 points: because." in notebook.cells[2].source


@pytest.mark.parametrize("stem", catalogue.stems())
def test_names_every_rubric_the_points_of_its_items(stem):
    for question in catalogue.week(stem).written.values():
        found = items(question.rubric, question.points)
        assert len(found) > 1 and sum(each.points for each in found) == question.points
        assert all(each.text and "points:" not in each.text for each in found)


@pytest.mark.parametrize(
    "text", ["", "Be kind.", "2 points: this.", "First: 2 points: a. 3 points: b."]
)
def test_is_a_rubric_that_names_other_points_one_item(text):
    assert items(text, 5) == [(5, text)]
