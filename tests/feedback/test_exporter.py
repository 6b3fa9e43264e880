"""Is each page written whole, with its policy, whatever a notebook holds?"""

from __future__ import annotations

import os

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.feedback.pages import generate_feedback
from tests.feedback.classes import add_text, every_page, keep, report


@pytest.fixture
def opened(fresh_course):
    return directory.load(fresh_course)


@pytest.mark.parametrize(
    "source",
    [
        "![plot](attachment:plot.png) zebra",
        "zebra a" + "*" * 30_000 + "b",
        "[" * 30_000 + "zebra",
        "> " * 5_000 + "zebra",
        "*a " * 3_000 + "zebra" + "a*" * 3_000,
    ],
)
def test_is_what_cannot_be_rendered_shown_as_text(opened, source):
    keep(opened, [report("ada"), report("bob")])
    add_text(opened, "ada", source)
    generate_feedback(opened, demo.STEM)
    pages = every_page(opened)
    assert set(pages) == {"ada", "bob"}
    assert "zebra" in pages["ada"]


def test_is_nothing_copied_that_was_handed_in_beside_the_notebook(opened):
    """A page of the student's own would have no policy."""
    keep(opened, [report("ada")])
    folder = opened.folder("autograded", demo.STEM, "ada")
    (folder / "more.html").write_text("<script>it()</script>")
    (page,) = generate_feedback(opened, demo.STEM)
    assert list(page.parent.iterdir()) == [page]


def test_is_code_that_a_lexer_would_be_slow_on_shown_without_colours(opened):
    source = "zebra = 1" + "\n" * 20_000 + "lion = '<b>'"
    keep(opened, [report("ada")], {"ada": {"relu_backward": source}})
    generate_feedback(opened, demo.STEM)
    text = every_page(opened)["ada"]
    assert "<pre>zebra = 1\n" in text and "lion = '&lt;b&gt;'</pre>" in text


def test_is_no_page_without_its_policy_whenever_the_run_is_stopped(opened, monkeypatch):
    """Every file that appears below feedback/ is looked at, at the moment when it appears."""
    replaced = os.replace
    seen = []

    def look(source, target):
        replaced(source, target)
        seen.append(target)
        every_page(opened)
        if len(seen) == 2:
            raise KeyboardInterrupt

    keep(opened, [report(name) for name in ("ada", "bob", "eve")])
    monkeypatch.setattr(os, "replace", look)
    with pytest.raises(KeyboardInterrupt):
        generate_feedback(opened, demo.STEM)
    assert len(seen) == 2
    assert set(every_page(opened)) == {"ada"}
