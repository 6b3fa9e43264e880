"""Is what a browser would execute removed, and everything else left as it was?"""

from __future__ import annotations

import base64
import copy
import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix

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
def test_is_there_no_tag_whatever_was_written(source):
    text = cleaned(source)
    assert Tags(text).found == []
    assert cleaned(text) == text


class Addresses(HTMLParser):
    """All that a page links to or loads, with entities resolved as a browser does."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "src" and tag == "img":
                self.images.append(value or "")
            elif name in ("href", "src", "action", "formaction", "data", "xlink:href", "srcset"):
                self.links.append(value or "")
            assert not name.startswith("on")


def normalised(address: str) -> str:
    """An address as the URL standard reads it: no white space around it, no tab or line in it."""
    whole = address.strip("".join(map(chr, range(0x21))))
    return re.sub(r"[\t\n\r]", "", whole).casefold()


def assert_allowed(page: str) -> None:
    found = Addresses(page)
    # Written out here, so that a change of the code's own list does not change the law.
    allowed = ("http://", "https://", "mailto:", "#")
    assert all(normalised(each).startswith(allowed) for each in found.links)
    pictures = (*allowed, "data:image/png;base64,")
    assert all(normalised(each).startswith(pictures) for each in found.images)


def rendered(source: str, **attachments: dict[str, str]) -> str:
    """The cell as nbgrader's pages show it."""
    notebook = {"cells": [markdown(source, attachments={**attachments})]}
    disarm_text(notebook, ())
    (cell,) = notebook["cells"]
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}))
    return strip_files_prefix(MarkdownWithMath(renderer=renderer).render(cell["source"]))


SPELLINGS = [
    "javascript:alert(1)",
    "java&#115;cript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#x3a;alert(1)",
    "&#106;avascript:alert(1)",
    "java\tscript:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#1;javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\\script:alert(1)",
    "javascript\\:alert(1)",
    "JaVaScRiPt:alert(1)",
    "vbscript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "files/javascript:alert(1)",
    "/files/javascript:alert(1)",
    "file:///etc/passwd",
    "blob:x",
    "//answers.example",
    "notes.md",
    "attachment:a.png",
    "https&colon;//a.org",
]
FORMS = [
    "[x]({})",
    "![x]({})",
    "[x]( \n {})",
    "[x](<{}>)",
    '[x]({} "title")',
    "<{}>",
    '<a href="{}">x</a>',
    "[x]\n\n[x]: {}",
    "[x][y]\n\n > [y]: {}",
    "[x]\n\n1. [x]: <{}>\n",
    "![x][y]\n\n[y]:\n{}",
    "[![y]({0})]({0})",
    "# [x]({})",
    "|a|\n|-|\n|[x]({})|",
    "`a`[x]({})$b$",
    "[`]`]({})",
    "[x\\]]({})",
    "t\n: [x]({0})\n\n    [y]: {0}\n\n    [y]",
    "[x\r]\r\r[x]: {}",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_is_a_link_to_anything_else_shown_as_text(form, spelling):
    page = rendered(form.format(spelling))
    assert_allowed(page)
    # A heading links to itself.
    assert all(each.startswith("#") for each in Addresses(page).links)


PIECES = [
    *SPELLINGS,
    *("[", "]", "(", ")", "](", "]:", "![", "<", ">", "`", "``", "$", "$$", "\\", "\\(", "\\)"),
    *(
        "\n",
        "\n\n",
        "\r",
        "\x0b",
        "\u2028",
        "\xa0",
        "\t",
        " ",
        "    ",
        "> ",
        "- ",
        "1. ",
        ": ",
        "# ",
        "    ",
    ),
    *(
        "    ",
        "&",
        "&#",
        ";",
        ":",
        '"',
        "'",
        "|",
        "~~",
        "~~~",
        "```",
        "*",
        "_",
        "x",
        "[x]",
        "[x]: ",
    ),
    *("https://", "mailto:", "#", "![x](attachment:a.png)", "\\begin{a}", "\\end{a}"),
]


@settings(max_examples=600)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_has_every_link_an_allowed_scheme_whatever_was_written(source):
    assert_allowed(rendered(source, **{"a.png": {"image/png": PNG}}))
    assert cleaned(cleaned(source)) == cleaned(source)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("[x](https://a.org/b_(c)?d=e#f)", "https://a.org/b_(c)?d=e#f"),
        ('[x](HTTP://a.org "title")', "HTTP://a.org"),
        ("[x](mailto:a@b.org)", "mailto:a@b.org"),
        ("[x](#head)", "#head"),
        ("https://a.org", "https://a.org"),
        ("[x]\n\n[x]: https://a.org", "https://a.org"),
        ('[x][1]\n\n- [1]: https://a.org "A title"\n- [2]: https://b.org', "https://a.org"),
    ],
)
def test_does_a_link_with_an_allowed_scheme_stay_a_link(source, address):
    assert address in Addresses(rendered(source)).links


def test_is_a_label_that_stands_for_much_text_no_label():
    """Otherwise a page could be a thousand times as long as what was handed in."""
    for definition in ("[x]: https://a.org/" + "a" * 3_000, f'[x]: #a\n"{"a" * 3_000}"'):
        source = f"{definition}\n\n" + "[x] " * 1_000
        assert len(rendered(source)) < 10 * len(source)


def test_is_an_attached_picture_shown_once_and_nothing_else():
    picture = {"image/png": PNG}
    names = ("a.png", "b%20%C3%A9.png", "a.png", "c.png")
    source = "\n\n".join(f"- ![é {name}](attachment:{name})" for name in names)
    page = rendered(source, **{"a.png": picture, "b é.png": picture})
    assert page.count("<img") == 2 and page.count(PNG) == 2
    assert "attachment:c.png" in page


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
