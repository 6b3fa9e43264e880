"""Is there a page for everything that goes wrong, and does nobody see what is not for them?"""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.routing import Route

from autograder.errors import CourseError
from autograder.lms.lti.roles import Role
from autograder.service.web import app as web
from autograder.service.web.guard import HEADERS

SECRET = "ada lovelace's path /srv/ada"


def raising(error):
    def endpoint(request: Request):
        raise error

    return Route("/raises", endpoint, methods=["GET", "POST"])


def test_is_nobody_signed_in_by_default(sign_in):
    answer = sign_in(None).get("/weeks")
    assert answer.status_code == 401
    assert "Open the link in your course in the LMS" in answer.text


@pytest.mark.parametrize(
    ("role", "home"),
    [(Role.STUDENT, "/weeks"), (Role.ASSISTANT, "/teach"), (Role.INSTRUCTOR, "/teach")],
)
def test_does_everybody_get_to_their_own_pages(sign_in, role, home):
    answer = sign_in(role).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, home)


def test_is_a_student_kept_from_the_pages_of_staff(sign_in):
    answer = sign_in(Role.STUDENT).get("/teach")
    assert answer.status_code == 403
    assert "instructors and assistants" in answer.text.replace("assistants and instructors", "")


def test_is_a_changed_cookie_nobodys(sign_in):
    client = sign_in(Role.STUDENT)
    value = client.cookies["nn-session"]
    client.cookies.clear()
    client.cookies.set("nn-session", "A" + value[1:])
    assert client.get("/weeks").status_code == 401


def test_is_an_unknown_address_a_page(sign_in):
    answer = sign_in().get("/nothing/here")
    assert answer.status_code == 404
    assert "<h1>There is nothing here</h1>" in answer.text


def test_has_every_answer_the_safe_headers(sign_in):
    for path in ("/weeks", "/nothing", "/healthz"):
        answer = sign_in().get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, name)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_is_a_form_of_another_site_refused(sign_in, site):
    answer = sign_in().post("/weeks", headers={"sec-fetch-site": site})
    assert answer.status_code == 403
    assert "foreign-form" in answer.text


def test_does_the_origin_count_where_the_browser_says_no_more(sign_in):
    client = sign_in()
    del client.headers["sec-fetch-site"]
    assert "foreign-form" in client.post("/weeks").text
    assert "foreign-form" in client.post("/weeks", headers={"origin": "null"}).text
    ours = client.post("/weeks", headers={"origin": "https://nn.example.edu"})
    assert ours.status_code == 405


def test_is_a_large_request_refused_before_it_is_read(sign_in):
    answer = sign_in().post("/lti/launch", content=b"x" * (2**20 + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "error",
    [
        CourseError(SECRET),
        OperationalError(SECRET, {}, Exception(SECRET)),
        RuntimeError(SECRET),
    ],
)
def test_does_a_student_see_nothing_of_what_failed(sign_in, error):
    client = sign_in()
    client.app.router.routes.append(raising(error))
    answer = client.get("/raises")
    assert answer.status_code in (500, 503)
    assert SECRET not in answer.text
    assert "Nothing that was handed in is lost" in answer.text


def test_does_an_instructor_see_what_the_course_lacks(sign_in):
    client = sign_in(Role.INSTRUCTOR)
    client.app.router.routes.append(raising(CourseError("the secret is missing; restore it")))
    assert "the secret is missing; restore it" in client.get("/raises").text


def test_is_the_session_kept_from_scripts_and_from_other_sites(sign_in, service):
    assert web.make_app(service)
    client = sign_in()

    def leave(request: Request):
        request.session["seen"] = 1
        return web.home(request)

    client.app.router.routes.append(Route("/sets", leave))
    cookie = client.get("/sets").headers["set-cookie"].lower()
    for flag in ("httponly", "secure", "samesite=none", "partitioned"):
        assert flag in cookie
