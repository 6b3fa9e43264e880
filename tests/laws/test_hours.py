"""Does each lesson take the time that it announces, by what there is to read and to write?

One formula for all weeks, in minutes:

    words / 200 + sum over functions (6 + 2 * lines of the solution)
    + 3 for a self-check with its reason + 15 for the question in prose + 2 for an experiment's cell

Words are those of the texts, hints and docstrings. A line of the solution stands for the thinking
behind it: a function of one line takes 8 minutes, one of three lines 12, a synthesis of fifteen 36.
"""

from __future__ import annotations

import re
from functools import cache

import jupytext
import pytest

from autograder.questions import catalogue
from tests.conftest import REPOSITORY

WORDS_A_MINUTE = 200
A_FUNCTION = 6
A_LINE = 2
A_CHOICE = 3
IN_PROSE = 15
AN_EXPERIMENT = 2
OFF_BY = 0.3
"""Hours: what is announced is rounded to half an hour."""

HOURS = {
    "half an hour": 0.5,
    "an hour": 1,
    "one and a half hours": 1.5,
    "two hours": 2,
    "two and a half hours": 2.5,
    "three hours": 3,
    "three and a half hours": 3.5,
    "four hours": 4,
    "seven hours": 7,
}
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "seventeen": 17,
}
_TOLD = re.compile(rf"\b({'|'.join(NUMBERS)})\b(?: \w+)? (?:functions?|class)\b")
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
_DOCSTRING = re.compile(r'"""(.*?)"""', re.DOTALL)
every_week = pytest.mark.parametrize("stem", catalogue.stems())


@cache
def cells(stem: str):
    return jupytext.read(REPOSITORY / "solutions" / f"{stem}.py", fmt="py:percent").cells


def functions(stem: str) -> list[str]:
    """The source of every cell in which a student writes code, choices left out."""
    questions = catalogue.week(stem).questions.values()
    choices = {each.name for each in questions if each.module.endswith(".self_check")}
    answered = [cell for cell in cells(stem) if "solution" in cell.metadata]
    return [cell.source for cell in answered if cell.metadata["solution"] not in choices]


def begun(stem: str) -> int:
    """How many questions have no points yet, as `autograder new question` leaves them."""
    questions = catalogue.week(stem).questions.values()
    return sum(not each.points and not each.module.endswith(".self_check") for each in questions)


def lines(source: str) -> int:
    """The lines of code in a solution."""
    written = "".join(_SOLUTION.findall(source)).splitlines()
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in written)


def words(stem: str) -> int:
    """What a student reads: texts without their solutions, and docstrings."""
    texts = [_SOLUTION.sub("", cell.source) for cell in cells(stem) if cell.cell_type == "markdown"]
    texts += [text for source in functions(stem) for text in _DOCSTRING.findall(source)]
    return sum(len(text.split()) for text in texts)


def hours(stem: str) -> float:
    """The estimate of the formula above."""
    week = catalogue.week(stem)
    choices = sum(each.module.endswith(".self_check") for each in week.questions.values())
    experiments = sum("experiment" in cell.metadata.get("tags", []) for cell in cells(stem))
    minutes = (
        words(stem) / WORDS_A_MINUTE
        + sum(A_FUNCTION + A_LINE * lines(source) for source in functions(stem))
        + A_CHOICE * choices
        + IN_PROSE * len(week.written)
        + AN_EXPERIMENT * experiments
    )
    return minutes / 60


def opening(stem: str) -> str:
    """The line below the title."""
    title, text, *_ = cells(stem)[0].source.split("\n\n")
    assert title.startswith("# Week"), title
    return text


@every_week
def test_does_a_lesson_take_the_hours_that_it_announces(stem):
    announced = re.match(r"About (.*?)\.", opening(stem))
    assert announced and announced[1] in HOURS, f"write `About {' / '.join(HOURS)}.`"
    counted = hours(stem)
    assert abs(HOURS[announced[1]] - counted) <= OFF_BY, f"{stem}: {counted:.2f} hours counted"


@every_week
def test_does_a_lesson_announce_the_functions_that_it_asks_for(stem):
    """In the same line: `You write eight functions`, `seven short functions and one class`."""
    told = sum(NUMBERS[word] for word in _TOLD.findall(opening(stem)))
    asked = len(functions(stem))
    assert told in {asked, asked - begun(stem)}, f"{asked} cells ask for code"
