"""The points that an answer earns: every returned part counts by itself, in each case.

A case is worth its weight. Within it each part is worth its share: the parts are the names of a
returned tuple and the keys of a returned dict, down to single arrays. A part is right in a case
only when it is right in the public and in the hidden draw of that case. Right numbers in another
form than was asked for (a kept axis, an extra key, another book's convention) keep most of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from autograder.judging.compare import at_key
from autograder.questions.define import Question
from autograder.records import Difference, Expected, Trial
from autograder.tree import Tree

Wrong = Sequence[tuple[Trial, Sequence[Difference]]]

NOT_AS_ASKED = 2 / 3
"""The share of its points that is kept by what is right but not as asked."""
WHOLE = ""
"""The part of an answer that has no parts."""
NUMBERS, FORM = "numbers", "form"
"""The ways in which a part loses points: its numbers are wrong, or right but not as asked."""

Loss = tuple[str, str]
"""A part of an answer and the way in which it loses points."""


def earned(
    question: Question,
    found: Wrong,
    *,
    conventions: Collection[str] = (),
    not_as_asked: float = NOT_AS_ASKED,
    charged: Collection[Loss] = (),
    resting: Collection[str] = (),
) -> float:
    """The points of an answer.

    Args:
        question: what was asked.
        found: the wrong trials with their differences; empty if the answer is right.
        conventions: parts that follow another book's convention; `WHOLE` for all of them.
        not_as_asked: the share that is kept by what is right but not as asked.
        charged: what costs nothing here, because an earlier question took points for it.
        resting: the cases whose wrong numbers cost nothing, because a case on which they rest did.

    Returns:
        Between 0 and the question's points, rounded to hundredths.
    """
    kept = {NUMBERS: 0.0, FORM: not_as_asked}
    lost: dict[str, dict[str, float]] = {}
    for trial, differences in found:
        of_case = lost.setdefault(trial.case, {})
        for part, share in shares(question, trial.expected).items():
            way = _way(part, differences, conventions)
            if (
                way
                and (part, way) not in charged
                and not (way == NUMBERS and trial.case in resting)
            ):
                of_case[part] = max(of_case.get(part, 0.0), share * (1.0 - kept[way]))
    total = sum(case.weight for case in question.cases.values())
    missing = sum(question.cases[name].weight * sum(parts.values()) for name, parts in lost.items())
    return round(question.points * (1.0 - missing / total), 2)


def losses(
    question: Question,
    found: Wrong,
    conventions: Collection[str] = (),
    resting: Collection[str] = (),
) -> list[Loss]:
    """What loses points in any case, in order; see `earned` for the arguments."""
    return list(
        dict.fromkeys(
            (part, way)
            for trial, differences in found
            for part in shares(question, trial.expected)
            if (way := _way(part, differences, conventions))
            and not (way == NUMBERS and trial.case in resting)
        )
    )


def with_wrong_numbers(
    question: Question, found: Wrong, conventions: Collection[str] = ()
) -> list[str]:
    """The cases with wrong numbers that came to their end; see `earned` for the arguments."""
    stopped = {trial.case for trial, _ in found if trial.answer.stopped}
    wrong = dict.fromkeys(
        trial.case
        for trial, differences in found
        for part in shares(question, trial.expected)
        if _way(part, differences, conventions) == NUMBERS
    )
    return [case for case in wrong if case not in stopped]


def right_parts(question: Question, found: Wrong) -> tuple[str, ...]:
    """The parts that are right in every trial, in the order in which they are returned.

    A dict all of whose arrays are right is named as a whole.

    Args:
        question: what was asked.
        found: the wrong trials with their differences; not empty.
    """
    right: dict[str, bool] = {}
    for trial, differences in found:
        for part in shares(question, trial.expected):
            correct = not any(concerns(each.part, part) for each in differences)
            right[part] = right.get(part, True) and correct
    return tuple(dict.fromkeys(_largest(part, right) for part, correct in right.items() if correct))


def _largest(part: str, right: Mapping[str, bool]) -> str:
    """The largest dict around a part in which everything is right, or the part itself."""
    around = part.rpartition("[")[0]
    if around and all(correct for each, correct in right.items() if concerns(each, around)):
        return _largest(around, right)
    return part


def shares(question: Question, expected: Expected) -> dict[str, float]:
    """Each part of an answer and its share of a case; the shares add up to 1.

    Args:
        question: states the shares of its parts, or that they are equal.
        expected: the reference answer of the case.
    """
    tops = _top_level(question, expected.value)
    weights = [1.0 if question.parts is None else question.parts[key] for key, _, _ in tops]
    found: dict[str, float] = {}
    for (_, name, value), weight in zip(tops, weights, strict=True):
        below = list(_arrays(name, value))
        found |= {part: weight / sum(weights) / len(below) for part in below}
    return found or {WHOLE: 1.0}


def _top_level(question: Question, value: Tree) -> list[tuple[str, str, Tree]]:
    """The key, the name and the value of each part; none if the answer counts as a whole."""
    # What a driver or a measure returns describes an answer; it need not be parts of one.
    described = question.drive is not None or question.measured_by is not None
    if question.parts == {} or (question.parts is None and described):
        return []
    names = question.returns
    if isinstance(value, list) and len(names) == len(value) > 1:
        return [(name, name, item) for name, item in zip(names, value, strict=True)]
    if isinstance(value, dict):
        name = names[0] if len(names) == 1 else ""
        return [(key, at_key(name, key), item) for key, item in value.items()]
    return []


def _arrays(name: str, value: Tree) -> Iterator[str]:
    """The names of the arrays in nested dicts, as `compare.pairs` names them."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _arrays(at_key(name, key), item)
    else:
        yield name


def _way(part: str, differences: Sequence[Difference], conventions: Collection[str]) -> str:
    """The way in which a part loses points; empty if it is right."""
    wrong = [each for each in differences if concerns(each.part, part)]
    if not wrong:
        return ""
    by_convention = any(concerns(each, part) for each in conventions)
    return FORM if by_convention or all(each.values_right for each in wrong) else NUMBERS


def concerns(named: str, part: str) -> bool:
    """Whether what is said of a place in the answer is said of this part.

    Args:
        named: the name of a place in the answer, such as `grads`; `WHOLE` for all of it.
        part: the name of a part, such as `grads["W1"]`.
    """
    return (
        WHOLE in (named, part)
        or named == part
        or named.startswith(f"{part}[")
        or part.startswith(f"{named}[")
    )
