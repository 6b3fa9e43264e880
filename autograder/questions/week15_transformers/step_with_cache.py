"""One new token through the block, with the keys and values of earlier ones from a cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week12_normalization.layers import layer_normalization
from autograder.questions.week15_transformers.formulas import (
    Params,
    attend,
    block_params,
    heads,
    joined,
    norm,
    softmax,
    thought_over,
)
from autograder.questions.week15_transformers.layers import attended

Cache = tuple[Array, Array]
EPS = 1e-5


@question(
    points=7,
    returns=("out", "K", "V"),
    parts={"out": 3, "K": 1, "V": 1},
    builds_on=("attention", "split_heads", "join_heads"),
)
def step_with_cache(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """The block's output at one new place, without computing the earlier places again.

    Args:
        x: the block's input at the new place, shape (N, D), float64.
        cache: the keys and the values of the t places before it, each of shape (N, H, t, d) with
            d = D / H; t may be 0.
        params: the parameters of `transformer_block`.
        H: how many heads there are.

    Returns:
        out (N, D), what transformer_block with a causal mask gives at this place, and the keys and
        values of all t + 1 places, each of shape (N, H, t + 1, d).

    Source: Keras's dense operations and layer norms around `attended`.
    """
    from keras import ops

    def normalized(X: Any, gamma: Array, beta: Array) -> Any:
        layer = layer_normalization(gamma, beta, EPS)
        return layer.stateless_call([gamma, beta], [], X)[0]

    N, D = x.shape
    seen = normalized(x, params["gamma1"], params["beta1"])
    query, key, value = (
        ops.reshape(ops.matmul(seen, params[name]), (N, H, 1, D // H))
        for name in ("W_q", "W_k", "W_v")
    )
    keys = ops.concatenate([cache[0], key], axis=2)
    values = ops.concatenate([cache[1], value], axis=2)
    found = ops.reshape(attended(query, keys, values, np.array(True))[0], (N, D))
    X1 = ops.add(x, ops.matmul(found, params["W_o"]))
    seen = normalized(X1, params["gamma2"], params["beta2"])
    wide = ops.relu(ops.add(ops.matmul(seen, params["W1"]), params["b1"]))
    out = ops.add(X1, ops.add(ops.matmul(wide, params["W2"]), params["b2"]))
    return out, keys, values


def continued(rng: Rng, N: int, H: int, t: int, d: int, F: int) -> Inputs:
    """A new place after t others."""
    return {
        "x": rng.normal(size=(N, H * d)),
        "cache": (rng.normal(size=(N, H, t, d)), rng.normal(size=(N, H, t, d))),
        "params": block_params(rng, H * d, F),
        "H": H,
    }


@step_with_cache.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return continued(rng, 3, 2, 5, 4, 7)


@step_with_cache.case("first-place", weight=2, square="one text is a batch as well")
def _(rng: Rng) -> Inputs:
    return continued(rng, 1, 2, 0, 4, 6)


@step_with_cache.case("square", square="with N = H = d a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return continued(rng, 3, 3, 3, 3, 9)


def heads_of(x: Array, W: Array, H: int) -> Array:
    """The heads' queries, keys or values of one new place, shape (N, H, 1, d)."""
    rows: Array = (x @ W).reshape(len(x), H, 1, -1)
    return rows


def finished(x: Array, found: Array, params: Params) -> Array:
    """What comes after attention: the way back onto the residual road, and the dense layers."""
    X1 = x + found @ params["W_o"]
    out: Array = X1 + thought_over(norm(X1, params["gamma2"], params["beta2"]), params)
    return out


def looked_up(query: Array, keys: Array, values: Array, scale: float) -> Array:
    """The heads' outputs side by side, shape (N, D)."""
    weights = softmax(query @ keys.swapaxes(-1, -2) / scale)
    joined: Array = (weights @ values).reshape(len(query), -1)
    return joined


