"""Does `nnfs` check a notebook from top to bottom, and explain a mistake?"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder.cli import nnfs

SETUP = "import numpy as np\nfrom autograder import check"
RELU = "def relu(z):\n    return np.maximum(z, 0)"


def write(path, *cells, ran=True):
    kept = [
        {"cell_type": "code", "source": each, "execution_count": 1 if ran else None}
        for each in cells
    ]
    path.write_text(json.dumps({"cells": kept}), encoding="utf-8")
    return path


def run(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-c", "from autograder.cli.nnfs import run; run()", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
    )


@pytest.mark.slow
def test_is_a_complete_notebook_complete(tmp_path):
    """Wherever it is called from; a notebook reads the files that lie beside it."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "slope.txt").write_text("1")
    reads = "%matplotlib inline\nprint(open('slope.txt').read())"
    hands_in = "from autograder import submit\nassert submit() is None, 'tried is not handed in'"
    path = write(tmp_path / "sub" / "mine.ipynb", SETUP, reads, RELU, 'check("relu")', hands_in)
    done = run("check", path, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == (
        "mine.ipynb: 1 of 1 questions are right.\n"
        "Nothing is missing; hidden cases count when you hand in.\n"
    )


@pytest.mark.slow
def test_is_what_only_a_deleted_cell_defined_found(tmp_path):
    """It runs where nothing is left of earlier runs."""
    wrong = "def tanh(z):\n    return np.tanh(z / 2)"
    cells = [SETUP, RELU + " * slope", 'check("relu")', wrong, 'check("tanh")', "slope + 1"]
    done = run("check", write(tmp_path / "mine.ipynb", *cells, ran=False), cwd=tmp_path)
    assert done.returncode == nnfs.INCOMPLETE
    assert "NameError: name 'slope' is not defined" in done.stdout
    assert "  tanh: tanh-half-argument" in done.stdout
    assert "code cell 6: NameError" in done.stdout and "Cells that have not run:" in done.stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be opened"),
        ("{}", "which is none; save it as .ipynb"),
        ('{"cells": []}', "which has no check"),
    ],
)
def test_is_another_file_told(content, told, tmp_path, capsys):
    path = tmp_path / "mine.ipynb"
    if content is not None:
        path.write_text(content)
    assert nnfs.main(["check", str(path)]) == nnfs.FAILED
    said = capsys.readouterr().err
    assert said.startswith("nnfs: ") and told in said


def test_is_a_mistake_explained_or_a_similar_one_named(capsys):
    assert nnfs.main(["explain", "tanh-half-argument"]) == 0
    assert capsys.readouterr().out.startswith("# tanh-half-argument")
    assert nnfs.main(["explain", "tanh-half"]) == nnfs.FAILED
    assert "tanh-half-argument" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["check"]])
def test_is_wrong_usage_told(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        nnfs.main(arguments)
    assert ended.value.code == 2 and "usage: nnfs" in capsys.readouterr().err


def test_does_it_say_what_it_can_do(capsys):
    with pytest.raises(SystemExit):
        nnfs.main(["--help"])
    said = capsys.readouterr().out
    assert "check" in said and "explain" in said and "list what is missing" in said
