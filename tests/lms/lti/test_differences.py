"""Do the rows on platforms hold together?"""

from __future__ import annotations

import json

import pytest

from autograder.lms.lti.addresses import is_safe
from autograder.lms.lti.differences import (
    FILE,
    Differences,
    differences,
    families,
    family_of,
    may_configure,
)

VALUES = {
    "url": "https://lms.example",
    "client_id": "c",
    **{name: "https://nn.example/x" for name in ("base", "login", "launch", "keyset")},
    "host": "nn.example",
}


@pytest.mark.parametrize("family", families())
def test_can_every_pattern_of_a_family_be_filled_in(family):
    found = differences(family)
    for pattern in found.addresses.values():
        assert is_safe(pattern.format(**VALUES))
    assert found.form and all(value.format(**VALUES) for _, value in found.form)
    assert found.keyset_trouble.endswith(".")


@pytest.mark.parametrize("family", families())
def test_does_every_row_say_how_it_is_known(family):
    assert json.loads(FILE.read_text())[family]["sources"].endswith(".")


def test_is_a_family_known_by_what_it_calls_itself():
    assert family_of("desire2learn") == "brightspace"
    assert family_of("BlackboardLearn") == "blackboard"
    assert family_of("moodle") == "moodle"
    assert family_of("something new") == "other"
    assert differences("something new") == Differences()


def test_is_no_unknown_field_read_over(monkeypatch):
    from autograder.lms.lti import differences as module

    with pytest.raises(ValueError, match="nothing reads"):
        module._read({"time_setp": 1})


def test_may_canvas_alone_be_configured_from_its_other_site():
    assert may_configure("https://sso.canvaslms.com", "https://canvas.instructure.com")
    assert not may_configure("https://evil.example", "https://canvas.instructure.com")
    assert not may_configure("https://sso.canvaslms.com", "https://moodle.example")
