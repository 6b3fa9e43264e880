"""Are the instructor's pages for staff alone, and do they show the course as it stands?"""

from __future__ import annotations

import pytest
from starlette.routing import Route

from autograder.lms.lti.roles import Role
from autograder.service import actions, outbox
from autograder.service.actions import By
from autograder.service.grades import Grade
from autograder.service.web import instructor
from tests.service.conftest import add_lms
from tests.service.web.conftest import STEM, open_browser, visitor


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ASSISTANT])
def test_sees_staff_weeks_and_students(sign_in, role):
    assert sign_in(role).get("/teach").status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.STUDENT, 403), (None, 401)])
def test_does_nobody_else_see_them(sign_in, role, status):
    assert sign_in(role).get("/teach").status_code == status


FILLED = {
    "{week}": "week06",
    "{student:path}": "ada",
    "{question}": "why_blame_is_cheap",
    "{name}": "csv",
    "{number:int}": "1",
}


def addresses():
    """Every route of the instructor's pages with its parts filled in, and its method."""
    for route in instructor.ROUTES:
        assert isinstance(route, Route)
        path = route.path
        for part, value in FILLED.items():
            path = path.replace(part, value)
        assert "{" not in path
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, path


def test_is_every_page_and_every_form_kept_from_students_and_strangers(taught):
    for who, status in ((visitor(Role.STUDENT), 403), (None, 401)):
        browser = open_browser(taught, who)
        headers = {"sec-fetch-site": "same-origin"}
        for method, path in addresses():
            answer = browser.request(method, path, headers=headers)
            assert answer.status_code == status, (method, path)
    assert not actions.latest(taught.engine)


OF_INSTRUCTORS = {
    ("GET", "/teach/actions"),
    ("POST", "/teach/pick"),
    ("POST", "/teach/week06/hold"),
    ("POST", "/teach/week06/release"),
    ("POST", "/teach/week06/send-again"),
    ("POST", "/teach/week06/extend"),
    ("POST", "/teach/week06/export/csv"),
}


@pytest.mark.slow
def test_may_an_assistant_neither_release_extend_export_nor_pick(tom, taught):
    refused = {
        (method, path)
        for method, path in addresses()
        if tom.request(method, path).status_code == 403
    }
    assert refused == OF_INSTRUCTORS
    assert not outbox.is_held(taught.engine, STEM)
    page = tom.get("/teach/week06").text
    assert "Release" not in page and "Export" not in page and "/teach/actions" not in page


@pytest.mark.slow
def test_is_every_change_recorded(grace, taught):
    """Whatever a form of staff does, and whether it is done: each leaves a row."""
    for method, path in addresses():
        # A form that is not filled in does nothing; neither does one for a request nobody made.
        if method == "POST" and path not in ("/teach/pick", "/teach/week06/extend"):
            before = len(actions.latest(taught.engine))
            given = {"number": "1", "time": "1d", "student": "ada"}
            assert grace.post(path, data=given).status_code < 500, path
            assert len(actions.latest(taught.engine)) > before or "answers" in path, path
    rows = actions.latest(taught.engine)
    assert {row.name for row in rows} == {"Grace Hopper"}


def test_shows_the_table_points_and_who_has_handed_in_nothing(grace, taught):
    page = grace.get("/teach").text
    assert "Week 06" in page and "2030-12-01 22:59 UTC" in page
    assert 'aria-label="ada, week06: waiting for a person, 2.5 points"' in page
    assert "2 to grade by hand" in page


def test_shows_a_week_what_the_lms_refuses(grace, taught):
    add_lms(taught.engine)
    with taught.engine.begin() as connection:
        outbox.want(connection, STEM, {"ada": Grade("ada", 2.5, 24, True, "", None)})
        refused = {"state": outbox.State.REFUSED, "problem": "Ada has left the course there."}
        connection.execute(outbox.SCORES.update().values(refused))
    assert "refused by the LMS" in grace.get("/teach").text
    page = grace.get("/teach/week06").text
    assert "Ada has left the course there." in page and "Send the refused ones again" in page


def test_shows_a_students_page_verdicts_and_remarks(grace):
    page = grace.get("/teach/week06/students/ada").text
    assert "2.5 of 24 points" in page and "The sum over the batch is missing" in page
    assert grace.get("/teach/week06/students/nobody").status_code == 404


def test_is_a_week_that_is_not_released_not_there(grace):
    assert grace.get("/teach/week07").status_code == 404


def test_shows_the_record_who_did_what_to_whom(grace, taught):
    with actions.recorded(taught.engine, By(1, "9", "Tom"), "extend", STEM, "ada", "2d"):
        pass
    asked = {"": True, "?week=week06&student=ada": True, "?student=bob": False}
    for query, is_there in asked.items():
        assert ("Tom" in grace.get(f"/teach/actions{query}").text) is is_there
    assert grace.get("/teach/actions?before=²").status_code == 200
