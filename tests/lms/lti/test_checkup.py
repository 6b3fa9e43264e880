"""Does `autograder lti test` say which step fails, and what to do?"""

from __future__ import annotations

import pytest

from autograder.lms.lti import platforms
from autograder.lms.lti.checkup import checkup
from autograder.lms.lti.platforms import Platform


def steps(world, **changes):
    platform = Platform(**(vars(world.platform) | changes))
    return {each.name: each for each in checkup(world.engine, platform, world.tool.base)}


@pytest.mark.slow
def test_is_all_well_with_a_platform_that_works(world):
    world.launch("2")
    found = steps(world)
    assert [each.name for each in found.values() if not each.ok] == []
    assert found["class list of Neural Networks"].said == "4 people"
    assert found["line items of Neural Networks"].said == "1 of this tool's"


def test_does_it_ask_for_a_launch_first(world):
    assert steps(world)["courses"].ok is None


def test_does_no_quirk_disturb_it(worlds):
    found = steps(worlds(quirks=["token-without-a-type", "clock-behind"]))
    assert not [each for each in found.values() if each.ok is False]


def test_is_moodles_blocked_keyset_named(worlds):
    """404 with a page at the token URL: nobody would think of Moodle's cURL security."""
    world = worlds("moodle", quirks=["keyset-is-blocked"])
    found = steps(world)["an access token"]
    assert found.ok is False
    for word in ("404", "cannot fetch our keyset", "HTTP security", "blocked hosts", "--pem"):
        assert word in found.said


@pytest.mark.slow
def test_is_each_wrong_address_named(world):
    nowhere = f"{world.emulator.base}/nowhere"
    assert "404" in steps(world, keyset_url=nowhere)["the platform's keys"].said
    assert (
        "check the address"
        in steps(world, authorization_url=nowhere)["the platform's sign-in"].said
    )
    assert "404" in steps(world, token_url=nowhere)["an access token"].said
    closed = "http://127.0.0.1:9/token"
    assert "cannot be reached" in steps(world, token_url=closed)["an access token"].said


def test_is_a_platform_without_deployments_named(world):
    found = steps(world, deployments=frozenset())["deployments"]
    assert found.ok is False and "autograder lti deployment" in found.said


def test_is_another_services_keyset_named(worlds, tmp_path):
    """The address of the service belongs to a service with other keys."""
    world = worlds()
    own = checkup(world.engine, world.platform, world.emulator.base)
    found = {each.name: each for each in own}["our keys, at our own address"]
    assert found.ok is False


def test_is_a_service_that_is_not_allowed_named(worlds):
    found = steps(worlds(quirks=["scores-are-not-allowed"]))
    assert "did not allow" in found["an access token"].said


def test_are_two_clocks_compared(world, monkeypatch):
    from datetime import UTC, datetime

    from autograder.lms.lti import checkup as module

    class Late(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2030, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(module, "datetime", Late)
    found = steps(world)["the two clocks"]
    assert found.ok is False and "behind" in found.said


def test_does_it_leave_the_platform_as_it_is(world):
    steps(world)
    assert platforms.get(world.engine, world.platform.id) == world.platform
