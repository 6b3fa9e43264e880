"""The class list (Names and Role Provisioning Services 2.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.lms.lti.platform.course import MEMBERSHIP, User
from tests.lms.lti.platform.quirks import NRPS
from tests.lms.lti.platform.web import Reply, Request, as_json

if TYPE_CHECKING:
    from tests.lms.lti.platform.emulator import Emulator

KIND = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def members(emulator: Emulator, request: Request) -> Reply:
    """The members of a course: /members/2."""
    if refused := emulator.authorized(request, f"{NRPS}scope/contextmembership.readonly"):
        return refused
    if request.headers.get("accept") != KIND:
        return emulator.complain(f"class list: Accept {request.headers.get('accept')}", 406)
    place = emulator.records.contexts[request.path.rpartition("/")[2]]
    rows = [_row(emulator, user, request) for user in emulator.records.users.values()]
    if emulator.quirks.rule("members", "test_student"):
        learner = f"{MEMBERSHIP}#Learner"
        test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
        rows.append({"user_id": "99", "name": "Test Student", "roles": [learner, test_user]})
    shown, link = paged(emulator, request, rows)
    body: dict[str, Any] = {
        "id": emulator.base + request.path,
        "context": {"id": place.id, "title": place.title, "label": place.label},
        "members": shown,
    }
    if emulator.quirks.rule("members", "empty"):
        del body["members"]
    reply = as_json(body, kind=KIND)
    if link:
        reply.headers["Link"] = link
    return reply


def _row(emulator: Emulator, user: User, request: Request) -> dict[str, Any]:
    row: dict[str, Any] = {
        "status": "Active",
        "user_id": user.id,
        "roles": list(user.roles),
        "name": f"{user.given} {user.family}",
        "given_name": user.given,
        "family_name": user.family,
        "email": user.email,
        "lis_person_sourcedid": user.number,
        "ext_user_username": user.login,
    }
    if "rlid" in request.query:
        row["message"] = [
            {"https://purl.imsglobal.org/spec/lti/claim/custom": {"user": user.login}}
        ]
    return emulator.quirks.change("member", row, user.kind)


def paged(
    emulator: Emulator, request: Request, rows: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], str]:
    """The rows of the page that is asked for, and the Link header of the next."""
    limit = int(request.query.get("limit") or emulator.quirks.rule("pages", "size", 0))
    start = int(request.query.get("from", 0))
    if not limit or start + limit >= len(rows):
        return rows[start:] if limit else rows, ""
    query = {**request.query, "limit": str(limit), "from": str(start + limit)}
    pattern = str(emulator.quirks.rule("pages", "link", '<{base}{path}?{query}>; rel="next"'))
    values = {"base": emulator.base, "path": request.path, "query": urlencode(query)}
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", value)
    pattern = pattern.replace("{escaped}", urlencode(query).replace("&", "&amp;"))
    # http.server writes headers in Latin-1; typographic quotes are bytes of UTF-8 in it.
    return rows[start : start + limit], pattern.encode().decode("latin-1")
