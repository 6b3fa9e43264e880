"""The platform itself: its state, its addresses, and what answers there."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.lms.lti.platform import (
    class_list,
    deep_links,
    grade_service,
    registrations,
    sign_in,
    token_service,
)
from tests.lms.lti.platform.course import Records
from tests.lms.lti.platform.quirks import ROWS, Quirks
from tests.lms.lti.platform.web import Reply, Request, as_json, page, served


@dataclass
class Registration:
    """The tool as the platform knows it."""

    client_id: str = "client-1"
    deployments: list[str] = field(default_factory=lambda: ["1"])
    login_url: str = ""
    launch_url: str = ""
    redirect_uris: list[str] = field(default_factory=list)
    keyset_url: str = ""


class Emulator:
    """A platform; `running` serves it.

    Args:
        personality: whose quirks it has.
        quirks: more of them.
    """

    def __init__(self, personality: str = "strict", quirks: Iterable[str] = ()) -> None:
        own = [name for name, row in ROWS.items() if personality in row.who]
        self.personality = personality
        self.quirks = Quirks([*own, *(each for each in quirks if each not in own)])
        self.base = ""
        self.registration = Registration()
        self.records = Records()
        self.complaints: list[str] = []
        """What the tool did that the standard forbids."""
        self.keys = [signing_key(0)]
        self.logins: dict[str, dict[str, Any]] = {}
        self.nonces: set[str] = set()
        self.assertions: set[str] = set()
        self.tokens: dict[str, tuple[set[str], float]] = {}
        self.deep_linked: list[dict[str, Any]] = []
        self.invitations: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.failures: list[Reply] = []
        """Replies that the next requests to services get, whatever they ask."""
        self.lock = threading.RLock()

    @contextmanager
    def running(self) -> Iterator[Emulator]:
        """Serve it."""
        with served(self._answer) as self.base:
            yield self

    def know(self, tool_url: str) -> None:
        """Register a tool at this address."""
        self.registration.login_url = f"{tool_url}/lti/login"
        self.registration.launch_url = f"{tool_url}/lti/launch"
        self.registration.redirect_uris = [f"{tool_url}/lti/launch"]
        self.registration.keyset_url = f"{tool_url}/lti/keys"

    @property
    def addresses(self) -> dict[str, str]:
        """What the tool has to know of the platform."""
        query = self.quirks.rule("auth", "query", "")
        return {
            "issuer": self.base,
            "authorization_url": f"{self.base}/auth" + (f"?{query}" if query else ""),
            "token_url": f"{self.base}/token",
            "keyset_url": f"{self.base}/keys",
        }

    def now(self) -> float:
        """The platform's clock."""
        return time.time() + float(self.quirks.rule("clock", "ahead", 0.0))

    def complain(self, what: str, status: int = 400) -> Reply:
        """Note what the tool did, and refuse it."""
        self.complaints.append(what)
        return as_json({"error": "invalid_request", "error_description": what}, status)

    def issue_token(self, scopes: Iterable[str], seconds: float) -> str:
        """An access token."""
        token = secrets.token_urlsafe(24)
        self.tokens[token] = set(scopes), time.time() + seconds
        return token

    def authorized(self, request: Request, *scopes: str) -> Reply | None:
        """None if the request has a token for one of these scopes; otherwise what to answer."""
        if self.failures:
            return self.failures.pop(0)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        granted, until = self.tokens.get(token, (set(), 0.0))
        if scheme != "Bearer" or until <= time.time():
            return as_json({"error": "unauthorized"}, 401)
        if not granted & set(scopes):
            return self.complain(f"a token for {granted} used for {scopes}", 403)
        return None

    def _answer(self, request: Request) -> Reply:
        with self.lock:
            self.requests.append((request.method, request.path))
        for prefix, method in _ROUTES.items():
            if request.path == prefix or (prefix.endswith("/") and request.path.startswith(prefix)):
                return method(self, request)
        return page("nothing here", 404)


def _keyset(emulator: Emulator, request: Request) -> Reply:
    keys = [emulator.quirks.change("keyset", public(kid, key)) for kid, key in emulator.keys]
    if emulator.quirks.rule("keyset", "elliptic_too"):
        elliptic = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), True)
        keys.insert(0, {**elliptic, "kid": "elliptic", "use": "sig", "alg": "ES256"})
    if emulator.quirks.rule("keyset", "for_encryption_too"):
        other = public(*signing_key(1)) | {"use": "enc", "kid": keys[0]["kid"]}
        keys.insert(0, other)
    reply = as_json({"keys": keys}, kind=emulator.quirks.rule("keyset", "type", "application/json"))
    return reply


_ROUTES: dict[str, Callable[[Emulator, Request], Reply]] = {
    "/launch": sign_in.launch,
    "/deep-link": sign_in.deep_link,
    "/auth": sign_in.authorize,
    "/keys": _keyset,
    "/token": token_service.token,
    "/members/": class_list.members,
    "/ags/": grade_service.answer,
    "/deep-link-return": deep_links.returned,
    "/configuration": registrations.configuration,
    "/registrations": registrations.register,
}


@cache
def signing_key(number: int) -> tuple[str, rsa.RSAPrivateKey]:
    """A key of the platform; made once, since that takes a tenth of a second."""
    return f"platform-{number}", rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """A key as the keyset has it."""
    numbers = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {
        "kty": "RSA",
        "n": numbers["n"],
        "e": numbers["e"],
        "kid": kid,
        "use": "sig",
        "alg": "RS256",
    }
