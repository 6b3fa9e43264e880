"""Figures of week 13: a robot that reads, and one that learns which pictures belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def reading_loss(losses: Array, levels: Mapping[str, float]) -> Figure:
    """The loss of guessing the next letter, against what simpler guessers reach.

    Args:
        losses: one per nudge, shape (S,).
        levels: the losses of simpler guessers, by name.

    Returns:
        One panel.
    """
    drawing, axes = figure(figsize=(6.4, 3.6))
    axes.plot(losses, linewidth=0.8, alpha=0.35)
    width = max(1, len(losses) // 40)
    smooth = np.convolve(losses, np.ones(width) / width, "valid")
    axes.plot(np.arange(len(smooth)) + width // 2, smooth, color=COLORS[0], linestyle="-")
    for name, level in levels.items():
        axes.axhline(level, color=GREY, linewidth=1.2, linestyle="--")
        axes.text(len(losses), level, f"{name} ", ha="right", va="bottom", fontsize=9)
    axes.set(title="Reading", xlabel="nudge", ylabel="loss of the next letter", ylim=(0, None))
    return drawing


def similarity_tables(tables: Mapping[str, Array]) -> Figure:
    """Cosine similarity tables side by side; partners are on the diagonal.

    Args:
        tables: tables (N, N) with entries from -1 to 1, by name.

    Returns:
        A panel for each; dark means similar.
    """
    drawing, axes = figure(ncols=len(tables), figsize=(3.6 * len(tables), 3.6))
    for panel, (name, table) in zip(np.ravel(axes), tables.items(), strict=True):
        panel.imshow(table, cmap="Greys", vmin=-1, vmax=1)
        panel.grid(False)
        panel.set(title=name, xlabel="second view of picture", ylabel="first view of picture")
        every = np.arange(0, len(table), max(1, len(table) // 5))
        panel.set_xticks(every)
        panel.set_yticks(every)
    return drawing


DIGIT_COLORS = (*COLORS, "#882255", "#999933", "#332288")
"""A colour for each of ten digits: the course's seven, wine, olive and indigo."""


def labelled_maps(maps: Mapping[str, Array], labels: Array) -> Figure:
    """Points in the plane, each drawn as its digit.

    Args:
        maps: coordinates (N, 2), by the name of the method.
        labels: the digit of each point, shape (N,), 0 to 9.

    Returns:
        A panel for each map.
    """
    drawing, axes = figure(ncols=len(maps), figsize=(4.6 * len(maps), 4.4))
    for panel, (name, places) in zip(np.ravel(axes), maps.items(), strict=True):
        for digit in np.unique(labels):
            some = labels == digit
            panel.plot(
                *places[some].T, linestyle="none", marker=f"${digit}$", markersize=7,
                color=DIGIT_COLORS[digit], markeredgewidth=0.3,
            )  # fmt: skip
        panel.grid(False)
        panel.set(title=name, xlabel="first direction", ylabel="second direction")
        panel.set_xticks([])
        panel.set_yticks([])
    return drawing
