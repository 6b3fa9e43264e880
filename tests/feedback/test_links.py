"""Has every link in a text cell an allowed scheme, however it is spelled?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feedback.text_cells import PNG, Addresses, cleaned, rendered


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


@pytest.mark.slow
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
