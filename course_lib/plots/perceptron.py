"""Figures of week 01: the lines that a rule draws, its errors, and a guess that walks downhill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_lib.plots.style import COLORS, GREY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def decision_lines(X: Array, rules: Mapping[str, tuple[Array, Array, float, Array]]) -> Figure:
    """Where each rule says yes, and the number of its errors in each epoch.

    Args:
        X: examples in the plane, shape (N, 2).
        rules: labels (N,), the rule's weights (2,) and bias, and its errors (epochs,), by panel
            title.

    Returns:
        A figure of two rows: the plane with the rule's yes side shaded, and the errors.
    """
    drawing, grid = figure(
        ncols=len(rules), nrows=2, squeeze=False, height_ratios=[2, 1], figsize=(3 * len(rules), 5)
    )
    low, high = X.min() - 0.5, X.max() + 0.5
    x1, x2 = np.meshgrid(np.linspace(low, high, 201), np.linspace(low, high, 201))
    for top, bottom, (title, (y, w, b, errors)) in zip(
        grid[0], grid[1], rules.items(), strict=True
    ):
        score = np.nan_to_num(x1 * w[0] + x2 * w[1] + b)
        top.contourf(x1, x2, score, levels=[0, max(score.max(), 1)], colors=[COLORS[0]], alpha=0.18)
        for label, marker, color in ((0, "o", COLORS[1]), (1, "s", COLORS[0])):
            top.plot(
                *X[y == label].T,
                marker,
                markersize=11,
                markerfacecolor=color if label else "white",
                markeredgecolor=color,
                markeredgewidth=2,
                linestyle="none",
                label=f"should be {label}",
            )
        top.set(title=title, xlabel="$x_1$", xlim=(low, high), ylim=(low, high), aspect="equal")
        top.locator_params(integer=True)
        epochs = np.arange(1, len(errors) + 1)
        bottom.plot(epochs, errors, marker="o", markersize=4, color=COLORS[4])
        bottom.set(xlabel="epoch", ylim=(-0.3, len(X) + 0.3))
        bottom.locator_params(integer=True)
    grid[0, 0].set_ylabel("$x_2$")
    drawing.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    grid[1, 0].set_ylabel("errors")
    return drawing


def price_guesses(guesses: Array, losses: Array, history: Array, measured: Array) -> Figure:
    """The loss of every possible guess, and the guesses that were made.

    Args:
        guesses: possible guesses, shape (G,), rising.
        losses: the loss at each, shape (G,).
        history: the guesses that were made, shape (steps + 1,).
        measured: the loss at each of them, shape (steps + 1,).

    Returns:
        A figure of two panels: the loss against the guess, and the guess against the step.
    """
    drawing, (valley, walk) = figure(ncols=2)
    valley.plot(guesses, losses, color=GREY, label="every guess")
    valley.plot(history, measured, marker="o", markersize=5, color=COLORS[1], label="the walk")
    valley.set(title="Loss against the guess", xlabel="dollars a square foot", ylabel="loss")
    valley.legend(fontsize=9)
    walk.plot(history, marker="o", markersize=5, color=COLORS[1])
    walk.locator_params(axis="x", integer=True)
    walk.set(title="The guess after each nudge", xlabel="nudges", ylabel="dollars a square foot")
    return drawing


def rule_as_picture(examples: Mapping[str, Array], weights: Array) -> Figure:
    """Pictures that a rule tells apart, and the rule's weights laid out like a picture.

    Args:
        examples: pictures by title, shape (H, W), ink from 0 to 1.
        weights: one per pixel, shape (H, W).

    Returns:
        A figure of one row; in the last panel blue is for yes and red against it.
    """
    drawing, row = figure(ncols=len(examples) + 1, figsize=(2.6 * (len(examples) + 1), 2.8))
    for axes, (title, picture) in zip(row, examples.items(), strict=False):
        axes.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(title)
    reach = float(np.max(np.nan_to_num(np.abs(weights)), initial=1e-12))
    shown = row[-1].imshow(weights, cmap="RdBu", vmin=-reach, vmax=reach)
    row[-1].set_title("the rule's weights")
    for axes in row:
        axes.axis("off")
    drawing.colorbar(shown, ax=row[-1]).set_label("weight")
    return drawing
