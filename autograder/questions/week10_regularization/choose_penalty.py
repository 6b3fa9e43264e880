"""How strong a penalty should be, by cross-validation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question

PARTS = ("errors", "limit", "choice", "W")


@question(points=27, returns=PARTS, parts={"errors": 4, "limit": 2, "choice": 2, "W": 2})
def choose_penalty(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The strongest penalty that is as good as the best one, by cross-validation.

    Args:
        X: features, shape (N, D), float64; the last one is 1 everywhere, and its weights are the
            biases, which have no price.
        Y: what should come out, shape (N, K), float64.
        fold: the fold to which each example belongs, shape (N,), int64, from 0 on.
        lams: strengths of the penalty to choose from, shape (L,), float64, positive and rising.

    Returns:
        errors (L,): for each strength the error on the fold that was left out, a mean over folds.
        limit: the smallest of the errors plus its standard error over the folds.
        choice: the place of the largest strength whose error is at most limit.
        W (D, K): the weights that all examples give with the chosen strength.

    Source: least squares with a penalty by QR decompositions in keras.ops; the rule of one standard
    error of Breiman, Friedman, Olshen & Stone 1984.
    """
    from keras import ops

    L, D = len(lams), X.shape[1]

    def fits(rows: Array) -> Any:
        """The weights for every strength, shape (L, D, K)."""
        # The penalty is a further example for each weight: the root of its price, and 0.
        price = np.sqrt(lams * np.sum(rows))[:, None, None] * np.eye(D)[:-1]
        seen = np.broadcast_to(X[rows], (L, *X[rows].shape))
        more = np.hstack([seen, price]).astype(X.dtype)
        Q, R = ops.qr(ops.convert_to_tensor(more))
        target = np.concatenate([Y[rows], np.zeros((D - 1, Y.shape[1]), Y.dtype)])
        return ops.solve_triangular(R, ops.matmul(ops.transpose(Q, (0, 2, 1)), target))

    def errors_on(rows: Array) -> Array:
        missed = ops.matmul(X[rows], fits(~rows)) - Y[rows]
        return np.asarray(ops.mean(ops.sum(ops.square(missed), axis=2), axis=1))

    table = np.stack([errors_on(out) for out in parts(fold)], axis=1)
    errors = table.mean(axis=1)
    limit = errors.min() + table[np.argmin(errors)].std(ddof=1) / np.sqrt(table.shape[1])
    choice = int(np.flatnonzero(errors <= limit)[-1])
    return errors, limit, choice, fits(fold >= 0)[choice]


def fitted(X: Array, Y: Array, price: Any) -> Array:
    """The weights of the mean squared distance plus `price` times the squares of all but biases.

    A price for each of L strengths gives weights of the shape (L, D, K).
    """
    free = np.eye(X.shape[1])
    free[-1, -1] = 0
    return solved(X, Y, np.multiply.outer(price, free))


def solved(X: Array, Y: Array, price: Any) -> Array:
    """The weights that a matrix of prices (D, D) gives, or each of several."""
    W: Array = np.linalg.solve(X.T @ X / len(X) + price, X.T @ Y / len(X))
    return W


def distance(X: Array, Y: Array, W: Array) -> Any:
    """The mean over the examples of the squared distance, for each of the weights."""
    return np.mean(np.sum((X @ W - Y) ** 2, axis=-1), axis=-1)


def parts(fold: Array) -> list[Array]:
    """For each fold, which examples belong to it."""
    return [fold == f for f in range(int(fold.max()) + 1)]


def table(X: Array, Y: Array, fold: Array, lams: Array, fit: Any = fitted) -> Array:
    """Errors on the fold that was left out, shape (L, F)."""
    found = [distance(X[out], Y[out], fit(X[~out], Y[~out], lams)) for out in parts(fold)]
    return np.stack(found, axis=1)


def answer(X: Array, Y: Array, lams: Array, errors: Array, fit: Any = fitted) -> Any:
    """A whole answer from a table of errors, shape (L, F)."""
    means, folds = errors.mean(axis=1), errors.shape[1]
    limit = means.min() + errors[np.argmin(means)].std(ddof=1) / np.sqrt(folds)
    return chosen(X, Y, lams, means, limit, fit)


def chosen(X: Array, Y: Array, lams: Array, means: Array, limit: Any, fit: Any = fitted) -> Any:
    """A whole answer from errors and a limit."""
    choice = int(np.flatnonzero(means <= limit)[-1])
    return means, limit, choice, fit(X, Y, lams[choice])


