"""May a token hand in and read the verdict on its own uploads, and nothing else?"""

from __future__ import annotations

import threading
import time

import pytest
import uvicorn

from autograder.service import queue, tokens
from autograder.service.limits import TOKEN_TRIES_A_MINUTE
from autograder.service.web.app import make_app
from autograder.student.submit import SubmitError, submitted
from tests.service.web.conftest import RIGHT, STEM, WRONG, graded, notebook, open_browser

SUBMIT = "/api/submit/week06"


@pytest.fixture
def program(of_week):
    """A program without a session; it has ada's token."""
    client = open_browser(of_week, None)
    token = tokens.make(of_week.engine, "ada", of_week.clock())
    client.headers["authorization"] = f"Bearer {token}"
    yield client
    client.close()


def send(client, content=None, week="week06"):
    files = {"notebook": ("mine.ipynb", notebook() if content is None else content)}
    return client.post(f"/api/submit/{week}", files=files)


def test_does_it_hand_in_and_read_the_verdict(program, of_week):
    answer = send(program)
    assert answer.status_code == 202
    number = answer.json()["upload"]
    assert answer.json()["state"] == "waiting"
    (made,) = queue.attempts(of_week.engine, "ada", STEM)
    assert (made.id, made.came_by) == (number, "token")
    graded(of_week, made, RIGHT, WRONG)
    found = program.get(f"/api/uploads/{number}").json()
    assert (found["state"], found["points"], found["max_points"]) == ("graded", 2.5, 4.0)
    assert found["verdicts"][1]["message"] == WRONG.message
    assert tokens.find(of_week.engine, "ada", of_week.clock()).used


def test_may_it_see_and_do_nothing_else(program, of_week):
    bobs = queue.accept(of_week.engine, "bob", STEM, notebook(), "page")
    assert program.get(f"/api/uploads/{bobs.id}").status_code == 404
    same_origin = {"sec-fetch-site": "same-origin"}
    for path in ("/weeks", "/weeks/week06", "/weeks/week06/files.zip", "/teach"):
        assert program.get(path).status_code == 401, path
    for path in ("attempts", "requests", "token", "token/revoke"):
        answer = program.post(f"/weeks/week06/{path}", headers=same_origin)
        assert answer.status_code == 401, path


def test_is_it_worthless_once_it_is_revoked(program, of_week):
    number = send(program).json()["upload"]
    tokens.revoke(of_week.engine, "ada", of_week.clock())
    for answer in (send(program), program.get(f"/api/uploads/{number}")):
        assert answer.status_code == 401
        assert "open the week in your LMS" in answer.json()["error"]
    assert len(queue.attempts(of_week.engine, "ada", STEM)) == 1


def test_uses_the_same_file_no_second_attempt(program, of_week):
    """A notebook that ends in `submit()` is run from top to bottom again and again."""
    first, again = send(program), send(program)
    assert again.status_code == 200 and again.json()["again"]
    assert again.json()["upload"] == first.json()["upload"]
    other = send(program, notebook("return 1"))
    assert other.status_code == 202
    assert send(program).json()["again"] is False
    made = queue.attempts(of_week.engine, "ada", STEM)
    assert len(made) == 3
    queue.fail(of_week.engine, [made[0]], "a reason")
    assert send(program).json()["again"] is False


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nnfs_wrong", "Basic YTpi", "Bearer ~"])
def test_is_everything_else_refused(of_week, header):
    client = open_browser(of_week, None)
    client.headers["authorization"] = header
    assert send(client).status_code == 401


def test_is_a_session_of_no_use_there(ada):
    """A form of another site would have the cookie."""
    assert send(ada).status_code == 401


def test_is_guessing_limited_and_a_good_token_not(of_week, program):
    thief = open_browser(of_week, None)
    thief.headers["authorization"] = "Bearer nnfs_guess"
    found = {thief.get("/api/uploads/1").status_code for _ in range(TOKEN_TRIES_A_MINUTE + 1)}
    assert found == {401, 429}
    assert program.get("/api/uploads/1").status_code == 404


@pytest.mark.parametrize(
    ("content", "week", "status", "told"),
    [
        (b"%PDF", "week06", 422, "notebook"),
        (b"", "week06", 422, "empty"),
        (None, "week07", 404, "not released"),
    ],
)
def test_is_a_refusal_a_sentence(program, content, week, status, told):
    answer = send(program, content, week)
    assert answer.status_code == status and told in answer.json()["error"]


@pytest.fixture
def address(of_week):
    """The service over HTTP, and a worker that gives every upload the same verdicts."""
    config = uvicorn.Config(make_app(of_week), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    stop = threading.Event()

    def work():
        while not stop.wait(0.02):
            for each in queue.take(of_week.engine):
                graded(of_week, each, RIGHT, WRONG)

    threads = [threading.Thread(target=each) for each in (server.run, work)]
    for each in threads:
        each.start()
    while not server.started:
        time.sleep(0.01)
    (socket,) = server.servers[0].sockets
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    stop.set()
    for each in threads:
        each.join()


@pytest.mark.slow
def test_does_submit_go_the_whole_way(address, of_week, tmp_path, monkeypatch):
    token = tokens.make(of_week.engine, "ada", of_week.clock())
    monkeypatch.setenv("NNFS_TOKEN", f"{address}#{token}")
    (tmp_path / "mine.ipynb").write_bytes(notebook())
    said = []

    def hand_in():
        path = str(tmp_path / "mine.ipynb")
        return submitted({}, None, lambda name: "week06", said.append, path=path)

    done = hand_in()
    assert (done.points, done.max_points) == (2.5, 4.0)
    assert [each.message for each in done.verdicts] == [RIGHT.message, WRONG.message]
    assert said[0] == "Sending mine.ipynb ..." and said[-1] == "Graded."
    assert "no attempt was used" in repr(hand_in())
    tokens.revoke(of_week.engine, "ada", of_week.clock())
    with pytest.raises(SubmitError, match="make a new token there"):
        hand_in()
