"""What a tool answers to a deep-linking launch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import requests
from jwt import PyJWK

from tests.lms.lti.platform.quirks import DL, LTI
from tests.lms.lti.platform.web import Reply, Request, page

if TYPE_CHECKING:
    from tests.lms.lti.platform.emulator import Emulator


def returned(emulator: Emulator, request: Request) -> Reply:
    """The address that the answer is posted to: it becomes links."""
    if request.query.get("session") != "s1":
        return _refused(emulator, "the return address has lost its query")
    token = request.form.get("JWT", "")
    try:
        header = jwt.get_unverified_header(token)
        keys = requests.get(emulator.registration.keyset_url, timeout=5).json()["keys"]
        (key,) = [each for each in keys if each["kid"] == header["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token,
            PyJWK(key),
            algorithms=["RS256"],
            audience=emulator.base,
            options={"require": ["iss", "aud", "iat", "exp", "nonce"]},
            leeway=5,
        )
    except (jwt.PyJWTError, ValueError, KeyError) as error:
        return _refused(emulator, f"{type(error).__name__}: {error}")
    wanted = {
        "iss": emulator.registration.client_id,
        f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": "1.3.0",
        f"{LTI}deployment_id": emulator.registration.deployments[0],
    }
    if not emulator.quirks.rule("claims", "sends_no_data"):
        wanted[f"{DL}data"] = "kept-as-it-is"
    elif claims.get(f"{DL}data") is not None:
        return _refused(emulator, "data out of nothing")
    for name, value in wanted.items():
        if claims.get(name) != value:
            return _refused(emulator, f"{name} is {claims.get(name)!r}")
    if claims["nonce"] in emulator.nonces:
        return _refused(emulator, "nonce was used")
    emulator.nonces.add(claims["nonce"])
    emulator.deep_linked.append(claims)
    for item in claims[f"{DL}content_items"]:
        _add(emulator, item)
    return page("the links are in the course")


def _add(emulator: Emulator, item: dict[str, Any]) -> None:
    link = emulator.records.add_link("2", item["title"], item.get("custom", {}), None)
    link.target = item.get("url", "")
    column = item.get("lineItem")
    if column and not emulator.quirks.rule("deep_link", "ignores_line_items"):
        body = {**column, "resourceLinkId": link.id}
        link.column = emulator.records.add_column("2", **body).number


def _refused(emulator: Emulator, why: str) -> Reply:
    emulator.complaints.append(f"deep link: {why}")
    return page(why, 400)
