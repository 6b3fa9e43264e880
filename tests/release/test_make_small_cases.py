"""Are small cases made of what a question's cases give, and only where they make sense?"""

from __future__ import annotations

import pytest

from autograder.questions import catalogue, small_cases
from autograder.release import make_small_cases
from autograder.release.make_small_cases import make
from autograder.tree import same_tree
from tests.conftest import EXHAUSTIVE


def test_is_a_question_that_is_measured_left_out():
    assert make(catalogue.question("he_normal")) is None


@pytest.mark.skipif(not EXHAUSTIVE, reason="imports Keras, for seconds")
def test_are_they_the_same_each_time():
    """A question that needs no Keras: its values are those that are shipped."""
    question = catalogue.question("count_parameters")
    made, kept = make(question), small_cases.load(question)
    assert same_tree(made.worked.inputs, kept.worked.inputs)
    assert same_tree(made.worked.expected.value, kept.worked.expected.value)
    assert [each.say for each in made.raised] == [each.say for each in kept.raised]


def test_is_only_a_question_that_has_changed_made_again(tmp_path, monkeypatch):
    week = catalogue.week("week06")
    shipped = small_cases.file_of(week.name).read_bytes()
    monkeypatch.setattr(small_cases, "FOLDER", tmp_path / "small")
    asked = []
    monkeypatch.setattr(make_small_cases, "make", lambda each: asked.append(each.name))
    (tmp_path / "small").mkdir()
    small_cases.file_of(week.name).write_bytes(shipped)
    make_small_cases.write(week)
    without = {each for each, question in week.questions.items() if question.parameters}
    assert set(asked) == without - set(small_cases.unpack(shipped))
    assert small_cases.unpack(small_cases.file_of(week.name).read_bytes()).keys() == (
        small_cases.unpack(shipped).keys()
    )


def test_is_a_case_that_the_reference_refuses_none(monkeypatch):
    def refuse(*_):
        raise ValueError("shapes")

    monkeypatch.setattr(make_small_cases.references, "compute", refuse)
    assert make(catalogue.question("dense_backward")) is None
