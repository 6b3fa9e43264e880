"""Dynamic registration: the LMS opens an address of ours, and the two agree on all settings.

The address holds a code that was made here and is good once: otherwise anybody could register a
platform of their own, and its people would be let in.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Engine, insert, select, update

from autograder.errors import CourseError
from autograder.lms.lti import addresses, platforms, tokens
from autograder.lms.lti.client import Answer, send
from autograder.lms.lti.differences import differences, family_of, may_configure
from autograder.lms.lti.errors import Refused, ServiceError
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import INVITATIONS

GOOD_FOR = timedelta(hours=24)
TITLE = "Neural Networks from Scratch"
CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")


def invite(engine: Engine, base_url: str, now: datetime | None = None) -> str:
    """An address that registers one platform, to be entered in the LMS.

    Args:
        base_url: the service's own address.
    """
    code = secrets.token_urlsafe(24)
    row = {"code_hash": _hash(code), "expires": (now or datetime.now(UTC)) + GOOD_FOR}
    with engine.begin() as connection:
        connection.execute(insert(INVITATIONS).values(row))
    return f"{base_url.rstrip('/')}{addresses.REGISTER}?{urlencode({'code': code})}"


def register(
    engine: Engine,
    parameters: Mapping[str, str],
    base_url: str,
    now: datetime | None = None,
    title: str = TITLE,
) -> Platform:
    """Register this tool with the platform that has opened the address.

    Args:
        parameters: of its request: `code`, `openid_configuration`, `registration_token`.
        base_url: the service's own address.
        title: the tool's name in the LMS.

    Returns:
        The platform. The page that shows it then says to the window around it that it is done:
        `postMessage({subject: "org.imsglobal.lti.close"}, "*")`.

    Raises:
        Refused: when the code is not good, or the platform does not play along.
    """
    now = now or datetime.now(UTC)
    _check_code(engine, parameters.get("code") or "", now)
    configuration = _configuration(parameters.get("openid_configuration") or "")
    made = _registered(configuration, parameters.get("registration_token") or "", base_url, title)
    _use_code(engine, parameters["code"], now)
    try:
        return platforms.add(engine, made, now)
    except CourseError as error:
        raise Refused("registration-refused", problem=error) from None


@dataclass(frozen=True)
class _Configuration:
    """What a platform says about itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    token_audience: str
    family: str
    scopes: tuple[str, ...]


def _configuration(url: str) -> _Configuration:
    """The platform's settings; all have to be addresses of the same site as its issuer."""
    if not addresses.is_safe(url):
        raise Refused(
            "configuration-unreachable", url=url or "(none)", problem="it is no https address."
        )
    try:
        answer = send("GET", url, headers={"Accept": "application/json"})
        found = answer.json() if answer.ok else None
    except ServiceError as error:
        raise Refused("configuration-unreachable", url=url, problem=f"{error}.") from None
    if not isinstance(found, dict):
        problem = f"it answered {answer.described()}."
        raise Refused("configuration-unreachable", url=url, problem=problem)
    values = {name: found.get(name) for name in ("issuer", *_ENDPOINTS)}
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            raise Refused("configuration-unreachable", url=url, problem=f"it has no {name}.")
        if name != "issuer" and not addresses.is_safe(value):
            raise Refused("configuration-foreign", expected="https", name=name, received=value)
    issuer = str(values["issuer"])
    # The code goes to nobody but the platform whose settings these are.
    site = addresses.origin_text(url)
    for name in ("issuer", "registration_endpoint"):
        elsewhere = addresses.origin_text(str(values[name])) != site
        if elsewhere and not (name == "issuer" and may_configure(site, issuer)):
            raise Refused("configuration-foreign", expected=site, name=name, received=values[name])
    own = found.get(CONFIGURATION)
    product = own.get("product_family_code", "") if isinstance(own, dict) else ""
    audience = found.get("authorization_server")
    scopes = found.get("scopes_supported")
    return _Configuration(
        **{name: str(value) for name, value in values.items() if name != "issuer"},
        issuer=issuer,
        token_audience=audience if isinstance(audience, str) else "",
        family=family_of(str(product)),
        scopes=tuple(map(str, scopes)) if isinstance(scopes, list) else (),
    )


def _registered(configuration: _Configuration, token: str, base_url: str, title: str) -> Platform:
    """Send our settings, and read what the platform made of them."""
    body = json.dumps(tool_settings(base_url, title, configuration)).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    # Brightspace sends no token, and wants none.
    headers |= {"Authorization": f"Bearer {token}"} if _is_token(token) else {}
    try:
        answer: Answer = send(
            "POST", configuration.registration_endpoint, headers=headers, body=body
        )
        made = answer.json() if answer.ok else None
    except ServiceError as error:
        raise Refused("registration-refused", problem=f"{error}.") from None
    if not isinstance(made, dict) or not made.get("client_id"):
        raise Refused("registration-refused", problem=f"It answered {answer.described()}.")
    own = made.get(TOOL)
    deployment = own.get("deployment_id") if isinstance(own, dict) else None
    return Platform(
        issuer=configuration.issuer,
        client_id=str(made["client_id"]),
        authorization_url=configuration.authorization_endpoint,
        token_url=configuration.token_endpoint,
        keyset_url=configuration.jwks_uri,
        deployments=frozenset([str(deployment)] if deployment not in (None, "") else []),
        token_audience=configuration.token_audience,
        family=configuration.family,
    )


def tool_settings(
    base_url: str, title: str, configuration: _Configuration | None = None
) -> dict[str, Any]:
    """The tool as dynamic registration describes it."""
    base = base_url.rstrip("/")
    launch = base + addresses.LAUNCH
    family = configuration.family if configuration else "other"
    known = configuration.scopes if configuration else ()
    custom = differences(family).account_custom.partition("=")
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": base + addresses.LOGIN,
        "redirect_uris": [launch],
        "client_name": title,
        "jwks_uri": base + addresses.KEYSET,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scope for scope in tokens.SCOPES if not known or scope in known),
        TOOL: {
            "domain": urlsplit(base).netloc,
            "target_link_uri": launch,
            "custom_parameters": {custom[0]: custom[2]} if custom[0] else {},
            "claims": list(_CLAIMS),
            "messages": [
                {"type": "LtiResourceLinkRequest", "target_link_uri": launch, "label": title},
                {"type": "LtiDeepLinkingRequest", "target_link_uri": launch, "label": title},
            ],
        },
    }


def _check_code(engine: Engine, code: str, now: datetime) -> None:
    with reading(engine) as connection:
        same = select(INVITATIONS).where(INVITATIONS.c.code_hash == _hash(code))
        found = connection.execute(same).one_or_none()
    if found is None:
        raise Refused("invitation-unknown")
    if found.used is not None:
        raise Refused("invitation-used")
    if found.expires <= now:
        raise Refused("invitation-expired", hours=int(GOOD_FOR.total_seconds() // 3600))


def _use_code(engine: Engine, code: str, now: datetime) -> None:
    same = (INVITATIONS.c.code_hash == _hash(code)) & INVITATIONS.c.used.is_(None)
    with engine.begin() as connection:
        if connection.execute(update(INVITATIONS).where(same).values(used=now)).rowcount != 1:
            raise Refused("invitation-used")


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _is_token(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable()
