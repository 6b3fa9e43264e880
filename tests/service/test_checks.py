"""Is only taken what can be graded, and does the student read why not?"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autograder.course.service_settings import ServiceSettings
from autograder.errors import UnreadableNotebook
from autograder.service.checks import refuse_unusable
from tests.tiny_course import TINY_WEEK, course  # noqa: F401


def notebook(source="x = 1", **more):
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": [cell], **more}).encode()


@pytest.mark.slow
def test_is_a_notebook_taken(course):  # noqa: F811
    released = course.notebook("release", TINY_WEEK.stem).read_bytes()
    refuse_unusable(course, TINY_WEEK.stem, released)
    refuse_unusable(course, TINY_WEEK.stem, notebook())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty. Next: save the notebook"),
        (b"%PDF-1.7", "PDF"),
        (b"[]", "not a notebook"),
        (notebook(""), "The notebook is empty"),
        (b"\x00" * 100, ""),
    ],
)
def test_is_anything_else_refused_with_a_sentence(course, content, told):  # noqa: F811
    with pytest.raises(UnreadableNotebook) as error:
        refuse_unusable(course, TINY_WEEK.stem, content)
    assert told in str(error.value)


def test_is_a_file_refused_that_is_larger_than_the_course_takes(course):  # noqa: F811
    settings = replace(course.settings, service=ServiceSettings(largest_mb=1))
    small = replace(course, settings=settings)
    with pytest.raises(UnreadableNotebook, match="at most 1 MB are read"):
        refuse_unusable(small, TINY_WEEK.stem, notebook("x" * 2**20))
