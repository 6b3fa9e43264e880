"""A course, empty and with its class."""

from __future__ import annotations

import pytest

from autograder.course.directory import Course
from tests.intake.collect.difficult_class import CLASS, enrol
from tests.tiny_course import course  # noqa: F401


@pytest.fixture
def full(course) -> Course:  # noqa: F811
    enrol(course, CLASS)
    return course
