"""Is every piece of work done once, whatever becomes of the sandboxes that do it?"""

from __future__ import annotations

import threading

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.dispatch import local
from autograder.errors import SandboxError, WorkerLost
from autograder.grading import grade_class, pipeline
from autograder.grading.assignment import load_assignment
from autograder.sandbox.session import Sandbox


@pytest.fixture
def opened(fresh_course):
    return directory.load(fresh_course)


@pytest.mark.bubblewrap
def test_does_a_lost_sandbox_cost_a_second_try_and_no_grade(opened):
    demo.hand_in(opened, demo.harmless(4))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    tries: list[str] = []

    def grade(submission, sandbox):
        tries.append(submission.student)
        if tries.count(submission.student) == 1 and len(tries) == 2:
            sandbox.close()
            raise SandboxError("the worker is gone")
        return pipeline.grade(submission, assignment, sandbox)

    reports = list(local.run(handed_in, grade, workers=1, libraries=assignment.libraries))
    assert len(tries) == 5
    assert sorted(report.student for report in reports) == sorted(s.student for s in handed_in)
    assert all(not report.unreadable for report in reports)


def test_is_a_sandbox_that_fails_twice_an_error_and_not_a_hang():
    def never(piece, sandbox):
        raise SandboxError("there is no sandbox here")

    with pytest.raises(SandboxError, match="no sandbox here"):
        list(local.run(range(100), never, workers=2))


@pytest.mark.bubblewrap
def test_does_stopping_early_end_the_crew(opened):
    demo.hand_in(opened, demo.harmless(6))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    reports = local.run(
        handed_in, lambda s, sandbox: pipeline.grade(s, assignment, sandbox), workers=2
    )
    first = next(reports)
    reports.close()
    assert first.student in {submission.student for submission in handed_in}


@pytest.mark.bubblewrap
def test_is_a_submission_that_loses_three_workers_recorded_as_such():
    tries: list[int] = []

    def loses(piece: int, sandbox: Sandbox) -> str:
        tries.append(piece)
        if piece == 1:
            raise WorkerLost("killed")
        return "graded"

    results = list(local.run(range(3), loses, workers=1, lost=lambda piece, error: "recorded"))
    assert results == ["graded", "recorded", "graded"]
    assert tries == [0, 1, 1, 1, 2]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_is_every_piece_done_once_by_as_many_threads_as_asked(workers):
    threads = set()

    def do(piece: int, sandbox: Sandbox) -> int:
        threads.add(threading.get_ident())
        return piece

    done = list(local.run(range(30), do, workers=workers, isolation="process"))
    assert sorted(done) == list(range(30)) and len(threads) <= workers


def test_is_an_error_in_a_piece_of_work_raised_where_results_are_read():
    def do(piece: int, sandbox: Sandbox) -> int:
        return 1 // piece

    with pytest.raises(ZeroDivisionError):
        list(local.run([1, 0], do, workers=1, isolation="process"))


def test_is_work_read_only_as_fast_as_it_is_done():
    read = []

    def work():
        for piece in range(1000):
            read.append(piece)
            yield piece

    results = local.run(work(), lambda piece, sandbox: piece, workers=1, isolation="process")
    next(results)
    results.close()
    assert len(read) < 10