def examples(rng: Rng, N: int, D: int, K: int, L: int, fold: Array) -> Inputs:
    """Noisy examples for which neither the first nor the last strength is chosen, nor the best.

    The errors rise and fall within the strengths, and two strengths at least are as good as the
    best one, so that a smallest, a best and a largest can be told apart.
    """
    while True:
        X = np.hstack([rng.normal(size=(N, D - 1)), np.ones((N, 1))])
        Y = X @ rng.normal(size=(D, K)) * 0.5 + rng.normal(size=(N, K)) * 1.2 + 2
        lams = np.geomspace(0.02, 6, L) * rng.uniform(0.8, 1.25, L)
        errors = table(X, Y, fold, lams)
        means, limit, choice, _ = answer(X, Y, lams, errors)
        first, best = int(np.flatnonzero(means <= limit)[0]), int(np.argmin(means))
        gap = np.min(np.abs(means - limit)) / limit
        if 0 < first < best < choice < L - 1 and gap > 1e-3:
            return {"X": X, "Y": Y, "fold": fold, "lams": lams}


def folds(rng: Rng, *sizes: int) -> Array:
    """Folds of these sizes, in mixed order."""
    return rng.permutation(np.repeat(np.arange(len(sizes)), sizes))


@choose_penalty.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return examples(rng, 24, 7, 3, 11, folds(rng, 4, 5, 7, 8))


@choose_penalty.case("three-folds", square="one number as an answer is a column as well")
def _(rng: Rng) -> Inputs:
    return examples(rng, 20, 6, 1, 12, folds(rng, 5, 7, 8))


@choose_penalty.case("each-example-its-own-fold")
def _(rng: Rng) -> Inputs:
    return examples(rng, 13, 5, 2, 10, folds(rng, *[1] * 13))


@choose_penalty.alternative("by-further-examples")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    def fit(X: Array, Y: Array, lam: Any) -> Array:
        if np.ndim(lam):
            return np.array([fit(X, Y, each) for each in lam])
        more = np.sqrt(lam * len(X)) * np.eye(X.shape[1])[:-1]
        nothing = np.zeros((len(more), Y.shape[1]))
        W: Array = np.linalg.lstsq(np.vstack([X, more]), np.vstack([Y, nothing]), rcond=None)[0]
        return W

    return answer(X, Y, lams, table(X, Y, fold, lams, fit), fit)


@choose_penalty.mistake("fold-left-in")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The fold on which the error is taken is left out of the fit; here all examples were fitted.

    Such an error says how well the robot knows what it has seen. It nearly always favours the
    weakest penalty.

    Check: for a fold of your own, print which examples are fitted; none of the fold should be.
    """
    W = fitted(X, Y, lams)
    errors = np.stack([distance(X[out], Y[out], W) for out in parts(fold)], axis=1)
    return answer(X, Y, lams, errors)


@choose_penalty.mistake("error-on-what-was-fitted")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The error is taken on the fold that was left out; here it is taken on the examples that were
    fitted.

    Check: the errors should fall first and then rise with the strength, not rise from the start.
    """
    kept = [~out for out in parts(fold)]
    errors = [distance(X[rest], Y[rest], fitted(X[rest], Y[rest], lams)) for rest in kept]
    return answer(X, Y, lams, np.stack(errors, axis=1))


@choose_penalty.mistake("fitted-on-the-fold-alone")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """All folds but one are fitted, and the error is taken on that one; here the two are exchanged.

    Check: for a fold of your own, print how many examples are fitted; most of them should be.
    """
    errors = [distance(X[~out], Y[~out], fitted(X[out], Y[out], lams)) for out in parts(fold)]
    return answer(X, Y, lams, np.stack(errors, axis=1))


