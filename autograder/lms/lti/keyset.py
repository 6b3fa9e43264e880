"""A platform's public keys: fetched when they are needed, and once more for an unknown one."""

from __future__ import annotations

import threading
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from autograder.lms.lti.client import send
from autograder.lms.lti.errors import Refused, ServiceError
from autograder.lms.lti.platforms import Platform

ALGORITHM = "RS256"
FRESH_SECONDS = 3600.0
# So long keys are used where the platform does not answer.
STALE_SECONDS = 86400.0
# Unknown keys make us ask no oftener than this, however many messages name one.
PAUSE_SECONDS = 5.0
MOST_KEYS = 100
_LEAST_BITS = 2048


class Keyset:
    """The keys at one address, by their ids; several threads may use it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, dict[str, Any]] = {}
        self._fetched = self._asked = float("-inf")
        self._failed: ServiceError | None = None
        self._lock = threading.Lock()

    def find(self, kid: str) -> dict[str, Any] | None:
        """The key with this id, as the platform publishes it; None if it publishes none.

        While one thread asks, the others go on with a key that they have.

        Raises:
            ServiceError: when the keys cannot be read.
        """
        known = self._keys.get(kid)
        if known and self._age() <= FRESH_SECONDS:
            return known
        if self._lock.acquire(blocking=known is None):
            try:
                self._refresh(kid)
            finally:
                self._lock.release()
        return self._keys.get(kid)

    def _age(self) -> float:
        return time.monotonic() - self._fetched

    def _refresh(self, kid: str) -> None:
        if kid in self._keys and self._age() <= FRESH_SECONDS:
            return
        if time.monotonic() - self._asked < PAUSE_SECONDS:
            if self._failed and not self._keys:
                raise self._failed
            return
        try:
            self._keys = published(self._url)
            self._fetched, self._failed = time.monotonic(), None
        except ServiceError as error:
            self._failed = error
            if not self._keys or self._age() > STALE_SECONDS:
                raise
        finally:
            self._asked = time.monotonic()


_keysets: dict[str, Keyset] = {}


def public_key(platform: Platform, kid: str) -> PyJWK:
    """The key with which a platform signed.

    Raises:
        Refused: keyset-unreachable, unknown-key or weak-key.
    """
    url = platform.keyset_url
    try:
        found = _keysets.setdefault(url, Keyset(url)).find(kid)
    except ServiceError as error:
        raise Refused("keyset-unreachable", keyset=url, problem=error) from None
    if found is None:
        raise Refused("unknown-key", kid=kid, issuer=platform.issuer, keyset=url)
    try:
        # Brightspace's keys do not say that they are for RS256.
        key = PyJWK({**found, "alg": ALGORITHM})
    except (PyJWTError, ValueError, TypeError):
        raise Refused("weak-key", kid=kid, keyset=url, received="no readable RSA key") from None
    if not isinstance(key.key, RSAPublicKey) or key.key.key_size < _LEAST_BITS:
        bits = getattr(key.key, "key_size", "another kind of key")
        raise Refused("weak-key", kid=kid, keyset=url, received=f"{bits} bits")
    return key


def published(url: str) -> dict[str, dict[str, Any]]:
    """The RSA keys for signatures at an address, by their ids.

    Raises:
        ServiceError: when it does not answer with a keyset.
    """
    answer = send("GET", url, headers={"Accept": "application/json"})
    if not answer.ok:
        raise ServiceError(
            "keyset-status", f"{url} should answer with a keyset, and answered {answer.described()}"
        )
    found = answer.json()
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list):
        raise ServiceError("no-keyset", f"{url} should answer with a keyset, and has no keys in it")
    usable: dict[str, dict[str, Any]] = {}
    for key in keys[:MOST_KEYS]:
        if isinstance(key, dict) and key.get("kty") == "RSA" and _may_sign(key):
            usable.setdefault(str(key.get("kid", "")), key)
    return usable


def forget() -> None:
    """Forget all fetched keys."""
    _keysets.clear()


def _may_sign(key: dict[str, Any]) -> bool:
    return (key.get("use", "sig"), key.get("alg", ALGORITHM)) == ("sig", ALGORITHM)
