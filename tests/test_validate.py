"""Do nbgrader's own commands work on the notebooks, without our preprocessors?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import source

STEM = "week02_bends"

pytestmark = pytest.mark.slow


def validate(path: Path) -> str:
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    command = [scripts / "nbgrader", "validate", path]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    return result.stdout + result.stderr


@pytest.mark.beyond_sample
def test_does_nbgrader_validate_pass_the_solution_without_a_complaint(tmp_path):
    path = tmp_path / f"{STEM}.ipynb"
    nbformat.write(source(STEM), path)
    said = validate(path)
    assert "Success! Your notebook passes all the tests." in said
    assert "cannot be converted" not in said


@pytest.mark.beyond_sample
def test_does_nbgrader_validate_show_our_message_for_a_mistake(tmp_path):
    notebook = nbformat.from_dict(source(STEM))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "solution-relu":
            cell.source = "def relu(z):\n    return np.abs(z)"
    path = tmp_path / f"{STEM}.ipynb"
    nbformat.write(notebook, path)
    said = validate(path)
    assert "relu · 0 of 3 public cases · relu-absolute-value" in said
    assert said.count("The following cell failed") == 1
