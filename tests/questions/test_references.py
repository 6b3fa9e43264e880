"""Are reference values drawn by a secret, computed once, stored whole, and refused when stale?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.errors import MissingReference, QuestionError
from autograder.questions import catalogue, references
from autograder.questions.choice import choice, seal
from autograder.questions.define import question
from autograder.records import Expected
from autograder.tree import same_tree

SECRET = b"a course's secret"
SHAPES = arrays.array_shapes(min_dims=0, max_side=4)
ARRAYS = arrays.arrays(st.sampled_from(["f8", "f4", "i8", "?"]), SHAPES)
# What fits into float32: a reference's inputs do.
NUMBERS = arrays.arrays("f8", SHAPES, elements=st.floats(width=32)) | ARRAYS.filter(
    lambda array: array.dtype != np.float64
)
TREES = st.recursive(
    ARRAYS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(autouse=True)
def no_keras(monkeypatch):
    """References here are NumPy's: nothing has to load Keras."""
    monkeypatch.setattr(references, "import_keras", lambda: None)


def total(factor=1.0):
    """A question with one case, whose reference is cheap."""

    @question(points=2)
    def total(X):
        return factor * X.sum(axis=1)

    @total.case("typical")
    def _(rng):
        return {"X": rng.normal(size=(4, 3))}

    total.week = "week99"
    return total


def drawn(item, secret, case="typical"):
    return references.inputs(item, item.cases[case], secret)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_do_inputs_follow_from_the_secret_alone(left, right):
    item = total()
    assert same_tree(drawn(item, left), drawn(total(), left))
    assert same_tree(drawn(item, left), drawn(item, right)) == (key(left) == key(right))


def key(secret):
    """HMAC pads a short secret with zeros, so these are one secret."""
    return secret.rstrip(b"\0")


def test_have_two_cases_and_two_questions_different_inputs():
    item, other = total(), total()
    item.case("again")(item.cases["typical"].make)
    other.name = "other"
    assert not same_tree(drawn(item, SECRET), drawn(item, SECRET, "again"))
    assert not same_tree(drawn(item, SECRET), drawn(other, SECRET))


def test_does_a_seed_suffice_without_the_secret():
    item = total()
    seed = references.seed_of(item, item.cases["typical"], SECRET)
    assert SECRET not in seed
    assert same_tree(references.draw(item, item.cases["typical"], seed), drawn(item, SECRET))


def test_may_a_case_be_cheaper_where_it_is_hidden():
    @question(points=1)
    def repeated(depth, start):
        return start**depth

    @repeated.case("deep", hidden={"depth": 3})
    def _(rng):
        return {"depth": 5_000, "start": rng.normal()}

    case = repeated.cases["deep"]
    public = references.inputs(repeated, case, references.PUBLIC_SECRET)
    hidden = references.inputs(repeated, case, b"a course's secret")
    assert (public["depth"], hidden["depth"]) == (5_000, 3)
    assert public["start"] != hidden["start"]


def test_does_rounding_explain_a_small_difference_and_no_large_one():
    item = total()
    made = references.compute(item, drawn(item, SECRET))
    assert np.array_equal(made.value, drawn(item, SECRET)["X"].sum(axis=1))
    # In units of float64's roundoff, 2**-53.
    assert 0 < made.rounding < 1e3


def test_is_a_reference_refused_that_overflows_in_float32():
    with pytest.raises(QuestionError, match="overflows in float32; choose smaller inputs"):
        references.compute(total(1e200), {"X": np.ones((2, 2))})


def test_is_missing_keras_told(monkeypatch):
    def missing():
        raise ImportError("No module named 'keras'")

    monkeypatch.setattr(references, "import_keras", missing)
    with pytest.raises(MissingReference, match="install the `keras` extra"):
        references.compute(total(), {"X": np.ones((2, 2))})


