"""Figures of week 03: what units look for, a picture on its way through, and two kinds of time."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array

POSITIVE, NEGATIVE, ABSENT = COLORS[2], "#8C1F00", "#CCCCCC"
# The red is much darker than the green, so they also differ in grey and to colour-blind readers.
SIGN_FROM = 0.4
"""A weight of at least this size shows its sign, for readers who cannot tell the colours apart."""
SIGNS_FIT = 150
"""Masks of more fields have no room for signs."""


def weight_masks(masks: Mapping[str, Array], columns: int = 8) -> Figure:
    """Units' weights as pictures: green and + hopes for ink, red and - for none.

    Args:
        masks: masks by title, shape (H, V), in [-1, 1]; large ones show colours without signs.
        columns: number of masks per row.

    Returns:
        A figure with one panel for each mask and one colour bar. Entries that are not finite are
        grey.
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    scale = LinearSegmentedColormap.from_list("masks", [NEGATIVE, "white", POSITIVE])
    colors = scale.with_extremes(bad=ABSENT)
    columns = min(columns, len(masks))
    rows = ceil(len(masks) / columns)
    drawing, grid = figure(
        ncols=columns, nrows=rows, figsize=(1.25 * columns + 1.6, 1.5 * rows + 0.2), squeeze=False
    )
    for axes in grid.ravel()[len(masks) :]:
        axes.remove()
    for axes, (title, mask) in zip(grid.ravel(), masks.items(), strict=False):
        image = axes.imshow(mask, cmap=colors, vmin=-1, vmax=1)
        signed = np.abs(mask) >= SIGN_FROM if mask.size <= SIGNS_FIT else np.zeros_like(mask)
        for row, column in np.argwhere(signed):
            weight = mask[row, column]
            axes.text(
                *(column, row, "+" if weight > 0 else "\N{MINUS SIGN}"),
                color="white" if weight < -0.5 else "black",
                ha="center",
                va="center",
                fontsize=8,
                fontweight="bold",
            )
        height, width = mask.shape
        axes.add_patch(Rectangle((-0.5, -0.5), width, height, fill=False, edgecolor=GREY))
        axes.set_title(title, fontsize=9)
        axes.axis("off")
    bar = drawing.colorbar(image, ax=grid, ticks=[-1, 0, 1], fraction=0.05, pad=0.02)
    bar.ax.set_yticklabels(["\N{MINUS SIGN} no ink here", "does not care", "+ ink here"])
    bar.ax.set_title("weight", fontsize=9)
    return drawing


def one_picture_through(image: Array, layers: Mapping[str, Array], probabilities: Array) -> Figure:
    """A picture, what each layer makes of it, and the network's answer.

    Args:
        image: brightness, shape (H, V), 1 is ink.
        layers: activations by layer name, shape (M,).
        probabilities: of the classes, shape (K,).

    Returns:
        A figure of one row from left to right. The most probable class has a bar of its own
        colour, and its number in the title.
    """
    drawing, row = figure(ncols=len(layers) + 2, figsize=(2.2 + 2.6 * (len(layers) + 1), 2.8))
    first, *between, last = row
    first.imshow(image, cmap="Greys", vmin=0, vmax=1)
    first.set_title("goes in")
    first.axis("off")
    for axes, (name, values) in zip(between, layers.items(), strict=True):
        _bars(axes, values, [COLORS[0]] * len(values))
        axes.set(title=name, xlabel="unit")
    best = int(np.argmax(probabilities))
    _bars(
        last, probabilities, [COLORS[1] if k == best else GREY for k in range(len(probabilities))]
    )
    last.set(title=f"answer: {best}", xlabel="class", ylim=(0, 1.05))
    last.set_xticks(range(len(probabilities)))
    return drawing


def _bars(axes: Any, values: Array, colors: list[str]) -> None:
    axes.bar(range(len(values)), values, color=colors)
    axes.grid(False, axis="x")


def gatekeeper(biases: Array, activations: Mapping[str, Array]) -> Figure:
    """What one neuron says to several pictures, against its bias.

    Args:
        biases: shape (B,), rising.
        activations: the neuron's activations by picture name, shape (B,).

    Returns:
        A figure of one panel; the dotted line is the middle between no and yes.
    """
    drawing, axes = figure(figsize=(6.4, 3.4))
    axes.axhline(0.5, color=GREY, linewidth=1, linestyle=":")
    for name, values in activations.items():
        axes.plot(biases, values, label=name)
    axes.set(
        title="A bias decides how much it takes to say yes",
        xlabel="bias b (strict on the left, easy on the right)",
        ylabel="activation",
        ylim=(-0.03, 1.03),
    )
    axes.legend(fontsize=9)
    return drawing


def times_by_size(sizes: Array, seconds: Mapping[str, Array]) -> Figure:
    """The time that several ways of computing a layer take, on logarithmic scales.

    Args:
        sizes: units of the layer, shape (S,), rising.
        seconds: time for each size by method, shape (S,).

    Returns:
        A figure of one panel.
    """
    drawing, axes = figure(figsize=(6.0, 3.4))
    for number, (name, times) in enumerate(seconds.items()):
        axes.loglog(sizes, times, marker="osD^v"[number % 5], markersize=5, label=name)
    axes.set(title="One layer, one batch", xlabel="units in and out", ylabel="seconds")
    axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
    axes.minorticks_off()
    axes.legend(fontsize=9)
    return drawing


def depth_against_width(
    x: Array, lines: Mapping[str, Array], parameters: Array, pieces: Mapping[str, Array]
) -> Figure:
    """The lines that networks of equal size draw, and their straight pieces by size.

    Args:
        x: inputs, shape (P,), rising.
        lines: outputs at x by network, shape (P,).
        parameters: sizes of networks, shape (S,).
        pieces: the number of straight pieces for each size by kind of network, shape (S,).

    Returns:
        A figure with one panel for each line, and one for the pieces, on a logarithmic scale.
    """
    drawing, row = figure(ncols=len(lines) + 1, figsize=(3.6 * (len(lines) + 1), 3.1))
    for axes, (number, (name, values)) in zip(row, enumerate(lines.items()), strict=False):
        axes.plot(x, values, color=COLORS[number])
        axes.set(title=name, xlabel="x", ylim=(-0.08, 1.08))
    for number, (name, counts) in enumerate(pieces.items()):
        row[-1].semilogy(parameters, counts, marker="os"[number % 2], label=name)
    row[-1].set(title="Straight pieces", xlabel="numbers in the network")
    row[-1].legend(fontsize=9)
    return drawing
