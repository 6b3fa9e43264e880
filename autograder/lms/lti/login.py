"""The first step of a launch: the platform says who is coming, and we send them to its sign-in."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy import Engine, delete, insert, select

from autograder.lms.lti import platforms
from autograder.lms.lti.addresses import origin, origin_text
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.platforms import LONGEST_ID, Platform
from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import LOGINS

GOOD_FOR = timedelta(minutes=10)
# So long a used or expired login is remembered, for a message that says which it was.
_REMEMBERED = timedelta(hours=1)
_PARAMETERS = (
    *("iss", "client_id", "lti_deployment_id", "target_link_uri"),
    *("login_hint", "lti_message_hint"),
)
_LONGEST = {"iss": 255, "client_id": 255, "lti_deployment_id": 255}
_LONGEST_HINT = 8000


@dataclass(frozen=True)
class Login:
    """A login that has begun.

    Attributes:
        url: where to send the browser.
        state: the browser has to show it again at the launch: from a cookie, or from the
            platform's storage.
        storage_target: the frame that offers the platform's storage (`lti_storage_target`); empty
            if the platform offers none.
        platform_origin: the origin that messages to that frame are addressed to.
    """

    url: str
    state: str
    nonce: str
    storage_target: str
    platform_origin: str
    platform: Platform


def start_login(
    engine: Engine, parameters: Mapping[str, str], redirect_uri: str, now: datetime
) -> Login:
    """Begin a login.

    Args:
        parameters: of the platform's request, which may be a GET or a POST.
        redirect_uri: our launch address, as it is registered with the platform.
        now: aware.

    Raises:
        Refused: when the platform is not known, or something is missing.
    """
    given = _Checked(parameters)
    if not given("iss"):
        raise Refused("no-issuer")
    platform = _find(engine, given("iss"), given("client_id"), given("lti_deployment_id"))
    if not given("login_hint"):
        raise Refused("no-login-hint", issuer=platform.issuer)
    _refuse_foreign(given("target_link_uri"), redirect_uri, platform)
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with engine.begin() as connection:
        connection.execute(delete(LOGINS).where(LOGINS.c.expires < now - _REMEMBERED))
        row = {
            "state": state,
            "nonce": nonce,
            "platform": platform.id,
            "deployment": given("lti_deployment_id"),
            "parameters": json.dumps({name: given(name) for name in _PARAMETERS}),
            "expires": now + GOOD_FOR,
        }
        connection.execute(insert(LOGINS).values(row))
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": redirect_uri,
        "login_hint": given("login_hint"),
        "state": state,
        "nonce": nonce,
    }
    if given("lti_message_hint"):
        asked["lti_message_hint"] = given("lti_message_hint")
    return Login(
        url=_with_query(platform.authorization_url, asked),
        state=state,
        nonce=nonce,
        storage_target=given("lti_storage_target"),
        platform_origin=origin_text(platform.authorization_url),
        platform=platform,
    )


def begin_again(engine: Engine, state: str, redirect_uri: str, now: datetime) -> Login:
    """Begin a login once more, as the platform began it: in another window.

    Args:
        state: of the login that has begun. The platform has not been asked to sign the person in
            yet: what it answers is good once.

    Raises:
        Refused: when there is no such login, or it has been used, or is too old.
    """
    login = unused(engine, state, now)
    return start_login(engine, json.loads(login["parameters"]), redirect_uri, now)


def unused(engine: Engine, state: str, now: datetime) -> Mapping[Any, Any]:
    """The row of a login that waits for its launch.

    Raises:
        Refused: no-state, state-unknown, state-used or state-expired.
    """
    if not state:
        raise Refused("no-state")
    if len(state) > LONGEST_ID or not state.isascii() or not state.isprintable():
        raise Refused("state-unknown")
    with reading(engine) as connection:
        found = connection.execute(select(LOGINS).where(LOGINS.c.state == state)).mappings()
        login = found.one_or_none()
    if login is None:
        raise Refused("state-unknown")
    if login["used"] is not None:
        raise Refused("state-used")
    if login["expires"] <= now:
        raise Refused("state-expired", minutes=int(GOOD_FOR.total_seconds() // 60))
    return login


class _Checked:
    """The parameters of a login, refused where one is longer than any platform's."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = parameters

    def __call__(self, name: str) -> str:
        value = self._parameters.get(name) or ""
        limit = _LONGEST.get(name, _LONGEST_HINT)
        # A hint is only sent back; an id is compared and stored.
        if len(value) > limit or (name in _LONGEST and not value.isprintable()):
            raise Refused("malformed-login", name=name, limit=limit, received=len(value))
        return value


def _find(engine: Engine, issuer: str, client_id: str, deployment: str) -> Platform:
    """The platform of a login; without a client id, the only one that it can be."""
    same_issuer = [each for each in platforms.every(engine) if each.issuer == issuer]
    found = [each for each in same_issuer if client_id in ("", each.client_id)]
    if len(found) > 1 and deployment:
        found = [each for each in found if deployment in each.deployments]
    if len(found) == 1:
        return found[0]
    if same_issuer and not client_id:
        raise Refused("ambiguous-platform", issuer=issuer)
    raise Refused("unknown-platform", issuer=issuer, client_id=client_id or "(none)")


def _refuse_foreign(target: str, redirect_uri: str, platform: Platform) -> None:
    if not target:
        raise Refused("no-target", issuer=platform.issuer)
    if origin(target) != origin(redirect_uri):
        raise Refused("foreign-target", expected=redirect_uri, received=target)


def _with_query(url: str, added: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(each for each in (parts.query, urlencode(added)) if each)
    return urlunsplit(parts._replace(query=query))