@choose_penalty.mistake("price-against-a-sum")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The loss is a mean over the examples, so X^T X and X^T Y are divided by N, or lam is
    multiplied by it; here lam stands beside a sum.

    The penalty is N times too weak.

    Check: with every example twice, W should stay the same.
    """

    def fit(X: Array, Y: Array, lam: Any) -> Array:
        return fitted(X, Y, lam / len(X))

    return answer(X, Y, lams, table(X, Y, fold, lams, fit), fit)


@choose_penalty.mistake("price-for-all-examples")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """Without a fold there are fewer examples, and the mean runs over those; here N is the number
    of all examples in every fit.

    Check: fit the examples of three folds by themselves and compare.
    """
    N = len(X)

    def fit(X: Array, Y: Array, lam: Any) -> Array:
        return fitted(X, Y, lam * N / len(X))

    return answer(X, Y, lams, table(X, Y, fold, lams, fit), fit)


@choose_penalty.mistake("bias-with-a-price")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The last feature is 1 everywhere and its weights are biases, which have no price; here they
    are paid for as well.

    With a strong penalty the answers would then go to 0 in place of their mean.

    Check: with an enormous lam, X @ W should be the mean of Y.
    """

    def fit(X: Array, Y: Array, lam: Any) -> Array:
        return solved(X, Y, np.multiply.outer(lam, np.eye(X.shape[1])))

    return answer(X, Y, lams, table(X, Y, fold, lams, fit), fit)


@choose_penalty.mistake("price-left-out-of-the-fit")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The strength changes the weights that are fitted; here it is added to the error of weights
    that do not feel it.

    That is the price of the weights, and no error on new examples.

    Check: W should be smaller for a larger lam.
    """

    def fit(X: Array, Y: Array, lam: Any) -> Array:
        return np.linalg.lstsq(X, Y, rcond=None)[0]

    errors = []
    for out in parts(fold):
        W = fit(X[~out], Y[~out], lams)
        errors.append(distance(X[out], Y[out], W) + lams * np.sum(W[:-1] ** 2))
    return answer(X, Y, lams, np.stack(errors, axis=1), fit)


@choose_penalty.mistake("penalty-slope-without-its-two")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """Both squares have a 2 in their slope, and the two 2s cancel; here only the loss has its 2, so
    that lam counts half.

    Check: for x = 1, 2 and y = 2, 4 without a bias, lam = 2.5 should give w = 1.
    """

    def fit(X: Array, Y: Array, lam: Any) -> Array:
        return fitted(X, Y, lam / 2)

    return answer(X, Y, lams, table(X, Y, fold, lams, fit), fit)


@choose_penalty.mistake("loss-slope-without-its-two")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """Both squares have a 2 in their slope, and the two 2s cancel; here only the penalty has its 2,
    so that lam counts double.

    Check: for x = 1, 2 and y = 2, 4 without a bias, lam = 2.5 should give w = 1.
    """

    def fit(X: Array, Y: Array, lam: Any) -> Array:
        return fitted(X, Y, 2 * lam)

    return answer(X, Y, lams, table(X, Y, fold, lams, fit), fit)


@choose_penalty.mistake("error-averaged-over-answers")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The squared distance of an example is a sum over its K answers; here their mean is taken.

    With one answer there is no difference.

    Check: with every column of Y twice, the errors should double.
    """
    return answer(X, Y, lams, table(X, Y, fold, lams) / Y.shape[1])


@choose_penalty.mistake(
    "errors-added-over-examples",
    otherwise=lambda _: (
        # A mean over the outputs in place of one over the examples.
        lambda X, Y, fold, lams: answer(
            X, Y, lams, table(X, Y, fold, lams) * np.bincount(fold) / Y.shape[1]
        ),
    ),
)
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The error of a fold is a mean over its examples; here it is their sum.

    Large folds would then count more.

    Check: with every example twice, in the same fold, the errors should stay the same.
    """
    sizes = np.bincount(fold)
    return answer(X, Y, lams, table(X, Y, fold, lams) * sizes)


@choose_penalty.mistake("mean-over-examples-in-place-of-folds", convention=True)
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """Some books take one mean over all examples; in this course the errors are a mean over folds,
    each of which counts the same.

    With folds of one size the two agree.

    Check: print the errors of each fold beside their mean.
    """
    errors, sizes = table(X, Y, fold, lams), np.bincount(fold)
    means = errors @ sizes / len(X)
    spread = errors[int(np.argmin(means))].std(ddof=1) / np.sqrt(len(sizes))
    return chosen(X, Y, lams, means, means.min() + spread)


@choose_penalty.mistake("root-of-the-errors")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The error is the mean squared distance; here its root is taken.

    Check: doubling Y and the predictions should make the errors four times as large.
    """
    return answer(X, Y, lams, np.sqrt(table(X, Y, fold, lams)))


