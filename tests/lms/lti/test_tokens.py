"""Are access tokens asked for as each platform wants it, and kept as long as they are good?"""

from __future__ import annotations

import jwt
import pytest

from autograder.lms.lti import tokens
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.platforms import Platform


def asked(world):
    return sum(path == "/token" for _, path in world.emulator.requests)


def test_is_a_token_kept_by_scopes(world):
    for scopes in ([tokens.SCORE], [tokens.SCORE], [tokens.RESULT, tokens.SCORE], [tokens.SCORE]):
        tokens.access_token(world.engine, world.platform, scopes)
    assert asked(world) == 2


def test_is_a_short_token_not_kept_beyond_its_time(world, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now[0])
    tokens.access_token(world.engine, world.platform, [tokens.SCORE])
    now[0] = 3600 - tokens.MARGIN_SECONDS - 1
    tokens.access_token(world.engine, world.platform, [tokens.SCORE])
    assert asked(world) == 1
    now[0] += 2
    tokens.access_token(world.engine, world.platform, [tokens.SCORE])
    assert asked(world) == 2


@pytest.mark.parametrize(
    ("changes", "audience"),
    [
        ({"family": "moodle"}, "https://lms.example/token"),
        ({"family": "canvas"}, "https://lms.example/token"),
        ({"family": "brightspace"}, "https://api.brightspace.com/auth/token"),
        ({"token_audience": "https://own.example"}, "https://own.example"),
        (
            {"token_audience": "issuer-and-token-url"},
            ["https://lms.example", "https://lms.example/token"],
        ),
    ],
)
def test_is_a_request_addressed_as_the_platform_wants(store, changes, audience):
    from datetime import UTC, datetime

    platform = Platform(
        **(
            {
                "issuer": "https://lms.example",
                "client_id": "c",
                "authorization_url": "https://lms.example/auth",
                "token_url": "https://lms.example/token",
                "keyset_url": "https://lms.example/keys",
            }
            | changes
        )
    )
    made = [tokens.assertion(store, platform, datetime.now(UTC)) for _ in range(2)]
    first, second = (jwt.decode(each, options={"verify_signature": False}) for each in made)
    assert first["aud"] == audience
    assert first["iss"] == first["sub"] == "c"
    assert first["jti"] != second["jti"]
    assert first["exp"] - first["iat"] == 300


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (404, "<h1>Error</h1>", "keyset-blocked"),
        (500, "<h1>Error</h1>", "busy"),
        (400, '{"error": "invalid_client"}', "invalid-client"),
        (400, '{"error": "invalid_scope"}', "invalid-scope"),
        (401, "", "token-refused"),
        (400, '{"error": "something_new"}', "token-refused"),
        (200, '{"token_type": "bearer"}', "no-token"),
        (200, '{"access_token": "a b\\n"}', "no-token"),
        (200, "[]", "no-token"),
        (200, "<html>", "not-json"),
    ],
)
def test_is_every_refusal_named(worlds, monkeypatch, status, text, reason):
    from autograder.lms.lti.client import Answer

    world = worlds("moodle")
    url = world.platform.token_url
    monkeypatch.setattr(tokens, "send", lambda *a, **k: Answer(url, status, {}, text.encode()))
    with pytest.raises(ServiceError) as refused:
        tokens.request_token(world.engine, world.platform, [tokens.SCORE])
    assert refused.value.reason == reason
    assert refused.value.again == (reason == "busy")
