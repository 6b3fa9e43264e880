"""What many tests share: the lessons, and judges with reference values on several secrets."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.course import directory
from autograder.grading.assignment import load_assignment
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.release import generate
from autograder.release.generate import source_notebook
from autograder.sandbox.mounts import isolation_available

REPOSITORY = Path(__file__).resolve().parent.parent
# Set by `make test-all`: every law on three secrets in place of one, thousands of random examples
# and faults in place of a few.
EXHAUSTIVE = bool(os.environ.get("EXHAUSTIVE"))
SECRETS = (b"first secret", b"second secret", b"third secret")

# Readline, which pytest loads, leaves them to the processes that tests run in; a console that is
# made there would take them for its own, and no test could give it another width.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `bubblewrap` where it cannot be used, and say why."""
    if item.get_closest_marker("bubblewrap") and (reason := isolation_available()) != "bubblewrap":
        pytest.skip(reason)


@cache
def source(stem: str) -> Any:
    """The lesson of a week as a notebook with its solutions."""
    week = catalogue.week(stem)
    script = REPOSITORY / "solutions" / f"{stem}.py"
    return source_notebook(script, week.points_by_name, week.answer_cells)


@cache
def judge(stem: str, secret: bytes, folder: Path) -> Judge:
    """A judge of a week whose hidden cases come from `secret`."""
    questions = catalogue.week(stem).questions
    cache_file = folder / f"{stem}-{secret.hex()}.npz"
    hidden = references.hidden(questions.values(), secret, cache_file)
    return Judge(questions, references.public(questions.values(), stem), hidden, secret)


@pytest.fixture(scope="session")
def reference_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("references")


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which week 06 is released and its hidden reference values are computed."""
    root = tmp_path_factory.mktemp("courses") / "released"
    opened = directory.init(root)
    generate.release(opened, catalogue.week("week06"))
    load_assignment(opened, "week06")
    return root


@pytest.fixture
def fresh_course(released_course: Path, tmp_path: Path) -> Path:
    """The same, copied, for a test that writes into it."""
    return Path(shutil.copytree(released_course, tmp_path / "course"))
