"""Is the memory limited that a sandbox makes the kernel hold, where the machine allows it?"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import control_group
from autograder.sandbox.control_group import ControlGroup
from autograder.sandbox.session import Cell, Limits, Sandbox
from tests.sandbox.notebooks import LIMITS

OURS = f"autograder-{os.getpid()}-*"
FILLS_SOCKETS = """
import os, socket, time
kept = []
for _ in range(40):
    if os.fork() == 0:
        break
try:
    while True:
        kept.append(socket.socketpair())
        for end in kept[-1]:
            end.setblocking(False)
            try:
                while True:
                    end.send(bytes(2**16))
            except BlockingIOError:
                pass
except OSError:
    time.sleep(10)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """Where groups can be made on this machine; none of ours is left there at the end."""
    found = control_group._place(control_group._ROOT, control_group._OWN)
    if found is None:
        pytest.skip("no control group can be made here")
    before = set(found[0].glob(OURS))
    yield found[0]
    assert set(found[0].glob(OURS)) <= before


@pytest.mark.bubblewrap
def test_does_filling_socket_buffers_cost_its_own_cell_alone(place: Path) -> None:
    """Forty processes take 800 MB of the kernel's where a group does not stop them."""
    limits = Limits(memory=50 * 2**20, file_size=2**20, cell_seconds=8.0)
    with Sandbox("bubblewrap", limits) as sandbox:
        with sandbox.open([Cell(0, "a = 1"), Cell(1, FILLS_SOCKETS)]) as session:
            assert session.cells[0].error == ""
            assert session.cells[1].error == "cell 1 used more than 50 MiB of memory"
        with sandbox.open([Cell(0, "a = 1")]) as session:
            assert session.cells[0].error == ""


@pytest.mark.bubblewrap
def test_has_each_sandbox_a_group_of_its_own_with_a_limit(place: Path) -> None:
    before = set(place.glob(OURS))
    with Sandbox("bubblewrap", LIMITS) as one, Sandbox("bubblewrap", LIMITS) as other:
        for sandbox in (one, other):
            sandbox.open([Cell(0, "a = 1")]).close()
        made = set(place.glob(OURS)) - before
        assert len(made) == 2
        for group in made:
            # Bubblewrap and the fork server.
            assert len((group / "cgroup.procs").read_text().split()) == 2
            (limit,) = (
                f for f in group.iterdir() if f.name in ("memory.limit_in_bytes", "memory.max")
            )
            assert LIMITS.memory < int(limit.read_text()) < 2 * 2**30


def version_1(root: Path) -> Path:
    (root / "own").write_text("9:name=systemd:/\n4:cpu,memory:/below/grader\n0::/\n")
    (root / "memory/below/grader").mkdir(parents=True)
    return root / "memory/below/grader"


def version_2(root: Path) -> Path:
    (root / "own").write_text("0::/user.slice/app.slice/grader.scope\n")
    beside = root / "user.slice/app.slice"
    (beside / "grader.scope").mkdir(parents=True)
    (beside / "cgroup.subtree_control").write_text("cpu memory pids\n")
    return beside


NAMES = {
    version_1: (control_group._VERSION_1, "7\n", "3001048576"),
    version_2: (control_group._VERSION_2, "low 0\nhigh 0\nmax 9\noom 7\noom_kill 1\n", "0"),
}


@pytest.mark.parametrize("version", NAMES)
def test_are_both_versions_of_the_interface_known(tmp_path: Path, version) -> None:
    """On plain files in place of the kernel's: one machine has one version."""
    parent = version(tmp_path)
    interface, full, no_swap = NAMES[version]
    assert control_group._candidates(tmp_path, tmp_path / "own") == [(parent, interface)]
    group = ControlGroup(parent, interface)
    (made,) = parent.glob(OURS)
    (made / interface.used).write_text("1000000000\n")
    (made / interface.full).write_text(full)
    group.bound(2_000_000_000)
    assert (made / interface.limit).read_text() == "3000000000"
    assert (made / interface.swap).read_text() == no_swap
    assert group.times_full() == 7
    ended = subprocess.run(
        group.entered_by(["sh", "-c", "echo $$"]), capture_output=True, text=True
    )
    assert ended.stdout == (made / "cgroup.procs").read_text()


@pytest.mark.parametrize(
    "own",
    ["", "0::/\n", "0::/not/there\n", "4:memory:/not/there\n", "nonsense\n", "4:cpu:/\n"],
)
def test_is_there_none_where_the_machine_gives_none(tmp_path: Path, own: str) -> None:
    (tmp_path / "own").write_text(own)
    assert control_group._place(tmp_path, tmp_path / "own") is None
    assert control_group._place(tmp_path, tmp_path / "no such file") is None


@pytest.mark.bubblewrap
def test_does_a_sandbox_work_without_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_group, "_place", lambda *_: None)
    assert not control_group.is_available()
    with Sandbox("bubblewrap", LIMITS) as sandbox, sandbox.open([Cell(0, "a = 1")]) as session:
        assert session.cells[0].error == ""


def test_is_the_group_of_a_grader_that_was_killed_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"autograder-{gone.pid}-3"
    running = tmp_path / f"autograder-{os.getpid()}-3"
    for each in (left, running):
        each.mkdir()
    control_group._remove_old(tmp_path)
    assert not left.exists() and running.exists()
