"""The report's figures, drawn by Matplotlib in the course's style, as inline SVG.

Text stays text, so that it can be searched and copied. Every figure has a title and a description,
and the page also has its numbers as a table.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING

from autograder.feedback.report.findings import UNEXPLAINED, Count, QuestionFigures
from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, VERMILION = COLORS[0], COLORS[1]
MOST_COLUMNS = 24
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'(href="#|url\(#)([^")]+)')


def score_distribution(points: Sequence[float], worth: float, median: float) -> str:
    """A histogram of the class's scores with its median."""
    drawing, axes = figure(figsize=(5.2, 3.1))
    top = max([worth, *points], default=1.0) or 1.0
    bins = [top * place / 20 for place in range(21)]
    axes.hist(points, bins=bins, color=BLUE, edgecolor="white", linewidth=0.8)
    axes.axvline(median, color=VERMILION, linestyle="--", linewidth=2)
    right = median > top / 2
    axes.annotate(
        f"median {median:g}",
        (median, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if right else 5, -3),
        textcoords="offset points",
        ha="right" if right else "left",
        va="top",
        color="#9C4300",
        fontsize=9,
    )
    axes.set_xlim(0, top)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(f"points of {worth:g}")
    axes.set_ylabel("students")
    return _svg(
        drawing,
        "scores",
        "Distribution of scores",
        f"Histogram of the points of {len(points)} students; the median is {median:g} "
        f"of {worth:g}.",
    )


def heat_map(questions: Sequence[str], counts: Sequence[Count]) -> tuple[str, int]:
    """Questions by findings, with the number of students in every cell.

    Returns:
        The figure, and how many of the rarest misconceptions it leaves out.
    """
    import numpy as np

    columns, left_out = _columns(counts)
    rows = [name for name in questions if any(c.question == name for c in counts)]
    table = np.zeros((len(rows), len(columns)))
    for count in counts:
        if (count.found, count.is_mistake) in columns:
            table[rows.index(count.question), columns.index((count.found, count.is_mistake))] = (
                count.students
            )
    size = (2.1 + 0.36 * len(columns), 2.2 + 0.31 * len(rows))
    drawing, axes = figure(figsize=size)
    # As shapes: an embedded bitmap would be blurred in print.
    axes.pcolormesh(
        np.ma.masked_equal(table, 0), cmap="Blues", vmin=0, edgecolors="#E5E5E5", linewidth=0.8
    )
    axes.invert_yaxis()
    # White only on the darkest blues; black has more contrast on all others.
    dark = table.max() * 0.72
    for (row, column), students in np.ndenumerate(table):
        if students:
            color = "white" if students > dark else "black"
            axes.text(
                column + 0.5,
                row + 0.5,
                f"{students:g}",
                ha="center",
                va="center",
                color=color,
                size=9,
            )
    names = [name for name, _ in columns]
    middles = np.arange(max(table.shape)) + 0.5
    axes.set_xticks(middles[: len(names)], names, rotation=50, ha="right", rotation_mode="anchor")
    axes.set_yticks(middles[: len(rows)], rows)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    mistakes = sum(is_mistake for _, is_mistake in columns)
    if 0 < mistakes < len(columns):
        axes.axvline(mistakes, color=GREY, linewidth=2, linestyle="-")
    description = (
        f"Heat map of {len(rows)} questions by {len(columns)} findings; each cell counts the "
        "students. The table below has the same numbers."
    )
    return _svg(drawing, "heat-map", "Questions by misconceptions", description), left_out


def difficulty_bars(questions: Sequence[QuestionFigures]) -> str:
    """The share of the points that the class earned at each question."""
    return _bars(
        [(each.question, each.difficulty) for each in questions],
        "difficulty",
        "Difficulty: share of the points earned",
        "share of the points earned (1 is easy)",
        (0.0, 1.0),
        "{:.2f}".format,
    )


