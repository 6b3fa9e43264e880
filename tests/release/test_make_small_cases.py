"""Are small cases made of what a question's cases give, and only where they make sense?"""

from __future__ import annotations

import pytest

from autograder.questions import catalogue
from autograder.release import make_small_cases
from autograder.release.make_small_cases import make
from autograder.tree import same_tree


def test_is_a_question_that_is_measured_left_out():
    assert make(catalogue.question("xavier_normal")) is None


@pytest.mark.slow
def test_are_they_the_same_each_time():
    """A question that needs no Keras: its values are those that are shipped."""
    from autograder.questions import small_cases

    question = catalogue.question("count_parameters")
    made, kept = make(question), small_cases.load(question)
    assert same_tree(made.worked.inputs, kept.worked.inputs)
    assert same_tree(made.worked.expected.value, kept.worked.expected.value)
    assert [each.say for each in made.raised] == [each.say for each in kept.raised]


def test_is_a_case_that_the_reference_refuses_none(monkeypatch):
    def refuse(*_):
        raise ValueError("shapes")

    monkeypatch.setattr(make_small_cases.references, "compute", refuse)
    assert make(catalogue.question("dense_backward")) is None
