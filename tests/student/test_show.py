"""Are small cases shown with the student's numbers beside the expected ones?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.questions import catalogue
from autograder.questions.small_cases import Step
from autograder.records import Expected
from autograder.student.show import beside, count, inputs_shown, telling_change
from autograder.tree import to_tree


@pytest.fixture(scope="module")
def question():
    return catalogue.question("dense_backward")


def step(question, scale=1.0, say=""):
    dout, X, W = np.eye(2) * scale, np.ones((2, 3)), np.ones((3, 2))
    value = [dout @ W.T, X.T @ dout, dout.sum(axis=0)]
    return Step(say, {"dout": dout, "X": X, "W": W}, Expected(value, [1.0, 1.0, 1.0]))


def returned(value):
    return Answer(Status.RETURNED, value)


def test_is_a_matrix_set_below_its_name(question):
    lines = inputs_shown(question, step(question))
    assert lines[:2] == ["  dout = [[1, 0],", "          [0, 1]]"]
    assert all(line.startswith("  ") for line in lines)


def test_is_what_a_dict_holds_named_as_in_code(question):
    inputs = {"params": {"W": np.array([[0.001, -12.0]]), "b": 3}, "layers": [np.ones(1), 2]}
    assert inputs_shown(question, Step("", inputs, Expected(0.0, 1.0))) == [
        '  params["W"] = [[0.001,   -12]]',
        '  params["b"] = 3',
        "  layers[0] = [1]",
        "  layers[1] = 2",
    ]


def test_is_a_large_array_told_by_its_beginning(question):
    large = Step("", {"X": np.arange(100.0).reshape(10, 10)}, Expected(0.0, 1.0))
    assert inputs_shown(question, large, few=False) == [
        "  X = an array of shape (10, 10) that begins 0, 1, 2"
    ]
    assert count(large.inputs) == 100


def test_are_only_wrong_parts_shown(question):
    case = step(question)
    dX, dW, db = case.expected.value
    lines, wrong = beside(question, case, returned([dX, dW / 2, db]))
    assert wrong and lines[-1] == "  right: dX, db"
    assert any(line.startswith("  dW, yours = ") for line in lines)
    assert any(line.startswith("  dW, expected = ") for line in lines)
    assert beside(question, case, returned([dX, dW, db])) == (["  right: dX, dW, db"], False)


def test_is_an_exception_told(question):
    answer = Answer(Status.RAISED, error="ValueError: no")
    lines, wrong = beside(question, step(question), answer)
    assert wrong and lines[0] == "  yours: it raised ValueError: no"


def test_is_the_change_told_to_which_the_answer_responds_wrongly(question):
    before, after = step(question), step(question, 2.0, "With dout[0, 0] = 2 in place of 1")
    half = returned([before.expected.value[0], before.expected.value[1], np.zeros(2)])
    then = returned([after.expected.value[0], after.expected.value[1], np.zeros(2)])
    lines, wrong = telling_change(question, before, half, [(after, then)])
    assert wrong and lines == [
        "With dout[0, 0] = 2 in place of 1, db[0] should go from 1 to 2; yours goes from 0 to 0."
    ]
    right = [returned(each.expected.value) for each in (before, after)]
    assert telling_change(question, before, right[0], [(after, right[1])]) == ([], False)


def test_is_an_answer_of_another_form_no_obstacle(question):
    case = step(question)
    for odd in (np.ones(3), "text", {"a": np.ones(2)}, [np.ones(2), None, "x"]):
        lines, wrong = beside(question, case, returned(to_tree(odd)))
        assert wrong and lines
        telling_change(question, case, returned(to_tree(odd)), [(case, returned(to_tree(odd)))])
