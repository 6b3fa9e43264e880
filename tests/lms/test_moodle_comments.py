"""Does our comment stand below a person's, in place of an earlier one of ours alone?"""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.lms.moodle_comments import END, as_html, merged

OURS = "Automatic checks: 1 of 2 points.\nz < 0 & more"


def as_moodle_exports(html: str) -> str:
    """The text of a comment in a worksheet: without tags and line breaks, with spaces behind."""
    return unescape(re.sub("<[^<>]*>", "", html)) + "   "


@pytest.mark.parametrize("cell", ["", "   ", as_html(f"Automatic checks: old.\n{END}")])
def test_is_ours_alone_where_nobody_wrote_another(cell):
    found = merged(cell, OURS)
    assert found.text == (
        f"<p>Automatic checks: 1 of 2 points.<br>z &lt; 0 &amp; more<br>{END}</p>"
    )
    assert not found.kept and not found.doubtful


@given(st.text("xyz <&\n").filter(str.strip), st.text("xyz <&\n"), st.integers(1, 3), st.booleans())
def test_are_a_persons_words_kept_and_ours_replaced(before, after, times, flattened):
    cell = before
    for _ in range(times):
        cell = merged(cell, OURS).text
        cell = as_moodle_exports(cell) if flattened else cell
    cell += after
    found = merged(cell, OURS.replace("1 of 2", "2 of 2"))
    said = as_moodle_exports(found.text)
    assert said.count("Automatic checks") == 1 and "2 of 2" in said
    letters = re.sub(r"[^xyz]", "", said.partition("Automatic")[0])
    assert letters == re.sub(r"[^xyz]", "", before + after)


def test_is_a_persons_markup_kept_and_their_plain_text_shown():
    assert merged("<p><b>Good</b></p>", OURS).text.startswith("<p><b>Good</b></p><p>Automatic")
    assert merged("a < b & c", OURS).text.startswith("<p>a &lt; b &amp; c</p><p>Automatic")


OLD = (
    "Automatic checks: 3 of 9 points.\nRight: relu, log_loss.\n\n"
    "adam: 1 of 2 points, no-gate\nz < 0."
)
NEW = OLD.replace("3 of 9", "9 of 9")


@pytest.mark.parametrize("form", [as_html, lambda text: as_moodle_exports(as_html(text))])
@pytest.mark.parametrize("theirs", ["", "Good work!", "right, so far", "2 of 3 points.", "a > b"])
def test_are_words_below_a_comment_without_an_end_kept(form, theirs):
    """As earlier versions wrote it, for the whole cell; a person has added theirs."""
    cell = form(OLD).rstrip() + (form(theirs) if theirs else "")
    found = merged(cell, NEW)
    assert (found.kept, found.doubtful) == (bool(theirs), bool(theirs))
    said = as_moodle_exports(found.text)
    assert said.count("Automatic checks: ") == 1 and "3 of 9" not in said
    assert unescape(said.partition("Automatic checks")[0].strip()) == theirs


def test_is_what_may_be_a_persons_kept_where_our_end_is_unknown():
    found = merged(f"{OLD} Good.", "Automatic checks: 9 of 9 points.\nRight: relu.")
    assert found.kept and found.doubtful
    assert as_moodle_exports(found.text).startswith("adam: 1 of 2 points, no-gatez < 0. Good.")
    found = merged("Automatic checks: the notebook could not be read: cut off. Sorry!", OURS)
    assert found.text.startswith("<p>the notebook could not be read: cut off. Sorry!</p><p>Auto")
    # In the middle of somebody's words it is theirs.
    found = merged("I read: Automatic checks: fine", OURS)
    assert found.kept and not found.doubtful and "I read: Automatic checks: fine" in found.text


def test_can_a_comment_not_end_before_its_end():
    """Its text is partly the student's."""
    text = merged("", f"{OURS}{END} x").text
    assert text.count(END) == 1 and text.endswith(f"{END}</p>")
