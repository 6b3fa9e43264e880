"""How wrong numbers relate to the right ones and to the inputs, in all wrong cases together.

A single number says nothing about its mistake; the numbers of several cases do. A relation is told
if it holds in each of them to the accuracy of float64, and hardly could by chance: what 3/4 and 1/2
have in common says little, what 0.7316... and 12.08... have in common says much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.judging import quantities

Array = NDArray[Any]
Fact = tuple[str, str]
"""A sentence without its full stop, and the next step."""

_NEAR = 1e-11
_SEEN = 1e-5
"""How large a term has to be, beside the number it is in, to be known to some digits."""
_ENOUGH = 8.0
"""How many bits have to agree beyond those that a free factor takes."""
_OF_A_REAL = 40.0
_SIMPLE = np.array([1.0, -1.0, 2.0, 0.5, -2.0, -0.5])
_SIMPLE_FIRST = {1.0: 0, -1.0: 1}
_BASES = {1 / math.log(2): "1 / log(2)", 1 / math.log(10): "1 / log(10)"}


class Case(NamedTuple):
    """A wrong number of one case, the right one, the inputs that are numbers, and N, D, ..."""

    name: str
    yours: float
    expected: float
    inputs: Mapping[str, Array]
    sizes: Mapping[str, int]


class _Numbers(NamedTuple):
    """The same of all cases: each array has one entry for each of them.

    `bits` say how much it tells of a case that a relation holds there, and `where` says of which
    cases all sentences are.
    """

    part: str
    first: str
    where: str
    yours: Array
    expected: Array
    bits: Array
    known: Mapping[str, Array]
    of_two: Mapping[str, Array]


def relation(part: str, cases: Sequence[Case], where: str) -> Fact | None:
    """What is true of a wrong number in each of these cases; None if nothing is known.

    Args:
        part: the number's name, in the student's symbols.
        cases: the cases in which it is wrong and finite.
        where: which cases these are, as a part of a sentence.
    """
    yours, expected = (np.array(each) for each in zip(*(case[1:3] for case in cases), strict=True))
    if _count(expected) < 2:
        return None
    if _count(yours) < 2:
        fact = _always_the_same(part, yours, expected, where)
        return (fact, _RETURNED) if fact else None
    inputs = [(case.inputs, case.sizes) for case in cases]
    numbers = _Numbers(
        part,
        cases[0].name,
        where,
        yours,
        expected,
        _bits(yours, expected),
        quantities.common(inputs, quantities.of_one),
        quantities.common(inputs, quantities.of_two),
    )
    with np.errstate(all="ignore"):
        for told, next_step in _NEXT.items():
            if fact := told(numbers):
                return fact, next_step
    return None


def _count(values: Array) -> int:
    """How many of the numbers are different ones."""
    return len(np.unique(values.astype(np.float32)))


def _bits(yours: Array, expected: Array) -> Array:
    """How much each case tells; one with the numbers of another tells nothing."""
    told: dict[tuple[float, float], float] = {}
    found = []
    for pair in zip(map(float, yours), map(float, expected), strict=True):
        found.append(0.0 if pair in told else min(map(_bits_of, pair)))
        told[pair] = found[-1]
    return np.array(found)


def _bits_of(value: float) -> float:
    """Few for 3/4, many for a number that is no simple fraction."""
    near = Fraction(value).limit_denominator(10_000)
    if abs(float(near) - value) > 1e-12 * abs(value):
        return _OF_A_REAL
    return math.log2(max(abs(near.numerator), 1) * near.denominator)


def _is_evidence(numbers: _Numbers, factor: float = 1.0) -> bool:
    """Whether a relation with this factor in it would hardly hold by chance."""
    cost = 0.0 if abs(factor) == 1.0 else 3.0 if factor in _SIMPLE else float(numbers.bits.max())
    return float(numbers.bits.sum()) - cost >= _ENOUGH


def _factors(left: Array, rights: Array) -> Array:
    """The number times each row that is the left side in every case; nan where there is none."""
    ratios = left / rights
    found: Array = np.median(ratios, axis=-1)
    near = np.abs(ratios / found[..., None] - 1).max(axis=-1) <= _NEAR
    simple = np.abs(found[..., None] / _SIMPLE - 1) <= _NEAR
    found = np.where(simple.any(axis=-1), _SIMPLE[simple.argmax(axis=-1)], found)
    return np.where(near & np.isfinite(found) & (found != 0), found, np.nan)


def _factor(left: Array, right: Array) -> float:
    return float(_factors(left, right[None])[0])


def _times(factor: float) -> str:
    """`2 times `, or nothing for 1."""
    if factor == 1.0:
        return ""
    if factor == -1.0:
        return "minus "
    base = [name for value, name in _BASES.items() if abs(factor / value - 1) <= _NEAR]
    return f"{factor:.4g} times {f'({base[0]}) ' if base else ''}"


def _shown(numbers: _Numbers, name: str) -> str:
    """`N (7 in typical)`."""
    value = {**numbers.of_two, **numbers.known}[name][0]
    return f"{name} ({value:.4g} in {numbers.first})"


def _always_the_same(part: str, yours: Array, expected: Array, where: str) -> str:
    value = float(yours[0])
    if np.any(yours != value) or _count(expected) < (3 if _bits_of(value) < _ENOUGH else 2):
        return ""
    return f"{part} is {value + 0.0:.4g}{where}, whatever the arguments are"


def _input_itself(numbers: _Numbers) -> str:
    """What is computed from one input, or from two, without the rest of the formula."""
    for found in (numbers.known, numbers.of_two):
        for subject, left in _sides(numbers):
            for name, factor in _that_are(left, found):
                if factor in _SIMPLE and _is_evidence(numbers, factor):
                    what = f"{_times(factor)}{_shown(numbers, name)}"
                    return f"{subject} is {what}{numbers.where}, and nothing else"
    return ""


def _sides(numbers: _Numbers) -> Iterator[tuple[str, Array]]:
    """The number itself, and functions of it, with what they are called."""
    yield numbers.part, numbers.yours
    for name in (*_OF_FACTORS, "1 minus"):
        yield f"{name.capitalize()} {numbers.part}", _FUNCTIONS[name](numbers.yours)


def _that_are(left: Array, found: Mapping[str, Array]) -> Iterator[tuple[str, float]]:
    """The quantities of which the left side is a multiple, and the factors; the simple first."""
    if not found:
        return
    factors = _factors(left, np.array([*found.values()]))
    pairs = [(name, float(f)) for name, f in zip(found, factors, strict=True) if np.isfinite(f)]
    yield from sorted(pairs, key=lambda pair: _SIMPLE_FIRST.get(pair[1], 2))


_FUNCTIONS: Mapping[str, Callable[[Array], Array]] = {
    "the square root of": np.sqrt,
    "the square of": np.square,
    "the absolute value of": np.abs,
    "the exponential of": np.exp,
    "the logarithm of": np.log,
    "the logarithm to base 2 of": np.log2,
    "the logarithm to base 10 of": np.log10,
    "1 divided by": lambda x: 1 / x,
    "1 minus": lambda x: 1 - x,
}
_OF_FACTORS = ("the square of", "the square root of", "the exponential of", "the logarithm of")


def _function(numbers: _Numbers) -> str:
    for name, function in _FUNCTIONS.items():
        factor = _factor(numbers.yours, function(numbers.expected))
        if abs(factor) == 1.0 and _is_evidence(numbers):
            what = f"{_times(factor)}{name} the expected value"
            return f"{numbers.part} is {what}{numbers.where}"
    return ""


def _multiple(numbers: _Numbers) -> str:
    factor = _factor(numbers.yours, numbers.expected)
    if np.isnan(factor) or f"{factor:.4g}" == "1" or not _is_evidence(numbers, factor):
        return ""
    return f"{numbers.part} is {_times(factor)}the expected value{numbers.where}"


_POWERS: Mapping[str, float] = {
    "multiplied by ": 1.0,
    "divided by ": -1.0,
    "multiplied by the square root of ": 0.5,
    "divided by the square root of ": -0.5,
    "multiplied by the square of ": 2.0,
    "divided by the square of ": -2.0,
}


def _by_a_quantity(numbers: _Numbers, left: Array, what: str, *, free: bool) -> str:
    """`2 times X, multiplied by N (7 in typical)`; the left side is this without the X."""
    varied = {name: found for name, found in numbers.known.items() if _count(found) > 1}
    for words, power in _POWERS.items():
        raised = {name: found**power for name, found in varied.items()}
        for name, factor in _that_are(left, raised):
            # Sizes in two cases are soon a multiple of any two other numbers.
            known = factor in _SIMPLE or (_count(varied[name]) > 2 and _tells(varied[name]))
            if (factor in _SIMPLE) is not free and known and _is_evidence(numbers, factor):
                return f"{_times(factor)}{what}, {words}{_shown(numbers, name)}"
    return ""


def _tells(found: Array) -> bool:
    bits = sorted(map(_bits_of, map(float, found)))
    return sum(bits[:-1]) >= _ENOUGH


def _factor_of_a_quantity(numbers: _Numbers, *, free: bool = False) -> str:
    ratio = numbers.yours / numbers.expected
    told = _by_a_quantity(numbers, ratio, "the expected value", free=free)
    return f"{numbers.part} is {told},{numbers.where}" if told else ""


def _added(numbers: _Numbers, *, free: bool = False) -> str:
    """A constant that is added to the right number, or a quantity of the inputs, or its log."""
    gap = numbers.yours - numbers.expected
    scale = np.maximum(np.abs(numbers.yours), np.abs(numbers.expected))
    if np.any(np.abs(gap) <= _SEEN * scale):
        return ""
    logarithms = {
        f"the logarithm of {name}": np.log(found)
        for name, found in numbers.known.items()
        if not name.startswith("the ") and found.min() > 0
    }
    terms = {name: found for name, found in numbers.known.items() if _count(found) > 1}
    for name, term in {"": np.ones_like(gap), **terms, **logarithms}.items():
        factor = float(np.median(gap / term))
        simple = np.abs(factor / _SIMPLE - 1) <= _NEAR / _SEEN
        if not np.isfinite(factor) or (bool(simple.any()) or not name) is free:
            continue
        factor = float(_SIMPLE[simple.argmax()]) if simple.any() else factor
        if np.any(np.abs(gap - factor * term) > _NEAR * scale):
            continue
        if _is_evidence(numbers, factor) and (not free or _count(term) > 2 and _tells(term)):
            what = f"{_times(factor)}{_shown(numbers, name)}" if name in terms else name
            what = what or f"{factor:.4g}"
            return f"{numbers.part} minus the expected value is {what}{numbers.where}"
    return ""


def _through_a_function(numbers: _Numbers, *, free: bool = False) -> str:
    """A factor that stands inside a root, a square, a logarithm or an exponential."""
    right, expected = numbers.expected, "the expected value"
    pairs = [(subject, left, right, expected) for subject, left in [*_sides(numbers)][1:]]
    pairs += [
        (numbers.part, numbers.yours, _FUNCTIONS[name](right), f"{name} {expected}")
        for name in _OF_FACTORS
    ]
    for subject, left, right, what in pairs:
        factor = _factor(left, right)
        if np.isfinite(factor):
            if (factor in _SIMPLE) is not free and _is_evidence(numbers, factor):
                return f"{subject} is {_times(factor)}{what}{numbers.where}"
        elif told := _by_a_quantity(numbers, left / right, what, free=free):
            return f"{subject} is {told},{numbers.where}"
    return ""


def _affine(numbers: _Numbers) -> str:
    """A multiple of the right number plus a constant, which any two cases have."""
    if _count(numbers.expected) < 3 or np.sort(numbers.bits)[:-2].sum() < _ENOUGH:
        return ""
    x, y = numbers.expected - numbers.expected.mean(), numbers.yours - numbers.yours.mean()
    factor = float(np.sum(x * y) / np.sum(x * x))
    constant = float(numbers.yours.mean() - factor * numbers.expected.mean())
    scale = np.maximum(np.abs(numbers.yours), np.abs(factor * numbers.expected))
    if np.any(np.abs(numbers.yours - factor * numbers.expected - constant) > _NEAR * scale):
        return ""
    if min(abs(constant), float(np.ptp(factor * numbers.expected))) < _SEEN * scale.max():
        return ""
    sign = "minus" if constant < 0 else "plus"
    what = f"{factor:.4g} times the expected value, {sign} {abs(constant):.4g}"
    return f"{numbers.part} is {what},{numbers.where}"


_RETURNED = "Next: find where each argument enters, and what is returned."
_FACTORS = "Next: compare the factors in your formula with those in the docstring's."
_MEANS = "Next: look for a sum in place of a mean, or a mean over another number of entries."
_TERMS = "Next: look for a term that is missing, or that the docstring's formula does not have."
_NEXT: Mapping[Callable[[_Numbers], str], str] = {
    _input_itself: "Next: find the step that should change it, and where its result is used.",
    _multiple: _FACTORS,
    _function: "Next: look for a function that is left out, or applied once too often.",
    _factor_of_a_quantity: _MEANS,
    _added: _TERMS,
    _through_a_function: "Next: look for a function that is left out, and for a sum for a mean.",
    partial(_factor_of_a_quantity, free=True): _MEANS,
    partial(_added, free=True): _TERMS,
    partial(_through_a_function, free=True): _FACTORS,
    _affine: "Next: compare the factors and the constants with those in the docstring's formula.",
}
"""Each relation, in the order in which they are tried, and where to look for its reason."""
