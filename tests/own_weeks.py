"""Courses with weeks of their own, for the tests of whatever takes weeks from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.course import own_weeks

INIT = """\
WEEK = "week16"
TITLE = "Convolution"
PARTS = ("halve",)
"""

QUESTION = '''\
from autograder.questions.define import question


@question(points=10)
def halve(X):
    """Half of X.

    Args:
        X: inputs, shape (N, D), float64.
    """
    return X / 2


@halve.case("typical")
def _(rng):
    return {"X": rng.normal(size=(7, 5))}


@halve.mistake("doubled")
def _(X):
    """Half of X is smaller than X.

    Check: the half of 4 is 2.
    """
    return X * 2


@halve.mistake("not-halved")
def _(X):
    """X itself is returned.

    Check: the half of 4 is 2.
    """
    return X
'''

LESSON = """\
# %% [markdown]
# # Halves

# %% locked="setup"
from autograder import check

# %% solution="halve"
def halve(X):
    ### BEGIN SOLUTION
    return X / 2
    ### END SOLUTION

# %% check="halve"
check("halve")
"""

STEM = "week16_convolution"


def write_week(weeks: Path, stem: str = STEM, **files: str) -> Path:
    """Write a small week into a course's folder of weeks.

    Args:
        weeks: the folder of weeks.
        stem: the week's folder.
        files: texts in place of the week's own, by name without `.py`.
    """
    folder = weeks / stem
    folder.mkdir(parents=True, exist_ok=True)
    init = INIT.replace("week16", stem[:6])
    texts = {"__init__": init, "halve": QUESTION, "lesson": LESSON} | files
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def newer_package(monkeypatch: Any) -> dict[str, bytes | None]:
    """Make the package a newer one wherever a week is copied from it or upgraded.

    Returns:
        The files of its weeks that are others now, for the caller to fill; None for one that is
        gone.
    """
    shipped = own_weeks.shipped_files
    changed: dict[str, bytes | None] = {}

    def shipped_now(stem: str, command: str) -> dict[str, bytes]:
        files = {**shipped(stem, command), **changed}
        return {name: content for name, content in files.items() if content is not None}

    monkeypatch.setattr(own_weeks, "shipped_files", shipped_now)
    return changed
