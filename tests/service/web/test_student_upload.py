"""Is what a student hands in accepted, shown as it is graded, and nobody else's to see?"""

from __future__ import annotations

import json

import pytest

from autograder.lms.lti.roles import Role
from autograder.service import queue
from autograder.service.limits import FILES_A_MINUTE
from autograder.service.queue import State
from tests.service.web.conftest import RIGHT, STEM, WRONG, graded, notebook, open_browser, visitor

ATTEMPTS = "/weeks/week06/attempts"


def send(client, content, name="week06_backpropagation.ipynb"):
    return client.post(ATTEMPTS, files={"notebook": (name, content)})


def test_is_a_notebook_accepted_and_its_attempt_shown(ada, of_week):
    answer = send(ada, notebook(), r"C:\Users\ada\mine (1).ipynb")
    (made,) = queue.attempts(of_week.engine, "ada", STEM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ATTEMPTS}/{made.id}")
    assert queue.files(of_week.engine, made) == {f"{STEM}.ipynb": notebook()}
    page = ada.get(f"{ATTEMPTS}/{made.id}").text
    assert "will be graded" in page and "<noscript><meta http-equiv" in page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7", "notebook"),
        (b'{"cells": []}', "empty"),
        (b"x" * (20 * 2**20 + 1), "MB"),
    ],
    ids=["empty", "a PDF", "no cells", "too large"],
)
def test_is_what_cannot_be_graded_refused_on_the_page(ada, of_week, content, told):
    answer = send(ada, content)
    assert answer.status_code == 422 and "Not taken" in answer.text and told in answer.text
    assert not queue.attempts(of_week.engine, "ada", STEM)


def test_is_an_empty_form_refused_with_what_is_expected(ada):
    answer = ada.post(ATTEMPTS, data={"x": "1"})
    assert answer.status_code == 422 and "received no file" in answer.text


def test_are_two_notebooks_one_too_many(ada):
    files = [("notebook", (name, notebook())) for name in ("a.ipynb", "b.ipynb")]
    answer = ada.post(ATTEMPTS, files=files)
    assert "received a.ipynb, b.ipynb" in answer.text


def test_lie_the_own_functions_beside_the_notebook(ada, of_week):
    files = [("notebook", ("week06.ipynb", notebook())), ("notebook", ("earlier_weeks.py", b"x"))]
    assert ada.post(ATTEMPTS, files=files).status_code == 303
    (made,) = queue.attempts(of_week.engine, "ada", STEM)
    assert set(queue.files(of_week.engine, made)) == {f"{STEM}.ipynb", "earlier_weeks.py"}


def test_is_an_upload_beyond_the_limits_refused(ada, of_week):
    (of_week.course.root / "course.toml").write_text(
        "[service]\nattempts = 2\nuploads_per_hour = 2\n"
    )
    assert send(ada, notebook()).status_code == 303
    assert "1 left" in ada.get("/weeks/week06").text
    assert send(ada, notebook("return 1")).status_code == 303
    page = ada.get("/weeks/week06").text
    assert "All attempts of this week are used" in page and "<form method" in page
    assert send(ada, notebook()).status_code == 429
    (of_week.course.root / "course.toml").write_text("[service]\nattempts = 2\n")
    assert send(ada, notebook()).status_code == 403


def test_are_files_that_are_refused_counted_too(ada, of_week):
    """Reading them takes the service's time."""
    found = [send(ada, b"%PDF").status_code for _ in range(FILES_A_MINUTE + 1)]
    assert found == [422] * FILES_A_MINUTE + [429]
    bob = open_browser(of_week, visitor(Role.STUDENT, student="bob"))
    assert send(bob, notebook()).status_code == 303


def test_is_the_verdict_in_the_notebooks_own_words(ada, of_week):
    send(ada, notebook())
    (made,) = queue.attempts(of_week.engine, "ada", STEM)
    graded(of_week, made, RIGHT, WRONG)
    page = ada.get(f"{ATTEMPTS}/{made.id}").text
    assert "2.5 of 4 points" in page
    assert '<p class="finding">△ dense_backward · 0.5 of 2 points</p>' in page
    assert "missing in &lt;db&gt;." in page and '<p class="numbers">  yours: 1</p>' in page


def test_is_an_attempt_its_students_alone(ada, of_week):
    send(ada, notebook())
    (made,) = queue.attempts(of_week.engine, "ada", STEM)
    bob = open_browser(of_week, visitor(Role.STUDENT, student="bob"))
    for path in ("", "/events"):
        assert bob.get(f"{ATTEMPTS}/{made.id}{path}").status_code == 404


def test_is_a_failed_attempt_explained(ada, of_week):
    send(ada, notebook())
    (made,) = queue.attempts(of_week.engine, "ada", STEM)
    queue.fail(of_week.engine, [made], queue.GIVEN_UP)
    assert queue.find(of_week.engine, made.id).state is State.FAILED
    assert "The notebook is kept" in ada.get(f"{ATTEMPTS}/{made.id}").text


def test_tell_the_events_what_happened(ada, of_week):
    send(ada, notebook())
    (made,) = queue.attempts(of_week.engine, "ada", STEM)
    graded(of_week, made, RIGHT, WRONG)
    answer = ada.get(f"{ATTEMPTS}/{made.id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line[6:]) for line in answer.text.splitlines() if line[:6] == "data: "]
    assert [each["state"] for each in told] == ["question", "question", "graded"]
    assert (told[0]["question"], told[-1]["points"]) == ("relu_backward", 2.5)
