"""When a question's file is corrected, does `grade` regrade it from saved answers alone?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import directory
from tests.conftest import REPOSITORY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]

NAMES = ("right", "slope-one-at-zero", "mean-error", "transposes-dW", "corrupt-json")


@dataclass(frozen=True)
class Copy:
    """A copy of the grader whose questions can be edited, and a course that it grades."""

    package: Path
    root: Path

    def edit(self, question: str, old: str, new: str) -> None:
        path = self.package / "autograder" / "questions" / demo.STEM / f"{question}.py"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "autograder", "grade", "week06", "--course", str(self.root)]
            + list(options),
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(self.package), "COLUMNS": "200"},
            cwd=self.package,
        )

    def grade(self, *options: str) -> dict[str, Any]:
        """Every submission as `--json` has it, by student."""
        done = self.run("--json", *options)
        assert done.returncode in (0, 3), done.stderr
        return by_student(done.stdout)


def by_student(printed: str) -> dict[str, Any]:
    """What `--json` prints of every submission."""
    return {line["student"]: line for line in json.loads(printed)["submissions"]}


@pytest.fixture
def handed_in(fresh_course) -> Path:
    """A course with a class that has handed in."""
    pupils = {pupil.name: pupil for pupil in demo.members()}
    demo.hand_in(directory.load(fresh_course), [pupils[name] for name in NAMES])
    return fresh_course


@pytest.fixture
def copy(handed_in, tmp_path) -> Copy:
    for name in ("autograder", "course_lib"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, tmp_path / "copy" / name, ignore=ignored)
    return Copy(tmp_path / "copy", handed_in)


def count(lines: dict[str, Any], what: Callable[[Any], bool]) -> int:
    return sum(map(what, lines.values()))


def mistake(lines: dict[str, Any], student: str, question: str) -> str:
    return str(lines[student]["questions"][question]["mistake"])


@pytest.mark.beyond_sample
def test_is_a_corrected_mistake_regraded_and_nothing_run(copy):
    first = copy.grade()
    assert mistake(first, "slope-one-at-zero", "relu_backward") == "slope-one-at-zero"
    assert not count(first, lambda line: line["kept"] or line["judged_again"])
    copy.edit("relu_backward", '"slope-one-at-zero"', '"open-at-zero"')
    copy.edit("mlp_loss_and_grads", " slope-one-at-zero ", " open-at-zero ")
    copy.edit("relative_error", '"mean-error"', '"error-averaged"')

    named = copy.grade("--question", "relu_backward")
    assert count(named, lambda line: line["judged_again"]) == len(NAMES)
    assert mistake(named, "slope-one-at-zero", "relu_backward") == "open-at-zero"
    assert mistake(named, "mean-error", "relative_error") == "mean-error"

    # Without a name: every question that has changed, and each once.
    done = copy.run()
    assert "5 were regraded from saved answers, 0 were run." in " ".join(done.stdout.split())
    assert "error-averaged" in done.stdout
    assert count(copy.grade(), lambda line: line["kept"]) == len(NAMES)
    notebook = json.loads(
        directory.load(copy.root).notebook("autograded", demo.STEM, "mean-error").read_text()
    )
    assert "error-averaged" in demo.message_of(notebook, "relative_error")

    # And nothing but the wording had to change.
    forced = copy.grade("--force")
    again = copy.grade("--question", "relative_error")
    assert all(forced[name]["questions"] == again[name]["questions"] for name in NAMES)


def test_is_only_who_is_named_run(handed_in, run):
    def grade(*options: str) -> dict[str, Any]:
        code, out, errors = run("grade", "week06", "--course", handed_in, "--json", *options)
        assert code in (0, 3), errors
        return by_student(out)

    grade()
    reports = handed_in / ".autograder" / "reports" / demo.STEM
    before = {path.name: path.stat().st_mtime_ns for path in reports.iterdir()}
    lines = grade("--only", "right", "--only", "mean-error")
    assert set(lines) == {"right", "mean-error"}
    assert not count(lines, lambda line: line["kept"] or line["judged_again"])
    changed = {p.stem for p in reports.iterdir() if p.stat().st_mtime_ns != before[p.name]}
    assert changed == {"right", "mean-error"}
    lines = grade("--only", "right", "--question", "relu_backward")
    assert set(lines) == {"right"} and lines["right"]["judged_again"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (
            ["--only", "mean-eror"],
            1,
            "'mean-eror' has handed in nothing for this week; did you mean 'mean-error'",
        ),
        (
            ["--question", "relu_bakward"],
            1,
            "week06 has no question 'relu_bakward'; did you mean 'relu_backward'",
        ),
        (["--question", "relu_backward", "--force"], 2, "leave --question out"),
    ],
)
def test_is_a_wrong_name_one_error_and_nothing_run(handed_in, run, options, code, words):
    ended, out, errors = run("grade", "week06", "--course", handed_in, *options)
    assert ended == code and words in " ".join(errors.split())
    assert not (handed_in / "autograded").exists() and not out
