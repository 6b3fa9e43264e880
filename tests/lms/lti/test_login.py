"""Does a login go where the platform signs people in, with what it asked us to bring back?"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from autograder.lms.lti import platforms
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.login import GOOD_FOR, begin_again, start_login
from autograder.lms.lti.platforms import Platform

REDIRECT = "https://nn.example/lti/launch"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def added(engine, client_id="c", deployments=("1",), query=""):
    return platforms.add(
        engine,
        Platform(
            issuer="https://lms.example",
            client_id=client_id,
            authorization_url=f"https://lms.example/auth{query}",
            token_url="https://lms.example/token",
            keyset_url="https://lms.example/keys",
            deployments=frozenset(deployments),
        ),
    )


def begun(engine, **changes):
    given = {"iss": "https://lms.example", "login_hint": "h", "target_link_uri": REDIRECT}
    return start_login(engine, given | changes, REDIRECT, NOW)


def test_does_a_hint_come_back_byte_for_byte(engine):
    added(engine, query="?region=eu")
    hint = '{"cmid":7,"launchid":"l_1"} +&=é%25'
    login = begun(engine, lti_message_hint=hint)
    query = parse_qs(urlsplit(login.url).query)
    assert query["lti_message_hint"] == [hint]
    assert query["region"] == ["eu"]
    assert query["redirect_uri"] == [REDIRECT]
    assert (query["state"], query["nonce"]) == ([login.state], [login.nonce])


def test_is_every_state_and_nonce_another(engine):
    added(engine)
    logins = [begun(engine) for _ in range(5)]
    assert len({each.state for each in logins} | {each.nonce for each in logins}) == 10
    assert all(len(each.state) >= 43 for each in logins)


def test_is_the_platform_found_among_several_on_one_issuer(engine):
    """Hosted Canvas has one issuer for everybody."""
    added(engine, "a", ["1"])
    added(engine, "b", ["2"])
    assert begun(engine, client_id="b").platform.client_id == "b"
    assert begun(engine, lti_deployment_id="1").platform.client_id == "a"


def test_does_a_login_begin_again_in_another_window(engine):
    """The same person and link, and another state; the first one stays as good as it was."""
    added(engine)
    first = begun(engine, lti_message_hint="m", lti_deployment_id="1")
    second = begin_again(engine, first.state, REDIRECT, NOW)
    queries = [parse_qs(urlsplit(each.url).query) for each in (first, second)]
    for query in queries:
        query.pop("state")
        query.pop("nonce")
    assert queries[0] == queries[1]
    assert len({first.state, second.state, first.nonce, second.nonce}) == 4
    with pytest.raises(Refused) as refused:
        begin_again(engine, "guess", REDIRECT, NOW)
    assert refused.value.reason == "state-unknown"
    with pytest.raises(Refused) as refused:
        begin_again(engine, first.state, REDIRECT, NOW + GOOD_FOR)
    assert refused.value.reason == "state-expired"


def test_is_the_frame_for_storage_named_with_its_origin(engine):
    added(engine)
    login = begun(engine, lti_storage_target="_parent")
    assert (login.storage_target, login.platform_origin) == ("_parent", "https://lms.example")
