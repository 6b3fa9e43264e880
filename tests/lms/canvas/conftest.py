"""A Canvas on this machine, which the environment names, and no long waits."""

from __future__ import annotations

import pytest

from autograder.lms.canvas import client
from autograder.lms.canvas import push as pushing
from tests.lms.canvas.fake_canvas import TOKEN, FakeCanvas, serving


def user(number: int, login: str) -> dict[str, object]:
    return {"id": number, "name": login, "sortable_name": login, "login_id": login}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(client, "BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(pushing, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(pushing, "ROUND_SECONDS", 0.001)


@pytest.fixture
def canvas(request, monkeypatch):
    """With 12 students, or as many as the test's `of_students` says: the client takes its time."""
    marker = request.node.get_closest_marker("of_students")
    students = marker.args[0] if marker else 12
    fake = FakeCanvas([user(1000 + number, f"s{number:03}") for number in range(students)])
    with serving(fake):
        monkeypatch.setenv("CANVAS_URL", fake.url)
        monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
        yield fake
