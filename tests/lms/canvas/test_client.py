"""Does a connection to Canvas retry, give up in time, and say plainly what is wrong?"""

from __future__ import annotations

import socket
import sys
import time

import pytest
from canvasapi import exceptions
from hypothesis import given
from hypothesis import strategies as st
from requests.exceptions import ConnectionError

from autograder.errors import CourseError
from autograder.lms.canvas import client
from tests.lms.canvas.fake_canvas import COURSE, TOKEN, Fault


def get_course() -> str:
    connected = client.connect()
    with client.plain_errors():
        name: str = connected.get_course(COURSE).name
    return name


def test_are_retries_and_the_timeout_set_on_the_session_that_canvasapi_uses(canvas):
    """Is canvasapi's session still where `_session` finds it?

    If not, a request would wait forever and no GET would be repeated: find the session's new
    place, or a public way to it, before canvasapi is updated.
    """
    session = client._session(client.connect())
    patience = session.get_adapter(f"{canvas.url}/api/v1/courses").max_retries
    assert isinstance(patience, client.Patience) and patience.total == client.RETRIES
    assert session.request.keywords == {"timeout": client.ANSWER_SECONDS}


def test_is_a_get_repeated_until_it_is_answered(canvas):
    canvas.get_faults.extend([Fault(503), Fault(429), Fault(500)])
    assert get_course() == "Networks"
    assert len(canvas.requests) == 4


def test_is_a_server_given_up_that_accepts_and_never_answers(monkeypatch):
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(client, "RETRIES", 0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CANVAS_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
        started = time.monotonic()
        with pytest.raises(CourseError, match="does not answer"):
            get_course()
        assert time.monotonic() - started < 10


@pytest.mark.slow
@given(st.sampled_from(["GET", "POST", "PUT", "DELETE"]), st.integers(200, 599), st.booleans())
def test_is_only_repeated_what_cannot_be_done_twice(method, status, said_when):
    again = client.Patience(allowed_methods=["GET"]).is_retry(method, status, said_when)
    assert again == (status == 429 or (method == "GET" and status >= 500))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CANVAS_TOKEN", "", "CANVAS_TOKEN; set it to an access token"),
        ("CANVAS_TOKEN", " ", "CANVAS_TOKEN; set it to an access token"),
        ("CANVAS_TOKEN", "wrong", "Canvas refused the token in CANVAS_TOKEN"),
        ("CANVAS_URL", "", "set it to https://"),
        ("CANVAS_URL", "canvas.example.edu", "should begin with https://"),
        ("CANVAS_URL", "http://canvas.example.edu", "should begin with https://"),
        ("CANVAS_URL", "http://127.0.0.1.example.edu", "should begin with https://"),
        ("CANVAS_URL", "http://127.0.0.1:9", "does not answer"),
    ],
)
def test_is_what_the_environment_lacks_said_without_the_token(
    canvas, monkeypatch, name, value, said
):
    monkeypatch.setenv(name, value)
    with pytest.raises(CourseError, match=said) as caught:
        get_course()
    assert TOKEN not in str(caught.value) and "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exceptions.InvalidAccessToken("?"), "Canvas refused the token in CANVAS_TOKEN. Next: "),
        (exceptions.Unauthorized("?"), "as a teacher of the course"),
        (exceptions.ResourceDoesNotExist("?"), "copy --course-id and --assignment-id from"),
        (exceptions.RateLimitExceeded("?"), "wait a few minutes"),
        (exceptions.Forbidden("?"), "This token may not grade in the course"),
        (exceptions.CanvasException("odd"), "Canvas answered with an error: odd"),
        (ConnectionError("?"), "grades that have arrived are not sent twice"),
    ],
)
def test_is_every_error_of_canvas_one_sentence_with_the_next_step(error, said):
    with pytest.raises(CourseError, match="Next: ") as caught, client.plain_errors():
        raise error
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_is_a_missing_canvasapi_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "canvasapi", None)
    with pytest.raises(CourseError, match="Next: pip install canvasapi"):
        client.connect()
