"""The questions of a students' package: data in place of references and formulas of mistakes.

Such a package is the grader without its questions' code. One file for each question holds the
inputs and the expected values of its public cases, and what the catalogued mistakes answer to them;
`autograder.release.student_package` writes it. Drivers and measures, which are no answers, are
kept as source.
"""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from autograder.answer import Answer, Status
from autograder.errors import UnknownName
from autograder.output.did_you_mean import hint
from autograder.questions import references
from autograder.questions.choice import choice, opened_text
from autograder.questions.define import Case, Derivative, Mistake, Question
from autograder.questions.references import References
from autograder.records import Expected
from autograder.tree import unpack as unpack_tree

FOLDER = Path(__file__).parent / "packaged_data"
INDEX_FILE = "index.json"

MistakenAnswers = Sequence[tuple[str, Sequence[Answer]]]


@dataclass(frozen=True)
class Packaged:
    """Some questions, their expected values, and the answers that their mistakes give."""

    questions: dict[str, Question]
    public: References
    mistaken: dict[str, MistakenAnswers]


def is_here() -> bool:
    """Whether this is a students' package."""
    return (FOLDER / INDEX_FILE).is_file()


@cache
def index() -> dict[str, dict[str, str]]:
    """The weeks of this package: of each, its questions and the names that students define."""
    found: dict[str, dict[str, str]] = json.loads((FOLDER / INDEX_FILE).read_text("utf-8"))
    return found


def load(name: str) -> Packaged:
    """A question, and those that judging it takes.

    Raises:
        UnknownName: when this package has no such question, with the nearest names.
    """
    every = [each for week in index().values() for each in week]
    if name not in every:
        raise UnknownName(
            f"There is no question {name!r} in the installed package of the course, which holds "
            f"{', '.join(index())}{hint(name, every) or '.'}\n"
            "Next: if the notebook is newer than the package, install the one that lies beside the "
            "notebook."
        )
    asked = read((FOLDER / f"{name}.npz").read_bytes())
    question = asked.questions[name]
    related = [*question.builds_on, *([question.derivative.of] if question.derivative else [])]
    for other in dict.fromkeys(related):
        more = read((FOLDER / f"{other}.npz").read_bytes())
        asked.questions.update(more.questions)
        asked.public.update(more.public)
        asked.mistaken.update(more.mistaken)
    return asked


def read(content: bytes) -> Packaged:
    """One question, from the bytes that `student_package.pack_question` packed."""
    kept = unpacked(content)
    if "seals" in kept:
        return _choice(kept)
    question = _question(kept)
    public = {
        (question.name, name): Expected(case["expected"], case["rounding"])
        for name, case in kept["cases"].items()
    }
    mistaken = [(name, [_answer(each) for each in answers]) for name, answers in kept["mistaken"]]
    return Packaged({question.name: question}, public, {question.name: mistaken})


def unpacked(content: bytes) -> dict[str, Any]:
    """What stands in those bytes, by name."""
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        kept = unpack_tree(stored["tree"].tobytes(), memoryview(stored["arrays"].tobytes()))
    assert isinstance(kept, dict)
    return kept


def _choice(kept: Mapping[str, Any]) -> Packaged:
    correct, wrong = kept["seals"]
    question = choice(kept["name"], correct=correct, wrong=wrong)
    question.because = opened_text(question.name, question.reference(), kept["because"])
    question.week = kept["week"]
    (case,) = question.cases
    public = {(question.name, case): references.compute(question, {})}
    return Packaged({question.name: question}, public, {})


def _question(kept: Mapping[str, Any]) -> Question:
    derivative = kept["derivative"]
    question = Question(
        kept["name"],
        kept["points"],
        _contract(kept["arguments"], kept["contract"]),
        kept["calls"],
        tuple(kept["returns"]),
        kept["parts"],
        tuple(kept["builds_on"]),
        Derivative(**derivative) if derivative else None,
        float32=kept["float32"],
        seconds=kept["seconds"],
        withheld=tuple(kept["withheld"]),
        week=kept["week"],
    )
    for name, case in kept["cases"].items():
        make = _giving(case["inputs"])
        question.cases[name] = Case(name, make, case["weight"], case["stability"])
    for name, mistake in kept["mistakes"].items():
        formula = _contract([], mistake["text"])
        question.mistakes[name] = Mistake(
            name,
            formula,
            mistake["at"],
            tuple(mistake["rows"]),
            mistake["convention"],
            of=mistake["of"],
        )
    question.drive = _executed(kept["drive"], "drive")
    question.measured_by = _executed(kept["measure"], "measure")
    question.figured_by = _executed(kept["figure"], "figure")
    question.needed_by = _executed(kept["needs"], "needs")
    question.rewritten_by = _executed(kept["rewritten"], "rewritten")
    return question


def _contract(arguments: Sequence[str], text: str) -> Callable[..., Any]:
    """A function of these arguments with this docstring, in place of one that computes."""

    def absent(*_: Any) -> NoReturn:
        raise NotImplementedError

    parameters = [inspect.Parameter(each, inspect.Parameter.POSITIONAL_ONLY) for each in arguments]
    absent.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    absent.__doc__ = text
    return absent


def _giving(inputs: dict[str, Any]) -> Callable[[np.random.Generator], dict[str, Any]]:
    return lambda _rng: inputs


def _executed(source: str, name: str) -> Callable[..., Any] | None:
    """The function of this name in a source; None for no source."""
    if not source:
        return None
    namespace: dict[str, Any] = {"np": np, "__name__": __name__}
    exec(source, namespace)
    found: Callable[..., Any] = namespace[name]
    return found


def _answer(kept: Sequence[Any]) -> Answer:
    status, value, changed, warned, error = kept
    return Answer(Status(status), value, tuple(changed), tuple(warned), error)
