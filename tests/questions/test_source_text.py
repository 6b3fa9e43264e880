"""Is a function's source what can be read, executed by itself, and used as a key?"""

from __future__ import annotations

from functools import wraps
from typing import Any

import pytest

from autograder.errors import QuestionError
from autograder.questions import source_text


def first(x):
    return second(x)


def second(x):
    def inner():
        return third(x)

    return inner


def third(x):
    """Calls itself, too."""
    return x or third(x)


def decorated(function):
    @wraps(function)
    def call(*arguments):
        return function(*arguments)

    return call


def test_is_the_body_shown_without_its_docstring():
    assert source_text.body(third) == "return x or third(x)"


def test_is_a_function_that_only_has_a_docstring_empty():
    def nothing():
        """Only this."""

    assert source_text.body(nothing) == ""


def test_can_a_class_be_shown():
    class Wrong:
        """Something wrong."""

        answer = 41

    assert source_text.body(Wrong) == "answer = 41"


def test_is_a_lambda_refused():
    with pytest.raises(QuestionError, match="expected a function or a class"):
        source_text.body(lambda x: x)


def test_can_a_function_be_executed_where_its_types_are_unknown():
    @decorated
    def doubled(x: Any, *, more: Any = 1) -> Any:
        """Twice x."""

        def twice(y: Any) -> Any:
            return 2 * y * more

        return twice(x)

    text = source_text.executable(doubled, "drive")
    assert "Any" not in text and "Twice" not in text and "@" not in text
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    assert namespace["drive"](3, more=2) == 12


def test_are_called_functions_found_through_others_and_once():
    assert source_text.called_functions([first]) == [second, third]
    assert source_text.called_functions([first, third]) == [second]


def test_does_a_definition_leave_out_what_computes_nothing():
    @decorated
    def documented(x):
        """Changes nothing.

        Nor does this.
        """
        return x  # as written

    def plain(x):
        return x  # as written

    assert source_text.definition(documented.__wrapped__) == source_text.definition(plain).replace(
        "plain", "documented"
    )
    assert source_text.definition(third) == "def third(x):\n    return x or third(x)"
    assert "lambda x: x" in source_text.definition(lambda x: x)
