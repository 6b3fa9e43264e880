"""Figures of week 08: how much of the nudge arrives at every layer, and what it does there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.forward import NEGATIVE, POSITIVE
from course_lib.plots.style import GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def gradient_norms(panels: Mapping[str, Mapping[str, Array]]) -> Figure:
    """The norm of every layer's gradient, on a logarithmic scale.

    Args:
        panels: norms (L,), first layer first, by pile name, by panel title.

    Returns:
        A figure with one panel for each title and one scale for all. Norms of 0 cannot be drawn.
    """
    drawing, row = figure(ncols=len(panels), sharey=True, squeeze=False, figsize=(10.5, 3.8))
    for axes, (title, piles) in zip(row[0], panels.items(), strict=True):
        for number, (name, norms) in enumerate(piles.items()):
            layers = np.arange(1, len(norms) + 1)
            shown = np.where(np.isfinite(norms) & (norms > 0), norms, np.nan)
            axes.semilogy(
                layers,
                shown,
                marker="osD^vP*"[number % 7],
                markersize=3.5,
                linewidth=1.4,
                label=name,
            )
        axes.axhline(1, color=GREY, linewidth=1, linestyle=":")
        axes.set(title=title, xlabel="layer (1 is the first)")
    row[0, 0].set_ylabel("norm of the gradient")
    row[0, -1].legend(fontsize=9, loc="lower right")
    return drawing


def deep_training(nudges: Array, losses: Mapping[str, Array], moved: Mapping[str, Array]) -> Figure:
    """The losses of deep piles, and how much each of their layers learned.

    Args:
        nudges: number of nudges so far, shape (S,), rising.
        losses: losses at these times by pile name, shape (S,).
        moved: how far each layer's kernel has moved, relative to its own size, by pile name,
            shape (L,), first layer first.

    Returns:
        Two panels: losses against nudges, and movement against layers on a logarithmic scale.
    """
    drawing, (left, right) = figure(ncols=2, figsize=(10.5, 3.8))
    for number, (name, loss) in enumerate(losses.items()):
        marker = "osD^vP*"[number % 7]
        left.plot(nudges, loss, marker=marker, markersize=3.5, linewidth=1.4, label=name)
        layers = np.arange(1, len(moved[name]) + 1)
        shown = np.where(np.isfinite(moved[name]) & (moved[name] > 0), moved[name], np.nan)
        right.semilogy(layers, shown, marker=marker, markersize=3.5, linewidth=1.4, label=name)
    left.axhline(np.log(10), color=GREY, linewidth=1, linestyle=":")
    left.text(0.99, np.log(10), "guessing", color="#555555", fontsize=9, ha="right", va="top",
              transform=left.get_yaxis_transform())  # fmt: skip
    left.set(title="What they learn", xlabel="nudges", ylabel="loss", ylim=(0, None))
    right.set(
        title="How far each layer moved", xlabel="layer (1 is the first)",
        ylabel="movement / size of the kernel",
    )  # fmt: skip
    right.locator_params(axis="x", integer=True)
    right.legend(fontsize=9, loc="lower right")
    return drawing


def first_layer_changes(changes: Mapping[str, Array]) -> Figure:
    """What the first layer's units learned, as pictures: weights after training minus before.

    Args:
        changes: changes of some units' weights by pile name, shape (U, H, V).

    Returns:
        One row of pictures for each pile, all on one scale: green rose, white stayed, red fell.
    """
    from matplotlib.colors import LinearSegmentedColormap

    colors = LinearSegmentedColormap.from_list("changes", [NEGATIVE, "white", POSITIVE])
    rows = len(changes)
    columns = len(next(iter(changes.values())))
    drawing, grid = figure(
        ncols=columns, nrows=rows, figsize=(1.1 * columns + 1.6, 1.35 * rows + 0.3), squeeze=False
    )
    finite = [picture[np.isfinite(picture)] for picture in changes.values()]
    largest = max((float(np.max(np.abs(part), initial=0.0)) for part in finite), default=0.0) or 1.0
    # The scale ignores a few extreme weights, which would make all others pale.
    limit = 0.6 * largest
    for line, (name, pictures) in zip(grid, changes.items(), strict=True):
        for axes, picture in zip(line, pictures, strict=True):
            image = axes.imshow(picture, cmap=colors, vmin=-limit, vmax=limit)
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
            for spine in axes.spines.values():
                spine.set(visible=True, color=GREY)
        line[0].set_ylabel(name, fontsize=10)
    for number, axes in enumerate(grid[-1], start=1):
        axes.set_xlabel(f"no. {number}", fontsize=9)
    bar = drawing.colorbar(image, ax=grid, fraction=0.05, pad=0.02, extend="both")
    bar.ax.set_title("change", fontsize=9)
    return drawing
