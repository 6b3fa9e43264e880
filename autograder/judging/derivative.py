"""Is a gradient wrong, or is it the correct derivative of a wrong function?

If a gradient matches finite differences of the student's own forward pass, the error is in the
forward pass. It is called again at nearby inputs, and its differences are compared with the
gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.answer import Answer, Status
from autograder.judging.compare import as_array
from autograder.questions.define import Derivative, Inputs, Question
from autograder.tree import Tree, copy_tree

STEP = 6e-6
"""About the cube root of float64's unit roundoff, where truncation and rounding errors balance."""
AGREEMENT = 1e-6
"""Central differences with that step are accurate to about 1e-10; wrong gradients are far off."""
MAX_ENTRIES = 400

AskFunction = Callable[[Question, Sequence[Inputs]], Sequence[Answer]]


def matches_own_function(
    function: Question, derivative: Derivative, given: Inputs, gradient: Tree, ask: AskFunction
) -> bool:
    """Whether a gradient equals finite differences of the student's own function.

    Args:
        function: the question whose answer is differentiated.
        derivative: which part, with respect to which argument.
        given: the inputs at which the gradient was computed; may include an upstream gradient.
        gradient: the student's gradient, a tree with the shapes of the argument `wrt`.
        ask: calls the student's function for each of several inputs.
    """
    arguments = {name: given[name] for name in function.parameters if name in given}
    if set(arguments) != set(function.parameters):
        return False
    leaves = _leaves(arguments[derivative.wrt])
    claimed = [as_array(leaf) for leaf in _same_order(arguments[derivative.wrt], gradient)]
    if len(leaves) != len(claimed) or sum(leaf.size for leaf in leaves) > MAX_ENTRIES:
        return False

    def values(moved: Sequence[Inputs]) -> list[NDArray[Any] | None]:
        return [_value(answer, function, derivative) for answer in ask(function, moved)]

    (here,) = values([arguments])
    elementwise = not derivative.upstream and here is not None and here.ndim > 0
    upstream = given.get(derivative.upstream, 1.0)
    for place, (leaf, yours) in enumerate(zip(leaves, claimed, strict=True)):
        directions = [np.ones_like(leaf)] if elementwise else _unit_directions(leaf)
        steps = [sign * STEP * direction for direction in directions for sign in (1.0, -1.0)]
        slopes = _slopes(values([_moved(arguments, derivative.wrt, place, s) for s in steps]))
        if slopes is None or yours is None or np.shape(upstream) not in ((), slopes[0].shape):
            return False
        if elementwise:
            numeric = slopes[0]
        else:
            numeric = np.array([np.sum(upstream * slope) for slope in slopes]).reshape(leaf.shape)
        if not _agree(yours, numeric):
            return False
    return True


def _slopes(values: Sequence[NDArray[Any] | None]) -> list[NDArray[Any]] | None:
    """Central differences of pairs of values (plus, minus); None unless all values are finite."""
    usable = [value for value in values if value is not None and np.isfinite(value).all()]
    if len(usable) < len(values) or len({value.shape for value in usable}) != 1:
        return None
    pairs = zip(usable[::2], usable[1::2], strict=True)
    # Students install this, and week 06 asks for the formula.
    return [np.gradient(np.stack([minus, plus]), 2 * STEP, axis=0)[0] for plus, minus in pairs]


def _agree(yours: NDArray[Any], numeric: NDArray[Any]) -> bool:
    if yours.shape != numeric.shape or not np.isfinite(yours).all():
        return False
    scale = max(1.0, float(np.max(np.abs(numeric), initial=0.0)))
    return bool(np.max(np.abs(numeric - yours), initial=0.0) <= AGREEMENT * scale)


def _leaves(tree: Tree) -> list[NDArray[Any]]:
    branches = list(tree.values()) if isinstance(tree, dict) else [tree]
    return [np.asarray(branch, dtype=np.float64) for branch in branches]


def _same_order(argument: Tree, gradient: Tree) -> list[Tree]:
    if isinstance(argument, dict):
        return [gradient[key] for key in argument] if _same_keys(argument, gradient) else []
    return [gradient]


def _same_keys(argument: Tree, gradient: Tree) -> bool:
    return isinstance(gradient, dict) and set(gradient) == set(argument)


def _unit_directions(leaf: NDArray[Any]) -> list[NDArray[Any]]:
    return [row.reshape(leaf.shape) for row in np.eye(leaf.size)]


def _moved(arguments: Inputs, wrt: str, place: int, step: NDArray[Any]) -> Inputs:
    moved: Inputs = copy_tree(arguments)
    if isinstance(moved[wrt], dict):
        key = list(moved[wrt])[place]
        moved[wrt][key] = moved[wrt][key] + step
    else:
        moved[wrt] = moved[wrt] + step
    return moved


def _value(answer: Answer, function: Question, derivative: Derivative) -> NDArray[Any] | None:
    if answer.status is not Status.RETURNED:
        return None
    value = answer.value
    if derivative.value:
        names = function.returns
        if isinstance(value, dict):
            value = value.get(derivative.value)
        elif isinstance(value, list) and derivative.value in names and len(value) == len(names):
            value = value[names.index(derivative.value)]
        else:
            return None
    return as_array(value)
