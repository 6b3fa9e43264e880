"""The whole way with a platform: launch, score, resubmit, regrade, comment, roster, deep link.

Our emulator's personalities go this way, and so does a real Moodle or Canvas whose settings are in
the environment:

    LTI_PLATFORM_URL          its address; without it only the emulator is tried
    LTI_PLATFORM_FAMILY       moodle, canvas, ...
    LTI_PLATFORM_CLIENT_ID    as it shows them
    LTI_PLATFORM_DEPLOYMENT
    LTI_PLATFORM_ISSUER, _AUTHORIZATION_URL, _TOKEN_URL, _KEYSET_URL
                              where they are not the family's usual ones
    LTI_PLATFORM_TOOL_PORT    the tool listens here on loopback, and is registered with
                              http://127.0.0.1:PORT/lti/login, /lti/launch and /lti/keys
    LTI_PLATFORM_STORE        a file that keeps the tool's keys from run to run
    LTI_PLATFORM_SIGN_IN      the page with its form for name and password
    LTI_PLATFORM_TEACHER      NAME:PASSWORD
    LTI_PLATFORM_STUDENT      NAME:PASSWORD
    LTI_PLATFORM_LINK         the page that launches a link whose custom parameters have
                              week=week06 (Moodle: /mod/lti/launch.php?id=N)
    LTI_PLATFORM_DEEP_LINK    the page that begins to pick content
                              (Moodle: /mod/lti/contentitem.php?id=N&course=N&title=T&text=X)

docs/lti.md shows it for Moodle.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.lms.lti import platforms
from autograder.lms.lti.deep_linking import Item
from autograder.lms.lti.differences import differences
from autograder.lms.lti.launch import Launch
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role
from autograder.lms.lti.scores import Conflict, Score, Sent
from autograder.lms.lti.services import Services
from autograder.lms.lti.store import open_store
from tests.lms.lti.platform import PERSONALITIES
from tests.lms.lti.tool import Browser, Tool

REAL = os.environ.get("LTI_PLATFORM_URL", "")
_ALWAYS = ("strict", "moodle", "canvas")


def setting(name: str, default: str = "") -> str:
    return os.environ.get(f"LTI_PLATFORM_{name}", default)


class Real:
    """A platform of the environment, and its browsers."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        family = setting("FAMILY", "moodle")
        usual = differences(family).addresses
        client_id = setting("CLIENT_ID")

        def address(name: str) -> str:
            pattern = usual.get(name, "").format(url=REAL.rstrip("/"), client_id=client_id)
            return setting(name.upper(), pattern)

        self.platform = platforms.add(
            tool.engine,
            Platform(
                issuer=address("issuer"),
                client_id=client_id,
                authorization_url=address("authorization_url"),
                token_url=address("token_url"),
                keyset_url=address("keyset_url"),
                deployments=frozenset([setting("DEPLOYMENT", "1")]),
                family=family,
            ),
        )
        self._browsers: dict[str, Browser] = {}

    def launch(self, who: str) -> Launch:
        """The teacher or the student opens the link."""
        self._browser(who).open(setting("LINK"))
        assert not self.tool.refusals, str(self.tool.refusals[-1])
        return self.tool.launches[-1]

    def pick(self, item: Item) -> str | None:
        """The teacher picks a week; None: it becomes a link when the form is saved."""
        self.tool.items = [item]
        answer = self._browser("teacher").open(setting("DEEP_LINK"))
        assert not self.tool.refusals, str(self.tool.refusals[-1])
        assert answer.ok, answer.text[:500]
        return None

    def _browser(self, who: str) -> Browser:
        if who not in self._browsers:
            name, _, password = setting(who.upper()).partition(":")
            self._browsers[who] = Browser()
            self._browsers[who].sign_in(setting("SIGN_IN"), name, password)
        return self._browsers[who]


