"""What `autograder lti test` tries with a platform, and what to do where a step fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

from sqlalchemy import Engine

from autograder.lms.lti import contexts, keys, keyset, tokens
from autograder.lms.lti.addresses import KEYSET
from autograder.lms.lti.client import send
from autograder.lms.lti.contexts import Context
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.id_token import CLOCK_DIFFERENCE
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.services import Services


@dataclass(frozen=True)
class Step:
    """One step of a checkup.

    Attributes:
        name: what was tried.
        ok: None if it could not be tried.
        said: what was found, or what is wrong and what to do.
    """

    name: str
    ok: bool | None
    said: str


def checkup(engine: Engine, platform: Platform, base_url: str) -> Iterator[Step]:
    """Try everything that works without a person.

    Args:
        base_url: the service's own address; empty to leave it out.
    """
    yield _step("the platform's keys", lambda: _platform_keys(platform))
    yield _step("the two clocks", lambda: _clocks(platform))
    yield _step("the platform's sign-in", lambda: _sign_in(platform))
    yield _step("deployments", lambda: _deployments(platform))
    if base_url:
        yield _step("our keys, at our own address", lambda: _own_keys(engine, base_url))
    token = _step("an access token", lambda: _token(engine, platform))
    yield token
    if not token.ok:
        return
    for name, scope in _SCOPES.items():
        yield _step(f"may use {name}", partial(_scope, engine, platform, scope))
    connected = [
        each for each in contexts.every(engine) if each.platform == platform.id and each.connected
    ]
    if not connected:
        yield Step("courses", None, "no instructor has opened a link yet; open one, and try again")
    for context in connected:
        title = context.title or context.context
        yield _step(f"class list of {title}", partial(_members, engine, platform, context))
        yield _step(f"line items of {title}", partial(_line_items, engine, platform, context))


_SCOPES = {
    "line items": tokens.LINE_ITEM,
    "scores": tokens.SCORE,
    "results": tokens.RESULT,
    "the class list": tokens.MEMBERS,
}


def _step(name: str, tried: Callable[[], str]) -> Step:
    try:
        return Step(name, True, tried())
    except ServiceError as error:
        return Step(name, False, str(error))


def _platform_keys(platform: Platform) -> str:
    found = keyset.published(platform.keyset_url)
    if not found:
        raise ServiceError(
            "no-keys", f"{platform.keyset_url} has no RSA key for signatures; check the address"
        )
    return f"{len(found)} at {platform.keyset_url}"


def _clocks(platform: Platform) -> str:
    answer = send("GET", platform.keyset_url)
    given = answer.headers.get("date", "")
    try:
        theirs = parsedate_to_datetime(given)
    except (TypeError, ValueError):
        return "the platform does not say what time it has"
    seconds = (theirs - datetime.now(UTC)).total_seconds()
    allowed = CLOCK_DIFFERENCE.total_seconds()
    # Its answer has whole seconds and was on its way.
    if abs(seconds) > allowed:
        raise ServiceError(
            "clocks",
            f"the platform's clock is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}; "
            f"launches are refused beyond {allowed:.0f} s. Set the clock that is wrong (NTP)",
        )
    return f"they differ by {max(0.0, abs(seconds) - 1):.0f} to {abs(seconds):.0f} s"


def _sign_in(platform: Platform) -> str:
    answer = send("GET", platform.authorization_url)
    if answer.status == 404 or answer.status >= 500:
        raise ServiceError(
            "no-sign-in",
            f"{platform.authorization_url} answered {answer.described()}; check the address",
        )
    return f"answers at {platform.authorization_url}"


def _deployments(platform: Platform) -> str:
    if not platform.deployments:
        raise ServiceError(
            "no-deployment",
            "none is accepted, so every launch is refused. Next: autograder lti deployment "
            f"{platform.id} DEPLOYMENT_ID, as the LMS shows it",
        )
    return ", ".join(sorted(platform.deployments))


def _own_keys(engine: Engine, base_url: str) -> str:
    url = base_url.rstrip("/") + KEYSET
    found = keyset.published(url)
    signing = next(key.kid for key in keys.published(engine) if key.signs)
    if signing not in found:
        raise ServiceError(
            "other-keys",
            f"{url} does not publish the key that signs ({signing}): another service answers "
            "there, or `autograder serve` runs for another course",
        )
    return f"{len(found)} at {url}, the signing key among them"


def _token(engine: Engine, platform: Platform) -> str:
    _, seconds = tokens.request_token(engine, platform, [tokens.SCORE])
    return f"from {platform.token_url}, good for {seconds:.0f} s"


def _scope(engine: Engine, platform: Platform, scope: str) -> str:
    tokens.access_token(engine, platform, [scope])
    return "yes"


def _members(engine: Engine, platform: Platform, context: Context) -> str:
    if not context.memberships_url:
        raise ServiceError(
            "no-class-list", "the launch named none. Allow Names and Role Provisioning in the LMS"
        )
    found = Services(engine, platform).members(context.memberships_url)
    return f"{len(found)} people"


def _line_items(engine: Engine, platform: Platform, context: Context) -> str:
    if not context.line_items_url:
        raise ServiceError(
            "no-line-items", "the launch named none. Allow Assignment and Grade Services in the LMS"
        )
    found = Services(engine, platform).line_items(context.line_items_url)
    return f"{len(found)} of this tool's"
