"""Which courses of an LMS use this course directory, with their links and line items.

The first course that an instructor launches from is connected; another one stays outside until
`autograder lti connect`. Otherwise the instructor of any course of the same LMS could open this
one's grades. A line item belongs to the course where it was first seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, insert, select, update

from autograder.errors import CourseError
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.roles import Role
from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import CONTEXTS, LINE_ITEMS, LINKS

if TYPE_CHECKING:
    from autograder.lms.lti.launch import Launch


@dataclass(frozen=True)
class Context:
    """A course of an LMS.

    Attributes:
        id: its number in our database.
        platform: the platform's number.
        context: the LMS's id of the course.
        connected: whether it uses this course directory.
    """

    id: int
    platform: int
    deployment: str
    context: str
    title: str
    connected: bool
    memberships_url: str | None
    line_items_url: str | None


@dataclass(frozen=True)
class Place:
    """Where a launch came from: ids in CONTEXTS and LINKS.

    Attributes:
        link: None for a launch that is no link's.
        refused: why the launch may not go on although this is stored.
    """

    context: int
    link: int | None = None
    refused: Refused | None = None


def remember(connection: Connection, launch: Launch, now: datetime) -> Place:
    """Store where a launch came from, and the services that it names.

    A course that is not connected is stored without its services, so that `autograder lti connect`
    has a number for it.

    Raises:
        Refused: when the course is not connected, or the line item is another course's.
    """
    place = _context(connection, launch, now)
    if place.refused:
        return place
    if launch.line_item:
        _bind(
            connection, launch.platform.id, place.context, launch.line_item, launch.week or "", now
        )
    if launch.message != "resource":
        return place
    values: dict[str, Any] = {"title": launch.title, "seen": now}
    found = (("week", launch.week), ("line_item", launch.line_item))
    values |= {name: value for name, value in found if value}
    key = {"context": place.context, "resource_link": launch.resource_link_id}
    return Place(place.context, _upsert(connection, LINKS, key, values))


def every(engine: Engine) -> list[Context]:
    """All courses from which somebody has come."""
    with reading(engine) as connection:
        rows = connection.execute(select(CONTEXTS).order_by(CONTEXTS.c.id)).mappings().all()
    return [Context(**{k: v for k, v in row.items() if k != "seen"}) for row in rows]


def connect(engine: Engine, number: int, *, connected: bool = True) -> Context:
    """Let a course of an LMS use this course directory, or no longer.

    Raises:
        CourseError: when there is no such course.
    """
    get(engine, number)
    with engine.begin() as connection:
        changed = update(CONTEXTS).where(CONTEXTS.c.id == number).values(connected=connected)
        connection.execute(changed)
    return get(engine, number)


def get(engine: Engine, number: int) -> Context:
    """The course with this number.

    Raises:
        CourseError: when there is none.
    """
    for context in every(engine):
        if context.id == number:
            return context
    raise CourseError(
        f"no course of an LMS has the number {number}; `autograder lti list` shows those from "
        "which an instructor has come"
    )


def line_item_of(engine: Engine, context: int, week: str) -> str | None:
    """The line item of a week in a course of an LMS: its link's, or one that was created."""
    with reading(engine) as connection:
        return _line_item_of(connection, context, week)


def bind_line_item(
    engine: Engine, context: int, url: str, week: str, now: datetime | None = None
) -> None:
    """Store a line item that we created or found in a course.

    Raises:
        Refused: line-item-of-another-course.
    """
    with engine.begin() as connection:
        owner = select(CONTEXTS.c.platform).where(CONTEXTS.c.id == context)
        platform = connection.execute(owner).scalar_one()
        _bind(connection, platform, context, url, week, now or datetime.now(UTC))


def _line_item_of(connection: Connection, context: int, week: str) -> str | None:
    linked = select(LINKS.c.line_item).where(
        LINKS.c.context == context, LINKS.c.week == week, LINKS.c.line_item.is_not(None)
    )
    bound = select(LINE_ITEMS.c.url).where(
        LINE_ITEMS.c.context == context, LINE_ITEMS.c.week == week
    )
    newest: Sequence[Any] = (LINKS.c.seen.desc(), LINKS.c.id.desc())
    return connection.scalar(linked.order_by(*newest)) or connection.scalar(
        bound.order_by(LINE_ITEMS.c.id.desc())
    )


def _context(connection: Connection, launch: Launch, now: datetime) -> Place:
    key = {
        "platform": launch.platform.id,
        "deployment": launch.deployment,
        "context": launch.context_id,
    }
    values: dict[str, Any] = {"title": launch.context_title, "seen": now}
    same = [CONTEXTS.c[name] == value for name, value in key.items()]
    connected = connection.scalar(select(CONTEXTS.c.connected).where(*same))
    if not connected:
        title = launch.context_title or launch.context_id
        if launch.role is not Role.INSTRUCTOR or launch.test_user:
            raise Refused("course-not-connected", title=title)
        if connection.scalar(select(CONTEXTS.c.id).limit(1)) is not None:
            number = _upsert(connection, CONTEXTS, key, values)
            return Place(number, refused=Refused("other-course", title=title, number=number))
    values["connected"] = True
    urls = {"memberships_url": launch.memberships_url, "line_items_url": launch.line_items}
    # A deep-linking launch may name fewer services than a link's.
    values |= {name: url for name, url in urls.items() if url}
    return Place(_upsert(connection, CONTEXTS, key, values))


def _bind(
    connection: Connection, platform: int, context: int, url: str, week: str, now: datetime
) -> None:
    same = (LINE_ITEMS.c.platform == platform) & (LINE_ITEMS.c.url == url)
    owner = connection.scalar(select(LINE_ITEMS.c.context).where(same))
    if owner not in (None, context):
        raise Refused("line-item-of-another-course", line_item=url)
    values: dict[str, Any] = {"context": context, "seen": now} | ({"week": week} if week else {})
    _upsert(connection, LINE_ITEMS, {"platform": platform, "url": url}, values)


def _upsert(connection: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> int:
    """Change the row with this key, or insert it; its id."""
    same = [table.c[name] == value for name, value in key.items()]
    number = connection.scalar(select(table.c.id).where(*same))
    if number is None:
        made = insert(table).values(key | values).returning(table.c.id)
        return int(connection.execute(made).scalar_one())
    connection.execute(update(table).where(table.c.id == number).values(values))
    return int(number)
