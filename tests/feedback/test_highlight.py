"""Is code shown as it is, in colours where they cost little?"""

from __future__ import annotations

import html
import re

import pytest

from autograder.feedback.highlight import code_block, highlighted
from autograder.feedback.sanitize import MAX_CELL


@pytest.mark.parametrize(
    "source",
    ["x = 1", "", "\n\ndef f(a):\n\treturn '<b>' # &amp;\n\n", "%matplotlib inline\n$?", "'''open"],
)
def test_is_every_character_of_the_code_kept(source):
    text = html.unescape(re.sub("<[^>]*>", "", highlighted(source)))
    # Pygments ends the last line.
    assert text.removesuffix("\n") == source.removesuffix("\n")


@pytest.mark.parametrize("source", ["x = 1\n" * MAX_CELL, "x = 1" + "\n" * 2_000, "(" * 500])
def test_is_code_that_a_lexer_would_be_slow_on_shown_without_colours(source):
    assert highlighted(source) == ""
    assert source in code_block(source, "Code", highlighted(source))


def test_is_a_block_reached_by_keyboard_and_named():
    assert code_block("<b> & c", 'An "a"') == (
        '<pre role="group" aria-label="An &quot;a&quot;" tabindex="0">'
        "<code>&lt;b&gt; &amp; c</code></pre>\n"
    )
