"""Figures of week 06: blame on a computation graph, the gradient check, and a falling loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from course_lib.plots.style import COLORS, figure

Array = NDArray[Any]

if TYPE_CHECKING:
    from matplotlib.figure import Figure


POSITIVE, NEGATIVE, PALE = COLORS[1], COLORS[0], "#F4F4F4"


def blame_graph(result: Any, names: Mapping[str, Any]) -> Figure:
    """A computation graph after `backward()`: each value, its blame, and where the blame went.

    The wider an arrow, the more blame it carries from a value back to one of its parents.

    Args:
        result: the last value; every value has data, grad, parents and slopes.
        names: labels, for the values that should have one.

    Returns:
        A figure with leaves on the left and the result on the right. Positive blame is solid,
        negative blame dashed.
    """
    places = _places(result)
    labels = {id(value): name for name, value in names.items()}
    right = max(x for _, x, _ in places.values())
    top = max(y for _, _, y in places.values())
    drawing, axes = figure(figsize=(1.55 * (right + 1), 0.85 * (top + 1) + 0.4))
    axes.set(xlim=(-0.4, right + 0.4), ylim=(-0.5, top + 0.5))
    largest = max(abs(value.grad) for value, _, _ in places.values()) or 1.0
    for value, x, y in places.values():
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            _, parent_x, parent_y = places[id(parent)]
            _arrow(axes, (x, y), (parent_x, parent_y), slope * value.grad, largest)
    for value, x, y in places.values():
        name = labels.get(id(value), "")
        text = f"{name} = {value.data:.4g}" if name else f"{value.data:.4g}"
        axes.text(
            *(x, y, f"{text}\nblame {value.grad:.4g}".replace("-", "\N{MINUS SIGN}")),
            ha="center",
            va="center",
            fontsize=10,
            zorder=3,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": PALE, "edgecolor": "black"},
        )
    axes.axis("off")
    axes.set_title("The answer is made from left to right; blame goes back from right to left")
    return drawing


def _arrow(
    axes: Any, start: tuple[float, float], end: tuple[float, float], blame: float, largest: float
) -> None:
    size = abs(blame) / largest
    axes.annotate(
        "",
        xy=(end[0] + 0.33, end[1]),
        xytext=(start[0] - 0.33, start[1]),
        arrowprops={
            "arrowstyle": "-|>",
            "mutation_scale": 11 + 6 * size,
            "shrinkA": 0,
            "shrinkB": 0,
            "color": POSITIVE if blame >= 0 else NEGATIVE,
            "linestyle": "-" if blame >= 0 else (0, (4, 2)),
            "linewidth": 1.0 + 4.0 * size,
            "alpha": 0.45 + 0.55 * size,
        },
    )


def _places(result: Any) -> dict[int, tuple[Any, float, float]]:
    """Every value with its column (how far before the result) and its row."""
    distance: dict[int, int] = {}
    values: dict[int, Any] = {}
    waiting = [(result, 0)]
    while waiting:
        value, far = waiting.pop(0)
        values[id(value)] = value
        if far > distance.get(id(value), -1):
            distance[id(value)] = far
            waiting += [(parent, far + 1) for parent in value.parents]
    columns = max(distance.values())
    nearest_first = sorted(values, key=lambda key: distance[key])
    rows: dict[int, float] = {id(result): 0.0}
    for far in range(1, columns + 1):
        column = [key for key in nearest_first if distance[key] == far]
        wanted = {
            key: np.mean([rows[id(user)] for user in values.values() if _uses(user, key)])
            for key in column
        }
        taken = -np.inf
        for key in sorted(column, key=lambda key: wanted[key]):
            taken = max(float(wanted[key]) - 0.5 * (len(column) - 1), taken + 1.0)
            rows[key] = taken
    lowest = min(rows.values())
    return {
        key: (values[key], float(columns - distance[key]), rows[key] - lowest) for key in values
    }


def _uses(value: Any, key: int) -> bool:
    return any(id(parent) == key for parent in value.parents)


def gradient_check(errors: Array, parameters: Sequence[str], steps: Array) -> Figure:
    """Relative errors between two gradients, for every parameter and every step size.

    Args:
        errors: relative errors, shape (P, E).
        parameters: P names.
        steps: step sizes eps, shape (E,).

    Returns:
        A heat map, dark where the two agree; each cell holds the error's power of ten.
    """
    drawing, axes = figure(figsize=(8.0, 0.9 + 0.55 * len(parameters)))
    powers = np.log10(np.maximum(errors, 1e-16))
    image = axes.imshow(powers, cmap="cividis", aspect="auto", vmin=-12, vmax=0)
    axes.grid(False)
    for row, column in np.ndindex(powers.shape):
        power = powers[row, column]
        color = "white" if power < -6 else "black"
        text = f"{power:.0f}".replace("-", "\N{MINUS SIGN}") if power > -15.5 else "0"
        axes.text(column, row, text, ha="center", va="center", color=color, fontsize=9)
    axes.set_yticks(range(len(parameters)), parameters)
    axes.set_xticks(range(len(steps)), [f"{step:.0e}" for step in steps])
    axes.set(title="Wiggling against backpropagation", xlabel="step eps of the wiggle")
    drawing.colorbar(image, ax=axes, label="error, power of ten")
    return drawing


def falling_loss(losses: Array, accuracies: Array) -> Figure:
    """The loss and the accuracy after each of a series of nudges.

    Args:
        losses: the loss before each nudge, shape (S,).
        accuracies: the fraction of right answers at the same steps, shape (S,).

    Returns:
        Two panels over the number of nudges.
    """
    drawing, (left, right) = figure(ncols=2)
    left.plot(losses)
    left.set(title="Loss", xlabel="nudges", ylim=(0, None))
    right.plot(accuracies, color=COLORS[2])
    right.set(title="Right answers", xlabel="nudges", ylim=(0, 1))
    return drawing
