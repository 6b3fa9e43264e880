"""Is nothing changed by a form of another site, whatever the route?"""

from __future__ import annotations

import pytest
from starlette.routing import Route

from autograder.service.web import app as web
from autograder.service.web.guard import FROM_ELSEWHERE, READS, TOKEN_API


def changing(service):
    """Every route that changes something, with a method by which it does."""
    for route in web.make_app(service).routes:
        if isinstance(route, Route):
            for method in sorted((route.methods or set()) - READS):
                yield method, route.path


def test_does_every_route_that_changes_something_refuse_foreign_forms(service, sign_in):
    client = sign_in()
    for method, path in changing(service):
        if path in FROM_ELSEWHERE or path.startswith(TOKEN_API):
            continue
        address = path.replace("{", "").replace("}", "").split(":")[0]
        for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
            answer = client.request(method, address, headers=headers)
            assert (answer.status_code, "foreign-form" in answer.text) == (403, True), path


def test_come_only_login_launch_and_registration_from_elsewhere():
    assert {"/lti/login", "/lti/launch", "/lti/register"} == FROM_ELSEWHERE


@pytest.mark.parametrize("path", ["/api/submit", "/lti/launch"])
def test_may_they_come_from_another_site(sign_in, path):
    answer = sign_in(None).post(path, headers={"sec-fetch-site": "cross-site"})
    assert "foreign-form" not in answer.text


def test_may_what_is_the_same_for_everybody_be_kept(sign_in):
    answer = sign_in(None).get("/static/style.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
