"""The second step of a launch: the platform's signed message becomes a person with a role.

Everything is checked before anything is stored. State and nonce are consumed together with what
the launch leaves in the database, in one transaction, so that of two copies of a message one
counts.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, Engine, select, update

from autograder.lms.lti import contexts, platforms
from autograder.lms.lti.addresses import is_safe, origin
from autograder.lms.lti.claims import AGS, DEEP_LINK, LONGEST_TEXT, LTI, NRPS, Claims
from autograder.lms.lti.contexts import Place
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.id_token import verified
from autograder.lms.lti.login import unused
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role, is_test_user, role
from autograder.lms.lti.store import write
from autograder.lms.lti.tables import LOGINS

MESSAGES = {"LtiResourceLinkRequest": "resource", "LtiDeepLinkingRequest": "deep-link"}
VERSION = "1.3.0"
_WEEK = re.compile(r"[A-Za-z0-9][\w-]{0,99}", re.ASCII)
_IN_FRAME = ("iframe", "frame")


@dataclass(frozen=True)
class DeepLink:
    """How the LMS wants what an instructor picks.

    Attributes:
        return_url: where the answer goes.
        data: has to be sent back as it is; None if there was none.
        takes_several: whether more than one item may be picked.
        takes_line_items: whether items may say how they are graded.
    """

    return_url: str
    data: object
    takes_several: bool
    takes_line_items: bool
    title: str
    text: str


@dataclass(frozen=True)
class Launch:
    """Somebody has come from an LMS, and this is all that is believed of it.

    Attributes:
        deployment: the deployment id.
        subject: the platform's id of the person; never changes for one person.
        login: the person's account name in the LMS, if it says so.
        sourced_id: the person's number in the institution's records, if the LMS says so.
        account: the LMS's own number for the person, as `roster` keeps it, if the LMS says so.
        test_user: nobody real, such as the student in Canvas's student view: no grades.
        message: "resource" or "deep-link".
        week: the assignment that the link opens, such as "week06"; None if it does not say.
        line_item, line_items, memberships_url: services, from this launch; None where there is
            none.
        scopes: what the platform lets us do with line items.
        context_key: the id in CONTEXTS; link_key: the id in LINKS.
        in_frame: whether the page is shown inside the LMS's.
    """

    platform: Platform
    deployment: str
    subject: str
    name: str
    email: str
    login: str
    sourced_id: str
    account: str
    role: Role
    test_user: bool
    context_id: str
    context_title: str
    resource_link_id: str
    title: str
    message: str
    custom: Mapping[str, str]
    week: str | None
    line_item: str | None
    line_items: str | None
    scopes: frozenset[str]
    memberships_url: str | None
    deep_link: DeepLink | None
    return_url: str
    locale: str
    in_frame: bool
    context_key: int = 0
    link_key: int | None = field(default=None)


def read_launch(
    engine: Engine,
    parameters: Mapping[str, str],
    browser_state: str | None,
    now: datetime,
    redirect_uri: str = "",
) -> Launch:
    """Check a launch and let the person in.

    Args:
        parameters: of the platform's POST.
        browser_state: the state that this browser holds, from its cookie or from the platform's
            storage; None if it holds none.
        now: aware.
        redirect_uri: our launch address; if given, the target has to be at the same origin.

    Raises:
        Refused: with the first thing that is wrong. Nothing is consumed then, unless the launch
            is right and its course is another.
    """
    if parameters.get("error"):
        described = parameters.get("error_description") or "(it does not say why)."
        raise Refused("platform-refused", error=parameters["error"], description=described)
    token, state = parameters.get("id_token") or "", parameters.get("state") or ""
    if not token:
        raise Refused("no-token")
    login = _login(engine, state, browser_state, now)
    platform = platforms.get(engine, login["platform"])
    claims = verified(token, platform, now)
    launch = _read(claims, platform, redirect_uri)
    if login["deployment"] not in ("", launch.deployment):
        raise Refused(
            "deployment-changed", expected=login["deployment"], received=launch.deployment
        )
    nonce = claims.identifier("nonce")

    def consume(connection: Connection) -> Place:
        _check_nonce(connection, nonce, login)
        used = update(LOGINS).where(LOGINS.c.state == state, LOGINS.c.used.is_(None))
        if connection.execute(used.values(used=now)).rowcount != 1:
            raise Refused("state-used")
        return contexts.remember(connection, launch, now)

    place = write(engine, consume)
    if place.refused:
        raise place.refused
    return replace(launch, context_key=place.context, link_key=place.link)


def _login(
    engine: Engine, state: str, browser_state: str | None, now: datetime
) -> Mapping[Any, Any]:
    """The login that this launch ends."""
    login = unused(engine, state, now)
    if browser_state is None:
        raise Refused("no-cookie")
    if not hmac.compare_digest(browser_state.encode(), state.encode()):
        raise Refused("other-browser")
    return login


def _check_nonce(connection: Connection, nonce: str, login: Mapping[Any, Any]) -> None:
    if hmac.compare_digest(nonce.encode(), login["nonce"].encode()):
        return
    others = select(LOGINS.c.used).where(LOGINS.c.nonce == nonce)
    other = connection.execute(others).one_or_none()
    if other is None:
        raise Refused("nonce-unknown")
    raise Refused("state-swapped" if other.used is None else "nonce-used")


def _read(claims: Claims, platform: Platform, redirect_uri: str) -> Launch:
    version = claims.needs(f"{LTI}version")
    if version != VERSION:
        raise Refused("wrong-version", received=version)
    kind = claims.needs(f"{LTI}message_type")
    message = MESSAGES.get(kind) if isinstance(kind, str) else None
    if message is None:
        raise Refused("unknown-message", expected=" or ".join(MESSAGES), received=kind)
    deployment = claims.identifier(f"{LTI}deployment_id")
    if deployment not in platform.deployments:
        raise Refused(
            "unknown-deployment", received=deployment, issuer=platform.issuer, number=platform.id
        )
    if not claims.raw("sub"):
        raise Refused("anonymous")
    subject = claims.identifier("sub")
    roles = claims.texts(f"{LTI}roles", required=True)
    context = claims.inner(f"{LTI}context")
    if "id" not in context:
        raise Refused("not-in-a-course")
    target = _target(claims, redirect_uri, required=message == "resource")
    link = claims.inner(f"{LTI}resource_link", required=message == "resource")
    custom = claims.inner(f"{LTI}custom").filled()
    grades = claims.inner(AGS)
    presentation = claims.inner(f"{LTI}launch_presentation")
    lis, extension = claims.inner(f"{LTI}lis"), claims.inner(f"{LTI}ext")
    return Launch(
        platform=platform,
        deployment=deployment,
        subject=subject,
        name=_name(claims),
        email=claims.text("email"),
        login=extension.text("user_username") or custom.get("login", ""),
        sourced_id=lis.text("person_sourcedid"),
        account=_account(platform, subject, custom),
        role=role(roles),
        test_user=is_test_user(roles),
        context_id=context.identifier("id"),
        context_title=context.text("title") or context.text("label"),
        resource_link_id=link.identifier("id", required=message == "resource"),
        title=link.text("title"),
        message=message,
        custom=custom,
        week=_week(custom, target),
        line_item=_service(grades, "lineitem"),
        line_items=_service(grades, "lineitems"),
        scopes=frozenset(grades.texts("scope")),
        memberships_url=_service(claims.inner(NRPS), "context_memberships_url"),
        deep_link=_deep_link(claims.inner(DEEP_LINK, required=True))
        if message == "deep-link"
        else None,
        return_url=_page(presentation.text("return_url")),
        locale=presentation.text("locale")[:35],
        in_frame=presentation.text("document_target") in _IN_FRAME,
    )


def _name(claims: Claims) -> str:
    parts = (claims.text("given_name"), claims.text("family_name"))
    return claims.text("name") or " ".join(part for part in parts if part)


def _account(platform: Platform, subject: str, custom: Mapping[str, str]) -> str:
    name = platform.differences.account_custom.partition("=")[0]
    if name:
        return custom.get(name, "")
    return subject if "subject" in platform.differences.account_fields else ""


def _week(custom: Mapping[str, str], target: str) -> str | None:
    """What the link opens: its custom parameter, or `?week=` of its address."""
    named = custom.get("week") or next(iter(parse_qs(urlsplit(target).query).get("week", ())), "")
    return named if _WEEK.fullmatch(named) else None


def _target(claims: Claims, redirect_uri: str, *, required: bool) -> str:
    """The address that the link opens, which has to be ours."""
    name = f"{LTI}target_link_uri"
    if required:
        claims.needs(name)
    target = claims.text(name, LONGEST_TEXT)
    if target and redirect_uri and origin(target) != origin(redirect_uri):
        raise Refused("foreign-target", expected=redirect_uri, received=target)
    return target


def _service(claims: Claims, name: str) -> str | None:
    """The address of a service, to which an access token will be sent."""
    url = claims.text(name, LONGEST_TEXT)
    if url and not is_safe(url):
        raise Refused("foreign-service", name=name, received=url)
    return url or None


def _page(url: str) -> str:
    """An address for a link on a page; empty for anything but a web page's."""
    return url if origin(url)[0] else ""


def _deep_link(settings: Claims) -> DeepLink:
    settings.needs("deep_link_return_url")
    return_url = settings.text("deep_link_return_url", 8000)
    if not is_safe(return_url):
        raise Refused("foreign-service", name="deep_link_return_url", received=return_url)
    kinds = settings.texts("accept_types", required=True)
    if "ltiResourceLink" not in kinds:
        raise Refused(
            "malformed-claim",
            claim="deep_linking_settings.accept_types",
            expected="ltiResourceLink among others",
            received=", ".join(kinds) or "none",
        )
    return DeepLink(
        return_url=return_url,
        data=settings.raw("data"),
        takes_several=settings.flag("accept_multiple", False),
        takes_line_items=settings.flag("accept_lineitem", True),
        title=settings.text("title"),
        text=settings.text("text"),
    )
