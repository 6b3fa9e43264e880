"""Does any attack gain a point or harm anybody? Each is graded beside an innocent neighbour.

All go through the real pipeline in one real sandbox, one after another, with the neighbour's
right notebook before the first and after each of them.
"""

from __future__ import annotations

import copy
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.cli import demo
from autograder.course import directory as course
from autograder.course.directory import Course
from autograder.errors import UnusableSource
from autograder.grading import grade_class, pipeline
from autograder.grading.ask import Asker
from autograder.grading.assignment import Assignment, load_assignment
from autograder.intake.collect.by_student import LEFT_OUT, UNCHANGED
from autograder.intake.collect.collect import Collection, collect
from autograder.records import Report, Submission
from autograder.sandbox.limits import Limits
from autograder.sandbox.requests import encode_asks
from autograder.sandbox.session import Sandbox
from tests.attacks import archives
from tests.attacks.attack import ATTACKER, NEIGHBOUR, PLACE, Attack, every_attack
from tests.conftest import one_in
from tests.faults.footprint import descendants
from tests.submissions import write_submission

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]

LIMITS = Limits(
    cell_seconds=1.5,
    question_seconds=1.0,
    notebook_seconds=4.0,
    memory=500 * 2**20,
    processes=30,
    output=20_000,
    picture=2_000_000,
    file_size=8 * 2**20,
    restarts=3,
)
FULL, WITHOUT_PLACE = 80.0, 74.0
LONGEST = LIMITS.notebook_seconds * (LIMITS.restarts + 2)
"""Seconds that the worst submission may cost under these limits."""
A_SANDBOX, FOLLOW_THROUGH = 2, 5
"""Processes: bubblewrap and the worker; for follow-through also the solution's, and the two that
begin its namespaces."""
OUTSIDE = [
    f"{place}/{name}"
    for place in ("/tmp", "/var/tmp", "/dev/shm")
    for name in ("unpickled", "shell-was-here", "answers", ".answers", "hidden", "endless", "0")
]


def clear(folder: Path) -> None:
    """Take away what an attack has handed in: a folder, or a link in its place."""
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def name_of(attack: Attack) -> str:
    return attack.name


@dataclass
class Arena:
    """A course with one innocent student, and the sandbox in which all submissions are run."""

    course: Course
    assignment: Assignment
    sandbox: Sandbox
    complete: Any
    before: tuple[tuple[float, str], dict[str, str]] | None = None
    """What `neighbour` and `files` say before the first attack."""

    def submission(self, student: str, content: bytes) -> Submission:
        folder = self.course.folder("submitted", demo.STEM, student)
        clear(folder)
        path = write_submission(folder / f"{demo.STEM}.ipynb", content)
        return Submission(student, demo.WEEK, path)

    def grade(self, submission: Submission) -> Report:
        return pipeline.grade(submission, self.assignment, self.sandbox)

    def attack(self, attack: Attack) -> Report:
        submission = self.submission(ATTACKER, attack.edit(copy.deepcopy(self.complete)))
        if attack.beside:
            attack.beside(submission.path.parent)
        # Found as a class's submissions are, since a folder may be what lies.
        found = grade_class.submissions(self.course, self.assignment)
        return self.grade(next(each for each in found if each.student == ATTACKER))


