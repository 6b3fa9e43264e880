"""Can a function be executed by itself, without the module that it stands in?"""

from __future__ import annotations

import math
from statistics import NormalDist
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder import questions
from autograder.errors import QuestionError
from autograder.release.student_package.standalone import standalone

WEEK = f"{questions.__name__}.week77_made"
LIMIT = {"most": (3, 0.5)}
UNWRITTEN = object()


def twice(value: float) -> float:
    return 2 * value


def unused_secret(value: float) -> float:
    return value


def measure(value: Any, size: int) -> Any:
    """The docstring says unused_secret."""

    def inner() -> float:
        return math.floor(twice(value)) + LIMIT["most"][1] + NormalDist().cdf(0)

    return np.asarray(inner() * size).unused_secret if size < 0 else inner() * size


def careless(value: Any) -> Any:
    return value is UNWRITTEN


@pytest.fixture(autouse=True)
def of_a_week(monkeypatch):
    """Let the functions above be those of a week."""
    for each in (twice, unused_secret, measure, careless):
        monkeypatch.setattr(each, "__module__", WEEK)


def test_does_the_source_give_what_the_function_gives():
    namespace: dict[str, Any] = {}
    exec(standalone(measure, "measured"), namespace)
    assert namespace["measured"](1.3, 2) == measure(1.3, 2) == 6.0


def test_is_only_what_it_uses_in_the_source():
    """An attribute, or a word of the docstring, is not a function of the same name."""
    source = standalone(measure, "measured")
    assert "def twice" in source and "import math" in source
    assert "def unused_secret" not in source and "docstring" not in source


def test_is_an_object_refused_that_cannot_be_written():
    with pytest.raises(QuestionError, match="uses UNWRITTEN, a object"):
        standalone(careless, "measure")


def test_is_a_module_of_questions_refused(monkeypatch):
    monkeypatch.setitem(globals(), "math", ModuleType(f"{WEEK}.formulas"))
    with pytest.raises(QuestionError, match="holds references"):
        standalone(measure, "measure")
