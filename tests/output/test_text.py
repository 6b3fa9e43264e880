"""Is text harmless in a terminal and in a page, and are names equal that look equal?"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.output.text import (
    CALM_COLOR,
    RIGHT_COLOR,
    WRONG_COLOR,
    as_html,
    fold,
    normalize,
    printable,
)
from tests.feedback.test_contrast import contrast


@given(st.text())
def test_is_nothing_left_that_a_terminal_would_execute(text):
    plain = printable(text)
    assert printable(plain) == plain
    left = {each for each in plain if unicodedata.category(each) == "Cc"}
    assert left <= {"\t", "\n"}
    assert not set(plain) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
    assert [each for each in text if each in plain] == list(plain)


@pytest.mark.parametrize("text", ["plain", "two\nlines\tand a tab", "Zoë 東京 👩", "a < b & c"])
def test_is_ordinary_text_printed_as_it_is(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Zoe\u0308 Smith", "Zoë  Smith"),
        ("STRASSE", "straße"),
        ("Ａda", "ada"),
        ("ada\u200d\ufeff", "ada"),
        (" ada\u00a0lovelace ", "Ada Lovelace"),
        ("ﬁona", "Fiona"),
    ],
)
def test_are_names_equal_that_look_equal(first, second):
    assert fold(first) == fold(second)


@pytest.mark.parametrize(("first", "second"), [("Zoë", "Zoe"), ("ada1", "ada2"), ("al", "a l")])
def test_are_names_different_that_look_different(first, second):
    assert fold(first) != fold(second)


@given(st.text())
def test_does_folding_twice_change_nothing_and_case_not_matter(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text.casefold()) == fold(text)


class Shown(HTMLParser):
    """What a reader of the block sees, and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.lines: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.lines.append("")

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data


@given(st.text(st.sampled_from("<>&\"' ab\n"), max_size=80), st.booleans())
def test_is_every_line_shown_as_it_was_written(message, right):
    shown = Shown(as_html(message, right=right))
    first, _, rest = message.partition("\n")
    assert shown.tags == {"div", "span"}
    assert shown.lines[2][1:] == f" {first}"
    assert shown.lines[3:] == rest.splitlines()


def test_do_color_and_mark_tell_right_from_wrong_from_untouched():
    for options, color, mark in (
        ({"right": True}, RIGHT_COLOR, "✓"),
        ({"right": False}, WRONG_COLOR, "△"),
        ({"right": False, "attempted": False}, CALM_COLOR, "○"),
    ):
        html = as_html("relu", **options)
        assert color in html and f">{mark}</span> relu<" in html


def test_is_indented_evidence_in_monospace():
    html = as_html("relu\n  yours 1\nBecause.", right=False)
    assert html.count("monospace") == 1 and "white-space:pre-wrap" in html


def test_are_accents_of_a_name_compared_however_they_are_written():
    name = "Zoë Ångström " * 20
    assert len(name) < 300
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)


@given(st.text(max_size=900))
def test_is_a_long_text_normalized_in_pieces(text):
    assert normalize("NFKD", text[:300]) == unicodedata.normalize("NFKD", text[:300])
    without_marks = [
        [each for each in made if not unicodedata.combining(each)]
        for made in (normalize("NFKD", text), unicodedata.normalize("NFKD", text))
    ]
    assert without_marks[0] == without_marks[1]


# Grounds of light and dark themes: JupyterLab's, Notebook 7's, VS Code's, Colab's, Kaggle's,
# Solarized, and a high-contrast theme's.
GROUNDS = (
    *("#ffffff", "#f5f5f5", "#fdf6e3"),
    *("#111111", "#1e1e1e", "#1f1f1f", "#383838", "#202124", "#002b36", "#000000"),
)
WORST = "sum\n  grads = [1, 2]\n" + "x" * 300


@pytest.mark.parametrize("options", [{"right": True}, {"right": False}, {"attempted": False}])
def test_can_a_block_be_read_on_any_theme(options):
    """Its text has the theme's own colour and ground, and its one colour is a line's."""
    html = as_html(WORST, **{"right": False, **options})
    found = re.findall(r"([\w-]+):[^;\"]*?(#[0-9a-f]{6})", html)
    assert [name for name, _ in found] == ["border-left"]
    assert not re.search(r"[;\"](color|background[\w-]*|opacity|font-size):", html)
    assert min(contrast(found[0][1], ground) for ground in GROUNDS) >= 3


def test_does_a_narrow_window_lose_nothing():
    """Every line wraps, and no width is a number of pixels that a telephone does not have."""
    html = as_html(WORST, right=False)
    assert "overflow-wrap:anywhere" in html
    assert not re.search(
        r"nowrap|white-space:pre[;\"]|overflow:|[;\"](min-)?width:|height:\d+px", html
    )


def test_is_there_nothing_that_takes_a_mouse():
    html = as_html(WORST, right=False)
    assert not re.search(r"on\w+=|tabindex|title=|<(a|button|details|script|style)\b", html)


def test_is_the_outcome_a_word_and_the_mark_not_read_aloud():
    html = as_html("relu", right=True, outcome="Right")
    assert '<span aria-hidden="true">✓</span> Right · relu' in html
