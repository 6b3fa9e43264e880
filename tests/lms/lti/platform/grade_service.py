"""Columns, scores and results (Assignment and Grade Services 2.0)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.lms.lti.platform.class_list import paged
from tests.lms.lti.platform.course import Column, Grade
from tests.lms.lti.platform.web import Reply, Request, as_json

if TYPE_CHECKING:
    from tests.lms.lti.platform.emulator import Emulator

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LIS = "application/vnd.ims.lis."
COLUMN_TYPE = f"{LIS}v2.lineitem+json"
COLUMNS_TYPE = f"{LIS}v2.lineitemcontainer+json"
RESULTS_TYPE = f"{LIS}v2.resultcontainer+json"
SCORE_TYPE = f"{LIS}v1.score+json"
CANVAS = "https://canvas.instructure.com/lti/submission"


def columns_url(emulator: Emulator, context: str) -> str:
    """The address of a course's columns."""
    return f"{emulator.base}/ags/{context}/lineitems" + _query(emulator)


def column_url(emulator: Emulator, column: Column) -> str:
    """The address of one."""
    path = f"{emulator.base}/ags/{column.context}/lineitems/{column.number}/lineitem"
    return path + _query(emulator)


def _query(emulator: Emulator) -> str:
    query = emulator.quirks.rule("columns", "query", "")
    return f"?{query}" if query else ""


def answer(emulator: Emulator, request: Request) -> Reply:
    """/ags/CONTEXT/lineitems[/NUMBER/lineitem[/scores|/results]]"""
    _, _, context, _, *rest = request.path.split("/")
    query = _query(emulator).lstrip("?")
    if query and query.partition("=")[0] not in request.query:
        return emulator.complain(f"{request.path} without {query}", 404)
    if not rest:
        if request.method == "POST":
            return _create(emulator, request, context)
        return _columns(emulator, request, context)
    column = emulator.records.columns.get(int(rest[0]))
    if column is None or column.context != context:
        return as_json([], 404)
    match rest[1:]:
        case ["lineitem"]:
            return _column(emulator, request, column)
        case ["lineitem", "scores"] if request.method == "POST":
            return _score(emulator, request, column)
        case ["lineitem", "results"]:
            return _results(emulator, request, column)
    return as_json([], 404)


def _body(emulator: Emulator, column: Column) -> dict[str, Any]:
    body = {"id": column_url(emulator, column), **column.body}
    return emulator.quirks.change("column", body)


def _columns(emulator: Emulator, request: Request, context: str) -> Reply:
    if refused := emulator.authorized(request, *_reading(emulator)):
        return refused
    if request.headers.get("accept") != COLUMNS_TYPE:
        return emulator.complain(f"line items: Accept {request.headers.get('accept')}", 406)
    found = [each for each in emulator.records.columns.values() if each.context == context]
    if emulator.quirks.rule("columns", "hides_created"):
        found = [each for each in found if each.body.get("resourceLinkId")]
    if not emulator.quirks.rule("columns", "ignores_filters"):
        for name, key in (("resource_id", "resourceId"), ("tag", "tag")):
            if name in request.query:
                found = [each for each in found if each.body.get(key) == request.query[name]]
    shown, link = paged(emulator, request, [_body(emulator, each) for each in found])
    reply = as_json(shown, kind=COLUMNS_TYPE)
    if link:
        reply.headers["Link"] = link
    return reply


def _reading(emulator: Emulator) -> list[str]:
    """The scopes with which columns may be read."""
    names = emulator.quirks.rule("columns", "read_with", ["lineitem", "lineitem.readonly"])
    return [SCOPE + name for name in names]


def _create(emulator: Emulator, request: Request, context: str) -> Reply:
    if refused := emulator.authorized(request, f"{SCOPE}lineitem"):
        return refused
    if request.headers.get("content-type") != COLUMN_TYPE:
        return emulator.complain("line item: another content type", 415)
    body = json.loads(request.body)
    if not body.get("label") or not isinstance(body.get("scoreMaximum"), int | float):
        return emulator.complain(f"line item: {body}")
    column = emulator.records.add_column(context, **body)
    return as_json(_body(emulator, column), 201, COLUMN_TYPE)


def _column(emulator: Emulator, request: Request, column: Column) -> Reply:
    if refused := emulator.authorized(request, *_reading(emulator)):
        return refused
    return as_json(_body(emulator, column), kind=COLUMN_TYPE)


