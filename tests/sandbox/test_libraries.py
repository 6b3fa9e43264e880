"""Can a week's notebooks use Keras where the week allows it, and only there?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.answer import Status
from autograder.errors import SandboxError
from autograder.sandbox import mounts
from autograder.sandbox.session import Ask, Cell, Hold, Libraries, Limits, Sandbox, encode_asks

KERAS = Libraries(names=("keras", "tensorflow"))
TRAINS = textwrap.dedent(
    """
    import keras
    import numpy as np
    import tensorflow as tf

    def slope(x):
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = keras.ops.sum(x ** 3)
        return np.asarray(tape.gradient(y, x))

    def fitted(x):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(x[:, None], 2 * x[:, None], epochs=2, verbose=0)
        return model.get_weights()[0]
    """
)
X = np.linspace(0.0, 1.0, 8)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=Limits(cell_seconds=60, question_seconds=60), libraries=KERAS) as made:
        yield made


@pytest.mark.slow
@pytest.mark.beyond_sample
def test_do_two_submissions_train_in_forks_of_one_parent(sandbox):
    asks = encode_asks([Ask(0, "slope", "", {"x": X}), Ask(1, "fitted", "", {"x": X})])
    fitted = []
    for _ in range(2):
        steps = [Cell(0, TRAINS), Hold(1, "slope", "slope"), Hold(2, "fitted", "fitted")]
        with sandbox.open(steps) as session:
            answers = session.ask(asks)
        assert not session.cells[0].error
        assert answers[1].status is Status.RETURNED, answers[1].error
        np.testing.assert_allclose(answers[0].value, 3 * X**2, rtol=1e-12)
        fitted.append(answers[1].value)
    np.testing.assert_array_equal(*fitted)


@pytest.mark.slow
def test_does_the_parent_pay_for_the_import(sandbox):
    with sandbox.open([Cell(0, "import keras, tensorflow")]) as session:
        assert not session.cells[0].error
    assert session.close().cpu_seconds < 5


@pytest.mark.slow
def test_is_the_reference_model_out_of_sight(sandbox):
    with sandbox.open([Cell(0, "from course_lib import models")]) as session:
        assert "ImportError" in session.cells[0].error


def test_does_a_numpy_week_see_neither():
    with Sandbox() as numpy_alone, numpy_alone.open([Cell(0, "import keras")]) as session:
        assert "ModuleNotFoundError" in session.cells[0].error


@pytest.mark.slow
def test_is_a_missing_library_said_with_a_next_step():
    with pytest.raises(SandboxError, match="pip install no_such_library"):
        mounts.distributions(["no_such_library"])
