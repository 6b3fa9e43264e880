"""Figures of week 05: where two losses push a robot that is sure and wrong, and an outlier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def confidently_wrong(
    z: Array,
    losses: Mapping[str, Array],
    slopes: Mapping[str, Array],
    probabilities: Mapping[str, Array],
) -> Figure:
    """Losses of a logit whose label is 1, their slopes, and the effect of a series of nudges.

    Args:
        z: logits, shape (Z,), rising.
        losses: values at z by loss name, shape (Z,).
        slopes: derivatives at z by loss name, shape (Z,).
        probabilities: the robot's probability of yes before each nudge by loss name,
            shape (S,).

    Returns:
        A figure of three panels.
    """
    drawing, (left, middle, right) = figure(ncols=3, figsize=(11.4, 3.4))
    for name in losses:
        left.plot(z, losses[name], label=name)
        middle.plot(z, slopes[name])
        right.plot(probabilities[name])
    for panel in (left, middle):
        panel.axvspan(float(z[0]), -4.0, color=GREY, alpha=0.15, linewidth=0)
        panel.set(xlabel="logit z of a true cat", xlim=(float(z[0]), float(z[-1])))
    middle.axhline(0, color=GREY, linewidth=1, linestyle=":")
    left.set(title="The loss")
    middle.set(title="Its slope: how hard it pushes")
    right.set(title="What the nudges do", xlabel="nudges", ylim=(-0.03, 1.03))
    right.set_ylabel("probability of a cat")
    left.legend(fontsize=9)
    return drawing


def lines_and_outlier(
    x: Array, y: Array, outlier: int, lines: Mapping[str, Array], histories: Mapping[str, Array]
) -> Figure:
    """Points with one outlier, straight lines fitted to them, and how the fits progressed.

    Args:
        x: sizes, shape (N,).
        y: prices, shape (N,).
        outlier: index of the outlier among the N points.
        lines: the line's prices at x by loss name, shape (N,).
        histories: the line's slope before each nudge by loss name, shape (S,).

    Returns:
        A figure of two panels; the outlier is ringed.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(9.6, 3.6))
    left.scatter(x, y, s=22, color="black", zorder=3)
    left.scatter(
        x[outlier], y[outlier], s=130, facecolors="none", edgecolors="black", linewidths=1.5
    )
    left.annotate(
        "one zero too many",
        (float(x[outlier]), float(y[outlier])),
        xytext=(-12, -4),
        textcoords="offset points",
        ha="right",
        fontsize=9,
    )
    for number, (name, line) in enumerate(lines.items()):
        left.plot(x, line, label=name, color=COLORS[number])
        right.plot(histories[name], label=name, color=COLORS[number])
    left.set(title="Ten houses, one typing mistake")
    left.set(xlabel="size in 1,000 square feet", ylabel="price in 1,000 dollars")
    left.legend(fontsize=9, loc="center left")
    right.set(title="Where the nudges take the line", xlabel="nudges")
    right.set_ylabel("dollars for one more square foot")
    return drawing


def prices_and_lines(
    errors: Array,
    costs: Mapping[str, Array],
    x: Array,
    y: Array,
    lines: Mapping[str, Array],
) -> Figure:
    """Losses with different prices for the two sides, and the lines that they fit to points.

    Args:
        errors: predicted minus true, shape (E,), rising.
        costs: the loss of each error by the name of its prices, shape (E,).
        x: inputs, shape (N,).
        y: targets, shape (N,).
        lines: the height at 0 and the slope of each fitted line by name, shape (2,).

    Returns:
        A figure of two panels.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(9.6, 3.6))
    right.scatter(x, y, s=9, color=GREY, linewidths=0, zorder=1)
    ends = (float(x.min()), float(x.max()))
    for number, (name, cost) in enumerate(costs.items()):
        left.plot(errors, cost, label=name)
        base, slope = (float(part) for part in lines[name])
        right.plot(ends, [base + slope * end for end in ends], color=COLORS[number], label=name)
    left.set(title="What an error costs", xlabel="packed minus eaten, in grams")
    left.legend(fontsize=9, title="short and waste", title_fontsize=9)
    right.set(title="What the robots pack", xlabel="hours outdoors", ylabel="grams eaten")
    right.set(ylim=(min(0.0, float(y.min())), float(y.max()) * 1.05))
    return drawing