def stepped(x: Array, cache: Cache, params: Params, H: int, **changed: Any) -> Any:
    """One step, without a mistake unless one is passed.

    Args:
        x, cache, params, H: as in the question.
        changed: `seen`, what queries, keys and values are made from; `kept`, which of the keys and
            values are looked at; `scale`, by which scores are divided; `residual`, x on its road;
            `to_cache`, in which order old and new are put together.
    """
    seen = changed.get("seen", norm(x, params["gamma1"], params["beta1"]))
    query, key, value = (heads_of(seen, params[name], H) for name in ("W_q", "W_k", "W_v"))
    to_cache = changed.get("to_cache", lambda old, new: np.concatenate([old, new], axis=2))
    keys, values = to_cache(cache[0], key), to_cache(cache[1], value)
    kept = changed.get("kept", slice(None))
    scale = changed.get("scale", np.sqrt(x.shape[1] // H))
    found = looked_up(query, keys[:, :, kept], values[:, :, kept], scale)
    return finished(changed.get("residual", x), found, params), keys, values


@step_with_cache.alternative("row-by-row")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    rows = [
        stepped(x[n : n + 1], (cache[0][n : n + 1], cache[1][n : n + 1]), params, H)
        for n in range(len(x))
    ]
    return tuple(np.concatenate(parts) for parts in zip(*rows, strict=True))


@step_with_cache.made_of(
    but="all-axes-reversed attention-overflow axes-exchanged-and-not-joined "
    "axes-not-exchanged every-h-th-feature features-before-the-places heads-averaged "
    "heads-folded-into-the-batch heads-joined-along-the-places "
    "heads-mixed-up-in-the-reshape heads-of-h-features heads-summed "
    "hidden-scores-not-low-enough hidden-scores-set-to-zero infinity-times-zero "
    "keys-ask-the-queries mask-added-to-the-scores mask-after-the-softmax mask-reversed "
    "mask-unused places-cut-in-place-of-features places-mixed-up-in-the-reshape "
    "root-of-the-length-of-a-value root-of-the-number-of-places scores-not-scaled "
    "shifted-by-a-hidden-score shifted-over-the-queries weights-first "
    "weights-over-the-queries weights-transposed-before-the-values"
)
def _(
    x: Array,
    cache: Cache,
    params: Params,
    H: int,
    *,
    split_heads: Formula = heads,
    attention: Formula = attend,
    join_heads: Formula = joined,
) -> Any:
    seen = norm(x, params["gamma1"], params["beta1"])[:, None]
    query, key, value = (split_heads(seen @ params[name], H) for name in ("W_q", "W_k", "W_v"))
    keys, values = (np.concatenate(both, axis=2) for both in zip(cache, (key, value), strict=True))
    found = attention(query, keys, values, np.array(True))[0]
    return finished(x, join_heads(found)[:, 0], params), keys, values


@step_with_cache.mistake("cache-forgotten")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """The new place looks at all t + 1 places; here it looks at itself only.

    The cache is returned unused, so every token is read as if it were the first.

    Check: with another cache, out should change.
    """
    return stepped(x, cache, params, H, kept=slice(-1, None))


@step_with_cache.mistake("cache-not-extended")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """The returned keys and values include those of the new place; here the old ones are returned.

    out is right, but the next step will not find this place.

    Check: the third axis of K should have length t + 1.
    """
    out = stepped(x, cache, params, H)[0]
    return out, cache[0] + 0.0, cache[1] + 0.0


@step_with_cache.mistake("cache-replaced")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """The returned keys and values hold all t + 1 places; here they hold the new one only.

    out is right, but the next step will have forgotten the earlier places.

    Check: the third axis of K should have length t + 1.
    """
    out, keys, values = stepped(x, cache, params, H)
    return out, keys[:, :, -1:], values[:, :, -1:]


@step_with_cache.mistake("new-place-not-seen")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """A place looks at itself as well, like the diagonal of the causal mask; here it looks at
    earlier places only.

    The new key and value have to join the cache before attention, not after it.

    Check: with an empty cache, the weights should be 1 for the place itself.
    """
    if not cache[0].shape[2]:
        seen = norm(x, params["gamma1"], params["beta1"])
        keys, values = (heads_of(seen, params[name], H) for name in ("W_k", "W_v"))
        return finished(x, np.zeros_like(x), params), keys, values
    return stepped(x, cache, params, H, kept=slice(None, -1))


@step_with_cache.mistake("oldest-place-dropped")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """The cache keeps every place; here the oldest is dropped, so it never grows beyond t.

    A sliding window does that on purpose, but only once it is full.

    Check: the third axis of K should have length t + 1.
    """
    t = cache[0].shape[2]
    out, keys, values = stepped(x, cache, params, H, kept=slice(min(t, 1), None))
    return out, keys[:, :, min(t, 1) :], values[:, :, min(t, 1) :]


@step_with_cache.mistake("new-place-in-front", convention=True)
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """Attention does not care about the order of places, but in this course the cache keeps that of
    the text: the new place comes last.

    out is right, because keys and values have the same order.

    Check: K[:, :, :-1] should equal the old keys.
    """
    return stepped(
        x, cache, params, H, to_cache=lambda old, new: np.concatenate([new, old], axis=2)
    )


@step_with_cache.mistake("keys-and-values-exchanged")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """The cache holds the keys first and the values second; here they are swapped.

    Both have the same shape, so there is no error.

    Check: K[:, :, :-1] should equal cache[0].
    """
    out, keys, values = stepped(x, (cache[1], cache[0]), params, H)
    return out, values, keys


@step_with_cache.mistake("norm-left-out-of-the-step")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """Queries, keys and values are made from the normalized input, as in transformer_block; here
    they are made from x itself.

    The residual road carries x, but what branches off is normalized first.

    Check: out should equal the last place of transformer_block for the whole text.
    """
    return stepped(x, cache, params, H, seen=x)


@step_with_cache.mistake("residual-left-out-of-the-step")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """What attention finds is added to x; here x is lost.

    Check: with W_o and W2 of zeros and b2 = 0, out should equal x.
    """
    return stepped(x, cache, params, H, residual=0.0)


@step_with_cache.mistake("residual-of-the-normalized-input")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """What attention finds is added to x itself; here it is added to the normalized x.

    A pre-norm block leaves the residual road untouched by norms.

    Check: with W_o and W2 of zeros and b2 = 0, out should equal x.
    """
    return stepped(x, cache, params, H, residual=norm(x, params["gamma1"], params["beta1"]))


@step_with_cache.mistake("root-of-all-features")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """Scores are divided by the square root of d, the size of a head; here D, the size of all
    heads, is under the root.

    Check: out should equal the last place of transformer_block for the whole text.
    """
    return stepped(x, cache, params, H, scale=np.sqrt(x.shape[1]))


@step_with_cache.mistake("root-of-the-places")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """Scores are divided by the square root of d; here the number of places is under the root.

    The last axis of the scores counts places, that of the queries counts features.

    Check: out should equal the last place of transformer_block for the whole text.
    """
    return stepped(x, cache, params, H, scale=np.sqrt(cache[0].shape[2] + 1))


@step_with_cache.mistake("scores-not-scaled-in-the-step")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """Scores are divided by the square root of d, as in transformer_block; here they are not.

    Check: out should equal the last place of transformer_block for the whole text.
    """
    return stepped(x, cache, params, H, scale=1.0)


@step_with_cache.mistake("heads-interleaved-in-the-step")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """Head h has the features h * d to (h + 1) * d, side by side; here every H-th feature goes to
    it.

    The axes of the reshape are (H, d), not (d, H).

    Check: K[:, 0, -1] should be the first d features of norm(x) @ W_k.
    """
    d = x.shape[1] // H
    order = np.arange(x.shape[1]).reshape(d, H).T.ravel()
    mixed = {name: params[name][:, order] for name in ("W_q", "W_k", "W_v")}
    back = np.argsort(order)
    return stepped(x, cache, {**params, **mixed, "W_o": params["W_o"][order[back]]}, H)


@step_with_cache.mistake("queries-kept-as-keys", at="K")
def _(x: Array, cache: Cache, params: Params, H: int) -> Any:
    """The cache keeps what attention looks at, the keys; here it keeps the queries.

    out may be right in this step, and the next one compares queries with queries.

    Check: K[:, :, -1] should be made with W_k.
    """
    seen = norm(x, params["gamma1"], params["beta1"])
    return np.concatenate([cache[0], heads_of(seen, params["W_q"], H)], axis=2)
