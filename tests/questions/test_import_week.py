"""Is a week that cannot be used refused in a sentence with the file, the line and what to do?"""

from __future__ import annotations

import sys

import pytest

from autograder.errors import QuestionError
from autograder.questions import catalogue, places
from autograder.questions.keys import question_keys
from tests.own_weeks import INIT, QUESTION, STEM, write_week


@pytest.fixture(autouse=True)
def the_package_alone_afterwards():
    yield
    catalogue.use(None)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"halve": "def halve(:"}, "halve.py, line 1: "),
        ({"halve": QUESTION + "\n1 / 0\n"}, "halve.py, line 36: ZeroDivisionError: "),
        ({"halve": "import nomodule"}, "halve.py, line 1: ModuleNotFoundError: No module"),
        (
            {"__init__": INIT.replace("halve", "half")},
            "PARTS names 'half', but there is no half.py",
        ),
        ({"__init__": INIT.replace("TITLE", "NAME")}, "has no TITLE"),
        ({"__init__": INIT.replace("week16", "week6")}, "WEEK is 'week6', expected 'week16'"),
        ({"__init__": INIT.replace('"Convolution"', "7")}, "TITLE is 7, expected some words"),
        ({"__init__": INIT.replace('("halve",)', '"halve"')}, "PARTS should be names of files"),
        ({"__init__": INIT + "POINTS = 'ten'"}, "POINTS is 'ten', expected a number"),
        ({"__init__": INIT + "POINTS = 11"}, "the points add up to 10, expected 11"),
        ({"__init__": INIT + "WRITTEN = 3"}, "WRITTEN should be a tuple of Written"),
        ({"__init__": INIT + "LIBRARIES = 'keras'"}, 'LIBRARIES should be as in ("keras",)'),
    ],
    ids=lambda given: "" if isinstance(given, dict) else given[:30],
)
def test_is_a_faulty_week_refused_in_a_sentence(files, words, tmp_path):
    write_week(tmp_path, **files)
    catalogue.use(tmp_path)
    with pytest.raises(QuestionError) as refused:
        catalogue.week("week16")
    assert words in str(refused.value) and STEM in str(refused.value)


def test_are_edits_seen_that_keep_a_files_size_and_second(tmp_path):
    folder = write_week(tmp_path)
    for points in (10, 20, 30):
        text = QUESTION.replace("points=10", f"points={points}")
        (folder / "halve.py").write_text(text, encoding="utf-8")
        catalogue.use(tmp_path)
        assert catalogue.week("16").points == points
    assert not (folder / "__pycache__").exists()


def test_is_a_corrected_file_read_again(tmp_path):
    write_week(tmp_path, halve="def halve(:")
    catalogue.use(tmp_path)
    with pytest.raises(QuestionError):
        catalogue.week("16")
    write_week(tmp_path)
    catalogue.use(tmp_path)
    assert list(catalogue.week("16").questions) == ["halve"]


def test_are_only_the_weeks_read_again_that_may_be_others(tmp_path):
    kept, user = catalogue.week("06"), catalogue.week("13")
    write_week(tmp_path, "week05_mine")
    catalogue.use(tmp_path)
    again = catalogue.week("06")
    assert all(again.questions[name] is each for name, each in kept.questions.items())
    # The package's week 13 imports from week 05, as it is in the package or in the course.
    assert not [name for name in sys.modules if ".week13_" in name or ".week05_losses" in name]
    assert user.questions and list(catalogue.week("05").questions) == ["halve"]


def test_are_an_editors_own_files_no_part_of_a_week(tmp_path):
    folder = write_week(tmp_path)
    catalogue.use(tmp_path)
    keys = question_keys(catalogue.week("16"))
    # As Emacs locks a file that is being edited.
    (folder / ".#halve.py").symlink_to("me@here.1234")
    (folder / ".halve.py.swp").write_bytes(b"\xff")
    catalogue.use(tmp_path)
    assert question_keys(catalogue.week("16")) == keys
    assert ".#halve.py" not in places.read_week(folder)
    assert catalogue.question("halve").points == 10


@pytest.mark.slow
def test_is_a_module_told_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.questions.time_limit.REFERENCE_SECONDS", 0.5)
    write_week(tmp_path, halve="while True:\n    pass\n")
    catalogue.use(tmp_path)
    with pytest.raises(QuestionError, match=r"importing week16_\w+.halve did not end within"):
        catalogue.week("16")
