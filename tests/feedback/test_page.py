"""Can everybody read a page: with a screen reader, on a phone, in the dark, without a network?"""

from __future__ import annotations

import copy
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from nbformat import v4

from autograder.feedback import highlight, markdown
from autograder.feedback.page import NO_RESPONSE, render
from autograder.feedback.pages import POLICY
from autograder.gradebook.graded_cells import GradedCells, Score
from autograder.gradebook.outputs import write_outputs
from autograder.questions import catalogue
from autograder.records import Outcome, Report, Verdict
from tests.conftest import EXHAUSTIVE, REPOSITORY, source
from tests.feedback.text_cells import PNG

STEMS = sorted(path.stem for path in (REPOSITORY / "solutions").glob("week*.py"))
SOME = STEMS if EXHAUSTIVE else STEMS[::4]
VOID = {"meta", "img", "br", "hr", "input", "link", "base"}
OUTCOMES = (Outcome.RIGHT, Outcome.VALUES, Outcome.NOT_ATTEMPTED)


class Page(HTMLParser):
    """A page's elements in order, and its texts; complains where a tag is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def graded(stem: str) -> tuple[Any, GradedCells]:
    """A lesson's notebook as graded, with every kind of output, and its points and comments."""
    week = catalogue.week(stem)
    notebook = copy.deepcopy(source(stem))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                v4.new_output("stream", text="printed <b>\n"),
                v4.new_output("execute_result", {"text/plain": "array([1.])"}, execution_count=3),
                v4.new_output("display_data", {"image/png": PNG, "text/plain": "<Figure>"}),
                v4.new_output("error", ename="E", evalue="x", traceback=["a", "b"]),
            ]
    verdicts = [
        Verdict(name, 0.0, question.points, OUTCOMES[at % 3], f"{name} · 0 points\nIt <b>.\n  1 2")
        for at, (name, question) in enumerate(week.questions.items())
    ]
    write_outputs(notebook, Report("ada", week.name, tuple(verdicts)))
    cells = GradedCells(late_penalty=2.5)
    for name, points in week.points_by_name.items():
        cells.scores[name] = Score(points / 4, points, name in week.written)
        cells.comments[f"solution-{name}"] = NO_RESPONSE
    for name in week.written:
        cells.comments[name] = "## Well *done*: $x^2$ <script>it()</script>"
    return notebook, cells


@cache
def made(stem: str) -> str:
    notebook, cells = graded(stem)
    return render(notebook, stem, cells)


@pytest.mark.parametrize("stem", SOME)
def test_are_the_headings_of_a_page_in_order(stem):
    read = Page(made(stem))
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert read.elements[0] == ("html", {"lang": "en"})


@pytest.mark.parametrize("stem", SOME)
def test_does_every_link_within_a_page_lead_somewhere(stem):
    read = Page(made(stem))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    named = [attributes["aria-labelledby"] for attributes in read.all("nav")]
    linked = [each["href"] for each in read.all("a") if each["href"].startswith("#")]
    assert {*named, *(each.removeprefix("#") for each in linked)} <= set(ids)
    assert all(each.startswith(("#", "https://")) for each in (a["href"] for a in read.all("a")))


@pytest.mark.parametrize("stem", SOME)
def test_does_the_list_of_contents_name_each_question_once(stem):
    week = catalogue.week(stem)
    contents = made(stem).partition("<nav")[2].partition("</nav>")[0]
    assert re.findall('<a href="#question-([^"]*)">([^<]*)</a>', contents) == [
        (name, name) for name in graded_names(stem)
    ]
    assert set(graded_names(stem)) == set(week.points_by_name)
    assert re.findall('href="#comment-([^"]*)"', contents) == list(week.written)


def graded_names(stem: str) -> list[str]:
    """The names of the graded cells, in the notebook's order."""
    stamps = [cell.metadata.get("nbgrader", {}) for cell in source(stem).cells]
    return [stamp["grade_id"] for stamp in stamps if stamp.get("grade")]


@pytest.mark.parametrize("stem", SOME)
def test_can_what_is_wider_than_a_phone_be_scrolled_by_keyboard(stem):
    read = Page(made(stem))
    scrolling = read.all("pre") + [
        attributes
        for _, attributes in read.elements
        if attributes.get("class") in ("scroll", "formula", "long formula")
    ]
    for attributes in scrolling:
        assert attributes["tabindex"] == "0" and attributes["role"] == "group"
        assert attributes["aria-label"]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in read.all(
        "meta"
    )


@pytest.mark.parametrize("stem", SOME)
def test_has_every_picture_an_alternative_text(stem):
    pictures = Page(made(stem)).all("img")
    assert pictures and all(each["alt"] for each in pictures)


@pytest.mark.parametrize("stem", SOME)
def test_does_a_page_ask_the_network_for_nothing_and_run_nothing(stem):
    read = Page(made(stem))
    policies = [each["content"] for each in read.all("meta") if "http-equiv" in each]
    assert policies == [POLICY]
    assert not read.all("script", "link", "iframe", "object", "embed", "form", "base", "svg")
    assert all(each["src"].startswith("data:image/") for each in read.all("img"))
    style = made(stem).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style and "<style" not in style
    names = {name for _, attributes in read.elements for name in attributes}
    # Colours in `style` would escape the law on contrast.
    assert "style" not in names and not [name for name in names if name.startswith("on")]


def test_allows_the_policy_no_script_and_no_request():
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def texts(stem: str) -> list[str]:
    """A lesson's text cells; making its notebook would take most of the time here."""
    lesson = (REPOSITORY / "solutions" / f"{stem}.py").read_text()
    _, *cells = re.split(r"^# %% \[markdown\].*\n", lesson, flags=re.MULTILINE)
    return [re.sub(r"^# ?", "", cell.partition("\n# %%")[0], flags=re.MULTILINE) for cell in cells]


