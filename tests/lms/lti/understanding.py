"""What the tool understands of a platform, part by part, as plain values that can be compared."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from autograder.lms.lti import platforms, registration
from autograder.lms.lti.deep_linking import Item
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.launch import Launch
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.scores import Score
from autograder.lms.lti.services import Services

USERS = {"student": "14", "assistant": "5", "teacher": "2"}
_OURS = ("platform", "context_key", "link_key", "custom", "deep_link", "account")


def launch(world: Any, kind: str) -> dict[str, Any]:
    """Somebody of this kind opens the link, after the instructor."""
    world.launch("2")
    found = world.launch(USERS[kind])
    assert isinstance(found, Launch), found
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    values = {name: value for name, value in values.items() if name not in _OURS}
    values |= {"role": found.role.value, "scopes": sorted(found.scopes)}
    values["storage_target"] = world.tool.logins[-1].storage_target
    return _without_base(world, values)


def deep_link(world: Any) -> dict[str, Any]:
    """The instructor picks two weeks, or one where the platform takes one."""
    url = world.tool.launch_url
    takes_one = world.emulator.quirks.rule("claims", "takes_one", False)
    world.tool.items = [
        Item("week06", "Week 06", url, 40.0),
        Item("week07", "Week 07", url, 20.0, due=datetime(2026, 12, 1, tzinfo=UTC)),
    ][: 1 if takes_one else 2]
    found = world.deep_link()
    assert isinstance(found, Launch) and found.deep_link, found
    made = list(world.emulator.records.links.values())[-1]
    column = world.emulator.records.columns.get(made.column)
    return {
        "takes_several": found.deep_link.takes_several,
        "takes_line_items": found.deep_link.takes_line_items,
        "accepted": len(world.emulator.deep_linked),
        "column": column and (column.body["resourceId"], column.body["scoreMaximum"]),
        "week": made.custom.get("week"),
    }


def members(world: Any) -> dict[str, Any]:
    """The class list."""
    services = Services(world.engine, world.platform)
    try:
        found = services.members(f"{world.emulator.base}/members/2", "1")
    except ServiceError as error:
        return {"error": error.reason}
    ada = next((each for each in found if each.user == "14"), None)
    rows = {} if ada is None else asdict(ada) | {"role": ada.role.value}
    return {"count": len(found), "ids": sorted({each.user for each in found} - {"99"})} | rows


def columns(world: Any) -> dict[str, Any]:
    """The columns of a course; one is created, and asked for a second time."""
    from tests.lms.lti.platform.grade_service import columns_url

    records = world.emulator.records
    for number in range(3):
        records.add_link("2", f"Week 1{number}", {"week": f"week1{number}"})
    url = columns_url(world.emulator, "2")
    services = Services(world.engine, world.platform)
    found = services.line_items(url)
    (one,) = services.line_items(url, "week10")
    try:
        made = [services.create_line_item(url, "Week 07", 20.0, "week07") for _ in range(2)]
    except ServiceError as error:
        return {"error": error.reason}
    return {
        "maxima": [each.maximum for each in found],
        "weeks": [each.resource_id for each in found],
        "one": one.label,
        "made": len({each.id for each in made}),
        "there": len(records.columns),
        "read": services.line_item(made[0].id).maximum,
    }


def scores(world: Any) -> dict[str, Any]:
    """Scores that rise in time, then some that should be refused."""
    from tests.lms.lti.platform.grade_service import column_url

    column = world.emulator.records.columns[8]
    url = column_url(world.emulator, column)
    services = Services(world.engine, world.platform)
    start = datetime.now(UTC).replace(microsecond=100_000) - timedelta(seconds=60)

    def send(seconds: float, given: float, comment: str = "", **more: Any) -> str:
        score = Score("3", given, 10.0, start + timedelta(seconds=seconds), comment, **more)
        return type(services.send_score(url, score)).__name__

    first = services.send_score(url, Score("3", 8.0, 10.0, start, "good", new_attempt=True))
    found: dict[str, Any] = {"score": type(first).__name__}
    found["perhaps_stored"] = getattr(first, "perhaps_stored", False)
    grade = column.grades.get("3")
    found["stored"] = grade and (grade.score, *grade.comments)
    if found["score"] != "Sent":
        return found
    found["same_second"] = send(0.5, 8.0, "good")
    found["earlier"] = send(-5, 7.0)
    found["equal"] = send(0.5 if found["same_second"] == "Sent" else 0, 7.0)
    send(2, 9.0, "better")
    found["comments"] = column.grades["3"].comments[-3:]
    send(4, 12.0)
    found["above"] = (column.grades["3"].score, bool(column.grades["3"].comments))
    send(6, 1.0, final=False)
    found["not final"] = column.grades["3"].score
    for user in ("2", "nobody"):
        answer = services.send_score(url, Score(user, 1.0, 10.0, start))
        found[user] = (type(answer).__name__, getattr(answer, "reason", ""))
    return found


def results(world: Any) -> dict[str, Any]:
    """What the gradebook holds."""
    from tests.lms.lti.platform.grade_service import column_url

    url = column_url(world.emulator, world.emulator.records.columns[8])
    services = Services(world.engine, world.platform)
    time = datetime.now(UTC) - timedelta(seconds=60)
    for user in ("3", "14"):
        services.send_score(url, Score(user, 8.0, 10.0, time, f"for {user}"))
    (found,) = services.results(url, "3")
    return asdict(found)


def registered(world: Any) -> dict[str, Any]:
    """The platform after dynamic registration."""
    from urllib.parse import urlencode

    from tests.lms.lti.platform.registrations import TOKEN
    from tests.lms.lti.tool import Browser

    emulator = world.emulator
    platforms.remove(world.engine, world.platform.id)
    query = {"openid_configuration": f"{emulator.base}/configuration"}
    if not emulator.quirks.rule("registration", "no_token"):
        query["registration_token"] = TOKEN
    address = registration.invite(world.engine, world.tool.base)
    count = len(world.tool.registered)
    answer = Browser().open(f"{address}&{urlencode(query)}")
    assert len(world.tool.registered) == count + 1, (answer.text, emulator.complaints)
    made: Platform = world.tool.registered[-1]
    values = asdict(made) | {"deployments": sorted(made.deployments)}
    return _without_base(world, values | {"id": 0})


def _without_base(world: Any, values: dict[str, Any]) -> dict[str, Any]:
    bases = (world.emulator.base, world.tool.base)
    for name, value in values.items():
        if isinstance(value, str):
            for base in bases:
                value = value.replace(base, "")
            values[name] = value
    return values
