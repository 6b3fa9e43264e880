"""Does a Dask cluster give the gradebook of a local run, whatever happens to its workers?"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import directory, enrolment
from autograder.errors import ClusterError
from autograder.grading import grade_class, remote
from autograder.grading.assignment import load_assignment
from autograder.records import Report
from autograder.sandbox.limits import Limits
from tests.conftest import EXHAUSTIVE
from tests.faults.a_class import (
    command_in_a_terminal,
    course_of,
    in_a_loop,
    pupils,
    report_files,
    rows,
    wait_until,
)

pytest.importorskip("distributed", reason="--cluster needs the `cluster` extra")

import dask  # noqa: E402 (only where it is installed)
import psutil  # noqa: E402
from distributed import Client, LocalCluster, Security  # noqa: E402

from autograder.dispatch import cluster as dispatch  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]

COUNT = 14
# The others are stopped as one of them is; `tests/cli/test_demo.py` grades them all here.
STOPPED = {"cell-never-ends", "memory-bomb", "prints-a-gigabyte"}
BRIEFLY = [pupil for pupil in demo.members() if pupil.name not in STOPPED]
MEMBERS = demo.members() if EXHAUSTIVE else BRIEFLY[::2]
ENDLESS = 16  # at 20 s each; by their names, some are graded before them and some after
# So little memory that whoever fills it is stopped by that, on a busy machine too.
BRIEF = Limits(cell_seconds=4, question_seconds=2, memory=2**29)
# Ends the process that started the sandbox, as no submission could through its walls.
KILLER = """
def relative_error(a, b):
    import os, signal
    status = open(f"/proc/{os.getppid()}/stat").read()
    os.kill(int(status.rpartition(")")[2].split()[1]), signal.SIGKILL)
"""


def grade(root: Path, address: str, **options: Any) -> list[Report]:
    opened = directory.load(root)
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    return list(grade_class.grade_course(opened, assignment, handed_in, cluster=address, **options))


def graded_files(root: Path) -> dict[str, Any]:
    """Every graded notebook and report, without what differs from run to run."""
    found: dict[str, Any] = {}
    for path in root.glob(f"autograded/*/*/{demo.STEM}.ipynb"):
        found[path.relative_to(root).as_posix()] = json.loads(path.read_text())
    for path in root.glob(".autograder/reports/*/[!.]*.json"):
        report = json.loads(path.read_text())
        for measured in ("seconds", "cpu_seconds", "peak_memory"):
            del report[measured]
        for verdict in report["verdicts"]:
            del verdict["seconds"]
        found[path.name] = report
    return found


@pytest.fixture(scope="module")
def untouched(released_course, tmp_path_factory) -> Path:
    """A small class that has handed in."""
    return course_of(released_course, tmp_path_factory.mktemp("untouched") / "course", COUNT)


@pytest.fixture(scope="module")
def expected(untouched, tmp_path_factory) -> dict[str, list[Any]]:
    """Its gradebook after a run on this machine."""
    root = Path(shutil.copytree(untouched, tmp_path_factory.mktemp("expected") / "course"))
    grade(root, "")
    return rows(directory.load(root).db_url)


@pytest.fixture
def fresh(untouched, tmp_path) -> Path:
    return Path(shutil.copytree(untouched, tmp_path / "course"))


@pytest.fixture(scope="module")
def standing() -> Iterator[LocalCluster]:
    """A cluster of two workers that is there before and after a run, behind TLS."""
    security = Security.temporary()
    tls = {
        f"distributed.comm.tls.{role}.{part}": getattr(security, f"tls_{role}_{part}")
        for role in ("client", "worker", "scheduler")
        for part in ("key", "cert")
    }
    tls["distributed.comm.tls.ca-file"] = security.tls_ca_file
    with (
        dask.config.set({**tls, "distributed.comm.require-encryption": True}),
        # On a busy machine a killed worker needs longer than Dask's 15 s to come back.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",
            silence_logs=50,
            protocol="tls",
        ) as started,
    ):
        yield started


@contextlib.contextmanager
def meanwhile(do: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do something in a thread until the block has ended."""
    ended = threading.Event()
    thread = threading.Thread(target=do, args=(ended,))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def in_sandboxes(process: psutil.Process) -> set[int]:
    """What runs in the sandboxes that a process's workers have started."""
    found: set[int] = set()
    for each in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.name() == "bwrap":
                found |= {inside.pid for inside in each.children(recursive=True)}
    return found


