"""Does a folder laid out like Gradescope's give the right results.json, whatever is handed in?"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from functools import cache

import nbformat
import pytest

from autograder.cli import demo
from autograder.intake.find import Wanted
from autograder.lms.gradescope import build_zip, container
from autograder.questions import catalogue
from autograder.questions.places import PUBLIC
from autograder.sandbox.worker import UNPRIVILEGED_USER
from tests.conftest import REPOSITORY, source
from tests.submissions import write_submission

STEM = demo.STEM
NOTEBOOK = f"submission/{STEM}.ipynb"
SNOOP = """
import os
seen = []
for path in ("{root}/source/private/values.npz", "{root}/source/private/settings.json",
             "{root}/submission_metadata.json"):
    try:
        open(path).read(1)
        seen.append(path)
    except OSError:
        pass
for path in ("{root}/results/results.json", "{root}/source/private/x"):
    try:
        open(path, "w").write("{{}}")
        seen.append(path)
    except OSError:
        pass
import socket
try:
    socket.socket(socket.AF_INET)
    seen.append("the internet")
except OSError:
    pass
if os.geteuid() == 0:
    seen.append("root")
if seen:
    raise RuntimeError("opened " + ", ".join(seen))
def relative_error(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))
"""


@cache
def complete():
    """The released notebook with every answer filled in, without a course."""
    released = nbformat.read(REPOSITORY / "assignments" / STEM / f"{STEM}.ipynb", as_version=4)
    answers = {cell.id: cell.source for cell in source(STEM).cells}
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata["stub"] = cell.source
            cell.source = answers[cell.id]
    return released


def edited(edit=demo.to_bytes):
    """What a member of the demo class makes of it."""
    return edit(copy.deepcopy(complete()))


@pytest.fixture
def root(tmp_path):
    """Laid out as /autograder; the public values stand in for hidden ones."""
    tmp_path.chmod(0o755)
    private = tmp_path / "source" / "private"
    for folder in (private, tmp_path / "submission", tmp_path / "results"):
        folder.mkdir(parents=True)
    settings = {"assignment": STEM, "secret": "", "not_as_asked": 0.5, "decided": {}}
    (private / container.SETTINGS).write_text(json.dumps(settings))
    released = REPOSITORY / "assignments" / STEM / f"{STEM}.ipynb"
    shutil.copy(released, private / container.RELEASED)
    nbformat.write(source(STEM), private / container.SOLVED)
    shutil.copy(PUBLIC / f"{STEM}.npz", private / container.VALUES)
    (tmp_path / "submission_metadata.json").write_text('{"id": 3}')
    build_zip._scripts(catalogue.week(STEM), tmp_path / "source")
    return tmp_path


def results(root):
    return json.loads((root / "results" / "results.json").read_text())


def run(root, python=sys.executable):
    variables = {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": python}
    command = ["bash", str(root / "source" / "run_autograder")]
    done = subprocess.run(
        command,
        env=os.environ | variables | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return results(root)


@pytest.mark.slow
def test_is_a_mistake_named_as_in_the_notebook(root):
    path = root / "submission" / "week06_backpropagation (1).ipynb"
    write_submission(path, edited(demo.MISTAKES["transposes-dW"]))
    written = run(root)
    assert written["score"] == 76
    failed = [test for test in written["tests"] if test["status"] == "failed"]
    assert [test["name"] for test in failed] == ["dense_backward"]
    assert "dW: expected shape (5, 3), received (3, 5)." in failed[0]["output"]
    [found] = written["extra_data"]["misconceptions"]
    assert found["misconception"] == "kernel-gradient-transposed" and found["points_lost"] == 4


@pytest.mark.parametrize(
    ("hand", "reason"),
    [
        (
            lambda root: write_submission(root / NOTEBOOK, edited(demo.BROKEN["corrupt-json"])),
            "ends in the middle",
        ),
        (lambda root: None, "holds no notebook"),
        (lambda root: shutil.rmtree(root / "source" / "private"), "build the zip again"),
        (lambda root: (root / "source/private/values.npz").write_bytes(b"x"), "cannot be read"),
    ],
)
def test_does_every_failure_say_why(hand, reason, root):
    hand(root)
    container.main(root)
    assert reason in results(root)["output"]
    assert results(root)["score"] == 0


def test_is_a_grader_that_cannot_start_explained(root):
    write_submission(root / NOTEBOOK, edited())
    written = run(root, python="/bin/false")
    assert "stopped before it finished" in written["output"] and written["score"] == 0


def why_not_another_user():
    """Why code cannot run here as a user who owns nothing."""
    if os.geteuid() != 0:
        return "only root can run code as another user"
    try:
        subprocess.run(
            [sys.executable, "-c", ""], user=UNPRIVILEGED_USER, group=UNPRIVILEGED_USER, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "Python stands in a folder that other users cannot enter"
    return ""


@pytest.mark.skipif(bool(why_not_another_user()), reason=why_not_another_user())
def test_can_a_submission_neither_read_nor_write_what_is_the_graders(root, monkeypatch):
    monkeypatch.setattr(container, "isolation", lambda: "user")
    snoop = demo.writes(relative_error=SNOOP.format(root=root))
    write_submission(root / NOTEBOOK, edited(snoop))
    container.main(root)
    written = results(root)
    assert written["extra_data"]["isolation"] == "user"
    assert written["score"] == 80, written


WANTED = Wanted(STEM, STEM[:6], frozenset({"mine"}))


def test_is_the_notebook_found_among_other_files(tmp_path):
    for name in ("notes.ipynb", f"deep/{STEM} (2).ipynb", "__MACOSX/x.ipynb", ".hidden.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = container.find_notebook(tmp_path, WANTED)
    assert found.name == f"{STEM} (2).ipynb"
    (tmp_path / f"{STEM}.ipynb").touch()
    assert container.find_notebook(tmp_path, WANTED).name == f"{STEM}.ipynb"
    (tmp_path / f"{STEM}.ipynb").unlink()
    (tmp_path / f"{STEM}.ipynb").symlink_to("/etc/passwd")
    assert container.find_notebook(tmp_path, WANTED).name == f"{STEM} (2).ipynb"


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        (["week07.ipynb", "handed in/x.ipynb"], "week07.ipynb"),
        ([f"{STEM}.IPYNB"], f"{STEM}.IPYNB"),
        ([f"{STEM}.ipynb.txt", "deep/notes.ipynb"], f"{STEM}.ipynb.txt"),
        (["week06.html"], "week06.html"),
        (["deep/week06.zip"], "week06.zip"),
        (["a.pdf", "b.pdf"], ""),
    ],
)
def test_is_a_file_found_under_any_name(tmp_path, files, taken):
    for name in files:
        write_submission(tmp_path / "in" / name)
    found = container.find_notebook(tmp_path / "in", WANTED)
    assert found.name == (taken or "in")


def test_is_memory_left_for_the_grader():
    assert container.submission_memory(768 * 2**20) == 384 * 2**20
    assert container.submission_memory(64 * 2**30) == 2 * 2**30
