"""Does every figure of the lessons draw small and awkward data, and say what it shows?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from autograder.calling import copy_tree, same_tree
from course_lib import plots


class Value(NamedTuple):
    """What `blame_graph` reads of a student's `Value`."""

    data: float
    grad: float
    parents: tuple[Any, ...] = ()
    slopes: tuple[float, ...] = ()


def graph(blame: float) -> tuple[Value, dict[str, Value]]:
    """a * b + a, whose first value is used twice."""
    a, b = Value(2.0, 4.0 * blame), Value(-3.0, 2.0 * blame)
    product = Value(-6.0, blame, (a, b), (-3.0, 2.0))
    return Value(-4.0, blame, (product, a), (1.0, 1.0)), {"a": a, "b": b}


Z = np.linspace(-3, 3, 7)
ONE, TWO = {"relu": np.maximum(Z, 0)}, {"relu": np.maximum(Z, 0), "tanh": np.tanh(Z)}
NOTHING = np.full(7, np.nan)

# For every figure: what a right solution gives it, and what a wrong one might.
ARGUMENTS: dict[str, list[tuple[Any, ...]]] = {
    "accuracy_by_batch_size": [
        (np.array([1, 2, 4]), {"batch norm": np.array([0.1, 0.5, 0.9]), "layer norm": np.ones(3)}),
        (np.array([4]), {"none": np.array([np.nan])}),
    ],
    "output_by_company": [
        (np.array([1, 2, 4]), np.arange(15.0).reshape(3, 5), 0.4, 0.7),
        (np.array([2]), np.full((1, 3), np.nan), np.full((), np.nan), np.full((), np.nan)),
    ],
    "blame_graph": [graph(1.0), graph(-1.0), graph(0.0), (Value(1.0, 1.0), {})],
    "falling_loss": [
        (np.array([2.3, 1.1, 0.6]), np.array([0.1, 0.5, 0.9])),
        (np.array([2.3]), np.array([0.1])),
        (NOTHING, NOTHING),
    ],
    "gradient_check": [
        (np.array([[1e-9, 1e-5, 0.0]] * 2), ["W1", "b1"], np.array([1e-5, 1e-3, 1e-1])),
        (np.array([[1.0, np.nan, np.inf]]), ["W1"], np.array([1e-5, 1e-3, 1e-1])),
    ],
    "straight_and_bent": [(Z, ONE, TWO), (Z, {"none": NOTHING}, {"none": NOTHING})],
    "bends_and_slopes": [(Z, TWO, TWO), (Z, ONE, ONE), (Z, {"none": NOTHING}, {"none": NOTHING})],
    "slope_products": [
        (
            {
                "at 0": {"relu": 0.5 ** np.arange(4), "tanh": np.ones(4)},
                "at 2": {"relu": np.ones(4)},
            },
        ),
        ({"at 0": {"dead": np.array([1.0, 0.0, 0.0])}},),
        ({"at 0": {"none": NOTHING}},),
    ],
    "saturation_by_scale": [
        (np.array([0.1, 1.0, 10.0]), {"relu": np.full(3, 0.5), "tanh": np.array([0, 0.2, 1])}),
        (np.array([0.1]), {"none": np.array([np.nan])}),
    ],
}
CASES = [
    pytest.param(name, given, id=f"{name}-{number}")
    for name, several in ARGUMENTS.items()
    for number, given in enumerate(several)
]


@pytest.fixture(autouse=True)
def figures_without_a_screen() -> Iterator[None]:
    import matplotlib.pyplot as plt

    before = matplotlib.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


def test_is_every_figure_drawn_here():
    assert sorted(ARGUMENTS) == sorted(plots.__all__)


@pytest.mark.parametrize(("name", "given"), CASES)
def test_is_it_a_figure_that_says_what_it_shows(name, given):
    figure = getattr(plots, name)(*given)
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    assert figure.axes
    for axes in figure.axes:
        place = axes.get_subplotspec()
        named = axes.get_title() or axes.get_ylabel()
        if place is None or not axes.axison:
            assert named
        else:
            assert named or not place.is_first_col(), "a row without a title or a vertical label"
            assert axes.get_xlabel() or not place.is_last_row(), "no horizontal label"


@pytest.mark.parametrize(("name", "given"), CASES)
def test_are_its_arguments_left_as_they_were(name, given):
    kept = copy_tree(given)
    getattr(plots, name)(*given)
    assert same_tree(kept, given)


@pytest.mark.parametrize(("name", "given"), CASES)
def test_does_it_leave_the_style_of_other_figures_alone(name, given):
    before = dict(matplotlib.rcParams)
    getattr(plots, name)(*given)
    assert dict(matplotlib.rcParams) == before
