"""Are the course's data what the lessons say of them?"""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from course_lib import datasets


def write_idx(folder, part, n, pack=False, rng=None):
    """Two IDX files of n images and labels, as LeCun's page describes them."""
    rng = rng or np.random.default_rng(n)
    images = rng.integers(256, size=(n, 28, 28), dtype=np.uint8)
    labels = rng.integers(10, size=n, dtype=np.uint8)
    for name, magic, values in (("images-idx3", 0x803, images), ("labels-idx1", 0x801, labels)):
        content = struct.pack(f">{1 + values.ndim}i", magic, *values.shape) + values.tobytes()
        path = folder / f"{part}-{name}-ubyte{'.gz' if pack else ''}"
        path.write_bytes(gzip.compress(content) if pack else content)
    return images.reshape(n, 784) / np.float32(255), labels


@pytest.fixture(autouse=True)
def no_mnist_of_this_machine(monkeypatch, tmp_path_factory):
    monkeypatch.delenv("NN_MNIST", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))


def test_are_the_digits_ink_between_0_and_1_with_ten_labels():
    X, y = datasets.digits()
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((1797, 64), np.float64, (1797,), np.int64)
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert np.bincount(y).shape == (10,) and np.bincount(y).min() > 170


def test_are_the_digits_the_same_however_they_were_treated_before():
    X, y = datasets.digits()
    kept = X.copy(), y.copy()
    X[:], y[:] = 0.0, 0
    again = datasets.digits()
    assert all(np.array_equal(left, right) for left, right in zip(again, kept, strict=True))


def test_do_enlarged_digits_show_the_same_on_an_empty_rim():
    X, _ = datasets.digits()
    large = datasets.enlarged(X[:40])
    assert large.shape == (40, 784) and 0 <= large.min() <= large.max() <= 1
    pictures = large.reshape(-1, 28, 28)
    assert pictures.sum() == pictures[:, 2:-2, 2:-2].sum()
    shrunk = pictures[:, 2:-2, 2:-2].reshape(-1, 8, 3, 8, 3).mean(axis=(2, 4)).ravel()
    assert np.corrcoef(shrunk, X[:40].ravel())[0, 1] > 0.98
    assert np.allclose(datasets.enlarged(X[:1]), large[:1], atol=0.01)


@pytest.mark.parametrize("size", [4, 8, 20.5, 30])
def test_is_a_size_that_no_whole_factor_reaches_refused(size):
    with pytest.raises(ValueError, match="4 more than a multiple of 8, such as 28"):
        datasets.enlarged(np.zeros((1, 64)), size)


@given(n=st.integers(1, 50), seed=st.integers(0, 2**32), noise=st.floats(0, 2))
@settings(max_examples=50)
def test_are_moons_decided_by_their_seed(n, seed, noise):
    X, y = datasets.moons(n, np.random.default_rng(seed), noise)
    again = datasets.moons(n, np.random.default_rng(seed), noise)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((n, 2), np.float64, (n,), np.int64)
    assert np.sum(y == 0) - np.sum(y == 1) in (0, 1)
    assert np.array_equal(X, again[0]) and np.array_equal(y, again[1])


@given(n=st.integers(1, 50), seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_do_moons_without_noise_lie_on_two_half_circles(n, seed):
    X, y = datasets.moons(n, np.random.default_rng(seed), noise=0.0)
    centres = np.array([[0.0, 0.0], [1.0, 0.5]])
    np.testing.assert_allclose(np.linalg.norm(X - centres[y], axis=1), 1.0, rtol=1e-12)
    assert np.all(X[y == 0, 1] >= 0.0) and np.all(X[y == 1, 1] <= 0.5)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_does_no_straight_line_separate_the_moons(noise):
    X, y = datasets.moons(200, np.random.default_rng(0), noise)
    signs = np.where(y == 0, -1.0, 1.0)
    # Is there a line (w, b) with sign * (x @ w + b) >= 1 for every point?
    left = -signs[:, None] * np.column_stack([X, np.ones(len(X))])
    line = linprog(np.zeros(3), left, -np.ones(len(X)), bounds=(None, None))
    assert line.status == 2, "expected an infeasible problem"


@pytest.mark.parametrize(("name", "says"), [("AND", "0001"), ("OR", "0111"), ("XOR", "0110")])
def test_do_the_gates_say_what_their_names_say(name, says):
    X, y = datasets.logic_gate(name)
    assert (X.dtype, y.dtype) == (np.float64, np.int64)
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert "".join(map(str, y)) == says


def test_do_the_houses_cost_200_dollars_a_square_foot():
    size, price = datasets.houses()
    assert size.shape == price.shape and len(size) == 6
    np.testing.assert_allclose(price / size, 200.0, rtol=1e-15)


@given(n=st.integers(1, 20), classes=st.integers(2, 5), seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_are_spirals_arms_of_equal_size_within_the_unit_circle(n, classes, seed):
    X, y = datasets.spirals(n, np.random.default_rng(seed), classes=classes)
    again = datasets.spirals(n, np.random.default_rng(seed), classes=classes)
    assert (X.shape, X.dtype, y.dtype) == ((classes * n, 2), np.float64, np.int64)
    assert np.bincount(y, minlength=classes).tolist() == [n] * classes
    assert np.linalg.norm(X, axis=1).max() <= 1.0 + 1e-12
    assert np.array_equal(X, again[0]) and np.array_equal(y, again[1])


def test_do_spirals_without_noise_lie_on_the_curves_of_the_docstring():
    X, y = datasets.spirals(30, np.random.default_rng(0), noise=0.0)
    radius = np.linalg.norm(X, axis=1)
    angle = 4 * radius + 2 * np.pi * y / 3
    np.testing.assert_allclose(X, radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1))


@pytest.mark.parametrize("pack", [False, True])
@pytest.mark.parametrize("way", ["argument", "variable"])
def test_is_mnist_read_from_a_named_folder(tmp_path, monkeypatch, way, pack):
    train, test = (write_idx(tmp_path, part, n, pack) for part, n in (("train", 7), ("t10k", 5)))
    if way == "variable":
        monkeypatch.setenv("NN_MNIST", str(tmp_path))
    found = datasets.mnist(tmp_path if way == "argument" else None)
    assert (found.X_train.dtype, found.y_train.dtype) == (np.float32, np.int64)
    for got, wanted in zip(found, (*train, *test), strict=True):
        assert np.array_equal(got, wanted)


def test_is_mnist_read_from_keras_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    images = np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28)
    kept = {"x_train": images, "y_train": np.arange(3), "x_test": images[1:], "y_test": [1, 2]}
    np.savez(tmp_path / "datasets" / "mnist.npz", **kept)
    found = datasets.mnist()
    assert np.array_equal(found.X_test, images[1:].reshape(2, 784) / np.float32(255))
    assert found.y_train.tolist() == [0, 1, 2] and found.y_test.tolist() == [1, 2]


