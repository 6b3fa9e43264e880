"""Does each quirk change nothing in what the tool understands, save what its row says?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import one_in
from tests.lms.lti import understanding
from tests.lms.lti.platform import PERSONALITIES, ROWS, Quirk

# Which part of the tool a quirk can disturb, by the message or service that it changes.
PARTS = {
    **dict.fromkeys(("login", "auth", "clock", "header", "claims", "keyset"), "launch"),
    **dict.fromkeys(("token", "member", "members", "pages"), "members"),
    **dict.fromkeys(("columns", "column"), "columns"),
    **dict.fromkeys(("score", "effect", "stored"), "scores"),
    "results": "results",
    "deep_link": "deep_link",
    **dict.fromkeys(("registration", "configuration"), "registered"),
}


def part_of(row: Quirk) -> str:
    return "deep_link" if row.only == "deep-link" else PARTS[row.at]


def understood(world: Any, part: str, kind: str) -> dict[str, Any]:
    if part == "launch":
        kind = kind if kind in understanding.USERS else "student"
        return understanding.launch(world, kind)
    found = getattr(understanding, part)(world)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def usual(worlds):
    """What the tool understands of the strict platform."""

    def of(part: str, kind: str) -> dict[str, Any]:
        if (part, kind) not in _KNOWN:
            _KNOWN[part, kind] = understood(worlds(), part, kind)
        return _KNOWN[part, kind]

    return of


_KNOWN: dict[tuple[str, str], dict[str, Any]] = {}


def plain(values: dict[str, Any]) -> Any:
    return json.loads(json.dumps(values))


def test_are_there_enough_quirks():
    """At least sixty rows, and each personality but the strict one has some."""
    assert len(ROWS) >= 60
    owned = {who for row in ROWS.values() for who in row.who}
    assert owned == set(PERSONALITIES) - {"strict"}


@pytest.mark.parametrize("name", one_in(6, [(name,) for name in ROWS], lambda name: name))
def test_does_the_tool_understand_a_quirk(name, worlds, usual):
    row = ROWS[name]
    part = part_of(row)
    expected = plain(usual(part, row.only)) | plain(row.expect)
    world = worlds(quirks=[name], family=row.rule.get("family", ""))
    if row.rule.get("audience", "").startswith("https://"):
        world = worlds(quirks=[name], family="brightspace")
    found = plain(understood(world, part, row.only))
    assert world.emulator.quirks.used[name], "this quirk is never met"
    assert {name: value for name, value in found.items() if expected.get(name) != value} == {}
    if "error" not in row.expect and row.expect.get("count") != 0:
        assert set(found) == set(expected) or part == "scores"
