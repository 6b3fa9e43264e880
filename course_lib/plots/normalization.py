"""Figures of week 12: how noisy a batch's statistics are, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def output_by_company(sizes: Array, outputs: Array, at_test_time: float, alone: float) -> Figure:
    """One picture's normalized feature in many batches of every size.

    Args:
        sizes: S batch sizes, rising.
        outputs: the feature after batch norm, in R random batches of each size, shape (S, R).
        at_test_time: the same feature with the running statistics.
        alone: the same feature after layer norm, which does not depend on the batch.

    Returns:
        Two panels with one scale. A dot is a batch; the bar spans the middle 80 percent.
    """
    drawing, (left, right) = figure(ncols=2, sharey=True)
    places = np.arange(len(sizes))
    rng = np.random.default_rng(0)
    for place, dots in zip(places, outputs, strict=True):
        jitter = rng.uniform(-0.28, 0.28, len(dots))
        left.plot(
            place + jitter, dots, linestyle="none", marker="o", markersize=2.5, color=COLORS[0],
            alpha=0.3, markeredgewidth=0,
        )  # fmt: skip
        low, high = np.percentile(dots, [10, 90])
        left.plot([place, place], [low, high], color="black", linewidth=2, linestyle="-")
    left.axhline(at_test_time, color=COLORS[1], linewidth=2, linestyle="--", label="at test time")
    left.set(title="Batch norm", ylabel="one feature after the norm")
    left.legend(fontsize=9, loc="lower right")
    right.plot(places, np.full(len(sizes), alone), marker="s", color=COLORS[2])
    right.set_title("Layer norm")
    for axes in (left, right):
        axes.axhline(0, color=GREY, linewidth=1)
        axes.set_xticks(places, [f"{size:g}" for size in sizes])
        axes.set_xlabel("batch size")
    return drawing


def accuracy_by_batch_size(sizes: Array, accuracies: Mapping[str, Array]) -> Figure:
    """The robot's accuracy, against the batch size that it was trained with.

    Args:
        sizes: batch sizes, shape (S,), rising and positive.
        accuracies: fractions of right answers by robot name, shape (S,).

    Returns:
        One panel with a logarithmic horizontal axis.
    """
    drawing, axes = figure(figsize=(6.4, 3.6))
    for number, (name, shares) in enumerate(accuracies.items()):
        axes.plot(sizes, shares, marker="osD^"[number % 4], markersize=5, label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
    axes.set(
        title="What small batches cost",
        xlabel="batch size while training",
        ylabel="share of right answers",
        ylim=(0, 1.03),
    )
    axes.legend(fontsize=9, loc="center right")
    return drawing


def losses_by_rate(
    rates: Array, panels: Mapping[str, Mapping[str, Array]], guessing: float
) -> Figure:
    """The loss that piles of layers reach, against the learning rate.

    Args:
        rates: learning rates, shape (R,), rising and positive.
        panels: by title, losses by pile, shape (R,); a loss that is not finite is not drawn.
        guessing: the loss of a robot that takes all answers to be equally likely.

    Returns:
        One panel for each title, with one scale and a logarithmic horizontal axis.
    """
    drawing, axes = figure(ncols=len(panels), sharey=True, figsize=(4.6 * len(panels), 3.4))
    for panel, (title, losses) in zip(np.ravel(axes), panels.items(), strict=True):
        panel.axhline(guessing, color=GREY, linewidth=1, label="guessing")
        for number, (name, loss) in enumerate(losses.items()):
            seen = np.where(np.isfinite(loss), loss, np.nan)
            panel.plot(rates, seen, marker="os^D"[number % 4], markersize=6, label=name)
        panel.set(title=title, xlabel="learning rate", xscale="log", ylim=(0, 1.25 * guessing))
        panel.set_xticks(rates, [f"{rate:g}" for rate in rates])
        panel.set_xticks([], minor=True)
    np.ravel(axes)[0].set_ylabel("loss after training")
    np.ravel(axes)[0].legend(fontsize=9, loc="lower left")
    return drawing
