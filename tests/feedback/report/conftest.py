"""The graded class that tests of the report share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course import directory
from autograder.course.directory import Course
from tests.feedback.report import a_class


@pytest.fixture(scope="session")
def made_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("courses") / "class"
    a_class.make(root)
    return root


@pytest.fixture
def opened(made_course: Path, tmp_path: Path) -> Course:
    """A copy of the class, for a test that writes into it."""
    return directory.load(Path(shutil.copytree(made_course, tmp_path / "course")))
