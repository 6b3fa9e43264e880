"""Does each lesson ask for guesses before its experiments, and end with what to read?"""

from __future__ import annotations

import ast
import re
from functools import cache

import jupytext
import pytest

from autograder.questions import catalogue
from tests.conftest import REPOSITORY

WITH_EXPERIMENTS = [stem for stem in catalogue.stems() if stem != "week00_start"]
COMPANIONS = ("3Blue1Brown", "Nielsen", "Karpathy", "CS231n")
every_week = pytest.mark.parametrize("stem", catalogue.stems())


@cache
def cells(stem: str):
    return jupytext.read(REPOSITORY / "solutions" / f"{stem}.py", fmt="py:percent").cells


def guesses(source: str) -> list[str]:
    """The names that a cell leaves to the student's guess."""
    targets = [
        target.id
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
    return [name for name in targets if name.startswith("guessed_")]


@pytest.mark.parametrize("stem", WITH_EXPERIMENTS)
def test_is_a_guess_asked_for_and_shown_beside_the_result(stem):
    code = [cell for cell in cells(stem) if cell.cell_type == "code"]
    found = 0
    for place, cell in enumerate(code):
        for name in guesses(cell.source):
            found += 1
            assert cell.metadata.get("tags") == ["experiment"], name
            values = ast.walk(ast.parse(cell.source))
            assert any(isinstance(each, ast.Constant) and each.value is None for each in values)
            later = "\n".join(after.source for after in code[place + 1 :])
            assert re.search(rf"\b{name}\b", later), f"no cell shows {name} beside a result"
    assert found >= 3, found
    assert any("**Predict, then run" in cell.source for cell in cells(stem))


@every_week
def test_ends_a_lesson_with_what_to_read(stem):
    """Papers by name, and the part of one of the course's companions that fits."""
    last = cells(stem)[-1].source.partition("## To read on")[2]
    listed = [line for line in last.splitlines() if line.startswith("- ")]
    assert 3 <= len(listed) <= 8, listed
    assert any(name in last for name in COMPANIONS)
    assert "##" not in last
