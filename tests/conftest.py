"""Weeks, judges and secrets that many tests share; each is made once in a run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.judging import Judge
from autograder.questions import catalogue, references
from autograder.release import SOLUTIONS, source_notebook

SECRETS = [bytes([number]) * 32 for number in (1, 2, 3)]


@pytest.fixture(scope="session")
def reference_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the hidden cases' reference values of this run are kept."""
    return tmp_path_factory.mktemp("references") / "hidden.npz"


@cache
def source(stem: str) -> Any:
    """A week's notebook with its solutions."""
    return source_notebook(SOLUTIONS / f"{stem}.py", catalogue.week(stem).points_by_name)


@cache
def judge(stem: str, secret: bytes, cache: Path) -> Judge:
    """A week's judge, with public cases and the hidden ones of `secret`."""
    questions = catalogue.week(stem).questions
    public = references.public(questions.values(), stem)
    hidden = references.hidden(questions.values(), secret, cache)
    return Judge(questions, public, hidden, secret)
