"""The next step when the form of an answer is wrong: its parts, their kinds or their shapes."""

from __future__ import annotations

import re
from itertools import permutations

from autograder.answer import Answer, Status
from autograder.judging.compare import differences
from autograder.judging.patterns import Pattern
from autograder.questions.define import Question
from autograder.records import Difference, Expected, Outcome, Trial

_MOST_PARTS = 5
_TYPE = "a value of type "
_COMPARE = "Next: compare what you return with `Returns` in the docstring."
_NOT_CALLED = "Next: call it: a function's name needs round brackets to give a value."
_FUNCTION = r"function|method|builtin_function_or_method|type|partial|ufunc"
_OF_TYPE = (
    (
        r"generator|map|filter|zip|enumerate|reversed|range|dict_\w+|\w*iterator",
        "Next: collect its items first, with `np.array(list(...))`.",
    ),
    (r"set|frozenset", "Next: return a list or an array: a set has no order."),
    (r"ellipsis", "Next: replace the `...` by your own code."),
    (r"an array of object", "Next: give all rows the same length, and each entry one number."),
    (r"an array of <?(?:U\d+|str.*)", "Next: return numbers; these are texts in an array."),
    (r"\w*Tensor|Variable|\w*Variable|Series|DataFrame", "Next: convert it with `np.asarray`."),
)


def next_step(
    question: Question, trial: Trial, first: Difference, pattern: Pattern | None
) -> list[str]:
    """What to do about an answer of the wrong structure or shape; see `advice.next_step`."""
    if order := in_another_order(question, trial):
        return order
    if first.outcome is Outcome.SHAPE and question.measured_by is not None:
        return [of_a_measure(first)]
    if first.outcome is Outcome.SHAPE:
        return [_of_shape(first, pattern)]
    return [pattern.next_step if pattern else _of_structure(question, first)]


def of_a_measure(first: Difference) -> str:
    """What to do where something that the grader computed from the answer is wrong."""
    what = f"`{first.part}`" if first.part.isidentifier() else "this"
    return f"Next: compute {what} yourself from what your function returns."


def in_another_order(question: Question, trial: Trial) -> list[str]:
    """What to do if every part is right and they are only returned in another order; or nothing."""
    if order := _right_parts_in_another_order(question, trial):
        return [order, f"Next: return them in this order: `return {', '.join(question.returns)}`."]
    return []


def _right_parts_in_another_order(question: Question, trial: Trial) -> str:
    """A sentence if every part is right and they are only returned in another order, or ""."""
    names, parts = question.returns, trial.answer.value
    if not isinstance(parts, list) or not 1 < len(names) == len(parts) <= _MOST_PARTS:
        return ""
    if question.drive is not None or question.measured_by is not None:
        # What is compared is then not what the student's function returned.
        return ""
    answers = [Answer(Status.RETURNED, part) for part in parts]
    references = zip(trial.expected.value, trial.expected.rounding, strict=True)
    expected = [Expected(value, rounding) for value, rounding in references]
    fits = [[not differences(answer, reference) for reference in expected] for answer in answers]
    for order in permutations(range(len(names))):
        if all(row[place] for row, place in zip(fits, order, strict=True)):
            received = ", ".join(names[place] for place in order)
            return f"All parts are right, but in another order: {received}."
    return ""


def _of_shape(first: Difference, pattern: Pattern | None) -> str:
    if pattern is not None:
        return pattern.next_step
    yours, expected = first.yours.shape, first.expected.shape
    if 0 in yours:
        return "Next: find the loop, slice or mask that leaves the array empty."
    if expected and not yours:
        return "Next: look for a sum, mean or maximum without `axis`: it runs over all entries."
    if len(expected) == 1 and yours == expected * 2:
        return "Next: look for a column and a row that broadcast to a whole matrix."
    if not expected:
        return "Next: print the shape after each step; the last step should leave a single number."
    return f"Next: print the shape after each step; find where it departs from {expected}."


def in_place_of_text(first: Difference) -> str:
    """What to do where something else was returned than a text."""
    if re.fullmatch(_FUNCTION, first.detail.removeprefix(_TYPE)):
        return _NOT_CALLED
    if first.detail == "None":
        return _none(first)
    return "Next: return a text, in quotes."


def _none(first: Difference) -> str:
    name = f"`{first.part}`" if first.part else "it"
    return f"Next: give {name} a value before the function returns; here it is None."


def _of_structure(question: Question, first: Difference) -> str:
    received = first.detail.rpartition("received ")[2]
    if received == "None":
        return _none(first)
    if re.fullmatch(_FUNCTION, received.removeprefix(_TYPE)):
        return _NOT_CALLED
    if "expected a single number" in first.detail:
        return "Next: return a single number: no list, tuple, dict or text around it."
    for kind, step in _OF_TYPE:
        if re.fullmatch(kind, received.removeprefix(_TYPE)):
            return step
    if received.startswith(_TYPE):
        return "Next: return numbers or arrays; compare with `Returns` in the docstring."
    if question.drive is not None or question.measured_by is not None:
        return _COMPARE
    if not first.part and len(question.returns) > 1:
        return f"Next: end with `return {', '.join(question.returns)}`, in this order."
    if "expected a dict with the keys" in first.detail:
        return _of_keys(received)
    if received.startswith("the text "):
        return "Next: return numbers and not a text: without `str`, `print` or quotes."
    if "expected an array" in first.detail:
        return "Next: return the array alone: no tuple or dict around it, and rows of equal length."
    return _COMPARE


def _of_keys(received: str) -> str:
    if received.startswith("a dict"):
        return "Next: compare the two lists of keys; spelling and capital letters count."
    return "Next: return a dict with these keys."
