"""Figures of week 09: paths over a landscape, learning by optimizer, and what decay pulls at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.plots.style import COLORS, DASHES, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array

Landscape = tuple[Callable[["Array"], "Array"], tuple[float, float], tuple[float, float]]
"""A loss of points (..., 2), and the ranges of both weights that are drawn."""

MARKERS = ("o", "s", "^", "D", "v", "P")


def optimizer_paths(
    landscapes: Mapping[str, Landscape], paths: Mapping[str, Mapping[str, Array]]
) -> Figure:
    """Paths of optimizers on loss landscapes of two weights, and the loss along them.

    Args:
        landscapes: the loss and the ranges of both weights, by title.
        paths: walks (nudges + 1, 2) by optimizer, by title.

    Returns:
        A row of panels for each landscape: one map for each optimizer, so that no walk covers
        another, and the losses, which are drawn on a logarithmic scale and so should not be
        negative.
    """
    columns = 1 + max(len(walks) for walks in paths.values())
    drawing, grid = figure(
        ncols=columns,
        nrows=len(landscapes),
        squeeze=False,
        figsize=(2.7 * columns, 2.6 * len(landscapes)),
    )
    for line, title in zip(grid, landscapes, strict=True):
        for number, (name, path) in enumerate(paths[title].items()):
            walk = np.where(np.abs(path) < 1e3, path, np.nan)
            _draw_walk(line[number], landscapes[title], walk, COLORS[number])
            line[number].set_title(f"{title}: {name}" if number == 0 else name, fontsize=10)
            with np.errstate(invalid="ignore", over="ignore"):
                losses = np.maximum(landscapes[title][0](walk), 1e-4)
            line[-1].plot(losses, label=name, color=COLORS[number], linestyle=DASHES[number])
        line[-1].set_title("Loss", fontsize=10)
        line[-1].set(xlabel="nudges", yscale="log")
        line[0].set_ylabel("$w_2$")
    grid[0, -1].legend(fontsize=7)
    return drawing


def _draw_walk(axes: Any, landscape: Landscape, walk: Array, color: str) -> None:
    """One walk (nudges + 1, 2) on the level lines of its landscape, its start ringed."""
    loss, horizontal, vertical = landscape
    across, along = np.meshgrid(np.linspace(*horizontal, 121), np.linspace(*vertical, 121))
    heights = loss(np.stack([across, along], axis=-1))
    levels = np.unique(np.quantile(heights, np.linspace(0.02, 0.98, 14)))
    if len(levels) > 1:
        axes.contour(across, along, heights, levels=levels, colors=GREY, linewidths=0.6)
    axes.plot(*walk.T, "-o", color=color, linewidth=1.2, markersize=2.5)
    axes.plot(*walk[0], "o", color=color, markersize=9, fillstyle="none")
    axes.set(xlabel="$w_1$", xlim=horizontal, ylim=vertical)


def learning_by_optimizer(
    losses: Mapping[str, Array], rates: Array, ends: Mapping[str, Array]
) -> Figure:
    """How the loss falls with each optimizer, and where it ends for each learning rate.

    Args:
        losses: the loss after each epoch by optimizer, shape (E,).
        rates: learning rates, shape (R,), rising.
        ends: the last loss for each learning rate by optimizer, shape (R,).

    Returns:
        A figure of two panels, both with logarithmic losses.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(10.4, 4.0))
    for name, falling in losses.items():
        left.plot(np.arange(len(falling)), np.maximum(falling, 1e-6), label=name)
    for number, (name, last) in enumerate(ends.items()):
        place = list(losses).index(name) if name in losses else number
        shown = np.where(np.isfinite(last), np.maximum(last, 1e-6), np.nan)
        style = {"color": COLORS[place], "linestyle": DASHES[place]}
        right.plot(rates, shown, marker=MARKERS[place], markersize=5, **style)
    left.set(title="Each with a learning rate that suits it", xlabel="epochs", yscale="log")
    left.set_ylabel("training loss")
    left.legend(fontsize=9)
    right.set(title="The last loss, by learning rate", xlabel="learning rate")
    right.set(xscale="log", yscale="log", xlim=(rates[0] / 1.5, rates[-1] * 1.5))
    left.set_ylim(_logarithmic_range(losses))
    right.set_ylim(_logarithmic_range(ends))
    return drawing


def _logarithmic_range(curves: Mapping[str, Array]) -> tuple[float, float]:
    """Axis limits below the smallest positive number and above the largest; a default if none."""
    values = np.concatenate([np.ravel(curve) for curve in curves.values()])
    usable = values[np.isfinite(values) & (values > 0)]
    return (usable.min() / 1.3, usable.max() * 1.3) if usable.size else (0.1, 1.0)


def decay_by_loudness(loudness: Array, lost: Mapping[str, Array]) -> Figure:
    """The fraction of its value that a weight loses, against the size of its gradients.

    Args:
        loudness: size of each weight's gradients, shape (K,), positive.
        lost: the fraction that each weight has lost by method, shape (K,).

    Returns:
        A figure of one panel.
    """
    drawing, axes = figure(figsize=(6.4, 3.6))
    for number, (name, share) in enumerate(lost.items()):
        filled = "none" if number % 2 else COLORS[number]
        style = {"markeredgecolor": COLORS[number], "markerfacecolor": filled}
        marker = MARKERS[number]
        axes.plot(loudness, share, marker, linestyle="none", markersize=4, label=name, **style)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set(title="Who decays?", xscale="log", xlabel="size of the weight's gradients")
    axes.set_xlim(float(loudness.min()) / 1.5, float(loudness.max()) * 1.5)
    axes.set_ylabel("share of the weight that is lost")
    axes.legend(fontsize=9)
    return drawing


def broken_batch(runs: Mapping[str, Mapping[str, Array]], broken: int) -> Figure:
    """Gradient norms and losses of trainings in which one batch was broken.

    Args:
        runs: for each training's name "norm" and "loss" of every step, shape (S,).
        broken: the number of the broken step, counted from 1.

    Returns:
        A figure of two panels, both logarithmic.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(9.6, 3.6))
    for name, run in runs.items():
        steps = range(1, len(run["norm"]) + 1)
        left.plot(steps, run["norm"], label=name, linewidth=1.4)
        right.plot(steps, run["loss"], label=name)
    for panel, shown in ((left, "norm"), (right, "loss")):
        panel.axvline(broken, color=GREY, linewidth=1, linestyle=":")
        panel.set(yscale="log", xlabel="step")
        panel.set_ylim(_logarithmic_range({name: run[shown] for name, run in runs.items()}))
    left.set(title="The gradient of each batch", ylabel="global norm")
    right.set(title="What they have learned", ylabel="loss on 300 training digits")
    right.legend(fontsize=9)
    return drawing
