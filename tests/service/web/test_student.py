"""Are the student's pages for students, and does each see their own?"""

from __future__ import annotations

import io
import zipfile

import pytest

from autograder.lms.lti.roles import Role
from autograder.service import outbox, queue
from tests.service.web.conftest import RIGHT, STEM, WRONG, graded, notebook, open_browser, visitor


def test_needs_the_page_of_all_weeks_somebody_who_is_signed_in(sign_in):
    assert sign_in().get("/weeks").status_code == 200
    assert sign_in(None).get("/weeks").status_code == 401


def test_lists_the_page_of_all_weeks_what_is_released(ada, of_week):
    page = ada.get("/weeks").text
    assert "Week 06: " in page and 'href="/weeks/week06"' in page
    assert "Due 2030-12-01 22:59 UTC" in page and "Nothing handed in yet" in page
    queue.accept(of_week.engine, "ada", STEM, notebook(), "page")
    assert "it is being graded" in ada.get("/weeks").text


@pytest.mark.parametrize("name", ["week07", "week99", "week06%2f..", "%00"])
def test_is_a_week_that_is_not_released_not_there(ada, name):
    assert ada.get(f"/weeks/{name}").status_code == 404


def test_says_the_page_of_a_week_what_counts(ada):
    page = ada.get("/weeks/week06").text
    for words in ("<h1>Week 06", "Due", "as many as you like", "up to 20 MB", f"{STEM}.ipynb"):
        assert words in page
    assert 'enctype="multipart/form-data"' in page


def test_are_the_weeks_files_for_students_of_the_course(ada, of_week):
    answer = ada.get(f"/weeks/week06/files/{STEM}.ipynb")
    assert answer.content == notebook()
    assert answer.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(ada.get("/weeks/week06/files.zip").content)) as archive:
        assert set(archive.namelist()) == {f"{STEM}/{STEM}.ipynb", f"{STEM}/START-HERE.md"}
    assert open_browser(of_week, None).get("/weeks/week06/files.zip").status_code == 401


@pytest.mark.parametrize(
    "name",
    [".hidden", "../../course.toml", "..%2f..%2fcourse.toml", "%2e%2e/secret", "/etc/passwd", ""],
)
def test_is_nothing_else_handed_out(ada, name):
    assert ada.get(f"/weeks/week06/files/{name}").status_code == 404


def test_shows_a_week_its_verdicts_attempts_and_nothing_of_others(ada, of_week):
    bobs = queue.accept(of_week.engine, "bob", STEM, notebook(), "page")
    graded(of_week, bobs, WRONG)
    page = ada.get("/weeks/week06").text
    assert "dense_backward" not in page and "0 made" in page
    graded(of_week, queue.accept(of_week.engine, "ada", STEM, notebook(), "token"), RIGHT, WRONG)
    page = ada.get("/weeks/week06").text
    assert "1 of 2 questions" in page and "2.5 of 4 points" in page and "the notebook" in page


def test_are_held_grades_not_on_the_page(ada, of_week):
    graded(of_week, queue.accept(of_week.engine, "ada", STEM, notebook(), "page"), RIGHT)
    outbox.hold(of_week.engine, STEM, "Dr. Grace")
    assert "held back by your instructor" in ada.get("/weeks/week06").text
    assert ada.get("/weeks/week06/feedback").status_code == 403


def test_is_there_no_feedback_before_something_is_graded(ada):
    assert ada.get("/weeks/week06/feedback").status_code == 404


@pytest.mark.parametrize(
    "path", ["", "/feedback", "/files.zip", "/attempts/1", "/attempts/1/events"]
)
@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ASSISTANT, None])
def test_are_the_pages_of_a_week_for_its_students(of_week, path, role):
    client = open_browser(of_week, visitor(role) if role else None)
    answer = client.get(f"/weeks/week06{path}")
    assert answer.status_code == (403 if role else 401)


def test_leads_what_a_form_has_answered_back_to_the_week(ada):
    """A browser may ask for it once more, when the LMS's page is loaded again."""
    for form in ("attempts", "requests", "token", "token/revoke"):
        answer = ada.get(f"/weeks/week06/{form}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/weeks/week06")
