"""Do services go on where a platform refuses, throttles or forgets?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autograder.lms.lti import tokens
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.scores import Conflict, Rejected, Score, Sent, TryLater
from autograder.lms.lti.services import Services
from tests.lms.lti.platform.grade_service import column_url
from tests.lms.lti.platform.web import Reply


def scored(world, seconds=-60.0, **more):
    url = column_url(world.emulator, world.emulator.records.columns[8])
    time = datetime.now(UTC) + timedelta(seconds=seconds)
    score = Score(**({"user": "3", "given": 8.0, "maximum": 10.0, "time": time} | more))
    return Services(world.engine, world.platform).send_score(url, score)


def test_is_a_token_renewed_within_a_run(world):
    """The platform forgets it, as in the middle of a class's grades."""
    assert scored(world) == Sent()
    world.emulator.tokens.clear()
    assert scored(world, -50) == Sent()


@pytest.mark.parametrize(
    ("family", "reply", "kind", "reason"),
    [
        ("moodle", Reply(409, b"[]"), Conflict, ""),
        (
            "canvas",
            Reply(400, b"Provided timestamp of 1 before last updated timestamp"),
            Conflict,
            "",
        ),
        (
            "canvas",
            Reply(400, b"Provided submitted_at timestamp of 1 in the future"),
            Rejected,
            "not-accepted",
        ),
        ("canvas", Reply(400, b"{}"), Rejected, "not-accepted"),
        ("moodle", Reply(400, b"timestamp"), Rejected, "not-accepted"),
        ("canvas", Reply(403, b"", {"X-Rate-Limit-Remaining": "0.0"}), TryLater, ""),
        ("canvas", Reply(403, b"", {"X-Rate-Limit-Remaining": "12.5"}), Rejected, "not-allowed"),
        ("other", Reply(429, b"", {"Retry-After": "7"}), TryLater, ""),
        ("other", Reply(404), Rejected, "line-item-gone"),
        ("other", Reply(422), Rejected, "not-accepted"),
        ("other", Reply(500), TryLater, ""),
        ("other", Reply(302, b"", {"Location": "https://evil.example/"}), Rejected, "status-302"),
        ("other", Reply(201), Sent, ""),
    ],
)
def test_is_every_answer_to_a_score_understood(worlds, family, reply, kind, reason):
    world = worlds(family=family)
    tokens.access_token(world.engine, world.platform, [tokens.SCORE])
    world.emulator.failures = [reply]
    found = scored(world)
    assert isinstance(found, kind)
    assert getattr(found, "reason", "") == reason
    if reply.headers.get("Retry-After"):
        assert found.after == 7.0


@pytest.mark.slow
def test_is_a_score_that_cannot_be_sent_tried_later(world):
    from autograder.lms.lti.platforms import Platform

    away = Platform(**(vars(world.platform) | {"token_url": "http://127.0.0.1:9/"}))
    score = Score("3", 1.0, 2.0, datetime.now(UTC))
    found = Services(world.engine, away).send_score("http://127.0.0.1:9/x", score)
    assert isinstance(found, TryLater) and not found.perhaps_stored


def test_do_canvass_attempts_stay_with_a_regrade(worlds):
    world = worlds("canvas")
    scored(world, -60, new_attempt=True)
    scored(world, -50, given=9.0)
    grade = world.emulator.records.columns[8].grades["3"]
    assert (grade.attempts, grade.score) == (1, 90.0)


def test_is_a_token_of_one_client_never_anothers(worlds):
    """Hosted Canvas has one issuer for all; PyLTI1p3 sends B the token of A."""
    world = worlds()
    from autograder.lms.lti.platforms import Platform

    first = tokens.access_token(world.engine, world.platform, [tokens.SCORE])
    other = Platform(**(vars(world.platform) | {"client_id": "client-2"}))
    with pytest.raises(ServiceError):
        tokens.access_token(world.engine, other, [tokens.SCORE])
    world.emulator.registration.client_id = "client-2"
    assert tokens.access_token(world.engine, other, [tokens.SCORE]) != first


def test_is_an_error_of_a_list_a_sentence(world):
    tokens.access_token(world.engine, world.platform, [tokens.MEMBERS])
    for reply, word in (
        (Reply(403), "Allow the tool's services"),
        (Reply(200, b"<html>"), "should answer with JSON"),
        (Reply(200, b"7"), "should answer with a list"),
    ):
        world.emulator.failures = [reply]
        with pytest.raises(ServiceError, match=word):
            Services(world.engine, world.platform).members(f"{world.emulator.base}/members/2")
