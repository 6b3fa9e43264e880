"""The way of a person to the tool: login, authorization, and the signed message."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt

from tests.lms.lti.platform.course import Link, User
from tests.lms.lti.platform.grade_service import column_url, columns_url
from tests.lms.lti.platform.quirks import AGS, DL, LTI, NRPS
from tests.lms.lti.platform.web import Reply, Request, page, posting, redirect

if TYPE_CHECKING:
    from tests.lms.lti.platform.emulator import Emulator

GRADE_SCOPES = [
    f"{AGS}scope/{name}" for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
]


def launch(emulator: Emulator, request: Request) -> Reply:
    """A person opens a link in the LMS: /launch?user=3&link=1."""
    link = emulator.records.links[request.query["link"]]
    target = link.target or emulator.registration.launch_url
    return _begin(emulator, request.query["user"], target, link=link.id, context=link.context)


def deep_link(emulator: Emulator, request: Request) -> Reply:
    """A teacher picks content: /deep-link?user=2&context=2."""
    target = emulator.registration.launch_url
    return _begin(emulator, request.query["user"], target, context=request.query["context"])


def _begin(emulator: Emulator, user: str, target: str, **what: str) -> Reply:
    hint = secrets.token_hex(20)
    message_hint = str(emulator.quirks.rule("login", "message_hint", "hint-{n}")).replace(
        "{n}", secrets.token_hex(4)
    )
    registration = emulator.registration
    parameters: dict[str, Any] = {
        "iss": emulator.base,
        "target_link_uri": target,
        "login_hint": hint,
        "lti_message_hint": message_hint,
        "client_id": registration.client_id,
        "lti_deployment_id": registration.deployments[0],
    }
    emulator.quirks.change("login", parameters)
    emulator.logins[hint] = {
        "user": user,
        "target": target,
        "message_hint": parameters.get("lti_message_hint"),
        **what,
    }
    if emulator.quirks.rule("login", "method") == "POST":
        return posting(registration.login_url, parameters)
    return redirect(f"{registration.login_url}?{urlencode(parameters)}")


def authorize(emulator: Emulator, request: Request) -> Reply:
    """The tool sends the browser here; it goes back with a signed message."""
    given = request.query if request.method == "GET" else request.form
    if given.get("redirect_uri") not in emulator.registration.redirect_uris:
        emulator.complaints.append(f"redirect_uri {given.get('redirect_uri')}")
        return page("this redirect_uri is not registered", 400)
    login = emulator.logins.pop(given.get("login_hint", ""), None)
    wanted = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": emulator.registration.client_id,
    }
    wrong = [name for name, value in wanted.items() if given.get(name) != value]
    if login is None:
        wrong.append("login_hint")
    elif given.get("lti_message_hint") != login["message_hint"]:
        wrong.append("lti_message_hint")
    if not given.get("state"):
        wrong.append("state")
    if not given.get("nonce") or given["nonce"] in emulator.nonces:
        wrong.append("nonce")
    if wrong or login is None:
        emulator.complaints.append(f"authorization: {wrong}")
        return posting(
            given["redirect_uri"],
            {"error": "invalid_request", "error_description": f"wrong {wrong}"}
            | ({"state": given["state"]} if given.get("state") else {}),
        )
    emulator.nonces.add(given["nonce"])
    token = id_token(emulator, login, given["nonce"])
    more = emulator.quirks.rule("auth", "fields", {})
    return posting(given["redirect_uri"], {"id_token": token, "state": given["state"], **more})


def id_token(
    emulator: Emulator,
    login: dict[str, Any],
    nonce: str,
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """The signed message; `changes` are claims for a test of refusals, None removes one."""
    claims = message(emulator, login, nonce)
    for name, value in changes.items():
        claims[name] = value
    claims = {name: value for name, value in claims.items() if value is not None}
    target = f"{LTI}target_link_uri"
    if target in claims:
        claims[target] = claims[target].replace("{launch}", emulator.registration.launch_url)
    kid, key = emulator.keys[-1]
    header = emulator.quirks.change("header", {"kid": kid, "typ": "JWT"})
    return jwt.encode(claims, key, "RS256", headers=header)


def message(emulator: Emulator, login: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The message's claims."""
    user = emulator.records.users[login["user"]]
    place = emulator.records.contexts[login["context"]]
    registration = emulator.registration
    now = emulator.now()
    claims: dict[str, Any] = {
        "iss": emulator.base,
        "aud": registration.client_id,
        "sub": user.id,
        "nonce": nonce,
        "iat": int(now),
        "exp": int(now) + int(emulator.quirks.rule("clock", "lifetime", 300)),
        f"{LTI}deployment_id": registration.deployments[0],
        f"{LTI}version": "1.3.0",
        f"{LTI}target_link_uri": login["target"],
        f"{LTI}roles": list(user.roles),
        f"{LTI}context": {
            "id": place.id,
            "label": place.label,
            "title": place.title,
            "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
        },
        f"{LTI}launch_presentation": {
            "locale": "en",
            "document_target": "window",
            "return_url": f"{emulator.base}/back",
        },
        f"{LTI}tool_platform": {"guid": "g", "product_family_code": emulator.personality},
        f"{NRPS}claim/namesroleservice": {
            "context_memberships_url": f"{emulator.base}/members/{place.id}",
            "service_versions": ["2.0"],
        },
        **_about(user),
    }
    grades = {"scope": list(GRADE_SCOPES), "lineitems": columns_url(emulator, place.id)}
    claims[f"{AGS}claim/endpoint"] = grades
    if "link" in login:
        link: Link = emulator.records.links[login["link"]]
        claims[f"{LTI}message_type"] = "LtiResourceLinkRequest"
        claims[f"{LTI}resource_link"] = {"id": link.id, "title": link.title}
        claims[f"{LTI}custom"] = dict(link.custom)
        if link.column is not None:
            grades["lineitem"] = column_url(emulator, emulator.records.columns[link.column])
        return emulator.quirks.change("claims", claims, user.kind, "link")
    claims[f"{LTI}message_type"] = "LtiDeepLinkingRequest"
    claims[f"{DL}deep_linking_settings"] = {
        "deep_link_return_url": f"{emulator.base}/deep-link-return?session=s1",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "data": "kept-as-it-is",
    }
    return emulator.quirks.change("claims", claims, user.kind, "deep-link")


def _about(user: User) -> dict[str, Any]:
    return {
        "given_name": user.given,
        "family_name": user.family,
        "name": f"{user.given} {user.family}",
        "email": user.email,
        f"{LTI}lis": {"person_sourcedid": user.number},
        f"{LTI}ext": {"user_username": user.login},
    }
