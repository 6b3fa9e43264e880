"""Is the token asked for once, kept out of sight, and refused where it is none?"""

from __future__ import annotations

import stat

import pytest

from autograder.student import personal_token
from autograder.student.personal_token import VARIABLE, PersonalToken, SubmitError, read, token

GOOD = "https://nn.example.edu#nnfs_abc-DEF_123"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path


def refuse(prompt):
    raise AssertionError("asked for once more")


def test_is_it_asked_for_once(home):
    asked = token(ask=lambda prompt: f" {GOOD}\n")
    assert asked == PersonalToken("https://nn.example.edu", "nnfs_abc-DEF_123")
    assert token(ask=refuse) == asked
    path = home / personal_token.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = GOOD.replace("abc", "xyz")
    assert token(new=True, ask=lambda prompt: other).secret == "nnfs_xyz-DEF_123"
    assert token(ask=refuse).secret == "nnfs_xyz-DEF_123"


def test_may_it_be_a_secret_of_the_machine(home, monkeypatch):
    monkeypatch.setenv(VARIABLE, GOOD)
    assert token(ask=refuse).secret == "nnfs_abc-DEF_123"
    assert not (home / personal_token.FILE).exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nnfs_abc",
        "https://nn.example.edu",
        "https://nn.example.edu#other",
        "http://nn.example.edu#nnfs_abc",
        "https://user@nn.example.edu#nnfs_abc",
        "https://nn.example.edu#nnfs_a\r\nX-Header: 1",
        "file:///etc/passwd#nnfs_abc",
    ],
)
def test_is_what_is_no_token_refused_and_not_kept(home, text):
    with pytest.raises(SubmitError, match="make a token there"):
        token(ask=lambda prompt: text)
    assert not (home / personal_token.FILE).exists()


def test_may_the_service_be_this_machine():
    assert read("http://127.0.0.1:8000/#nnfs_abc").address == "http://127.0.0.1:8000"


def test_is_it_said_where_nobody_can_be_asked(home):
    def no_input(prompt):
        raise EOFError

    with pytest.raises(SubmitError, match=VARIABLE):
        token(ask=no_input)
