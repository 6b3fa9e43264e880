"""Is the emulator strict: does it refuse a tool that does what the standard forbids?"""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests

from autograder.lms.lti import keys, tokens
from tests.lms.lti.platform.grade_service import SCORE_TYPE, column_url
from tests.lms.lti.tool import Forms


def authorization(world):
    """What our tool asks the platform for, as parameters."""
    begun = requests.get(f"{world.emulator.base}/launch?user=2&link=1", allow_redirects=False)
    sent = requests.get(begun.headers["location"], allow_redirects=False)
    return dict(parse_qsl(urlsplit(sent.headers["location"]).query))


def asked(world, parameters):
    return requests.get(f"{world.emulator.base}/auth?{urlencode(parameters)}")


def test_does_a_forged_redirect_get_no_message(world):
    """The page says so itself: sending it there is what the forger wants."""
    parameters = authorization(world) | {"redirect_uri": "https://evil.example/launch"}
    answer = asked(world, parameters)
    assert (answer.status_code, Forms.of(answer.text)) == (400, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "profile"},
        {"response_type": "code"},
        {"response_mode": "query"},
        {"prompt": "login"},
        {"client_id": "other"},
        {"login_hint": "other"},
        {"lti_message_hint": "other"},
        {"state": ""},
        {"nonce": ""},
    ],
)
def test_does_a_wrong_request_get_an_error(world, changes):
    (form,) = Forms.of(asked(world, authorization(world) | changes).text)
    assert form["fields"]["error"] == "invalid_request"
    assert "id_token" not in form["fields"]


def test_is_a_nonce_good_once(world):
    first = authorization(world)
    assert "id_token" in asked(world, first).text
    again = authorization(world) | {"nonce": first["nonce"]}
    assert "id_token" not in asked(world, again).text


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example/token"},
        {"aud": ["a", "b"]},
        {"iss": "other"},
        {"sub": "other"},
        {"exp": 1},
        {"iat": time.time() + 3600},
        {"exp": time.time() + 90_000},
        {"jti": None},
    ],
)
def test_does_a_wrong_proof_get_no_token(world, changes):
    claims = proof(world) | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    assert requested(world, claims).status_code == 400
    assert requested(world, proof(world)).status_code == 200


def test_is_a_proof_good_once(world):
    claims = proof(world)
    assert requested(world, claims).status_code == 200
    assert requested(world, claims).status_code == 400


def proof(world):
    from datetime import UTC, datetime

    made = tokens.assertion(world.engine, world.platform, datetime.now(UTC))
    return jwt.decode(made, options={"verify_signature": False})


def requested(world, claims):
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": keys.sign(world.engine, claims),
        "scope": tokens.SCORE,
    }
    return requests.post(f"{world.emulator.base}/token", data=form)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 204),
        ({"scoreMaximum": None}, 400),
        ({"userId": None}, 400),
        ({"userId": "2"}, 400),
        ({"scoreGiven": -1}, 400),
        ({"timestamp": "2099-01-01T00:00:00Z"}, 400),
        ({"timestamp": "yesterday"}, 400),
    ],
)
def test_does_a_wrong_score_not_count(world, changes, status):
    score = {"userId": "3", "scoreGiven": 1, "scoreMaximum": 2, "timestamp": "2026-01-01T00:00:00Z"}
    score |= {"activityProgress": "Completed", "gradingProgress": "FullyGraded"}
    score = {name: value for name, value in (score | changes).items() if value is not None}
    assert sent(world, score) == status


def test_does_a_score_need_its_type_and_a_token_for_it(world):
    assert sent(world, {}, kind="application/json") == 415
    assert sent(world, {}, scopes=[tokens.RESULT]) == 403
    assert sent(world, {}, scopes=None) == 401


def sent(world, score, kind=SCORE_TYPE, scopes=(tokens.SCORE,)):
    headers = {"Content-Type": kind}
    if scopes:
        token = world.emulator.issue_token(scopes, 60)
        headers["Authorization"] = f"Bearer {token}"
    path, _, query = column_url(world.emulator, world.emulator.records.columns[8]).partition("?")
    url = f"{path}/scores?{query}"
    return requests.post(url, data=json.dumps(score), headers=headers).status_code
