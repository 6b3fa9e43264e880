"""Is the running notebook found in each editor that says which one it is?"""

from __future__ import annotations

import json
import sys
import types

import pytest

from autograder.student import notebook_file
from autograder.student.notebook_file import checked_in, read, running


def write(path, *sources, ran=True):
    cells = [
        {"cell_type": "code", "source": source, "execution_count": 1 if ran else None}
        for source in sources
    ]
    cells.insert(0, {"cell_type": "markdown", "source": "check('no')"})
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def test_are_its_code_cells_read(tmp_path):
    file = read(
        write(tmp_path / "a.ipynb", 'check("relu")', ["x = 1\n", 'check("tanh")'], ran=False)
    )
    assert [each.number for each in file.cells] == [1, 2]
    assert file.checks == ["relu", "tanh"]
    assert not any(each.ran for each in file.cells)


@pytest.mark.parametrize("editor", ["jupyter", "relative", "vs code"])
def test_is_it_found_by_what_its_editor_says(editor, tmp_path, monkeypatch):
    path = write(tmp_path / "a.ipynb", "x = 1")
    write(tmp_path / "b.ipynb", 'check("relu")')
    namespace = {"__vsc_ipynb_file__": str(path)} if editor == "vs code" else {}
    if editor != "vs code":
        name = str(path) if editor == "jupyter" else "course/a.ipynb"
        monkeypatch.setenv("JPY_SESSION_NAME", name)
    assert running(namespace, ["relu"]).name == "a.ipynb"


def test_does_colab_hand_over_what_is_on_the_screen(monkeypatch):
    cells = [{"cell_type": "code", "source": ["x = 1"]}]
    message = types.ModuleType("google.colab._message")
    message.blocking_request = lambda *_, **__: {"ipynb": {"cells": cells}}
    for name in ("google", "google.colab"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "google.colab._message", message)
    file = running({}, [])
    assert file.saved is None and file.cells[0].source == "x = 1"
    message.blocking_request = lambda *_, **__: None
    assert running({}, []) is None


def test_is_a_file_taken_only_if_it_alone_has_the_checks(tmp_path):
    write(tmp_path / "a.ipynb", 'check("relu")')
    write(tmp_path / "other.ipynb", 'check("tanh")')
    assert running({}, ["relu"]).name == "a.ipynb"
    assert running({}, []) is None
    write(tmp_path / "copy.ipynb", 'check("relu")')
    assert running({}, ["relu"]) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"cells": 3}', b"\xff", b'{"cells": [1]}'])
def test_is_a_file_that_is_no_notebook_passed_over(content, tmp_path):
    (tmp_path / "a.ipynb").write_bytes(content)
    assert running({"__vsc_ipynb_file__": "a.ipynb"}, []) is None


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('check("relu")', ["relu"]),
        ('check("relu", hint=2); check("tanh")', ["relu", "tanh"]),
        ('autograder.check("relu")', ["relu"]),
        ("check(name)", []),
        ('# check("relu")', []),
        ("check(", []),
        ("recheck('relu')", []),
    ],
)
def test_which_questions_does_a_cell_check(source, names):
    assert list(checked_in(source)) == names


def test_does_an_editor_that_says_nothing_leave_it_unknown():
    assert notebook_file.running({}, ["relu"]) is None
