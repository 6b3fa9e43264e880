"""Do the cases hold what careless code trips over: one example, three axes, numbers near 0?

A question whose cases cannot hold it stands in a table with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from autograder.judging import case_laws
from autograder.questions import catalogue, references
from autograder.questions.define import Question

QUESTIONS = [
    (week.stem, question)
    for week in map(catalogue.week, catalogue.stems())
    for question in week.questions.values()
    if question.parameters
]

BY_STEP = "Its driver asks at one step at a time, and makes the array itself."
BY_ARRAY = "Every array is treated by itself, whatever its name."
POSITIVE = "Its argument counts parameters or operations, and is positive."
NO_GATE = "Nothing in it depends on the sign of an entry."
ONE_LAYER = "With one layer nothing can grow or shrink."
OWN_DRAWS = "One example cannot tell whether examples have draws of their own."
NO_OTHER = "With one example there is no other to be told apart, and the loss is 0."
ONE_BLOCK = "Its model is one block, with two dense layers."
LAST_BATCH = "The last batch of an epoch holds one example."

ONE_EXAMPLE: Mapping[str, str] = {
    "perceptron_fit": "One example teaches nearly every rule the same; one input is asked.",
    "xor_by_hand": "Its function takes no arguments.",
    "weight_image": "The picture has one row in a case, and W no axis of examples.",
    "distinct_units": "In a kernel with one row or one column, other counts are right too.",
    "diagnose_init": ONE_LAYER,
    "gradient_health": ONE_LAYER,
    "accuracy": "One answer would often be right by chance.",
    "train": LAST_BATCH,
    "train_in_new_orders": LAST_BATCH,
    "train_xor": "Its examples are the four corners of the square.",
    "train_digits": "A network learns from many examples.",
    "train_characters": "A model learns from many characters.",
    "train_capstone": "A network learns from many examples.",
    "step_decay": BY_STEP,
    "exponential_decay": BY_STEP,
    "linear_warmup": BY_STEP,
    "cosine_annealing": BY_STEP,
    "cosine_restarts": BY_STEP,
    "warmup_cosine": BY_STEP,
    "diagnose_fit": "Its driver asks for one pair of losses at a time.",
    "dropout_forward": OWN_DRAWS,
    "choose_penalty": "When the only example is left out, none is there to be fitted.",
    "fit_power_law": "Through one point there are lines of every slope.",
    "fit_power_law_with_floor": "Three numbers need three points at least.",
    "batchnorm_over_batches": "Its function has a batch of one in batchnorm_forward.",
    "batchnorm_nodes": "With one example all blames but dxhat are 0, by most wrong rules as well.",
    "batchnorm_backward": "With one example dX and dgamma are 0, by most wrong rules as well.",
    "layernorm_forward": "Its N is no symbol, as X may have three axes; one case has one example.",
    "next_token_pairs": "In a text of one token, no token follows.",
    "mask_tokens": OWN_DRAWS,
    "info_nce": NO_OTHER,
    "info_nce_grad": NO_OTHER,
    "clip_loss": NO_OTHER,
    "piecewise_linear_network": "Its axes count what f is made of, and a student receives f.",
    "train_step": "Batch norm makes 0 of a batch of one, whatever its inputs are.",
    "random_shift": OWN_DRAWS,
}
"""Why no case has N = 1, or an axis of size 1 where there is no N."""

SQUEEZED: Mapping[str, str] = {
    "fit_price_per_sqft": "The shortest history has two guesses.",
    "backward_norms": ONE_LAYER,
    "batchnorm_start": "With one feature, its hidden draw would be the public one.",
    "info_nce_grad": "With one example or one feature, all gradients are 0.",
    "train_step": "Its arrays are read from the model, and not returned.",
    "transformer_loss_and_grads": "A model of one token, place or feature has nothing to learn.",
    "train": "A history of one epoch cannot show what is reset or kept between epochs.",
    "step_decay": BY_STEP,
    "exponential_decay": BY_STEP,
    "linear_warmup": BY_STEP,
    "cosine_annealing": BY_STEP,
    "cosine_restarts": BY_STEP,
    "warmup_cosine": BY_STEP,
}
"""Why a right answer that went through np.squeeze is right."""

RANKS: Mapping[str, str] = {}
"""Why an argument that may have any shape does not have one, two and three axes."""

LAYERS: Mapping[str, str] = {
    "sgd_step": BY_ARRAY,
    "train": "It hands its parameters on, and looks into none of them.",
    "mlp_loss_and_grads": "Its network has two layers.",
    "momentum_step": BY_ARRAY,
    "nesterov_step": BY_ARRAY,
    "rmsprop_step": BY_ARRAY,
    "adam_step": BY_ARRAY,
    "adamw_step": BY_ARRAY,
    "l2_is_not_decay": BY_ARRAY,
    "lion_step": BY_ARRAY,
    "recipe_step": BY_ARRAY,
    "l2_penalty": BY_ARRAY,
    "l2_grads": BY_ARRAY,
    "decoupled_decay": BY_ARRAY,
    "keep_best": BY_ARRAY,
    "transformer_block": ONE_BLOCK,
    "transformer_loss_and_grads": ONE_BLOCK,
    "step_with_cache": ONE_BLOCK,
    "clip_by_global_norm": "The order in which squares are summed does not matter.",
}
"""Why no case has a network of more than ten layers."""

NEAR_ZERO: Mapping[str, str] = {
    "numerical_gradient": NO_GATE,
    "sigmoid_backward": NO_GATE,
    "tanh_backward": NO_GATE,
    "sgd_step": NO_GATE,
    "predict_loss": POSITIVE,
    "compute_optimal": POSITIVE,
    "total_cost": POSITIVE,
}
"""Why an argument of any shape has no zeros or no tiny numbers of both signs."""

every_question = pytest.mark.parametrize(
    ("stem", "question"), QUESTIONS, ids=[question.name for _, question in QUESTIONS]
)


def holds(question: Question, exempt: Mapping[str, str], *, found: bool) -> None:
    """Assert that a law holds of a question, or, where it is exempt, that it does not."""
    assert found != (question.name in exempt)


@every_question
def test_is_there_a_case_of_one_example(stem, question):
    """Where there is no axis N, another axis has size 1."""
    holds(question, ONE_EXAMPLE, found=case_laws.has_one_example(question))


@every_question
def test_is_a_squeezed_answer_noticed(stem, question):
    expected = references.public([question], stem)
    holds(question, SQUEEZED, found=case_laws.notices_squeezing(question, expected))


@every_question
def test_has_an_argument_of_any_shape_one_two_and_three_axes(stem, question):
    holds(question, RANKS, found=case_laws.has_every_rank(question))


@every_question
def test_has_some_network_more_than_ten_layers(stem, question):
    holds(question, LAYERS, found=case_laws.has_many_layers(question))


@every_question
def test_has_an_argument_of_any_shape_numbers_near_zero(stem, question):
    """Exact zeros, and numbers of both signs that are nearly 0."""
    holds(question, NEAR_ZERO, found=case_laws.has_numbers_near_zero(question))


def test_has_every_exemption_its_reason():
    tables = (ONE_EXAMPLE, SQUEEZED, RANKS, LAYERS, NEAR_ZERO)
    reasons = [reason for table in tables for reason in table.values()]
    assert all(len(reason) > 20 and reason.endswith(".") for reason in reasons)
