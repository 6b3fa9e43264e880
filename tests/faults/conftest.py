"""A small class, and the gradebook that an undisturbed run gives it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course import directory
from tests.faults.a_class import course_of, grade, rows

COUNT = 14


@dataclass(frozen=True)
class Class:
    """`copy(folder)` makes a course in which nothing is graded; `expected` is its gradebook."""

    copy: Callable[[Path], Path]
    expected: dict[str, list[Any]]


@pytest.fixture(scope="session")
def small_class(released_course, tmp_path_factory) -> Class:
    folder = tmp_path_factory.mktemp("faults")
    untouched = course_of(released_course, folder / "untouched", COUNT)
    undisturbed = Path(shutil.copytree(untouched, folder / "undisturbed"))
    grade(undisturbed)
    expected = rows(directory.load(undisturbed).db_url)
    assert len(expected["submission"]) == COUNT
    return Class(lambda root: Path(shutil.copytree(untouched, root)), expected)
