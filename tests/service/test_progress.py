"""Does a live page say what happens to an upload, in order and to its end?"""

from __future__ import annotations

import asyncio
import json

import pytest

from autograder.service import progress, queue
from autograder.service.progress import Board, events
from tests.service.conftest import STEM

REPORT = {
    "verdicts": [
        {"question": name, "points": p, "max_points": 2.0, "outcome": o, "message": f"{name} · {o}"}
        for name, p, o in (("relu", 2.0, "right"), ("softmax", 0.5, "values"))
    ],
    "unreadable": "",
}


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(progress, "LOOK_SECONDS", 0.01)


def followed(engine, number, while_waiting=()):
    """The events of an upload; between them, what else happens."""
    steps = iter(while_waiting)

    async def follow():
        found = []
        async for each in events(engine, Board(engine), number):
            found.append(each)
            next(steps, lambda: None)()
        return found

    return asyncio.run(asyncio.wait_for(follow(), 10))


def test_are_place_and_verdicts_told(engine):
    first = queue.accept(engine, "bob", STEM, b"{}", "page")
    upload = queue.accept(engine, "ada", STEM, b"{}", "page")

    def take():
        assert [each.id for each in queue.take(engine, most=1)] == [first.id]
        finish(first)
        queue.take(engine)

    def finish(which, **found):
        with engine.begin() as connection:
            queue.finish(connection, which, seconds=1.0, **found)

    def end():
        finish(upload, points=2.5, max_points=4.0, report=json.dumps(REPORT))

    found = followed(engine, upload.id, [take, end])
    assert [(each.state, each.question) for each in found] == [
        ("waiting", ""),
        ("running", ""),
        ("question", "relu"),
        ("question", "softmax"),
        ("graded", ""),
    ]
    assert found[0].ahead == 1
    assert (found[-1].points, found[-1].max_points) == (2.5, 4.0)
    assert found[3].message == "softmax · values"


def test_is_an_upload_that_the_board_has_not_seen_yet_waited_for(engine):
    board = Board(engine)

    async def look_then_accept():
        await board.place(0)
        board._looked += 0.05
        upload = queue.accept(engine, "ada", STEM, b"{}", "page")
        async for each in events(engine, board, upload.id):
            return each

    assert asyncio.run(look_then_accept()).state == "running"


def test_is_a_failure_told_with_its_reason(engine):
    upload = queue.accept(engine, "ada", STEM, b"{}", "page")
    queue.fail(engine, [upload], "The grader ended.")
    (found,) = followed(engine, upload.id)
    assert (found.state, found.message) == ("failed", "The grader ended.")


def test_does_following_a_deleted_upload_end(engine):
    (found,) = followed(engine, 999)
    assert found.state == "failed"


def test_does_one_look_serve_all_pages(engine, monkeypatch):
    monkeypatch.setattr(progress, "LOOK_SECONDS", 10.0)
    looks = []
    monkeypatch.setattr(progress.waits, "places", lambda engine: looks.append(1) or {})

    async def many():
        board = Board(engine)
        await asyncio.gather(*(board.place(n) for n in range(50)))

    asyncio.run(many())
    assert len(looks) == 1
