"""Is a function asked fairly, and its answer reduced to arrays?"""

from __future__ import annotations

import math
import sys
import warnings

import numpy as np
import pytest

from autograder.answer import MISSING, Status, ask, conditions_met

as_in_jupyter = pytest.mark.filterwarnings("default:.* encountered:RuntimeWarning")

X = {"x": np.array([1.0, -2.0, 3.0])}


def in_place(x):
    x[x < 0] = 0
    return x


def overflowing(x):
    return np.exp(1000 * x)


def stub(x):
    raise NotImplementedError


def failing(x):
    return x @ np.ones((5, 5))


def test_is_a_changed_argument_noticed_and_the_next_call_spared():
    assert ask(in_place, X).changed == ("x",)
    assert X["x"][1] == -2.0


@as_in_jupyter
def test_is_an_escaping_overflow_noticed_every_time():
    assert [ask(overflowing, X).warned for _ in range(3)] == [("overflow in exp",)] * 3
    assert ask(overflowing, X, watch=conditions_met).warned == ("overflow",)


SILENCED = {
    "seterr": "np.seterr(all='ignore')\ndef f(x): return np.exp(1000 * x)",
    "seterr of one kind": "np.seterr(over='ignore')\ndef f(x): return np.exp(1000 * x)",
    "seterr inside": "def f(x):\n    np.seterr(over='ignore')\n    return np.exp(1000 * x)",
    "errstate": "def f(x):\n    with np.errstate(over='ignore'):\n        return np.exp(1000 * x)",
    "errstate above": "@np.errstate(all='ignore')\ndef f(x): return np.exp(1000 * x)",
    "a call": "np.seterr(all='call'); np.seterrcall(print)\ndef f(x): return np.exp(1000 * x)",
    "filter": "warnings.filterwarnings('ignore')\ndef f(x): return np.exp(1000 * x)",
    "filter of a category": """
warnings.simplefilter('ignore', RuntimeWarning)
def f(x): return np.exp(1000 * x)""",
    "filter of a message": """
warnings.filterwarnings('ignore', message='overflow encountered')
def f(x): return np.exp(1000 * x)""",
    "filter inside": """
def f(x):
    warnings.filterwarnings('ignore')
    return np.exp(1000 * x)""",
    "catch_warnings": """
def f(x):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return np.exp(1000 * x)""",
    "catch_warnings that records": """
def f(x):
    with warnings.catch_warnings(record=True):
        return np.exp(1000 * x)""",
    "an exception of the filter": """
warnings.simplefilter('error')
def f(x):
    try:
        return np.exp(1000 * x)
    except RuntimeWarning:
        return np.where(x > 0, np.inf, 0)""",
    "an exception of NumPy": """
np.seterr(all='raise')
def f(x):
    try:
        return np.exp(1000 * x)
    except FloatingPointError:
        return np.where(x > 0, np.inf, 0)""",
    "an exception of Python": """
def one(x):
    try:
        return math.exp(1000 * x)
    except OverflowError:
        return np.inf
def f(x): return np.array([one(each) for each in x])""",
    "an exception of Python in vectorize": """
def one(x):
    try:
        return math.exp(1000 * x)
    except OverflowError:
        return np.inf
f = np.vectorize(one, otypes=[float])""",
}


@as_in_jupyter
@pytest.mark.parametrize("source", SILENCED.values(), ids=SILENCED)
def test_do_the_settings_of_the_notebook_count(source):
    """In the way it says what NumPy may warn of, in every case and for no other function."""
    notebook = {"np": np, "math": math, "warnings": warnings}
    with np.errstate(), warnings.catch_warnings():
        exec(source, notebook)
        for _ in range(2):
            answer = ask(notebook["f"], X)
            assert answer.status is Status.RETURNED
            assert answer.warned == ()
            np.testing.assert_array_equal(answer.value, [np.inf, 0.0, np.inf])
    assert ask(overflowing, X).warned == ("overflow in exp",)


@as_in_jupyter
def test_does_a_setting_inside_a_function_end_with_the_call():
    def sets(x):
        np.seterr(all="ignore")
        warnings.simplefilter("ignore")
        return x

    ask(sets, X)
    assert ask(overflowing, X).warned == ("overflow in exp",)


@as_in_jupyter
def test_is_an_exception_that_the_notebook_asked_for_its_own():
    with np.errstate(all="raise"):
        answer = ask(overflowing, X)
        assert answer.error == "FloatingPointError: overflow encountered in exp"
        # To lose what is too small to be seen is what a right formula often does.
        assert not ask(lambda x: np.exp(-800 * np.abs(x)), X).value.any()
    with np.errstate(all="warn"):
        assert ask(lambda x: np.exp(-800 * np.abs(x)), X).warned == ()


