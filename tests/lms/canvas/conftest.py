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
def canvas(monkeypatch):
    fake = FakeCanvas([user(1000 + number, f"s{number:03}") for number in range(120)])
    with serving(fake):
        monkeypatch.setenv("CANVAS_URL", fake.url)
        monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
        yield fake
