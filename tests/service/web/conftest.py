"""A service over a small course, and somebody who is signed in there, without a browser."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import itsdangerous
import pytest
from starlette.testclient import TestClient

from autograder.course import directory
from autograder.course.gradebook import opened
from autograder.gradebook import reports
from autograder.lms.lti.roles import Role
from autograder.lms.lti.store import open_course_store
from autograder.records import Outcome, Report, Verdict
from autograder.service import queue
from autograder.service.web import app as web
from autograder.service.web import state
from autograder.service.web.visitor import Visitor

STEM = "week06_backpropagation"
QUESTIONS = ("relu_backward", "dense_backward")
DUE = datetime(2030, 12, 1, 22, 59, tzinfo=UTC)
ADDRESS = "https://nn.example.edu"
SignIn = Callable[..., TestClient]


@pytest.fixture
def service(empty_course: Path) -> Iterator[state.Service]:
    """The service of that course."""
    engine = open_course_store(directory.load(empty_course))
    yield state.make(engine, empty_course, ADDRESS)
    engine.dispose()


@pytest.fixture
def sign_in(service: state.Service) -> Iterator[SignIn]:
    """Makes a browser in which somebody is signed in, or with None nobody."""
    clients: list[TestClient] = []

    def browser(role: Role | None = Role.STUDENT, **known: Any) -> TestClient:
        client = TestClient(
            web.make_app(service),
            base_url=ADDRESS,
            headers={"sec-fetch-site": "same-origin"},
            raise_server_exceptions=False,
            follow_redirects=False,
        )
        if role is not None:
            client.cookies.set("nn-session", cookie(service, visitor(role, **known)))
        clients.append(client)
        return client

    yield browser
    for each in clients:
        each.close()


def visitor(role: Role, **known: Any) -> Visitor:
    """Somebody in this role; a student is ada."""
    student = "ada" if role is Role.STUDENT else None
    usual = {"person": 1, "platform": 1, "subject": "7", "name": "Ada Lovelace", "context": 1}
    return Visitor(**{"role": role, "student": student, **usual, **known})


def cookie(service: state.Service, who: Visitor) -> str:
    """The session's cookie, as the service signs it."""
    plain = {"visitor": asdict(who) | {"role": who.role.value}}
    signer = itsdangerous.TimestampSigner(service.secret("sessions"))
    return signer.sign(b64encode(json.dumps(plain).encode())).decode()


@pytest.fixture(scope="session")
def course_with_a_week(empty_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That course with week 06, whose notebook has two questions; nobody changes its files."""
    root = tmp_path_factory.mktemp("week") / "course"
    # Other tests use a service of that course.
    shutil.copytree(empty_course, root, ignore=shutil.ignore_patterns("service.db*"))
    course = directory.load(root)
    folder = course.folder("release", STEM)
    folder.mkdir(parents=True)
    course.notebook("release", STEM).write_bytes(notebook())
    (folder / "START-HERE.md").write_text("# Start here")
    (folder / ".hidden").write_text("not for students")
    with opened(course) as gradebook:
        gradebook.update_or_create_assignment(STEM, duedate=DUE.replace(tzinfo=None))
    return root


@pytest.fixture
def of_week(course_with_a_week: Path, tmp_path: Path) -> Iterator[state.Service]:
    """The service of that course, for tests that write."""
    root = shutil.copytree(course_with_a_week, tmp_path / "course")
    engine = open_course_store(directory.load(root))
    yield state.make(engine, root, ADDRESS)
    engine.dispose()


@pytest.fixture
def ada(of_week: state.Service) -> Iterator[TestClient]:
    """Ada's browser at the service of that course."""
    with_cookie = open_browser(of_week, visitor(Role.STUDENT))
    yield with_cookie
    with_cookie.close()


def open_browser(service: state.Service, who: Visitor | None) -> TestClient:
    """A browser of a student, or of a program that has no session."""
    client = TestClient(
        web.make_app(service),
        base_url=ADDRESS,
        headers={"sec-fetch-site": "same-origin"} if who else {},
        raise_server_exceptions=False,
        follow_redirects=False,
    )
    if who:
        client.cookies.set("nn-session", cookie(service, who))
    return client


def notebook(answer: str = "pass") -> bytes:
    """A notebook of week 06."""

    def cell(name: str, source: str, **stamp: Any) -> dict[str, Any]:
        stamp = {"grade_id": name, "schema_version": 3, "task": False, **stamp}
        return {
            "cell_type": "code",
            "id": name,
            "metadata": {"nbgrader": stamp},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }

    cells = []
    for name in QUESTIONS:
        solved = f"def {name}(upstream):\n    {answer}"
        solution = {"solution": True, "grade": False, "locked": False}
        check = {"solution": False, "grade": True, "locked": True, "points": 2}
        cells += [cell(f"solution-{name}", solved, **solution)]
        cells += [cell(name, f'check("{name}")', **check)]
    plain = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(plain).encode()


def graded(service: state.Service, upload: queue.Upload, *verdicts: Verdict) -> None:
    """Let an upload be graded with these verdicts, as the worker would."""
    report = Report(upload.student, "week06", verdicts)
    reports.save(service.course.root, upload.assignment, report)
    with service.engine.begin() as connection:
        queue.finish(
            connection,
            upload,
            points=report.points,
            max_points=report.max_points,
            report=json.dumps(reports.as_plain(report)),
        )


RIGHT = Verdict("relu_backward", 2.0, 2.0, Outcome.RIGHT, "relu_backward · 2 of 2 points")
WRONG = Verdict(
    "dense_backward",
    0.5,
    2.0,
    Outcome.VALUES,
    "dense_backward · 0.5 of 2 points\nThe sum over the batch is missing in <db>.\n  yours: 1",
    mistake="bias-gradient-averaged",
)


@pytest.fixture(scope="session")
def graded_course(course_with_a_week: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That course with the graded work of ada and bob; nobody changes its files."""
    from tests.service.web import taught

    return taught.make(course_with_a_week, tmp_path_factory.mktemp("taught") / "course")


@pytest.fixture
def taught(graded_course: Path, tmp_path: Path) -> Iterator[state.Service]:
    """The service of that course, for tests that write."""
    root = shutil.copytree(graded_course, tmp_path / "taught")
    engine = open_course_store(directory.load(root))
    yield state.make(engine, root, ADDRESS)
    engine.dispose()


@pytest.fixture
def grace(taught: state.Service) -> Iterator[TestClient]:
    """An instructor's browser at the service of that course."""
    with_cookie = open_browser(taught, visitor(Role.INSTRUCTOR, name="Grace Hopper"))
    yield with_cookie
    with_cookie.close()


@pytest.fixture
def tom(taught: state.Service) -> Iterator[TestClient]:
    """An assistant's browser there."""
    with_cookie = open_browser(taught, visitor(Role.ASSISTANT, name="Tom Thumb", subject="9"))
    yield with_cookie
    with_cookie.close()
