"""Does `autograder` start, and say what a student's light install lacks?"""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_does_the_module_run_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert all(each in done.stdout for each in ("init", "grade", "report", "doctor"))


@pytest.mark.parametrize("missing", ["rich", "typer"])
def test_is_a_missing_extra_one_line_with_the_next_step(missing):
    done = run(
        f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['autograder', 'doctor']\n"
        "from autograder.__main__ import main; main()"
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    assert f"needs {missing}, which is not installed" in done.stderr
    assert "`grading` extra" in done.stderr


def test_is_another_failed_import_no_missing_extra():
    """Is a fault of ours shown as one, and not as an install that lacks something?"""
    done = run(
        "import autograder.light_imports as light\n"
        "def broken(): raise ImportError('ours')\n"
        "light.loading = broken\n"
        "from autograder.__main__ import main; main()"
    )
    assert done.returncode == 1 and "ImportError: ours" in done.stderr
