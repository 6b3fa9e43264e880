"""The tables of the LTI service; `autograder.lms.lti.store` creates them.

autograder/service adds its own to the same METADATA. Times are aware and in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

METADATA = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """A time: aware in Python, stored in UTC. A naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The time as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a time with a time zone, received {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The time as Python has it."""
        return None if value is None else value.replace(tzinfo=UTC)


# Identity is (issuer, client id, deployment): one issuer may have several client ids.
PLATFORMS = Table(
    "lti_platforms",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("authorization_url", Text, nullable=False),
    Column("token_url", Text, nullable=False),
    Column("keyset_url", Text, nullable=False),
    # Who a token request is addressed to, where it is neither the issuer nor the token URL.
    Column("token_audience", Text, nullable=False, default=""),
    Column("family", String(40), nullable=False),
    Column("added", UtcTime, nullable=False),
    UniqueConstraint("issuer", "client_id"),
)

DEPLOYMENTS = Table(
    "lti_deployments",
    METADATA,
    Column("platform", ForeignKey("lti_platforms.id", ondelete="CASCADE"), primary_key=True),
    Column("deployment", String(255), primary_key=True),
    Column("added", UtcTime, nullable=False),
)

# Published from `created` on, and used for signatures from `signs_from` on; see keys.py.
KEYS = Table(
    "lti_keys",
    METADATA,
    Column("kid", String(64), primary_key=True),
    Column("private_pem", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("signs_from", UtcTime, nullable=False),
)

# A login that has begun: its state and nonce are good for one launch.
LOGINS = Table(
    "lti_logins",
    METADATA,
    Column("state", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False, unique=True),
    Column(
        "platform",
        ForeignKey("lti_platforms.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    # What the platform said at login; the launch must say the same.
    Column("deployment", String(255), nullable=False, default=""),
    # What the platform sent, as JSON: where the browser keeps no cookie in a frame, the login
    # begins again with it in a window of its own.
    Column("parameters", Text, nullable=False, default="{}"),
    Column("expires", UtcTime, nullable=False, index=True),
    Column("used", UtcTime),
)

# Courses of an LMS. Only a connected one may use this course directory.
CONTEXTS = Table(
    "lti_contexts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("platform", ForeignKey("lti_platforms.id", ondelete="CASCADE"), nullable=False),
    Column("deployment", String(255), nullable=False),
    Column("context", String(255), nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("connected", Boolean, nullable=False, default=False),
    # From the latest launch.
    Column("memberships_url", Text),
    Column("line_items_url", Text),
    Column("seen", UtcTime, nullable=False),
    UniqueConstraint("platform", "deployment", "context"),
)

# Places in an LMS course that open a week.
LINKS = Table(
    "lti_links",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("context", ForeignKey("lti_contexts.id", ondelete="CASCADE"), nullable=False),
    Column("resource_link", String(255), nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("week", String(100)),
    Column("line_item", Text),
    Column("seen", UtcTime, nullable=False),
    UniqueConstraint("context", "resource_link"),
)

# Columns of an LMS's gradebook, each bound to the LMS course it was first seen in.
LINE_ITEMS = Table(
    "lti_line_items",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("platform", ForeignKey("lti_platforms.id", ondelete="CASCADE"), nullable=False),
    Column("context", ForeignKey("lti_contexts.id", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    Column("week", String(100)),
    Column("seen", UtcTime, nullable=False),
    UniqueConstraint("platform", "url"),
)

# People of a platform, and the student of the roster that each one is, once that is known.
PEOPLE = Table(
    "lti_people",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("platform", ForeignKey("lti_platforms.id", ondelete="CASCADE"), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("student", String(255), index=True),
    Column("name", Text, nullable=False, default=""),
    Column("email", Text, nullable=False, default=""),
    Column("login", Text, nullable=False, default=""),
    Column("sourced_id", Text, nullable=False, default=""),
    Column("seen", UtcTime, nullable=False),
    UniqueConstraint("platform", "subject"),
    UniqueConstraint("platform", "student"),
)

# An address that registers one platform, once; see registration.py.
INVITATIONS = Table(
    "lti_invitations",
    METADATA,
    Column("code_hash", String(64), primary_key=True),
    Column("expires", UtcTime, nullable=False),
    Column("used", UtcTime),
)
