"""One graded notebook as an HTML page: no network, no scripts, no other files.

All of its HTML is made here: by `markdown` from texts, by `highlight` from code, and by the
template. Outputs and verdicts are text, and are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.feedback import markdown
from autograder.feedback.highlight import code_block, highlighted
from autograder.feedback.markdown import LOWEST
from autograder.feedback.pages import META
from autograder.feedback.sanitize import IMAGES, NOT_SHOWN, disarm_text, is_base64
from autograder.feedback.verdict import ShownVerdict, mark_in, of_message
from autograder.gradebook.graded_cells import GradedCells, Score
from autograder.output.text import printable
from autograder.release.start_here import first_cell

TEMPLATE = "page.html.jinja"
NO_RESPONSE = "No response."
"""nbgrader's comment on a cell that a student left as it was; it needs no entry of its own."""
_PREFIX = "solution-"

# The titles and labels that a cell gives a plot say what there is to see.
_TITLES = re.compile(
    r"(?:title|xlabel|ylabel)(?:\(| ?= ?) ?(?:\"([^\"\n{}]{1,80}+)\"|'([^'\n{}]{1,80}+)')"
)
_MOST_TITLES = 6
# How a lesson begins the text below a plot, for readers who do not see it.
_IN_WORDS = "*In words:*"


@dataclass
class Part:
    """One cell of the notebook, as the template shows it.

    Attributes:
        body: its text or code as HTML.
        level: of its heading, if it has one.
        answer: the name of what a student answered here; "" for other cells.
        question: the name of what is graded here; "" for other cells.
    """

    body: Markup
    level: int
    answer: str = ""
    question: str = ""
    score: Score | None = None
    verdict: ShownVerdict | None = None
    outputs: list[Markup] = field(default_factory=list)
    comment: Markup | None = None
    is_comment_listed: bool = False


def render(
    notebook: Mapping[str, Any],
    title: str,
    graded: GradedCells,
    language: str = "en",
    course: str = "",
) -> str:
    """The page of one submission.

    Args:
        notebook: as graded (nbformat 4), with its texts and outputs sanitized.
        title: names the week.
        graded: the submission's points and comments.
        language: of the notebook's texts; verdicts are in English.
        course: the course's title; empty if it has none.
    """
    page: str = _template().render(
        meta=Markup(META),
        title=title,
        language=language,
        course=course,
        parts=list(_parts(notebook, graded)),
        earned=graded.earned,
        worth=graded.worth,
        late_penalty=graded.late_penalty,
        waiting=graded.waiting,
    )
    return page


def _parts(notebook: Mapping[str, Any], graded: GradedCells) -> Iterator[Part]:
    """The notebook's cells in order, each graded cell once."""
    level = 1
    scores, comments = dict(graded.scores), dict(graded.comments)
    cells = notebook["cells"]
    for cell, below in zip_longest(cells, cells[1:]):
        stamp = cell["metadata"].get("nbgrader", {})
        if stamp.get("grade_id") == first_cell.CELL:
            continue
        body, level_after = _body(cell, level)
        part = Part(body, min(level + 1, LOWEST))
        level = level_after
        name = str(stamp.get("grade_id", ""))
        if stamp.get("solution"):
            part.answer = name.removeprefix(_PREFIX)
            if comment := comments.pop(name, ""):
                part.comment = _comment(comment)
                part.is_comment_listed = comment != NO_RESPONSE
        if name in scores:
            part.question, part.score = name, scores.pop(name)
        outputs = cell.get("outputs", [])
        if part.question and cell["source"].strip() == f'check("{name}")':
            part.verdict = _verdict(outputs)
        else:
            described = _in_words(below) or _description(cell["source"])
            part.outputs = [_output(output, described) for output in outputs]
        yield part


def _body(cell: Mapping[str, Any], level: int) -> tuple[Markup, int]:
    """A cell as HTML, and the level of the last heading up to its end."""
    if cell["cell_type"] == "markdown":
        html, level = markdown.text(cell["source"], level, cell.get("attachments", {}))
        return Markup(html), level
    if cell["cell_type"] == "code":
        return Markup(code_block(cell["source"], "Code", highlighted(cell["source"]))), level
    return Markup(code_block(cell["source"], "Text")), level


def _comment(comment: str) -> Markup:
    """A comment of the person who graded, with the same Markdown as a student's text."""
    cell = {"cell_type": "markdown", "source": comment}
    disarm_text({"cells": [cell]}, ())
    return Markup(markdown.text(cell["source"], LOWEST - 1, {}).html)


def _verdict(outputs: Sequence[Mapping[str, Any]]) -> ShownVerdict | None:
    """The message below a check; its points stand in the heading."""
    for output in outputs:
        data = output.get("data", {})
        if output["output_type"] == "display_data" and "text/plain" in data:
            return of_message(data["text/plain"], mark_in(data.get("text/html", "")))
    return None


def _output(output: Mapping[str, Any], described: str) -> Markup:
    """One output as text or as a picture with its description; the rest of it is left out."""
    if output["output_type"] == "stream":
        return Markup(code_block(printable(output["text"]), "Output"))
    if output["output_type"] == "error":
        lines = output["traceback"] or [f"{output['ename']}: {output['evalue']}"]
        return Markup(code_block(printable("\n".join(lines)), "Error"))
    data = output["data"]
    for kind in sorted(IMAGES & set(data)):
        if is_base64(data[kind]):
            image = Markup('<img src="data:{};base64,{}" alt="{}">')
            return image.format(kind, "".join(data[kind].split()), described)
    return Markup(code_block(printable(data.get("text/plain", NOT_SHOWN)), "Output"))


def _in_words(below: Mapping[str, Any] | None) -> str:
    """What the cell below says that a plot shows, as plain text; "" where it does not."""
    if below is None or below["cell_type"] != "markdown":
        return ""
    marked, _, words = below["source"].partition(_IN_WORDS)
    paragraph = words.partition("\n\n")[0]
    return "" if marked else " ".join(re.sub(r"[*_`$\\{}]", "", paragraph).split())


def _description(source: str) -> str:
    """What a plot shows, by the words that its code writes on it."""
    found = [double or single for double, single in _TITLES.findall(source)[:_MOST_TITLES]]
    words = "; ".join(dict.fromkeys(found))
    return f"Plot drawn by the code above: {words}" if words else "Plot drawn by the code above"


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda value: f"{round(value, 2):g}"
    return environment.get_template(TEMPLATE)