@pytest.mark.parametrize("stem", STEMS)
def test_is_every_formula_of_a_lesson_drawn(stem, monkeypatch):
    drawn = []
    original = markdown.formula

    def formula(tex, display):
        made = original(tex, display)
        drawn.append((tex, made))
        return made

    monkeypatch.setattr(markdown, "formula", formula)
    for text in texts(stem):
        html = markdown._rendered(text, 1, {}).html
        # No dollar is left, but in code and where a price is told.
        rest = re.sub("<code>.*?</code>|<math.*?</math>", "", html, flags=re.DOTALL)
        assert not re.search(r"\$[^$\d]|\\[a-z(\[]", rest), text
    assert [tex for tex, made in drawn if not made.startswith("<math ")] == []


@pytest.mark.parametrize("stem", SOME)
def test_does_nothing_below_a_check_repeat_its_points(stem):
    text = made(stem)
    assert "Out[" not in text and "In [" not in text and "In&nbsp;[" not in text
    for name, points in catalogue.week(stem).points_by_name.items():
        (panel,) = re.findall(f'id="question-{name}">.*?<p class="back"', text, re.DOTALL)
        heading = panel.partition("</h")[0]
        if name in catalogue.week(stem).written:
            assert f"not graded yet, worth {points:g} points" in heading
        else:
            shown = f"{points / 4:g} of {points:g} points" if points else "for practice, no points"
            assert shown in heading
            assert (
                re.sub("<[^>]*>", "", panel.removesuffix('<p class="back"'))
                .rstrip()
                .endswith("1 2")
            )


def test_are_outputs_and_verdicts_shown_as_text():
    text = made(STEMS[6])
    assert "printed &lt;b&gt;" in text and "array([1.])" in text and "a\nb" in text
    assert text.count("<p>It &lt;b&gt;.</p>") and '<p class="numbers">  1 2</p>' in text
    for kind, mark in (("right", "✓"), ("wrong", "△"), ("calm", "○")):
        assert re.search(f'class="verdict {kind}">\\s*<p class="finding">{mark} ', text)


def test_is_a_comment_shown_as_harmless_text_and_an_automatic_one_not_listed():
    text = made(STEMS[6])
    comment = text.partition('class="comment" id="comment-why')[2]
    assert "<em>done</em>: <math" in comment and "&lt; script&gt;it()" in comment
    assert NO_RESPONSE in text and f"Comment on {STEMS[6]}" not in text
    assert text.partition("</nav>")[0].count("Comment on") == 1


def test_is_the_total_that_of_the_gradebook():
    points = sum(catalogue.week(STEMS[6]).points_by_name.values())
    text = made(STEMS[6]).partition("<nav")[0]
    assert f"<strong>{points / 4 - 2.5:g} of {points:g} points</strong>, after 2.5 were" in text


def test_is_a_cell_that_stands_there_twice_graded_once():
    notebook, cells = graded(STEMS[6])
    notebook.cells += copy.deepcopy(notebook.cells)
    read = Page(render(notebook, "x", cells))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("plt.plot(x)", "Plot drawn by the code above"),
        ('ax.set_title("Loss <x>"); ax.set(xlabel="epoch")', "above: Loss &lt;x&gt;; epoch"),
        ("plt.title('a'); plt.title('a')", "above: a"),
        ('plt.title(f"{x} of {y}")', "Plot drawn by the code above"),
    ],
)
def test_does_a_plot_s_alternative_text_have_its_titles(code, shown):
    picture = v4.new_output("display_data", {"image/png": PNG})
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code, outputs=[picture])])
    assert f'{shown}">' in render(notebook, "x", GradedCells())


@pytest.mark.parametrize(
    ("below", "shown"),
    [
        ("*In words:* a curve that *falls* to $10^{-3}$.\n\nMore.", "a curve that falls to 10^-3."),
        ('*In words:* "<b>"', "&#34;&lt;b&gt;&#34;"),
        ("Not *In words:* here.", "Plot drawn by the code above"),
    ],
)
def test_does_a_plot_s_alternative_text_say_what_the_lesson_says_in_words(below, shown):
    picture = v4.new_output("display_data", {"image/png": PNG})
    drawing = v4.new_code_cell("plt.plot(x)", outputs=[picture])
    notebook = v4.new_notebook(cells=[drawing, v4.new_markdown_cell(below)])
    assert f'alt="{shown}">' in render(notebook, "x", GradedCells())


def test_is_what_pages_share_rendered_once():
    notebook, cells = graded(STEMS[6])
    render(notebook, "x", cells)
    answer = next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("solution-")
    )
    answer.source = "only_here = 1"
    before = [each.cache_info().misses for each in (markdown._shared, highlight._colored)]
    render(notebook, "x", cells)
    after = [each.cache_info().misses for each in (markdown._shared, highlight._colored)]
    assert [more - less for more, less in zip(after, before, strict=True)] == [0, 1]


def test_are_texts_in_the_courses_language_and_verdicts_in_ours():
    notebook, cells = graded(SOME[0])
    page = render(notebook, "x", cells, "de", "Netze <1>")
    assert "<p>Netze &lt;1&gt;</p>" in page
    assert '<html lang="en">' in page and '<main id="notebook" lang="de">' in page
    assert page.count('<div class="verdict') == page.count(' lang="en">') - 1 > 0
    assert 'lang="de"' not in made(SOME[0])
