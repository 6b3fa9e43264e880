"""A class that hands in within the last minute: what it waits, and how fast pages are meanwhile.

    python -m benchmarks.last_minute [--students 300] [--seconds 60]

Everything is as it would be: `autograder serve` on this machine, a strict LMS beside it that takes
the grades over HTTP, and students who open pages while they wait. A promise is the wait that the
service names when it accepts a notebook.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import itsdangerous
from sqlalchemy import Engine

from autograder.cli import demo
from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.roster import Student
from autograder.dispatch import local
from autograder.grading.assignment import load_assignment
from autograder.intake.read import read_notebook
from autograder.lms.lti.roles import Role
from autograder.lms.lti.store import open_course_store
from autograder.questions import catalogue
from autograder.release import generate
from autograder.service import outbox, queue, waits
from autograder.service.web import state
from autograder.service.web.visitor import Visitor
from tests.service.live import LiveService, lms_of

READERS = 4
"""Students who open one page after another while the class hands in."""
PAUSE = 0.2
SHORT = 3.0
"""Seconds below which nobody minds whether a wait was told right."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--students", type=int, default=300)
    options.add_argument("--seconds", type=float, default=60.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = directory.init(Path(folder, "course"))
        generate.release(course, catalogue.week(demo.WEEK))
        assert load_assignment(course, demo.WEEK).judge
        people = {str(1000 + n): f"s{n:03}" for n in range(chosen.students)}
        enrol(course, [Student(each) for each in people.values()])
        work = notebooks(course, chosen.students)
        engine = open_course_store(course)
        service = LiveService(course.root, workers=local.cores())
        with lms_of(engine, service, people):
            service.start()
            time.sleep(10)  # a service runs for weeks before the last minute of one
            idle(engine, work[0])
            measure(engine, service, course.root, list(people.values()), work, chosen.seconds)
        service.stop()
        engine.dispose()


def notebooks(course: directory.Course, count: int) -> list[bytes]:
    """The demo class's work, without the written answer, for which a person would be needed."""
    made = []
    for pupil in demo.harmless(count):
        notebook = read_notebook(course.notebook("source", demo.STEM))
        notebook.cells = [each for each in notebook.cells if "why_blame" not in str(each.metadata)]
        made.append(pupil.edit(notebook) or b"")
    return made


def idle(engine: Engine, notebook: bytes) -> None:
    """The time from an upload on an idle service until the LMS has its grade."""
    began = time.perf_counter()
    queue.accept(engine, "s000", demo.STEM, notebook, "page")
    wait_until_sent(engine, 1)
    print(f"{time.perf_counter() - began:8.2f} s from an upload on an idle service to the LMS")


def measure(
    engine: Engine,
    service: LiveService,
    root: Path,
    students: Sequence[str],
    work: Sequence[bytes],
    seconds: float,
) -> None:
    """Hand in at random moments, read pages meanwhile, and print what was seen."""
    moments = sorted(random.Random(1).uniform(0, seconds) for _ in students)
    pages: list[float] = []
    stop = threading.Event()
    cookie = signed_in(engine, root, service.url)
    readers = [
        threading.Thread(target=read, args=(service.url, cookie, pages, stop))
        for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    began = time.perf_counter()
    accepted: dict[int, tuple[float, float]] = {}
    taking: list[float] = []
    for moment, student, notebook in zip(moments, students, work, strict=True):
        time.sleep(max(0.0, began + moment - time.perf_counter()))
        before = time.perf_counter()
        upload = queue.accept(engine, student, demo.STEM, notebook, "page")
        taking.append(time.perf_counter() - before)
        accepted[upload.id] = waits.place(engine, upload).seconds, upload.accepted.timestamp()
    while waits.places(engine):
        time.sleep(0.2)
    graded = time.perf_counter() - began
    wait_until_sent(engine, len(students))
    sent = time.perf_counter() - began
    stop.set()
    for reader in readers:
        reader.join()
    told(engine, accepted, pages, taking)
    print(f"{graded:8.1f} s from the first upload until all {len(students)} were graded")
    print(f"{sent:8.1f} s until the LMS had all grades")


def told(
    engine: Engine,
    accepted: dict[int, tuple[float, float]],
    pages: Sequence[float],
    taking: Sequence[float],
) -> None:
    """Print waits, promises, and the times of pages."""
    waits, right = [], 0
    for number, (promised, moment) in accepted.items():
        upload = queue.find(engine, number)
        assert upload and upload.finished
        assert upload.state is queue.State.GRADED, upload.problem
        waited = upload.finished.timestamp() - moment
        waits.append(waited)
        right += waited / 2 <= promised <= 2 * waited or max(waited, promised) < SHORT
    print(f"{100 * right / len(waits):8.0f} % of the waits told right within a factor of two")
    print(f"{statistics.median(waits):8.1f} s waited for a verdict, the middle of the class")
    print(f"{percentile(waits):8.1f} s, the 95th of a hundred")
    print(f"{1000 * percentile(pages):8.0f} ms for a page, the 95th of a hundred ({len(pages)})")
    print(f"{1000 * percentile(taking):8.0f} ms to accept a notebook, the 95th of a hundred")


def percentile(values: Sequence[float], share: float = 0.95) -> float:
    """The value below which this share of them is."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def read(url: str, cookie: str, pages: list[float], stop: threading.Event) -> None:
    """Open pages as a student who waits, one after another."""
    paths = ("/weeks", "/weeks/week06")
    while not stop.is_set():
        for path in paths:
            request = Request(f"{url}{path}", headers={"cookie": f"nn-session={cookie}"})
            began = time.perf_counter()
            with urlopen(request) as answer:
                assert answer.status == 200
                answer.read()
            pages.append(time.perf_counter() - began)
            stop.wait(PAUSE)


def signed_in(engine: Engine, root: Path, url: str) -> str:
    """The session of a student."""
    who = Visitor(Role.STUDENT, "s000", 1, 1, "1000", "Somebody", 1)
    plain: dict[str, Any] = {"visitor": asdict(who) | {"role": who.role.value}}
    signer = itsdangerous.TimestampSigner(state.make(engine, root, url).secret("sessions"))
    return signer.sign(b64encode(json.dumps(plain).encode())).decode()


def wait_until_sent(engine: Engine, count: int) -> None:
    """Wait until the LMS has so many grades."""
    while True:
        rows = outbox.states(engine, demo.STEM)
        if sum(row.state == outbox.State.DELIVERED for row in rows) >= count:
            return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
