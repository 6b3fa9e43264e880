"""Are our keys rotated so that no platform meets a signature it cannot check?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
from jwt import PyJWK

from autograder.lms.lti import keys

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def kids(engine, now):
    return [key["kid"] for key in keys.jwks(engine, now)["keys"]]


def signer(engine, now):
    return jwt.get_unverified_header(keys.sign(engine, {}, now))["kid"]


def test_is_a_new_key_published_before_it_signs_and_the_old_one_after(engine):
    old = signer(engine, NOW)
    new = keys.rotate(engine, NOW).kid
    assert kids(engine, NOW) == [old, new]
    assert signer(engine, NOW) == old
    later = NOW + DAY
    assert signer(engine, later) == new
    assert kids(engine, later + 6 * DAY) == [old, new]
    assert kids(engine, later + 8 * DAY) == [new]


def test_may_a_key_be_rotated_at_once(engine):
    old = signer(engine, NOW)
    new = keys.rotate(engine, NOW, wait=timedelta()).kid
    assert signer(engine, NOW) == new != old
    assert kids(engine, NOW) == [old, new]


def test_is_a_key_that_waits_replaced_by_the_next_rotation(engine):
    old = signer(engine, NOW)
    waiting = keys.rotate(engine, NOW).kid
    new = keys.rotate(engine, NOW).kid
    assert kids(engine, NOW) == [old, new]
    assert waiting != new


def test_can_everybody_check_what_we_sign(engine):
    token = keys.sign(engine, {"a": 1}, NOW)
    (key,) = keys.jwks(engine, NOW)["keys"]
    assert jwt.decode(token, PyJWK(key), algorithms=["RS256"]) == {"a": 1}
    assert "d" not in key
    (whole,) = keys.published(engine, NOW)
    assert jwt.decode(token, whole.public_pem, algorithms=["RS256"]) == {"a": 1}
    assert "PRIVATE" not in repr(whole)
