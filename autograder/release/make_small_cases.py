"""`python -m autograder.release.make_small_cases [WEEK ...]`: small cases with their values.

Like the values of public cases they are computed once, by the references, and shipped (see
`small_cases`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.answer import Status, ask, conditions_met
from autograder.errors import AutograderError, QuestionError
from autograder.judging.compare import differences
from autograder.output.files import write_whole
from autograder.questions import catalogue, references, small_cases
from autograder.questions.catalogue import Week
from autograder.questions.define import Case, Inputs, Mistake, Question
from autograder.questions.small_cases import SmallCases, Step
from autograder.records import Expected
from autograder.release.shrink import count, shrink
from autograder.tree import Tree, leaves, map_tree

_SIZES = ((2, 3, 2, 2), (2, 3, 4, 2), (2, 2, 2, 2), (3, 3, 3, 3), (4, 3, 2, 3))
"""What axes are cut to, the best first where they tell equally many mistakes apart."""
_MOST_NUMBERS = 60
_MOST_RAISED = 6
_FRESH = 2
_READABLE = 0o644


def write(week: Week) -> None:
    """Compute the small cases of a week and write its file; questions that have not changed stay.

    Raises:
        MissingReference: when the references need Keras and it is not installed.
    """
    path = small_cases.file_of(week.name)
    kept = small_cases.unpack(path.read_bytes()) if path.is_file() else {}
    made = {}
    for name, question in week.questions.items():
        key = small_cases.key_of(question)
        if name in kept and kept[name][0] == key:
            made[name] = kept[name]
        elif question.parameters and (found := make(question)):
            made[name] = (key, found)
    path.parent.mkdir(exist_ok=True)
    write_whole(path, small_cases.pack(made), _READABLE)


def make(question: Question) -> SmallCases | None:
    """The small cases of a question; None if none of its cases can be cut down.

    What is measured, and what a student's code never receives, is left as it is.
    """
    if question.measured_by is not None or question.withheld:
        return None
    best = _best(question)
    if best is None:
        return None
    case, sizes, worked = best
    seeds = (f"fresh {number}".encode() for number in range(1, 20))
    fresh = (each for seed in seeds if (each := _step(question, case, sizes, seed)))
    return SmallCases(
        worked,
        tuple(_first_example(question, worked)),
        tuple(_raised(question, worked)),
        tuple(each for each, _ in zip(_different(worked, fresh), range(_FRESH), strict=False)),
    )


def _best(question: Question) -> tuple[Case, Sequence[int], Step] | None:
    """The case and the sizes with which the most mistakes show, in the fewest numbers."""
    best, most = None, (-1, 0)
    for case in question.cases.values():
        for sizes in _SIZES if not case.stability else ():
            step = _step(question, case, sizes, b"worked")
            if step is None:
                continue
            worth = (_told_apart(question, step), -count(step.inputs))
            if worth > most:
                best, most = (case, sizes, step), worth
            if worth[0] == len(_own(question)):
                return best
    return best


def _step(question: Question, case: Case, sizes: Sequence[int], secret: bytes) -> Step | None:
    seed = references.seed_of(question, case, b"small " + secret)
    return _expect(question, shrink(references.draw(question, case, seed), sizes), "")


def _expect(question: Question, given: Inputs, say: str) -> Step | None:
    """The step of these inputs; None where they make no sensible case."""
    if count(given) > _MOST_NUMBERS:
        return None
    try:
        with np.errstate(all="ignore"):
            expected = references.compute(question, given)
    except AutograderError as error:
        if isinstance(error, QuestionError):
            return None
        raise
    except Exception:
        # The reference refuses what has been cut.
        return None
    numbers = [leaf for leaf in leaves(expected.value) if isinstance(leaf, np.ndarray)]
    if count(expected.value) > _MOST_NUMBERS or not all(
        np.isfinite(each).all() for each in numbers
    ):
        return None
    step = Step(say, given, expected)
    return (
        step
        if all(_agrees(question, each.formula, step) for each in (question.alternatives.values()))
        else None
    )


def _agrees(question: Question, formula: Any, step: Step) -> bool:
    """Whether another right formula gives the same answer there."""
    answer = ask(formula, question.handed(step.inputs), question.drive, conditions_met)
    return not differences(answer, step.expected, question.returns, stability=False)


def _told_apart(question: Question, step: Step) -> int:
    """How many of the catalogued mistakes give another answer there than the right one."""
    return sum(
        not _is_expected(question.mistaken(each, step.inputs, step.expected.value), step.expected)
        for each in _own(question)
    )


def _own(question: Question) -> list[Mistake]:
    """Its mistakes without those of the questions that its answer is made of."""
    return [each for each in question.mistakes.values() if not each.of]


def _is_expected(answer: Any, expected: Expected) -> bool:
    return answer.status is Status.RETURNED and _close(answer.value, expected.value)


def _close(left: Tree, right: Tree) -> bool:
    try:
        near = map_tree(
            lambda a, b: (
                np.shape(a) == np.shape(b)
                and (bool(np.allclose(a, b)) if isinstance(a, np.ndarray) else a == b)
            ),
            left,
            right,
        )
    except (KeyError, ValueError, TypeError, IndexError):
        return False
    return all(leaves(near)) and len(list(leaves(left))) == len(list(leaves(right)))


def _different(worked: Step, steps: Iterator[Step]) -> Iterator[Step]:
    """Those whose right answer is none that has been shown."""
    shown = [worked.expected.value]
    for step in steps:
        if not any(_close(step.expected.value, each) for each in shown):
            shown.append(step.expected.value)
            yield step


def _first_example(question: Question, worked: Step) -> Iterator[Step]:
    """The first example of the batch alone, where the docstring names a batch of N."""
    axes = {name: shape.index("N") for name, shape in question.shapes.items() if "N" in shape}
    arrays = {name: worked.inputs[name] for name in axes}
    if not axes or any(
        not isinstance(each, np.ndarray) or each.shape[axes[name]] < 2
        for name, each in arrays.items()
    ):
        return
    cut = {name: np.take(each, [0], axis=axes[name]) for name, each in arrays.items()}
    if step := _expect(question, {**worked.inputs, **cut}, "With the first example alone"):
        yield step


def _raised(question: Question, worked: Step) -> Iterator[Step]:
    """The case with one number raised by 1: the first and the last of each array."""
    found = 0
    for name, value in worked.inputs.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or not value.size:
            continue
        for index in dict.fromkeys([(0,) * value.ndim, tuple(size - 1 for size in value.shape)]):
            moved = value.copy()
            moved[index] += 1.0
            place = f"{name}[{', '.join(map(str, index))}]" if index else name
            say = f"With {place} = {moved[index]:.4g} in place of {value[index]:.4g}"
            step = _expect(question, {**worked.inputs, name: moved}, say)
            if step and found < _MOST_RAISED:
                found += 1
                yield step


if __name__ == "__main__":
    try:
        for chosen in catalogue.chosen(sys.argv[1:]):
            write(chosen)
            print(f"{small_cases.file_of(chosen.name).name}: written", flush=True)
    except AutograderError as error:
        sys.exit(f"autograder: {error}")
