"""Steps after an exception that names something: what may have been meant, what a call needs."""

from __future__ import annotations

import builtins
import re

import numpy as np

from autograder.output.did_you_mean import nearest
from autograder.questions.define import Question

# What `grading.not_run` says of a name that stands in a place that did not run to its end.
_ELSEWHERE = re.compile(r"\((?:you define it|it is defined) in .*, which (.*)\)$")
_SUGGESTED = re.compile(r"Did you mean: '(\w+)'")
_PYTHONS_OWN = ("float", "int", "complex", "str", "object")


def undefined(found: re.Match[str], question: Question) -> str:
    """The step after a NameError; the group is the name."""
    name = found[1]
    if place := _ELSEWHERE.search(found.string):
        if place[1] in ("was restored", "was not run", "does not run"):
            return f"define `{name}` in the cell above this check, or in a new cell above that."
        return f"correct that cell first, so that it defines `{name}`."
    suggested = _SUGGESTED.search(found.string)
    known = [*question.parameters, *question.builds_on, question.calls, "np", *dir(builtins)]
    same = [each for each in question.parameters if each.lower() == name.lower()]
    near = [suggested[1]] if suggested else nearest(name, known, 1, 0.6)
    if meant := [*same, *near]:
        return f"write `{meant[0]}` if that is what you meant; if not, define `{name}` first."
    return f"check the spelling of `{name}`, and that a cell above this check defines it."


def arguments(found: re.Match[str], question: Question) -> str:
    """The step after a call with a wrong number of arguments; the group is the function."""
    name = found[1].rpartition(".")[2]
    if question.drive is None and name == question.calls:
        return f"begin the function with `{_definition(question)}`."
    if name == "__init__":
        return "compare the call of the class with the parameters of its `__init__`."
    return f"compare each call of `{name}` with the line that defines it."


def no_function(found: re.Match[str], question: Question) -> str:
    """The step after the name of a function held a value when its check ran."""
    return f"define it with `{_definition(question)}`, and give no later value that name."


def _definition(question: Question) -> str:
    if question.names_a_class:
        return f"class {question.calls}:"
    parameters = ", ".join(question.parameters) if question.drive is None else "..."
    return f"def {question.calls}({parameters}):"


def of_numpy(found: re.Match[str], question: Question) -> str:
    """The step after `np.NAME`, which NumPy does not have; one of the groups is the name."""
    name = found[1] or found[2]
    if replacement := re.search(r"[Uu]se `([^`]+)`", found.string):
        return f"write `{replacement[1]}`; this NumPy has no `np.{name}`."
    if name in _PYTHONS_OWN:
        return f"write `{name}` alone; this NumPy has no `np.{name}`."
    if near := nearest(name, _public(np), 2, 0.7):
        listed = " or ".join(f"`np.{each}`" for each in near)
        return f"write {listed} if that is what you meant."
    return f"look up the function in NumPy's documentation; there is no `np.{name}`."


def attribute(found: re.Match[str], question: Question) -> str:
    """The step after `object.NAME`, which an object of the student's does not have."""
    name = found[1]
    if suggested := _SUGGESTED.search(found.string):
        return f"write `.{suggested[1]}` if that is what you meant; if not, set `.{name}` first."
    return f"check the spelling of `.{name}`, and that `__init__` or an earlier line sets it."


def of_an_array(found: re.Match[str], question: Question) -> str:
    """The step after `array.NAME`, which arrays do not have; the group is the name."""
    name = found[1]
    if callable(getattr(np, name, None)):
        return f"call `np.{name}(...)`: it is a function of NumPy and not a method of arrays."
    if near := nearest(name, _public(np.ndarray), 1, 0.6):
        return f"write `.{near[0]}` if that is what you meant."
    return f"print the value before `.{name}`: it is an array there."


def of_a_plain_value(found: re.Match[str], question: Question) -> str:
    """The step after an attribute of a plain Python value; the groups are its type and the name."""
    kind, name = found[1], found[2]
    if kind == "dict":
        return f'read an entry of a dict with square brackets, such as `params["{name}"]`.'
    if name in _public(np.ndarray):
        return f"turn the {kind} into an array with `np.asarray` before you use `.{name}`."
    if near := nearest(name, _public(getattr(builtins, kind)), 1, 0.6):
        return f"write `.{near[0]}` if that is what you meant; the value is a {kind}."
    return f"print the value before `.{name}`: it is of type {kind} there."


def _public(of: object) -> list[str]:
    return [each for each in dir(of) if not each.startswith("_")]


def beyond(found: re.Match[str], question: Question) -> str:
    """The step after an index out of bounds; the group is the axis's size."""
    if int(found[1]) == 0:
        return "print the array just before that line; it has no entries there."
    return (
        f"print the index just before that line; indices run from 0 to {int(found[1]) - 1} there."
    )