def discrimination_bars(questions: Sequence[QuestionFigures]) -> str:
    """The point-biserial correlation of each question with the rest of the score."""
    values = [(each.question, each.discrimination) for each in questions]
    low = min([value for _, value in values if value is not None], default=0.0)
    return _bars(
        values,
        "discrimination",
        "Discrimination: correlation with the rest of the score",
        "point-biserial correlation",
        (min(0.0, low * 1.25), 1.0),
        "{:.2f}".format,
    )


def seconds_bars(questions: Sequence[QuestionFigures]) -> str:
    """The median time that answering all cases of each question took."""
    values = [(each.question, each.median_seconds * 1000) for each in questions]
    top = max((value for _, value in values), default=0.0) or 1.0
    return _bars(
        values,
        "seconds",
        "Time: median over the class",
        "milliseconds for all cases of a question",
        (0.0, top),
        milliseconds,
    )


def milliseconds(value: float) -> str:
    """At least two significant digits, and no needless decimals."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _columns(counts: Sequence[Count]) -> tuple[list[tuple[str, bool]], int]:
    """The most frequent misconceptions, followed by the other outcomes."""
    students: dict[tuple[str, bool], int] = {}
    for count in counts:
        key = (count.found, count.is_mistake)
        students[key] = students.get(key, 0) + count.students
    ordered = sorted(students, key=lambda key: (-students[key], key))
    mistakes = [key for key in ordered if key[1]]
    # Among the others, unexplained wrong answers come first: they may become catalogue entries.
    others = sorted((key for key in ordered if not key[1]), key=lambda key: key[0] != UNEXPLAINED)
    return mistakes[:MOST_COLUMNS] + others, len(mistakes[MOST_COLUMNS:])


def _bars(
    values: Sequence[tuple[str, float | None]],
    name: str,
    title: str,
    axis: str,
    limits: tuple[float, float],
    style: Callable[[float], str],
) -> str:
    drawing, axes = figure(figsize=(4.6, 0.9 + 0.27 * len(values)))
    places = range(len(values))
    widths = [0.0 if value is None else value for _, value in values]
    colors = [VERMILION if width < 0 else BLUE for width in widths]
    axes.barh(places, widths, color=colors, height=0.62)
    span = limits[1] - limits[0]
    for place, (_, value) in enumerate(values):
        text = "none" if value is None else style(value)
        start = max(value or 0.0, 0.0)
        axes.text(start + 0.02 * span, place, text, va="center", fontsize=8.5, color="#333333")
    axes.set_yticks(places, [question for question, _ in values])
    axes.invert_yaxis()
    # Leaves room for the number after the longest bar.
    axes.set_xlim(limits[0], limits[1] + 0.15 * span)
    axes.grid(False, axis="y")
    axes.set_xlabel(axis, fontsize=9)
    if limits[0] < 0:
        axes.axvline(0, color=GREY, linewidth=1, linestyle="-")
    shown = ", ".join(
        f"{question} {'none' if value is None else style(value)}" for question, value in values
    )
    return _svg(drawing, name, title, f"Bars, {axis}: {shown}.")


def _svg(drawing: Figure, name: str, title: str, description: str) -> str:
    """A figure as an inline SVG element; its name prefixes all ids, to make them unique."""
    import matplotlib
    import matplotlib.pyplot as plt

    written = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        drawing.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawing)
    width = drawing.get_size_inches()[0] * 96
    body = written.getvalue().partition("<svg")[2].partition(">")[2]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = _ID.sub(rf'id="{name}-\1"', body)
    body = _REFERENCE.sub(rf"\g<1>{name}-\2", body)
    height = drawing.get_size_inches()[1] * 72
    view = f"0 0 {drawing.get_size_inches()[0] * 72:g} {height:g}"
    return (
        f'<svg class="figure" role="img" aria-labelledby="{name}-title {name}-description" '
        f'viewBox="{view}" style="width:{width:.0f}px" xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>{body}'
    )
