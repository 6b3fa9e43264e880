"""One question as data: what `autograder.questions.packaged` reads on a student's machine."""

from __future__ import annotations

import dataclasses
import io
import re
import string
from typing import Any

import numpy as np

from autograder.answer import Answer
from autograder.judging.judge import Judge
from autograder.questions.choice import seal, sealed_text
from autograder.questions.define import Question
from autograder.release.student_package.standalone import standalone
from autograder.tree import pack as pack_tree

_TEXT = re.compile(r'"[^"\n]*"')


def pack_question(judge: Judge, name: str) -> bytes:
    """A question without its reference, its alternatives and the formulas of its mistakes.

    Args:
        judge: judges the question by its public cases alone.
        name: the question.

    Returns:
        The bytes of an `.npz` file.

    Raises:
        QuestionError: when a measure uses what cannot be put into the package.
    """
    question = judge.questions[name]
    kept = _choice(question) if _is_choice(question) else _question(judge, question)
    text, buffers = pack_tree(kept)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        tree=np.frombuffer(text, np.uint8),
        arrays=np.frombuffer(b"".join(buffers), np.uint8),
    )
    return file.getvalue()


def _is_choice(question: Question) -> bool:
    if question.parameters or not question.mistakes:
        return False
    letters = [question.reference(), *(each.formula() for each in question.mistakes.values())]
    return sorted(map(str, letters)) == list(string.ascii_lowercase[: len(letters)])


def _choice(question: Question) -> dict[str, Any]:
    """A multiple-choice question: neither its letters nor what names them, only their seals.

    The model answer can only be read with the right letter.
    """
    wrong = {
        seal(question.name, mistake.formula()): mistake.why
        for mistake in question.mistakes.values()
    }
    return {
        "name": question.name,
        "week": question.week,
        "seals": [seal(question.name, question.reference()), dict(sorted(wrong.items()))],
        "because": sealed_text(question.name, question.reference(), question.because),
    }


def _question(judge: Judge, question: Question) -> dict[str, Any]:
    derivative = question.derivative
    return {
        "name": question.name,
        "week": question.week,
        "points": question.points,
        "calls": question.calls,
        "arguments": [*judge.probes[question.name][0].inputs],
        "contract": _contract(question),
        "returns": list(question.returns),
        "parts": None if question.parts is None else dict(question.parts),
        "builds_on": list(question.builds_on),
        "derivative": dataclasses.asdict(derivative) if derivative else None,
        "float32": question.float32,
        "seconds": question.seconds,
        "withheld": list(question.withheld),
        "cases": {
            probe.case: {
                "weight": probe.weight,
                "stability": question.cases[probe.case].stability,
                "inputs": probe.inputs,
                "expected": probe.expected.value,
                "rounding": probe.expected.rounding,
            }
            for probe in judge.probes[question.name]
        },
        "mistakes": {
            mistake.name: {
                "text": "\n\n".join(mistake.paragraphs),
                "at": mistake.at,
                "rows": list(mistake.rows),
                "convention": mistake.convention,
                "of": mistake.of,
            }
            for mistake in question.mistakes.values()
        },
        "mistaken": [
            [name, [_answer(each) for each in answers]]
            for name, answers in judge.mistaken_answers(question)
        ],
        "drive": question.driver_source,
        "measure": standalone(question.measured_by, "measure") if question.measured_by else "",
        "needs": standalone(question.needed_by, "needs") if question.needed_by else "",
        "rewritten": (
            standalone(question.rewritten_by, "rewritten") if question.rewritten_by else ""
        ),
        "figure": standalone(question.figured_by, "figure") if question.figured_by else "",
    }


def _contract(question: Question) -> str:
    """The part of the reference's docstring that judging reads: shapes, and the texts it names."""
    shapes = [f"    {name}: shape ({', '.join(s)},)" for name, s in question.shapes.items()]
    texts = dict.fromkeys(_TEXT.findall(question.reference.__doc__ or ""))
    return "\n".join(["", "Args:", *shapes, *texts])


def _answer(answer: Answer) -> list[Any]:
    return [
        str(answer.status),
        answer.value,
        list(answer.changed),
        list(answer.warned),
        answer.error,
    ]
