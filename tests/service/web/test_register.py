"""Can an LMS register the tool by itself, with an address that was printed for it, once?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from autograder.lms.lti import platforms, registration
from tests.lms.lti.platform import Emulator
from tests.lms.lti.platform.registrations import TOKEN
from tests.service.web.conftest import ADDRESS


@pytest.fixture
def opened(service, sign_in):
    """Open an address as the LMS does; the answer."""
    address = urlsplit(registration.invite(service.engine, ADDRESS))

    def call(**given):
        client = sign_in(None)
        query = {"code": address.query.partition("=")[2], **given}
        return client.get(address.path, params=query, headers={"sec-fetch-site": "cross-site"})

    return call


def test_is_an_lms_registered_once(service, opened):
    with Emulator("moodle").running() as lms:
        given = {"openid_configuration": f"{lms.base}/configuration", "registration_token": TOKEN}
        answer = opened(**given)
        assert answer.status_code == 200
        made = platforms.every(service.engine)[-1]
        assert f"autograder lti test {made.id}" in answer.text
        assert lms.registration.launch_url == f"{ADDRESS}/lti/launch"
        assert (made.family, made.issuer) == ("moodle", lms.base)
        again = opened(**given)
        assert (again.status_code, "invitation-used" in again.text) == (403, True)


def test_is_a_missing_deployment_said(opened):
    with Emulator("blackboard").running() as lms:
        answer = opened(openid_configuration=f"{lms.base}/configuration", registration_token=TOKEN)
    assert re.search(r"autograder lti deployment \d+ DEPLOYMENT_ID", answer.text)


def test_does_whoever_has_no_code_register_nothing(service, opened):
    before = platforms.every(service.engine)
    answer = opened(code="guess", openid_configuration="https://evil.example/")
    assert (answer.status_code, "invitation-unknown" in answer.text) == (403, True)
    assert platforms.every(service.engine) == before
