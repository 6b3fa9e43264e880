"""Does the page need nothing else, run nothing, and can everybody read it?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.feedback.report.write import write_report
from tests.feedback.classes import WEEK
from tests.feedback.report.a_class import FRAME, SCRIPT, Page

pytestmark = pytest.mark.slow


def test_does_the_page_need_nothing_else_and_run_nothing(opened):
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "form", "image"}
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    assert page.attributes("src") == []
    links = page.attributes("href") + page.attributes("xlink:href")
    assert links and all(link.startswith("#") for link in links)
    for text in (SCRIPT, FRAME, "{{ 1 }}", "onerror=y"):
        assert text in page.text, text
    style = Path(opened.root, "reports", f"{demo.STEM}.html").read_text().partition("</style>")[0]
    assert "url(" not in style and "@import" not in style


def test_can_everybody_read_the_page(opened):
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    named = " ".join(page.attributes("aria-labelledby")).split()
    assert set(named) <= set(ids)
    assert {link[1:] for link in page.attributes("href")} <= set(ids)
    figures = [found for tag, found in page.elements if tag == "svg"]
    assert len(figures) == page.count("figure") == page.count("figcaption") == 5
    assert all(each["role"] == "img" and each["aria-labelledby"] for each in figures)
    assert page.count("title") == 6 and page.count("desc") == 5
    assert page.count("table") == page.count("caption") > 0
    assert all(scope in ("row", "col") for scope in page.attributes("scope"))
    assert page.count("th") == len(page.attributes("scope"))
    assert page.count("main") == page.count("nav") == page.count("header") == page.count("h1") == 1
    assert page.elements[0] == ("html", {"lang": "en"})
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
