"""The whole model of one block: its loss, and a gradient for every parameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Inputs, Rng, question
from autograder.questions.week15_transformers.formulas import (
    Params,
    causal,
    heads,
    joined,
    norm,
    scores,
    softmax,
)
from autograder.questions.week15_transformers.model import (
    Parts,
    attention_blames,
    back_through_attention,
    back_through_dense,
    back_through_embedding,
    blame_of_logits,
    forward,
    keras_loss,
    kernel,
    loss_and_grads,
    model_params,
    norm_backward,
)
from autograder.questions.week15_transformers.tokens import texts
from course_lib.gradients import vector_jacobian_product

LOOKS = ("W_q", "W_k", "W_v")


@question(
    points=6,
    returns=("loss", "grads"),
    builds_on=(
        "embed",
        "embed_grad",
        "attention",
        "attention_backward",
        "causal_mask",
        "split_heads",
        "join_heads",
        "transformer_block",
        "next_token_loss",
    ),
    derivative=Derivative(
        of="transformer_loss_and_grads", wrt="params", value="loss", gradient="grads"
    ),
    parts={"loss": 1, "grads": 4},
)
def transformer_loss_and_grads(tokens: Array, params: Params, H: int) -> Any:
    """The loss of a language model of one block, and its gradient for every parameter.

    The model embeds the tokens, adds a row of P at each place, and passes the sum through a block
    with a causal mask; its outputs times W_out are the logits.

    Args:
        tokens: texts of full length, from 0 to K - 1, shape (N, T), int64.
        params: E (K, D), P (T, D), the twelve of `transformer_block`, and W_out (D, K).
        H: how many heads there are.

    Returns:
        The loss of `next_token_loss`, and a dict with the keys and the shapes of params.

    Source: tf.GradientTape through Keras's layers.
    """
    names = list(params)

    def loss(*values: Any) -> Any:
        return keras_loss(tokens, dict(zip(names, values, strict=True)), H)

    arrays = list(params.values())
    gradients = vector_jacobian_product(loss, arrays)
    return loss(*map(tensor, arrays)), dict(zip(names, gradients, strict=True))


def tensor(array: Array) -> Any:
    """The array as a tensor of its own dtype."""
    from keras import ops

    return ops.convert_to_tensor(array)


def model(rng: Rng, N: int, T: int, K: int, H: int, F: int) -> Inputs:
    """Texts in which tokens repeat, and a random model with four features for each head."""
    return {
        "tokens": texts(rng, N, T, K),
        "params": model_params(rng, K, T, 4 * H, F),
        "H": H,
    }


@transformer_loss_and_grads.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return model(rng, 3, 6, 4, 2, 7)


@transformer_loss_and_grads.case("square", square="one text of as many places as features")
def _(rng: Rng) -> Inputs:
    return model(rng, 1, 4, 2, 1, 4)


@transformer_loss_and_grads.alternative("text-by-text")
def _(tokens: Array, params: Params, H: int) -> Any:
    found = [loss_and_grads(text[None], params, H) for text in tokens]
    mean = {name: np.mean([grads[name] for _, grads in found], axis=0) for name in params}
    return np.mean([loss for loss, _ in found]), mean


def through_attention(
    dout: Array, Q: Array, K: Array, V: Array, mask: Array
) -> tuple[Array, Array, Array]:
    """A right way back through attention, as `attention_backward` asks for it."""
    at = {"Q": Q, "K": K, "V": V, "weights": softmax(scores(Q, K, mask))}
    return attention_blames(dout, at)


def summed_rows(tokens: Array, dout: Array, vocabulary: int) -> Array:
    """A right gradient of a table, as `embed_grad` asks for it."""
    dE = np.zeros((vocabulary, dout.shape[-1]))
    np.add.at(dE, tokens, dout)
    return dE


@transformer_loss_and_grads.made_of(
    but="attention-gradient-overflow best-place-only directions-compared "
    "gradient-of-what-was-seen-only hidden-scores-not-low-enough "
    "hidden-scores-set-to-zero keepdims-missing keys-ask-the-queries "
    "log-of-a-vanishing-softmax mask-added-to-the-scores mask-after-the-softmax "
    "mask-reversed one-softmax-for-everything padding-counted-as-the-last-token "
    "padding-counted-as-token-zero padding-in-the-denominator "
    "padding-left-out-of-the-inputs repeated-rows-overwritten "
    "root-of-the-length-of-a-value root-of-the-number-of-places "
    "rows-of-the-tokens-that-occur scaled-after-the-softmax scores-divided-by-d "
    "scores-multiplied-by-the-root scores-not-scaled shifted-over-the-queries "
    "texts-averaged-first tokens-overflow weights-first weights-over-the-queries "
    "weights-without-exp"
)
def _(
    tokens: Array,
    params: Params,
    H: int,
    *,
    next_token_loss: Formula = lambda logits, tokens: blame_of_logits(logits, tokens)[0],
    attention_backward: Formula = through_attention,
    embed_grad: Formula = summed_rows,
) -> Any:
    mask = causal(tokens.shape[1])

    def through_heads(dheads: Array, at: Parts) -> Any:
        return attention_backward(dheads, at["Q"], at["K"], at["V"], mask)

    return loss_and_grads(
        tokens,
        params,
        H,
        blame=lambda logits, tokens: (
            next_token_loss(logits, tokens),
            blame_of_logits(logits, tokens)[1],
        ),
        through_attention=lambda dX1, at, params, H: back_through_attention(
            dX1, at, params, H, through_heads
        ),
        through_embedding=lambda dX, tokens, params: {
            "E": embed_grad(tokens, dX, len(params["E"])),
            "P": dX.sum(axis=0),
        },
    )


@transformer_loss_and_grads.mistake("future-seen")
def _(tokens: Array, params: Params, H: int) -> Any:
    """A place may look at itself and at earlier places; here it sees the whole text, its own label
    included.

    The loss soon falls towards 0, and the model cannot write a single word: there is no future to
    copy from.

    Check: change the last token; only the loss of the place before it should change.
    """
    return loss_and_grads(tokens, params, H, mask=np.array(True))


@transformer_loss_and_grads.mistake("batch-labels-not-shifted")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The logits at a place are about the token after it; here they are compared with the token at
    the place itself.

    The model has just read that token. It would only learn to repeat it.

    Check: with two tokens a text, changing the first should change what the model is asked, not
    the label.
    """

    def blame(logits: Array, tokens: Array) -> Any:
        more = np.concatenate([np.zeros_like(tokens[:, :1]), tokens], axis=1)
        loss, dlogits = blame_of_logits(np.pad(logits, ((0, 0), (0, 1), (0, 0))), more)
        return loss, dlogits[:, :-1]

    return loss_and_grads(tokens, params, H, blame=blame)


