"""The next step after an exception, by its name and what its text says.

Only the exceptions of public cases and of cells come here: a student's code chooses their texts.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator

from autograder.judging.advice.exception_table import ANY, ROWS
from autograder.questions.define import Question

_LAST_LINE = re.compile(r"([\w.]+)(?:: (.*))?", re.DOTALL)
_LONGEST = 60


def next_step(error: str, question: Question) -> str:
    """What to do after an exception; one sentence that begins with `Next:`.

    Args:
        error: the last line of its traceback, such as `KeyError: 'W1'`.
        question: whose function or cell raised it.
    """
    line = _LAST_LINE.fullmatch(error)
    name, text = (line[1].rpartition(".")[2], line[2] or "") if line else ("", error)
    for known in _names(name):
        for pattern, step in ROWS.get(known, ()):
            if found := re.search(pattern, text):
                written = step if isinstance(step, str) else step(found, question)
                return f"Next: {_filled(written, found)}"
    raise AssertionError("the last row fits every exception")


def has_advice(name: str) -> bool:
    """Whether there is advice for this exception, or for what it is a kind of, without its text."""
    rows = (row for known in _names(name) if known != ANY for row in ROWS.get(known, ()))
    return any(not pattern for pattern, _ in rows)


def _names(name: str) -> Iterator[str]:
    """The exception's name, and those of the built-in exceptions that it is a kind of."""
    yield name
    kind = getattr(builtins, name, None)
    if isinstance(kind, type):
        yield from (base.__name__ for base in kind.__mro__[1:])
    yield ANY


def _filled(step: str, found: re.Match[str]) -> str:
    """The step with `{0}`, `{1}` replaced by what the pattern's groups matched."""
    # Not by str.format: what it is filled with is the student's, and a step may contain braces.
    return re.sub(r"\{(\d)\}", lambda place: (found[int(place[1]) + 1] or "")[:_LONGEST], step)
