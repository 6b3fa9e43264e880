"""What may be told of an answer to a hidden case: choices from short lists, no words.

A process that has heard hidden inputs can put them into every text that it sends, and into the
number of a line too. So an exception keeps the name of its type if Python has such a type, and its
line is quoted from the grader's own copy of the cell. What such a choice can tell is in
docs/security.md.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import replace

from autograder.answer import LONGEST_LINE, Answer, Status
from autograder.output.text import printable

LINES = 64
"""Only the first lines of a cell are quoted, so that the choice of one tells six bits at most."""
_LINE = re.compile(r"line ([1-9]\d?) of the cell, `(.*)`")


def without_words(answer: Answer, cell: str) -> Answer:
    """An answer to a hidden case without any text that student code made.

    Args:
        answer: what came out of the sandbox.
        cell: the source of the question's cell, as the grader ran it.
    """
    if answer.status in (Status.TIMED_OUT, Status.CRASHED):
        return answer  # The grader wrote its text.
    return replace(answer, error=_type_of(answer.error), line="", quoted=_quoted(answer.line, cell))


def _type_of(error: str) -> str:
    """The name of Python's own exception type that an error begins with, or ""."""
    name = error.partition(":")[0]
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, BaseException) else ""


def _quoted(claimed: str, cell: str) -> str:
    """The line of the cell that the sandbox names, if the cell has this text there; else ""."""
    found = _LINE.fullmatch(claimed)
    if not found or (number := int(found[1])) > LINES:
        return ""
    lines = cell.splitlines()[:number]
    # The text is compared, because the line may be one of a helper in another cell.
    text = printable(lines[-1].strip()[:LONGEST_LINE]) if len(lines) == number else ""
    return f"line {number} of the cell, `{text}`" if text and text == found[2] else ""
