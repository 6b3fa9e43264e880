"""Does a platform that is slow, broken or hostile cost no more than a sentence?"""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from autograder.lms.lti import client
from autograder.lms.lti.client import send
from autograder.lms.lti.errors import ServiceError
from tests.lms.lti.platform.web import Reply, as_json, redirect, served


@contextmanager
def answering(*replies):
    """A server that gives these replies in turn, the last one again and again."""
    seen = []

    def answer(request):
        seen.append(request)
        return replies[min(len(seen), len(replies)) - 1]

    with served(answer) as base:
        yield base, seen


@pytest.mark.slow
def test_is_a_get_tried_again_and_a_post_not():
    """A POST may have been read, and a score is not sent twice."""
    busy, ok = Reply(503), as_json({})
    with answering(busy, busy, ok) as (base, seen):
        assert send("GET", base).ok
        assert len(seen) == 3
    with answering(busy, ok) as (base, seen):
        assert send("POST", base, body=b"x").status == 503
        assert len(seen) == 1


def test_is_a_redirect_not_followed():
    """It would carry the access token elsewhere."""
    with answering(redirect("http://127.0.0.1:9/")) as (base, _):
        assert send("GET", base, headers={"Authorization": "Bearer x"}).status == 302


@pytest.mark.slow
def test_is_a_lost_answer_told_from_no_connection():
    with answering(Reply(broken=True)) as (base, seen):
        with pytest.raises(ServiceError) as lost:
            send("POST", base, body=b"x")
        assert lost.value.reason == "unanswered" and len(seen) == 1
    with pytest.raises(ServiceError) as none:
        send("POST", "http://127.0.0.1:9/", body=b"x")
    assert none.value.reason == "unreachable"
    assert lost.value.again and none.value.again


def test_is_a_secret_sent_to_no_unsafe_address():
    with pytest.raises(ServiceError) as refused:
        send("GET", "http://lms.example/")
    assert refused.value.reason == "unsafe-address"


def test_is_a_large_answer_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(client, "LARGEST_ANSWER", 1000)
    with (
        answering(Reply(body=b"x" * 200_000)) as (base, _),
        pytest.raises(ServiceError, match="sent more than"),
    ):
        send("GET", base)


def test_is_no_password_taken_from_netrc(monkeypatch, tmp_path):
    """requests would put it in the place of the access token."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with answering(as_json({})) as (base, seen):
        send("GET", base, headers={"Authorization": "Bearer t"})
    assert seen[0].headers["authorization"] == "Bearer t"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[" * 100_000, b"\xff\xfe"])
def test_is_what_is_no_json_a_sentence(body):
    with answering(Reply(body=body)) as (base, _), pytest.raises(ServiceError, match="JSON"):
        send("GET", base).json()
