"""Figures of week 15: who looks where, and how places are written into numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def masks(shown: Mapping[str, Array]) -> Figure:
    """Masks side by side.

    Args:
        shown: masks (T, S) by name, True where row t may look at column s.

    Returns:
        A panel for each; dark squares may be looked at.
    """
    drawing, panels = _squares(len(shown), 3.8)
    for panel, (name, mask) in zip(panels, shown.items(), strict=True):
        down, across = (np.arange(size + 1) - 0.5 for size in np.shape(mask))
        colors = np.asarray(mask, float)
        panel.pcolormesh(across, down, colors, cmap="Greys", vmin=0, vmax=1.25, edgecolor="#DDDDDD")
        panel.invert_yaxis()
        panel.set_aspect("equal")
        panel.set(title=name, xlabel="place that is looked at", ylabel="place that looks")
    return drawing


def attention_maps(maps: Mapping[str, Array], tokens: Sequence[str]) -> Figure:
    """The weights of attention, with the text along both sides.

    Args:
        maps: weights (T, T) from 0 to 1, by the name of the head.
        tokens: what stands at the T places.

    Returns:
        A panel for each head; in a row, dark columns are the places it looks at most.
    """
    drawing, panels = _squares(len(maps), 4.2, columns=2)
    for panel, (name, weights) in zip(panels, maps.items(), strict=True):
        panel.imshow(weights, cmap="Greys", vmin=0, vmax=1)
        every = np.arange(len(tokens))
        panel.set_xticks(every, tokens, fontsize=8)
        panel.set_yticks(every, tokens, fontsize=8)
        panel.set(title=name, xlabel="looked at", ylabel="looks")
    return drawing


def position_patterns(P: Array) -> Figure:
    """A pattern for each place, and how alike the places are.

    Args:
        P: patterns, shape (T, D).

    Returns:
        Two panels: the patterns, and the dot products of all pairs of places.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(8.6, 4.0))
    for panel, values, label in ((left, P, "value"), (right, P @ P.T, "dot product")):
        drawn = panel.imshow(values, cmap="cividis", aspect="auto", interpolation="nearest")
        drawing.colorbar(drawn, ax=panel, label=label)
        panel.grid(False)
    left.set(title="the pattern of each place", xlabel="feature", ylabel="place")
    right.set(title="dot products of the patterns", xlabel="place", ylabel="place")
    return drawing


def scores_by_distance(panels: Mapping[str, Mapping[str, Array]]) -> Figure:
    """Scores against the distance of query and key, one curve for each place of the query.

    Args:
        panels: by the name of the method, the scores (R,) at the distances 0 to R - 1, by the name
            of the place.

    Returns:
        A panel for each method.
    """
    drawing, axes = figure(ncols=len(panels), figsize=(4.4 * len(panels), 3.4), sharey=True)
    for panel, (name, curves) in zip(np.ravel(axes), panels.items(), strict=True):
        for width, (place, scores) in zip(_narrower(len(curves)), curves.items(), strict=True):
            # A curve that lies on another one must not hide it.
            panel.plot(scores, label=place, linewidth=width)
        panel.set(title=name, xlabel="distance from query to key")
        panel.legend(fontsize=8, frameon=False)
    np.ravel(axes)[0].set_ylabel("score")
    return drawing


def loss_by_place(losses: Array, levels: Mapping[str, float]) -> Figure:
    """How well a language model guesses, the more it has read.

    Args:
        losses: of the next character, by the place that guesses it, shape (T,).
        levels: the losses of simpler guessers, by name.

    Returns:
        One panel.
    """
    drawing, axes = figure(figsize=(6.4, 3.6))
    axes.plot(losses, marker=".")
    # Room for the name above the highest line.
    axes.margins(y=0.2)
    for name, level in levels.items():
        axes.axhline(level, color=GREY, linewidth=1.2, linestyle="--")
        axes.text(len(losses) - 1, level, f"{name} ", ha="right", va="bottom", fontsize=9)
    axes.set(
        title="How well it guesses, by how much it has read",
        xlabel="place that guesses",
        ylabel="loss of the next character",
        ylim=(0, None),
    )
    return drawing


def letter_map(places: Array, letters: Sequence[str]) -> Figure:
    """Characters in the plane, each written at its point; vowels in another colour.

    Args:
        places: coordinates, shape (K, 2).
        letters: the K characters.

    Returns:
        One panel.
    """
    drawing, axes = figure(figsize=(5.4, 4.6))
    axes.plot(*places.T, linestyle="none", marker="")
    for (x, y), letter in zip(places, letters, strict=True):
        vowel = letter in "aeiou"
        axes.text(
            x,
            y,
            letter,
            ha="center",
            va="center",
            fontsize=13,
            fontweight="bold" if vowel else "normal",
            color=COLORS[1] if vowel else COLORS[0],
        )
    axes.grid(False)
    axes.set(title="Rows of E", xlabel="first direction", ylabel="second direction")
    axes.set_xticks([])
    axes.set_yticks([])
    return drawing


def _squares(count: int, size: float, columns: int | None = None) -> tuple[Figure, Any]:
    """Panels for square tables, without a grid; all in one row unless `columns` says otherwise."""
    across = min(count, columns or count)
    down = -(-count // across)
    drawing, axes = figure(across, down, figsize=(size * across, (size + 0.3) * down))
    panels = np.ravel(axes)
    for panel in panels:
        panel.grid(False)
    for unused in panels[count:]:
        unused.set_visible(False)
    return drawing, panels[:count]


def _narrower(count: int) -> Array:
    """Line widths, from broad to narrow."""
    widths: Array = np.linspace(5.0, 1.5, count)
    return widths
