"""Is a course's folder of weeks looked at first, and read again when something in it changes?"""

from __future__ import annotations

import os

import pytest

import autograder.questions
from autograder.errors import QuestionError
from autograder.questions import search_path
from tests.own_weeks import write_week


@pytest.fixture(autouse=True)
def the_package_alone_afterwards():
    yield
    search_path.change(None)


def test_is_the_folder_first_and_gone_with_its_course(tmp_path):
    before = list(autograder.questions.__path__)
    write_week(tmp_path / "one")
    write_week(tmp_path / "two")
    assert search_path.change(tmp_path / "one")
    assert list(autograder.questions.__path__) == [str((tmp_path / "one").resolve()), *before]
    assert search_path.change(tmp_path / "two")
    assert list(autograder.questions.__path__) == [str((tmp_path / "two").resolve()), *before]
    assert search_path.change(None)
    assert list(autograder.questions.__path__) == before


def test_is_a_change_of_a_file_a_change(tmp_path):
    folder = write_week(tmp_path)
    assert search_path.change(tmp_path) and not search_path.change(tmp_path)
    os.utime(folder / "halve.py", ns=(0, 0))
    assert search_path.change(tmp_path)
    (folder / "notes.txt").touch()
    assert not search_path.change(tmp_path)
    (folder / "halve.py").unlink()
    assert search_path.change(tmp_path) and search_path.version()


@pytest.mark.parametrize("made", [None, "weeks", "weeks/.hidden", "weeks/__pycache__"])
def test_is_a_course_without_weeks_of_its_own_the_package_alone(made, tmp_path):
    if made:
        (tmp_path / made).mkdir(parents=True)
    assert not search_path.change(tmp_path / "weeks")
    assert search_path.version() == () and search_path.unusable_folders() == {}


def test_is_a_folder_that_cannot_be_read_refused_in_a_sentence(tmp_path):
    (tmp_path / "weeks").touch()
    with pytest.raises(QuestionError, match="weeks in .* cannot be read: Not a directory; correct"):
        search_path.change(tmp_path / "weeks")
