"""Are students answered where they have asked?"""

from __future__ import annotations

import pytest

from autograder.lms.lti.roles import Role
from autograder.service import actions, regrade_requests
from tests.service.conftest import NOON
from tests.service.web.conftest import STEM, open_browser, visitor

REQUESTS = "/teach/week06/requests"


@pytest.fixture
def asked(taught):
    sentence = "Is 0 not right at <z = 0>?"
    regrade_requests.ask(taught.engine, "ada", STEM, "relu_backward", sentence, NOON)
    return taught


def test_is_a_request_answered_where_the_student_reads_it(asked, tom):
    assert "1 to answer" in tom.get("/teach/week06").text
    assert "Is 0 not right at &lt;z = 0&gt;?" in tom.get(REQUESTS).text
    tom.post(f"{REQUESTS}/1", data={"answer": "It is. The points are yours."})
    ada = open_browser(asked, visitor(Role.STUDENT))
    (row,) = regrade_requests.of_student(asked.engine, "ada", STEM)
    assert (row.answer, row.answered_by) == ("It is. The points are yours.", "Tom Thumb")
    assert ada.get("/weeks/week06").status_code == 200
    assert "1 to answer" not in tom.get("/teach/week06").text
    (action,) = actions.latest(asked.engine)
    assert (action.action, action.student) == ("answer a request", "ada")


@pytest.mark.parametrize(("number", "text"), [(1, " "), (1, "long " * 500), (2, "To nobody.")])
def test_is_an_unusable_answer_refused_and_kept_in_the_field(asked, tom, number, text):
    answer = tom.post(f"{REQUESTS}/{number}", data={"answer": text})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert number != 1 or text.strip() in answer.text
    (row,) = regrade_requests.of_week(asked.engine, STEM)
    assert row.answered is None
