"""What a grader made of one attack, and how a grader is run that contains nothing itself."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.cli import demo
from autograder.course.directory import Course
from autograder.records import Submission

SECONDS = 240
"""More than nbgrader's own limits cost, which stop a cell after 30 s."""
NOT_DONE = "not done after"
Contain = Callable[[list[str], Path], str]
"""Runs a command with nothing but a folder writable; a word about its time, where that is up."""


@dataclass(frozen=True)
class Outcome:
    """What one grader made of one attack; None where there is no grade."""

    points: float | None
    neighbour: float | None
    note: str = ""
    seconds: float = 0.0


def hand_in(opened: Course, student: str, content: bytes) -> Submission:
    path = opened.notebook("submitted", demo.STEM, student)
    if path.parent.is_symlink():
        path.parent.unlink()
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return Submission(student, demo.WEEK, path)


def contained(command: list[str], root: Path) -> str:
    """Run a grader that gives submissions all its rights: nothing but its course is writable."""
    walls = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/"]
    walls += ["--proc", "/proc", "--dev", "/dev", "--size", str(2**28), "--tmpfs", "/tmp"]
    # A grader that is installed below the place that has just been covered.
    walls += ["--ro-bind", *2 * [str(Path(command[0]).parents[1])]]
    walls += ["--bind", str(root), str(root), "--chdir", str(root), "--setenv", "HOME", "/tmp"]
    walls += ["prlimit", f"--as={6 * 2**30}", f"--fsize={2**28}", "--core=0"]
    try:
        subprocess.run(walls + command, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"{NOT_DONE} {SECONDS} s"
    return ""
