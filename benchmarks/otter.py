"""The demo's week for otter-grader, in its own form: hidden tests, run in the student's kernel.

One submission is one `otter run`, which needs no container. Only the attacker is run.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.cli import demo
from autograder.grading.assignment import Assignment
from benchmarks.attack_outcomes import Contain, Outcome
from benchmarks.plain_course import plain_asserts

TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points}


@test_case(points={points}, hidden=True)
def test(env):
    exec({source!r}, env)
"""


class Course:
    """An assignment of otter-grader.

    Args:
        assignment: whose questions and public cases it has.
        environment: a virtual environment with otter-grader.
        root: where to make it.
        contain: runs a command with nothing but a folder writable.
        complete: the notebook with every answer, its stubs kept in its metadata.
        with_experiments: whether the cells that no question depends on are kept; they need the
            course's own package in that environment.
    """

    name = "otter"

    def __init__(
        self,
        assignment: Assignment,
        environment: Path,
        root: Path,
        contain: Contain,
        complete: Any,
        *,
        with_experiments: bool = False,
    ) -> None:
        self._otter = environment / "bin" / "otter"
        self._contain = contain
        self._root = root
        self._zip = root / "autograder.zip"
        tests = root / "tests"
        tests.mkdir(parents=True)
        for name, question in assignment.week.questions.items():
            text = TEST.format(
                name=name, points=question.points, source=plain_asserts(assignment, name)
            )
            (tests / f"{name}.py").write_text(text)
        command = [self._otter, "generate", "-t", "tests", "-o", "autograder.zip"]
        subprocess.run([*command, "--no-environment"], cwd=root, check=True, capture_output=True)
        self.complete = copy.deepcopy(complete)
        dropped = ["autograder"] if with_experiments else ["autograder", "course_lib"]
        for cell in self.complete.cells:
            stamp = cell.metadata.get("nbgrader", {})
            if stamp.get("grade") and not stamp.get("solution"):
                cell.source = f"grader.check({stamp['grade_id']!r})"
            elif stamp.get("grade_id") == "setup" or cell.id == "setup":
                lines = [
                    line
                    for line in cell.source.splitlines()
                    if not any(package in line for package in dropped)
                ]
                cell.source = "\n".join(["import otter", "grader = otter.Notebook()", *lines])
            elif "experiment" in cell.metadata.get("tags", ()) and not with_experiments:
                cell.source = ""

    def grade(
        self,
        attacker: bytes,
        beside: Callable[[Path], None] | None = None,
        upload: Callable[[bytes], tuple[str, bytes]] | None = None,
    ) -> Outcome:
        """Run one submission: a notebook or an archive. `beside` means nothing to otter."""
        with tempfile.TemporaryDirectory(dir=self._root) as folder:
            name, content = upload(attacker) if upload else (f"{demo.STEM}.ipynb", attacker)
            path = Path(folder, name)
            path.write_bytes(content)
            shutil.copy(self._zip, folder)
            command = [str(self._otter), "run", "-a", self._zip.name, "-o", folder, str(path)]
            started = time.monotonic()
            late = self._contain(command, Path(folder))
            seconds = time.monotonic() - started
            try:
                results = json.loads(Path(folder, "results.json").read_text())
                points = round(sum(test.get("score", 0.0) for test in results["tests"]), 2)
            except (OSError, ValueError, KeyError, TypeError):
                return Outcome(None, None, late, seconds)
            return Outcome(points, None, late, seconds)
