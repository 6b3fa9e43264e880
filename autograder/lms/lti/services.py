"""What we ask of a platform: scores, line items and the class list."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy import Engine

from autograder.lms.lti import tokens
from autograder.lms.lti.addresses import with_path_end
from autograder.lms.lti.client import Answer, send
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.paging import next_page
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role, role
from autograder.lms.lti.scores import Conflict, Rejected, Score, Sent, TryLater

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_PAGES = 500
_SCOPE_REFUSED = ("status-401", "status-403", "scope-not-granted", "invalid-scope")
Found = TypeVar("Found")


@dataclass(frozen=True)
class LineItem:
    """A column of an LMS's gradebook.

    Attributes:
        id: its address.
        link: the resource link that it belongs to; empty for none.
    """

    id: str
    label: str
    maximum: float
    resource_id: str = ""
    tag: str = ""
    link: str = ""


@dataclass(frozen=True)
class Member:
    """Somebody in an LMS's class list."""

    user: str
    name: str
    given_name: str
    family_name: str
    email: str
    login: str
    sourced_id: str
    role: Role
    active: bool


@dataclass(frozen=True)
class Result:
    """What an LMS's gradebook holds for one person."""

    user: str
    score: float | None
    maximum: float | None
    comment: str


class Services:
    """The services of one platform."""

    def __init__(self, engine: Engine, platform: Platform) -> None:
        self._engine, self._platform = engine, platform
        # Whoever may change line items may read them, and some platforms then take no other token.
        self._reading_scopes = [tokens.LINE_ITEM_READONLY, tokens.LINE_ITEM]

    def send_score(self, line_item: str, score: Score) -> Sent | Conflict | Rejected | TryLater:
        """Send one score; it is tried once, and the answer says what to do next.

        Args:
            line_item: its address, which may have a query.
        """
        differences = self._platform.differences
        body = json.dumps(score.body(differences)).encode()
        try:
            answer = self._ask(
                "POST", with_path_end(line_item, "/scores"), tokens.SCORE, SCORE_TYPE, body
            )
        except ServiceError as error:
            if error.again:
                stored = error.reason == "unanswered"
                return TryLater(str(error), error.after, perhaps_stored=stored)
            return Rejected(error.reason, str(error))
        return self._outcome(answer)

    def results(self, line_item: str, user: str = "") -> list[Result]:
        """The results of a line item, or of one person in it.

        Raises:
            ServiceError: when the platform does not give them.
        """
        url = with_path_end(line_item, "/results")
        url = _with_query(url, {"user_id": user}) if user else url
        found = (_result(each) for each in self._pages(url, tokens.RESULT, RESULTS_TYPE, None))
        return [each for each in found if each.user and user in ("", each.user)]

    def line_items(self, url: str, resource_id: str = "") -> list[LineItem]:
        """The line items of a course.

        Args:
            url: `Launch.line_items`.
            resource_id: only those with this one.

        Raises:
            ServiceError: when the platform does not give them.
        """
        asked = _with_query(url, {"resource_id": resource_id}) if resource_id else url
        rows = self._read(lambda scope: list(self._pages(asked, scope, LINE_ITEMS_TYPE, None)))
        found = [_line_item(row) for row in rows if isinstance(row.get("id"), str)]
        # Some platforms ignore the filter.
        return [each for each in found if resource_id in ("", each.resource_id)]

    def line_item(self, url: str) -> LineItem:
        """One line item.

        Raises:
            ServiceError: when the platform does not give it.
        """
        answer = self._read(lambda scope: self._successful("GET", url, scope, LINE_ITEM_TYPE))
        found = answer.json()
        if not isinstance(found, dict):
            raise ServiceError("no-line-item", f"{url} should answer with a line item")
        return _line_item({"id": url} | found)

    def create_line_item(
        self, url: str, label: str, maximum: float, resource_id: str, link: str = ""
    ) -> LineItem:
        """Create a line item, unless the course has one with this resource id.

        A platform creates one for every request, so that it is asked first.

        Args:
            url: `Launch.line_items`.
            link: the id of the resource link that it belongs to.

        Raises:
            ServiceError: when the platform does not create it, or nobody would see it.
        """
        for known in self.line_items(url, resource_id):
            return known
        if not self._platform.differences.creates_line_items:
            raise ServiceError(
                "creates-none",
                f"{self._platform.name} shows nobody a column that a tool creates; make one in the "
                "LMS by adding the link with a grade",
            )
        wanted: dict[str, Any] = {"label": label, "scoreMaximum": maximum}
        wanted |= {"resourceId": resource_id, "tag": resource_id}
        wanted |= {"resourceLinkId": link} if link else {}
        body = json.dumps(wanted).encode()
        answer = self._successful("POST", url, tokens.LINE_ITEM, LINE_ITEM_TYPE, body)
        made = answer.json()
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise ServiceError("no-line-item", f"{url} created a line item and gave no id")
        return _line_item(wanted | made)

    def members(self, url: str, resource_link: str = "") -> list[Member]:
        """The class list.

        Args:
            url: `Launch.memberships_url`.
            resource_link: whose custom claims the platform should fill in; empty for none.

        Raises:
            ServiceError: when the platform does not give it.
        """
        asked = _with_query(url, {"rlid": resource_link}) if resource_link else url
        rows = self._pages(asked, tokens.MEMBERS, MEMBERS_TYPE, "members")
        escaped = self._platform.differences.names_escaped
        return [_member(row, escaped) for row in rows if row.get("user_id") not in (None, "")]

    def _read(self, asked: Callable[[str], Found]) -> Found:
        """Ask with the first scope for reading line items that the platform accepts."""
        for scope in list(self._reading_scopes):
            try:
                found = asked(scope)
            except ServiceError as error:
                if error.reason not in _SCOPE_REFUSED or scope == self._reading_scopes[-1]:
                    raise
            else:
                self._reading_scopes = [scope]
                return found
        raise AssertionError("the last scope is tried")

    def _pages(
        self, url: str, scope: str, kind: str, inside: str | None
    ) -> Iterable[Mapping[str, Any]]:
        """The objects of a list that may come in several pages.

        Args:
            inside: the name under which each page holds its list; None where it is the page.
        """
        seen: set[str] = set()
        page: str | None = url
        while page and page not in seen and len(seen) < MOST_PAGES:
            seen.add(page)
            answer = self._successful("GET", page, scope, "", accept=kind)
            found = answer.json()
            if inside and isinstance(found, dict):
                found = found.get(inside) or []
            if not isinstance(found, list):
                raise ServiceError("no-list", f"{page} should answer with a list")
            yield from (each for each in found if isinstance(each, dict))
            page = next_page(answer)

    def _successful(
        self, method: str, url: str, scope: str, kind: str, body: bytes = b"", accept: str = ""
    ) -> Answer:
        answer = self._ask(method, url, scope, kind, body, accept or kind)
        if answer.ok:
            return answer
        later = self._throttled(answer) or answer.status >= 500
        raise ServiceError(
            "busy" if later else f"status-{answer.status}",
            f"{url} answered {answer.described()}. {_ADVICE.get(answer.status, '')}".strip(),
            again=later,
            after=_retry_after(answer),
        )

    def _ask(
        self, method: str, url: str, scope: str, kind: str, body: bytes = b"", accept: str = ""
    ) -> Answer:
        """Send a request with an access token; once more with a fresh one if it is refused."""
        headers = {"Content-Type": kind} if body else {}
        headers |= {"Accept": accept} if accept else {}
        for fresh in (False, True):
            token = tokens.access_token(self._engine, self._platform, [scope], fresh=fresh)
            authorized = headers | {"Authorization": f"Bearer {token}"}
            answer = send(method, url, headers=authorized, body=body or None)
            if answer.status != 401:
                break
        return answer

    def _outcome(self, answer: Answer) -> Sent | Conflict | Rejected | TryLater:
        said = f"{answer.url} answered {answer.described()}"
        if answer.ok:
            return Sent()
        if self._throttled(answer):
            return TryLater(said, _retry_after(answer))
        for status, word in self._platform.differences.conflicts:
            if answer.status == status and word in answer.text.lower():
                return Conflict(said)
        if answer.status >= 500 or answer.status == 408:
            return TryLater(said, _retry_after(answer), perhaps_stored=True)
        reason = _REASONS.get(answer.status, f"status-{answer.status}")
        return Rejected(reason, f"{said}. {_ADVICE.get(answer.status, '')}".strip())

    def _throttled(self, answer: Answer) -> bool:
        for status, header, value in self._platform.differences.throttles:
            if answer.status == status and (
                not header or answer.headers.get(header, "").strip().startswith(value)
            ):
                return True
        return False