def test_are_hidden_values_computed_once(tmp_path, monkeypatch):
    cache = tmp_path / "hidden.npz"
    first = references.hidden([total()], SECRET, cache)
    assert cache.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(references, "compute", None)
    again = references.hidden([total()], SECRET, cache)
    assert same_tree(again["total", "typical"].value, first["total", "typical"].value)
    assert again["total", "typical"].rounding == first["total", "typical"].rounding


def test_are_hidden_values_of_another_secret_computed_and_the_old_ones_kept(tmp_path, monkeypatch):
    cache = tmp_path / "hidden.npz"
    first = references.hidden([total()], SECRET, cache)["total", "typical"]
    other = references.hidden([total()], b"another secret", cache)["total", "typical"]
    assert not same_tree(first.value, other.value)
    monkeypatch.setattr(references, "compute", None)
    kept = references.hidden([total()], SECRET, cache)["total", "typical"]
    assert same_tree(kept.value, first.value)


def test_does_what_is_carried_arrive(tmp_path):
    path = tmp_path / "carried.npz"
    references.carry([total(), letter()], SECRET, path)
    found = references.carried([total(), letter()], SECRET, path, "send it again")
    assert same_tree(found["total", "typical"].value, drawn(total(), SECRET)["X"].sum(axis=1))
    # A choice has no inputs, so its answer needs no file.
    assert found["why", "choice"].value == "a"
    assert len(references.unpack(path.read_bytes())) == 1


def letter():
    return choice("why", correct=seal("why", "a"), wrong={seal("why", "b"): "It is not."})


def changed():
    """The same question with another reference."""
    made = total()
    made.reference = lambda X: X.mean(axis=1)
    return made


@pytest.mark.parametrize(
    ("item", "secret"), [(changed(), SECRET), (total(), b"another secret")], ids=["item", "secret"]
)
def test_are_stale_values_refused_with_the_next_step(tmp_path, item, secret):
    path = tmp_path / "carried.npz"
    references.carry([total()], SECRET, path)
    with pytest.raises(MissingReference) as refused:
        references.carried([item], secret, path, "send it again")
    assert str(refused.value) == (
        "carried.npz has no values for the current version of total, case typical; send it again"
    )


def test_are_stale_shipped_values_computed_for_that_week():
    with pytest.raises(MissingReference, match="run `make references WEEK=week06`"):
        references.public([total()], "week06_backpropagation")


@pytest.mark.parametrize("stem", catalogue.stems())
def test_do_the_shipped_values_fit_the_questions(stem):
    questions = catalogue.week(stem).questions
    found = references.public(questions.values(), stem)
    assert set(found) == {(name, case) for name, item in questions.items() for case in item.cases}


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_is_a_damaged_file_told_with_the_next_step(tmp_path, content):
    path = tmp_path / "hidden.npz"
    path.write_bytes(content)
    with pytest.raises(MissingReference, match=r"hidden.npz cannot be read \(.*; delete it"):
        references.hidden([total()], SECRET, path)


@pytest.mark.slow
@given(st.dictionaries(st.text("abc", min_size=1), TREES, max_size=3))
def test_are_values_stored_and_read_unchanged(trees):
    given = {name: Expected(tree, 0.25) for name, tree in trees.items()}
    back = references.unpack(references.pack(given))
    assert set(back) == set(given)
    for name, tree in trees.items():
        assert same_tree(back[name].value, tree) and back[name].rounding == 0.25


def test_is_an_older_format_taken_for_nothing(tmp_path):
    path = tmp_path / "hidden.npz"
    np.savez(path, something=np.ones(3))
    assert references.unpack(path.read_bytes()) == {}


@given(NUMBERS)
def test_is_float64_alone_rounded_to_single_precision(array):
    coarse = references.single_precision({"x": array, "n": 3})
    assert coarse["n"] == 3
    if array.dtype == np.float64:
        assert coarse["x"].dtype == np.float32
        assert np.array_equal(coarse["x"], array.astype(np.float32), equal_nan=True)
    else:
        assert coarse["x"] is array
