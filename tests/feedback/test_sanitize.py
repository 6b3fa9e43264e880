"""Is what a browser would execute removed, and everything else left as it was?"""

from __future__ import annotations

import copy
import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.sanitize import (
    MAX_NOTEBOOK,
    NOT_SHOWN,
    as_plain_text,
    disarm_text,
    is_base64,
    plain_text,
    renders_quickly,
    shown,
)
from tests.feedback.text_cells import PNG, cleaned, markdown, rendered


def display(**data: object) -> dict[str, object]:
    named = {name.replace("__", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {"image/png": {"width": 9}}}


def test_are_text_and_raster_images_kept():
    stream = {"output_type": "stream", "name": "stdout", "text": "<b>1</b>"}
    kept = {"text/plain": "<Figure>", "image/png": PNG}
    first, second = shown([stream, display(text__plain="<Figure>", image__png=PNG)])
    assert first == stream
    assert second["data"] == kept


@pytest.mark.parametrize(
    "data",
    [
        {"text__html": "<script>it()</script>"},
        {"image__svg+xml": "<svg onload=it()>"},
        {"application__javascript": "it()"},
        {"text__latex": "\\href{javascript:it()}{x}"},
        {"text__markdown": "<img src=x onerror=it()>"},
        {"image__png": '"><script>it()</script>'},
        {"image__png": ["not", "text"]},
    ],
)
def test_is_everything_else_replaced_by_one_sentence(data):
    (output,) = shown([display(**data)])
    assert output["data"] == {"text/plain": NOT_SHOWN}
    (output,) = shown([display(text__plain="fig", **data)])
    assert output["data"] == {"text/plain": "fig"}


def test_is_metadata_dropped():
    """A width of `1" onload=it()` would end the attribute that it stands in."""
    assert shown([display(image__png=PNG)])[0]["metadata"] == {}


def test_are_outputs_not_changed_in_place():
    outputs = [display(text__html="<b>", text__plain="b")]
    before = copy.deepcopy(outputs)
    assert shown(shown(outputs)) == shown(outputs)
    assert outputs == before


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)


@given(st.text(st.sampled_from('<>/!?"=: scriptjavadata\n'), max_size=60))
def test_is_there_no_tag_whatever_was_written(source):
    text = cleaned(source)
    assert Tags(text).found == []
    assert cleaned(text) == text


def test_are_attachments_of_the_course_s_own_cells_checked_too():
    own = "![a](attachment:a.png)"
    notebook = {"cells": [markdown(own, attachments={"a.png": {"image/png": '" onerror="it()'}})]}
    disarm_text(notebook, {("markdown", own)})
    assert notebook["cells"] == [markdown(own)]


@pytest.mark.parametrize("fence", ["```", "~~~", "> ````", "- ```", "1. ~~~", "~~~`"])
@pytest.mark.parametrize("language", ["mermaid", "mermaid x", "perl6", "&#109;ermaid"])
def test_is_only_python_coloured_in_a_text(fence, language):
    marks = fence.rstrip("`") if fence.startswith("~") else fence
    assert cleaned(f"{fence}{language}\nx = 1\n") == f"{marks}text\nx = 1\n"
    assert cleaned(f"{marks}python\nx = 1\n") == f"{marks}python\nx = 1\n"


SLOW = {
    "long": "word " * 3_000,
    "stars": "a" + "*" * 1_000 + "b",
    "spaces": "a" + " \t\n" * 300 + "b",
    "brackets": "[a" * 1_000,
    "formulas": "a\\\\[ " * 600,
    "environments": "\\begin{a} " * 600,
    "levels": "*a " * 800 + "a*" * 800,
    "fences": "~~~~ a\n" * 2_000 + "~" * 500,
}


@pytest.mark.parametrize("name", SLOW)
def test_is_text_that_is_slow_to_render_shown_as_it_is(name):
    source = SLOW[name]
    assert not renders_quickly(source)
    page = rendered(source)
    assert page.startswith(("<pre", '<div class="highlight"'))
    # Renderers leave the last line ends out, and turn tabs to spaces.
    assert html.unescape(re.sub("<[^>]*>", "", page)).split() == cleaned(source).split()[1:-1]


@given(st.text(st.sampled_from("~text\n "), max_size=30))
def test_is_plain_text_recognised_again(source):
    assert plain_text(as_plain_text(source)) == source
    assert plain_text(source) is None or source.startswith("~~~")


def test_is_one_notebook_s_markdown_limited_altogether():
    cells = [markdown("word " * 1_900 + str(number)) for number in range(20)]
    disarm_text({"cells": cells}, ())
    fenced = [cell["source"].startswith("~~~text\n") for cell in cells]
    assert fenced == sorted(fenced) and 9 <= fenced.count(False) <= MAX_NOTEBOOK / 9_500


@pytest.mark.parametrize(
    "source",
    [
        "> quoted",
        "`a < b` and $x < y$",
        "2 <3",
        "# Head",
        "[l](https://a.org)",
        "1 > 0",
        "The data: 3",
        "`x[0]: 1`",
        "a[0]: the first",
        "```python\nx = 1\n```",
        "see [1] and [2]",
        "- [ ] to do",
        "![a](https://a.org/b.png)",
        "\\[x^2\\]",
        "### Why?\n\n* a\n* b",
    ],
)
def test_is_harmless_markdown_left_alone(source):
    assert cleaned(source) == source


def test_are_code_and_the_course_s_own_cells_left_alone():
    own = markdown("<b>The course's own</b>")
    code = {"cell_type": "code", "metadata": {}, "source": "x = '<b>'"}
    notebook = {"cells": [copy.deepcopy(own), copy.deepcopy(code), markdown(own["source"] + "!")]}
    disarm_text(notebook, {("markdown", own["source"])})
    assert notebook["cells"][:2] == [own, code]
    assert notebook["cells"][2]["source"] == "< b>The course's own< /b>!"


def test_are_attachments_kept_only_if_they_are_base64():
    attachments = {"a.png": {"image/png": PNG, "image/svg+xml": "<svg onload=it()>"}}
    notebook = {"cells": [markdown("x", attachments=attachments)]}
    disarm_text(notebook, ())
    assert notebook["cells"][0]["attachments"] == {"a.png": {"image/png": PNG}}


@pytest.mark.parametrize("data", [PNG, f"{PNG[:8]}\n{PNG[8:]}\n", ""])
def test_is_base64_recognised_on_one_line_or_several(data):
    assert is_base64(data)


@pytest.mark.parametrize(
    "data",
    [
        "a",
        "ab",
        "abc",
        "=",
        "ab=c",
        "ab==ab==",
        '"',
        'ab"=',
        "é",
        "a\u00a0bc",
        "abc=x",
        None,
        b"ab==",
    ],
)
def test_is_everything_else_no_base64(data):
    assert not is_base64(data)
