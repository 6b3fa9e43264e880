"""Is a request for another look kept, answered on the page, and nobody else's?"""

from __future__ import annotations

import pytest
from sqlalchemy import update

from autograder.lms.lti.roles import Role
from autograder.service import queue, regrade_requests
from autograder.service.tables import REGRADE_REQUESTS
from tests.service.web.conftest import STEM, WRONG, graded, notebook, open_browser, visitor

REQUESTS = "/weeks/week06/requests"


@pytest.fixture
def graded_week(of_week):
    graded(of_week, queue.accept(of_week.engine, "ada", STEM, notebook(), "page"), WRONG)


def ask(client, sentence="My sign is <right>.", question="dense_backward"):
    return client.post(REQUESTS, data={"sentence": sentence, "question": question})


def test_is_it_shown_with_its_answer(ada, of_week, graded_week):
    assert ask(ada).headers["location"] == "/weeks/week06#requests"
    page = ada.get("/weeks/week06").text
    assert "My sign is &lt;right&gt;." in page and "Not answered yet" in page
    with of_week.engine.begin() as connection:
        answer = {"answer": "You are right.", "answered": of_week.clock(), "answered_by": "Grace"}
        connection.execute(update(REGRADE_REQUESTS).values(answer))
    page = ada.get("/weeks/week06").text
    assert "You are right." in page and "Grace" in page
    bob = open_browser(of_week, visitor(Role.STUDENT, student="bob"))
    assert "You are right." not in bob.get("/weeks/week06").text


def test_is_a_name_of_no_question_the_week(ada, of_week, graded_week):
    ask(ada, question="../../secret")
    (row,) = regrade_requests.of_student(of_week.engine, "ada", STEM)
    assert row.question == ""


def test_is_a_request_without_a_sentence_refused_and_the_text_kept(ada, graded_week):
    assert "received none" in ask(ada, "  ").text
    long = "x" * 2001
    answer = ask(ada, long)
    assert answer.status_code == 422 and f">{long}</textarea>" in answer.text


def test_is_there_nothing_to_ask_before_something_is_handed_in(ada):
    answer = ask(ada)
    assert answer.status_code == 422 and "handed in nothing" in answer.text
