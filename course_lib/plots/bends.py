"""Figures of week 02: bends over their slopes, and what many slopes do to a nudge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def straight_and_bent(x: Array, straight: Mapping[str, Array], bent: Mapping[str, Array]) -> Figure:
    """The same piles of rules, without and with a bend between their layers.

    Args:
        x: inputs, shape (N,).
        straight: outputs without bends by pile name, shape (N,).
        bent: the same for the piles with bends.

    Returns:
        A figure of two panels, outputs against x.
    """
    drawing, panels = figure(ncols=2, sharey=True)
    for axes, piles, title in zip(
        panels, (straight, bent), ("Without a bend", "With a bend"), strict=True
    ):
        for name, output in piles.items():
            axes.plot(x, output, label=name)
        axes.set(title=title, xlabel="input x")
    panels[0].set_ylabel("output of the pile")
    panels[1].legend(fontsize=9)
    return drawing


def bends_and_slopes(z: Array, bends: Mapping[str, Array], slopes: Mapping[str, Array]) -> Figure:
    """Every bend over its slope, one column each.

    Args:
        z: pre-activations, shape (N,), rising.
        bends: values at z by bend name, shape (N,).
        slopes: derivatives at z by bend name, shape (N,).

    Returns:
        A figure of two rows, each with one scale, so that columns can be compared.
    """
    drawing, grid = figure(
        ncols=len(bends),
        nrows=2,
        figsize=(1.9 * len(bends), 4.4),
        sharex=True,
        sharey="row",
        squeeze=False,
    )
    for top, bottom, name in zip(grid[0], grid[1], bends, strict=True):
        top.plot(z, bends[name], color=COLORS[0])
        top.set(title=name, ylim=(-1.6, 3.1))
        bottom.axhline(1, color=GREY, linewidth=1, linestyle=":")
        bottom.fill_between(z, slopes[name], color=COLORS[1], alpha=0.25, linewidth=0)
        bottom.plot(z, slopes[name], color=COLORS[1])
        bottom.set(ylim=(-0.2, 1.25), xlabel="z")
        steepest = float(np.max(slopes[name]))
        bottom.text(0.04, 0.93, f"max {steepest:.2f}", transform=bottom.transAxes, fontsize=9)
    grid[0, 0].set_ylabel("the bend")
    grid[1, 0].set_ylabel("its slope")
    return drawing


def slope_products(panels: Mapping[str, Mapping[str, Array]]) -> Figure:
    """What is left of a nudge of 1 after each bend that it passes, on a logarithmic scale.

    Args:
        panels: products by bend name, by panel title; a product has shape
            (depth + 1,) and starts with 1, before the first bend.

    Returns:
        A figure with one panel for each title. Products of 0 cannot be drawn and end a line.
    """
    drawing, row = figure(ncols=len(panels), sharey=True, squeeze=False)
    for axes, (title, products) in zip(row[0], panels.items(), strict=True):
        for number, (name, product) in enumerate(products.items()):
            marker = "osD^vP*"[number % 7]
            axes.semilogy(
                np.where(product > 0, product, np.nan), marker=marker, markersize=4, label=name
            )
        axes.set(title=title, xlabel="bends passed")
    row[0, 0].set_ylabel("what is left of the nudge")
    row[0, 0].legend(fontsize=9)
    return drawing


def saturation_by_scale(scales: Array, fractions: Mapping[str, Array]) -> Figure:
    """The fraction of a layer that is flat, against the spread of its pre-activations.

    Args:
        scales: standard deviations of z, shape (S,), rising and positive.
        fractions: flat fraction at each scale by bend name, shape (S,).

    Returns:
        A figure of one panel with a logarithmic horizontal axis.
    """
    drawing, axes = figure(figsize=(6, 3.4))
    for number, (name, fraction) in enumerate(fractions.items()):
        axes.semilogx(scales, fraction, marker="osD^vP*"[number % 7], markersize=4, label=name)
    axes.set(
        title="Where a bend is flat, the nudge dies",
        xlabel="spread of the pre-activations (standard deviation)",
        ylabel="flat fraction of the layer",
        ylim=(-0.03, 1.03),
    )
    axes.legend(fontsize=9)
    return drawing
