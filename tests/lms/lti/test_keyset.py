"""Are a platform's keys fetched when they are needed, and not oftener?"""

from __future__ import annotations

import pytest

from autograder.lms.lti import keyset
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.keyset import Keyset
from autograder.lms.lti.launch import Launch
from tests.lms.lti.platform.emulator import signing_key


def fetches(world):
    return sum(path == "/keys" for _, path in world.emulator.requests)


def test_is_a_keyset_fetched_once_for_many_launches(world):
    for user in ("2", "3", "14"):
        world.launch(user)
    assert fetches(world) == 1


def test_is_a_new_key_of_the_platform_found(world, monkeypatch):
    """The platform rotates its key, as it may at any time."""
    monkeypatch.setattr(keyset, "PAUSE_SECONDS", 0.0)
    world.launch("2")
    world.emulator.keys = [signing_key(0), signing_key(1)]
    assert isinstance(world.launch("2"), Launch)
    assert fetches(world) == 2


def test_do_unknown_keys_not_flood_the_platform(world):
    found = Keyset(f"{world.emulator.base}/keys")
    assert [found.find(f"unknown {n}") for n in range(20)] == [None] * 20
    assert fetches(world) == 1


@pytest.mark.slow
def test_are_known_keys_used_while_the_platform_is_away(world, monkeypatch):
    found = Keyset(f"{world.emulator.base}/keys")
    kid = signing_key(0)[0]
    assert found.find(kid)
    monkeypatch.setattr(keyset, "FRESH_SECONDS", -1.0)
    monkeypatch.setattr(keyset, "PAUSE_SECONDS", 0.0)
    found._url = "http://127.0.0.1:9/keys"
    assert found.find(kid)
    monkeypatch.setattr(keyset, "STALE_SECONDS", -1.0)
    with pytest.raises(ServiceError):
        found.find(kid)


def test_is_what_is_no_keyset_said(world):
    for path, word in (("/nowhere", "404"), ("/configuration", "no keys in it")):
        with pytest.raises(ServiceError, match=word):
            keyset.published(world.emulator.base + path)