@transformer_loss_and_grads.mistake("mean-missing-on-the-way-back", at="grads", rows="C15")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The loss is a mean over N * (T - 1) targets, so its gradient carries 1 / (N * (T - 1)).

    Every gradient is too large by the same factor; the loss is right.

    Check: repeat every text twice; no gradient should change.
    """

    def blame(logits: Array, tokens: Array) -> Any:
        loss, dlogits = blame_of_logits(logits, tokens)
        return loss, dlogits * tokens[:, 1:].size

    return loss_and_grads(tokens, params, H, blame=blame)[1]


@transformer_loss_and_grads.mistake("mean-over-the-texts-only", at="grads", rows="C15")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The loss is a mean over N * (T - 1) targets; here the gradient is divided by the N
    texts only.

    Every gradient is T - 1 times too large; the loss is right.

    Check: compare with (loss(w + h) - loss(w - h)) / (2 h), changing one entry of W_out by h.
    """

    def blame(logits: Array, tokens: Array) -> Any:
        loss, dlogits = blame_of_logits(logits, tokens)
        return loss, dlogits * (tokens.shape[1] - 1)

    return loss_and_grads(tokens, params, H, blame=blame)[1]


@transformer_loss_and_grads.mistake("last-place-in-the-mean", at="grads", rows="C15")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The last place is asked nothing, so the mean runs over N * (T - 1) targets; here the gradient
    is divided by N * T.

    Every gradient is a little too small, by (T - 1) / T; the loss is right.

    Check: compare with (loss(w + h) - loss(w - h)) / (2 h), changing one entry of W_out by h.
    """

    def blame(logits: Array, tokens: Array) -> Any:
        loss, dlogits = blame_of_logits(logits, tokens)
        return loss, dlogits * tokens[:, 1:].size / tokens.size

    return loss_and_grads(tokens, params, H, blame=blame)[1]


@transformer_loss_and_grads.mistake("dense-residual-lost", at="grads")
def _(tokens: Array, params: Params, H: int) -> Any:
    """X1 goes two ways, through the dense half and past it, and both gradients add up; here that of
    the residual road is lost.

    Everything before the dense half gets a wrong gradient, and the rest is right.

    Check: at X1 + dense(X1), the gradient for X1 should be dout plus what comes back through dense.
    """

    def through_dense(dout: Array, at: Parts, params: Params) -> Any:
        dX1, grads = back_through_dense(dout, at, params)
        return dX1 - dout, grads

    return loss_and_grads(tokens, params, H, through_dense=through_dense)[1]


@transformer_loss_and_grads.mistake("attention-residual-lost", at="grads")
def _(tokens: Array, params: Params, H: int) -> Any:
    """X goes two ways, through attention and past it, and both gradients add up; here that of the
    residual road is lost.

    Only E and P get a wrong gradient.

    Check: at X + attention(X), the gradient for X should be dX1 plus what comes back through
    attention.
    """

    def through_attention(dX1: Array, at: Parts, params: Params, H: int) -> Any:
        dX, grads = back_through_attention(dX1, at, params, H)
        return dX - dX1, grads

    return loss_and_grads(tokens, params, H, through_attention=through_attention)[1]


@transformer_loss_and_grads.mistake("blame-along-the-road-only", at="grads")
def _(tokens: Array, params: Params, H: int) -> Any:
    """X goes two ways, through attention and past it; here only the gradient of the residual road
    reaches the embeddings.

    E and P learn nothing about what other places look for.

    Check: at X + attention(X), the gradient for X should be dX1 plus what comes back through
    attention.
    """

    def through_attention(dX1: Array, at: Parts, params: Params, H: int) -> Any:
        return dX1, back_through_attention(dX1, at, params, H)[1]

    return loss_and_grads(tokens, params, H, through_attention=through_attention)[1]


@transformer_loss_and_grads.mistake("bend-forgotten-on-the-way-back", at="grads", rows="A06")
def _(tokens: Array, params: Params, H: int) -> Any:
    """Blame passes back through relu only where Z is above 0; here it passes everywhere.

    Check: W1 should get no gradient from a unit that is off at all places.
    """

    def through_dense(dout: Array, at: Parts, params: Params) -> Any:
        dZ = dout @ params["W2"].T
        dX1, dgamma, dbeta = norm_backward(dZ @ params["W1"].T, at["X1"], params["gamma2"])
        right = back_through_dense(dout, at, params)[1]
        wrong = {"gamma2": dgamma, "beta2": dbeta, "W1": kernel(at["B"], dZ)}
        return dX1 + dout, {**right, **wrong, "b1": dZ.sum(axis=(0, 1))}

    return loss_and_grads(tokens, params, H, through_dense=through_dense)[1]


def without_norms(*numbers: int) -> dict[str, Any]:
    """Steps on which blame passes norms as if they did nothing but scale."""

    def through_dense(dout: Array, at: Parts, params: Params) -> Any:
        grads = back_through_dense(dout, at, params)[1]
        dZ = (dout @ params["W2"].T) * (at["Z"] > 0)
        return dZ @ params["W1"].T * params["gamma2"] + dout, grads

    def through_attention(dX1: Array, at: Parts, params: Params, H: int) -> Any:
        grads = back_through_attention(dX1, at, params, H)[1]
        return looking_blame(dX1, at, params, H, LOOKS) * params["gamma1"] + dX1, grads

    steps = {1: ("through_attention", through_attention), 2: ("through_dense", through_dense)}
    return dict(steps[number] for number in numbers)


def looking_blame(dX1: Array, at: Parts, params: Params, H: int, names: tuple[str, ...]) -> Array:
    """The gradient for the normalized inputs of attention, from some of its three kernels."""
    blames = dict(zip(LOOKS, attention_blames(heads(dX1 @ params["W_o"].T, H), at), strict=True))
    dA: Array = np.sum([joined(blames[name]) @ params[name].T for name in names], axis=0)
    return dA


@transformer_loss_and_grads.mistake("norms-passed-without-a-change", at="grads")
def _(tokens: Array, params: Params, H: int) -> Any:
    """Mean and variance of a place are made of its features, so blame passes through them as well;
    here it is only multiplied by gamma.

    Check: the gradient that comes back through a norm should sum to 0 along each row.
    """
    return loss_and_grads(tokens, params, H, **without_norms(1, 2))[1]


def only(*names: str) -> dict[str, Any]:
    """A step on which blame passes back through some of the three kernels."""

    def through_attention(dX1: Array, at: Parts, params: Params, H: int) -> Any:
        right = back_through_attention(dX1, at, params, H)[1]
        dA = looking_blame(dX1, at, params, H, names)
        dX, dgamma, dbeta = norm_backward(dA, at["X"], params["gamma1"])
        return dX + dX1, {**right, "gamma1": dgamma, "beta1": dbeta}

    return {"through_attention": through_attention}


@transformer_loss_and_grads.mistake("values-path-only", at="grads")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The normalized input is used three times, for queries, keys and values, and three gradients
    add up; here only that of the values comes back.

    W_q, W_k and W_v themselves are right.

    Check: an input that is used three times gets the sum of three gradients.
    """
    return loss_and_grads(tokens, params, H, **only("W_v"))[1]


