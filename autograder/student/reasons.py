"""A student's own reason for a choice, beside a model answer.

A self-check is practice: three letters are soon tried, so the sentence is where the thinking is.
Nobody grades it. The student compares, once the right letter is found and a reason written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autograder.judging.wording import model_answer
from autograder.questions.define import Question
from autograder.records import Verdict

SUFFIX = "_because"
_MOST_SHOWN = 300


def with_reason(question: Question, verdict: Verdict, notebook: Mapping[str, Any]) -> Verdict:
    """The verdict on a right choice with the student's reason and a model answer.

    Args:
        question: what was asked; one without a model answer keeps its message.
        verdict: what `check` says of the letter.
        notebook: the running notebook's variables, among which may be `NAME_because`.

    Returns:
        The verdict. Without a reason, its message says how to give one and not the model answer.
    """
    if not verdict.right or not question.because:
        return verdict
    name = question.calls + SUFFIX
    reason = _one_line(notebook.get(name))
    if reason:
        lines = [f"Your reason: {reason}", model_answer(question)]
    else:
        lines = [
            f'Next: say why, in one line above: {name} = "...". Run both cells again, and this '
            "check shows your reason beside a model answer."
        ]
    return replace(verdict, message="\n".join([verdict.message, *lines]))


def _one_line(reason: object) -> str:
    """The reason on one line; empty where there is none, such as the dots of an example."""
    if not isinstance(reason, str) or not any(map(str.isalnum, reason)):
        return ""
    line = " ".join(reason.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN].rstrip()} …"