_REASONS = {
    400: "not-accepted",
    401: "not-allowed",
    403: "not-allowed",
    404: "line-item-gone",
    410: "line-item-gone",
    422: "not-accepted",
}
_GONE = "It was deleted in the LMS, or its course was; open its link there, or add it again."
_ADVICE = {
    400: "The person may not be a student of the course any more.",
    401: "Allow the tool's services in the LMS; `autograder lti test` tries them.",
    403: "Allow the tool's services in the LMS; `autograder lti test` tries them.",
    404: _GONE,
    410: _GONE,
    422: "The person may not be a student of the course any more, or has no attempts left.",
}


def _retry_after(answer: Answer) -> float | None:
    given = answer.headers.get("retry-after", "").strip()
    return min(float(given), 3600.0) if given.isdecimal() else None


def _line_item(row: Mapping[str, Any]) -> LineItem:
    return LineItem(
        id=str(row["id"]),
        label=str(row.get("label") or ""),
        maximum=_number(row.get("scoreMaximum")) or 0.0,
        resource_id=str(row.get("resourceId") or ""),
        tag=str(row.get("tag") or ""),
        link=str(row.get("resourceLinkId") or ""),
    )


def _result(row: Mapping[str, Any]) -> Result:
    return Result(
        user=str(row.get("userId") or ""),
        score=_number(row.get("resultScore")),
        maximum=_number(row.get("resultMaximum")),
        comment=str(row.get("comment") or ""),
    )


def _member(row: Mapping[str, Any], escaped: bool) -> Member:
    def text(name: str) -> str:
        value = row.get(name)
        found = value if isinstance(value, str) and not value.startswith("$") else ""
        return html.unescape(found) if escaped else found

    roles = row.get("roles")
    listed = roles.split(",") if isinstance(roles, str) else roles
    names = [text("given_name"), text("family_name")]
    return Member(
        user=str(row["user_id"]),
        name=text("name") or " ".join(filter(None, names)),
        given_name=names[0],
        family_name=names[1],
        email=text("email"),
        login=text("ext_user_username"),
        sourced_id=text("lis_person_sourcedid"),
        role=role(each.strip() for each in listed if isinstance(each, str))
        if isinstance(listed, list)
        else Role.NOBODY,
        # Missing means active; Coursera writes it in capitals.
        active=str(row.get("status") or "Active").lower() == "active",
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _with_query(url: str, added: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(each for each in (parts.query, urlencode(added)) if each)
    return urlunsplit(parts._replace(query=query))