@transformer_loss_and_grads.mistake("queries-path-only", at="grads")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The normalized input is used three times, for queries, keys and values, and three gradients
    add up; here only that of the queries comes back.

    An assignment in a loop keeps the first or the last of them: use +=.

    Check: an input that is used three times gets the sum of three gradients.
    """
    return loss_and_grads(tokens, params, H, **only("W_q"))[1]


@transformer_loss_and_grads.mistake("keys-path-missing", at="grads")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The normalized input is used three times, for queries, keys and values, and three gradients
    add up; here that of the keys is missing.

    A place is also blamed for how others found it.

    Check: an input that is used three times gets the sum of three gradients.
    """
    return loss_and_grads(tokens, params, H, **only("W_q", "W_v"))[1]


@transformer_loss_and_grads.mistake("rows-of-the-table-overwritten", at="grads", rows="B14")
def _(tokens: Array, params: Params, H: int) -> Any:
    """A token that occurs twice gets the sum of both gradients; here the last one overwrites the
    others.

    Next: use your embed_grad.
    """

    def through_embedding(dX: Array, tokens: Array, params: Params) -> Any:
        grads = back_through_embedding(dX, tokens, params)
        grads["E"] = np.zeros_like(grads["E"])
        grads["E"][tokens] = dX
        return grads

    return loss_and_grads(tokens, params, H, through_embedding=through_embedding)[1]


