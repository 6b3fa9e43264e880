"""Do picked weeks become links in the LMS, each with a column of the right maximum?"""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests

from autograder.lms.lti import platforms
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role
from autograder.service import actions
from tests.lms.lti.platform import Emulator
from tests.lms.lti.platform.web import Reply, served
from tests.service.web.conftest import ADDRESS, open_browser, visitor
from tests.service.web.test_launch import ADA, ASSISTANT, TEACHER, come

DIALOG = "deep-link?context=2"


@pytest.fixture(scope="module")
def lms():
    made = Emulator("moodle")
    with made.running():
        made.know(ADDRESS)
        yield made


@pytest.fixture
def registered(taught, lms):
    known = {"client_id": lms.registration.client_id, "deployments": frozenset({"1"})}
    platforms.add(taught.engine, Platform(family="moodle", **known, **lms.addresses))
    return taught


def fields(page):
    found = re.findall(r'name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_makes_the_lms_links_of_what_is_picked(registered, lms):
    browser = open_browser(registered, None)
    dialog, _ = come(lms, browser, TEACHER, place=DIALOG)
    assert "24 points" in dialog.text and 'type="checkbox"' in dialog.text
    answer = browser.post(
        "/teach/pick",
        data={"kept": fields(dialog.text)["kept"], "week": "week06"},
        headers={"sec-fetch-site": "same-origin"},
    )
    target = unescape(re.search(r'action="([^"]+)"', answer.text)[1])
    assert f"form-action 'self' {lms.base}" in answer.headers["content-security-policy"]
    token = fields(answer.text)["JWT"]
    # The LMS asks us for our key, which no process serves here.
    keys = browser.get("/lti/keys").content
    with served(lambda _: Reply(200, keys, {"content-type": "application/json"})) as address:
        lms.registration.keyset_url = address
        assert requests.post(target, data={"JWT": token}).status_code == 200, lms.complaints
    (item,) = lms.deep_linked[-1]["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    column = item["lineItem"]
    assert (column["scoreMaximum"], column["resourceId"], column["tag"]) == (24, "week06", "week06")
    assert item["custom"] == {"week": "week06"} and item["url"] == f"{ADDRESS}/lti/launch"
    assert item["submission"] == {"endDateTime": "2030-12-01T22:59:00.000Z"}
    (row,) = actions.latest(registered.engine)
    assert (row.action, row.details) == ("make links", "week06")


@pytest.mark.parametrize("user", [ADA, ASSISTANT])
def test_may_nobody_but_an_instructor_pick(registered, lms, user):
    come(lms, open_browser(registered, None), TEACHER, place=DIALOG)
    answer, _ = come(lms, open_browser(registered, None), user, place=DIALOG)
    assert answer.status_code == 403
    assert 'name="kept"' not in answer.text


def test_is_a_dialog_of_somebody_else_or_of_yesterday_refused(taught):
    kept = {"person": 2, "platform": 1, "deployment": "1", "deep_link": {}}
    signed = taught.signed("deep link").dumps(kept)
    browser = open_browser(taught, visitor(Role.INSTRUCTOR))
    for given in (signed, "", "forged.by.hand", taught.signed("another").dumps(kept)):
        answer = browser.post("/teach/pick", data={"kept": given, "week": "week06"})
        assert (answer.status_code, "stale-pick" in answer.text) == (403, True)


def test_says_the_dialog_what_to_do_while_no_week_is_released(registered, lms):
    registered.course.notebook("release", "week06_backpropagation").unlink()
    dialog, _ = come(lms, open_browser(registered, None), TEACHER, place=DIALOG)
    assert "No week is released yet" in dialog.text
