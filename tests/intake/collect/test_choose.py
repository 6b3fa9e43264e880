"""Is the right notebook chosen, and the reason given if there is none?"""

from __future__ import annotations

import pytest

from tests.intake.collect.difficult_class import (
    NB,
    STEM,
    content,
    take,
)
from tests.intake.exports import canvas_name, moodle_folder, write_zip


def test_does_canvas_number_decide_between_copies(full, tmp_path):
    names = {canvas_name("lee, ann", "501", 80, NB): "new"}
    names[canvas_name("lee, ann", "501", 70, f"{STEM}-1.ipynb")] = "old"
    take(full, write_zip(tmp_path / "a.zip", names))
    assert content(full, "ann") == "new"


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["report.pdf"], "has no notebook, only report.pdf"),
        (["work.zip"], "an archive inside a submission is not opened"),
        (["a.ipynb", "b.ipynb"], "none with the assignment's name"),
    ],
)
def test_is_a_submission_without_its_notebook_told(full, tmp_path, names, reason):
    folder = moodle_folder("Ann Lee", 7)
    found = take(full, write_zip(tmp_path / "a.zip", {f"{folder}/{n}": "{}" for n in names}))
    assert reason in found.left_out[0].note
    assert content(full, "ann") is None


def test_is_the_right_one_of_several_notebooks_taken(full, tmp_path):
    folder = moodle_folder("Ann Lee", 7)
    names = ["week98.ipynb", "scratch.ipynb", f"{STEM}.ipynb", f"{STEM} (2).ipynb"]
    take(full, write_zip(tmp_path / "a.zip", {f"{folder}/{n}": n for n in names}))
    assert content(full, "ann") == f"{STEM} (2).ipynb"
