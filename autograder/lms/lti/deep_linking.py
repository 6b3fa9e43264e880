"""An instructor picks weeks, and the LMS makes links of them, each with its own grade."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Engine

from autograder.lms.lti import keys
from autograder.lms.lti.claims import LTI
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.launch import VERSION, DeepLink
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.scores import timestamp

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GOOD_FOR = timedelta(minutes=5)


class Asked(Protocol):
    """What of a deep-linking launch the answer depends on."""

    @property
    def platform(self) -> Platform: ...
    @property
    def deployment(self) -> str: ...
    @property
    def deep_link(self) -> DeepLink | None: ...


@dataclass(frozen=True)
class Item:
    """A week that becomes a link.

    Attributes:
        week: comes back with each launch of the link, and names its line item.
        url: our launch address.
        maximum: the points of the week.
        due: when it has to be handed in; None for no date.
    """

    week: str
    title: str
    url: str
    maximum: float
    text: str = ""
    due: datetime | None = None


def response(
    engine: Engine, launch: Asked, items: Sequence[Item], now: datetime | None = None
) -> tuple[str, str]:
    """What goes back to the LMS.

    Args:
        launch: a deep-linking launch, or what was kept of it.
        items: what was picked; none cancels.

    Returns:
        The address, and the value of the field JWT of the form that is posted there.

    Raises:
        Refused: when the launch was another, or the LMS takes only one item.
    """
    if launch.deep_link is None:
        raise Refused("no-deep-link")
    if len(items) > 1 and not launch.deep_link.takes_several:
        raise Refused("one-item-only", received=len(items))
    now = now or datetime.now(UTC)
    made = int(now.timestamp())
    takes_line_items = launch.deep_link.takes_line_items
    claims: dict[str, Any] = {
        "iss": launch.platform.client_id,
        "aud": launch.platform.issuer,
        "iat": made,
        "exp": made + int(GOOD_FOR.total_seconds()),
        "nonce": secrets.token_urlsafe(24),
        f"{LTI}deployment_id": launch.deployment,
        f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": VERSION,
        f"{DL}content_items": [_content_item(item, takes_line_items) for item in items],
    }
    if launch.deep_link.data is not None:
        claims[f"{DL}data"] = launch.deep_link.data
    return launch.deep_link.return_url, keys.sign(engine, claims, now)


def _content_item(item: Item, takes_line_items: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": item.title,
        "url": item.url,
        "custom": {"week": item.week},
    }
    if item.text:
        made["text"] = item.text
    if takes_line_items:
        # With its resource id, the column can be found before anybody has opened the link.
        made["lineItem"] = {
            "label": item.title,
            "scoreMaximum": item.maximum,
            "resourceId": item.week,
            "tag": item.week,
        }
    if item.due:
        made["submission"] = {"endDateTime": timestamp(item.due)}
    return made