def test_is_the_last_fifth_held_out_where_only_one_part_is_there(tmp_path):
    X, y = write_idx(tmp_path, "t10k", 10)
    found = datasets.mnist(tmp_path)
    assert np.array_equal(found.X_train, X[:8]) and np.array_equal(found.X_test, X[8:])
    assert np.array_equal(found.y_train, y[:8]) and np.array_equal(found.y_test, y[8:])


@pytest.mark.parametrize("way", ["argument", "variable", "neither"])
def test_are_both_ways_told_where_mnist_is_missing(tmp_path, monkeypatch, way):
    if way == "variable":
        monkeypatch.setenv("NN_MNIST", str(tmp_path))
    with pytest.raises(FileNotFoundError) as told:
        datasets.mnist(tmp_path if way == "argument" else None)
    if way != "neither":
        assert str(tmp_path) in str(told.value)
    assert "NN_MNIST" in str(told.value) and "download=True" in str(told.value)


def test_does_a_broken_file_say_which_one_it_is(tmp_path):
    write_idx(tmp_path, "t10k", 10)
    path = tmp_path / "t10k-images-idx3-ubyte"
    whole = path.read_bytes()
    for broken in (b"", b"<html>not found</html>", whole[:-1], b"\x00\x00\x08\x01" + whole[4:]):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match="t10k-images-idx3-ubyte is not an IDX file"):
            datasets.mnist(tmp_path)
    path.unlink()
    path.with_suffix(".gz").write_bytes(whole)
    with pytest.raises(ValueError, match="gz is not an IDX file"):
        datasets.mnist(tmp_path)


def test_do_as_many_labels_belong_to_as_many_images(tmp_path):
    write_idx(tmp_path, "t10k", 10)
    labels = (tmp_path / "t10k-labels-idx1-ubyte").read_bytes()
    write_idx(tmp_path, "t10k", 9)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(labels)
    with pytest.raises(ValueError, match="contains 9 images, .* 10 labels"):
        datasets.mnist(tmp_path)


def test_are_pixel_tokens_the_digits_moved_by_one():
    X, _ = datasets.digits()
    inputs, targets = datasets.pixel_tokens(X)
    assert inputs.shape == targets.shape == X.shape and inputs.dtype == targets.dtype == np.int32
    assert np.array_equal(targets, 16 * X) and np.array_equal(inputs[:, 1:], targets[:, :-1])
    assert set(inputs[:, 0]) == {17} and (targets.min(), targets.max()) == (0, 16)


@pytest.mark.parametrize(("n", "share", "kept"), [(10, 0.2, 8), (7, 0.5, 4), (4, 0.1, 4)])
def test_are_the_last_examples_held_out(n, share, kept):
    X, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    split = datasets.hold_out(X, y, share)
    assert (
        split.y_train.tolist() == y[:kept].tolist() and split.y_test.tolist() == y[kept:].tolist()
    )
    assert np.array_equal(np.concatenate([split.X_train, split.X_test]), X)


def test_is_a_failed_download_told_with_the_other_way(monkeypatch):
    class Keras:
        class datasets:
            class mnist:
                @staticmethod
                def load_data():
                    raise Exception("URL fetch failure")

    monkeypatch.setattr("course_lib.quiet.import_keras", lambda: Keras)
    with pytest.raises(ConnectionError, match="URL fetch failure.*NN_MNIST"):
        datasets.mnist(download=True)
