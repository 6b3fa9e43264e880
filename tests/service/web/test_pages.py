"""Are pages escaped, named after the course, and readable without a stylesheet?"""

from __future__ import annotations

from datetime import UTC, datetime

from autograder.lms.lti.roles import Role
from autograder.service.web.pages import _points, time_text


def test_is_a_name_shown_as_text(sign_in):
    page = sign_in(Role.STUDENT, name="<script>alert(1)</script>").get("/weeks").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_has_a_page_a_title_a_language_and_a_way_to_its_content(sign_in):
    page = sign_in().get("/weeks").text
    assert '<html lang="en">' in page
    assert "<title>" in page
    assert '<a class="skip" href="#main">' in page
    assert '<main id="main"' in page


def test_leads_a_page_back_to_the_lms(sign_in):
    page = sign_in(return_url="https://lms.example/back").get("/weeks").text
    assert '<a href="https://lms.example/back" target="_top">Back to the LMS</a>' in page


def test_are_points_and_times_short():
    assert [_points(each) for each in (None, 8.0, 7.456)] == ["–", "8", "7.46"]
    moment = datetime(2026, 11, 29, 17, 42, tzinfo=UTC)
    assert time_text(moment) == "2026-11-29 17:42 UTC"
    assert time_text(moment, "Europe/Berlin") == "2026-11-29 18:42 CET"
    assert time_text(None) == "–"
