"""Do warm sandboxes do every piece of work once, and go when they are not used?"""

from __future__ import annotations

import threading

import pytest

from autograder.dispatch import warm
from autograder.errors import SandboxError, WorkerLost
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import NUMPY_ALONE, Libraries


class FakeSandbox:
    """A sandbox without a process, which counts its kind."""

    made: list[FakeSandbox] = []

    def __init__(self, isolation, limits, libraries):
        self.kind = libraries
        self.closed = self.stopped = False
        self.thread = threading.current_thread()
        FakeSandbox.made.append(self)

    def fork(self):
        raise SandboxError("nothing to fork")

    def stop(self):
        self.stopped = True

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.closed = True


@pytest.fixture
def made(monkeypatch):
    FakeSandbox.made = []
    monkeypatch.setattr(warm, "Sandbox", FakeSandbox)
    return FakeSandbox.made


def run(sandboxes, work, do, libraries=NUMPY_ALONE):
    return list(
        sandboxes.run(
            work, do, lost=lambda piece, error: ("lost", piece), limits=None, libraries=libraries
        )
    )


def test_are_the_same_sandboxes_used_by_every_run(made):
    with warm.WarmSandboxes(2) as sandboxes:
        used = run(sandboxes, range(20), lambda piece, sandbox: (piece, sandbox))
        used += run(sandboxes, range(20, 30), lambda piece, sandbox: (piece, sandbox))
        assert sorted(piece for piece, _ in used) == list(range(30))
        assert {sandbox for _, sandbox in used} <= set(made)
        assert len(made) == 2
    assert all(each.closed for each in made)


def test_does_each_sandbox_live_in_its_own_thread(made):
    with warm.WarmSandboxes(2) as sandboxes:
        run(sandboxes, range(4), lambda piece, sandbox: piece)
    assert len({each.thread for each in made}) == 2


def test_is_a_piece_whose_worker_is_lost_at_every_try_given_up_alone(made):
    def do(piece, sandbox):
        if piece == 3:
            raise WorkerLost("killed")
        return piece

    with warm.WarmSandboxes(1) as sandboxes:
        assert set(run(sandboxes, range(5), do)) == {0, 1, 2, 4, ("lost", 3)}


def test_is_another_error_raised_and_the_next_run_well(made):
    def do(piece, sandbox):
        raise SandboxError("no sandbox")

    with warm.WarmSandboxes(1) as sandboxes:
        with pytest.raises(SandboxError, match="no sandbox"):
            run(sandboxes, range(3), do)
        assert run(sandboxes, [1], lambda piece, sandbox: piece) == [1]


def test_is_a_sandbox_that_cannot_start_an_error_and_not_a_hang(monkeypatch):
    def refuse(*_):
        raise SandboxError("bubblewrap is missing")

    monkeypatch.setattr(warm, "Sandbox", refuse)
    with warm.WarmSandboxes(1) as sandboxes, pytest.raises(SandboxError, match="bubblewrap"):
        run(sandboxes, range(3), lambda piece, sandbox: piece)


def test_do_sandboxes_of_weeks_that_are_not_handed_in_go(made):
    with warm.WarmSandboxes(1) as sandboxes:
        kinds = [Libraries(names=(f"library{n}",)) for n in range(warm.MOST_CREWS + 1)]
        for kind in kinds:
            run(sandboxes, [1], lambda piece, sandbox: piece, kind)
        assert [each.closed for each in made] == [True] + [False] * warm.MOST_CREWS


def test_can_they_be_started_before_there_is_work(made):
    with warm.WarmSandboxes(1) as sandboxes:
        sandboxes.start(Limits(), NUMPY_ALONE)
        list(sandboxes.run([1], lambda p, s: p, lost=print, limits=Limits(), libraries=NUMPY_ALONE))
        assert len(made) == 1
