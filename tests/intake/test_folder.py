"""Is what a folder holds listed without following a link, and said in a sentence?"""

from __future__ import annotations

import os

import pytest

from autograder.intake.folder import about, contents
from tests.submissions import write_submission


def names(paths) -> list[str]:
    return [path.name for path in paths]


def test_are_notebooks_other_files_and_links_told_apart(tmp_path):
    for name in ("b.ipynb", "a.IPYNB", "a-checkpoint.ipynb", "x.pdf", ".hidden", "timestamp.txt"):
        write_submission(tmp_path / name)
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "b.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    found = contents(tmp_path)
    assert names(found.notebooks) == ["a.IPYNB", "b.ipynb"]
    assert names(found.others) == ["x.pdf"]
    assert names(found.special) == ["link.ipynb", "pipe.ipynb"]


def test_is_a_checkpoint_taken_where_it_is_all_there_is(tmp_path):
    write_submission(tmp_path / "a-checkpoint.ipynb")
    assert names(contents(tmp_path).notebooks) == ["a-checkpoint.ipynb"]


def test_are_subfolders_searched_where_the_folder_has_no_notebook(tmp_path):
    write_submission(tmp_path / "inner" / "x.ipynb")
    write_submission(tmp_path / "notes.txt")
    assert names(contents(tmp_path).notebooks) == ["x.ipynb"]
    write_submission(tmp_path / "top.ipynb")
    assert names(contents(tmp_path).notebooks) == ["top.ipynb"]


def test_is_no_link_to_a_folder_followed(tmp_path):
    write_submission(tmp_path / "bob" / "x.ipynb")
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "inner").symlink_to(tmp_path / "bob")
    assert not contents(tmp_path / "ann").notebooks
    assert "inner (a link, which is not followed)" in about(tmp_path / "ann")


def test_does_a_folder_of_very_many_files_and_folders_end_the_search(tmp_path):
    deep = tmp_path.joinpath(*"abcdefgh")
    write_submission(deep / "x.ipynb")
    for number in range(1_100):
        (tmp_path / f"{number}.txt").touch()
    assert len(contents(tmp_path).others) == 1_000
    assert len(about(tmp_path)) < 300


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "The folder holds no notebook: it is empty."),
        (["timestamp.txt"], "The folder holds no notebook: it is empty."),
        ([".DS_Store", "._a.ipynb"], "no notebook, only what a system leaves beside one."),
        (["a.pdf", "b.pdf"], "The folder holds no notebook, only a.pdf and b.pdf."),
        (["a.rar", "b"], "only a.rar (an archive) and b. Next: unpack the archive"),
        (["1", "2", "3", "4", "5"], "only 1, 2, 3 and 2 more."),
        (["a.ipynb", "b.ipynb"], "The folder holds 2 notebooks, a.ipynb and b.ipynb, and none"),
        (["\x1b[2J", "\u202e"], "only \ufffd[2J and \ufffd."),
    ],
)
def test_is_a_folder_told_by_what_it_holds(tmp_path, files, sentence):
    for name in files:
        write_submission(tmp_path / name)
    assert sentence in about(tmp_path) and about(tmp_path).isprintable()
