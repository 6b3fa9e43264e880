"""Messages from the sandbox, validated field by field: a student's code may have forged them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.answer import MAX_ERROR_LENGTH, Answer, Status
from autograder.errors import ProtocolError
from autograder.output.text import printable
from autograder.sandbox.inside.calls import Message
from autograder.sandbox.inside.wire import decode
from autograder.sandbox.open_calls import OpenCalls
from autograder.sandbox.requests import Ask, CellResult, KnownAnswers
from autograder.tree import Opaque, Tree

_FROM_INSIDE = (Status.RETURNED, Status.NOT_ATTEMPTED, Status.MISSING, Status.RAISED)
_WARNING = re.compile(r"(divide by zero|overflow|invalid value)( in [a-z][a-z0-9_ ]{0,30})?")
_MOST_WARNINGS = 4
_JSON_TYPE = re.compile(r"application/(.*\+)?json")  # as nbformat's schema has it
_STREAMS = ("stdout", "stderr")


def cell_result(frame: bytes, expected: int) -> CellResult:
    """Decode a cell's result.

    Args:
        frame: the message.
        expected: the index of the cell that was running.

    Raises:
        ProtocolError: when the message is anything else.
    """
    match decode(frame):
        case {"cell": int(index), "outputs": list(outputs), "error": str(error)} if (
            index == expected
        ):
            made = tuple(_output(output) for output in outputs)
            return CellResult(index, made, printable(error[:MAX_ERROR_LENGTH]))
    raise ProtocolError("expected the result of a cell, received something else")


def answer(frame: bytes, ask: Ask, known: KnownAnswers, calls: OpenCalls) -> Answer | Message:
    """Decode an answer, or a call made on the way to it.

    Args:
        frame: the message.
        ask: what was asked.
        known: a cache of decoded answers.
        calls: those that have not returned; there is no answer before they have.

    Raises:
        ProtocolError: when the message is anything else.
    """
    found = None if calls else known.find(ask.id, frame)
    if found is None:
        message = decode(frame)
        if calls or (isinstance(message, dict) and "call" in message):
            return calls.of_submission(message)
        found = _answer(message, ask)
        known.keep(ask.id, frame, found)
    return found


def _answer(message: Tree, ask: Ask) -> Answer:
    match message:
        case {
            "id": int(number),
            "status": str(status),
            "value": value,
            "changed": list(changed),
            "warned": list(warned),
            "error": str(error),
            "line": str(line),
        } if number == ask.id and status in _FROM_INSIDE:
            names = frozenset(_words(changed))
            return Answer(
                Status(status),
                _value(value) if status == Status.RETURNED else None,
                tuple(name for name in ask.arguments if name in names),
                _warnings(_words(warned), ask),
                printable(error[:MAX_ERROR_LENGTH]),
                printable(line[:MAX_ERROR_LENGTH]),
            )
    raise ProtocolError("expected the answer to a question, received something else")


def _warnings(words: Sequence[str], ask: Ask) -> tuple[str, ...]:
    """What NumPy warned of; in a hidden case only of which kind, so that no text gets out."""
    found = [match for word in words if (match := _WARNING.fullmatch(word))]
    said = [match[1] if ask.hidden else match[0] for match in found]
    return tuple(sorted(set(said))[:_MOST_WARNINGS])


def start_of_notebook(frame: bytes) -> None:
    """Accept the message that the process is ready for the first cell.

    Raises:
        ProtocolError: when the message is anything else.
    """
    match decode(frame):
        case {"started": True, **others} if not others:
            return
    raise ProtocolError("expected the start of the notebook, received something else")


def end_of_notebook(frame: bytes) -> dict[str, list[str]]:
    """Decode the message that all cells have been run.

    Returns:
        By question, globals that its function reads and that the notebook has changed after its
        check, as far as the process inside knows.

    Raises:
        ProtocolError: when the message is anything else.
    """
    # Not with ==, which would compare arrays entry by entry.
    match decode(frame):
        case {"sealed": True, "changed": dict(changed), **others} if not others:
            return {question: _identifiers(names) for question, names in changed.items()}
    raise ProtocolError("expected the end of the notebook, received something else")


def _identifiers(names: Any) -> list[str]:
    if not isinstance(names, list):
        raise ProtocolError("expected names, received something else")
    return [name for name in _words(names) if name.isidentifier()]


def _value(tree: Tree) -> Tree:
    """The tree, if it is of the kind that `tree.to_tree` returns."""
    if isinstance(tree, dict):
        return {printable(key): _value(item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_value(item) for item in tree]
    if isinstance(tree, np.ndarray):
        return tree
    if isinstance(tree, str):
        return printable(tree)
    if isinstance(tree, Opaque):
        return Opaque(printable(tree.kind))
    raise ProtocolError("expected an answer made of arrays, received something else")


def _output(output: Tree) -> dict[str, Any]:
    match output:
        case {"output_type": "stream", "name": str(name), "text": str(text)} if name in _STREAMS:
            return {"output_type": "stream", "name": name, "text": printable(text)}
        case {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata)}:
            return {
                "output_type": "display_data",
                "data": _representations(data),
                "metadata": _json(metadata),
            }
        case {
            "output_type": "execute_result",
            "execution_count": int(count),
            "data": dict(data),
            "metadata": dict(metadata),
        }:
            return {
                "output_type": "execute_result",
                "execution_count": max(0, int(count)),
                "data": _representations(data),
                "metadata": _json(metadata),
            }
        case {
            "output_type": "error",
            "ename": str(name),
            "evalue": str(value),
            "traceback": list(lines),
        }:
            return {
                "output_type": "error",
                "ename": printable(name),
                "evalue": printable(value),
                "traceback": _words(lines),
            }
    raise ProtocolError("expected an output of a cell, received something else")


def _representations(data: dict[str, Any]) -> dict[str, Any]:
    """The data, if nbformat's schema allows it: text, or JSON if the MIME type says so."""
    for kind, value in data.items():
        if not isinstance(value, str) and not _JSON_TYPE.fullmatch(kind):
            raise ProtocolError("expected text in a cell's output, received something else")
    return dict(_json(data))


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, str):
        return printable(value)
    if type(value) in (str, bool, int, float, type(None)):
        return value
    raise ProtocolError("expected JSON in a cell's output, received something else")


def _words(items: list[Any]) -> list[str]:
    if not all(isinstance(item, str) for item in items):
        raise ProtocolError("expected words, received something else")
    return [printable(item) for item in items]


def time_taken(seconds: float, most: float = math.inf) -> float:
    """Seconds as a student's process reports them, at most `most`; 0 if they make no sense."""
    return min(seconds, most) if math.isfinite(seconds) and seconds >= 0 else 0.0
