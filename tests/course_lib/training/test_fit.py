"""Does training go the same way twice, and after an interruption?"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from course_lib import datasets
from course_lib.models import transformer
from course_lib.quiet import import_keras
from course_lib.training import fit
from course_lib.training.batches import Order
from course_lib.training.fit import STEPS_PER_EXECUTION

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def digits():
    X, y = datasets.digits()
    return datasets.hold_out(X[:500].astype(np.float32), y[:500])


def network(rate=0.25):
    """A network with everything that has a state: averages, and a dropout's random numbers."""
    keras = import_keras()
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(24, "relu"),
            keras.layers.BatchNormalization(momentum=0.8),
            keras.layers.Dropout(rate, seed=5),
            keras.layers.Dense(10),
        ]
    )


def same_weights(left, right):
    pairs = zip(left.get_weights(), right.get_weights(), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


def test_do_two_runs_end_with_equal_weights_and_another_seed_does_not(digits):
    models = [network() for _ in range(3)]
    for model, seed in zip(models, (1, 1, 2), strict=True):
        fit(model, digits, epochs=2, seed=seed, verbose=0)
    assert same_weights(models[0], models[1])
    assert not same_weights(models[0], models[2])


def test_is_every_epoch_shuffled_once_and_trained_to_its_last_batch(digits, monkeypatch):
    asked, indices = [], Order.indices
    monkeypatch.setattr(
        Order, "indices", lambda order: (asked.append(order.epoch), indices(order))[1]
    )
    model = network()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # Keras' word for data that ran out
        fit(model, digits, epochs=3, batch_size=3, verbose=0)
    assert asked == [0, 1, 2]
    steps = -(-len(digits.X_train) // 3)
    assert steps > STEPS_PER_EXECUTION and steps % STEPS_PER_EXECUTION
    assert model.optimizer.iterations == 3 * steps


def test_does_a_run_that_was_stopped_end_like_one_that_was_not(digits, tmp_path):
    keras = import_keras()

    class PowerCut(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.optimizer.iterations >= 9:
                raise KeyboardInterrupt

    whole, stopped, resumed = (network() for _ in range(3))
    fit(whole, digits, epochs=4, verbose=0)
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, digits, epochs=4, verbose=0, checkpoint=tmp_path, callbacks=(PowerCut(),))
    history = fit(resumed, digits, epochs=4, verbose=0, checkpoint=tmp_path)
    assert len(history.loss) == 2
    assert same_weights(whole, resumed)
    assert not tmp_path.exists()
    again = fit(resumed, digits, epochs=1, verbose=0)
    assert len(again.loss) == 1, "the next run begins with its own first epoch"


def test_does_it_learn_and_is_its_history_what_evaluate_says(digits):
    model = network(rate=0.0)
    adam = import_keras().optimizers.Adam(0.01)
    history = fit(model, digits, epochs=6, batch_size=32, optimizer=adam, verbose=0)
    loss, accuracy = model.evaluate(digits.X_test, digits.y_test, verbose=0)
    assert history.test_accuracy[-1] == pytest.approx(accuracy, abs=1e-6) and accuracy > 0.8
    assert history.test_loss[-1] == pytest.approx(loss, rel=1e-4)
    assert history.loss[-1] < history.loss[0] and history.accuracy[-1] > history.accuracy[0]
    assert len(history.seconds) == 6 and min(history.seconds) > 0
    assert history.examples_per_second[2] == pytest.approx(400 / history.seconds[2])
    assert history.steady_rate in history.examples_per_second or len(history.loss) % 2 == 0


def test_does_it_stop_early_with_the_best_weights(digits):
    model = network()
    wild = import_keras().optimizers.SGD(30.0)
    history = fit(model, digits, epochs=30, patience=2, verbose=0, optimizer=wild)
    assert len(history.loss) < 30
    loss, _ = model.evaluate(digits.X_test, digits.y_test, verbose=0)
    assert loss == pytest.approx(min(history.test_loss), rel=1e-4)


@pytest.mark.beyond_sample
def test_does_a_transformer_learn_the_next_pixel_in_mixed_precision(digits):
    import_keras().utils.set_random_seed(0)
    tokens = datasets.Split(
        *datasets.pixel_tokens(digits.X_train[:64]), *datasets.pixel_tokens(digits.X_test[:16])
    )
    model = transformer(18, 64, width=8, heads=2, blocks=1, dtype="mixed_bfloat16")
    history = fit(model, tokens, epochs=2, batch_size=16, verbose=0)
    assert history.loss[-1] < history.loss[0] < 3.5
    assert {weight.dtype for weight in model.weights} == {"float32"}


def test_do_keras_own_callbacks_see_every_epoch(digits, tmp_path):
    keras = import_keras()
    losses = []

    def keep(epoch, logs):
        losses.append(logs["loss"])

    history = fit(
        network(),
        digits,
        epochs=2,
        verbose=0,
        callbacks=(
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.LambdaCallback(on_epoch_end=keep),
        ),
    )
    assert tuple(losses) == history.loss
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
