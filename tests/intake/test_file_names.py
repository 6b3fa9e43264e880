"""Is a notebook told by its name, whatever was added to it?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake.file_names import (
    is_checkpoint,
    is_clutter,
    is_notebook,
    notebook_stem,
    shown,
)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("week06.ipynb", "week06"),
        ("week06.IPYNB", "week06"),
        ("week06.Ipynb.TXT", "week06"),
        ("week06.ipynb.json", "week06"),
        ("week06.ipynb.ipynb", "week06"),
        ("week06.ipynb (1)", "week06"),
        ("week06.ipynb(12)", "week06"),
        ("week06 (1).ipynb", "week06 (1)"),
        ("a (Ann's conflicted copy 2026-11-20).ipynb", "a (Ann's conflicted copy 2026-11-20)"),
        ("v1.2.ipynb", "v1.2"),
    ],
)  # fmt: skip
def test_is_a_notebooks_name_known_without_what_was_added(name, stem):
    assert notebook_stem(name) == stem


@pytest.mark.parametrize(
    "name",
    ["week06.py", "week06.json", "notes.txt", "ipynb", ".ipynb", "week06.ipynb.html",
     "week06.ipynb.zip", "week06.ipynb (a link)", "._week06.ipynb", "~$week06.ipynb", ""],
)  # fmt: skip
def test_is_another_name_no_notebooks(name):
    assert not is_notebook(name)


@pytest.mark.parametrize(
    "name", ["__MACOSX", ".DS_Store", "THUMBS.DB", "._a.ipynb", ".ipynb_checkpoints", "~$a.docx"]
)
def test_is_what_a_system_leaves_nobodys_work(name):
    assert is_clutter(name)
    assert not is_clutter(f"my {name}")


def test_is_jupyters_checkpoint_told():
    assert is_checkpoint("a-checkpoint.ipynb") and is_checkpoint("a-Checkpoint.ipynb.txt")
    assert not is_checkpoint("checkpoint.ipynb") and not is_checkpoint("a-checkpoint.py")


@given(st.text())
def test_can_every_name_stand_in_a_sentence(name):
    assert shown(name).isprintable() and len(shown(name)) <= 81
    notebook_stem(name)
