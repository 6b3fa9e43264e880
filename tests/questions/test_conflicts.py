"""Is a week with an undecided conflict refused, whatever file it is in, and no other week?"""

from __future__ import annotations

import pytest

from autograder.errors import QuestionError
from autograder.questions import catalogue
from autograder.questions.conflicts import conflicts_in
from tests.own_weeks import LESSON, QUESTION, write_week

CONFLICT = "<<<<<<< yours\n# mine\n=======\n# theirs\n>>>>>>> package 2\n"


@pytest.fixture(autouse=True)
def the_package_alone_afterwards():
    yield
    catalogue.use(None)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        (CONFLICT, [1]),
        (f"a = 1\n{CONFLICT}b = 2\n{CONFLICT}", [2, 8]),
        (f"a\r\n{CONFLICT}".replace("\n", "\r\n"), [2]),
        ("a\n=======\n>>>>>>> package 2\n", [3]),
        ("a <<<<<<< b\n<<<<<<<\nTitle\n=======\n>>> 1 >> 2\n", []),
    ],
)
def test_are_the_lines_found_where_a_conflict_begins(text, lines):
    assert conflicts_in(text.encode()) == lines


@pytest.mark.parametrize(("file", "text"), [("halve", QUESTION), ("lesson", LESSON)])
def test_is_a_week_with_a_conflict_refused_in_one_sentence(tmp_path, file, text):
    folder = write_week(tmp_path, **{file: text + CONFLICT})
    catalogue.use(tmp_path)
    line = text.count("\n") + 1
    with pytest.raises(QuestionError, match=rf"{file}.py, line {line}: a conflict of an") as told:
        catalogue.week("16")
    assert str(told.value).endswith("three marks, then run `autograder validate week16`")
    assert "\n" not in str(told.value)
    assert catalogue.stem_of("16") == folder.name
    (folder / f"{file}.py").write_text(text)
    catalogue.use(tmp_path)
    assert catalogue.week("16").own
