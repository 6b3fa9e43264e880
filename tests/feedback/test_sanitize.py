"""Is what a browser would execute removed, and everything else left as it was?"""

from __future__ import annotations

import base64
import copy
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.sanitize import NOT_SHOWN, disarm_text, shown

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


def display(**data: object) -> dict[str, object]:
    named = {name.replace("__", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {"image/png": {"width": 9}}}


def markdown(source: str, **more: object) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def cleaned(source: str) -> str:
    notebook = {"cells": [markdown(source)]}
    disarm_text(notebook, ())
    return str(notebook["cells"][0]["source"])


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
def test_is_there_no_tag_and_no_script_link_whatever_was_written(source):
    text = cleaned(source)
    assert Tags(text).found == []
    assert not re.search(r"(?i)\b(javascript|vbscript|data)\s*:", text) or "data :" in text
    assert not re.search(r"(?i)\b(javascript|vbscript|data):", text)
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "source", ["> quoted", "`a < b` and $x < y$", "2 <3", "# Head", "[l](https://a.org)", "1 > 0"]
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
