"""Figures of week 14: a curve out of bends, what filters answer to, and an honest confusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def curve_by_width(
    x: Array, curve: Array, networks: Mapping[int, Array], built: tuple[float, float] | None = None
) -> Figure:
    """A curve, and networks of several widths that approximate it.

    Args:
        x: places, shape (G,), rising.
        curve: the curve there, shape (G,).
        networks: the network's outputs at x by number of hidden units, shape (G,).
        built: the interval that the networks were built for, two dotted lines; None for all of x.

    Returns:
        One panel for each network, with one scale; the gap between the two lines is shaded, and
        the title says how large it is within the interval.
    """
    inside = np.ones(len(x), bool) if built is None else (built[0] <= x) & (x <= built[1])
    size = (3.2 * len(networks), 3.2)
    drawing, grid = figure(len(networks), figsize=size, sharey=True, squeeze=False)
    for axes, (width, answers) in zip(grid[0], networks.items(), strict=True):
        axes.fill_between(x, curve, answers, color=COLORS[1], alpha=0.25, linewidth=0)
        axes.plot(x, curve, color="black", linewidth=1.5, linestyle="-", label="the curve")
        axes.plot(x, answers, color=COLORS[1], linestyle="--", label="the network")
        for end in built or ():
            axes.axvline(end, color=GREY, linewidth=1.0, linestyle=":")
        gap = np.max(np.abs(answers - curve)[inside], initial=0.0)
        where = "" if built is None else f" from {built[0]:g} to {built[1]:g}"
        axes.set_title(f"{width} bends\nlargest gap {gap:.2g}{where}", fontsize=11)
        axes.set_xlabel("x")
    grid[0, 0].set_ylabel("height")
    grid[0, 0].legend(fontsize=9)
    return drawing


def feature_maps(image: Array, maps: Mapping[str, Array]) -> Figure:
    """An image, and where each filter responds to it.

    Args:
        image: brightness, shape (H, W), 1 is ink.
        maps: feature maps (P, Q) by filter name; what is not positive stays dark.

    Returns:
        The image on the left, then one panel for each filter; bright is a strong response.
    """
    columns = 1 + len(maps)
    drawing, grid = figure(ncols=columns, figsize=(1.35 * columns, 1.7), squeeze=False)
    grid[0, 0].imshow(image, cmap="gray_r", vmin=0, vmax=1)
    grid[0, 0].set_title("the image", fontsize=9)
    for axes, (name, answers) in zip(grid[0, 1:], maps.items(), strict=True):
        axes.imshow(np.maximum(answers, 0), cmap="gray", vmin=0)
        axes.set_title(name, fontsize=9)
    for axes in grid[0]:
        axes.axis("off")
    return drawing


def confusion_matrix(counts: Array, names: Sequence[str]) -> Figure:
    """How often each class was mistaken for each other class.

    Args:
        counts: shape (K, K); rows are true classes, columns answers.
        names: names of the K classes.

    Returns:
        A table whose cells are shaded by their share of the row. Zeros are left empty.
    """
    drawing, axes = figure(figsize=(4.6, 4.2))
    counts = np.asarray(counts, float)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.argwhere(counts > 0):
        axes.text(
            *(column, row, f"{counts[row, column]:.0f}"),
            color="white" if share[row, column] > 0.5 else "black",
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold" if row != column else "normal",
        )
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.grid(False)
    axes.set(title="What was taken for what", xlabel="the network says", ylabel="it is")
    return drawing


def answers_with_confidence(
    images: Array, answers: Sequence[str], confidence: Array, title: str
) -> Figure:
    """Images with the network's answers and confidence.

    Args:
        images: brightness, shape (N, H, W), 1 is ink.
        answers: the network's N answers.
        confidence: the probability of its answer, shape (N,), in [0, 1].
        title: over the row.

    Returns:
        One row of images, each with its answer above it and a bar of its confidence below.
    """
    drawing, grid = figure(
        ncols=len(images),
        nrows=2,
        figsize=(1.15 * len(images), 2.1),
        squeeze=False,
        height_ratios=(8, 1),
    )
    for column, image in enumerate(images):
        top, bottom = grid[:, column]
        top.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        top.set_title(answers[column], fontsize=10)
        bottom.barh([0], [confidence[column]], color=COLORS[0])
        bottom.set(xlim=(0, 1), title=f"{confidence[column]:.0%} sure")
        bottom.title.set_fontsize(8)
        # With a frame, so that a blank image is visible.
        top.set(xticks=[], yticks=[])
        top.grid(False)
        top.spines[:].set_visible(True)
        bottom.axis("off")
    drawing.suptitle(title, fontsize=11)
    return drawing
