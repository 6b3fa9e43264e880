"""Dynamic registration, the platform's side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.lms.lti.platform.token_service import GRANTED
from tests.lms.lti.platform.web import Reply, Request, as_json

if TYPE_CHECKING:
    from tests.lms.lti.platform.emulator import Emulator

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOKEN = "registration-token"


def configuration(emulator: Emulator, request: Request) -> Reply:
    """What the platform says about itself."""
    addresses = emulator.addresses
    found: dict[str, Any] = {
        "issuer": emulator.base,
        "authorization_endpoint": addresses["authorization_url"],
        "token_endpoint": addresses["token_url"],
        "jwks_uri": addresses["keyset_url"],
        "registration_endpoint": f"{emulator.base}/registrations",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", *sorted(GRANTED)],
        "response_types_supported": ["id_token"],
        "claims_supported": ["sub", "iss", "name"],
        PLATFORM: {"product_family_code": emulator.personality, "version": "1"},
    }
    return as_json(emulator.quirks.change("configuration", found))


def register(emulator: Emulator, request: Request) -> Reply:
    """The tool's settings become a registration."""
    wants_token = not emulator.quirks.rule("registration", "no_token")
    given = request.headers.get("authorization", "")
    if given != (f"Bearer {TOKEN}" if wants_token else ""):
        return emulator.complain(f"registration: Authorization {given!r}", 401)
    body = json.loads(request.body)
    own = body.get(TOOL, {})
    fixed = {
        "application_type": "web",
        "response_types": ["id_token"],
        "token_endpoint_auth_method": "private_key_jwt",
    }
    wrong = [name for name, value in fixed.items() if body.get(name) != value]
    wrong += [name for name in ("initiate_login_uri", "jwks_uri") if not body.get(name)]
    wrong += [name for name in ("domain", "target_link_uri", "messages") if not own.get(name)]
    if wrong or set(body["scope"].split()) - {"openid", *GRANTED}:
        return emulator.complain(f"registration: {wrong} {body.get('scope')}")
    registration = emulator.registration
    registration.login_url = body["initiate_login_uri"]
    registration.launch_url = own["target_link_uri"]
    registration.redirect_uris = body["redirect_uris"]
    registration.keyset_url = body["jwks_uri"]
    answer = {**body, "client_id": registration.client_id}
    answer[TOOL] = {**own, "deployment_id": registration.deployments[0]}
    status = int(emulator.quirks.rule("registration", "status", 200))
    return as_json(emulator.quirks.change("registration", answer), status)
