"""Figures of week 11: rulers on log-log paper, budgets, and what a model costs over its life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.plots.style import COLORS, DASHES, GREY, figure, plain_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def two_papers(N: Array, L: Array, N_line: Array, L_line: Array) -> Figure:
    """The same losses on ordinary paper and on log-log paper, with a ruler laid on the first.

    Args:
        N: sizes of the trained networks, shape (W,), positive.
        L: their losses, shape (W,).
        N_line: sizes at which the ruler is drawn, shape (P,).
        L_line: the ruler's losses there, shape (P,).

    Returns:
        A figure of two panels.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(9.6, 3.4))
    right.set(xscale="log", yscale="log", title="Log-log paper")
    plain_numbers(right.xaxis, right.yaxis)
    left.plot(N_line, L_line, color=COLORS[1], linestyle=DASHES[1], label="ruler on these six")
    left.axhline(0, color=GREY, linewidth=1)
    for panel in (left, right):
        panel.plot(N, L, "o", color=COLORS[0], linestyle="none", label="trained networks")
        panel.set_xlabel("parameters N")
    right.margins(0.2)
    left.set(title="Ordinary paper", ylabel="loss on unseen digits")
    left.legend(fontsize=9)
    return drawing


def scaling_run(
    N: Array,
    L: Array,
    used: Array,
    N_line: Array,
    laws: Mapping[str, Array],
    bar: tuple[Array, Array] | None = None,
    promised: float | None = None,
) -> Figure:
    """Losses of trained networks on log-log paper, and what scaling laws predict.

    Args:
        N: sizes, shape (W,), positive.
        L: losses, shape (W,).
        used: True for the networks that the first law was fitted to, shape (W,).
        N_line: sizes at which the laws are drawn, shape (P,).
        laws: predicted losses at N_line by law name, shape (P,).
        bar: the lower and the upper end of the first law's error bar at N_line, shape (P,) each.
        promised: the loss that the builder has promised.

    Returns:
        A figure of one panel; the other networks are hollow, and the error bar is shaded.
    """
    drawing, axes = figure(figsize=(6.6, 4.2))
    axes.set(xscale="log", yscale="log", xlabel="parameters N", ylabel="loss on unseen digits")
    plain_numbers(axes.xaxis, axes.yaxis)
    for number, (name, law) in enumerate(laws.items(), start=1):
        look = {"color": COLORS[number % len(COLORS)], "linestyle": DASHES[number % len(DASHES)]}
        axes.plot(N_line, law, label=name, zorder=1, **look)
    if bar is not None:
        shade = {"color": COLORS[1], "alpha": 0.18, "linewidth": 0, "zorder": 0}
        axes.fill_between(N_line, *bar, label="the ruler's error bar", **shade)
    if promised is not None:
        axes.axhline(promised, color=GREY, linewidth=1, linestyle="-", label="promised", zorder=0)
    filled = {"color": COLORS[0], "linestyle": "none", "markersize": 7}
    axes.plot(N[used], L[used], "o", **filled, label="trained first")
    axes.plot(N[~used], L[~used], "o", **filled, markerfacecolor="white", label="trained later")
    axes.set_title("A ruler, and a floor")
    axes.legend(fontsize=9)
    return drawing


def budgets(N: Array, losses: Mapping[str, Array], twenty: Array) -> Figure:
    """The loss that each bill pays for, against the size of the model.

    Args:
        N: sizes, shape (P,), positive and rising.
        losses: losses at N by name of the bill, shape (P,).
        twenty: the size with 20 tokens per parameter for each bill, shape (B,).

    Returns:
        A figure of one panel; a dot marks the lowest loss of a bill, a square the size of
        `twenty`.
    """
    drawing, axes = figure(figsize=(6.6, 4.2))
    for number, ((name, loss), size) in enumerate(zip(losses.items(), twenty, strict=True)):
        color = COLORS[number % len(COLORS)]
        axes.plot(N, loss, label=name, color=color, linestyle=DASHES[number % len(DASHES)])
        _mark_lowest(axes, N, loss, color)
        axes.plot(
            size, np.interp(size, N, loss), "s", color=color, markerfacecolor="white", zorder=3
        )
    lowest = min((float(np.nanmin(loss)) for loss in _known(losses)), default=0.0)
    axes.set(xscale="log", ylim=(lowest - 0.1, lowest + 1.2), xlabel="parameters N")
    axes.set(ylabel="predicted loss", title="One bill, many sizes")
    axes.plot([], [], "o", color=GREY, linestyle="none", markersize=8, label="lowest point")
    hollow = {"color": GREY, "linestyle": "none", "markerfacecolor": "white"}
    axes.plot([], [], "s", **hollow, label="20 tokens a parameter")
    axes.legend(fontsize=9)
    return drawing


def lifetime_cost(N: Array, costs: Mapping[str, Array]) -> Figure:
    """The cost of models that reach the same loss, against their size.

    Args:
        N: sizes, shape (P,), positive and rising.
        costs: operations at N by use, shape (P,); not finite where no amount
            of training reaches the loss.

    Returns:
        A figure of one panel; a dot marks the cheapest size.
    """
    drawing, axes = figure(figsize=(6.6, 4.2))
    axes.set(xscale="log", yscale="log", xlabel="parameters N", ylabel="operations in total")
    for number, (name, cost) in enumerate(costs.items()):
        color = COLORS[number % len(COLORS)]
        axes.plot(N, cost, label=name, color=color, linestyle=DASHES[number % len(DASHES)])
        _mark_lowest(axes, N, cost, color)
    axes.plot([], [], "o", color=GREY, linestyle="none", markersize=8, label="cheapest size")
    axes.set_title("The same loss, trained and used")
    axes.legend(fontsize=9)
    return drawing


def _known(lines: Mapping[str, Array]) -> list[Array]:
    return [line for line in lines.values() if np.isfinite(line).any()]


def _mark_lowest(axes: Any, N: Array, line: Array, color: str) -> None:
    if np.isfinite(line).any():
        place = int(np.nanargmin(np.where(np.isfinite(line), line, np.nan)))
        axes.plot(N[place], line[place], "o", color=color, markersize=8, zorder=3)
