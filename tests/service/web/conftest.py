"""A service over a small course, and somebody who is signed in there, without a browser."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import itsdangerous
import pytest
from starlette.testclient import TestClient

from autograder.course import directory
from autograder.lms.lti.roles import Role
from autograder.lms.lti.store import open_course_store
from autograder.service.web import app as web
from autograder.service.web import state
from autograder.service.web.visitor import Visitor

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