def test_is_the_demo_class_graded_as_it_is_here(released_course, standing, tmp_path):
    roots = [Path(shutil.copytree(released_course, tmp_path / name)) for name in ("a", "b")]
    for root, address in zip(roots, ("", standing.scheduler_address), strict=True):
        demo.hand_in(directory.load(root), MEMBERS)
        assert len(grade(root, address, limits=BRIEF)) == len(MEMBERS)
    here, there = (rows(directory.load(root).db_url) for root in roots)
    assert there == here and len(here["submission"]) == len(MEMBERS)
    assert graded_files(roots[1]) == graded_files(roots[0])
    # And nothing of it would be run again here.
    assert all(report.kept for report in grade(roots[1], "", limits=BRIEF) if report.key)


@pytest.mark.beyond_sample
def test_do_killed_workers_cost_time_and_no_grade(fresh, expected, standing):
    killed: list[int] = []

    def kill(ended: threading.Event) -> None:
        while not ended.wait(0.02) and len(killed) < 3:
            for worker in list(standing.scheduler.workers.values()):
                if worker.processing and worker.pid not in killed:
                    killed.append(worker.pid)
                    os.kill(worker.pid, signal.SIGKILL)

    with meanwhile(kill):
        reports = grade(fresh, standing.scheduler_address)
    assert len(killed) >= 2 and len(reports) == COUNT
    assert rows(directory.load(fresh).db_url) == expected


@pytest.mark.beyond_sample
def test_is_a_submission_that_ends_three_workers_recorded_as_such(released_course, tmp_path):
    root = Path(shutil.copytree(released_course, tmp_path / "course"))
    killer = demo.Pupil("kills", demo.writes(relative_error=KILLER))
    demo.hand_in(directory.load(root), [*demo.harmless(5), killer])
    reports = {each.student: each for each in grade(root, "local:2", isolation="process")}
    assert len(reports) == 6
    lost = reports.pop("kills")
    assert lost.points == 0 and "3 workers were lost while they graded it" in lost.unreadable
    assert not lost.key  # the next run tries it again
    assert all(each.points > 70 and not each.unreadable for each in reports.values())


@pytest.mark.beyond_sample
def test_does_a_worker_that_comes_later_get_what_it_needs(fresh, expected, standing):
    standing.scale(0)
    with Client(standing, set_as_default=False) as client:
        while client.nthreads():
            time.sleep(0.1)
    standing.adapt(minimum=0, maximum=2, interval="200ms", target_duration="1s")
    try:
        assert len(grade(fresh, standing.scheduler_address)) == COUNT
    finally:
        standing.adapt(minimum=2, maximum=2)
    assert rows(directory.load(fresh).db_url) == expected


