"""Is every message between a submission and the solution one that may come next?"""

from __future__ import annotations

from typing import Any

import pytest

from autograder.errors import ProtocolError
from autograder.sandbox.open_calls import OpenCalls

CALL = {"call": "train", "arguments": [1], "keywords": {}, "shared": [None]}
BACK = CALL | {"call": 0}
RETURN = {"value": 1, "shared": [None]}
RAISED = {"error": "ValueError: 1", "shared": []}


def test_may_calls_stand_in_calls() -> None:
    calls = OpenCalls(["train"])
    assert not calls
    assert calls.of_submission(CALL) == CALL
    assert calls.of_solution(BACK) == BACK
    assert calls.of_submission(CALL | {"shared": ["train"]})
    assert calls.of_solution(RAISED) == RAISED
    assert calls.of_submission(RETURN) == RETURN
    assert calls
    assert calls.of_solution(RETURN) == RETURN
    assert not calls


@pytest.mark.parametrize(
    "message",
    [
        *(None, [], 1, {}, RETURN, RAISED, BACK),
        CALL | {"call": "sgd_step"},
        CALL | {"call": 1.5},
        CALL | {"shared": ["sgd_step"]},
        CALL | {"shared": None},
        CALL | {"arguments": {}},
        CALL | {"keywords": []},
        CALL | {"more": 1},
        RETURN | {"error": ""},
    ],
)
def test_is_anything_else_refused_where_no_call_is_open(message: Any) -> None:
    with pytest.raises(ProtocolError, match="expected a call or its return"):
        OpenCalls(["train"]).of_submission(message)


@pytest.mark.parametrize(
    "message", [None, CALL, RETURN | {"more": 1}, RETURN | {"shared": ["train"]}, {"value": 1}]
)
def test_may_the_solution_call_by_number_alone(message: Any) -> None:
    """The names are those of its own functions."""
    calls = OpenCalls(["train"])
    calls.of_submission(CALL)
    with pytest.raises(ProtocolError):
        calls.of_solution(message)


def test_may_nobody_return_from_its_own_call() -> None:
    calls = OpenCalls(["train"])
    calls.of_submission(CALL)
    with pytest.raises(ProtocolError):
        calls.of_submission(RETURN)
