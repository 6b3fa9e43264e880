"""Does `autograder serve` say what it lacks, and does nothing else need the service?"""

from __future__ import annotations

import subprocess
import sys

from typer.testing import CliRunner

from autograder.cli.main import app

LIBRARIES = ("starlette", "uvicorn", "jwt", "limits", "prometheus_client")


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
