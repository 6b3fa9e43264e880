"""Do README's steps for a new question work as they stand?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SECTION = re.compile(r"^## Add a question.*?(?=^## )", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^ *```\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
FOLDERS = ("autograder", "course_lib", "solutions", "assignments", "tests")
FILES = ("Makefile", "README.md", "constraints.txt", "pyproject.toml")


def commands() -> list[str]:
    """The commands that README gives for adding a question, in order."""
    section = SECTION.search((REPOSITORY / "README.md").read_text(encoding="utf-8"))
    assert section
    blocks = BLOCK.findall(section[0])
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this repository with this Python's environment in its `.venv`."""
    root = tmp_path / "checkout"
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, root / folder)
    for file in FILES:
        shutil.copy(REPOSITORY / file, root)
    (root / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():
        (root / ".venv" / entry.name).symlink_to(entry)
    # So that make installs nothing: it is newer than what it is made from.
    (root / ".venv" / ".ready").unlink(missing_ok=True)
    (root / ".venv" / ".ready").touch()
    return root


# Half a minute, most of it for imports of TensorFlow and for collecting tests.
@pytest.mark.slow
@pytest.mark.beyond_sample
def test_do_the_steps_for_a_new_question_work_as_they_stand(checkout):
    steps = commands()
    assert [step for step in steps if " new question " in step]
    assert [step for step in steps if step.startswith("make references assignments WEEK=")]
    assert [step for step in steps if " pytest " in step]
    shipped = checkout / "autograder" / "questions" / "public"
    before = {path.name: path.stat().st_mtime_ns for path in shipped.iterdir()}
    for step in steps:
        # The environment's own packages are those of this repository, not of the copy.
        settings = os.environ | {"PYTHONPATH": str(checkout)}
        done = subprocess.run(
            step, shell=True, cwd=checkout, env=settings, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"
    after = {path.name: path.stat().st_mtime_ns for path in shipped.iterdir()}
    assert [name for name in after if after[name] != before[name]] == ["week05_losses.npz"]
    messages = checkout / "tests" / "judging" / "messages" / "week05_losses.txt"
    old = (REPOSITORY / "tests" / "judging" / "messages" / "week05_losses.txt").read_text()
    added = set(messages.read_text().splitlines()) - set(old.splitlines())
    assert {line for line in added if line.startswith("huber · ")} == {
        "huber · huber-of-columns",
        "huber · huber-not-divided",
    }
