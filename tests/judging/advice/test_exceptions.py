"""Does every kind of exception get its own advice, and none another's?"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from autograder.answer import Answer, Status, ask
from autograder.judging.advice.exceptions import next_step
from autograder.questions import catalogue
from tests.judging.advice.faults import OTHERS, SHAPES, function

SNAPSHOT = Path(__file__).parents[1] / "messages" / "exceptions.txt"
ARGUMENTS = {"X": np.ones((7, 5)), "W": np.ones((5, 3))}
DENSE = catalogue.question("dense_backward")


def raised(body: str) -> Answer:
    answer = ask(function(body), ARGUMENTS)
    assert answer.status is Status.RAISED, body
    return answer


@pytest.fixture(scope="module")
def steps() -> dict[str, str]:
    """What each fault gets as its last line."""
    return {name: next_step(raised(body).error, DENSE) for name, body in (SHAPES | OTHERS).items()}


def test_is_the_advice_that_of_the_snapshot(steps):
    text = "".join(f"{name}\n{step}\n\n" for name, step in steps.items())
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text()


def test_are_shapes_mentioned_only_where_they_are_the_matter(steps):
    assert {name for name, step in steps.items() if "shape" in step} - set(SHAPES) <= {
        # An attribute that is called so.
        "shape-of-a-list",
        "misspelled-method",
    }
    assert all("shape" in steps[name] for name in SHAPES)


def test_is_every_step_one_calm_sentence_without_gaps(steps):
    for name, step in steps.items():
        assert re.fullmatch(r"Next: [a-z`].*[^.!?]\.", step), (name, step)
        assert not re.search(r"\{\d\}|\byou forgot\b|  ", step), (name, step)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NameError: name 'x' is not defined. Did you mean: 'X'?", "write `X`"),
        ("NameError: name 'w' is not defined", "write `W`"),
        ("NameError: name 'dput' is not defined", "write `dout`"),
        ("NameError: name 'prnit' is not defined", "write `print`"),
        (
            "NameError: name 'f' is not defined (you define it in cell 3, which raised KeyError)",
            "correct that cell first",
        ),
        (
            "NameError: name 'f' is not defined (it is defined in cell 3, an experiment, "
            "which was not run)",
            "define `f` in the cell above this check",
        ),
        ("NameError: name 'loss_of_mine' is not defined", "check the spelling of `loss_of_mine`"),
        (
            "TypeError: dense_backward() takes 2 positional arguments but 3 were given",
            "begin the function with `def dense_backward(dout, X, W):`",
        ),
        ("TypeError: expected a function, received ndarray", "define it with `def dense_backward("),
        ("IndexError: index 3 is out of bounds for axis 1 with size 3", "from 0 to 2"),
        ("AttributeError: module 'numpy' has no attribute 'float'", "write `float` alone"),
        ("AttributeError: 'Net' object has no attribute 'wieghts'", "spelling of `.wieghts`"),
        (
            "AttributeError: 'Net' object has no attribute 'wieghts'. Did you mean: 'weights'?",
            "write `.weights`",
        ),
        ("ModuleNotFoundError: No module named 'torch'", "do without `torch`"),
    ],
)
def test_does_the_advice_name_what_the_text_names(error, words):
    assert words in next_step(error, DENSE)


@pytest.mark.parametrize(
    ("error", "same_as"),
    [
        ("BrokenPipeError: [Errno 32] Broken pipe", "ConnectionError: lost"),
        ("UnicodeDecodeError: 'utf-8' codec", "UnicodeError: no"),
        ("Mine", "Exception"),
        ("f.<locals>.Mine: {0} {1}", "Exception"),
        ("", "Exception"),
        ("no exception at all", "Exception"),
    ],
)
def test_is_an_exception_of_no_row_treated_as_what_it_is_a_kind_of(error, same_as):
    assert next_step(error, DENSE) == next_step(same_as, DENSE)


def test_does_hostile_text_stay_one_short_line():
    for error in (f"KeyError: {'x' * 300}", "AttributeError: '" + "a.b" * 90 + "' {0} {9}"):
        step = next_step(error, DENSE)
        assert len(step) < 250 and "\n" not in step
