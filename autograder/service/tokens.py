"""Personal tokens: with one, a program hands in for a student and reads the verdict, and no more.

Only a digest is stored, so that a copy of the database lets nobody in. A token is 256 random bits:
a digest without salt and without many rounds cannot be guessed back.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select, update

from autograder.lms.lti.store import reading
from autograder.service.tables import TOKENS

GOOD_FOR = timedelta(days=200)
"""Longer than a term, shorter than a year."""
PREFIX = "nnfs_"
"""What scanners for leaked secrets can look for."""
_BYTES = 32


@dataclass(frozen=True)
class Token:
    """What is known of a student's token; the token itself is not."""

    made: datetime
    expires: datetime
    used: datetime | None


def make(engine: Engine, student: str, now: datetime) -> str:
    """A new token of a student, who sees it once; an earlier one is revoked."""
    token = f"{PREFIX}{secrets.token_urlsafe(_BYTES)}"
    row = {
        "student": student,
        "token_hash": _digest(token),
        "made": now,
        "expires": now + GOOD_FOR,
    }
    with engine.begin() as connection:
        _revoke(connection, student, now)
        connection.execute(insert(TOKENS).values(row))
    return token


def revoke(engine: Engine, student: str, now: datetime) -> None:
    """Make a student's token worthless."""
    with engine.begin() as connection:
        _revoke(connection, student, now)


def find(engine: Engine, student: str, now: datetime) -> Token | None:
    """The student's token that is good now; None if there is none."""
    found = select(TOKENS.c.made, TOKENS.c.expires, TOKENS.c.used).where(
        TOKENS.c.student == student, TOKENS.c.revoked.is_(None), TOKENS.c.expires > now
    )
    with reading(engine) as connection:
        row = connection.execute(found.order_by(TOKENS.c.id.desc())).first()
    return Token(row.made, row.expires, row.used) if row else None


def student_with(engine: Engine, token: str, now: datetime) -> str | None:
    """Whose token it is; None if it is nobody's, revoked or expired."""
    found = select(TOKENS.c.student).where(
        TOKENS.c.token_hash == _digest(token), TOKENS.c.revoked.is_(None), TOKENS.c.expires > now
    )
    with reading(engine) as connection:
        return connection.scalar(found)


def note_use(engine: Engine, token: str, now: datetime) -> None:
    """Remember when a token was used last, which its page shows."""
    with engine.begin() as connection:
        mine = TOKENS.c.token_hash == _digest(token)
        connection.execute(update(TOKENS).where(mine).values(used=now))


def _revoke(connection: Connection, student: str, now: datetime) -> None:
    mine = (TOKENS.c.student == student, TOKENS.c.revoked.is_(None))
    connection.execute(update(TOKENS).where(*mine).values(revoked=now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
