"""The shipped reference values are what Keras computes now."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judging.compare import pairs, wrong_entries
from autograder.questions import catalogue, references
from tests.conftest import one_in


@pytest.mark.slow
@pytest.mark.parametrize("stem", one_in(8, [(each,) for each in catalogue.stems()], by=tuple))
def test_are_the_shipped_values_those_that_keras_computes(stem):
    week = catalogue.week(stem)
    shipped = references.public(week.questions.values(), stem)
    for question in week.questions.values():
        for case in question.cases.values():
            given = references.inputs(question, case, references.PUBLIC_SECRET)
            fresh = references.compute(question, given)
            for pair in pairs(shipped[question.name, case.name].value, fresh, question.returns):
                if isinstance(pair.expected, np.ndarray):
                    wrong = wrong_entries(pair.yours, pair.expected, pair.allowed)
                    assert not wrong.any(), (question.name, case.name, pair.part)
                else:
                    assert pair.yours == pair.expected
