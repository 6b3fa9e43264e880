"""Does every function receive what its contract says: numbers as plain numbers, arrays with axes?

A student may format a number, use it as an index or ask `isinstance(step, int)`, none of which an
array without axes allows.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from autograder.answer import Status, ask
from autograder.tree import leaves
from tests.laws.public_points import ASKED, judge
from tests.laws.test_questions import solutions


@pytest.mark.parametrize(("week", "question"), ASKED, ids=[question.name for _, question in ASKED])
def test_is_a_number_handed_over_as_a_plain_number(week, question):
    solution = solutions(week.stem)[question.calls]
    received: list[Any] = []

    def spy(*arguments: Any) -> Any:
        received.extend(leaves(list(arguments)))
        return solution(*arguments)

    for probe in judge(week.stem).probes[question.name]:
        target = solution if inspect.isclass(solution) else spy
        assert ask(target, question.handed(probe.inputs), question.drive).status is Status.RETURNED
    bare = [each for each in received if isinstance(each, (np.ndarray, np.generic))]
    assert not [each for each in bare if not each.ndim]
