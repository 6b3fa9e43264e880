"""An id_token checked: its form, its signature, whom it is from and for, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from jwt.exceptions import InvalidSignatureError, PyJWTError

from autograder.lms.lti.claims import Claims
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.keyset import ALGORITHM, public_key
from autograder.lms.lti.platforms import Platform

# By so much the two clocks may differ.
CLOCK_DIFFERENCE = timedelta(seconds=10)
OLDEST = timedelta(hours=1)
LONGEST_TOKEN = 200_000


def verified(token: str, platform: Platform, now: datetime) -> Claims:
    """The claims of a token that this platform made for us, just now.

    Raises:
        Refused: with the first thing that is wrong.
    """
    key = public_key(platform, _key_id(token))
    try:
        # PyJWT checks the signature alone: its checks of time take no `now`, and ours say which
        # claim is wrong.
        values = jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ALONE)
    except InvalidSignatureError:
        raise Refused("bad-signature") from None
    except (PyJWTError, ValueError, RecursionError) as error:
        raise Refused("malformed-token", problem=type(error).__name__) from None
    claims = Claims(values)
    _check_parties(claims, platform)
    _check_times(claims, now)
    return claims


_SIGNATURE_ALONE: Any = {
    "verify_signature": True,
    **dict.fromkeys(
        ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub"), False
    ),
    "verify_jti": False,
    "require": [],
}


def _key_id(token: str) -> str:
    """The id of the key that signed, from a header that asks for nothing unusual."""
    if len(token) > LONGEST_TOKEN:
        raise Refused("token-too-large", limit=LONGEST_TOKEN, received=len(token))
    parts = token.count(".") + 1
    if parts != 3:
        kind = "an encrypted token" if parts == 5 else f"{parts} parts"
        raise Refused("malformed-token", problem=f"{kind} in place of 3 parts")
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (PyJWTError, ValueError, RecursionError) as error:
        raise Refused("malformed-token", problem=type(error).__name__) from None
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm.lower() == "none":
        raise Refused("unsigned")
    if algorithm != ALGORITHM:
        raise Refused("wrong-algorithm", received=algorithm)
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise Refused("no-key-id")
    return kid


def _check_parties(claims: Claims, platform: Platform) -> None:
    issuer = claims.needs("iss")
    if issuer != platform.issuer:
        raise Refused("wrong-issuer", expected=platform.issuer, received=issuer)
    claims.needs("aud")
    audiences = claims.texts("aud")
    if platform.client_id not in audiences:
        raise Refused("wrong-audience", expected=platform.client_id, received=", ".join(audiences))
    party = claims.raw("azp")
    if party is None and len(audiences) > 1:
        raise Refused("no-authorized-party", received=", ".join(audiences))
    if party is not None and party != platform.client_id:
        raise Refused("wrong-authorized-party", expected=platform.client_id, received=party)


def _check_times(claims: Claims, now: datetime) -> None:
    until = _time(claims, "exp")
    made = _time(claims, "iat")
    shown = f"{now.astimezone(UTC):%H:%M:%S}"
    if now >= until + CLOCK_DIFFERENCE:
        raise Refused("expired", until=f"{until:%Y-%m-%d %H:%M:%S}", now=shown)
    if made > now + CLOCK_DIFFERENCE:
        raise Refused("from-the-future", made=f"{made:%Y-%m-%d %H:%M:%S}", now=shown)
    if made < now - OLDEST:
        raise Refused("too-old", made=f"{made:%Y-%m-%d %H:%M:%S}", now=shown)
    if "nbf" in claims and _time(claims, "nbf") > now + CLOCK_DIFFERENCE:
        raise Refused("from-the-future", made=f"{_time(claims, 'nbf'):%H:%M:%S}", now=shown)


def _time(claims: Claims, name: str) -> datetime:
    seconds = claims.seconds(name)
    assert seconds is not None
    return datetime.fromtimestamp(seconds, UTC)
