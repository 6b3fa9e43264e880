"""Are answers measured one by one, and left alone where they are not to be measured?"""

from __future__ import annotations

import numpy as np

from autograder.answer import Answer, Status
from autograder.judging.measures import Measures
from autograder.questions import catalogue, references

QUESTION = catalogue.question("xor_by_hand")
GIVEN = references.inputs(QUESTION, QUESTION.cases["corners"], references.PUBLIC_SECRET)
XOR = [np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([[1.0], [-2.0]]), np.array([-0.5])]


def test_is_each_answer_measured_on_its_own_case():
    answers = [Answer(Status.RETURNED, XOR), Answer(Status.CRASHED), Answer(Status.RETURNED, [1])]
    right, crashed, unusable = Measures().measured(QUESTION, answers, [GIVEN] * 3)
    assert right.value.tolist() == [[0, 1], [1, 0]]
    assert crashed is answers[1]
    assert unusable.status is Status.RAISED and unusable.error.startswith("unusable: ")


def test_has_a_question_without_figures_none():
    assert Measures().figures(QUESTION, Answer(Status.RETURNED, XOR), GIVEN) == ()
