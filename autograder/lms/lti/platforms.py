"""The platforms that may send people here, each known by its issuer and client id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from autograder.errors import CourseError
from autograder.lms.lti.addresses import is_safe
from autograder.lms.lti.differences import Differences, differences
from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import DEPLOYMENTS, PLATFORMS

LONGEST_ID = 255
_ADDRESSES = ("authorization_url", "token_url", "keyset_url")


@dataclass(frozen=True)
class Platform:
    """One registration with an LMS.

    Attributes:
        id: its number in our database, as `autograder lti list` shows it; 0 if it has none yet.
        deployments: the deployment ids from which launches are accepted.
        token_audience: an address that token requests are addressed to, as dynamic registration
            learns it; empty for what `differences` says.
        family: a key of platform_differences.json.
    """

    issuer: str
    client_id: str
    authorization_url: str
    token_url: str
    keyset_url: str
    deployments: frozenset[str] = field(default_factory=frozenset)
    token_audience: str = ""
    family: str = "other"
    id: int = 0

    @property
    def differences(self) -> Differences:
        """How this family of platforms differs from others."""
        return differences(self.family)

    @property
    def name(self) -> str:
        """The platform as messages name it."""
        return f"{self.family} {self.id} at {self.issuer}"


def add(engine: Engine, platform: Platform, now: datetime | None = None) -> Platform:
    """Add a platform, or change the one that has this issuer and client id.

    Deployments are added to those that are known.

    Returns:
        The platform with its number.

    Raises:
        CourseError: when an address or id cannot be used.
    """
    _refuse_unusable(platform)
    now = now or datetime.now(UTC)
    columns = {name: getattr(platform, name) for name in (*_ADDRESSES, "token_audience", "family")}
    same = (PLATFORMS.c.issuer == platform.issuer) & (PLATFORMS.c.client_id == platform.client_id)
    with engine.begin() as connection:
        number = connection.scalar(select(PLATFORMS.c.id).where(same))
        if number is None:
            row = {"issuer": platform.issuer, "client_id": platform.client_id, "added": now}
            try:
                made = insert(PLATFORMS).values(row | columns).returning(PLATFORMS.c.id)
                number = connection.execute(made).scalar_one()
            except IntegrityError:
                raise CourseError(
                    f"{platform.issuer} is being added by somebody else; try again"
                ) from None
        else:
            connection.execute(update(PLATFORMS).where(same).values(columns))
        _add_deployments(connection, number, platform.deployments, now)
    return get(engine, number)


def add_deployment(engine: Engine, number: int, deployment: str) -> Platform:
    """Accept launches from one more deployment of a platform.

    Raises:
        CourseError: when there is no such platform, or the id cannot be used.
    """
    found = get(engine, number)
    _refuse_unusable_id("deployment id", deployment)
    with engine.begin() as connection:
        _add_deployments(connection, found.id, [deployment], datetime.now(UTC))
    return get(engine, number)


def remove(engine: Engine, number: int) -> Platform:
    """Forget a platform, with its people, courses, links and line items.

    Raises:
        CourseError: when there is no such platform.
    """
    found = get(engine, number)
    with engine.begin() as connection:
        connection.execute(delete(PLATFORMS).where(PLATFORMS.c.id == number))
    return found


def every(engine: Engine) -> list[Platform]:
    """All platforms, in the order in which they were added."""
    with reading(engine) as connection:
        deployments: dict[int, set[str]] = {}
        for number, deployment in connection.execute(
            select(DEPLOYMENTS.c.platform, DEPLOYMENTS.c.deployment)
        ):
            deployments.setdefault(number, set()).add(deployment)
        rows = connection.execute(select(PLATFORMS).order_by(PLATFORMS.c.id)).mappings().all()
    return [
        Platform(
            **{name: value for name, value in row.items() if name != "added"},
            deployments=frozenset(deployments.get(row["id"], ())),
        )
        for row in rows
    ]


def get(engine: Engine, number: int) -> Platform:
    """The platform with this number.

    Raises:
        CourseError: when there is none.
    """
    known = every(engine)
    for platform in known:
        if platform.id == number:
            return platform
    numbers = ", ".join(str(platform.id) for platform in known) or "none yet"
    raise CourseError(
        f"there is no LTI platform {number}; expected one of those that `autograder lti list` "
        f"shows ({numbers})"
    )


def _add_deployments(
    connection: Connection, number: int, deployments: Iterable[str], now: datetime
) -> None:
    known = set(
        connection.scalars(select(DEPLOYMENTS.c.deployment).where(DEPLOYMENTS.c.platform == number))
    )
    for deployment in sorted(set(deployments) - known):
        row = {"platform": number, "deployment": deployment, "added": now}
        connection.execute(insert(DEPLOYMENTS).values(row))


def _refuse_unusable(platform: Platform) -> None:
    _refuse_unusable_id("issuer", platform.issuer)
    _refuse_unusable_id("client id", platform.client_id)
    for deployment in platform.deployments:
        _refuse_unusable_id("deployment id", deployment)
    for name in _ADDRESSES:
        address = getattr(platform, name)
        if not is_safe(address):
            raise CourseError(
                f"the platform's {name.replace('_', ' ')} should begin with https:// (http:// is "
                f"allowed on this machine alone), received {address!r}"
            )


def _refuse_unusable_id(what: str, value: str) -> None:
    if not value or len(value) > LONGEST_ID or not value.isprintable() or value != value.strip():
        raise CourseError(
            f"expected a {what} of 1 to {LONGEST_ID} printable characters as the LMS shows it, "
            f"received {value!r}"
        )