class Emulated:
    """An emulator, seen in the same way."""

    def __init__(self, world: Any) -> None:
        self.world, self.tool, self.platform = world, world.tool, world.platform

    def launch(self, who: str) -> Launch:
        found = self.world.launch({"teacher": "2", "student": "14"}[who])
        assert isinstance(found, Launch), str(found)
        return found

    def pick(self, item: Item) -> str | None:
        self.tool.items = [item]
        self.world.deep_link()
        link = list(self.world.emulator.records.links.values())[-1]
        again = self.world.launch("14", link.id)
        assert isinstance(again, Launch), str(again)
        return again.week


@contextmanager
def real(tmp_path: Path) -> Iterator[Real]:
    engine = open_store(Path(setting("STORE", str(tmp_path / "service.db"))))
    with Tool(engine).running(int(setting("TOOL_PORT", "9001"))) as tool:
        yield Real(tool)
    engine.dispose()


@pytest.mark.skipif(not REAL, reason="LTI_PLATFORM_URL names no platform")
def test_does_a_real_platform_go_the_whole_way(tmp_path):
    with real(tmp_path) as party:
        go(party)


@pytest.mark.slow
@pytest.mark.parametrize(
    "personality",
    [
        pytest.param(each, marks=() if each in _ALWAYS else pytest.mark.beyond_sample)
        for each in PERSONALITIES
    ],
)
def test_does_a_personality_go_the_whole_way(worlds, personality):
    """All quirks of one family together."""
    world = worlds(personality)
    go(Emulated(world))
    # The way ends with a score that is too late.
    assert set(world.emulator.complaints) <= {"score: earlier"}


def go(party: Any) -> None:
    """The way itself."""
    teacher = party.launch("teacher")
    assert teacher.role is Role.INSTRUCTOR
    student = party.launch("student")
    assert (student.role, student.week) == (Role.STUDENT, "week06")
    assert student.context_key == teacher.context_key and student.line_item
    services = Services(party.tool.engine, party.platform)
    _roster(services, student)
    _grades(services, student, party.platform)
    week = party.pick(Item("week07", "Week 07", party.tool.launch_url, 20.0))
    assert week in (None, "week07")
    _column(services, student, party.platform)


def _roster(services: Services, student: Launch) -> None:
    assert student.memberships_url
    (found,) = [
        each for each in services.members(student.memberships_url) if each.user == student.subject
    ]
    assert found.role is Role.STUDENT and found.active
    # Where a name is shared with both, it is the same: Moodle escapes one of the two.
    assert not student.name or not found.name or student.name == found.name


def _grades(services: Services, student: Launch, platform: Platform) -> None:
    column = student.line_item
    assert column
    first = datetime.now(UTC)

    def send(given: float, when: datetime, comment: str, new: bool) -> Any:
        score = Score(student.subject, given, 10.0, when, comment, new_attempt=new)
        return services.send_score(column, score)

    assert send(5.0, first, "first", True) == Sent()
    assert _share(services, column, student) == pytest.approx(0.5)
    # Handed in once more within the second: some platforms tell the two apart, some do not.
    answer = send(8.0, datetime.now(UTC), "second", True)
    if isinstance(answer, Conflict):
        time.sleep(platform.differences.time_step)
        answer = send(8.0, datetime.now(UTC), "second", True)
    assert answer == Sent()
    assert _share(services, column, student) == pytest.approx(0.8)
    time.sleep(platform.differences.time_step)
    assert send(9.213, datetime.now(UTC), "regraded & more", False) == Sent()
    assert _share(services, column, student) == pytest.approx(0.9213, abs=1e-4)
    assert isinstance(send(1.0, first, "older", False), Conflict)
    assert _share(services, column, student) == pytest.approx(0.9213, abs=1e-4)
    (result,) = services.results(column, student.subject)
    assert "regraded" in result.comment


def _share(services: Services, column: str, student: Launch) -> float | None:
    (found,) = services.results(column, student.subject)
    return found.score / found.maximum if found.score is not None and found.maximum else None


def _column(services: Services, student: Launch, platform: Platform) -> None:
    if not (student.line_items and platform.differences.creates_line_items):
        return
    made = [
        services.create_line_item(student.line_items, "Week 08 (acceptance)", 10.0, "week08-test")
        for _ in range(2)
    ]
    assert made[0].id == made[1].id
    assert services.line_item(made[0].id).maximum == 10.0
