"""Does every figure of the lessons draw small and awkward data, and say what it shows?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from autograder.tree import copy_tree, same_tree
from course_lib import plots

pytestmark = pytest.mark.slow


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
PLANE = np.meshgrid(Z, np.linspace(-2, 2, 5))
CORNERS, SAYS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 1])

# For every figure: what a right solution gives it, and what a wrong one might.
ARGUMENTS: dict[str, list[tuple[Any, ...]]] = {
    "activation_histograms": [
        ({"std 1": {1: np.tanh(Z), 30: np.sign(Z)}, "Xavier": {1: np.zeros((2, 3)), 30: Z / 3}},),
        ({"none": {1: NOTHING}},),
    ],
    "answers_with_confidence": [
        (np.ones((3, 4, 4)), ["1", "7", "2"], np.array([0.0, 0.5, 1.0]), "Three"),
        (np.full((1, 4, 4), np.nan), ["1"], np.array([np.nan]), "One"),
    ],
    "confusion_matrix": [
        (np.array([[5, 1], [0, 7]]), ["cat", "dog"]),
        (np.zeros((2, 2)), ["cat", "dog"]),
    ],
    "curve_by_width": [
        (Z, np.sin(Z), {4: np.zeros(7), 16: np.sin(Z)}),
        (Z, np.sin(Z), {4: np.zeros(7), 16: np.sin(Z)}, (-1.0, 1.0)),
        (Z, np.sin(Z), {4: NOTHING}),
    ],
    "feature_maps": [
        (np.ones((4, 4)), {"upright": np.eye(3), "lying": -np.eye(3)}),
        (np.ones((4, 4)), {"none": np.full((2, 2), np.nan)}),
    ],
    "accuracy_by_batch_size": [
        (np.array([1, 2, 4]), {"batch norm": np.array([0.1, 0.5, 0.9]), "layer norm": np.ones(3)}),
        (np.array([4]), {"none": np.array([np.nan])}),
    ],
    "losses_by_rate": [
        (np.array([0.01, 1.0]), {"as in week 04": {"nothing": np.array([2.3, np.nan])}}, 2.3),
        (np.array([0.1]), {"none": {"batch norm": np.array([np.inf])}, "0.7": {}}, 2.3),
    ],
    "output_by_company": [
        (np.array([1, 2, 4]), np.arange(15.0).reshape(3, 5), 0.4, 0.7),
        (np.array([2]), np.full((1, 3), np.nan), np.full((), np.nan), np.full((), np.nan)),
    ],
    "gradient_norms": [
        (
            {
                "10 layers": {"sigmoid": np.array([1e-9, 1e-3, 1.0]), "relu": np.ones(3)},
                "1": {"tanh": np.ones(1)},
            },
        ),
        ({"broken": {"none": np.array([0.0, np.nan, np.inf])}},),
    ],
    "deep_training": [
        (np.array([10, 20]), {"a": np.array([2.3, 1.0])}, {"a": np.array([1e-12, 1e-3, 0.1])}),
        (np.array([10]), {"none": np.array([np.nan])}, {"none": np.array([0.0, np.nan])}),
    ],
    "first_layer_changes": [
        ({"sigmoid": np.zeros((3, 4, 5)), "relu": np.linspace(-1, 1, 60).reshape(3, 4, 5)},),
        ({"none": np.full((2, 3, 3), np.nan)},),
    ],
    "bad_starts": [
        (
            {"too loud": np.array([1e22, np.nan, np.nan]), "too quiet": np.full(3, 2.3)},
            np.array([2.3, 1.1, 0.6]),
            {"constant": np.ones(3), "He": np.full(3, 64.0)},
        ),
        ({"none": NOTHING}, NOTHING, {"none": NOTHING}),
    ],
    "gallery": [
        ({f"a {digit}": np.eye(8) for digit in range(7)},),
        ({"one": np.full((2, 3), np.nan)},),
    ],
    "spread_by_depth": [
        ({"ReLU": {"He": np.ones(5), "dead": np.zeros(5)}, "tanh": {"He": np.ones(5)}},),
        ({"ReLU": {"none": NOTHING}},),
    ],
    "answers_to_digits": [
        (np.linspace(0, 1, 192).reshape(3, 64), np.array([1, 2, 3]), np.eye(10)[[1, 2, 4]]),
        (np.zeros((12, 64)), np.zeros(12, int), np.full((12, 10), np.nan)),
    ],
    "losses_by_epoch": [
        ({"one": {"a": Z, "b": -Z}, "two": {"a": np.array([2.3])}}, 3.0),
        ({"none": {"a": NOTHING}}, 3.0),
    ],
    "paths_on_surface": [
        (*np.meshgrid(Z, Z), np.hypot(*np.meshgrid(Z, Z)), {"a": np.eye(2), "b": np.zeros((1, 2))}),
        (*np.meshgrid(Z, Z), np.full((7, 7), np.nan), {"a": np.full((3, 2), np.nan)}),
    ],
    "schedules": [
        ({"a": Z, "b": -Z, "c": Z, "d": Z},),
        ({"a": NOTHING},),
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
    "weight_masks": [
        ({f"unit {unit}": np.linspace(-1, 1, 12).reshape(3, 4) for unit in range(5)},),
        ({"one": np.full((2, 3), np.nan), "large": np.linspace(-1, 1, 784).reshape(28, 28)},),
    ],
    "noise_as_help": [
        (Z, Z**2, {"one": Z, "two": np.zeros(3)}, (*PLANE, PLANE[0] ** 2), {"one": CORNERS}),
        (Z, Z, {"none": NOTHING}, (*PLANE, 0 * PLANE[0]), {"none": np.full((3, 2), np.nan)}),
    ],
    "one_picture_through": [
        (np.eye(4), {"layer 1": np.array([0.0, 2.0, 1.0])}, np.array([0.2, 0.5, 0.3])),
        (np.zeros((2, 3)), {"a": np.zeros(2), "b": NOTHING}, np.full(3, np.nan)),
    ],
    "depth_against_width": [
        (Z, {"deep": np.abs(Z), "wide": Z}, np.array([7, 13]), {"deep": np.array([3, 6])}),
        (NOTHING, {"none": NOTHING}, NOTHING, {"none": NOTHING}),
    ],
    "gatekeeper": [(Z, {"a picture": np.tanh(Z), "another": Z}), (Z, {"none": NOTHING})],
    "times_by_size": [
        (np.array([8, 64]), {"loops": np.array([1e-3, 6e-2]), "matmul": np.array([1e-6, 2e-6])}),
        (np.array([8]), {"none": np.array([np.nan])}),
    ],
    "attention_maps": [
        ({"head 0": np.tril(np.ones((3, 3))), "head 1": np.eye(3)}, list("cat")),
        ({"none": np.full((2, 2), np.nan)}, ["a", "b"]),
    ],
    "masks": [
        ({"left to right": np.tri(4, dtype=bool), "everything": np.ones((2, 3), bool)},),
        ({"numbers": np.tri(3)},),
    ],
    "position_patterns": [
        (np.ones((5, 4)),),
        (np.full((2, 2), np.nan),),
    ],
    "scores_by_distance": [
        ({"added": {"from 0": Z, "from 9": Z + 1}, "turned": {"from 0": Z}},),
        ({"none": {"from 0": NOTHING}},),
    ],
    "loss_by_place": [
        (np.linspace(3, 1, 9), {"all characters alike": 3.3, "pairs": 2.4}),
        (NOTHING, {}),
    ],
    "letter_map": [
        (np.arange(8.0).reshape(4, 2), list("ab.\u2423")),
        (np.full((2, 2), np.nan), ["a", "b"]),
    ],
    "labelled_maps": [
        ({"a": np.arange(8.0).reshape(4, 2), "b": np.zeros((4, 2))}, np.array([0, 9, 3, 3])),
        ({"none": np.full((2, 2), np.nan)}, np.array([1, 2])),
    ],
    "reading_loss": [
        (np.linspace(3, 1, 90), {"all letters alike": 3.3}),
        (NOTHING, {}),
    ],
    "similarity_tables": [
        ({"before": np.zeros((3, 3)), "after": np.eye(3)},),
        ({"none": np.full((2, 2), np.nan)},),
    ],
    "decision_lines": [
        (CORNERS, {"OR": (SAYS, np.array([0.5, 0.5]), 0.0, np.array([2, 1, 0]))}),
        (CORNERS, {"upright": (SAYS, np.array([1.0, 0.0]), -0.5, np.array([0]))}),
        (CORNERS, {"none": (SAYS, np.full(2, np.nan), 0.0, np.array([np.nan]))}),
    ],
    "prices_and_lines": [
        (Z, {"1 and 1": np.abs(Z)}, Z, np.exp(Z), {"1 and 1": np.array([1.0, 2.0])}),
        (Z, {"none": NOTHING}, Z, Z, {"none": np.full(2, np.nan)}),
    ],
    "price_guesses": [
        (np.arange(3.0), np.arange(3.0) ** 2, np.array([2.0, 0.5]), np.array([4.0, 0.25])),
        (np.arange(3.0), NOTHING[:3], NOTHING[:1], NOTHING[:1]),
    ],
    "rule_as_picture": [
        ({"3": np.eye(8), "8": np.ones((8, 8))}, np.eye(8) - 0.5),
        ({"3": np.zeros((8, 8))}, np.full((8, 8), np.nan)),
        ({"3": np.zeros((8, 8))}, np.zeros((8, 8))),
    ],
    "confidently_wrong": [
        (Z, TWO, TWO, {"relu": np.linspace(0, 1, 4), "tanh": np.zeros(4)}),
        (Z, {"none": NOTHING}, {"none": NOTHING}, {"none": NOTHING}),
    ],
    "lines_and_outlier": [
        (Z, np.exp(Z), 6, TWO, {"relu": np.linspace(0, 1, 4), "tanh": np.zeros(4)}),
        (Z, Z, 0, {"none": NOTHING}, {"none": NOTHING}),
    ],
    "optimizer_paths": [
        (
            {
                "ravine": (lambda w: (w**2).sum(axis=-1), (-3.0, 3.0), (-2.0, 2.0)),
                "saddle": (lambda w: w[..., 0] ** 2 - w[..., 1], (-3.0, 3.0), (-2.0, 2.0)),
            },
            {
                "ravine": {"one": CORNERS, "two": -CORNERS},
                "saddle": {"one": CORNERS[::-1], "two": np.full((3, 2), np.nan)},
            },
        ),
        (
            {"flat": (lambda w: 0 * w[..., 0], (-3.0, 3.0), (-2.0, 2.0))},
            {"flat": {"lost": np.array([[1.0, 1.0], [1e200, -np.inf], [np.nan, np.nan]])}},
        ),
    ],
    "learning_by_optimizer": [
        (
            {"one": np.array([2.0, 1.0, 0.5]), "two": np.array([2.0, 0.1, 0.01])},
            np.array([1e-3, 1e-2, 1e-1]),
            {"one": np.array([2.0, 0.5, np.inf]), "two": np.array([0.5, 0.2, np.nan])},
        ),
        ({"none": NOTHING}, np.array([0.1]), {"none": np.array([np.nan])}),
    ],
    "decay_by_loudness": [
        (np.array([0.01, 0.1, 1.0]), {"L2": np.array([0.9, 0.5, 0.1]), "AdamW": np.ones(3)}),
        (np.array([1.0]), {"none": np.array([np.nan])}),
    ],
    "learning_by_heart": [
        (
            {name: (np.exp(-Z), np.cosh(Z)) for name in ("nothing", "a", "b", "c")},
            {"nothing": 3, "a": 0, "b": 6, "c": 1},
        ),
        ({"none": (NOTHING, NOTHING)}, {"none": 0}),
    ],
    "choosing_a_penalty": [
        (np.exp(Z), 1 + Z**2, 2 + Z**2, 1.5, 3),
        (np.exp(Z), NOTHING, NOTHING, np.full((), np.nan), -1),
    ],
    "double_descent": [
        (np.array([1, 10, 100]), np.zeros(3), np.array([0.5, 0.9, 0.2]), np.full(3, 0.2), 10),
        (np.array([5]), np.array([np.nan]), np.array([np.nan]), np.array([np.nan]), 1),
    ],
    "picture_rows": [
        ({"as they are": np.ones((3, 8, 8)), "moved": np.eye(8)[None]},),
        ({"none": np.full((1, 2, 3), np.nan)},),
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
    "two_papers": [
        (np.array([85.0, 160]), np.array([1.6, 1.1]), np.array([85.0, 900]), np.array([2, -1.0])),
        (np.array([85.0]), NOTHING[:1], np.array([85.0, 900]), NOTHING[:2]),
    ],
    "scaling_run": [
        (np.array([85.0, 160]), np.array([1.6, 1.1]), np.array([True, False]), np.exp(Z), TWO),
        (np.array([85.0]), NOTHING[:1], np.array([True]), np.exp(Z), {"none": NOTHING}),
        (
            np.array([85.0, 160]),
            np.array([1.6, 1.1]),
            np.array([True, False]),
            np.exp(Z),
            TWO,
            (1 + Z**2, NOTHING),
        ),
    ],
    "broken_batch": [
        ({"one": {"norm": np.exp(Z), "loss": np.exp(-Z)}, "two": {"norm": Z, "loss": Z}}, 3),
        ({"none": {"norm": NOTHING, "loss": NOTHING}}, 3),
    ],
    "budgets": [
        (np.exp(Z), {"1e21": 2 + Z**2, "1e23": 1 + Z**2}, np.array([1.0, 2.0])),
        (np.exp(Z), {"none": NOTHING}, np.array([np.nan])),
    ],
    "lifetime_cost": [
        (np.exp(Z), {"unused": np.where(Z < 0, np.inf, 1 + Z), "used": np.exp(Z)}),
        (np.exp(Z), {"none": NOTHING}),
    ],
    "saturation_by_scale": [
        (np.array([0.1, 1.0, 10.0]), {"relu": np.full(3, 0.5), "tanh": np.array([0, 0.2, 1])}),
        (np.array([0.1]), {"none": np.array([np.nan])}),
    ],
}
CASES = [
    pytest.param(
        (name, given), id=f"{name}-{number}", marks=[pytest.mark.beyond_sample] if number else []
    )
    for name, several in ARGUMENTS.items()
    for number, given in enumerate(several)
]


@dataclass(frozen=True)
class Drawn:
    """A figure, and what was there before and after it was drawn."""

    figure: Any
    given: tuple[Any, ...]
    given_before: tuple[Any, ...]
    style: dict[str, Any]
    style_before: dict[str, Any]


@pytest.fixture(scope="module", params=CASES)
def drawn(request: pytest.FixtureRequest) -> Iterator[Drawn]:
    """Each figure drawn once, without a screen."""
    import matplotlib.pyplot as plt

    name, given = request.param
    backend = matplotlib.get_backend()
    plt.switch_backend("agg")
    given_before, style_before = copy_tree(given), dict(matplotlib.rcParams)
    figure = getattr(plots, name)(*given)
    yield Drawn(figure, given, given_before, dict(matplotlib.rcParams), style_before)
    plt.close("all")
    plt.switch_backend(backend)


def test_is_every_figure_drawn_here():
    assert sorted(ARGUMENTS) == sorted(plots.__all__)


def test_is_it_a_figure_that_says_what_it_shows(drawn):
    figure = drawn.figure
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


def test_are_its_arguments_left_as_they_were(drawn):
    assert same_tree(drawn.given_before, drawn.given)


def test_does_it_leave_the_style_of_other_figures_alone(drawn):
    assert drawn.style == drawn.style_before
