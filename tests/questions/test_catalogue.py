"""Is a question that breaks a rule refused, with a sentence that says which?"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

import autograder.questions
from autograder.errors import QuestionError, UnknownName
from autograder.questions import catalogue
from tests.own_weeks import write_week

KNOWN = ", ".join(stem.partition("_")[0] for stem in catalogue.stems())

GOOD = '''
import numpy as np
from autograder.questions.define import question

@question(points=4)
def double_{n}(X, W):
    """Twice X.

    Args:
        X: inputs, shape (N, D), float64.
        W: kernel, shape (D, M), float64.
    """
    return 2 * X

@double_{n}.case("typical")
def _(rng):
    return {{"X": rng.normal(size=(7, 5)), "W": rng.normal(size=(5, 3))}}

@double_{n}.mistake("tripled")
def _(X, W):
    """Two is not three.

    Check: count.
    """
    return 3 * X

@double_{n}.mistake("halved")
def _(X, W):
    """Two is not a half.

    Check: count.
    """
    return X / 2
'''


@pytest.fixture
def week(tmp_path, monkeypatch):
    """Writes a week from the sources of its parts and loads it."""
    monkeypatch.setattr(
        autograder.questions, "__path__", [*autograder.questions.__path__, str(tmp_path)]
    )
    catalogue.week.cache_clear()

    def load(*parts: str, points: float = 4) -> catalogue.Week:
        folder: Path = tmp_path / "week99_test"
        folder.mkdir()
        names = [f"part{number}" for number in range(len(parts))]
        (folder / "__init__.py").write_text(
            f'WEEK = "week99"\nTITLE = "Test"\nPOINTS = {points}\nPARTS = {names!r}\n'
        )
        for name, source in zip(names, parts, strict=True):
            (folder / f"{name}.py").write_text(textwrap.dedent(source))
        return catalogue.week("week99")

    yield load
    catalogue.week.cache_clear()
    for name in [name for name in sys.modules if "week99_test" in name]:
        del sys.modules[name]


def test_is_a_good_week_accepted(week):
    loaded = week(GOOD.format(n=1), GOOD.format(n=2), points=8)
    assert list(loaded.questions) == ["double_1", "double_2"]
    catalogue.refuse_weak_cases(loaded.questions["double_1"])


@pytest.mark.parametrize(
    ("parts", "points", "words"),
    [
        ((GOOD.format(n=1),), 5, "the points add up to 4, expected 5"),
        ((GOOD.format(n=1), GOOD.format(n=1)), 8, "two questions are called double_1"),
        ((GOOD.format(n=1) + GOOD.format(n=1),), 4, "double_1 is defined twice"),
        ((GOOD.format(n=1).partition("@double_1.case")[0],), 4, "it has no case"),
        (
            (GOOD.format(n=1).rpartition("@double_1.mistake")[0],),
            4,
            "mistakes: 1, expected at least 2",
        ),
        ((GOOD.format(n=1).replace("Check: count.", "Count."),), 4, "begins with Check: or Next:"),
        ((GOOD.format(n=1).replace('"halved"', '"tripled"'),), 4, "two mistakes are called"),
        ((GOOD.format(n=1).replace('"halved"', '"Halved"'),), 4, "lower-case-with-hyphens"),
        (
            (GOOD.format(n=1).replace("points=4", 'points=4, builds_on=("other",)'),),
            4,
            "it refers to other, which is not a question of this week",
        ),
        (
            (
                GOOD.format(n=1).replace("points=4", 'points=4, builds_on=("double_2",)'),
                GOOD.format(n=2),
            ),
            8,
            "it builds on double_2, which should come before it",
        ),
        (
            (
                GOOD.format(n=1)
                .replace("points=4", 'points=4, returns=("X",)')
                .replace('"halved"', '"halved", at="Y"'),
            ),
            4,
            "at='Y' is not one of ('X',)",
        ),
    ],
)
def test_is_a_broken_week_refused(week, parts, points, words):
    with pytest.raises(QuestionError) as error:
        week(*parts, points=points)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("(7, 5)", "(5, 5)"), "should be larger than 1 and pairwise different"),
        (("(7, 5)", "(1, 5)"), "should be larger than 1 and pairwise different"),
        (("(7, 5)", "(7, 4)"), "D is 4, but 5 in W"),
        (("(7, 5)", "(7,)"), "X has shape (7,); its docstring says ('N', 'D')"),
        (('"W": rng.normal(size=(5, 3))', '"V": 1'), "a case gives ['V', 'X']"),
    ],
)
def test_is_a_case_in_which_something_hides_refused(week, change, words):
    loaded = week(GOOD.format(n=1).replace(*change))
    with pytest.raises(QuestionError) as error:
        catalogue.refuse_weak_cases(loaded.questions["double_1"])
    assert words in str(error.value)


@pytest.mark.parametrize("name", ["6", "06", "week06", "week6", "week06_backpropagation"])
def test_is_a_week_found_by_any_of_its_names(name):
    assert catalogue.week(name).name == "week06"


@pytest.mark.parametrize("name", ["66", "week", "weak06", "week06x", "06_other", ""])
def test_is_an_unknown_week_refused_with_the_known_ones(name):
    known = ", ".join(stem[:6] for stem in catalogue.stems())
    with pytest.raises(UnknownName, match=f"The weeks are {known}"):
        catalogue.week(name)


def test_is_the_nearest_week_named():
    with pytest.raises(UnknownName, match=r"no week 'weak06'; did you mean .*'week06'.*\? The"):
        catalogue.week("weak06")


def test_are_all_weeks_chosen_if_none_is_named():
    assert [week.stem for week in catalogue.chosen([])] == catalogue.stems()
    assert [week.name for week in catalogue.chosen(["14", "week06"])] == ["week14", "week06"]


@pytest.fixture
def course_weeks(tmp_path):
    yield tmp_path / "weeks"
    catalogue.use(None)


def test_are_a_courses_weeks_taken_first_and_the_packages_are_the_rest(course_weeks):
    before = catalogue.stems()
    write_week(course_weeks)
    write_week(course_weeks, "week06_mine")
    catalogue.use(course_weeks)
    kept = [stem for stem in before if stem != "week06_backpropagation"]
    assert catalogue.stems() == sorted([*kept, "week06_mine", "week16_convolution"])
    mine, theirs = catalogue.week("6"), catalogue.week("7")
    assert mine.own and mine.folder == course_weeks.resolve() / "week06_mine"
    assert not theirs.own
    catalogue.use(None)
    assert catalogue.stems() == before
    assert catalogue.week("6").stem == "week06_backpropagation"


def test_is_nothing_loaded_again_where_nothing_changed(course_weeks):
    kept = catalogue.week("6")
    catalogue.use(course_weeks)
    assert catalogue.week("6") is kept
    write_week(course_weeks)
    catalogue.use(course_weeks)
    mine = catalogue.week("16")
    catalogue.use(course_weeks)
    assert catalogue.week("16") is mine


def test_are_folders_named_that_cannot_be_weeks(course_weeks):
    write_week(course_weeks)
    write_week(course_weeks, "week17-attention")
    (course_weeks / "week18_empty").mkdir()
    catalogue.use(course_weeks)
    with pytest.raises(UnknownName) as refused:
        catalogue.week("17")
    assert "week17-attention cannot be a week: expected a name such as" in str(refused.value)
    assert "week18_empty is not a week: it has no __init__.py" in str(refused.value)


def test_are_two_weeks_of_one_number_refused(course_weeks):
    write_week(course_weeks)
    write_week(course_weeks, "week16_attention")
    catalogue.use(course_weeks)
    with pytest.raises(QuestionError, match="two weeks are week16: .*rename or remove"):
        catalogue.week("16")


@pytest.mark.parametrize("folder", ["week06_backpropagation", "week06-mine", "Week06"])
def test_is_the_packages_week_not_taken_for_a_folder_that_should_have_replaced_it(
    folder, course_weeks
):
    (course_weeks / folder).mkdir(parents=True)
    catalogue.use(course_weeks)
    with pytest.raises(QuestionError, match=f"{folder} .*Correct it, or move it away"):
        catalogue.week("6")
    assert not catalogue.week("7").own


def test_is_a_title_known_without_the_questions():
    stem = "week06_backpropagation"
    assert catalogue.title(stem) == catalogue.week(stem).title
