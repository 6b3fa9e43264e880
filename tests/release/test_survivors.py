"""Are changes of a solution found that no case notices, and endless ones ended?"""

from __future__ import annotations

import numpy as np

from autograder.judging.judge import Judge
from autograder.questions import references
from autograder.questions.define import question
from autograder.records import Expected
from autograder.release import survivors as module
from autograder.release.mutants import Mutant
from autograder.release.survivors import is_wrong, survivors

SOLUTION = "def gate(x):\n    return np.where(x > 0, x, 0)\n"


@question(points=2)
def gate(x):
    """x where it is more than 0.

    Args:
        x: inputs, shape (N,), float64.
    """
    return np.where(x > 0, x, 0)


@gate.case("typical")
def _(rng):
    return {"x": np.array([1.0, -2.0, 3.0])}


def judge():
    given = references.inputs(gate, gate.cases["typical"], b"")
    return Judge({"gate": gate}, {("gate", "typical"): Expected(gate.reference(**given), 0.0)})


def test_is_a_change_told_that_no_case_notices():
    missed = survivors(judge(), gate, SOLUTION, {"np": np})
    # At 0 the two agree; a factor that is slightly off does not.
    assert any("x >= 0" in change for change in missed)
    assert not any("x < 0" in change for change in missed)


def test_is_a_cell_with_magics_left_out():
    assert survivors(judge(), gate, "%timeit 1", {}) == []


def test_is_a_change_noticed_that_never_ends(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.05)
    endless = Mutant("", "def gate(x):\n    while True:\n        pass\n")
    assert is_wrong(judge(), gate, endless, {})
