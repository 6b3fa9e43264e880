"""Do `adapt` and `validate` say what they did, what is wrong, and what comes next?"""

from __future__ import annotations

import pytest

from autograder.course import directory
from autograder.grading import try_in_jupyter
from autograder.questions import catalogue
from tests.own_weeks import LESSON, QUESTION, write_week


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """One course for all of these tests; making one takes a second."""
    yield directory.init(tmp_path_factory.mktemp("own") / "course").root
    catalogue.use(None)


def test_does_adapt_say_where_the_week_is_and_what_is_there(root, run):
    code, out, _ = run("adapt", "2", "--course", root)
    assert code == 0
    folder = root / "weeks" / "week02_bends"
    assert f"to {folder}." in out and "lesson.py: the lesson, with the solutions" in out
    assert out.rstrip().endswith("Next: edit them, and run `autograder validate week02`")
    assert run("adapt", "2", "--course", root)[0] == 1
    assert run("adapt", "2", "--course", root / "weeks")[0] == 1


@pytest.mark.slow
def test_does_validate_list_what_to_correct_by_question_and_end_with_1(root, run):
    wrong = QUESTION.replace("return X * 2", "return X / 2")
    write_week(root / "weeks", halve=wrong, lesson=LESSON.replace("return X / 2", "return X"))
    code, out, _ = run("validate", "16", "--course", root)
    assert code == 1
    heading, *notes, name, first, second, third, _, last = out.splitlines()
    assert heading.startswith("week16, Convolution: 1 question, 10 points. ")
    assert name == "halve" and len(notes) == 1
    assert first.startswith("  - the mistake doubled does not differ from the reference")
    assert second.startswith("  - the lesson's solution earns 0 of 10 points; correct")
    assert third.startswith("  - worth a look: no case has one example")
    assert last == "2 things to correct. Then run `autograder validate week16` again."


@pytest.mark.slow
def test_does_validate_run_the_lesson_last_and_name_the_next_step(root, run, monkeypatch):
    # `tests/owner/test_own_weeks.py` starts Jupyter.
    monkeypatch.setattr(try_in_jupyter, "try_in_jupyter", lambda week, released, course: [])
    write_week(root / "weeks", lesson=f"{LESSON}\n# %%\nopen('mine.csv')\n")
    code, out, _ = run("validate", "16", "--course", root)
    assert code == 1 and "FileNotFoundError" in out
    write_week(root / "weeks")
    code, out, _ = run("validate", "16", "--course", root)
    assert code == 0
    assert out.splitlines()[-1] == "Every law holds. Next: autograder release week16"
