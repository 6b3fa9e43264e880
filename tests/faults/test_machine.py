"""Is anything lost to a full disk, a read-only folder, a locked gradebook or killed workers?"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import WorkerLost
from autograder.gradebook import reports as saved
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.sandbox.session import Cell, Sandbox
from tests.attacks import archives
from tests.attacks.attack import ATTACKER, NEIGHBOUR
from tests.conftest import EXHAUSTIVE
from tests.faults.a_class import grade, leftovers, report_files, rows, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A file system in memory at this folder, where this machine lets us mount one."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system to fill")
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def assert_one_line(root: Path, *words: str) -> None:
    """The grader stops with exit code 1 and one line that holds one of these words."""
    process = start(root)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1, err
    assert any(each in err for each in words), err
    assert "Traceback" not in err and err.strip().count("\n") == 0


NO_SPACE = "cannot be written: No space left on device"


# With room for some submissions the disk fills at a file or at the database, whichever the
# machine's speed lets come first; with room for none, always at a file, as it does in a folder
# that cannot be written.
@pytest.mark.beyond_sample
@pytest.mark.parametrize(
    ("room", "words"), [(2**19, (NO_SPACE, "disk is full")), (2**14, (NO_SPACE,))]
)
def test_does_a_full_disk_lose_nothing(small_class, tmp_path, room, words):
    with mounted(tmp_path, "size=64m"):
        root = small_class.copy(tmp_path / "course")
        ballast = tmp_path / "ballast"
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(2**16))
                file.flush()
        os.truncate(ballast, ballast.stat().st_size - room)
        assert_one_line(root, *words)
        assert not leftovers(root)
        ballast.unlink()
        grade(root)
        assert rows(directory.load(root).db_url) == small_class.expected


@pytest.mark.parametrize(
    "folder", ["autograded", ".autograder/reports"] if EXHAUSTIVE else ["autograded"]
)
def test_is_a_folder_that_cannot_be_written_one_line(small_class, tmp_path, folder):
    root = small_class.copy(tmp_path / "course")
    (root / folder).mkdir()
    with mounted(root / folder, "ro"):
        assert_one_line(root, "cannot be written: Read-only file system")
        assert not report_files(root)
    grade(root)
    assert rows(directory.load(root).db_url) == small_class.expected


def test_does_a_gradebook_locked_for_five_seconds_cost_only_time(small_class, tmp_path):
    root = small_class.copy(tmp_path / "course")
    opened = directory.load(root)
    other = sqlite3.connect(root / "gradebook.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    held = threading.Timer(5, other.execute, ["ROLLBACK"])
    held.start()
    started = time.monotonic()
    assignment = load_assignment(opened, demo.WEEK)
    list(grade_class.grade_course(opened, assignment, grade_class.submissions(opened, assignment)))
    assert time.monotonic() - started > 4
    held.join()
    other.close()
    assert rows(opened.db_url) == small_class.expected


def without_roots_rights() -> list[str]:
    """What to put before a command so that a file's mode counts, for root too."""
    if os.geteuid() != 0:
        return []
    before = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    try:
        subprocess.run([*before, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("root cannot put its rights down here: setpriv is missing or may not")
    return before


def test_does_what_cannot_be_read_cost_its_author_alone(small_class, tmp_path):
    root = small_class.copy(tmp_path / "course")
    opened = directory.load(root)
    before = without_roots_rights()
    closed = [pupil.name for pupil in demo.harmless(5)]
    places = [opened.folder("submitted", demo.STEM, name) for name in closed]
    notebook = places[3] / f"{demo.STEM}.ipynb"
    modes = {places[0].parent: 0, places[1]: 0, places[2]: 0o444, notebook: 0,
             places[4] / "timestamp.txt": 0}  # fmt: skip
    try:
        for path, mode in modes.items():
            path.chmod(mode)
        process = start(root, before=before)
        _, err = process.communicate(timeout=300)
        assert process.returncode == 3 and not err.strip(), err
    finally:
        for path in modes:
            path.chmod(0o700)
    graded = {name: saved.find(root, demo.STEM, name) for name in closed}
    for name in closed[:4]:
        assert "cannot be opened: Permission denied." in graded[name].unreadable
        assert graded[name].points == 0
    assert not graded[closed[4]].unreadable
    assert others(rows(opened.db_url), closed) == others(small_class.expected, closed)
    grade(root)  # what can be read again is graded again
    assert rows(opened.db_url) == small_class.expected


def test_is_a_place_that_cannot_be_read_one_line_of_collect(fresh_course, tmp_path):
    opened = directory.load(fresh_course)
    archives.enrol(opened)
    names = {archives.by_canvas(each, archives.NAME): b"{}" for each in archives.ACCOUNTS}
    source = archives.write_zip(tmp_path / "class.zip", names)
    place = opened.folder("submitted", demo.STEM, ATTACKER)
    place.mkdir(parents=True)
    collect = [sys.executable, "-m", "autograder", "collect", "week06", str(source)]
    command = [*without_roots_rights(), *collect, "--course", str(fresh_course)]
    place.parent.chmod(0)
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    finally:
        place.parent.chmod(0o700)
    assert done.stderr == f"autograder: {place} cannot be read: Permission denied\n"
    assert done.returncode == 1 and not opened.folder("submitted", demo.STEM, NEIGHBOUR).exists()


def others(tables: dict[str, list[Any]], students: list[str]) -> dict[str, list[Any]]:
    """The rows of everybody else."""
    return {name: [row for row in each if row[0] not in students] for name, each in tables.items()}


def processes_below(parent: int) -> list[int]:
    """Ids of this process's children and theirs, eldest first."""
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for number in map(int, (task / "children").read_text().split()):
            found += [number, *processes_below(number)]
    return found


def workers() -> list[list[int]]:
    """For each sandbox of this process: bubblewrap outside, and the worker inside."""
    own = [
        number
        for task in Path("/proc/self/task").iterdir()
        for number in map(int, (task / "children").read_text().split())
        if (Path(f"/proc/{number}/comm").read_text().strip() == "bwrap")
    ]
    return [[number, *processes_below(number)[:1]] for number in own]


@pytest.mark.parametrize("place", [0, 1], ids=["bubblewrap", "worker"])
def test_is_a_killed_worker_told_from_a_cell_that_crashes(place):
    """The sandbox names what was killed from outside, and the cell of it is not blamed."""
    before = workers()
    with Sandbox() as sandbox:
        with sandbox.open([Cell(0, "a = 1")]):
            pass
        (pair,) = (each for each in workers() if each not in before)
        killer = threading.Timer(0.5, os.kill, [pair[place], signal.SIGKILL])
        killer.start()
        with pytest.raises(WorkerLost, match="killed from outside"):
            sandbox.open([Cell(0, "import time\ntime.sleep(15)")])
        with sandbox.open([Cell(0, "a = 1")]) as session:
            assert not session.cells[0].error


def test_do_killed_workers_cost_tries_and_no_grade(small_class, tmp_path):
    root = small_class.copy(tmp_path / "course")
    opened = directory.load(root)
    assignment = load_assignment(opened, demo.WEEK)
    killed: list[int] = []
    done = threading.Event()

    def kill_now_and_then() -> None:
        # Two, because a submission that loses three is recorded as such.
        while not done.wait(0.1) and len(killed) < 2:
            with contextlib.suppress(OSError, IndexError):
                victim = workers()[0][-1]
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    handed_in = grade_class.submissions(opened, assignment)
    reports = list(grade_class.grade_course(opened, assignment, handed_in, workers=2))
    done.set()
    killer.join()
    assert killed
    assert len(reports) == len(handed_in)
    assert rows(opened.db_url) == small_class.expected
