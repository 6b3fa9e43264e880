"""Access tokens: one for each platform, client id and set of scopes, kept until they expire."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from autograder.lms.lti import keys
from autograder.lms.lti.client import Answer, send
from autograder.lms.lti.errors import ServiceError, shown
from autograder.lms.lti.platforms import Platform

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE = f"{AGS}score"
RESULT = f"{AGS}result.readonly"
LINE_ITEM = f"{AGS}lineitem"
LINE_ITEM_READONLY = f"{AGS}lineitem.readonly"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPES = (LINE_ITEM, LINE_ITEM_READONLY, RESULT, SCORE, MEMBERS)

ASSERTION_GOOD_FOR = timedelta(minutes=5)
# Dropped so long before it expires, so that none expires on its way.
MARGIN_SECONDS = 60.0
USUAL_SECONDS = 3600.0
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_Key = tuple[str, str, str, frozenset[str]]
_kept: dict[_Key, tuple[str, float]] = {}
_lock = threading.Lock()


def access_token(
    engine: Engine, platform: Platform, scopes: Iterable[str], *, fresh: bool = False
) -> str:
    """A token for these scopes.

    Args:
        fresh: do not use one that is kept: the platform has refused it.

    Raises:
        ServiceError: when the platform gives none.
    """
    wanted = frozenset(scopes)
    key = (platform.issuer, platform.client_id, platform.token_url, wanted)
    with _lock:
        token, good_until = _kept.get(key, ("", 0.0))
    if token and not fresh and time.monotonic() < good_until:
        return token
    token, seconds = request_token(engine, platform, wanted)
    with _lock:
        _kept[key] = token, time.monotonic() + max(seconds - MARGIN_SECONDS, seconds / 2)
    return token


def forget() -> None:
    """Forget all tokens."""
    with _lock:
        _kept.clear()


def request_token(engine: Engine, platform: Platform, scopes: Iterable[str]) -> tuple[str, float]:
    """Ask a platform for a token.

    Returns:
        The token, and for how many seconds it is good.

    Raises:
        ServiceError: when the platform gives none.
    """
    wanted = sorted(scopes)
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION,
        "client_assertion": assertion(engine, platform, datetime.now(UTC)),
        "scope": " ".join(wanted),
    }
    try:
        answer = send(
            "POST", platform.token_url, headers={"Accept": "application/json"}, body=fields
        )
    except ServiceError as error:
        # What the token is for has not been sent, whether this request has arrived or not.
        reason = "unreachable" if error.again else error.reason
        raise ServiceError(reason, str(error), again=error.again) from None
    if not answer.ok:
        raise _refused(platform, answer)
    given = answer.json()
    token = given.get("access_token") if isinstance(given, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise ServiceError("no-token", f"{platform.token_url} answered without an access_token")
    missing = set(wanted) - _granted(given, wanted)
    if missing:
        raise ServiceError(
            "scope-not-granted",
            f"{platform.name} did not allow {', '.join(sorted(missing))}. Allow it in the LMS's "
            "settings of this tool",
        )
    return token, _seconds(given.get("expires_in"))


def assertion(engine: Engine, platform: Platform, now: datetime) -> str:
    """The signed message that says to a token URL who we are."""
    made = int(now.timestamp())
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": audience(platform),
        "iat": made,
        "exp": made + int(ASSERTION_GOOD_FOR.total_seconds()),
        "jti": secrets.token_urlsafe(24),
    }
    return keys.sign(engine, claims, now)


def audience(platform: Platform) -> str | list[str]:
    """Whom a token request is addressed to."""
    named = platform.token_audience or platform.differences.token_audience
    match named:
        case "token-url":
            return platform.token_url
        case "issuer-and-token-url":
            return [platform.issuer, platform.token_url]
    return named


def _granted(given: dict[str, Any], wanted: list[str]) -> set[str]:
    """The scopes that a token is good for; without a word about them, those that were asked for."""
    scope = given.get("scope")
    found = scope.split() if isinstance(scope, str) else scope
    return set(map(str, found)) if isinstance(found, list) else set(wanted)


def _seconds(given: object) -> float:
    """`expires_in`, which some platforms send as a text, and some not at all."""
    try:
        seconds = float(str(given))
    except ValueError:
        return USUAL_SECONDS
    return min(seconds, 24 * 3600.0) if seconds > 0 else USUAL_SECONDS


def _refused(platform: Platform, answer: Answer) -> ServiceError:
    url, differences = platform.token_url, platform.differences
    if answer.status == differences.blocked_keyset_status and answer.is_html:
        return ServiceError(
            "keyset-blocked",
            f"{url} answered {answer.described()}: {platform.name} cannot fetch our keyset. "
            f"{differences.keyset_trouble}",
        )
    error = ""
    if not answer.is_html:
        try:
            given = answer.json()
            error = str(given.get("error", "")) if isinstance(given, dict) else ""
        except ServiceError:
            error = ""
    if answer.status == 429 or answer.status >= 500:
        return ServiceError("busy", f"{url} answered {answer.described()}", again=True)
    advice = _ADVICE.get(error, "")
    if error in ("invalid_client", "invalid_request", "") and differences.keyset_trouble:
        advice = f"{advice} {differences.keyset_trouble}".strip()
    return ServiceError(
        error.replace("_", "-") if error in _ADVICE else "token-refused",
        f"{url} gave no access token: it answered {shown(answer.described())}. {advice}".strip(),
    )


_ADVICE = {
    "invalid_client": "The platform does not know this client id, or cannot check our signature.",
    "invalid_scope": "Allow the tool's services (line items, scores, class list) in the LMS.",
    "unauthorized_client": "The tool is not enabled in the LMS, or may not use its services.",
    "invalid_request": "The platform did not accept the form of the request.",
}
