"""Laws for every week: its solution, its stub, its notebook, and what the sandbox may know."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from autograder.grading.assignment import Assignment
from autograder.grading.pipeline import grade_notebook
from autograder.judging.compare import pairs
from autograder.judging.judge import Judge
from autograder.questions import catalogue
from autograder.records import Difference, Outcome
from autograder.release.generate import make_assignment
from autograder.sandbox.session import Sandbox
from tests.conftest import (
    EXHAUSTIVE,
    REPOSITORY,
    SECRETS,
    hidden_values,
    judge,
    one_in,
    source,
)

EVERY_WEEK = [(stem,) for stem in catalogue.stems()]
every_week = pytest.mark.parametrize("stem", catalogue.stems())
# `tests/laws/test_questions.py` trains its solution in its own process, which takes half as long;
# the sandbox trains another week's.
TRAINED_ONCE = "week14_robot"
SEARCHED = "week09_optimizers"


def released(stem: str):
    from autograder.intake.read import read_notebook

    return read_notebook(REPOSITORY / "assignments" / stem / f"{stem}.ipynb")


@dataclass(frozen=True)
class InSandbox:
    """A week's assignment, and a warm sandbox for its submissions."""

    assignment: Assignment
    sandbox: Sandbox


@pytest.fixture(scope="module", params=catalogue.stems())
def week(request, reference_cache) -> Iterator[InSandbox]:
    """One week after the other: pytest runs all tests of a week before the next one's."""
    stem = request.param
    if not EXHAUSTIVE and stem == TRAINED_ONCE:
        pytest.skip("`tests/laws/test_questions.py` trains it, and `make test-all` here too")
    values = hidden_values(stem, SECRETS[0], reference_cache)
    made = Assignment(catalogue.week(stem), released(stem), source(stem), SECRETS[0], values)
    # Equal to its own, and it keeps what mistakes answer for all laws of the process.
    made.judge = judge(stem, SECRETS[0], reference_cache)
    with Sandbox(limits=made.limits(), libraries=made.libraries) as sandbox:
        yield InSandbox(made, sandbox)


@pytest.mark.bubblewrap
@pytest.mark.skipif(os.geteuid() != 0, reason="reading another process's memory takes root")
def test_do_no_reference_values_enter_the_sandbox(week):
    """The memory of every process inside is searched, before and after the questions."""
    stem = week.assignment.week.stem
    if not EXHAUSTIVE and stem != SEARCHED:
        pytest.skip(f"of {SEARCHED} alone; `make test-all` searches for the values of every week")
    secrets = list(_signatures(week.assignment.judge))
    assert secrets and max(len(pattern) for _, pattern in secrets) < OVERLAP
    seen: set[int] = set()
    # The stub answers nothing, so no right value can be there by computation.
    steps = week.assignment.steps(released(stem))
    with week.sandbox.open(steps) as session:
        _search(secrets, seen)
        session.ask(week.assignment.asks)
        _search(secrets, seen)


