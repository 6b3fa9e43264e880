"""Are platforms kept by issuer and client id, and unusable ones refused?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.lms.lti import platforms
from autograder.lms.lti.platforms import Platform


def platform(**changes):
    values = {
        "issuer": "https://lms.example",
        "client_id": "c",
        "authorization_url": "https://lms.example/auth",
        "token_url": "https://lms.example/token",
        "keyset_url": "https://lms.example/keys",
        "deployments": frozenset({"1"}),
        "family": "canvas",
    }
    return Platform(**(values | changes))


def test_are_several_client_ids_of_one_issuer_several_platforms(engine):
    first, second = (platforms.add(engine, platform(client_id=each)) for each in "ab")
    assert first.id != second.id
    assert [each.client_id for each in platforms.every(engine)] == ["a", "b"]


def test_does_adding_again_change_and_add_deployments(engine):
    first = platforms.add(engine, platform())
    moved = "https://sso.example/token"
    second = platforms.add(engine, platform(token_url=moved, deployments=frozenset({"7:x"})))
    assert second.id == first.id
    assert second.token_url == moved
    assert second.deployments == {"1", "7:x"}
    assert platforms.add_deployment(engine, first.id, "9").deployments == {"1", "7:x", "9"}


def test_is_a_removed_platform_forgotten_with_all_its_rows(world):
    world.launch("2")
    platforms.remove(world.engine, world.platform.id)
    assert platforms.every(world.engine) == []
    with pytest.raises(CourseError, match="lti list"):
        platforms.get(world.engine, world.platform.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"token_url": "http://lms.example/token"},
        {"keyset_url": ""},
        {"authorization_url": "javascript:x"},
        {"issuer": ""},
        {"client_id": " c"},
        {"client_id": "x" * 256},
        {"deployments": frozenset({""})},
    ],
)
def test_is_an_unusable_platform_refused(engine, changes):
    with pytest.raises(CourseError, match=r"expected|https://"):
        platforms.add(engine, platform(**changes))
    assert platforms.every(engine) == []
