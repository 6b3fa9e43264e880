"""Are texts on a page what Jupyter shows, with headings in order and no dangerous link?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.feedback import markdown
from autograder.feedback.sanitize import disarm_text
from tests.feedback import text_cells
from tests.feedback.test_links import FORMS, PIECES, SPELLINGS, normalised
from tests.feedback.text_cells import PNG, Addresses

PICTURE = {"a.png": {"image/png": PNG}}


def html(source: str, level: int = 1, **attachments: dict[str, str]) -> str:
    return markdown.text(source, level, attachments).html


def student_s(source: str, **attachments: dict[str, str]) -> str:
    """A student's text as the page shows it."""
    notebook = {"cells": [text_cells.markdown(source, attachments={**attachments})]}
    disarm_text(notebook, ())
    (cell,) = notebook["cells"]
    return markdown.text(cell["source"], 1, cell.get("attachments", {})).html


@pytest.mark.parametrize(
    ("before", "levels", "after"),
    [
        (1, "# ## ###", [2, 3, 4]),
        (1, "### ### ###", [2, 3, 4]),
        (4, "# ##### #", [2, 3, 2]),
        (6, "###### # ######", [6, 2, 3]),
        (2, "", []),
    ],
)
def test_is_no_level_of_headings_skipped(before, levels, after):
    source = "\n\n".join(f"{level} x" for level in levels.split())
    made = markdown.text(source, before, {})
    assert [int(level) for level in re.findall("<h([1-6])>", made.html)] == after
    assert made.level == (after[-1] if after else before)


def test_is_a_formula_drawn_within_a_line_and_on_its_own():
    page = html("So $x^2$ is\n\n$$\\frac{a}{b}$$\n\n\\begin{align}a &= b\\end{align}")
    assert page.count("<math") == 3 and page.count('<math display="block"') == 2
    # What is wider than a phone scrolls, also by keyboard.
    assert 'class="long formula" role="group"' in html("So $" + "x + " * 20 + "y$")
    assert page.count('class="formula" role="group" aria-label="Formula" tabindex="0"') == 2


def test_is_code_coloured_only_as_python():
    assert '<span class="k">def</span>' in html("```python\ndef f(): pass\n```")
    for info in ("", "text", "perl6", "mermaid", "html"):
        page = html(f"```{info}\ndef <b>\n```")
        assert page == (
            '<pre role="group" aria-label="Code" tabindex="0"><code>def &lt;b&gt;\n</code></pre>\n'
        )


def test_has_a_task_list_no_box_without_a_label():
    assert "<input" not in html("- [ ] to do\n- [x] done")


def test_does_a_wide_table_scroll_and_have_headings_that_say_something():
    page = html("||b|\n|-|-:|\n|1|2|")
    assert page.startswith('<div class="scroll" role="group" aria-label="Table" tabindex="0">')
    cells = re.findall("<t[hd][^>]*>[^<]*</t[hd]>", page)
    assert cells == [
        "<td></td>",
        '<th scope="col" class="to-right">b</th>',
        "<td>1</td>",
        '<td class="to-right">2</td>',
    ]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[x](#part-1)", "<p>x</p>"),
        ("[x](notes.md)", "<p>x</p>"),
        ("[x](javascript:it)", "<p>x</p>"),
        ("[x](https://a.org/?b=1&c)", '<p><a href="https://a.org/?b=1&amp;c">x</a></p>'),
        ("[x](mailto:a@b.org)", '<p><a href="mailto:a@b.org">x</a></p>'),
        ("![A **robot**](https://a.org/b.png)", '<p><a href="https://a.org/b.png">A robot</a></p>'),
        (
            "![](https://a.org/b.png)",
            f'<p><a href="https://a.org/b.png">{markdown.NAMELESS}</a></p>',
        ),
        ("![x](b.png)", "<p>x</p>"),
    ],
)
def test_does_a_link_lead_to_another_page_or_is_text(source, shown):
    assert re.sub("</?strong>", "", html(source)).strip() == shown


@pytest.mark.parametrize(
    ("alternative", "shown"),
    [("A plot", "A plot"), ("", markdown.NAMELESS), ('a "b" & <c', "a &quot;b&quot; &amp; &lt;c")],
)
def test_has_an_attached_picture_an_alternative_text(alternative, shown):
    page = html(f"![{alternative}](attachment:a.png)", **PICTURE)
    assert f'<img src="data:image/png;base64,{PNG}" alt="{shown}">' in page


@pytest.mark.parametrize("source", ["![x](attachment:b.png)", "*" * 30_000, "> " * 5_000 + "x"])
def test_is_what_cannot_be_rendered_shown_as_text(source):
    page = html(source)
    assert page.startswith('<pre role="group" aria-label="Text" tabindex="0"><code>')
    assert markdown.text(source, 3, {}).level == 3


def test_is_a_shared_text_rendered_once_and_the_same_at_every_level(monkeypatch):
    rendered = []
    original = markdown._rendered

    def counted(*given):
        rendered.append(given)
        return original(*given)

    monkeypatch.setattr(markdown, "_rendered", counted)
    source = "## Only in this test\n\n$x$"
    assert html(source) == html(source) and len(rendered) == 1
    assert "<h3>" in html(source, 2) and len(rendered) == 2


def assert_allowed(page: str) -> None:
    found = Addresses(page)
    assert all(
        normalised(each).startswith(("http://", "https://", "mailto:")) for each in found.links
    )
    assert all(normalised(each).startswith("data:image/png;base64,") for each in found.images)


@pytest.mark.parametrize("form", FORMS)
def test_is_a_link_to_anything_else_shown_as_text(form):
    for spelling in SPELLINGS:
        page = student_s(form.format(spelling))
        assert_allowed(page)
        assert Addresses(page).links == []


@settings(max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_has_every_link_an_allowed_scheme_whatever_was_written(source):
    assert_allowed(student_s(source, **PICTURE))
    # The second line of defence holds without the first, tags apart.
    assert_allowed(html(source.replace("<", "&lt;")))
