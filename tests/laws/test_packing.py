"""Does every right answer count, whatever it is packed in?

The solution of every question is handed in again in each of these ways. How an answer is packed is
not what a week teaches: it gets full points, unless the question's contract says otherwise in
words, which then stand in `REFUSED`.
"""

from __future__ import annotations

import enum
import functools
import types
from collections import OrderedDict, UserList, deque, namedtuple
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograder.tree import map_tree
from tests.laws.public_points import WEEKS, lost_by, verdict_on
from tests.laws.test_questions import solutions

Wrap = Callable[[Any], Any]


def on_arrays(change: Wrap) -> Wrap:
    """Changes every array of an answer that has an axis."""
    return functools.partial(
        map_tree,
        lambda leaf: change(leaf) if isinstance(leaf, np.ndarray) and leaf.ndim else leaf,
    )


def on_numbers(change: Wrap) -> Wrap:
    """Changes every number of an answer that is no part of an array."""
    numbers = (bool, int, float, np.number, np.bool_)
    return functools.partial(
        map_tree, lambda leaf: change(leaf) if isinstance(leaf, numbers) else leaf
    )


def on_texts(change: Wrap) -> Wrap:
    """Changes every text of an answer."""
    return functools.partial(map_tree, lambda leaf: change(leaf) if isinstance(leaf, str) else leaf)


def on_parts(change: Callable[[tuple[Any, ...]], Any]) -> Wrap:
    """Changes the tuple that an answer of several parts is."""
    return lambda answer: change(answer) if isinstance(answer, tuple) else answer


def on_dicts(change: Wrap) -> Wrap:
    """Changes every dict of an answer."""

    def changed(answer: Any) -> Any:
        if isinstance(answer, dict):
            return change({key: changed(item) for key, item in answer.items()})
        if isinstance(answer, (list, tuple)):
            return type(answer)(map(changed, answer))
        return answer

    return changed


class Own(np.ndarray):
    """A subclass that adds nothing."""


def read_only(array: Any) -> Any:
    array = array.copy()
    array.flags.writeable = False
    return array


def every_other(array: Any) -> Any:
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def objects(parts: Sequence[Any]) -> Any:
    made = np.empty(len(parts), dtype=object)
    for place, part in enumerate(parts):
        made[place] = part
    return made


def word(text: str) -> Any:
    return enum.StrEnum("Word", {"ONE": text}).ONE  # type: ignore[attr-defined]


def integer_if_whole(number: Any) -> Any:
    return int(number) if number == int(number) else number


