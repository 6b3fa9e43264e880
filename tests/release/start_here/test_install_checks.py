"""Does a notebook's first cell install the course's own file, whatever is there, and only that?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.release.start_here.first_cell import source
from tests.release.start_here import environments

LIBRARIES = ("numpy", "matplotlib", "sklearn")
OLD, NEW = "0.1.0.post9", "0.1.0.post10"
DONE = "Your answers can be checked now."


@pytest.fixture
def python(tmp_path: Path) -> Path:
    made = environments.bare(tmp_path / "nn")
    environments.pretend(made, *LIBRARIES)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "week06"
    made.mkdir()
    return made


def run(python: Path, folder: Path, before: str = "", link: str = "", **variables: str) -> Any:
    """Run the cell, and then what the next cell imports."""
    code = f"{before}\n{source(link)}\nfrom autograder import check\nprint(check())"
    environment = {"PATH": "/usr/bin:/bin", **variables}
    return subprocess.run(
        [python, "-c", code], cwd=folder, env=environment, capture_output=True, text=True
    )


def said(*arguments: Any, **given: Any) -> list[str]:
    done = run(*arguments, **given)
    assert not done.returncode, done.stderr
    return done.stdout.splitlines()


def refused(*arguments: Any, **given: Any) -> str:
    done = run(*arguments, **given)
    assert "ImportError" in done.stderr
    return str(done.stderr)


def test_is_the_file_beside_the_notebook_installed_once(python, folder):
    environments.small_wheel(folder, OLD)
    assert said(python, folder) == [DONE, OLD]
    assert said(python, folder) == [OLD]


@pytest.mark.slow
def test_takes_pip_the_newer_file_and_removes_the_older(python, folder):
    environments.lend(python, "pip")
    environments.small_wheel(folder, OLD)
    assert said(python, folder) == [DONE, OLD]
    environments.small_wheel(folder, NEW)
    # An index that does not exist is never asked.
    assert said(python, folder, PIP_INDEX_URL="https://index.invalid") == [DONE, NEW]
    found = environments.packages(python).glob("nn_course_check-*.dist-info")
    assert [path.name for path in found] == [f"nn_course_check-{NEW}.dist-info"]


def test_is_uv_asked_where_there_is_no_pip(python, folder, tmp_path):
    environments.small_wheel(folder, OLD)
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\necho "$@"; exit 2\n')
    uv.chmod(0o755)
    told = refused(python, folder, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "pip install --quiet --no-index --no-deps" in told and f"--python {python}" in told


def test_is_the_course_link_used_where_the_notebook_lies_alone(python, folder, tmp_path):
    """Whatever the link calls the file."""
    file = environments.small_wheel(tmp_path, OLD).rename(tmp_path / "download")
    assert said(python, folder, link=file.as_uri()) == [DONE, OLD]


COLAB = """
import sys, types
files = types.ModuleType("google.colab.files")
files.upload = lambda: {name: open(name, "rb").read() for name in NAMES}
sys.modules["google.colab"] = types.ModuleType("google.colab")
sys.modules["google.colab.files"] = files
"""


def test_does_colab_ask_for_the_file(python, folder, tmp_path):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    file = environments.small_wheel(downloads, OLD)
    twice = file.rename(downloads / f"{file.stem} (1).whl")
    stub = COLAB.replace("NAMES", repr([str(twice)]))
    asked, *rest = said(python, folder, stub)
    assert "Choose the file" in asked and rest == [DONE, OLD]


def test_may_a_student_close_colabs_window(python, folder):
    assert "START-HERE.md says more" in refused(python, folder, COLAB.replace("NAMES", "[]"))


def test_is_the_file_found_where_vs_code_says_the_notebook_is(python, folder, tmp_path):
    """VS Code may run a notebook in the folder that is open, and not in the notebook's."""
    environments.small_wheel(folder, OLD)
    (tmp_path / "a" / "b").mkdir(parents=True)
    where = f"__vsc_ipynb_file__ = {str(folder / 'week06.ipynb')!r}"
    assert said(python, tmp_path / "a" / "b", where) == [DONE, OLD]


def test_is_a_strangers_package_told(python, folder):
    environments.small_wheel(folder, OLD)
    stranger = environments.packages(python) / "autograder-6.2.dist-info"
    stranger.mkdir()
    (stranger / "METADATA").write_text("Metadata-Version: 2.1\nName: autograder\nVersion: 6.2\n")
    told = refused(python, folder)
    assert "A stranger's package called autograder is installed" in told
    assert f'"{python}" -m pip uninstall autograder' in told


def test_is_a_file_that_is_missing_or_broken_told(python, folder):
    assert "is not beside this notebook. Put it there" in refused(python, folder)
    (folder / f"nn_course_check-{OLD}-py3-none-any.whl").write_text("<html>Log in</html>")
    told = refused(python, folder)
    assert "received from ['nn_course_check-" in told and "Download it again" in told


def test_are_missing_libraries_listed_and_not_installed(tmp_path, folder):
    python = environments.bare(tmp_path / "other")
    environments.pretend(python, "numpy")
    environments.small_wheel(folder, OLD)
    told = refused(python, folder)
    assert f'"{python}" -m pip install matplotlib scikit-learn' in told


def test_does_it_nothing_where_the_grader_itself_is_installed(folder, monkeypatch, capsys):
    """As in `nbgrader autograde`, and in the sandbox, which has a check of its own."""
    environments.small_wheel(folder, OLD)
    monkeypatch.chdir(folder)
    monkeypatch.delitem(sys.modules, "autograder")
    names: dict[str, Any] = {}
    exec(source(), names)
    assert capsys.readouterr().out == ""
    assert set(names) == {"__builtins__", "_install_checks"}