def _score(emulator: Emulator, request: Request, column: Column) -> Reply:
    if refused := emulator.authorized(request, f"{SCOPE}score"):
        return refused
    body = json.loads(request.body)
    with emulator.lock:
        facts = _facts(emulator, request, column, body)
        for row in emulator.quirks.at("score"):
            if row.rule["when"] in facts and "status" in row.rule:
                text = row.rule.get("body", "[]").encode()
                return Reply(row.rule["status"], text, dict(row.rule.get("headers", {})))
        for fact, status in _REFUSED.items():
            if fact in facts:
                emulator.complaints.append(f"score: {fact}")
                return as_json([], status)
        effects = {row.rule["when"]: row.rule["effect"] for row in emulator.quirks.at("effect")}
        _store(emulator, column, body, facts, effects)
    if "breaks" in facts:
        return Reply(broken=True)
    reply = emulator.quirks.rule("stored", "reply", {"status": 204})
    return Reply(reply["status"], reply.get("body", "").encode(), dict(reply.get("headers", {})))


# What a strict platform refuses.
_REFUSED = {
    "another type": 415,
    "no user": 400,
    "no maximum": 400,
    "below zero": 400,
    "bad time": 400,
    "unknown user": 400,
    "staff": 400,
    "from the future": 400,
    "earlier": 409,
    "equal": 409,
}


def _facts(emulator: Emulator, request: Request, column: Column, body: dict[str, Any]) -> set[str]:
    """What can be said of a score, in the words of quirks.json."""
    user = emulator.records.users.get(body.get("userId", ""))
    facts = {"any"}
    if request.headers.get("content-type") != SCORE_TYPE:
        facts.add("another type")
    if "userId" not in body:
        facts.add("no user")
    elif user is None:
        facts.add("unknown user")
    elif user.kind != "student":
        facts.add("staff")
    maximum, given = body.get("scoreMaximum"), body.get("scoreGiven")
    if not isinstance(maximum, int | float) or maximum <= 0:
        facts.add("no maximum")
    elif isinstance(given, int | float) and given > maximum:
        facts.add("above the maximum")
    if isinstance(given, int | float) and given < 0:
        facts.add("below zero")
    if body.get("gradingProgress") != "FullyGraded":
        facts.add("not final")
    if not body.get("comment"):
        facts.add("no comment")
    if emulator.quirks.rule("stored", "breaks"):
        facts.add("breaks")
    return facts | _about_time(column, body)


def _about_time(column: Column, body: dict[str, Any]) -> set[str]:
    try:
        time = datetime.fromisoformat(body["timestamp"])
        before = column.grades.get(body.get("userId", ""))
        facts = set()
        if time > datetime.now(UTC) + timedelta(seconds=5):
            facts.add("from the future")
    except (KeyError, ValueError, TypeError):
        return {"bad time"}
    if before:
        if time < before.time:
            facts.add("earlier")
        if time == before.time:
            facts.add("equal")
        if time.replace(microsecond=0) <= before.time.replace(microsecond=0):
            facts.add("same second or earlier")
    return facts


def _store(
    emulator: Emulator,
    column: Column,
    body: dict[str, Any],
    facts: set[str],
    effects: dict[str, str],
) -> None:
    before = column.grades.get(body["userId"])
    time = datetime.fromisoformat(body["timestamp"])
    comments = list(before.comments) if before else []
    grade = Grade(None, comments, time, attempts=before.attempts if before else 0)
    maximum = float(column.body["scoreMaximum"])
    if "scoreGiven" in body:
        grade.score = min(body["scoreGiven"] / body["scoreMaximum"], 1.0) * maximum
    if "not final" in facts and effects.get("not final") == "erases":
        grade.score = None
    grade.final = "not final" not in facts
    if body.get("comment"):
        appends = effects.get("any") == "appends comments"
        grade.comments = [*(comments if appends else []), body["comment"]]
    elif effects.get("no comment") == "clears":
        grade.comments = []
    if body.get(CANVAS, {}).get("new_submission", True):
        grade.attempts += 1
    column.grades[body["userId"]] = grade


def _results(emulator: Emulator, request: Request, column: Column) -> Reply:
    if refused := emulator.authorized(request, f"{SCOPE}result.readonly"):
        return refused
    rows = []
    for user, grade in column.grades.items():
        if (
            not emulator.quirks.rule("results", "ignores_filter")
            and request.query.get("user_id", user) != user
        ):
            continue
        row = {
            "id": f"{column_url(emulator, column)}/results/{user}",
            "scoreOf": column_url(emulator, column),
            "userId": user,
            "resultScore": grade.score,
            "resultMaximum": column.body["scoreMaximum"],
            "comment": " ".join(grade.comments),
            "timestamp": grade.time.isoformat(),
        }
        rows.append(emulator.quirks.change("results", row))
    shown, link = paged(emulator, request, rows)
    reply = as_json(shown, kind=RESULTS_TYPE)
    if link:
        reply.headers["Link"] = link
    return reply
