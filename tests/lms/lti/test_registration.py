"""Does dynamic registration agree on all settings, and only with whom it was meant for?"""

from __future__ import annotations

from autograder.lms.lti.launch import Launch
from autograder.lms.lti.registration import TOOL, tool_settings
from tests.lms.lti import understanding


def test_can_people_come_after_a_dynamic_registration(world):
    """The two know nothing of each other but the address that was entered."""
    made = understanding.registered(world)
    assert made["client_id"] == "client-1"
    assert made["deployments"] == ["1"]
    assert isinstance(world.launch("2"), Launch)
    assert not world.emulator.complaints


def test_does_a_registration_ask_for_what_is_needed_and_no_more():
    made = tool_settings("https://nn.example/", "Title")
    assert made["redirect_uris"] == ["https://nn.example/lti/launch"]
    assert made["token_endpoint_auth_method"] == "private_key_jwt"
    assert made[TOOL]["domain"] == "nn.example"
    assert len(made["scope"].split()) == 5
