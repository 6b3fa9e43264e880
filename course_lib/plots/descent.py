"""Figures of week 07: training curves, paths on a loss surface, schedules, answers to digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def losses_by_epoch(panels: Mapping[str, Mapping[str, Array]], ceiling: float) -> Figure:
    """Losses over epochs, one panel for each comparison.

    Args:
        panels: losses by training name, by panel title; losses have shape
            (epochs + 1,) and begin before the first epoch.
        ceiling: the top of the vertical axis; losses above it, and nan, are not drawn.

    Returns:
        A figure with one panel for each title and one scale.
    """
    drawing, row = figure(ncols=len(panels), sharey=True, squeeze=False)
    for axes, (title, curves) in zip(row[0], panels.items(), strict=True):
        for number, (name, losses) in enumerate(curves.items()):
            axes.plot(losses, marker="osD^vP*"[number % 7], markersize=4, label=name)
        axes.set(title=title, xlabel="epochs", ylim=(0, ceiling))
        axes.legend(fontsize=9, loc="upper center", ncols=2)
    row[0, 0].set_ylabel("loss on all training examples")
    return drawing


def paths_on_surface(w: Array, b: Array, loss: Array, paths: Mapping[str, Array]) -> Figure:
    """The steps of several trainings on the same loss surface, seen from above.

    Args:
        w: first parameter on a grid, shape (R, C).
        b: second parameter, the same shape.
        loss: the loss there, the same shape.
        paths: the parameters at each step by training name, shape (S, 2).

    Returns:
        A figure with one map for each path; the ring is its start, the cross the lowest point.
    """
    size = (3.2 * len(paths), 3.0)
    drawing, row = figure(len(paths), figsize=size, sharex=True, sharey=True, squeeze=False)
    lowest = np.unravel_index(np.argmin(np.where(np.isnan(loss), np.inf, loss)), loss.shape)
    heights = np.geomspace(1e-2, 1.0, 14) * max(float(np.ptp(loss)), 1e-6) + loss[lowest]
    for axes, (name, path) in zip(row[0], paths.items(), strict=True):
        if np.isfinite(loss).all():
            axes.contour(w, b, loss, levels=heights, colors=GREY, linewidths=0.7)
        axes.plot(*path.T, color=COLORS[0], linestyle="-", marker="o", markersize=3, linewidth=1.2)
        axes.plot(*path[0], "o", color=COLORS[1], markersize=10, fillstyle="none")
        axes.plot(w[lowest], b[lowest], "x", color=COLORS[1], markersize=9, markeredgewidth=2.5)
        axes.set(title=name, xlabel="w")
        axes.set(xlim=(w.min(), w.max()), ylim=(b.min(), b.max()))
        axes.grid(False)
    row[0, 0].set_ylabel("b")
    return drawing


def schedules(rates: Mapping[str, Array]) -> Figure:
    """Learning rates over steps, one small panel each.

    Args:
        rates: rates at steps 0, 1, ... by schedule name, shape (S,).

    Returns:
        A figure of rows of three panels with one scale.
    """
    rows = -(-len(rates) // 3)
    drawing, grid = figure(
        ncols=3, nrows=rows, figsize=(9, 2.2 * rows), sharex=True, sharey=True, squeeze=False
    )
    for axes in grid.flat[len(rates) :]:
        axes.set_visible(False)
    for axes, (name, rate) in zip(grid.flat, rates.items(), strict=False):
        axes.plot(rate)
        axes.fill_between(np.arange(len(rate)), rate, color=COLORS[0], alpha=0.15, linewidth=0)
        axes.set_title(name, fontsize=10)
    for axes in grid[-1]:
        axes.set_xlabel("step")
    for axes in grid[:, 0]:
        axes.set_ylabel("learning rate")
    return drawing


def answers_to_digits(X: Array, y: Array, logits: Array) -> Figure:
    """Some digits that a network classifies correctly, and some that it does not.

    Args:
        X: digits of 8 by 8 pixels, shape (N, 64).
        y: their labels, shape (N,).
        logits: the network's logits, shape (N, 10).

    Returns:
        A figure of two rows of up to ten digits, right answers above, mistakes below.
    """
    answers = np.argmax(logits, axis=1)
    drawing, grid = figure(ncols=10, nrows=2, figsize=(9, 2.6))
    rows = {"right": answers == y, "not right": answers != y}
    for row, (name, chosen) in zip(grid, rows.items(), strict=True):
        places = np.flatnonzero(chosen)[: len(row)]
        row[0].set_ylabel(name)
        for axes in row[len(places) :]:
            axes.remove()
        for axes, place in zip(row, places, strict=False):
            axes.imshow(X[place].reshape(8, 8), cmap="Greys", vmin=0, vmax=1)
            truth = "" if answers[place] == y[place] else f" ({y[place]})"
            axes.set(xticks=[], yticks=[], xlabel=f"{answers[place]}{truth}")
            axes.spines[:].set_visible(False)
    return drawing


def noise_as_help(
    w: Array,
    loss: Array,
    ends: Mapping[str, Array],
    valley: tuple[Array, Array, Array],
    paths: Mapping[str, Array],
) -> Figure:
    """Where noisy walkers end in a landscape of two valleys, and how they drift along a third.

    Args:
        w: places, shape (P,), rising.
        loss: the loss there, shape (P,).
        ends: where the walkers ended by training name, shape (K,).
        valley: two parameters u and v on a grid and the loss there, each of shape (R, C).
        paths: the parameters (u, v) at each step by training name, shape (S, 2).

    Returns:
        A figure of two panels; a ring is where a path starts, a square where it ends.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(9.6, 4.2))
    left.plot(w, loss, color="black", linestyle="-")
    bins = np.linspace(float(w[0]), float(w[-1]), 61)
    base = float(np.nanmin(loss))
    for number, (name, places) in enumerate(ends.items()):
        counts = np.histogram(places[np.isfinite(places)], bins)[0]
        base -= 0.7
        heights = base + 0.55 * counts / max(int(counts.max()), 1)
        left.stairs(heights, bins, baseline=base, fill=True, color=COLORS[number])
        left.annotate(name, (float(w[-1]), base + 0.3), ha="right", fontsize=9)
    left.set(title="Where 200 walkers end", xlabel="w", yticks=[])
    left.set_ylabel("walkers          the loss", loc="top")
    u, v, height = valley
    levels = np.nanmin(height) + np.geomspace(1e-2, 1.0, 12) * max(float(np.ptp(height)), 1e-6)
    right.contour(u, v, height, levels=levels, colors=GREY, linewidths=0.7)
    for number, (name, path) in enumerate(paths.items()):
        right.plot(*path.T, color=COLORS[number], linestyle="-", linewidth=0.6, label=name)
    for number, path in enumerate(paths.values()):
        right.plot(*path[-1], "s", color=COLORS[number], markersize=7, markeredgecolor="black")
        right.plot(*path[0], "o", color="black", markersize=10, fillstyle="none")
    right.set(title="Along the floor of a valley", xlabel="u", ylabel="v")
    right.set(xlim=(u.min(), u.max()), ylim=(v.min(), v.max()))
    right.legend(fontsize=9)
    right.grid(False)
    return drawing
