"""Does a request carry the token to its own address alone, and is an error a sentence?"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from autograder.student.personal_token import PersonalToken, SubmitError
from autograder.student.send import get, post


@pytest.fixture(scope="module")
def service():
    """A service that answers what its `answer` says, and notes what it got."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size)
            self.server.got.append((self.path, self.headers["Authorization"], body))
            status, text = self.server.answer
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def token(service):
    service.got = []
    return PersonalToken(f"http://127.0.0.1:{service.server_port}", "nnfs_x")


def test_are_files_sent_as_a_form(service, token):
    service.answer = (202, b'{"upload": 7}')
    assert post(token, "/api/submit/week06", {'a"\r\n.ipynb': b"{}"}) == {"upload": 7}
    ((path, header, body),) = service.got
    assert (path, header) == ("/api/submit/week06", "Bearer nnfs_x")
    assert b'filename="a___.ipynb"' in body and b"\r\n\r\n{}\r\n--" in body


def test_is_no_redirect_followed(service, token):
    """The next address would get the token."""
    service.answer = (302, b"")
    with pytest.raises(SubmitError, match="error 302"):
        get(token, "/api/uploads/7")
    assert len(service.got) == 1


@pytest.mark.parametrize(
    ("status", "text", "told"),
    [
        (401, json.dumps({"error": "Make a new token."}).encode(), "Make a new token."),
        (413, b"<html>", "too large"),
        (500, b"<html>", "error 500"),
        (503, b'{"error": ', "error 503"),
        (200, b"<html>a captive portal", "not the course's service"),
        (200, b"[]", "not the course's service"),
    ],
)
def test_is_an_error_a_sentence(service, token, status, text, told):
    service.answer = (status, text)
    with pytest.raises(SubmitError, match=told):
        get(token, "/api/uploads/7")


def test_is_a_service_that_is_not_there_said():
    with pytest.raises(SubmitError, match=r"127\.0\.0\.1:9 cannot be reached"):
        get(PersonalToken("http://127.0.0.1:9", "nnfs_x"), "/")
