"""How many wrong answers does a message name, or place? `python -m benchmarks.wrong_answers`

The answers are written as public notebooks and questions in forums have them: another axis, a sum
over everything, a formula for column vectors, a factor of the loss, a slope at the wrong argument.
They were written without a look at the catalogue of their questions. The second list is held out:
nothing was changed for one of its answers (see `held_out_answers`). `--each` lists them with the
names that they get, `--messages` shows what is said of those without a name.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from autograder.answer import ask
from autograder.judging.advice.values import UNEXPLAINED
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.records import Verdict
from benchmarks.held_out_answers import HELD_OUT, Answer


def softmax_of_scaled(Z: Any) -> Any:
    return np.exp(Z / np.sum(np.exp(Z), axis=1, keepdims=True))


def softmax_into_zeros_like(Z: Any) -> Any:
    out = np.zeros_like(Z)
    for n in range(len(Z)):
        out[:, n % Z.shape[1]] = np.exp(Z[:, n % Z.shape[1]]) / np.exp(Z[:, n % Z.shape[1]]).sum()
    return out


def columns(X: Any, gamma: Any, beta: Any, eps: float) -> Any:
    mu, var = X.mean(axis=0), X.var(axis=0)
    return gamma * (X - mu) / np.sqrt(var + eps) + beta


def layer_norm(X: Any, gamma: Any, beta: Any, eps: float, *, ddof: int = 0) -> Any:
    centred = X - X.mean(axis=1, keepdims=True)
    return gamma * centred / (X.std(axis=1, keepdims=True, ddof=ddof) + eps) + beta


def batch_backward(dout: Any, X: Any, gamma: Any, eps: float, *, sign: float, half: float) -> Any:
    N = len(X)
    centred = X - X.mean(axis=0)
    var = X.var(axis=0)
    inverse = 1 / np.sqrt(var + eps)
    dxhat = dout * gamma
    dinverse = (dxhat * centred).sum(axis=0)
    dvar = half * inverse**3 * sign * dinverse
    dcentred = dxhat * inverse + 2 * centred * dvar / N
    dX = dcentred - dcentred.sum(axis=0) / N
    return dX, (dout * centred * inverse).sum(axis=0), dout.sum(axis=0)


def clip_each(grads: Any, max_norm: float) -> Any:
    norms = {k: np.linalg.norm(v) for k, v in grads.items()}
    clipped = {k: v * min(1.0, max_norm / (norms[k] + 1e-6)) for k, v in grads.items()}
    return clipped, sum(norms.values())


def clip_by_value(grads: Any, max_norm: float) -> Any:
    norm = np.sqrt(sum((v**2).sum() for v in grads.values()))
    return {k: np.clip(v, -max_norm, max_norm) for k, v in grads.items()}, norm


def clip_with_epsilon(grads: Any, max_norm: float) -> Any:
    norm = np.sqrt(sum((v**2).sum() for v in grads.values()))
    scale = max_norm / (norm + 1e-6)
    return {k: v * scale if scale < 1 else v for k, v in grads.items()}, norm


def two_layers(X: Any, y: Any, params: Any, *, how: str) -> Any:
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    h = np.maximum(0, X @ W1 + b1)
    scores = h @ W2 + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    N = len(y)
    loss = -np.log(p[np.arange(N), y]).sum() / N
    d = p.copy()
    d[np.arange(N), y] -= 1
    d /= N
    if how == "loss halved":
        loss = loss / 2
    if how == "slope of squares":
        d = d * p * (1 - p)
    dW2, db2 = h.T @ d, d.sum(axis=0)
    dh = d @ W2.T
    if how == "gate on the input":
        dh[(X @ W1) <= 0] = 0
    elif how == "gate at one":
        dh[h <= 1] = 0
    else:
        dh[h <= 0] = 0
    dW1, db1 = X.T @ dh, dh.sum(axis=0)
    if how == "bias mean":
        db1, db2 = dh.mean(axis=0), d.mean(axis=0)
    if how == "first bias mean":
        db1 = dh.mean(axis=0)
    if how == "weight decay":
        dW1, dW2 = dW1 + 1e-3 * W1, dW2 + 1e-3 * W2
        loss = loss + 0.5e-3 * ((W1**2).sum() + (W2**2).sum())
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def mlp(how: str) -> Answer:
    return "mlp_loss_and_grads", how, lambda X, y, params: two_layers(X, y, params, how=how)


def rows(Z: Any) -> Any:
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def onehot(Z: Any, y: Any) -> Any:
    return np.eye(Z.shape[1])[y]


def sig(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


ANSWERS: list[Answer] = [
    ("softmax", "sum over axis 0", lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0)),
    ("softmax", "sum over everything", lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum()),
    ("softmax", "no keepdims", lambda Z: np.exp(Z) / np.sum(np.exp(Z), axis=1)),
    ("softmax", "exp around the division", softmax_of_scaled),
    ("softmax", "column by column", softmax_into_zeros_like),
    (
        "softmax",
        "shift along columns",
        lambda Z: np.exp(Z - Z.max(axis=0)) / np.exp(Z - Z.max(axis=0)).sum(axis=1, keepdims=True),
    ),
    ("softmax", "divided by the maximum", lambda Z: rows(Z / np.abs(Z).max())),
    ("log_softmax", "log of softmax over axis 0", lambda Z: np.log(rows(Z.T).T)),
    (
        "log_softmax",
        "maximum not subtracted twice",
        lambda Z: Z - np.log(np.exp(Z - Z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)),
    ),
    ("log_softmax", "base 10", lambda Z: np.log10(rows(Z))),
    (
        "softmax_cross_entropy",
        "mean over the table",
        lambda Z, y: -np.mean(onehot(Z, y) * np.log(rows(Z))),
    ),
    (
        "softmax_cross_entropy",
        "every column of the labels",
        lambda Z, y: -np.log(rows(Z)[:, y]).mean(),
    ),
    (
        "softmax_cross_entropy",
        "1e-9 in the log",
        lambda Z, y: -np.log(rows(Z)[np.arange(len(y)), y] + 1e-9).mean(),
    ),
    (
        "softmax_cross_entropy",
        "clipped at 1e-7",
        lambda Z, y: -np.log(np.clip(rows(Z), 1e-7, 1 - 1e-7)[np.arange(len(y)), y]).mean(),
    ),
    (
        "softmax_cross_entropy",
        "binary terms added",
        lambda Z, y: (
            -(onehot(Z, y) * np.log(rows(Z)) + (1 - onehot(Z, y)) * np.log(1 - rows(Z))).sum()
            / len(y)
        ),
    ),
    ("softmax_cross_entropy", "sum", lambda Z, y: -np.log(rows(Z)[np.arange(len(y)), y]).sum()),
    (
        "softmax_cross_entropy",
        "logits taken for probabilities",
        lambda Z, y: -np.log(Z[np.arange(len(y)), y]).mean(),
    ),
    ("softmax_cross_entropy_grad", "s * (1 - s)", lambda Z, y: rows(Z) * (1 - rows(Z))),
    ("softmax_cross_entropy_grad", "not divided by N", lambda Z, y: rows(Z) - onehot(Z, y)),
    (
        "softmax_cross_entropy_grad",
        "target minus p",
        lambda Z, y: (onehot(Z, y) - rows(Z)) / len(y),
    ),
    (
        "softmax_cross_entropy_grad",
        "times s * (1 - s)",
        lambda Z, y: (rows(Z) - onehot(Z, y)) * rows(Z) * (1 - rows(Z)) / len(y),
    ),
    ("softmax_cross_entropy_grad", "one hot over p", lambda Z, y: -onehot(Z, y) / rows(Z) / len(y)),
    ("softmax_cross_entropy_grad", "half", lambda Z, y: (rows(Z) - onehot(Z, y)) / (2 * len(y))),
    (
        "binary_cross_entropy",
        "sum",
        lambda z, y: -(y * np.log(sig(z)) + (1 - y) * np.log(1 - sig(z))).sum(),
    ),
    ("binary_cross_entropy", "second term missing", lambda z, y: -(y * np.log(sig(z))).mean()),
    (
        "binary_cross_entropy",
        "no minus",
        lambda z, y: (y * np.log(sig(z)) + (1 - y) * np.log(1 - sig(z))).mean(),
    ),
    (
        "binary_cross_entropy",
        "1e-8 in both logs",
        lambda z, y: -(y * np.log(sig(z) + 1e-8) + (1 - y) * np.log(1 - sig(z) + 1e-8)).mean(),
    ),
    ("mse_grad", "no 2", lambda pred, target: (pred - target) / pred.size),
    ("mse_grad", "divided by N alone", lambda pred, target: 2 * (pred - target) / len(pred)),
    ("mse_grad", "target minus pred", lambda pred, target: 2 * (target - pred) / pred.size),
    ("mse_grad", "mean of it", lambda pred, target: np.mean(2 * (pred - target))),
    ("sigmoid_grad", "z * (1 - z)", lambda z: z * (1 - z)),
    ("sigmoid_grad", "exp(-z) over one plus", lambda z: np.exp(-z) / (1 + np.exp(-z))),
    ("tanh_grad", "1 - z ** 2", lambda z: 1 - z**2),
    ("tanh_grad", "1 / cosh", lambda z: 1 / np.cosh(z)),
    ("relu", "absolute value", np.abs),
    ("relu", "leaky", lambda z: np.where(z > 0, z, 0.01 * z)),
    ("relu", "step", lambda z: (z > 0).astype(float)),
    ("gelu", "sigmoid of z", lambda z: z * sig(z)),
    (
        "gelu",
        "0.5 missing",
        lambda z: z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
    ),
    ("leaky_relu_grad", "slope * z", lambda z, slope: np.where(z > 0, 1.0, slope * z)),
    (
        "dense_backward",
        "bias along axis 1",
        lambda dout, X, W: (dout @ W.T, X.T @ dout, dout.sum(axis=1)),
    ),
    (
        "dense_backward",
        "column vectors",
        lambda dout, X, W: (W.T @ dout, dout @ X.T, dout.sum(axis=1)),
    ),
    (
        "dense_backward",
        "all divided by N",
        lambda dout, X, W: (dout @ W.T / len(X), X.T @ dout / len(X), dout.sum(axis=0) / len(X)),
    ),
    (
        "dense_backward",
        "weight decay",
        lambda dout, X, W: (dout @ W.T, X.T @ dout + 0.01 * W, dout.sum(0)),
    ),
    ("relu_backward", "gate at the output of 1", lambda dout, z: dout * (z >= 1)),
    ("relu_backward", "z for dout", lambda dout, z: z * (dout > 0)),
    ("sigmoid_backward", "sigmoid taken again", lambda dout, out: dout * sig(out) * (1 - sig(out))),
    mlp("loss halved"),
    mlp("slope of squares"),
    mlp("gate on the input"),
    mlp("gate at one"),
    mlp("bias mean"),
    mlp("first bias mean"),
    mlp("weight decay"),
    ("layernorm_forward", "statistics of columns", columns),
    ("layernorm_forward", "eps beside the root", layer_norm),
    (
        "layernorm_forward",
        "ddof 1 and eps beside the root",
        lambda X, gamma, beta, eps: layer_norm(X, gamma, beta, eps, ddof=1),
    ),
    (
        "batchnorm_inference",
        "batch statistics",
        lambda X, gamma, beta, mean, var, eps: columns(X, gamma, beta, eps),
    ),
    (
        "batchnorm_inference",
        "variance for the root",
        lambda X, gamma, beta, mean, var, eps: gamma * (X - mean) / (var + eps) + beta,
    ),
    (
        "batchnorm_backward",
        "sign of dvar",
        lambda dout, X, gamma, eps: batch_backward(dout, X, gamma, eps, sign=1.0, half=0.5),
    ),
    (
        "batchnorm_backward",
        "0.5 missing",
        lambda dout, X, gamma, eps: batch_backward(dout, X, gamma, eps, sign=-1.0, half=1.0),
    ),
    ("clip_by_global_norm", "array by array", clip_each),
    ("clip_by_global_norm", "by value", clip_by_value),
    ("clip_by_global_norm", "1e-6 in the denominator", clip_with_epsilon),
    (
        "residual_forward",
        "skip missing",
        lambda X, W1, b1, W2, b2: np.maximum(0, X @ W1 + b1) @ W2 + b2,
    ),
    (
        "residual_forward",
        "relu after the sum",
        lambda X, W1, b1, W2, b2: np.maximum(0, np.maximum(0, X @ W1 + b1) @ W2 + b2 + X),
    ),
    ("dead_fraction", "share of zeros", lambda Z: np.mean(Z <= 0)),
    (
        "l2_grads",
        "biases too",
        lambda grads, params, lam: {k: grads[k] + lam * params[k] for k in grads},
    ),
    ("sgd_step", "plus", lambda params, grads, lr: {k: params[k] + lr * grads[k] for k in params}),
    ("accuracy", "a count", lambda logits, y: (logits.argmax(axis=1) == y).sum()),
    (
        "accuracy",
        "axis 0",
        lambda logits, y: (logits.argmax(axis=0)[: len(y)] == y[: logits.shape[1]]).mean(),
    ),
    (
        "predict_probabilities",
        "axis 0",
        lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=0),
    ),
    ("collapse_linear", "second bias alone", lambda W1, b1, W2, b2: (W1 @ W2, b2)),
    ("collapse_linear", "biases added", lambda W1, b1, W2, b2: (W1 @ W2, b1.sum() + b2)),
    ("weighted_sum", "weights as rows", lambda X, w, b: w * X + b),
    ("step", "one at zero", lambda z: np.where(z >= 0, 1, 0)),
]


@cache
def judge_of(name: str) -> Judge:
    """The judge of one question by its public cases."""
    question = catalogue.question(name)
    week = catalogue.week(question.week)
    return Judge({name: question}, references.public([question], week.stem))


def verdict_on(name: str, answer: Callable[..., Any]) -> Verdict:
    """The verdict on an answer to the public cases."""
    question, judge = catalogue.question(name), judge_of(name)
    given = [question.handed(probe.inputs) for probe in judge.probes[name]]
    return judge.judge(name, [ask(answer, each, question.drive) for each in given])


def main() -> None:
    """Print how many answers of each list are named, and how many placed."""
    warnings.simplefilter("ignore", RuntimeWarning)
    tell("wrong answers", ANSWERS)
    tell("held out", HELD_OUT)


def tell(title: str, answers: Sequence[Answer]) -> None:
    """Print how many of these answers are named, and how many placed."""
    kinds: Counter[str] = Counter()
    for name, what, answer in answers:
        verdict = verdict_on(name, answer)
        placed = UNEXPLAINED not in verdict.message
        kind = "passed" if verdict.right else "named" if verdict.mistake else "placed"
        kind = kind if placed or kind != "placed" else "neither"
        kinds[kind] += 1
        if "--each" in sys.argv:
            print(f"{kind:8} {name}: {what}: {verdict.mistake}")
        if "--messages" in sys.argv and kind in ("placed", "neither"):
            print(verdict.message, end="\n\n")
    total = len(answers)
    told = [f"{kind} {kinds[kind]}" for kind in ("named", "placed", "neither", "passed")]
    share = 100 * (kinds["named"] + kinds["placed"]) / total
    print(f"{total} {title}: {', '.join(told)}; named or placed: {share:.0f}%")


if __name__ == "__main__":
    main()
