"""Do the weeks that an instructor picks become links with the right columns?"""

from __future__ import annotations

from datetime import UTC, datetime

import jwt

from autograder.lms.lti import deep_linking
from autograder.lms.lti.deep_linking import Item
from autograder.lms.lti.roles import Role


def test_do_picked_weeks_open_and_have_columns(world):
    url = world.tool.launch_url
    due = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    world.tool.items = [Item("week06", "Week 06", url, 40.0, "Hand in here", due)]
    world.tool.items += [Item("week07", "Week 07", url, 20.0)]
    assert world.deep_link("2").role is Role.INSTRUCTOR
    assert not world.emulator.complaints
    columns = [each.body for each in world.emulator.records.columns.values()][1:]
    assert [(each["resourceId"], each["scoreMaximum"]) for each in columns] == [
        ("week06", 40.0),
        ("week07", 20.0),
    ]
    assert world.launch("3", "3").week == "week07"


def test_may_an_instructor_pick_nothing(world):
    launch = world.deep_link("2")
    url, token = deep_linking.response(world.engine, launch, [])
    claims = jwt.decode(token, options={"verify_signature": False})
    assert url == f"{world.emulator.base}/deep-link-return?session=s1"
    assert claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"] == []
    assert claims["exp"] - claims["iat"] <= 600


def test_does_a_due_date_travel_with_the_link():
    due = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    made = deep_linking._content_item(Item("w", "W", "https://x/", 1.0, due=due), True)
    assert made["submission"] == {"endDateTime": "2026-12-01T22:59:00.000Z"}
