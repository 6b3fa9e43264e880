"""Does `submit` send the notebook as it is saved, and wait for its verdict?"""

from __future__ import annotations

import json

import pytest

from autograder.student import submit
from autograder.student.personal_token import PersonalToken
from autograder.student.submit import SubmitError, submitted

CELLS = ["from earlier_weeks import relu", 'check("relu_backward")', "submit()"]
GRADED = {"state": "graded", "verdicts": [], "points": 0, "max_points": 2}
GRADED |= {"unreadable": "", "problems": []}


@pytest.fixture
def sent(monkeypatch):
    """What is sent to a service that has graded it by the next look."""
    found = []

    def post(token, path, files):
        found.append((path, files))
        return {"upload": 7, "state": "waiting", "ahead": 2, "seconds": 9.0}

    monkeypatch.setattr(submit, "post", post)
    monkeypatch.setattr(submit, "get", lambda token, path: GRADED)
    monkeypatch.setattr(submit, "token", lambda new: PersonalToken("https://x", "nnfs_secret"))
    monkeypatch.setattr(submit, "_PAUSES", (0.0,) * 5)
    return found


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Writes the running notebook's file."""
    path = tmp_path / "mine.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))

    def write(cells):
        plain = {"cells": [{"cell_type": "code", "source": each} for each in cells]}
        path.write_text(json.dumps(plain), encoding="utf-8")
        return path

    return write


def week_named(name):
    return {"relu_backward": "week06"}.get(name, "")


def call(history=("submit()",), said=None, **how):
    say = said.append if said is not None else lambda text: None
    return submitted({}, list(history), week_named, say, **how)


def test_is_the_file_sent_with_the_functions_beside_it(sent, notebook, tmp_path):
    (tmp_path / "earlier_weeks.py").write_text("relu = 1")
    content = notebook(CELLS).read_bytes()
    said = []
    done = call(said=said)
    assert done.week == "week06" and "was saved just now" in repr(done)
    ((path, files),) = sent
    assert path == "/api/submit/week06"
    assert files == {"mine.ipynb": content, "earlier_weeks.py": b"relu = 1"}
    assert said[1] == "Handed in; 2 notebooks are before yours, about 9 s."


def test_is_nothing_sent_that_the_notebook_does_not_import(sent, notebook, tmp_path):
    (tmp_path / "earlier_weeks.py").write_text("relu = 1")
    notebook(CELLS[1:])
    call()
    assert set(sent[0][1]) == {"mine.ipynb"}


def test_is_a_file_refused_that_is_older_than_the_screen(sent, notebook):
    notebook(CELLS[:2])
    with pytest.raises(SubmitError, match="save the notebook"):
        call()
    assert not sent


def test_is_it_said_that_other_code_ran_than_was_saved(sent, notebook):
    saved, changed = "def relu(z):\n    return z", "def relu(z):\n    return z * (z > 0)"
    notebook([saved, *CELLS[1:]])
    told = "`relu` ran last with other code than the file has"
    assert told in repr(call([saved, changed, "submit()"]))
    assert told not in repr(call([changed, "def helper(): pass", saved, "submit()"]))


def test_is_a_token_in_the_notebook_not_sent(sent, notebook):
    notebook([*CELLS, "# https://x#nnfs_secret"])
    with pytest.raises(SubmitError, match="revoke it"):
        call()
    assert not sent


def test_is_a_notebook_of_no_week_refused(sent, notebook):
    notebook(["submit()", 'check("other")'])
    with pytest.raises(SubmitError, match="no check of a week"):
        call()


def test_may_the_file_be_named(sent, notebook, monkeypatch):
    path = notebook(CELLS[:2])
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert call(path=str(path)).week == "week06"
    for wrong in ("missing.ipynb", "/", str(path.parent)):
        with pytest.raises(SubmitError, match="Expected the file of a notebook"):
            call(path=wrong)


def test_is_it_said_where_the_notebook_is_not_known(sent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with pytest.raises(SubmitError, match="name its file"):
        call()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"state": "failed", "problem": "The grader ended."}, "The grader ended."),
        ({"nothing": 1}, "cannot be read"),
    ],
)
def test_is_it_said_that_it_is_handed_in_where_no_verdict_comes(
    sent, notebook, monkeypatch, answer, told
):
    notebook(CELLS)
    monkeypatch.setattr(submit, "get", lambda token, path: answer)
    with pytest.raises(SubmitError, match=told):
        call()


def test_may_somebody_stop_waiting(sent, notebook, monkeypatch):
    def stop(token, path):
        raise KeyboardInterrupt

    notebook(CELLS)
    monkeypatch.setattr(submit, "get", stop)
    with pytest.raises(SubmitError, match="The notebook is handed in"):
        call()
