"""Are solution cells read without running them, and without what might name people?"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.report.cells import bare_code, solution_cells, syntax

COMMENTED = '''
def relu(z):
    """By Ada."""
    # By Ada.
    return np.maximum(0, z)  # By Ada.
'''


def cell(name: str, source: object, kind: str = "code") -> dict[str, object]:
    return {"cell_type": kind, "metadata": {"nbgrader": {"grade_id": name}}, "source": source}


def saved(folder: Path, *cells: object) -> Path:
    path = folder / "week.ipynb"
    path.write_text(json.dumps({"cells": list(cells)}), encoding="utf-8")
    return path


def test_is_a_cell_found_by_the_name_that_it_should_define(tmp_path):
    plain = {"cell_type": "code", "metadata": {}, "source": "1"}
    text = cell("solution-why", "Because.", "markdown")
    found = solution_cells(
        saved(tmp_path, plain, text, cell("relu", "check"), cell("solution-relu", ["a\n", "b"]))
    )
    assert found == {"relu": "a\nb"}


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"cells": [7]}', '{"cells": [{}]}', "\0"])
def test_has_a_damaged_file_no_cells(tmp_path, content):
    path = tmp_path / "week.ipynb"
    assert solution_cells(path) == {}
    path.write_text(content)
    assert solution_cells(path) == {}


def test_is_free_text_gone_and_the_code_kept():
    bare = bare_code(COMMENTED)
    assert bare == "def relu(z):\n    return np.maximum(0, z)"
    assert bare_code(bare) == bare


def test_does_a_body_of_text_alone_become_pass():
    assert bare_code('def relu(z):\n    """Ada."""') == "def relu(z):\n    pass"


@pytest.mark.parametrize("source", ["", "# By Ada.", '"""By Ada."""'])
def test_is_a_cell_without_code_empty(source):
    assert bare_code(source) == ""


@pytest.mark.parametrize(
    "source", ["%matplotlib inline", "def (", "x\0", "(" * 5000, "x = 1\n" * 9000]
)
def test_is_what_cannot_be_parsed_nothing(source):
    assert syntax(source) is None and bare_code(source) == ""


@given(st.text(max_size=60))
def test_is_bare_code_python_whatever_was_written(source):
    ast.parse(bare_code(source))