@transformer_loss_and_grads.mistake("positions-averaged-over-the-texts", at="grads", rows="B08")
def _(tokens: Array, params: Params, H: int) -> Any:
    """A row of P is added in all N texts, so its gradient is their sum; here it is their mean.

    The mean of the loss is contained already.

    Check: repeat every text twice; no gradient should change.
    """

    def through_embedding(dX: Array, tokens: Array, params: Params) -> Any:
        return {**back_through_embedding(dX, tokens, params), "P": dX.mean(axis=0)}

    return loss_and_grads(tokens, params, H, through_embedding=through_embedding)[1]


@transformer_loss_and_grads.mistake("positions-not-learned", at="grads", convention=True)
def _(tokens: Array, params: Params, H: int) -> Any:
    """Sinusoidal positions are constants; in this model P is a parameter and has a gradient.

    Check: P should get the sum of the gradients over the texts.
    """

    def through_embedding(dX: Array, tokens: Array, params: Params) -> Any:
        grads = back_through_embedding(dX, tokens, params)
        return {**grads, "P": np.zeros_like(grads["P"])}

    return loss_and_grads(tokens, params, H, through_embedding=through_embedding)[1]


@transformer_loss_and_grads.mistake("positions-not-added")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The input of the block is E[tokens] + P; here P is left out.

    Without positions the model cannot tell *the cat sees the dog* from *the dog sees the cat*.

    Check: another P should change the loss.
    """
    nowhere = {**params, "P": np.zeros_like(params["P"])}
    loss, grads = loss_and_grads(tokens, nowhere, H)
    return loss, {**grads, "P": np.zeros_like(params["P"])}


@transformer_loss_and_grads.mistake("norm-before-the-logits", convention=True)
def _(tokens: Array, params: Params, H: int) -> Any:
    """GPT-2 has a last norm before the logits; in this course's model of one block the block's
    output is multiplied by W_out directly.

    Deep models need it, because the residual road grows with every block.

    Check: twice the W_out should give twice the logits of out @ W_out.
    """
    T, D = tokens.shape[1], params["P"].shape[1]
    at = forward(tokens, params, H, causal(T))
    ones = np.ones(D)
    last = norm(at["out"], ones, np.zeros(D))
    loss, dlogits = blame_of_logits(last @ params["W_out"], tokens)
    dout = norm_backward(dlogits @ params["W_out"].T, at["out"], ones)[0]
    dX1, dense = back_through_dense(dout, at, params)
    dX, attention = back_through_attention(dX1, at, params, H)
    found = {**back_through_embedding(dX, tokens, params), **attention, **dense}
    return loss, {name: found.get(name, kernel(last, dlogits)) for name in params}


@transformer_loss_and_grads.mistake("steps-returned", at="grads", rows="G01")
def _(tokens: Array, params: Params, H: int) -> Any:
    """The gradient points to where the loss rises; here its sign is reversed.

    The minus belongs to the update, in adam_step.

    Check: w - 0.01 * gradient should have a lower loss than w.
    """
    grads = loss_and_grads(tokens, params, H)[1]
    return {name: -gradient for name, gradient in grads.items()}
