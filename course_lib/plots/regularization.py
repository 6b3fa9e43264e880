"""Figures of week 10: learning by heart, with and without each tool, and double descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure, plain_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def learning_by_heart(losses: Mapping[str, tuple[Array, Array]], best: Mapping[str, int]) -> Figure:
    """Loss on training and new pictures, a panel for each tool.

    Args:
        losses: training and validation loss (E,) after every epoch, by tool name.
        best: the epoch that early stopping would keep, by tool name.

    Returns:
        Panels of one scale, three in a row; the area between the curves is the gap.
    """
    columns = min(3, len(losses))
    rows = -(-len(losses) // columns)
    size = (3.4 * columns, 2.7 * rows)
    drawing, panels = figure(columns, rows, sharex=True, sharey=True, squeeze=False, figsize=size)
    for panel in panels.ravel()[len(losses) :]:
        panel.remove()
    for number, (name, (train, val)) in enumerate(losses.items()):
        axes = panels.ravel()[number]
        epochs = np.arange(len(train))
        axes.fill_between(epochs, train, val, color=GREY, alpha=0.25, linewidth=0)
        axes.plot(epochs, train, label="seen pictures")
        axes.plot(epochs, val, label="new pictures")
        axes.plot(best[name], val[best[name]], "o", color="black", label="early stopping's best")
        axes.set(title=name, ylim=(0, 2.4))
        if number % columns == 0:
            axes.set_ylabel("loss")
        if number + columns >= len(losses):
            axes.set_xlabel("epoch")
    panels[0, 0].legend(fontsize=8)
    return drawing


def double_descent(features: Array, seen: Array, new: Array, tamed: Array, pictures: int) -> Figure:
    """Errors against the number of features; where it equals the number of pictures is marked.

    Args:
        features: rising and positive, shape (S,).
        seen: fraction of wrong answers on the training pictures, shape (S,).
        new: the same on new pictures, shape (S,).
        tamed: the same on new pictures, with an L2 penalty, shape (S,).
        pictures: number of training pictures.

    Returns:
        One panel with a logarithmic horizontal axis.
    """
    drawing, axes = figure(figsize=(7.2, 3.9))
    axes.axvline(pictures, color=GREY, linewidth=1.5, linestyle="-")
    axes.text(
        pictures / 1.05, 0.99, "as many features as pictures", transform=axes.get_xaxis_transform(),
        fontsize=9, va="top", ha="right",
    )  # fmt: skip
    curves = {"seen pictures": seen, "new pictures": new, "new pictures, with L2": tamed}
    marks = zip(curves.items(), (0, 1, 2), "soD", strict=True)
    for (name, errors), color, mark in marks:
        axes.plot(features, errors, color=COLORS[color], marker=mark, markersize=4, label=name)
    axes.set_xscale("log")
    plain_numbers(axes.xaxis)
    axes.set(
        title="Double descent",
        xlabel="random features",
        ylabel="share of wrong answers",
        ylim=(-0.03, 1.0),
    )
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return drawing


def choosing_a_penalty(
    lams: Array, errors: Array, later: Array, limit: float, choice: int
) -> Figure:
    """Errors against the strength of a penalty, by cross-validation and on new pictures.

    Args:
        lams: strengths, shape (L,), rising and positive.
        errors: what cross-validation says of each, shape (L,).
        later: the error on new pictures, shape (L,).
        limit: up to which error a strength is as good as the best.
        choice: the place of the strength that was chosen.

    Returns:
        One panel with logarithmic axes; the chosen strength is a vertical line.
    """
    drawing, axes = figure(figsize=(7.2, 3.9))
    axes.set(xscale="log", yscale="log", title="Choose before you look")
    plain_numbers(axes.yaxis)
    axes.axvline(lams[choice], color=GREY, linewidth=1.5, linestyle="-", label="the choice")
    axes.axhline(limit, color=GREY, linewidth=1, linestyle=":", label="equally good up to here")
    axes.plot(lams, errors, "o", color=COLORS[0], linestyle="-", label="cross-validation")
    axes.plot(lams, later, "s", color=COLORS[1], linestyle="--", label="new pictures, afterwards")
    axes.set(xlabel="strength of the penalty λ", ylabel="mean squared distance")
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return drawing


def picture_rows(rows: Mapping[str, Array]) -> Figure:
    """Pictures side by side, a row for each name.

    Args:
        rows: pictures (N, H, W) by name; 0 is drawn white and 1 black.

    Returns:
        One panel per row.
    """
    drawing, panels = figure(1, len(rows), figsize=(6.4, 0.95 * len(rows)), squeeze=False)
    for axes, (name, pictures) in zip(panels.ravel(), rows.items(), strict=True):
        # A white column between pictures keeps them apart.
        wide = np.concatenate([np.pad(each, ((0, 0), (0, 2))) for each in pictures], axis=1)
        axes.imshow(wide, cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(name, fontsize=9)
        axes.axis("off")
    return drawing
