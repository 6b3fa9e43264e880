"""Does `autograder serve` say what it lacks, and does nothing else need the service?"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from autograder.cli.main import app
from autograder.course.service_settings import ServiceSettings
from autograder.course.settings import FILE, read_settings
from autograder.service.metrics import Metrics
from tests.service.conftest import engine

__all__ = ["engine"]

LIBRARIES = ("starlette", "uvicorn", "jwt", "limits", "prometheus_client")


@pytest.mark.slow
def test_is_the_extra_named_that_is_missing():
    code = f"""
import sys
from autograder.cli.serve import serve
for name in {LIBRARIES}:
    sys.modules[name] = None
    try:
        serve()
    except Exception as error:
        print(f"{{type(error).__name__}} {{name in str(error)}} {{error}}")
    for each in [name, *sys.modules]:
        if each.startswith((name, "autograder.service", "autograder.lms.lti")):
            sys.modules.pop(each, None)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    lines = found.stdout.splitlines()
    assert len(lines) == len(LIBRARIES), found.stderr
    for line in lines:
        assert line.startswith("CourseError True"), line
        assert "extras `grading,serve`" in line


@pytest.mark.slow
def test_does_no_other_command_load_the_service():
    code = (
        "import sys, autograder.cli.main, autograder.grading.grade_class; "
        f"print([name for name in {LIBRARIES} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr


def test_is_it_in_the_help():
    result = CliRunner().invoke(app, ["serve", "--help"])
    assert "Let students submit from the LMS" in result.output


GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "lti.md").read_text(encoding="utf-8")


def test_are_the_settings_of_the_guide_read(tmp_path):
    (text,) = re.findall(r"```toml\n(\[service\]\n.*?)```", GUIDE, re.DOTALL)
    (tmp_path / FILE).write_text(text)
    found = read_settings(tmp_path).service
    assert (found.address, found.attempts) == ("https://nn.example.edu", 10)
    assert set(text.split()) >= {each.name for each in fields(ServiceSettings)}


def test_is_every_command_of_the_guide_one_of_the_programs():
    commands = typer.main.get_command(app).commands
    for name, sub in re.findall(r"(?<!from )autograder ([a-z-]+)(?: ([a-z-]+))?", GUIDE):
        assert name in commands, name
        if name == "lti" and sub:
            assert sub in commands["lti"].commands, sub


def test_names_the_guide_every_metric_that_it_warns_of(engine):  # noqa: F811
    known = Metrics(engine).text().decode()
    for name in re.findall(r"autograder_[a-z_]+", GUIDE):
        assert name in known