@pytest.mark.bubblewrap
def test_does_the_solution_notebook_score_full_marks(week):
    solution = source(week.assignment.week.stem)
    report = grade_notebook(solution, "solution", week.assignment, week.sandbox)
    wrong = [verdict.message for verdict in report.verdicts if verdict.outcome != "right"]
    assert not wrong
    assert report.points == report.max_points
    assert report.isolation == "bubblewrap"
    failed = [
        output.evalue
        for cell in report.notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
    assert not failed


@pytest.mark.bubblewrap
def test_does_the_untouched_notebook_score_nothing(week):
    untouched = released(week.assignment.week.stem)
    report = grade_notebook(untouched, "stub", week.assignment, week.sandbox)
    outcomes = {verdict.question: verdict.outcome for verdict in report.verdicts}
    assert set(outcomes.values()) == {Outcome.NOT_ATTEMPTED}, outcomes
    assert report.points == 0
    assert not report.problems


@pytest.mark.slow
@pytest.mark.parametrize("stem", one_in(8, EVERY_WEEK, by=tuple))
def test_does_the_untouched_notebook_run_to_its_end_in_jupyter(stem, tmp_path):
    """Jupyter leaves out every cell after one that fails: nothing in a fresh notebook may."""
    from nbclient import NotebookClient

    notebook = released(stem)
    place = {"metadata": {"path": tmp_path}}
    # A kernel that is asked to end is waited for; this one has nothing to lose.
    NotebookClient(notebook, timeout=120, resources=place, shutdown_kernel="immediate").execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert not [output for output in shown if output.get("name") == "stderr"]
    checks = sum("not attempted" in output.get("data", {}).get("text/html", "") for output in shown)
    assert checks == len(catalogue.week(stem).questions)


@every_week
def test_is_the_students_notebook_what_release_makes_now(stem, tmp_path):
    (tmp_path / "solutions").symlink_to(REPOSITORY / "solutions")
    made = make_assignment(tmp_path, catalogue.week(stem))
    committed = REPOSITORY / "assignments" / stem / f"{stem}.ipynb"
    assert made.read_bytes() == committed.read_bytes(), "run `make assignments`"


@every_week
def test_does_the_students_notebook_hold_no_solution(stem):
    text = json.dumps(released(stem))
    for cell in source(stem).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            solution = cell.source.partition("BEGIN SOLUTION")[2].partition("### END")[0]
            for line in solution.strip().splitlines():
                if len(line.strip()) > 40:
                    assert json.dumps(line.strip())[1:-1] not in text
    assert "BEGIN SOLUTION" not in text


@every_week
def test_do_the_points_of_the_notebook_add_to_the_weeks(stem):
    stamps = [cell.metadata.get("nbgrader", {}) for cell in released(stem).cells]
    total = sum(stamp["points"] for stamp in stamps if stamp.get("grade"))
    assert total == catalogue.week(stem).points


def _signatures(judge: Judge):
    """Three neighbouring numbers of every hidden reference array, as bytes; sentences whole.

    Values that also stand among the inputs (a ReLU passes them on) and round ones (a slope of
    1/64) prove nothing and are left out.
    """
    for name, probes in judge.probes.items():
        question = judge.questions[name]
        for probe in probes:
            if probe.public:
                continue
            given = b"".join(leaf.tobytes() for leaf in _arrays(list(probe.inputs.values())))
            for pair in pairs(probe.expected.value, probe.expected, question.returns):
                if isinstance(pair, Difference):
                    continue
                if isinstance(pair.expected, str):
                    # A single word, such as a diagnosis, may stand anywhere.
                    if len(pair.expected.split()) > 1 and pair.expected.isascii():
                        yield f"{name} {probe.case}", pair.expected.encode()
                    continue
                flat = pair.expected.astype(np.float64).ravel()
                for start in range(len(flat) - 2):
                    window = flat[start : start + 3]
                    round_ones = window * 2**20 == np.round(window * 2**20)
                    if not round_ones.any() and window.tobytes() not in given:
                        yield f"{name} {probe.case}", window.tobytes()
                        break


def _arrays(tree) -> list[np.ndarray]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list):
        return [leaf for item in tree for leaf in _arrays(item)]
    return [tree] if isinstance(tree, np.ndarray) else []


BLOCK = 2**20
OVERLAP = 2**10
"""So that nothing is cut in two: longer than any signature."""


def _search(secrets, seen: set[int]) -> None:
    """Look for the secrets in every process inside, leaving out what has been `seen` before.

    Most of a child's memory is its parent's, and the same before and after the questions.
    """
    inside = _processes_inside()
    assert inside
    for pid in inside:
        size = 0
        for block in _memory(pid):
            size += len(block)
            if hash(block) not in seen:
                seen.add(hash(block))
                found = [name for name, pattern in secrets if pattern in block]
                assert not found, found
        assert size > 10**6


def _processes_inside() -> list[int]:
    """Processes that live in another pid namespace than this one and descend from it."""
    own = os.readlink("/proc/self/ns/pid")
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
        except OSError:
            continue

    def descends(pid: int) -> bool:
        while pid > 1:
            if pid == os.getpid():
                return True
            pid = parents.get(pid, 0)
        return False

    return [pid for pid in parents if descends(pid) and os.readlink(f"/proc/{pid}/ns/pid") != own]


def _memory(pid: int) -> Iterator[bytes]:
    """What a process holds, in blocks that overlap."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            area, permissions, *_ = line.split()
            # A library's own code and constants are those of its file, whatever was computed.
            library = ".so" in line and "w" not in permissions
            if "r" not in permissions or "[v" in line or library:
                continue
            first, last = (int(edge, 16) for edge in area.split("-"))
            for start in range(first, last, BLOCK):
                try:
                    memory.seek(start)
                    yield memory.read(min(BLOCK + OVERLAP, last - start))
                except (OSError, ValueError, OverflowError):
                    break
