"""Is the name found that a student may have meant?"""

from __future__ import annotations

import re

import pytest

from autograder.judging.advice import names
from autograder.questions import catalogue

DENSE = catalogue.question("dense_backward")


def found(pattern: str, text: str) -> re.Match[str]:
    match = re.search(pattern, text)
    assert match
    return match


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("maximun", "`np.maximum`"),
        ("tahn", "write `np.tan` or `np.tanh`"),
        ("exponential", "there is no `np.exponential`"),
        ("float", "write `float` alone"),
        ("int", "write `int` alone"),
    ],
)
def test_is_a_function_of_numpy_found(name, words):
    assert words in names.of_numpy(found(r"'(\w+)'|`(\w+)`", f"'{name}'"), DENSE)


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("list", "shape", "turn the list into an array"),
        ("float", "sum", "turn the float into an array"),
        ("list", "apend", "write `.append`"),
        ("str", "spilt", "write `.split`"),
        ("dict", "W1", '`params["W1"]`'),
        ("tuple", "weights", "it is of type tuple there"),
    ],
)
def test_is_an_attribute_of_a_plain_value_told_by_its_type(kind, name, words):
    assert words in names.of_a_plain_value(found(r"(\w+) (\w+)", f"{kind} {name}"), DENSE)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("dense_backward", "`def dense_backward(dout, X, W):`"),
        ("helper", "each call of `helper`"),
        ("f.<locals>.helper", "each call of `helper`"),
        ("Layer.__init__", "the parameters of its `__init__`"),
    ],
)
def test_is_a_wrong_number_of_arguments_told_by_the_function(function, words):
    assert words in names.arguments(found(r"(.*)\(\)", f"{function}()"), DENSE)


def test_is_a_class_not_given_the_parameters_of_its_driver():
    value = catalogue.question("value_arithmetic")
    assert "`class Value:`" in names.no_function(found("(.*)", ""), value)
