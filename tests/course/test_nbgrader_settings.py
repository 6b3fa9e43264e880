"""Is the text of nbgrader_config.py what nbgrader can load, and does every step in it exist?"""

from __future__ import annotations

import importlib

import pytest

from autograder.course.directory import CONFIG_FILE, read_config
from autograder.course.nbgrader_settings import configuration

URL = "postgresql+psycopg://grader@db.example.org/nn"


@pytest.mark.parametrize("url", ["", URL])
def test_does_nbgrader_load_it_with_steps_that_exist(tmp_path, url):
    (tmp_path / CONFIG_FILE).write_text(configuration("it's nn", url))
    config = read_config(tmp_path)
    assert config.CourseDirectory.course_id == "it's nn"
    assert (config.CourseDirectory.get("db_url") or "") == url
    steps = [
        *config.GenerateAssignment.preprocessors,
        *config.Autograde.sanitize_preprocessors,
        *config.Autograde.autograde_preprocessors,
        *config.GenerateFeedback.preprocessors,
        config.Autograde.exporter_class,
    ]
    for step in steps:
        module, _, name = step.rpartition(".")
        assert hasattr(importlib.import_module(module), name), step
