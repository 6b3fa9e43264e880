"""Is every formula of the course drawn without a script, and none of a student's dangerous?"""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.feedback.formulas import MAX_FORMULA, formula


def shown(drawn: str) -> str:
    """What a reader sees of a formula: its text."""
    return html.unescape(re.sub("<[^>]*>", "", drawn))


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"dW = \frac{1}{N} X^T dZ", "dW=1NXTdZ"),
        (r"\text{ref\_chosen}", "ref_chosen"),
        (r"\begin{cases} 1 & x \ge 0 \\ 0 & \text{else} \end{cases}", "{1x≥00else"),
        (r"\hat{\mathbf{W}} \in \mathbb{R}", "𝐖^∈ℝ"),
        ("a < b & c", "a<b&c"),
    ],
)
def test_is_a_formula_drawn_with_all_that_stands_in_it(tex, text):
    drawn = formula(tex, "block")
    assert drawn.startswith('<math display="block">') and shown(drawn) == text


def test_is_a_function_s_name_set_apart_from_its_argument_alone():
    assert formula(r"2 \log p", "inline").count("mspace") == 4
    assert "mspace" not in formula(r"-\log(p)", "inline")
    assert "mspace" not in formula("w x", "inline")


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{1}",
        r"\left( x",
        "{" * 900,
        "x" * (MAX_FORMULA + 1),
        r"\newcommand{\a}{xx} \newcommand{\b}{\a\a} \b",
        r"\def\a{xx}\a",
        r"\begin{<b>}x\end{<b>}",
    ],
)
def test_is_what_cannot_be_drawn_shown_as_it_was_written(tex):
    drawn = formula(tex, "inline")
    if not drawn.startswith("<math"):
        assert drawn == f"<code>{html.escape(tex)}</code>"
    assert "<b>" not in drawn
    if "new" in tex or "def" in tex or len(tex) > 500:
        assert drawn.startswith("<code>")


ARMED = [
    r"\href{javascript:alert(1)}{x}",
    r"\style{position:fixed;top:0}{x}",
    r"\class{verdict right}{x}",
    r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
    r"\text{</math><img src=x onerror=alert(1)>}",
    r"\text{&#60;img src=x onerror=alert(1)&#62;}",
    r"\color{white}{x}",
    r"\operatorname{a&lt;b}",
    r'\hspace{1em" onclick="alert(1)}',
    r"\verb|<b>|",
    r"\tag{<b>}",
]
_TAG = re.compile(r"</?(?:math|m[a-z]+|none|code)(?: [a-z]+=\"[^\"<>]*\")*>")
_UNWANTED = ("href", "style=", "class=", "onerror=", "onclick=", "mathcolor", "mathbackground")


def assert_harmless(drawn: str) -> None:
    rest = _TAG.sub("", drawn)
    assert "<" not in rest and ">" not in rest.replace("&gt;", "")
    for tag in _TAG.findall(drawn):
        assert not any(each in tag for each in _UNWANTED)


@pytest.mark.parametrize("tex", ARMED)
def test_holds_a_formula_nothing_but_elements_that_draw(tex):
    assert_harmless(formula(tex, "inline"))


PIECES = [*ARMED, *"{}[]()_^&%$#'<>\"\\ |", "\\\\", "\\left", "\\right", "\\frac", "\\sqrt"]
PIECES += ["\\begin{matrix}", "\\end{matrix}", "\\text{", "\\sum", "\\limits", "&lt;", "&#60;", "x"]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_does_no_formula_fail_or_bring_markup_whatever_was_written(tex):
    assert_harmless(formula(tex, "block"))
