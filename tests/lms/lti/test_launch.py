"""Does a launch become the person that the platform means, and is every other one refused?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.lms.lti.addresses import is_safe
from autograder.lms.lti.claims import Claims
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.launch import _read
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role
from tests.conftest import EXHAUSTIVE
from tests.lms.lti.platform.quirks import _SHORT, DL, LTI
from tests.lms.lti.tool import Browser


def test_does_a_launch_say_who_comes_and_for_which_week(world):
    teacher = world.launch("2")
    assert (teacher.role, teacher.name, teacher.week) == (Role.INSTRUCTOR, "Grace Hopper", "week06")
    student = world.launch("14")
    assert student.role is Role.STUDENT
    assert (student.subject, student.name) == ("14", "Åsa Lind/Berg & Co.")
    assert (student.email, student.login, student.sourced_id) == ("asa@example.org", "s12", "s12")
    assert student.line_item == f"{world.emulator.base}/ags/2/lineitems/8/lineitem"
    assert not world.emulator.complaints


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
CLAIMS = (
    "name",
    "email",
    "custom",
    "context",
    "resource_link",
    "roles",
    "lis",
    "ext",
    "sub",
    "ags",
)
CLAIMS += (
    "nrps",
    "launch_presentation",
    "deployment_id",
    "target_link_uri",
    "version",
    "deep_link",
)
INNER = ("id", "title", "label", "week", "lineitem", "lineitems", "scope", "return_url", "data")
INNER += ("deep_link_return_url", "accept_types", "accept_multiple", "context_memberships_url")


@pytest.mark.slow
@settings(max_examples=3000 if EXHAUSTIVE else 150)
@given(
    changes=st.dictionaries(st.sampled_from(CLAIMS), ANY, max_size=3),
    inner=st.dictionaries(
        st.tuples(st.sampled_from(CLAIMS), st.sampled_from(INNER)), ANY, max_size=3
    ),
    deep=st.booleans(),
)
def test_is_whatever_a_platform_writes_a_launch_or_refused(changes, inner, deep):
    """No JSON in a claim, however odd, is an error of ours, and what is read can be stored."""
    values = _claims(deep)
    for (name, within), value in inner.items():
        place = values.setdefault(_SHORT.get(name, name), {})
        if isinstance(place, dict):
            place[within] = value
    values |= {_SHORT.get(name, name): value for name, value in changes.items()}
    platform = Platform("i", "c", *["https://lms.example/"] * 3, frozenset({"1"}), id=1)
    try:
        launch = _read(Claims(values), platform, "https://nn.example/lti/launch")
    except Refused as error:
        str(error).encode()
        return
    for field in ("name", "email", "login", "title", "context_title", "subject", "sourced_id"):
        text = getattr(launch, field)
        assert "\0" not in text and isinstance(text.encode(), bytes)
    for url in (launch.line_item, launch.line_items, launch.memberships_url):
        assert url is None or is_safe(url)


def _claims(deep: bool) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "sub": "3",
        f"{LTI}version": "1.3.0",
        f"{LTI}deployment_id": "1",
        f"{LTI}roles": [],
        f"{LTI}context": {"id": "2"},
        f"{LTI}target_link_uri": "https://nn.example/lti/launch",
        f"{LTI}resource_link": {"id": "1"},
        f"{LTI}message_type": "LtiDeepLinkingRequest" if deep else "LtiResourceLinkRequest",
    }
    if deep:
        settings = {
            "deep_link_return_url": "https://lms.example/",
            "accept_types": ["ltiResourceLink"],
        }
        claims[f"{DL}deep_linking_settings"] = settings
    return claims


def test_is_a_name_with_what_no_database_stores_cleaned(world):
    world.emulator.records.users["2"].given = "A\0da\ud800\u202e"
    assert world.launch("2").name == "Ada? Hopper"


def test_is_a_link_opened_by_two_browsers_at_once(world):
    """Two tabs are two logins, each with a state of its own."""
    browser = Browser()
    first = world.launch("2", browser=browser)
    second = world.launch("2", browser=browser)
    assert first.link_key == second.link_key


def test_does_another_browser_not_go_on_with_a_login(world):
    """A message that somebody is lured into posting signs nobody in as its author."""
    world.launch("2")
    form = {**world.tool.posted[-1]}
    login = world.tool.logins[-1]
    answer = Browser().open(world.tool.launch_url, form)
    assert answer.status_code == 403
    assert world.tool.refusals[-1].reason == "state-used"
    assert login.state == form["state"]
