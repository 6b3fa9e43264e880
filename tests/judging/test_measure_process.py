"""Does the process that measures answers reply to whatever it is sent?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judging.measure_process import reply, runs_networks
from autograder.questions import catalogue, references
from autograder.questions.define import TOO_LARGE
from autograder.sandbox.inside.wire import decode

WEEK = catalogue.week("week07")
QUESTION = WEEK.questions["minibatch_indices"]
GIVEN = references.inputs(QUESTION, QUESTION.cases["last-short"], references.PUBLIC_SECRET)


def replied(value, kind="measure"):
    request = {"question": QUESTION.name, "kind": kind, "value": value, "given": GIVEN}
    return decode(reply(WEEK, request))


def batches(seed):
    return np.array_split(np.random.default_rng(seed).permutation(GIVEN["N"]), [10, 20])


def test_is_a_usable_answer_measured():
    value = {"first": batches(1), "next": batches(2), "again": batches(1), "other": batches(3)}
    sizes, counts, *rest = replied(value)["value"]
    assert sizes.tolist() == [10, 10, GIVEN["N"] - 20] and set(counts.tolist()) == {1}
    assert [int(each) for each in rest] == [1, 1, 1]


@pytest.mark.parametrize("value", [None, 3, [], {}, {"first": np.ones(3)}])
def test_has_an_unusable_answer_a_reason(value):
    (reason,) = replied(value).values()
    assert reason and not reason.startswith("unusable")


def test_is_short_memory_a_reason_and_not_the_end(monkeypatch):
    def too_much(*given):
        raise MemoryError

    monkeypatch.setattr(QUESTION, "measured_by", too_much)
    assert replied({}) == {"error": TOO_LARGE}


def test_are_figures_those_of_the_question(monkeypatch):
    assert replied({}, "figure") == {"figures": []}
    monkeypatch.setattr(QUESTION, "figured_by", lambda value, *given: {"Batches": len(value)})
    assert replied({"first": 1}, "figure") == {"figures": [["Batches", 1]]}


def test_is_scikit_learn_loaded_before_a_network_is_run():
    """Within the limits of a measure there is no time and memory for it."""
    needed = [name for name in catalogue.stems() if runs_networks(catalogue.week(name))]
    assert needed == ["week01_perceptron", "week07_sgd", "week14_robot", "week15_transformers"]
