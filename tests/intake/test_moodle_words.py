"""Are Moodle's words and numbers read in every language, and an unknown word left open?"""

from __future__ import annotations

import pytest

from autograder.intake import moodle_words


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


def test_does_no_word_mean_yes_in_one_language_and_no_in_another():
    assert not moodle_words.titles("yes") & moodle_words.titles("no")
    assert not moodle_words.titles("group") & moodle_words.titles("marker")
