"""Our signing keys: one signs, and all that a platform may still need are published together.

A new key is published at once and signs a day later, so that platforms that keep our keyset for a
while have seen it; the old one stays published for a week after that.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import Connection, Engine, delete, insert, select

from autograder.lms.lti.keyset import ALGORITHM
from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import KEYS

BITS = 2048
SEEN_FIRST = timedelta(days=1)
KEPT_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Key:
    """One of our keys.

    Attributes:
        signs_from: when it takes over from the one before.
        signs: whether it signs now.
    """

    kid: str
    private_pem: str = field(repr=False)
    created: datetime
    signs_from: datetime
    signs: bool = False

    @property
    def public_pem(self) -> str:
        """The public key, for an LMS that takes it as text."""
        public = _private(self).public_key()
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return public.public_bytes(serialization.Encoding.PEM, kind).decode()


def published(engine: Engine, now: datetime | None = None) -> list[Key]:
    """The keys that platforms may need, oldest first; the first one is made when it is needed."""
    now = now or datetime.now(UTC)
    with reading(engine) as connection:
        keys = _published(connection, now)
    if keys:
        return keys
    with engine.begin() as connection:
        # Another process may have made it meanwhile.
        if not _published(connection, now):
            _insert(connection, now, now)
        return _published(connection, now)


def jwks(engine: Engine, now: datetime | None = None) -> dict[str, Any]:
    """Our keyset as platforms fetch it."""
    return {"keys": [_public_jwk(key) for key in published(engine, now)]}


def rotate(engine: Engine, now: datetime | None = None, wait: timedelta = SEEN_FIRST) -> Key:
    """Make and publish a new key.

    Args:
        wait: how long it is published before it signs.

    Returns:
        The new key. One that was waiting to sign is dropped.
    """
    now = now or datetime.now(UTC)
    published(engine, now)
    with engine.begin() as connection:
        connection.execute(delete(KEYS).where(KEYS.c.signs_from > now))
        kid = _insert(connection, now, now + wait)
        keys = _published(connection, now)
        needed = [key.kid for key in keys]
        connection.execute(delete(KEYS).where(KEYS.c.kid.not_in(needed)))
    return next(key for key in keys if key.kid == kid)


def sign(engine: Engine, claims: dict[str, Any], now: datetime | None = None) -> str:
    """A JSON web token of ours."""
    key = next(key for key in published(engine, now) if key.signs)
    return jwt.encode(claims, _private(key), algorithm=ALGORITHM, headers={"kid": key.kid})


def _published(connection: Connection, now: datetime) -> list[Key]:
    rows = connection.execute(select(KEYS).order_by(KEYS.c.signs_from, KEYS.c.created)).all()
    started = [row for row in rows if row.signs_from <= now]
    signer = started[-1].kid if started else None
    found = []
    for row, after in zip_longest(rows, rows[1:]):
        if after is None or after.signs_from + KEPT_AFTER > now:
            values = row._mapping
            found.append(Key(**values, signs=row.kid == signer))
    return found


def _insert(connection: Connection, created: datetime, signs_from: datetime) -> str:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    kid = _thumbprint(private.public_key())
    row = {"kid": kid, "private_pem": pem, "created": created, "signs_from": signs_from}
    connection.execute(insert(KEYS).values(row))
    return kid


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    """The key's id: its thumbprint of RFC 7638, which anybody can compute from the key alone."""
    numbers = RSAAlgorithm.to_jwk(key, as_dict=True)
    text = json.dumps({name: numbers[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _private(key: Key) -> rsa.RSAPrivateKey:
    # It was checked when it was made; checking it again takes a twentieth of a second.
    found = serialization.load_pem_private_key(
        key.private_pem.encode(), None, unsafe_skip_rsa_key_validation=True
    )
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def _public_jwk(key: Key) -> dict[str, Any]:
    numbers = RSAAlgorithm.to_jwk(_private(key).public_key(), as_dict=True)
    return {
        "kty": "RSA",
        "n": numbers["n"],
        "e": numbers["e"],
        "kid": key.kid,
        "alg": ALGORITHM,
        "use": "sig",
    }
