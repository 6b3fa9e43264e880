"""Are Moodle's words and numbers read in every language, and an unknown word left open?"""

from __future__ import annotations

import json
from importlib import resources

import pytest

from autograder.intake import moodle_words
from autograder.output.text import fold

FILE = json.loads(
    (resources.files("autograder.intake") / "moodle_titles.json").read_text(encoding="utf-8")
)
# How many languages have each kind of title.
LANGUAGES = {
    "status": 34,
    "group": 32,
    "marker": 31,
    "maximum grade": 32,
    "scale": 33,
    "feedback comments": 33,
    "participant": 33,
    "yes": 60,
    "no": 60,
}


@pytest.mark.parametrize(
    ("text", "number", "mark"),
    [
        ("100.00", 100.0, "."),
        ("100,00", 100.0, ","),
        ("100۔00", 100.0, "۔"),
        ("١٠٠٫٥", 100.5, "٫"),
        ("100", 100.0, "."),
        ("-", None, "."),
        ("Good", None, "."),
    ],
)
def test_are_numbers_of_all_languages_read(text, number, mark):
    assert moodle_words.decimal(text) == number
    assert moodle_words.decimal_mark(text) == mark


def test_is_no_and_yes_known_and_another_word_left_open():
    assert moodle_words.is_locked("Nein") is True
    assert moodle_words.is_locked("是的") is False
    assert moodle_words.is_locked("quux") is None


@pytest.mark.parametrize(("kind", "number"), LANGUAGES.items())
def test_how_many_languages_have_each_kind_of_title(kind, number):
    languages = [language for language, words in FILE["titles"].items() if kind in words]
    assert len(languages) == number


def test_is_every_entry_of_a_known_kind_and_written_without_space_around_it():
    for language, words in FILE["titles"].items():
        assert words.keys() <= LANGUAGES.keys(), language
        for kind, variants in words.items():
            assert len({fold(word) for word in variants}) == len(variants) > 0, (language, kind)
            assert all(word == word.strip() != "" for word in variants), (language, kind)


def test_does_every_language_with_titles_of_its_own_name_where_they_were_read():
    source = FILE["source"]
    named = (
        source["repositories"].keys()
        | set(source["worksheets"].partition(":")[0].split(", "))
        | set(source["unnamed"].partition(":")[0].split(", "))
    )
    titled = {language for language, words in FILE["titles"].items() if len(words) > 2}
    assert titled <= named
    assert source["repositories"].keys() <= FILE["titles"].keys()


def test_are_yes_and_no_of_every_language_read():
    for language, words in FILE["titles"].items():
        assert [moodle_words.is_locked(word) for word in words["yes"]] == [False] * len(
            words["yes"]
        ), language
        assert [moodle_words.is_locked(word) for word in words["no"]] == [True] * len(
            words["no"]
        ), language


def test_is_a_word_for_yes_in_one_language_and_no_in_another_left_open(monkeypatch):
    words = {"yes": frozenset({"ja", "na"}), "no": frozenset({"nein", "na"})}
    monkeypatch.setattr(moodle_words, "titles", words.__getitem__)
    assert moodle_words.is_locked("Ja") is False
    assert moodle_words.is_locked("Nein") is True
    assert moodle_words.is_locked("Na") is None


def test_does_no_word_mean_yes_in_one_language_and_no_in_another():
    assert not moodle_words.titles("yes") & moodle_words.titles("no")
    assert not moodle_words.titles("group") & moodle_words.titles("marker")
