"""The report as one self-contained HTML page: no network, no scripts, no other files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from autograder.feedback.report import figures
from autograder.feedback.report.contents import MOST_UNEXPLAINED, Contents
from autograder.feedback.report.findings import MOST_COSTLY, Findings
from autograder.output.text import as_html

TEMPLATE = "page.html.jinja"


def render(made: Contents) -> str:
    """The page as HTML. Everything that students wrote is escaped, and scripts are forbidden."""
    findings = made.findings
    points = [score.points for score in findings.scores if score.points is not None]
    worth = findings.scores[0].max_points if findings.scores else 0.0
    drawn: dict[str, Any] = {"scores": "", "heat_map": "", "questions": []}
    left_out = 0
    if findings.summary:
        drawn["scores"] = Markup(figures.score_distribution(points, worth, findings.summary.median))
    if findings.counts:
        names = [each.question for each in findings.questions]
        heat_map, left_out = figures.heat_map(names, findings.counts)
        drawn["heat_map"] = Markup(heat_map)
    if findings.submissions > len(findings.unreadable):
        bars = (figures.difficulty_bars, figures.discrimination_bars, figures.seconds_bars)
        drawn["questions"] = [Markup(draw(findings.questions)) for draw in bars]
    page: str = _template().render(
        made=made,
        findings=findings,
        drawn=drawn,
        left_out=left_out,
        worth=worth,
        flagged=[each for each in findings.questions if each.flags],
        summary_rows=_summary_rows(findings),
        handed_in=len(points),
        costly=made.misconceptions[:MOST_COSTLY],
        queue=made.unexplained[:MOST_UNEXPLAINED],
        counts=sorted(findings.counts, key=lambda count: (-count.students, count.found)),
    )
    return page


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"markdown": _markdown, "verdict": _verdict, "points": _points}
    environment.filters["milliseconds"] = figures.milliseconds
    return environment.get_template(TEMPLATE)


def _markdown(text: str) -> Markup:
    """A mistake's page, with headings below the level of the section that contains it."""
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h4"
    return Markup(reader.renderer.render(tokens, reader.options, {}))


def _verdict(message: str) -> Markup:
    return Markup(as_html(message, right=False))


def _summary_rows(findings: Findings) -> list[tuple[str, float]]:
    """The rows of the table beside the score distribution."""
    if (summary := findings.summary) is None:
        return []
    return [
        ("grades", summary.count),
        ("lowest", summary.minimum),
        ("lower quartile", summary.lower_quartile),
        ("median", summary.median),
        ("upper quartile", summary.upper_quartile),
        ("highest", summary.maximum),
        ("mean", summary.mean),
        ("standard deviation", summary.deviation),
    ]


def _points(value: float) -> str:
    """At most two decimals, and none for whole numbers."""
    return f"{round(value, 2):g}" if abs(value) < 1e5 else f"{value:.0f}"