PACKINGS: dict[str, Wrap] = {
    "fortran-order": on_arrays(np.asfortranarray),
    "read-only": on_arrays(read_only),
    "negative-strides": on_arrays(lambda array: np.flip(np.flip(array).copy())),
    "view-of-every-other": on_arrays(every_other),
    "transposed-twice": on_arrays(lambda array: array.T.copy().T),
    "broadcast-view": on_arrays(lambda array: np.broadcast_to(array, (2, *array.shape))[1]),
    "subclass": on_arrays(lambda array: array.view(Own)),
    "matrix": on_arrays(lambda array: array.view(np.matrix) if array.ndim == 2 else array),
    "masked-array": on_arrays(np.ma.masked_array),
    "record-array": on_arrays(lambda array: array.view(np.recarray)),
    "long-double": on_arrays(
        lambda array: array.astype(np.longdouble) if array.dtype.kind == "f" else array
    ),
    "array-of-objects": on_arrays(lambda array: array.astype(object)),
    "nested-lists": on_arrays(lambda array: array.tolist()),
    "list-of-rows": on_arrays(list),
    "tuple-of-rows": on_arrays(tuple),
    "deque-of-rows": on_arrays(deque),
    "generator-of-rows": on_arrays(lambda array: (row for row in array)),
    "map-of-rows": on_arrays(lambda array: map(np.copy, array)),
    "memoryview": on_arrays(lambda array: memoryview(np.ascontiguousarray(array))),
    "zero-dimensional-array": on_numbers(np.array),
    "numpy-number": on_numbers(lambda number: np.asarray(number)[()]),
    "python-number": on_numbers(lambda number: np.asarray(number).item()),
    "sum-of-an-array": on_numbers(lambda number: np.array([number]).sum()),
    "fraction": on_numbers(lambda n: Fraction(float(n)) if np.isfinite(n) else n),
    "decimal": on_numbers(lambda number: Decimal(float(number))),
    "integer-if-whole": on_numbers(integer_if_whole),
    "long-double-number": on_numbers(np.longdouble),
    "text-of-numpy": on_texts(np.str_),
    "text-by-index": on_texts(lambda text: np.array(["a longer text", text])[1]),
    "text-by-where": on_texts(lambda text: np.where(True, text, "")),
    "text-by-select": on_texts(lambda text: np.select([True], [text], "")),
    "member-of-an-enumeration": on_texts(word),
    "upper-case-text": on_texts(str.upper),
    "list-of-parts": on_parts(list),
    "generator-of-parts": on_parts(lambda parts: (part for part in parts)),
    "map-over-parts": on_parts(lambda parts: map(lambda part: part, parts)),
    "zip-of-parts": on_parts(lambda parts: (part for (part,) in zip(parts, strict=True))),
    "deque-of-parts": on_parts(deque),
    "user-list-of-parts": on_parts(UserList),
    "named-tuple": on_parts(
        lambda parts: namedtuple("Parts", [f"part{n}" for n in range(len(parts))])(*parts)  # noqa: PYI024
    ),
    "array-of-parts": on_parts(objects),
    "parts-in-a-dict-s-values": on_parts(lambda parts: dict(enumerate(parts)).values()),
    "dict-in-another-order": on_dicts(lambda named: dict(reversed(named.items()))),
    "ordered-dict": on_dicts(OrderedDict),
    "read-only-dict": on_dicts(types.MappingProxyType),
    "dict-with-keys-of-numpy": on_dicts(
        lambda named: {np.str_(key): item for key, item in named.items()}
    ),
}

ROWS = [name for name in PACKINGS if name.endswith("-of-rows")]
ARGUMENTS_AGAIN = (
    "What it returns is an argument of its next call, and what the contract says of that argument "
    "is an array, or in Adam's state a number."
)
STATEFUL = {
    "momentum_step",
    "nesterov_step",
    "rmsprop_step",
    "adam_step",
    "adamw_step",
    "lion_step",
    "recipe_step",
    "batchnorm_over_batches",
}

REFUSED: dict[tuple[str, str], str] = {
    **{
        (packing, question): ARGUMENTS_AGAIN
        for packing in (*ROWS, "nested-lists", "array-of-objects", "memoryview", "decimal")
        for question in STATEFUL
    },
    ("generator-of-rows", "dropout_forward"): "out: the same shape as X",
    ("map-of-rows", "dropout_forward"): "out: the same shape as X",
    ("generator-of-rows", "embed_grad"): "dE, shape (vocabulary, D): 20,000 rows are too many",
    ("map-of-rows", "embed_grad"): "dE, shape (vocabulary, D): 20,000 rows are too many",
}
"""Why the contract of a question refuses a packing, in its words."""


@pytest.mark.parametrize("packing", PACKINGS)
def test_is_an_answer_right_in_whatever_it_is_packed(packing):
    def packed(solution: Any) -> Any:
        return lambda *arguments: PACKINGS[packing](solution(*arguments))

    assert not lost_by(packed, packing, REFUSED)


CHOICES = [
    # The lesson that is solved may import Keras.
    pytest.param(
        week,
        question,
        id=question.name,
        marks=[pytest.mark.slow] if "keras" in week.libraries else [],
    )
    for week in WEEKS
    for question in week.questions.values()
    if not question.parameters
]


@pytest.mark.parametrize(("week", "question"), CHOICES)
def test_is_a_letter_right_in_whatever_it_is_packed(week, question):
    letter = solutions(week.stem)[question.calls]
    for packing in [name for name in PACKINGS if "text" in name or "enumeration" in name]:
        verdict = verdict_on(week.stem, question, PACKINGS[packing](letter))
        assert verdict.right, (packing, verdict.message)
