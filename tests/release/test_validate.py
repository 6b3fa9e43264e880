"""Is an author told what to correct in a week, and nothing of a week that is right?"""

from __future__ import annotations

import os

import pytest

from autograder.questions import catalogue, references
from autograder.release.validate import validate
from tests.own_weeks import INIT, LESSON, QUESTION, write_week

SECRET = b"secret"
WRITTEN = "from autograder.questions.define import Written\n" + INIT


@pytest.fixture
def tried(tmp_path, monkeypatch):
    """Writes a week with these files in place of its own, and validates it."""
    # The package's weeks are not looked at: loading them takes half a second.
    monkeypatch.setattr(catalogue, "weeks", list)

    def of(**files):
        write_week(tmp_path / "weeks", **files)
        catalogue.use(tmp_path / "weeks")
        return validate(catalogue.week("16"), SECRET, tmp_path / "hidden.npz")

    yield of
    catalogue.use(None)


def test_is_nothing_said_of_a_week_that_is_right(tried, tmp_path):
    first = tried()
    assert not first.findings
    # It has no case of one example, and need not have one.
    (worth_a_look, squeezed) = first.advice["halve"]
    assert worth_a_look.startswith("no case has one example") and "np.squeeze" in squeezed
    (note,) = first.notes
    assert note.startswith("Computed the values of the public cases: ")
    assert not tried().notes
    week = catalogue.week("16")
    assert references.public(week.questions.values(), week.stem)
    assert oct(os.stat(tmp_path / "hidden.npz").st_mode & 0o777) == "0o600"


def test_are_values_computed_again_after_a_change_of_a_case(tried):
    tried()
    assert tried(halve=QUESTION.replace("(7, 5)", "(8, 5)")).notes


@pytest.mark.parametrize(
    ("file", "old", "new", "name", "words"),
    [
        (
            "lesson",
            "    return X / 2",
            "    return X / 3",
            "halve",
            "solution earns 0 of 10 points",
        ),
        ("lesson", "    return X / 2", "    return X.nothing", "halve", "solution earns 0 of 10"),
        (
            "lesson",
            "# # Halves",
            "# # Halves\n\n# %%\n1 / 0",
            "",
            "lesson raises ZeroDivisionError",
        ),
        ("lesson", "from autograder import check", "", "", "does not import check; add"),
        ("lesson", 'check("halve")', 'check("double")', "", "the check of halve reads"),
        ("lesson", "### END SOLUTION", "", "", "### BEGIN SOLUTION and ### END SOLUTION"),
        ("halve", "return X * 2", "return X / 2", "halve", "does not differ from the reference"),
        ("halve", "return X * 2", "return X", "halve", "is not told apart from the others"),
        ("halve", "return X * 2", "return X * y", "halve", "cannot be computed (NameError"),
        ("halve", "return X * 2", "return X * (0.5 + 3e-15)", "halve", "the tolerance"),
        ("halve", "(7, 5)", "(5, 5)", "halve", "case typical: the axes {'N': 5, 'D': 5}"),
        ("halve", "rng.normal(size=(7, 5))", "1.0 * rng.permutation(1)", "halve", "be memorised"),
        ("halve", '"typical")', '"stability")', "halve", "should have stability=True"),
        ("halve", "return X / 2", "return X.nothing", "halve", "raises AttributeError"),
        ("__init__", '"halve",', "", "", "it has no questions; add one with"),
    ],
    ids=lambda given: given[:24],
)
def test_is_said_what_to_correct(tried, file, old, new, name, words):
    texts = {"lesson": LESSON, "halve": QUESTION, "__init__": INIT}
    assert old in texts[file]
    texts = {file: texts[file].replace(old, new)}
    if "relu" in new:
        texts = {
            "halve": QUESTION.replace("halve", "relu"),
            "lesson": LESSON.replace("halve", "relu"),
        }
    findings = tried(**texts).findings
    assert any(words in sentence for sentence in findings.get(name, [])), findings


def test_is_an_empty_rubric_told(tried):
    init = f'{WRITTEN}WRITTEN = (Written("why", points=-3, rubric=" "),)\n'
    cell = (
        '\n# %% [markdown] written="why"\n# Why?\n# ### BEGIN SOLUTION\n# x\n# ### END SOLUTION\n'
    )
    rubric, points = tried(__init__=init, lesson=LESSON + cell).findings["why"]
    assert rubric.startswith("its rubric is empty") and "worth -3 points" in points


def test_is_a_missing_lesson_told(tried, tmp_path):
    tried()
    (tmp_path / "weeks" / "week16_convolution" / "lesson.py").unlink()
    found = validate(catalogue.week("16"), SECRET, tmp_path / "hidden.npz").findings
    assert "lesson.py does not exist" in found[""][0]


@pytest.mark.slow
def test_is_a_question_told_whose_name_another_week_has(tmp_path):
    texts = {"halve": QUESTION.replace("halve", "relu"), "lesson": LESSON.replace("halve", "relu")}
    write_week(tmp_path / "weeks", **texts)
    catalogue.use(tmp_path / "weeks")
    try:
        found = validate(catalogue.week("16"), SECRET, tmp_path / "hidden.npz").findings
    finally:
        catalogue.use(None)
    assert "relu: two weeks have a question with this name; rename one" in found[""]


def test_is_a_folder_told_in_which_no_values_can_be_kept(tried, tmp_path):
    (tmp_path / "weeks" / "week16_convolution" / "public.npz").mkdir(parents=True)
    assert "public.npz cannot be written: Is a directory" in tried().findings[""][0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "words"),
    [
        ("halve", '    return {"X": rng', "halve: the case typical did not end within"),
        ("halve", "    return X * 2", "halve: the mistake doubled did not end within"),
        ("lesson", "    return X / 2", "halve: an answer to the case typical did not end within"),
    ],
)
def test_is_a_loop_told_that_never_ends(tried, monkeypatch, file, old, words):
    monkeypatch.setattr("autograder.questions.time_limit.CASE_SECONDS", 0.5)
    text = {"halve": QUESTION, "lesson": LESSON}[file]
    found = tried(**{file: text.replace(old, f"    while True:\n        pass\n{old}")})
    (said,) = found.findings["halve"]
    assert said.startswith(words) and "look for a loop that never ends" in said
