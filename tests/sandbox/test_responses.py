"""Is whatever a student's process sends either a record of ours or refused?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer import Status
from autograder.errors import ProtocolError
from autograder.sandbox import responses
from autograder.sandbox.inside.wire import encode
from autograder.sandbox.open_calls import OpenCalls
from autograder.sandbox.requests import Ask, CellResult, KnownAnswers
from autograder.sandbox.session import Sandbox
from autograder.tree import same_tree
from tests.sandbox.notebooks import run_cell

FORGE = """
import os, socket, stat
for n in range(3, 30):
    try:
        if stat.S_ISSOCK(os.fstat(n).st_mode):
            os.write(n, {data!r})
    except OSError:
        pass
"""


@pytest.mark.parametrize("data", [b"garbage" * 10, b"nnfs\x04\x00\x00\x00" + bytes(8) + b"true"])
def test_forged_messages_cost_the_forger(sandbox: Sandbox, data: bytes) -> None:
    """Is a cell that writes into the channel stopped, and everything else graded?"""
    result = run_cell(sandbox, FORGE.format(data=data))
    assert result.status is Status.CRASHED
    assert result.error.startswith("cell 1 sent no result that can be read")


ANSWER = {"id": 3, "status": "returned", "value": [np.ones(2), {"a": "b"}]}
CELL = {"cell": 2, "error": "", "outputs": []}
STREAM = {"output_type": "stream", "name": "stdout", "text": "a"}


def test_is_an_answer_what_was_sent() -> None:
    ask = Ask(3, "f", "", {"x": 1, "y": 2})
    extra = {"changed": ["z", "y"], "warned": ["overflow"], "error": "\x1b[31mno", "line": "f()"}
    answer = responses.answer(encode(ANSWER | extra), ask, KnownAnswers(), OpenCalls(()))
    assert same_tree(answer.value, ANSWER["value"])
    # Only arguments that it has, and nothing that a terminal would obey.
    assert (answer.changed, answer.warned) == (("y",), ("overflow",))
    assert (answer.error, answer.line) == ("[31mno", "f()")


def test_is_of_a_warning_in_a_hidden_case_only_the_kind_told() -> None:
    """The rest is text that the student's code chooses, and so is its order."""
    told = ["overflow in exp", "invalid value in 0123", "divide by zero", "0123 overflow"]
    message = encode(ANSWER | {"changed": [], "error": "", "line": "", "warned": told})
    shown = responses.answer(message, Ask(3, "f", "", {}), KnownAnswers(), OpenCalls(()))
    hidden = responses.answer(
        message, Ask(3, "f", "", {}, hidden=True), KnownAnswers(), OpenCalls(())
    )
    assert shown.warned == ("divide by zero", "overflow in exp")
    assert hidden.warned == ("divide by zero", "overflow")


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        ANSWER | {"id": 4},
        ANSWER | {"status": "timed out"},
        ANSWER | {"status": "right"},
        ANSWER | {"changed": [1]},
        ANSWER | {"error": 1},
        {"call": "g", "arguments": [], "keywords": {}, "shared": []},
    ],
)
def test_is_what_answers_nothing_refused(message: Any) -> None:
    ask = Ask(3, "f", "", {"x": 1})
    with pytest.raises(ProtocolError):
        responses.answer(encode(message), ask, KnownAnswers(), OpenCalls(["h"]))


def test_is_a_call_told_from_an_answer() -> None:
    call = {"call": "g", "arguments": [1], "keywords": {"y": "b"}, "shared": []}
    calls = OpenCalls(["g"])
    assert responses.answer(encode(call), Ask(3, "f", "", {}), KnownAnswers(), calls) == call
    with pytest.raises(ProtocolError, match="expected a call"):
        responses.answer(encode(ANSWER), Ask(3, "f", "", {}), KnownAnswers(), calls)


def test_is_a_cell_told_by_its_place() -> None:
    assert responses.cell_result(encode(CELL), 2) == CellResult(2)
    shown = responses.cell_result(encode(CELL | {"outputs": [STREAM]}), 2)
    assert shown.outputs == (STREAM,)
    with pytest.raises(ProtocolError):
        responses.cell_result(encode(CELL), 1)


@pytest.mark.parametrize(
    "output",
    [
        None,
        STREAM | {"name": "stdin"},
        STREAM | {"text": ["a"]},
        {"output_type": "display_data", "data": {"text/html": ["a"]}, "metadata": {}},
        {"output_type": "display_data", "data": {"application/json": np.ones(2)}, "metadata": {}},
        {"output_type": "execute_result", "data": {}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": [1]},
    ],
)
def test_is_an_output_that_nbformat_does_not_know_refused(output: Any) -> None:
    with pytest.raises(ProtocolError):
        responses.cell_result(encode(CELL | {"outputs": [output]}), 2)


@pytest.mark.parametrize("message", [True, {}, {"started": 1}, {"started": True, "more": 1}])
def test_is_nothing_else_the_start_of_a_notebook(message: Any) -> None:
    responses.start_of_notebook(encode({"started": True}))
    with pytest.raises(ProtocolError):
        responses.start_of_notebook(encode(message))


SEALED = {"sealed": True, "changed": {}}


@pytest.mark.parametrize(
    "message",
    [
        *(True, {}, {"sealed": True}, SEALED | {"sealed": False}, SEALED | {"more": 1}),
        *(SEALED | {"changed": each} for each in ([], {"f": "g"}, {"f": [1]})),
    ],
)
def test_is_nothing_else_the_end_of_a_notebook(message: Any) -> None:
    """Are names kept, and other texts dropped?"""
    changed = {"f": ["slope", "a b", "<b>", "", "X_1"], "g": []}
    found = responses.end_of_notebook(encode(SEALED | {"changed": changed}))
    assert found == {"f": ["slope", "X_1"], "g": []}
    with pytest.raises(ProtocolError):
        responses.end_of_notebook(encode(message))
