"""What many tests share: the lessons, and judges with reference values on several secrets."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from autograder.course import directory
from autograder.grading.assignment import load_assignment
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.release import generate
from autograder.release.lesson import source_notebook
from autograder.sandbox.mounts import isolation_available

REPOSITORY = Path(__file__).resolve().parent.parent
# Set by `make test-all`: every law on three secrets in place of one, thousands of random examples
# and faults in place of a few.
EXHAUSTIVE = bool(os.environ.get("EXHAUSTIVE"))
SECRETS = (b"first secret", b"second secret", b"third secret")

# The same random examples in every run, so that a failure is a change's and can be repeated.
settings.register_profile("usual", derandomize=not EXHAUSTIVE, database=None, deadline=None)
settings.load_profile("usual")

# Readline, which pytest loads, leaves them to the processes that tests run in; a console that is
# made there would take them for its own, and no test could give it another width.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)


# What needs one of these starts a sandbox, or needs reference values and so Keras, which takes
# seconds to import.
SLOW_FIXTURES = {"reference_cache", "released_course", "sandbox", "walled"}
KERAS = pytest.StashKey[bool]()
"""Whether Keras was there before a test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--few",
        type=int,
        metavar="N",
        help="of a test with many parameters try N, from the first to the last",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what needs a slow fixture out of `make check`, and the rest of a sample out of both.

    Who names a test or a question with `-k` gets all of it, sampled or not.
    """
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    if EXHAUSTIVE or config.getoption("keyword"):
        return
    kept = [item for item in items if not item.get_closest_marker("beyond_sample")]
    if few := config.getoption("few"):
        kept = few_of_each(kept, few)
    ids = set(map(id, kept))
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in ids])
    items[:] = kept


def few_of_each(items: list[pytest.Item], few: int) -> list[pytest.Item]:
    """The items, but of each test function at most so many, evenly from its first to its last."""
    by_function: dict[str, list[pytest.Item]] = {}
    for item in items:
        by_function.setdefault(item.nodeid.partition("[")[0], []).append(item)
    kept: set[int] = set()
    for same in by_function.values():
        places = np.linspace(0, len(same) - 1, min(few, len(same)))
        kept |= {id(same[round(place)]) for place in places}
    return [item for item in items if id(item) in kept]


def one_in(size: int, of: Sequence[Any], by: Callable[[Any], Hashable]) -> list[Any]:
    """Parameters of which `make test` tries one group in so many, and `make test-all` all.

    Args:
        size: how many groups there are for each that is tried.
        of: the parameters, as `pytest.mark.parametrize` takes them.
        by: what a parameter belongs to, such as its question; a group stays together.
    """
    places = {group: place for place, group in enumerate(dict.fromkeys(map(by, of)))}
    beyond = pytest.mark.beyond_sample
    return [pytest.param(*each, marks=beyond if places[by(each)] % size else ()) for each in of]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `bubblewrap` where it cannot be used; say nbgrader's version at once."""
    item.stash[KERAS] = "tensorflow" in sys.modules
    if item.get_closest_marker("bubblewrap") and (reason := isolation_available()) != "bubblewrap":
        pytest.skip(reason)
    # Whenever a gradebook is made, nbgrader starts a process for three seconds, which says which
    # version its tables are.
    if api := sys.modules.get("nbgrader.api"):
        api.get_alembic_version = version_of_tables


@cache
def version_of_tables() -> str:
    """The version of the tables that nbgrader makes, as Alembic knows it."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Undo what a command that ran in this process froze; refuse Keras in `make check`.

    The process of a command ends soon, as a rule; this one has tests to come that look for
    functions among what the garbage collector tracks.
    """
    gc.unfreeze()
    imported = "tensorflow" in sys.modules and not item.stash[KERAS]
    if imported and not item.get_closest_marker("slow"):
        pytest.fail("it imports Keras, which takes seconds: mark it slow", pytrace=False)


@cache
def source(stem: str) -> Any:
    """The lesson of a week as a notebook with its solutions."""
    week = catalogue.week(stem)
    script = REPOSITORY / "solutions" / f"{stem}.py"
    return source_notebook(script, week.points_by_name, week.answer_cells)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Let one of the processes that run tests make this file or folder, and the others wait."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def hidden_values(stem: str, secret: bytes, folder: Path) -> Path:
    """The file of a week's reference values on this secret's hidden cases; computed once."""
    path = folder / f"{stem}-{secret.hex()}.npz"
    with one_at_a_time(path):
        references.hidden(catalogue.week(stem).questions.values(), secret, path)
    return path


@cache
def judge(stem: str, secret: bytes, folder: Path) -> Judge:
    """A judge of a week whose hidden cases come from `secret`."""
    questions = catalogue.week(stem).questions
    hidden = references.hidden(questions.values(), secret, hidden_values(stem, secret, folder))
    return Judge(questions, references.public(questions.values(), stem), hidden, secret)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test run, the same for all its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def reference_cache(shared: Path) -> Path:
    """Where reference values are kept; `hidden_values` computes those of a week."""
    folder = shared / "references"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def released_course(shared: Path) -> Path:
    """A course in which week 06 is released and its hidden reference values are computed.

    All processes share it: a test that writes into it takes `fresh_course`.
    """
    root = shared / "released"
    with one_at_a_time(root):
        if not root.with_suffix(".made").exists():
            shutil.rmtree(root, ignore_errors=True)
            opened = directory.init(root)
            generate.release(opened, catalogue.week("week06"))
            assert load_assignment(opened, "week06").judge
            root.with_suffix(".made").touch()
    return root


@pytest.fixture
def fresh_course(released_course: Path, tmp_path: Path) -> Path:
    """The same, copied, for a test that writes into it."""
    return Path(shutil.copytree(released_course, tmp_path / "course"))
