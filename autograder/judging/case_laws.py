"""What a question's cases should hold, so that careless code trips over it.

One example, an axis of size 1, one to three axes, more than ten layers, numbers near 0. A question
may have a reason not to; the package's are in `tests/laws/test_cases.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.answer import Answer, Status
from autograder.judging.compare import differences
from autograder.questions import references
from autograder.questions.define import Array, Inputs, Question
from autograder.questions.references import References
from autograder.tree import leaves, map_tree

MANY_LAYERS = 10
"""In the order of their names as text, W10 comes before W2."""
TINY = 1e-8
"""A gate such as `z > 1e-8` takes what is smaller for 0, and so does `np.isclose`."""


def advice(question: Question, expected: References) -> Iterator[str]:
    """A sentence for each kind of case that a question lacks.

    Args:
        question: the question.
        expected: the reference answers to its public cases.
    """
    if not question.parameters:
        return
    if not has_one_example(question):
        yield "no case has one example (N = 1), or another axis of size 1; add one, with square=..."
    if not notices_squeezing(question, expected):
        yield "an answer that went through np.squeeze is right in every case; add a size of 1"
    if not has_every_rank(question):
        yield "an argument may have any shape, and has not one, two and three axes in some case"
    if not has_numbers_near_zero(question):
        yield (
            "an argument may have any shape, and no case has exact zeros and numbers of both signs "
            f"below {TINY:g}; a gate that is loose at 0 goes unnoticed"
        )
    if not has_many_layers(question):
        yield f"no case has a network of more than {MANY_LAYERS} layers (W10 sorts before W2)"


def has_one_example(question: Question) -> bool:
    """Whether N is 1 in some case, or, where there is no axis N, another axis."""
    sizes = [question.sizes(given) for given in _cases(question)]
    symbols = {symbol for each in sizes for symbol in each}
    symbols = symbols & {"N"} or symbols
    return not symbols or any(each.get(symbol) == 1 for each in sizes for symbol in symbols)


def notices_squeezing(question: Question, expected: References) -> bool:
    """Whether a right answer that lost its axes of size 1 is wrong in some case."""
    values = [expected[question.name, case] for case in question.cases]
    has_axes = any(np.ndim(leaf) for each in values for leaf in leaves(each.value))
    if question.measured_by or not has_axes:
        return True
    return any(
        differences(Answer(Status.RETURNED, _squeezed(each.value)), each, question.returns)
        for each in values
    )


def has_every_rank(question: Question) -> bool:
    """Whether each argument that may have any shape has one, two and three axes."""
    ranks = [{value.ndim for value in arrays} for arrays in _of_any_shape(question)]
    return all(each >= {1, 2, 3} for each in ranks)


def has_many_layers(question: Question) -> bool:
    """Whether some network, a dict with W1, W2 and so on, has more than ten layers."""
    counts = [
        sum(key.startswith("W") for key in value)
        for given in _cases(question)
        for value in given.values()
        if isinstance(value, dict)
    ]
    return max(counts, default=MANY_LAYERS + 1) > MANY_LAYERS


def has_numbers_near_zero(question: Question) -> bool:
    """Whether each argument of any shape has zeros, and tiny numbers of both signs."""
    return all(map(_near_zero, _of_any_shape(question)))


def _near_zero(values: list[Array]) -> bool:
    numbers = np.concatenate([value.ravel() for value in values])
    up, down = (numbers > 0) & (numbers < TINY), (numbers < 0) & (numbers > -TINY)
    return bool((numbers == 0).any() and up.any() and down.any())


def _cases(question: Question) -> Iterator[Inputs]:
    """What students receive in each public case."""
    for case in question.cases.values():
        yield question.handed(references.inputs(question, case, references.PUBLIC_SECRET))


def _arrays(question: Question, argument: str) -> list[Array]:
    """The arrays that an argument is, or that stand in its dict, in all public cases."""
    found = [leaf for given in _cases(question) for leaf in leaves(given[argument])]
    return [np.asarray(leaf) for leaf in found if isinstance(leaf, (np.ndarray, int, float))]


def _of_any_shape(question: Question) -> list[list[Array]]:
    """The arrays of each argument that may have any shape, as the docstring says."""
    lines = re.findall(r"^ +(\w+): (.*any shape.*)$", question.reference.__doc__ or "", re.M)
    found = [_arrays(question, name) for name, _ in lines if name in question.parameters]
    return [arrays for arrays in found if arrays]


def _squeezed(answer: Any) -> Any:
    return map_tree(lambda leaf: np.squeeze(leaf) if isinstance(leaf, np.ndarray) else leaf, answer)
