"""A tiny week, and a course that has released it: made once, copied for every test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from autograder.course.directory import Course, init, load
from autograder.release.generate import make_assignment, release

LESSON = '''\
# %% [markdown]
# # Bends

# %% locked="setup"
import numpy as np

from autograder import check

# %% [markdown]
# ## ReLU

# %% solution="relu"
def relu(z):
    """max(z, 0), elementwise."""
    ### BEGIN SOLUTION
    return np.maximum(z, 0)
    ### END SOLUTION

# %% [markdown]
# A hint.

# %% check="relu"
check("relu")

# %% tags=["experiment"]
print("a picture")

# %% solution="best_bend"
# One of "a" and "b".
### BEGIN SOLUTION
best_bend = "b"
### END SOLUTION

# %% check="best_bend"
check("best_bend")

# %% [markdown] written="why_bends"
# Why does a network need bends?
#
# ### BEGIN SOLUTION
# Without them it is one linear map.
# ### END SOLUTION
'''

POINTS = {"relu": 4.0, "best_bend": 2.5, "why_bends": 10.0}


TINY_WEEK: Any = SimpleNamespace(
    name="week99",
    stem="week99_bends",
    points_by_name=POINTS,
    answer_cells={},
    questions={},
    own=False,
)


def write_lesson(repository: Path, text: str = LESSON) -> Path:
    """Write the tiny week's lesson; the folder of solutions that holds it."""
    folder = repository / "solutions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{TINY_WEEK.stem}.py").write_text(text, encoding="utf-8")
    return folder


@cache
def _released_course() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="autograder-tests-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = init(folder / "nn-2026")
    release(made, TINY_WEEK, write_lesson(folder))
    return made.root


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of the test's own that has released the tiny week."""
    return load(Path(shutil.copytree(_released_course(), tmp_path / "course")))


def release_tiny_week(repository: Path) -> Any:
    """What students receive of the tiny week, without a course."""
    write_lesson(repository)
    return nbformat.read(make_assignment(repository, TINY_WEEK), as_version=4)
