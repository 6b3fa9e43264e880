"""Figures of week 04: three bad starts, and how spreads grow or shrink with depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, DASHES, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array

GUESSING = float(np.log(10))
"""The loss of a robot that gives every one of ten classes the same probability."""


def bad_starts(losses: Mapping[str, Array], good: Array, units: Mapping[str, Array]) -> Figure:
    """The loss of bad starts beside a good one, and how many different units each keeps.

    Args:
        losses: losses before each nudge by bad start, shape (S,); nan where it
            has burst.
        good: the loss of a good start, shape (S,).
        units: number of different units before each nudge, for some starts, shape (S,).

    Returns:
        A figure with one panel for each bad start, and one for the units, three in a row.
    """
    columns, rows = min(3, len(losses) + 1), -(-(len(losses) + 1) // 3)
    drawing, grid = figure(
        ncols=columns, nrows=rows, figsize=(4.0 * columns, 3.1 * rows), squeeze=False
    )
    row, beyond = np.split(grid.ravel(), [len(losses) + 1])
    for axes in beyond:
        axes.set_axis_off()
    for axes, (name, loss) in zip(row, losses.items(), strict=False):
        axes.axhline(GUESSING, color=GREY, linewidth=1, linestyle=":")
        axes.plot(good, color=COLORS[0], linestyle=DASHES[0], label="He's start")
        axes.plot(
            loss, color=COLORS[1], linestyle=DASHES[1], marker="o", markersize=2.5, label="this one"
        )
        burst = np.flatnonzero(~np.isfinite(loss))
        largest = np.nanmax(np.where(np.isfinite(loss), loss, np.nan), initial=0.0)
        if burst.size:
            axes.axvline(int(burst[0]), color=COLORS[1], linewidth=1)
            axes.text(0.12, 0.85, f"nan from nudge {burst[0]} on", transform=axes.transAxes)
        if largest > 100:
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 3)
        axes.set(title=name, xlabel="nudges")
    row[0].legend(fontsize=9, loc="center right")
    for axes in grid[:, 0]:
        axes.set_ylabel("loss (dotted: guessing)")
    for number, (name, count) in enumerate(units.items()):
        row[-1].plot(count, label=name, color=COLORS[number], linestyle=DASHES[number])
    row[-1].set(title="Different units in layer 1", xlabel="nudges")
    row[-1].set_ylim(bottom=0)
    row[-1].legend(fontsize=9, loc="center right")
    return drawing


def spread_by_depth(panels: Mapping[str, Mapping[str, Array]], of: str = "activations") -> Figure:
    """The spread of each layer's activations, or of its blame, on a logarithmic scale.

    Args:
        panels: spreads (L,) by start name, by bend name.
        of: what they are the spreads of.

    Returns:
        A figure with one panel for each bend. Spreads of 0 cannot be drawn and end a line.
    """
    drawing, row = figure(ncols=len(panels), sharey=True, squeeze=False)
    for axes, (bend, starts) in zip(row[0], panels.items(), strict=True):
        for number, (name, stds) in enumerate(starts.items()):
            depth = np.arange(1, len(stds) + 1)
            shown = np.where(stds > 0, stds, np.nan)
            marker = "osD^vP*"[number % 7]
            axes.semilogy(depth, shown, marker=marker, markersize=4, markevery=3, label=name)
        axes.set(title=bend, xlabel="layer")
    row[0, 0].set_ylabel(f"spread of the {of}")
    row[0, -1].legend(fontsize=9)
    return drawing


def activation_histograms(panels: Mapping[str, Mapping[int, Array]]) -> Figure:
    """Histograms of the activations of some layers, for each start.

    Args:
        panels: activations, any shape, by layer number, by start name; all in
            [-1, 1], as tanh leaves them.

    Returns:
        A figure with one row for each start and one column for each layer.
    """
    rows, columns = len(panels), max(map(len, panels.values()))
    drawing, grid = figure(
        ncols=columns, nrows=rows, figsize=(2.1 * columns, 1.5 * rows), squeeze=False, sharex=True
    )
    edges = np.linspace(-1, 1, 31)
    for number, (row, (name, layers)) in enumerate(zip(grid, panels.items(), strict=True)):
        for axes, (layer, activations) in zip(row, layers.items(), strict=False):
            finite = np.ravel(activations)[np.isfinite(np.ravel(activations))]
            share = np.histogram(finite, edges)[0] / max(finite.size, 1)
            axes.stairs(share, edges, fill=True, color=COLORS[number])
            axes.set_yticks([])
            axes.set_title(f"layer {layer}", fontsize=9)
            axes.set_xlabel("activation" if number == rows - 1 else "")
        row[0].set_ylabel(name)
    return drawing
