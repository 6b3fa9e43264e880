"""Small cases of a question with their expected values: what hints and `again` show.

Their values are stored beside those of the public cases, in one file a week, for a student's
machine has nothing that computes them. `autograder.release.make_small_cases` writes the files.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.questions import packaged
from autograder.questions.define import Inputs, Question
from autograder.records import Expected
from autograder.tree import pack as pack_tree
from autograder.tree import unpack as unpack_tree

FOLDER = Path(__file__).parent / "small"


@dataclass(frozen=True)
class Step:
    """Inputs and what is expected for them; `say` tells how they differ from the whole case."""

    say: str
    inputs: Inputs
    expected: Expected


@dataclass(frozen=True)
class SmallCases:
    """The small cases of one question.

    `before` is a part of `worked`, such as its first example alone; `raised` are copies of it with
    one number changed. `fresh` are other cases of the same kind.
    """

    worked: Step
    before: tuple[Step, ...] = ()
    raised: tuple[Step, ...] = ()
    fresh: tuple[Step, ...] = ()


def file_of(week: str) -> Path:
    """The file of a week such as week06."""
    return FOLDER / f"{week}.npz"


def key_of(question: Question) -> str:
    """What decides a question's small cases: what decides its reference values."""
    return hashlib.blake2b(question.source.encode(), digest_size=8).hexdigest()


def load(question: Question) -> SmallCases | None:
    """The small cases of a question; None where it has none, or has changed since they were made.

    A students' package holds no others than those of its questions.
    """
    key, found = _of_week(question.week).get(question.name, ("", None))
    return found if found and (packaged.is_here() or key == key_of(question)) else None


def of_week(week: str, questions: Iterable[Question]) -> bytes:
    """A week's file with the small cases of these questions alone; empty if there are none."""
    stored = _of_week(week)
    kept = {each.name: stored[each.name] for each in questions if load(each)}
    return pack(kept) if kept else b""


@cache
def _of_week(week: str) -> Mapping[str, tuple[str, SmallCases]]:
    path = file_of(week)
    return unpack(path.read_bytes()) if path.is_file() else {}


def pack(cases: Mapping[str, tuple[str, SmallCases]]) -> bytes:
    """The bytes of a week's file: by question, the key of its source and its cases."""
    tree = {
        name: [
            key,
            _packed(each.worked),
            *(
                [_packed(step) for step in steps]
                for steps in (each.before, each.raised, each.fresh)
            ),
        ]
        for name, (key, each) in sorted(cases.items())
    }
    text, buffers = pack_tree(tree)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        tree=np.frombuffer(text, np.uint8),
        arrays=np.frombuffer(b"".join(buffers), np.uint8),
    )
    return file.getvalue()


def unpack(content: bytes) -> dict[str, tuple[str, SmallCases]]:
    """What `pack` packed."""
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        tree = unpack_tree(stored["tree"].tobytes(), memoryview(stored["arrays"].tobytes()))
    return {
        name: (key, SmallCases(_step(worked), *(tuple(map(_step, steps)) for steps in rest)))
        for name, (key, worked, *rest) in tree.items()
    }


def _packed(step: Step) -> list[Any]:
    return [step.say, step.inputs, step.expected.value, step.expected.rounding]


def _step(kept: list[Any]) -> Step:
    say, inputs, value, rounding = kept
    return Step(say, inputs, Expected(value, rounding))