@as_in_jupyter
def test_is_a_warning_that_numpy_did_not_give_no_answer():
    def talkative(x):
        warnings.warn("in the beginning: overflow encountered", RuntimeWarning, stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return x

    assert ask(talkative, X).warned == ()


@pytest.mark.parametrize("target", [stub, lambda x: None, lambda x: ..., None, ...])
def test_is_an_unwritten_answer_not_attempted(target):
    assert ask(target, X).status is Status.NOT_ATTEMPTED


def test_does_a_failure_name_the_exception_and_the_line():
    answer = ask(failing, X)
    assert answer.status is Status.RAISED
    assert answer.error.startswith("ValueError: matmul")
    assert "x @ np.ones((5, 5))" in answer.line


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("x @ weihgts", "NameError: name 'weihgts' is not defined. Did you mean: 'weights'?"),
        (
            "x.shpae",
            "AttributeError: 'numpy.ndarray' object has no attribute 'shpae'. Did you mean",
        ),
        ("unlike_any", "NameError: name 'unlike_any' is not defined"),
        ("np.float", "AttributeError: module 'numpy' has no attribute 'float'."),
        ("np.testing.assert_equal(1, 2)", "AssertionError: Items are not equal:"),
        ("exec('x = 1\\nx ==')", "SyntaxError: invalid syntax (line 2: `x ==`)"),
    ],
)
def test_does_the_error_say_what_helps_to_find_its_cause(source, error):
    namespace = {"np": np, "weights": X}
    exec(f"def f(x):\n    return {source}", namespace)
    told = ask(namespace["f"], X).error
    assert told.startswith(error) and "\n" not in told
    assert ("Did you mean" in told) == ("Did you mean" in error)


class Silent:
    def __dir__(self):
        raise KeyError


@pytest.mark.parametrize(
    "error", [NameError("no", name=7), AttributeError("no", name="x", obj=Silent())]
)
def test_is_an_error_with_hostile_attributes_no_failure_of_the_grader(error):
    def hostile(x):
        raise error

    assert ask(hostile, X).error == f"{type(error).__name__}: no"


def test_is_exit_a_failure_of_the_function_alone():
    assert ask(lambda x: exit(), X).status is Status.RAISED


def test_is_a_name_that_is_not_there_missing():
    assert ask(MISSING, X).status is Status.MISSING


def test_is_a_variable_its_own_answer():
    assert ask("b", {}).value == "b"
    assert ask(0.25, {}).value == 0.25


def test_does_a_driver_receive_the_target_first():
    assert ask(np.sum, X, lambda target, x: target(x) + 1).value == 3.0


def test_is_an_endless_structure_refused():
    endless: list[object] = []
    endless.append(endless)
    assert ask(lambda x: endless, X).status is Status.RAISED


@pytest.mark.parametrize(
    "parts",
    [
        lambda x: (part for part in (x + 1, x + 2)),
        lambda x: map(np.copy, (x + 1, x + 2)),
        lambda x: zip(x + 1, x + 2, strict=True),
    ],
)
def test_can_a_driver_read_a_generator_twice(parts):
    def drive(target, x):
        answer = target(x)
        return [*answer, *answer]

    expected = [*parts(X["x"])] * 2
    answer = ask(parts, X, drive)
    assert np.array_equal(np.array(answer.value), np.array(expected))


def test_does_a_driver_receive_a_class_as_it_is():
    class Value:
        made = 3

    assert ask(Value, X, lambda target, x: target.made).value == 3


@as_in_jupyter
def test_is_an_overflow_that_was_caught_as_an_exception_no_warning():
    """`math.exp` raises OverflowError, and leaves a flag of which `np.vectorize` warns."""

    def logistic(x):
        try:
            return 1 / (1 + math.exp(-x))
        except OverflowError:
            return 0.0

    assert ask(np.vectorize(logistic), {"x": np.array([-1000.0, 0.0])}).warned == ()
    assert ask(np.vectorize(np.exp), {"x": np.array([1000.0])}).warned == ("overflow in exp",)


def test_does_a_missing_name_raise_only_once_where_nothing_can_be_imported(monkeypatch):
    """A submission may have opened so many files that the look for a like name fails."""
    monkeypatch.setitem(sys.modules, "difflib", None)
    answer = ask(lambda x: no_such_name, X)  # noqa: F821
    assert answer.status is Status.RAISED and "no_such_name" in answer.error