@choose_penalty.mistake("limit-by-the-spread")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The mean of F errors scatters by their spread divided by sqrt(F); here the spread itself is
    added.

    It says how one fold differs from another one, not how far off their mean is.

    Check: for errors 1, 2, 3 the standard error is 0.577.
    """
    errors = table(X, Y, fold, lams)
    means = errors.mean(axis=1)
    return chosen(X, Y, lams, means, means.min() + errors[int(np.argmin(means))].std(ddof=1))


@choose_penalty.mistake("spread-shared-by-all-folds")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The spread of F errors divides by F - 1, since one number, their mean, was taken from them;
    here it divides by F.

    Check: for errors 1, 2, 3 the standard error is 0.577.
    """
    errors = table(X, Y, fold, lams)
    means = errors.mean(axis=1)
    spread = errors[int(np.argmin(means))].std() / np.sqrt(errors.shape[1])
    return chosen(X, Y, lams, means, means.min() + spread)


@choose_penalty.mistake("limit-of-two-standard-errors", convention=True)
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """Some people allow two standard errors; in this course the limit is one above the smallest
    error.

    Check: limit minus the smallest error should be one standard error.
    """
    errors = table(X, Y, fold, lams)
    means = errors.mean(axis=1)
    spread = errors[int(np.argmin(means))].std(ddof=1) / np.sqrt(errors.shape[1])
    return chosen(X, Y, lams, means, means.min() + 2 * spread)


@choose_penalty.mistake("spread-over-strengths")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The standard error is taken over the folds of the best strength; here it is taken over the
    strengths.

    How much the errors differ from strength to strength depends on which strengths were tried.

    Check: with another, enormous strength in lams, limit should stay the same.
    """
    means = table(X, Y, fold, lams).mean(axis=1)
    return chosen(X, Y, lams, means, means.min() + means.std(ddof=1) / np.sqrt(len(lams)))


@choose_penalty.mistake("limit-without-the-smallest-error", at="limit")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """limit is the smallest error plus its standard error; here it is the standard error alone.

    Check: limit should be a little larger than the smallest entry of errors.
    """
    errors = table(X, Y, fold, lams)
    best = errors[int(np.argmin(errors.mean(axis=1)))]
    return best.std(ddof=1) / np.sqrt(len(best))


@choose_penalty.mistake("best-in-place-of-strongest")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The choice is the strongest penalty whose error is at most limit; here it is the one with the
    smallest error.

    The smallest error is smallest by luck as well. Of strengths that cannot be told apart, the
    simplest robot is taken.

    Check: errors[choice + 1] should be above limit.
    """
    means, limit, _, _ = answer(X, Y, lams, table(X, Y, fold, lams))
    best = int(np.argmin(means))
    return means, limit, best, fitted(X, Y, lams[best])


@choose_penalty.mistake("weakest-in-place-of-strongest")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The choice is the strongest penalty whose error is at most limit; here it is the weakest.

    Check: errors[choice + 1] should be above limit.
    """
    means, limit, _, _ = answer(X, Y, lams, table(X, Y, fold, lams))
    first = int(np.flatnonzero(means <= limit)[0])
    return means, limit, first, fitted(X, Y, lams[first])


@choose_penalty.mistake("strength-in-place-of-its-place", at="choice")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """The choice is a place in lams, counted from 0; here it is the strength that stands there.

    Check: lams[choice] should be the strength.
    """
    return lams[answer(X, Y, lams, table(X, Y, fold, lams))[2]]


@choose_penalty.mistake("weights-of-the-best", at="W")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """W belongs to the chosen strength; here it belongs to the one with the smallest error.

    Check: W should come from a fit with lams[choice].
    """
    return fitted(X, Y, lams[int(np.argmin(table(X, Y, fold, lams).mean(axis=1)))])


@choose_penalty.mistake("weights-without-the-last-fold", at="W")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """Once the strength is chosen, all examples are fitted; here the last fold is still left out.

    The variable of the loop holds the last fit.

    Check: change an example of the last fold; W should change.
    """
    choice = answer(X, Y, lams, table(X, Y, fold, lams))[2]
    rest = fold != fold.max()
    return fitted(X[rest], Y[rest], lams[choice])


@choose_penalty.mistake("weights-averaged-over-folds", at="W")
def _(X: Array, Y: Array, fold: Array, lams: Array) -> Any:
    """Once the strength is chosen, all examples are fitted at once; here W is the mean of the fits
    without one fold each.

    Check: W should come from one fit, with every example in it.
    """
    lam = lams[answer(X, Y, lams, table(X, Y, fold, lams))[2]]
    return np.mean([fitted(X[~out], Y[~out], lam) for out in parts(fold)], axis=0)