@pytest.fixture(scope="module")
def arena(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    root = Path(shutil.copytree(released_course, tmp_path_factory.mktemp("arena") / "course"))
    opened = course.load(root)
    assignment = load_assignment(opened, demo.WEEK)
    with Sandbox("bubblewrap", assignment.limits(LIMITS), assignment.libraries) as sandbox:
        arena = Arena(opened, assignment, sandbox, demo.solved(opened))
        innocent = arena.submission(NEIGHBOUR, demo.to_bytes(copy.deepcopy(arena.complete)))
        assert arena.grade(innocent).points == FULL
        archives.enrol(opened)
        arena.before = neighbour(arena), files(opened.root)
        yield arena


def neighbour(arena: Arena) -> tuple[float, str]:
    """What the innocent student gets, and a digest of the notebook that comes back."""
    path = arena.course.notebook("submitted", demo.STEM, NEIGHBOUR)
    report = arena.grade(Submission(NEIGHBOUR, demo.WEEK, path))
    text = demo.to_bytes(report.notebook) + str(report.problems).encode()
    return report.points, hashlib.sha256(text).hexdigest()


def files(root: Path) -> dict[str, str]:
    """Every file below a folder, with what tells that it was changed."""
    found = {}
    for path in root.rglob("*"):
        if ATTACKER not in path.parts and path.is_file():
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found | {path: "outside" for path in OUTSIDE if os.path.exists(path)}


SUBMITTED = [(attack,) for attack in every_attack() if not attack.upload]


@pytest.mark.parametrize("attack", one_in(2, SUBMITTED, by=lambda each: each[0].name), ids=name_of)
def test_attack(arena: Arena, attack: Attack) -> None:
    """No point more, the neighbour as before, nothing left behind, and a calm reason."""
    report = arena.attack(attack)

    assert (neighbour(arena), files(arena.course.root)) == arena.before
    assert len(descendants(arena.sandbox._worker._process.pid)) + 1 == A_SANDBOX
    assert len(descendants(os.getpid())) <= A_SANDBOX + FOLLOW_THROUGH
    earned = WITHOUT_PLACE if attack.honest == "the rest" else 0.0
    earned += attack.gains[0]
    if attack.costs:
        assert report.points <= earned
    else:
        assert report.points == earned
    assert report.seconds < LONGEST and report.peak_memory < 1.2 * LIMITS.memory
    assert_calm(report)


@pytest.mark.parametrize("attack", [a for a in every_attack() if a.upload], ids=name_of)
def test_archive(arena: Arena, attack: Attack, tmp_path: Path) -> None:
    """Collected as one student's work, then as a whole class's: nobody's files change."""
    assert attack.upload
    theirs = arena.course.notebook("submitted", demo.STEM, NEIGHBOUR).read_bytes()
    archive = attack.upload(attack.edit(copy.deepcopy(arena.complete)))

    download = archives.download(tmp_path / "class.zip", archive, theirs)
    lines = collected(arena, download).lines
    assert {line.student or ATTACKER: line.result for line in lines} == {
        NEIGHBOUR: UNCHANGED,
        ATTACKER: LEFT_OUT,
    }
    said = [line.note for line in lines if line.result == LEFT_OUT]
    assert "an archive inside a submission is not opened" in said[0]
    if attack.name != "another-students-name":  # a class's own archive says whose work it holds
        whole = tmp_path / archive[0]
        whole.write_bytes(archive[1])
        try:
            assert all(line.result == LEFT_OUT for line in collected(arena, whole).lines)
        except UnusableSource as reason:
            assert str(reason).isprintable() and len(str(reason)) > 20

    assert (neighbour(arena), files(arena.course.root)) == arena.before
    assert not arena.course.folder("submitted", demo.STEM, ATTACKER).exists()


def collected(arena: Arena, source: Path) -> Collection:
    clear(arena.course.folder("submitted", demo.STEM, ATTACKER))
    return collect(arena.course, demo.STEM, demo.WEEK, source)


def assert_calm(report: Report) -> None:
    """Is there a reason for every lost point, in words that a student may read?"""
    said = [report.unreadable, *report.problems, *(v.message for v in report.verdicts)]
    for message in said:
        assert "Traceback" not in message and "The grader failed" not in message
        assert "\x1b" not in message and "!" not in message
    lost = [verdict for verdict in report.verdicts if not verdict.right]
    assert all(len(verdict.message) > 20 or report.unreadable for verdict in lost)
    assert lost or not report.problems or report.points == report.max_points


def test_are_there_at_least_forty() -> None:
    names = [attack.name for attack in every_attack()]
    assert len(names) == len(set(names)) >= 40
    assert all(attack.tries and attack.group for attack in every_attack())


def test_do_hidden_inputs_stay_hidden(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked in secret is in no message; were it asked first, it would be."""
    attack = next(a for a in every_attack() if a.name == "errors-carry-hidden-inputs")
    hidden = {
        repr(float(array.flat[0]))
        for name in arena.assignment.judge.probes
        for probe in arena.assignment.judge.probes[name]
        for array in probe.inputs.values()
        if not probe.public and isinstance(array, np.ndarray) and array.size
    }
    hidden = {number for number in hidden if len(number) > 8}
    assert len(hidden) > 10

    def leaked() -> bool:
        said = " ".join(verdict.message for verdict in arena.attack(attack).verdicts)
        return any(number in said for number in hidden)

    assert not leaked()
    asked = arena.assignment.asks.asks
    in_turn = encode_asks(replace(ask, hidden=False) for ask in asked)
    monkeypatch.setitem(vars(arena.assignment), "public_asks", in_turn)
    monkeypatch.setitem(vars(arena.assignment), "hidden_asks", encode_asks(()))
    monkeypatch.setattr(Asker, "_prefetch", lambda self, answers: None)
    assert leaked()


def test_can_the_arena_tell_a_gain(arena: Arena) -> None:
    """A submission that answers one question honestly is no attack, and gets its points."""
    notebook = copy.deepcopy(arena.complete)
    answer = demo.answer_cell(notebook, PLACE).source
    from tests.attacks.attack import blank

    blank(notebook)
    demo.answer_cell(notebook, PLACE).source = answer
    assert arena.grade(arena.submission(ATTACKER, demo.to_bytes(notebook))).points == 6.0
