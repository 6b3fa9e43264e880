"""The class of every benchmark: week 06, its size chosen, made by the demo's generator."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from autograder.cli import demo
from autograder.course import directory as course
from autograder.course.directory import Course
from autograder.grading import grade_class
from autograder.grading.assignment import Assignment, load_assignment
from autograder.questions import catalogue
from autograder.records import Submission
from autograder.release import generate

WEEK = demo.WEEK
_PREPARE = f"""
import sys
from pathlib import Path
from autograder.course import directory
from autograder.grading.assignment import load_assignment
load_assignment(directory.load(Path(sys.argv[1])), {WEEK!r})
"""


class DemoClass(NamedTuple):
    """A course, its week, and what its students have handed in."""

    course: Course
    assignment: Assignment
    handed_in: Sequence[Submission]


def hand_in_honest(opened: Course, count: int) -> None:
    """Right answers in six styles, twelve kinds of honest mistakes."""
    demo.hand_in(opened, demo.harmless(count))


def make(
    root: Path, count: int, hand_in: Callable[[Course, int], object] = hand_in_honest
) -> DemoClass:
    """A class of `count`.

    Args:
        root: where the course goes; new or empty.
        count: how many submissions.
        hand_in: puts them in their places; honest ones by default.
    """
    opened = course.init(root)
    generate.release(opened, catalogue.week(WEEK))
    hand_in(opened, count)
    # TensorFlow computes the hidden cases' references once a course, in a process of its own:
    # that is not a submission's cost, and would stay in this one's memory.
    subprocess.run([sys.executable, "-c", _PREPARE, str(root)], check=True)
    assignment = load_assignment(opened, WEEK)
    return DemoClass(opened, assignment, grade_class.submissions(opened, assignment))


def seconds_used(*whose: int) -> float:
    """CPU seconds, user and system, of this process and of all that it started and waited for."""
    who = whose or (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))
