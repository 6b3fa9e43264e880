"""Access tokens, for a tool that proves who it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import requests
from jwt import PyJWK

from tests.lms.lti.platform.quirks import NRPS
from tests.lms.lti.platform.sign_in import GRADE_SCOPES
from tests.lms.lti.platform.web import Reply, Request, as_json, page

if TYPE_CHECKING:
    from tests.lms.lti.platform.emulator import Emulator

GRANTED = {*GRADE_SCOPES, f"{NRPS}scope/contextmembership.readonly"}
_LONGEST = 3600


def token(emulator: Emulator, request: Request) -> Reply:
    """The token endpoint."""
    if emulator.quirks.rule("token", "keyset_blocked"):
        return page("<h1>404</h1> Error: cURL security", 404)
    form = request.form
    wanted = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    for name, value in wanted.items():
        if form.get(name) != value:
            return emulator.complain(f"token: {name} is {form.get(name)!r}")
    if problem := _wrong(emulator, form.get("client_assertion", "")):
        emulator.complaints.append(f"token: {problem}")
        return as_json({"error": "invalid_client", "error_description": problem}, 400)
    asked = set(form.get("scope", "").split())
    if not asked or asked - GRANTED:
        return as_json({"error": "invalid_scope"}, 400)
    allowed = set(emulator.quirks.rule("token", "allowed", GRANTED))
    seconds = float(emulator.quirks.rule("token", "seconds", 3600))
    answer: dict[str, Any] = {
        "access_token": emulator.issue_token(asked & allowed, seconds),
        "token_type": "Bearer",
        "expires_in": int(emulator.quirks.rule("token", "says_seconds", seconds)),
        "scope": " ".join(sorted(asked & allowed)),
    }
    kind = emulator.quirks.rule("token", "type", "application/json")
    return as_json(emulator.quirks.change("token", answer), kind=kind)


def _wrong(emulator: Emulator, assertion: str) -> str:
    """What is wrong with the tool's proof; empty for nothing."""
    registration = emulator.registration
    try:
        header = jwt.get_unverified_header(assertion)
        keys = requests.get(registration.keyset_url, timeout=5).json()["keys"]
        (key,) = [each for each in keys if each["kid"] == header["kid"]]
        claims = jwt.decode(
            assertion,
            PyJWK(key),
            algorithms=["RS256"],
            options={"verify_aud": False, "require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
            leeway=5,
        )
    except (jwt.PyJWTError, ValueError, KeyError) as error:
        return f"{type(error).__name__}: {error}"
    if (claims["iss"], claims["sub"]) != (registration.client_id, registration.client_id):
        return f"iss {claims['iss']}, sub {claims['sub']}"
    if claims["exp"] - claims["iat"] > _LONGEST or claims["iat"] > time.time() + 5:
        return f"good from {claims['iat']} to {claims['exp']}"
    if claims["jti"] in emulator.assertions:
        return "jti was used"
    emulator.assertions.add(claims["jti"])
    audience = str(emulator.quirks.rule("token", "audience", "{base}/token"))
    if audience != "any" and claims["aud"] != audience.replace("{base}", emulator.base):
        return f"aud {claims['aud']}"
    return ""