def test_does_no_student_and_no_secret_travel(fresh, standing, monkeypatch):
    """Everything that this process writes to the cluster is looked at, the scheduler's too."""
    opened = directory.load(fresh)
    submitted = opened.root / "submitted"
    marked = {}
    for number, pupil in enumerate(pupils(COUNT)):
        marked[pupil.name] = f"student-{number:02}-canary"
        (submitted / pupil.name).rename(submitted / marked[pupil.name])
    sent: list[bytes] = []
    to_frames = sys.modules["distributed.comm.tcp"].to_frames

    async def recorded(*arguments: Any, **options: Any) -> Any:
        frames = await to_frames(*arguments, **options)
        sent.extend(bytes(frame) for frame in frames)
        return frames

    monkeypatch.setattr("distributed.comm.tcp.to_frames", recorded)
    assert len(grade(fresh, standing.scheduler_address)) == COUNT
    everything = b"".join(sent)
    assignment = load_assignment(opened, demo.WEEK)
    job = remote.portable(assignment, "bubblewrap", assignment.limits())
    # What is sent is found, so what should not be would be.
    assert job.values in everything and b"def dense_backward" in everything
    reports = (fresh / ".autograder" / "reports" / demo.STEM).glob("[!.]*.json")
    keys = [json.loads(path.read_text())["key"] for path in reports]
    assert len(keys) == COUNT and all(keys)
    for word in (*marked.values(), "canary", str(fresh), *keys):
        assert word.encode() not in everything, word
    for secret in (opened.secret, opened.secret.hex().encode(), repr(opened.secret).encode()):
        assert secret not in everything


def test_is_another_version_refused_by_name(fresh, standing, monkeypatch):
    other = {"numpy": "1.0.0", "autograder": "0.0.1", "Python": "2.7"}
    for name, version in other.items():
        with monkeypatch.context() as patch:
            patch.setattr(
                remote, "versions", lambda names, name=name, version=version: {name: version}
            )
            said = rf"worker on .+ cannot grade: it has {name} .+, the grader has {version}"
            with pytest.raises(ClusterError, match=said):
                grade(fresh, standing.scheduler_address)
    assert not report_files(fresh)


def test_is_a_worker_without_bubblewrap_refused_by_name(fresh, standing):
    with Client(standing, set_as_default=False) as client:
        before = os.environ["PATH"]
        client.run(exec, "import os; os.environ['PATH'] = '/nowhere'")
        try:
            said = r"worker on .+ cannot grade: bubblewrap is not installed"
            with pytest.raises(ClusterError, match=said):
                grade(fresh, standing.scheduler_address)
        finally:
            client.run(exec, f"import os; os.environ['PATH'] = {before!r}")
    assert not report_files(fresh)


def test_is_an_address_without_a_scheduler_one_sentence(fresh, monkeypatch):
    monkeypatch.setattr(dispatch, "CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:1", "local:none", "local:0", "nowhere://x"):
        with pytest.raises(ClusterError, match="expected a Dask scheduler at .+ or local:N"):
            grade(fresh, address)


def test_is_a_missing_dask_named(fresh, monkeypatch):
    monkeypatch.delitem(sys.modules, "autograder.dispatch.cluster")
    monkeypatch.delattr("autograder.dispatch.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="needs distributed.+`cluster` extra"):
        grade(fresh, "local:2")


@pytest.mark.beyond_sample
def test_does_ctrl_c_keep_what_is_graded_and_leave_no_process(fresh, expected):
    never_ends = demo.HOSTILE["cell-never-ends"]
    endless = [demo.Pupil(f"right-h{number:02}", never_ends) for number in range(ENDLESS)]
    demo.hand_in(directory.load(fresh), endless)
    words = ["grade", "week06", "--course", str(fresh), "--cluster", "local:2"]
    process = command_in_a_terminal(*words)
    try:
        grader = psutil.Process(process.pid)
        wait_until(lambda: len(in_a_loop(in_sandboxes(grader))) == 2, "both are busy")
        family = grader.children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    for pupil in endless:
        shutil.rmtree(fresh / "submitted" / pupil.name)
        # All who had handed in were students before the first was graded.
        enrolment.remove(directory.load(fresh), pupil.name)
    assert process.returncode == 130, err
    assert "run the same command again to grade the rest" in err and "Traceback" not in err
    _, left = psutil.wait_procs(family, timeout=10)
    assert len(family) > 4 and not left
    kept = report_files(fresh)
    assert 0 < len(kept) < COUNT
    grade(fresh, "")
    assert kept.items() <= report_files(fresh).items()
    assert rows(directory.load(fresh).db_url) == expected
