"""Does everybody who comes from an LMS get where they belong, and nobody else anywhere?"""

from __future__ import annotations

import re
import shutil
from html import unescape
from urllib.parse import urlsplit

import pytest
import requests

from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.roster import Student
from autograder.lms.lti import platforms
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.store import open_course_store
from autograder.service.web import state
from tests.lms.lti.platform import Emulator
from tests.service.web.conftest import ADDRESS

TEACHER, ADA, ASSISTANT = "2", "3", "5"


@pytest.fixture(scope="module")
def lms():
    """An LMS with a link to week 06."""
    made = Emulator("moodle")
    with made.running():
        made.know(ADDRESS)
        made.records.add_link("2", "Week 06", {"week": "week06"})
        yield made


@pytest.fixture
def service(empty_course, tmp_path, lms):
    """A service that knows this LMS, with Ada on the roster."""
    root = shutil.copytree(empty_course, tmp_path / "course")
    course = directory.load(root)
    enrol(course, [Student("s01", "Lovelace", "Ada")])
    engine = open_course_store(course)
    addresses = {**lms.addresses}
    platforms.add(
        engine,
        Platform(
            client_id=lms.registration.client_id,
            deployments=frozenset({"1"}),
            family="moodle",
            **addresses,
        ),
    )
    yield state.make(engine, root, ADDRESS)
    engine.dispose()


def come(lms, client, user, *, place="launch?link=1", tamper=None):
    """Open a link in the LMS, as a browser does; the answer to the launch, and what was sent."""
    kind, _, query = place.partition("?")
    begun = requests.get(f"{lms.base}/{kind}?user={user}&{query}", allow_redirects=False)
    login = follow(begun, client)
    at_lms = requests.get(login.headers["location"], allow_redirects=False)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', at_lms.text))
    assert sent, at_lms.text
    if tamper:
        tamper(sent, client)
    return client.post("/lti/launch", data=sent, headers={"sec-fetch-site": "cross-site"}), sent


def follow(begun, client, dest="document"):
    """The login at our side, by GET or by the form that Moodle posts."""
    cross = {"sec-fetch-site": "cross-site", "sec-fetch-dest": dest}
    if "location" in begun.headers:
        parts = urlsplit(begun.headers["location"])
        return client.get(f"{parts.path}?{parts.query}", headers=cross)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', begun.text))
    fields = {name: unescape(value) for name, value in fields.items()}
    return client.post("/lti/login", data=fields, headers=cross)


@pytest.fixture
def connected(lms, sign_in):
    """A browser of the instructor, whose first launch connects the LMS's course."""
    client = sign_in(None)
    answer, _ = come(lms, client, TEACHER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/teach/week06")
    return client


def test_do_students_and_staff_come_to_their_own_pages(lms, sign_in, connected):
    assert connected.get("/teach").status_code == 200
    client = sign_in(None)
    answer, _ = come(lms, client, ADA)
    assert (answer.status_code, answer.headers["location"]) == (303, "/weeks/week06")
    page = client.get("/weeks/week06")
    assert "Ada Lovelace" in page.text
    assert client.get("/teach").status_code == 403
    assistant = sign_in(None)
    answer, _ = come(lms, assistant, ASSISTANT)
    assert answer.headers["location"] == "/teach/week06"


def test_is_nobody_let_in_before_an_instructor(lms, sign_in):
    answer, _ = come(lms, sign_in(None), ADA)
    assert answer.status_code == 403
    assert "course-not-connected" in answer.text


def test_is_a_student_who_is_on_no_list_told_so(lms, sign_in, connected):
    client = sign_in(None)
    answer, _ = come(lms, client, "14")
    assert answer.status_code == 403
    assert "nobody on this course&#39;s list has that id" in answer.text
    assert client.get("/weeks").status_code == 401


def test_is_nobody_let_in_without_a_role(lms, sign_in, connected, monkeypatch):
    institution = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"
    monkeypatch.setattr(lms.records.users[ADA], "roles", [institution])
    client = sign_in(None)
    answer, _ = come(lms, client, ADA)
    assert answer.status_code == 403
    assert "neither a learner nor an instructor" in answer.text
    assert client.get("/weeks").status_code == 401


def test_is_a_launch_good_once(lms, sign_in, connected):
    client = sign_in(None)
    _, sent = come(lms, client, ADA)
    again = client.post("/lti/launch", data=sent)
    assert (again.status_code, "state-used" in again.text) == (403, True)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (lambda sent, client: client.cookies.clear(), "no-cookie"),
        (lambda sent, client: sent.update(id_token=sent["id_token"][:-8] + "AAAAAAAA"), "bad-sig"),
        (lambda sent, client: sent.pop("state"), "no-state"),
        (lambda sent, client: sent.pop("id_token"), "no-token"),
    ],
)
def test_has_every_refusal_a_page_with_its_reason(lms, sign_in, connected, how, reason):
    client = sign_in(None)
    answer, _ = come(lms, client, ADA, tamper=how)
    assert answer.status_code == 403
    assert reason in answer.text
    assert client.get("/weeks").status_code == 401


def test_does_a_browser_without_cookies_go_on_in_a_window(lms, sign_in, connected):
    """In a frame the cookie may be withheld; in a window of its own it is not."""
    begun = requests.get(f"{lms.base}/launch?user={ADA}&link=1", allow_redirects=False)
    framed = follow(begun, sign_in(None), dest="iframe")
    assert framed.status_code == 200
    here = unescape(re.search(r'id="next" href="([^"]*)"', framed.text)[1])
    assert here.startswith(f"{lms.base}/auth?")
    again = unescape(re.search(r'href="(/lti/again[^"]*)" target="_blank"', framed.text)[1])
    window = sign_in(None)
    begun = window.get(again, headers={"sec-fetch-site": "same-origin"})
    answer = arrive(window, begun.headers["location"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/weeks/week06")


def test_does_a_browser_with_cookies_go_on_in_the_frame(lms, sign_in, connected):
    begun = requests.get(f"{lms.base}/launch?user={ADA}&link=1", allow_redirects=False)
    client = sign_in(None)
    framed = follow(begun, client, dest="iframe")
    here = unescape(re.search(r'id="next" href="([^"]*)"', framed.text)[1])
    assert arrive(client, here).status_code == 303


def arrive(client, at_lms):
    """Sign in at the LMS, and bring its message."""
    signed = requests.get(at_lms, allow_redirects=False)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', signed.text))
    return client.post("/lti/launch", data=sent, headers={"sec-fetch-site": "cross-site"})


def test_may_two_tabs_be_on_their_way_at_once(lms, sign_in, connected):
    client = sign_in(None)
    sent = []
    come(lms, client, ADA, tamper=lambda given, _: sent.append(dict(given)))
    answer, _ = come(lms, client, ADA)
    assert answer.status_code == 303


def test_is_the_state_kept_by_this_browser_for_the_lms_alone(lms, sign_in):
    begun = requests.get(f"{lms.base}/launch?user={ADA}&link=1", allow_redirects=False)
    answer = follow(begun, sign_in(None))
    cookie = answer.headers["set-cookie"].lower()
    for flag in ("httponly", "secure", "samesite=none", "partitioned", "path=/lti/"):
        assert flag in cookie


def test_are_our_keys_public_and_without_their_private_halves(sign_in):
    answer = sign_in(None).get("/lti/keys")
    keys = answer.json()["keys"]
    assert keys
    assert all(not set(key) & {"d", "p", "q"} for key in keys)


def test_does_another_launch_end_the_session_before(lms, sign_in, connected):
    come(lms, connected, ADA)
    assert connected.get("/teach").status_code == 403
