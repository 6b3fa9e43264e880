"""Do models that know the public manual fail where only the training text teaches?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from autograder.answer import Answer, Status
from autograder.questions import catalogue, references
from autograder.questions.disguised_text import SHARING, chapters, disguised
from autograder.questions.week15_transformers.train_characters import D, new_model, pairs_loss
from tests.conftest import EXHAUSTIVE, SECRETS
from tests.laws.test_questions import solutions

# Training takes many seconds, and `test_weeks` trains the lesson's solution as well.
trains = pytest.mark.beyond_sample
on_secrets = pytest.mark.parametrize(
    "secret", SECRETS if EXHAUSTIVE else SECRETS[:1], ids=lambda each: each.decode()
)
CHARACTERS = catalogue.question("train_characters")
PLAIN = {letter: number for number, letter in enumerate(sorted(set("".join(chapters()))))}


def inputs(secret: bytes) -> Any:
    (case,) = CHARACTERS.cases.values()
    return references.inputs(CHARACTERS, case, secret)


def measured(params: Any, given: Any) -> Any:
    return CHARACTERS.measured(Answer(Status.RETURNED, params), given).value


def trained(tokens: Any, vocabulary: int) -> Any:
    """What the lesson's solution learns from a text."""
    # On a busy machine several threads wait for each other at every small product of matrices.
    with threadpool_limits(1):
        return solutions("week15_transformers")["train_characters"](tokens, vocabulary)


@pytest.fixture(scope="module")
def learned_elsewhere() -> Any:
    """A model that has learned from the manual as everybody can read it."""
    return trained(np.array([PLAIN[letter] for letter in " ".join(chapters())]), len(PLAIN))


def test_is_nothing_of_the_test_handed_over() -> None:
    given = inputs(SECRETS[0])
    assert list(CHARACTERS.handed(given)) == ["tokens", "vocabulary"]
    text = given["tokens"].astype(np.uint8).tobytes()
    found = [piece.astype(np.uint8).tobytes() in text for piece in given["unseen"]]
    # The manual says some things twice.
    assert np.mean(found) < 0.1


def test_is_every_text_in_another_disguise() -> None:
    one, two = (disguised(np.random.default_rng(seed), 6400, 8, 32) for seed in (1, 2))
    assert one.vocabulary == two.vocabulary == len(PLAIN) - SHARING
    for made in (one, two):
        assert made.tokens.shape == (6400,) and made.unseen.shape == (8, 32)
        assert set(np.unique(made.unseen)) <= set(range(made.vocabulary))
    often = [np.bincount(each.tokens, minlength=one.vocabulary) for each in (one, two)]
    assert (np.argsort(often[0]) != np.argsort(often[1])).any()


def table_of_pairs(tokens: Any, vocabulary: int) -> Any:
    """A model that looks at no other place and answers what mostly follows a character."""
    pairs = np.full((vocabulary, vocabulary), 0.1)
    np.add.at(pairs, (tokens[:-1], tokens[1:]), 1)
    logs = np.log(pairs / pairs.sum(axis=1, keepdims=True))
    rows, sizes, columns = np.linalg.svd(logs - logs.mean(axis=1, keepdims=True))
    params = {name: np.zeros_like(value) for name, value in new_model(vocabulary).items()}
    width = min(D, vocabulary)
    params["E"][:, :width] = (rows * sizes)[:, :width]
    params["W_out"][:width] = columns[:width]
    return params


@pytest.mark.slow
@on_secrets
def test_does_a_look_up_table_earn_nothing(secret: bytes) -> None:
    """It is as good as counting pairs can be, and that is not enough."""
    given = inputs(secret)
    params = table_of_pairs(given["tokens"], given["vocabulary"])
    (loss,) = dict(CHARACTERS.figures(Answer(Status.RETURNED, params), given)).values()
    assert loss == pytest.approx(pairs_loss(**as_pairs(given)), rel=1e-3)
    assert measured(params, given) == ["as described", "short"]


def as_pairs(given: Any) -> Any:
    return {"tokens": given["tokens"], "texts": given["unseen"], "vocabulary": given["vocabulary"]}


def renamed(params: Any, numbers: Any) -> Any:
    """A model whose character n is called by another of the plain ones."""
    return {**params, "E": params["E"][numbers], "W_out": params["W_out"][:, numbers]}


@trains
@on_secrets
def test_does_training_on_the_public_manual_earn_nothing(
    secret: bytes, learned_elsewhere: Any
) -> None:
    """Neither with its usual numbers, nor if the characters are matched by their frequencies."""
    given = inputs(secret)
    vocabulary = given["vocabulary"]
    usual = renamed(learned_elsewhere, np.arange(vocabulary))
    text = np.array([PLAIN[letter] for letter in " ".join(chapters())])
    public = np.argsort(-np.bincount(text, minlength=len(PLAIN)))
    mine = np.argsort(-np.bincount(given["tokens"], minlength=vocabulary))
    matched = np.empty(vocabulary, int)
    matched[mine] = public[:vocabulary]
    for params in (usual, renamed(learned_elsewhere, matched)):
        assert measured(params, given) != ["as described", "reached"]


@trains
@on_secrets
def test_does_training_on_what_is_handed_over_pass(secret: bytes) -> None:
    given = inputs(secret)
    params = trained(given["tokens"], given["vocabulary"])
    assert measured(params, given) == ["as described", "reached"]
    (loss,) = dict(CHARACTERS.figures(Answer(Status.RETURNED, params), given)).values()
    assert loss < 0.8 * pairs_loss(**as_pairs(given))


@pytest.mark.slow
def test_is_a_model_that_overflows_named_and_anything_but_a_dict_refused() -> None:
    given = inputs(SECRETS[0])
    params = new_model(given["vocabulary"])
    for size in (np.nan, 1e200):
        grown = {name: np.full_like(value, size) for name, value in params.items()}
        assert measured(grown, given) == ["as described", "not finite"]
    pair = CHARACTERS.measured(Answer(Status.RETURNED, [params, np.ones(3)]), given)
    assert "received a dict and something beside it" in pair.error
    huge = {**params, "E": np.ones((10**6, D))}
    assert measured(huge, given) == ["another model", "not measured"]
