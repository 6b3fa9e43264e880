# %% [markdown]
# # Week 12: Batch norm against layer norm
#
# About three hours. You write nine functions. The heart of the week is the way back through a norm: first node by node, then in one line that you find yourself. Each has a check right below it.
#
# ## The break
#
# Last week the robot grew, and a line on paper promised that bigger is better. It did not promise that a deep pile learns at all. Run the next three cells: twenty layers, and weights that start a little too small, right, or a little too large.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import plots

# %% locked="earlier_weeks"
# From earlier weeks.


def relu(z):
    """The bend max(0, z)."""
    return np.maximum(z, 0)


def relu_backward(dout, z):
    """The blame that passes back through relu."""
    return dout * (z > 0)


def dense_backward(dout, X, W):
    """The blame that passes back through X @ W + b: dX, dW, db."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def softmax_cross_entropy(Z, y):
    """Mean loss of the logits Z (N, K) for the labels y (N,)."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]
    return losses.mean()


def softmax_cross_entropy_grad(Z, y):
    """The blame of the logits Z (N, K) for the mean loss with labels y (N,)."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
mixed = np.random.default_rng(12).permutation(len(digits))
digits, labels = digits[mixed], labels[mixed]


def spreads(X, scale, rng, normalize=lambda Z: Z):
    """The standard deviation after each of 20 layers of 64 units."""
    found = []
    for _ in range(20):
        W = rng.normal(size=(64, 64)) * np.sqrt(2 / 64) * scale
        X = relu(normalize(X @ W))
        found.append(X.std())
    return found


layers = [1, 5, 10, 20]
print(f"{'spread after layer':24}", *(f"{layer:9}" for layer in layers))
for scale in [0.7, 1.0, 1.4]:
    found = spreads(digits[:100], scale, np.random.default_rng(0))
    print(f"weights of week 04 * {scale}", *(f"{found[layer - 1]:9.3g}" for layer in layers))

# %% [markdown]
# Thirty percent too small, and after twenty layers nothing is left. Forty percent too large, and the numbers shout. Week 04 chose the right size for the *first* step. But then the robot learns, the weights move, and nobody holds the size in place.
#
# ## The picture
#
# Think of the rules in the robot's pile as people in a row who pass on a message: *pointed ears, whiskers, probably a cat*. If each one speaks a little more softly than the one before, the last one hears nothing. If each one speaks a little louder, the last one hears only noise. We cannot tell them once and for all how loud to speak, because they keep changing while they learn.
#
# So we put a small device between them. It *measures* how loud the numbers are and sets them to a standard: mean 0, spread 1. After it come two knobs that the robot may turn itself: one for loudness and one for an offset. If a rule really needs to shout, it can learn to.
#
# One question is left, and it is the whole week: **measured over what?** A batch is a table. A row is one picture, a column is one feature, which is the opinion of one rule.
#
# - Measure each **column**: how loud is this *rule*, over all pictures of the batch? That is **batch normalization**.
# - Measure each **row**: how loud are all rules together, for this one *picture*? That is **layer normalization**.
#
# The field's own words: the loudness knob is **gamma** (scale), the offset is **beta** (shift). The number that both layers divide by is the standard deviation, the root of the **variance**.
#
# ## A worked example, by hand
#
# Two pictures, two features, gamma = 1, beta = 0:
#
# $$X = \begin{pmatrix} 1 & 2 \\ 3 & 8 \end{pmatrix}$$
#
# | | means | variances | spreads | normalized |
# | --- | --- | --- | --- | --- |
# | columns (batch norm) | 2 and 5 | 1 and 9 | 1 and 3 | $\begin{pmatrix} -1 & -1 \\ 1 & 1 \end{pmatrix}$ |
# | rows (layer norm) | 1.5 and 5.5 | 0.25 and 6.25 | 0.5 and 2.5 | $\begin{pmatrix} -1 & 1 \\ -1 & 1 \end{pmatrix}$ |
#
# The variance is the *mean* squared distance: $((1-2)^2 + (3-2)^2)/2 = 1$. Divide by 2, not by 1; in NumPy that is `X.var(axis=0)` as it stands.
#
# Look at what each one lost. Batch norm has forgotten that the second feature is louder than the first, and layer norm that the second picture is louder than the first.
#
# **Now one picture alone**, the row $(3, 8)$. Layer norm gives $(-1, 1)$, as before. Batch norm measures columns with one number in them: mean 3 and 8, spread 0. It gives $(0, 0)$, for this picture and for every other. So batch norm needs something else when a single picture arrives. It keeps a diary while training: a **running mean** and a **running variance**. After every batch
#
# $$\text{running} \leftarrow m \cdot \text{running} + (1 - m) \cdot \text{batch}$$
#
# where $m$ is called the *momentum*. With $m = 0.9$ and a start at mean 0 and variance 1, our batch gives: means $0.9 \cdot 0 + 0.1 \cdot 2 = 0.2$ and $0.5$; variances $0.9 \cdot 1 + 0.1 \cdot 1 = 1$ and $0.9 + 0.1 \cdot 9 = 1.8$.
#
# **What this course has agreed on.** Books differ, so here it is, as in Keras:
#
# - momentum multiplies the *old* running value (in PyTorch it multiplies the new one),
# - the variance divides by N everywhere, in the diary too,
# - a small number eps goes *inside* the root, $\sqrt{\mathrm{var} + \mathrm{eps}}$, so that a column without any spread does not divide by 0.
#
# ## Part 1: batch norm, forward
#
# ### 1. The start
#
# A new layer should change as little as possible. The knobs stand at *factor 1, offset 0*. The diary says *mean 0, variance 1*.


# %% solution="batchnorm_start"
def batchnorm_start(D):
    """What batch normalization of D features starts with.

    Args:
        D: how many features.

    Returns:
        gamma, beta, running_mean, running_var, each of shape (D,) and float64.

    Source: Keras' BatchNormalization.
    """
    ### BEGIN SOLUTION
    return np.ones(D), np.zeros(D), np.zeros(D), np.ones(D)
    ### END SOLUTION


# %% check="batchnorm_start"
check("batchnorm_start")

# %% [markdown]
# ### 2. At test time
#
# The easy half first. The statistics are given, and the batch is not measured: set to the standard, then turn the two knobs. Which operation does each knob stand for, and where does eps go? NumPy lines up a `(D,)` array with the *columns* of an `(N, D)` array, so no loop and no reshape is needed.


# %% solution="batchnorm_inference"
def batchnorm_inference(X, gamma, beta, running_mean, running_var, eps):
    """Batch normalization at test time, with the running statistics.

    Args:
        X: inputs, shape (N, D), float64; N may be 1.
        gamma, beta: scale and shift, shape (D,).
        running_mean, running_var: shape (D,).
        eps: added to the variance, inside the root.

    Returns:
        The normalized, scaled and shifted inputs, shape (N, D).

    Source: Ioffe & Szegedy 2015, algorithm 2.
    """
    ### BEGIN SOLUTION
    return gamma * (X - running_mean) / np.sqrt(running_var + eps) + beta
    ### END SOLUTION


# %% check="batchnorm_inference"
check("batchnorm_inference")

# %% [markdown]
# ### 3. The whole layer
#
# One function, two lives. While **training** it measures the batch, normalizes with what it measured, and brings the diary up to date. At **test time** it only reads the diary.
#
# State goes in as arguments and comes out as results. Nothing is kept inside the function, and no argument is changed: `running_mean *= momentum` would write into the caller's array, `momentum * running_mean` makes a new one.
#
# Two checks look at it. The first one calls it once. The second one carries the diary through several batches, and then asks twice at test time.


# %% solution="batchnorm_forward"
def batchnorm_forward(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """Batch normalization, and the running statistics after it.

    Args:
        X: inputs, shape (N, D), float64.
        gamma, beta: scale and shift, shape (D,).
        running_mean, running_var: shape (D,).
        momentum: the share that the old running value keeps.
        eps: added to the variance, inside the root.
        training: True: normalize with the batch's mean and variance, and update the running
            ones; False: normalize with the running ones, and return them as they are.

    Returns:
        out (N, D), running_mean (D,), running_var (D,).

    Source: Ioffe & Szegedy 2015, algorithm 1; conventions as in Keras.
    """
    ### BEGIN SOLUTION
    if training:
        mean, var = X.mean(axis=0), X.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        mean, var = running_mean, running_var
    out = batchnorm_inference(X, gamma, beta, mean, var, eps)
    return out, running_mean, running_var
    ### END SOLUTION


# %% check="batchnorm_forward"
check("batchnorm_forward")

# %% check="batchnorm_over_batches"
check("batchnorm_over_batches")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Both lives end with the same formula; only the mean and the variance in it differ. Which function of yours already holds that formula?
#
# </details>
#
# ## Part 2: the way back
#
# ### 4. Node by node
#
# An entry $x_n$ reaches the output in three ways: directly, through the mean, and through the spread. Nudge one entry, and the *whole column* moves. That sounds hard, but it is five short steps on the graph of week 06:
#
# $$x \;\to\; c = x - \mu \;\to\; \mathrm{var} = \mathrm{mean}(c^2) \;\to\; \sigma = \sqrt{\mathrm{var} + \mathrm{eps}} \;\to\; \hat x = c / \sigma \;\to\; \mathrm{out} = \gamma \hat x + \beta$$
#
# Three rules of week 06 are all you need. Blame is multiplied by the slope of the step. Where a node is used several times, its blames add up. And where a number was made of N entries, each of them gets its share. Look for the nodes that are used twice: $c$ (in $\hat x$ and in var), and $x$ (in $c$ and in $\mu$). And $\sigma$, var and $\mu$ are one number for a whole column, used by all N entries.
#
# **By hand.** A column $x = (0, 0, 2, 2)$ has mean 1, so $c = (-1, -1, 1, 1)$, the variance is 1 and, without eps, $\sigma = 1$ and $\hat x = c$. Let $\gamma = 1$ and the blame at the output be $(4, 0, 0, 0)$. Fill in the question marks from top to bottom:
#
# | node | used by | slope of that step | its blame |
# | --- | --- | --- | --- |
# | $\hat x$ | out | $\gamma$ | $(4, 0, 0, 0)$ |
# | $\sigma$ | $\hat x = c / \sigma$, by all N entries | $-c / \sigma^2$ | ? |
# | var | $\sigma = \sqrt{\mathrm{var} + \mathrm{eps}}$ | ? | ? |
# | $c$ | $\hat x$, and var | $1 / \sigma$, and ? | ? |
# | $\mu$ | $c = x - \mu$, by all N entries | ? | ? |
# | $x$ | $c$, and $\mu$ | 1, and ? | ? |
#
# <details><summary>The table, filled</summary>
#
# $\sigma$: the products $-c \cdot (4, 0, 0, 0)$ sum to 4. var: the slope of a root is $1 / (2\sigma)$, so 2. $c$: $(4, 0, 0, 0)$ directly, and through var $2 \cdot 2c/4 = (-1, -1, 1, 1)$; together $(3, -1, 1, 1)$. $\mu$: the slope is −1 for each entry, so $-(3 - 1 + 1 + 1) = -4$. $x$: each entry has a share of one quarter in the mean, so $(3, -1, 1, 1) + (-4)/4 = (2, -2, 0, 0)$.
#
# </details>
#
# The blame of $x$ sums to 0, and it has to: adding the same number to the whole column changes nothing, so nobody can be blamed for it.
#
# In code the blame of $\hat x$ is called `dxhat`, that of $\sigma$ `droot`, that of $c$ `dcentred` and that of $\mu$ `dmean`.


# %% solution="batchnorm_nodes"
def batchnorm_nodes(dout, X, gamma, eps):
    """The blame of every node of batch normalization, from the output back to X.

    Args:
        dout: dL/dout, shape (N, D), float64; it carries the 1/N of the loss already.
        X: the layer's inputs, shape (N, D), float64.
        gamma: scale, shape (D,).
        eps: added to the variance, inside the root.

    Returns:
        dxhat (N, D), droot (D,), dvar (D,), dcentred (N, D), dmean (D,), dX (N, D). A node that
        is used twice has the sum of both ways.

    Source: the chain rule on the graph above; Ioffe & Szegedy 2015, section 3.
    """
    ### BEGIN SOLUTION
    N = len(X)
    centred = X - X.mean(axis=0)
    root = np.sqrt((centred**2).mean(axis=0) + eps)
    dxhat = dout * gamma
    droot = -(dxhat * centred).sum(axis=0) / root**2
    dvar = droot / (2 * root)
    dcentred = dxhat / root + dvar * 2 * centred / N
    dmean = -dcentred.sum(axis=0)
    return dxhat, droot, dvar, dcentred, dmean, dcentred + dmean / N
    ### END SOLUTION


# %% check="batchnorm_nodes"
check("batchnorm_nodes")

# %% [markdown]
# <details><summary>Hint</summary>
#
# One line for each node, in the order of the table, and each uses the lines above it. Test it on the column: `X = np.array([[0.], [0.], [2.], [2.]])`, `dout = np.array([[4.], [0.], [0.], [0.]])`, gamma 1 and eps 0.
#
# </details>
#
# ### 5. In one line
#
# The five steps are right, but nobody writes them out. On paper they collapse into one line, with three terms, made of nothing but $d\hat x$, $\hat x$ and $\sigma$. Find it:
#
# 1. In your line for $dc$, replace dvar by what it is made of, $d\sigma$. The two 2s cancel.
# 2. Put in what $d\sigma$ is, and replace every $c$ by $\hat x \sigma$. How many $\sigma$ are left in each term? A sum over the column divided by N is a mean.
# 3. The last two nodes say: $dx = dc - \mathrm{mean}(dc)$. Take the mean of both terms of $dc$. One of the two means is 0, because $\mathrm{mean}(\hat x) = 0$.
# 4. Factor out what all terms share.
#
# Now look at what you have: a first term, which treats mean and spread as constants, and two corrections. Which belongs to the way through the mean, and which to the way through the spread? Then try the line on the worked example: $\hat x = (-1, -1, 1, 1)$, $\sigma = 1$ and $d\hat x = (4, 0, 0, 0)$ give $(2, -2, 0, 0)$.
#
# Nothing in the derivation asked whether the entries stand in a column or in a row. So write it for both: `axis` says along which axis was measured, and the means run along it. `root` comes as a row `(1, D)` or a column `(N, 1)`, and `keepdims=True` keeps your means in the same shape.


# %% solution="normalize_backward"
def normalize_backward(dxhat, xhat, root, axis):
    """The blame that passes back through xhat = (X - mean) / root, in its simplest form.

    Args:
        dxhat: dL/dxhat, shape (N, D), float64.
        xhat: the normalized inputs, shape (N, D), float64.
        root: what they were divided by, kept as a row or a column: (1, D) for axis 0, (N, 1) for
            axis 1.
        axis: the axis that was measured, 0 (batch norm) or 1 (layer norm).

    Returns:
        dX, shape (N, D). Mean and root are made of X, so blame passes through them as well.

    Source: the five steps, simplified.
    """
    ### BEGIN SOLUTION
    mean = dxhat.mean(axis=axis, keepdims=True)
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    return (dxhat - mean - xhat * along) / root
    ### END SOLUTION


# %% check="normalize_backward"
check("normalize_backward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# After step 2 you have $dc = d\hat x / \sigma - \hat x \cdot (\text{a mean}) / \sigma$. Which mean? Two checks of your result: with a small eps, dX sums to 0 along the axis, and so does dX times xhat. The first term alone does neither; what must be taken off it?
#
# </details>
#
# ### 6. The layer's way back
#
# What remains is gamma and beta. Each is used once by every example of the batch: $\mathrm{out} = \gamma \hat x + \beta$. What is the slope for each, and what happens to blame that comes from N examples? Your `normalize_backward` does the rest.


# %% solution="batchnorm_backward"
def batchnorm_backward(dout, X, gamma, eps):
    """The blame that passes back through batch normalization while training.

    Args:
        dout: dL/dout, shape (N, D), float64; it carries the 1/N of the loss already.
        X: the layer's inputs, shape (N, D), float64.
        gamma: scale, shape (D,).
        eps: added to the variance, inside the root.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,).

    Source: the chain rule, as above; Ioffe & Szegedy 2015, section 3.
    """
    ### BEGIN SOLUTION
    root = np.sqrt(X.var(axis=0, keepdims=True) + eps)
    xhat = (X - X.mean(axis=0)) / root
    dX = normalize_backward(dout * gamma, xhat, root, 0)
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)
    ### END SOLUTION


# %% check="batchnorm_backward"
check("batchnorm_backward")

# %% [markdown]
# ## Part 3: layer norm
#
# ### 7. Forward
#
# The same formula, measured along the row. There is no diary and no second life: a picture brings its own features along, at test time too.
#
# Two tools. A mean over the last axis of an `(N, D)` array has the shape `(N,)`, and NumPy would line it up with the *columns*. `X.mean(axis=-1, keepdims=True)` has the shape `(N, 1)` and lines up with the rows. And `axis=-1` is the last axis, however many there are. In a text model X is `(N, T, D)`: N texts, T words in each, D features of each word. Every word is normalized by itself.


# %% solution="layernorm_forward"
def layernorm_forward(X, gamma, beta, eps):
    """Layer normalization over the last axis.

    Args:
        X: inputs, (N, D) or (N, T, D), float64.
        gamma, beta: scale and shift of each feature, shape (D,).
        eps: added to the variance, inside the root.

    Returns:
        The normalized, scaled and shifted inputs, the shape of X.

    Source: Ba, Kiros & Hinton 2016, "Layer normalization".
    """
    ### BEGIN SOLUTION
    mean = X.mean(axis=-1, keepdims=True)
    var = X.var(axis=-1, keepdims=True)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta
    ### END SOLUTION


# %% check="layernorm_forward"
check("layernorm_forward")

# %% [markdown]
# ### 8. Backward
#
# The line that you found serves here too, along the row. Two places need a second thought.
#
# - Each feature of the row has its *own* gamma. So $d\hat x = \mathrm{dout} \cdot \gamma$ has to be formed *before* the means are taken. In batch norm gamma is one number for the whole column, and it could wait.
# - gamma and beta are still shared by the *examples*. Along which axis does their blame add up?


# %% solution="layernorm_backward"
def layernorm_backward(dout, X, gamma, eps):
    """The blame that passes back through layer normalization.

    Args:
        dout: dL/dout, shape (N, D), float64.
        X: the layer's inputs, shape (N, D), float64.
        gamma: scale, shape (D,).
        eps: added to the variance, inside the root.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,).

    Source: the way back of batch norm, along the row.
    """
    ### BEGIN SOLUTION
    root = np.sqrt(X.var(axis=1, keepdims=True) + eps)
    xhat = (X - X.mean(axis=1, keepdims=True)) / root
    dX = normalize_backward(dout * gamma, xhat, root, 1)
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)
    ### END SOLUTION


# %% check="layernorm_backward"
check("layernorm_backward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Begin with your `batchnorm_backward`. In each line that holds a mean or a variance, the axis changes and `keepdims=True` joins it. Do the two sums of the parameters change as well?
#
# </details>
#
# ## Part 4: for free at test time
#
# ### 9. Folding
#
# At test time the running statistics are plain numbers. Then batch norm after a dense layer is a straight line after a straight line, and you know what happens to those: *the rule pile collapses*. For once that is good news. Written for one output $j$, with $s_j = \gamma_j / \sqrt{\mathrm{var}_j + \mathrm{eps}}$:
#
# $$s_j \big( (XW)_j + b_j - \mu_j \big) + \beta_j$$
#
# Sort it into something that is multiplied by X and something that is not. Those are the new kernel and the new bias. Phones run trained networks this way: the norm no longer costs anything.


# %% solution="fold_batchnorm_into_dense"
def fold_batchnorm_into_dense(W, b, gamma, beta, running_mean, running_var, eps):
    """The dense layer that does the work of a dense layer and batch norm at test time.

    Args:
        W: kernel, shape (D, M), float64.
        b: bias, shape (M,).
        gamma, beta, running_mean, running_var: of the M outputs, shape (M,).
        eps: added to the variance, inside the root.

    Returns:
        The new kernel (D, M) and the new bias (M,).

    Source: the line above, sorted.
    """
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(running_var + eps)
    return W * scale, (b - running_mean) * scale + beta
    ### END SOLUTION


# %% check="fold_batchnorm_into_dense"
check("fold_batchnorm_into_dense")

# %% [markdown] quotes={"was 0.000132 for": "weights of week 04 * 0.7 _ _ _ {}", "and 138 for": "weights of week 04 * 1.4 _ _ _ {}"}
# <details><summary>Hint</summary>
#
# $s_j$ belongs to output $j$, and output $j$ is made by *column* $j$ of W. Line up an array of shape `(M,)` with the shape of W: which axis does NumPy give it? Then collect everything without X.
#
# </details>
#
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: the break, repaired.** The twenty layers again, with your layers between them. Without a norm the spread after the last layer was 0.000132 for small weights and 138 for large ones. What will it be with batch norm?

# %% tags=["experiment"]
guessed_spread = {0.7: None, 1.4: None}

# %% tags=["experiment"]
one, zero = np.ones(64), np.zeros(64)
norms = {
    "no norm": lambda Z: Z,
    "batch norm": lambda Z: batchnorm_forward(Z, one, zero, zero, one, 0.9, 1e-5, True)[0],
    "layer norm": lambda Z: layernorm_forward(Z, one, zero, 1e-5),
}
print(f"{'spread after layer':24}", *(f"{layer:9}" for layer in layers))
for name, normalize in norms.items():
    for scale in [0.7, 1.4]:
        found = spreads(digits[:100], scale, np.random.default_rng(0), normalize)
        row = [f"{found[layer - 1]:9.3g}" for layer in layers]
        guess = f"   (your guess: {guessed_spread[scale]})" if name == "batch norm" else ""
        print(f"{name:10} weights * {scale}", *row, guess)

# %% [markdown]
# With either norm the size of the weights no longer matters: the two rows of each norm are the same.
#
# **Second: do twenty layers learn?** The same pile with a last layer for the ten digits, trained for 60 nudges on batches of 64, at five learning rates. Without a norm, with batch norm, with layer norm; once with the weights of week 04, once with weights 30 percent smaller. Guessing costs $\ln 10 = 2.3$. At how many of the five rates will each pile, with the smaller weights, reach a loss below 2?

# %% tags=["experiment"]
guessed_rates = {"no norm": None, "batch norm": None, "layer norm": None}


# %% tags=["experiment"]
def train_pile(norm, lr, scale, rng, depth=20, nudges=60, eps=1e-3):
    """The mean loss of the last 20 nudges; infinite if the numbers became too large."""
    W = rng.normal(size=(depth, 64, 64)) * np.sqrt(2 / 64) * scale
    V = rng.normal(size=(64, 10)) / np.sqrt(64)
    gamma, beta = np.ones((depth, 64)), np.zeros((depth, 64))
    losses = []
    for _ in range(nudges):
        batch = rng.integers(1400, size=64)
        X, y = digits[batch], labels[batch]
        road = []
        for w, g, b in zip(W, gamma, beta, strict=True):
            Z = X @ w
            if norm == "batch norm":
                N, _, _ = batchnorm_forward(Z, g, b, zero, one, 0.9, eps, True)
            elif norm == "layer norm":
                N = layernorm_forward(Z, g, b, eps)
            else:
                N = Z + b
            road.append((X, Z, N))
            X = relu(N)
        losses.append(softmax_cross_entropy(X @ V, y))
        dX, dV, _ = dense_backward(softmax_cross_entropy_grad(X @ V, y), X, V)
        V = V - lr * dV
        for layer in range(depth - 1, -1, -1):
            X, Z, N = road[layer]
            dZ = relu_backward(dX, N)
            if norm == "no norm":
                dbeta = dZ.sum(axis=0)
            else:
                backward = batchnorm_backward if norm == "batch norm" else layernorm_backward
                dZ, dgamma, dbeta = backward(dZ, Z, gamma[layer], eps)
                gamma[layer] -= lr * dgamma
            beta[layer] -= lr * dbeta
            dX, dW, _ = dense_backward(dZ, X, W[layer])
            W[layer] -= lr * dW
    return np.mean(losses[-20:])


rates = np.array([0.01, 0.03, 0.1, 0.3, 1.0])
panels = {}
for title, scale in {"weights of week 04": 1.0, "30 percent smaller": 0.7}.items():
    panels[title] = {}
    for name in norms:
        with np.errstate(all="ignore"):
            reached = [train_pile(name, lr, scale, np.random.default_rng(0)) for lr in rates]
        panels[title][name] = np.array(reached)
        learned = np.sum(panels[title][name] < 2)
        guess = "" if scale == 1 else f" (your guess: {guessed_rates[name]})"
        print(f"{title}, {name}: learns at {learned} of {len(rates)} rates{guess}")


def likeness(normalize, rng):
    """The mean cosine of two digits after 20 layers that have not learned yet."""
    X = digits[:64]
    for _ in range(20):
        X = relu(normalize(X @ (rng.normal(size=(64, 64)) * np.sqrt(2 / 64))))
    X = X / np.linalg.norm(X, axis=1, keepdims=True)
    return ((X @ X.T).sum() - 64) / (64 * 63)


for name, normalize in norms.items():
    print(f"{name}, likeness of two digits: {likeness(normalize, np.random.default_rng(0)):.2f}")
figure = plots.losses_by_rate(rates, panels, np.log(10))

# %% [markdown] quotes={"at none (0 of 5)": "30 percent smaller, no norm: learns at {} of {} rates", "at 4 of 5 rates": "30 percent smaller, batch norm: learns at {} of {} rates", "at 3 of 5 from": "weights of week 04, batch norm: learns at {} of {} rates", "a cosine of 0.94": "no norm, likeness of two digits: {}", "0.95 with layer norm": "layer norm, likeness of two digits: {}", "With batch norm it is 0.32": "batch norm, likeness of two digits: {}"}
# *In words:* two panels, for weights of the right size on the left and smaller ones on the right: the loss after training against the learning rate. The grey line is guessing. Without a norm the dots stay near it, and on the right they lie on it; on the left one large rate is missing, because the numbers overflowed. Layer norm gets a little below the line at small rates only. Batch norm falls far below it from a rate of 0.1 on, in both panels.
#
# Without a norm the pile hardly learns at any rate, and with smaller weights at none (0 of 5). With batch norm it learns at 4 of 5 rates from the wrong start, and at 3 of 5 from the right one: the start hardly matters any more. That is what made very deep networks usable in 2015.
#
# But why does layer norm, which holds the loudness just as well, learn so badly here? Look at the last three printed lines. After twenty layers two different digits point nearly the same way, a cosine of 0.94 without a norm, and 0.95 with layer norm: what they have in common has drowned what sets them apart. Batch norm subtracts what the *batch* has in common, at every layer. With batch norm it is 0.32. Layer norm looks at one picture and cannot know what others share. So those who use layer norm in deep networks give every layer a residual road (week 08), on which the picture itself travels along.
#
# **Third: company.** One picture, one feature. We put the picture into 120 random batches of each size and look at that feature after the norm. The dashed line is the answer at test time. Think of the two smallest batches first: what will the feature be in a batch of one? And what will its size be, whatever its sign, in a batch of two?

# %% tags=["experiment"]
guessed_size = {1: None, 2: None}

# %% tags=["experiment"]
rng = np.random.default_rng(5)
Z = digits @ (rng.normal(size=(64, 32)) * np.sqrt(2 / 64))
picture, feature = 7, 3
start = batchnorm_start(32)
gamma, beta = start[:2]

# The diary after 200 batches.
_, _, running_mean, running_var = start
for _ in range(200):
    batch = Z[rng.integers(len(Z), size=64)]
    _, running_mean, running_var = batchnorm_forward(
        batch, gamma, beta, running_mean, running_var, 0.9, 1e-3, True
    )


def in_company(size):
    """The picture's feature after batch norm, in a random batch of this size."""
    batch = np.concatenate([Z[picture : picture + 1], Z[rng.integers(len(Z), size=size - 1)]])
    out, _, _ = batchnorm_forward(batch, gamma, beta, running_mean, running_var, 0.9, 1e-3, True)
    return out[0, feature]


company = np.array([1, 2, 4, 8, 16, 64, 256])
outputs = np.array([[in_company(size) for _ in range(120)] for size in company])
alone = Z[picture : picture + 1]
at_test_time = batchnorm_inference(alone, gamma, beta, running_mean, running_var, 1e-3)[0, feature]
by_layer_norm = layernorm_forward(alone, gamma, beta, 1e-3)[0, feature]
for size in guessed_size:
    typical = np.median(np.abs(outputs[company == size]))
    print(
        f"in a batch of {size}, size of the feature: {typical:.2f} (your guess: {guessed_size[size]})"
    )
figure = plots.output_by_company(company, outputs, at_test_time, by_layer_norm)

# %% [markdown] quotes={"all dots lie on 0": "in a batch of 1, size of the feature: {}"}
# *In words:* on the left, a cloud of dots for each batch size. In a batch of one all dots lie on 0. In a batch of two they lie near −1 and 1, whatever the picture shows. The black bars hold the middle 80 percent of the dots. With more company the clouds grow narrower and close in on the dashed line. On the right, layer norm: one and the same answer for every batch size.
#
# **Fourth: what it costs.** A small network with a norm in its middle learns digits for 300 nudges, from batches of 1, 2, 4 ... 128 pictures. Batch norm is tested twice: with its diary, and with `training=True` left on by accident, when the pictures come in one at a time. How many of 100 new digits will be right after training with batches of 2?

# %% tags=["experiment"]
guessed_right = {
    "layer norm": None,
    "batch norm, with its diary": None,
    "batch norm, training=True left on": None,
}

# %% tags=["experiment"]
test = slice(1400, None)


def train(batch_size, norm, rng, nudges=300, lr=0.2, eps=1e-3, H=32):
    """A network dense, norm, relu, dense, after so many nudges; and its diary."""
    gamma, beta, running_mean, running_var = batchnorm_start(H)
    W1, W2 = rng.normal(size=(64, H)) * np.sqrt(2 / 64), rng.normal(size=(H, 10)) * np.sqrt(2 / H)
    b2 = np.zeros(10)
    for _ in range(nudges):
        batch = rng.integers(1400, size=batch_size)
        X, y = digits[batch], labels[batch]
        Z = X @ W1
        if norm == "batch":
            N, running_mean, running_var = batchnorm_forward(
                Z, gamma, beta, running_mean, running_var, 0.95, eps, True
            )
        else:
            N = layernorm_forward(Z, gamma, beta, eps)
        dlogits = softmax_cross_entropy_grad(relu(N) @ W2 + b2, y)
        dh, dW2, db2 = dense_backward(dlogits, relu(N), W2)
        backward = batchnorm_backward if norm == "batch" else layernorm_backward
        dZ, dgamma, dbeta = backward(relu_backward(dh, N), Z, gamma, eps)
        W1, W2, b2 = W1 - lr * X.T @ dZ, W2 - lr * dW2, b2 - lr * db2
        gamma, beta = gamma - lr * dgamma, beta - lr * dbeta
    return W1, W2, b2, gamma, beta, running_mean, running_var


def right_answers(N, W2, b2):
    return np.mean(np.argmax(relu(N) @ W2 + b2, axis=1) == labels[test])


sizes = np.array([1, 2, 4, 8, 16, 32, 64, 128])
with_diary, flag_left_on, layer = [], [], []
for size in sizes:
    W1, W2, b2, gamma, beta, mean, var = train(size, "batch", np.random.default_rng(1))
    Z = digits[test] @ W1
    with_diary.append(right_answers(batchnorm_inference(Z, gamma, beta, mean, var, 1e-3), W2, b2))
    one_by_one = [
        batchnorm_forward(z[None], gamma, beta, mean, var, 0.95, 1e-3, True)[0][0] for z in Z
    ]
    flag_left_on.append(right_answers(np.array(one_by_one), W2, b2))
    W1, W2, b2, gamma, beta, _, _ = train(size, "layer", np.random.default_rng(1))
    layer.append(right_answers(layernorm_forward(digits[test] @ W1, gamma, beta, 1e-3), W2, b2))

shares = {
    "layer norm": np.array(layer),
    "batch norm, with its diary": np.array(with_diary),
    "batch norm, training=True left on": np.array(flag_left_on),
}
print("right of 100 new digits, after training with")
for size, *right in zip(sizes, *shares.values(), strict=True):
    norm, diary, left_on = (f"{100 * share:3.0f}" for share in right)
    print(f"batches of {size:3}: layer norm {norm}, with its diary {diary}, flag left on {left_on}")
for name, guess in guessed_right.items():
    print(f"{name}, batches of 2: {100 * shares[name][1]:.0f} of 100 (your guess: {guess})")
figure = plots.accuracy_by_batch_size(sizes, shares)

# %% [markdown] quotes={"about 96 of 100": "batches of 8: layer norm {}", "layer norm keeps 90 and batch norm falls to 71": "batches of 2: layer norm {}, with its diary {}", "near 10 of 100": "batches of 128: layer norm _, with its diary _, flag left on {}"}
# *In words:* from batches of 8 on, both norms reach about 96 of 100. At 2 pictures layer norm keeps 90 and batch norm falls to 71. At 1 batch norm learns hardly anything, because its output in training was always beta: blame never reaches W1. The lowest line lies near 10 of 100, which is guessing: even a well-trained network, asked one picture at a time with the flag left on, sees nothing but beta, and gives every picture the same answer.
#
# ## Where each norm is used today
#
# | norm | measures | where |
# | --- | --- | --- |
# | **batch norm** (2015) | each feature, over the batch | networks that look at pictures: ResNet and most that came after it |
# | **layer norm** (2016) | each example, over its features | transformers: BERT, GPT-2 and GPT-3, ViT |
# | **RMSNorm** (2019) | each example, over its features, and no mean is subtracted | most large language models: T5, Llama, Mistral, Gemma, Qwen |
# | **group norm** (2018) | each example, over a group of its features | image generators such as Stable Diffusion, which learn from small batches |
#
# Text explains the second and the third row. Sentences differ in length, a batch is spread over many machines, and words come one at a time when the model writes. A norm that has to know the batch is in the way.
#
# **RMSNorm** asks what layer norm can do without. It divides by the root of the mean *square*, $\hat x = x / \sqrt{\mathrm{mean}(x^2) + \mathrm{eps}}$, and multiplies by gamma. No mean, no beta. By hand: the row $(3, 8)$ has the mean square $(9 + 64)/2 = 36.5$, and becomes $(0.50, 1.32)$. Its authors found it as good as layer norm and clearly faster. Look at your one line for the way back: which of its three terms falls away?
#
# **Where in the block?** The first transformer (2017) put the norm *after* the addition of the residual road; GPT-2 and nearly everybody since have put it *before* the layer (**pre-norm**). Then nothing stands on the road itself, and blame walks from the last layer to the first untouched.
#
# ## The same in Keras
#
# Keras' own layers with the same weights, and gradients by `GradientTape`. The largest differences should be about $10^{-15}$.

# %% tags=["experiment"]
try:
    from course_lib.gradients import vector_jacobian_product
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    rng = np.random.default_rng(3)
    X, dout = rng.normal(size=(2, 8, 5))
    gamma, beta, mean, var = rng.uniform(0.5, 2, size=(4, 5))
    batch = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3, dtype="float64")
    layer_norm = keras.layers.LayerNormalization(epsilon=1e-3, dtype="float64")
    batch.build((None, 5))
    layer_norm.build((None, 5))
    batch.set_weights([gamma, beta, mean, var])
    layer_norm.set_weights([gamma, beta])

    def compare(name, yours, theirs):
        print(f"{name:28} {np.abs(yours - np.asarray(theirs)).max():.1e}")

    (dX,) = vector_jacobian_product(lambda X: batch(X, training=True), [X], dout)
    compare("batch norm, dX", batchnorm_backward(dout, X, gamma, 1e-3)[0], dX)
    batch.set_weights([gamma, beta, mean, var])
    yours = batchnorm_forward(X, gamma, beta, mean, var, 0.9, 1e-3, True)
    compare("batch norm, training", yours[0], batch(X, training=True))
    compare("running mean", yours[1], batch.moving_mean)
    compare("running variance", yours[2], batch.moving_variance)
    at_test = batchnorm_inference(X, gamma, beta, *yours[1:], 1e-3)
    compare("batch norm, test time", at_test, batch(X, training=False))
    compare("layer norm", layernorm_forward(X, gamma, beta, 1e-3), layer_norm(X))
    (dX,) = vector_jacobian_product(layer_norm, [X], dout)
    compare("layer norm, dX", layernorm_backward(dout, X, gamma, 1e-3)[0], dX)

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# These are asked in job interviews.
#
# **A.** X has 32 examples and 10 features. How many means does each layer compute?
#
# - a: batch norm 32, layer norm 10
# - b: batch norm 10, layer norm 32
# - c: both 1

# %% solution="how_many_means"
# Set how_many_means to "a", "b" or "c".
# Say why in one line: how_many_means_because = "..."
### BEGIN SOLUTION
how_many_means = "b"
how_many_means_because = (
    "Batch norm has one mean for each of 10 features, layer norm one for each of 32 examples."
)
### END SOLUTION

# %% check="how_many_means"
check("how_many_means")

# %% [markdown]
# **B.** A batch of one goes through batch norm with `training=True`. What comes out?
#
# - a: beta, whatever the picture
# - b: nan
# - c: the picture, normalized by the running statistics

# %% solution="batch_of_one"
# Set batch_of_one to "a", "b" or "c".
# Say why in one line: batch_of_one_because = "..."
### BEGIN SOLUTION
batch_of_one = "a"
batch_of_one_because = (
    "One number is its own mean, so the normalized input is 0 and only the shift remains."
)
### END SOLUTION

# %% check="batch_of_one"
check("batch_of_one")

# %% [markdown]
# **C.** At test time a picture goes through batch norm in a batch of 100. Which data gave the means that are subtracted from it?
#
# - a: the 100 pictures of its batch
# - b: its own features
# - c: the batches seen while training

# %% solution="picture_at_test_time"
# Set picture_at_test_time to "a", "b" or "c".
# Say why in one line: picture_at_test_time_because = "..."
### BEGIN SOLUTION
picture_at_test_time = "c"
picture_at_test_time_because = (
    "At test time the running mean is used, an average over the training batches."
)
### END SOLUTION

# %% check="picture_at_test_time"
check("picture_at_test_time")

# %% [markdown]
# **D.** What does layer norm do differently at test time?
#
# - a: it uses running statistics
# - b: nothing
# - c: it leaves out gamma and beta

# %% solution="modes_of_layer_norm"
# Set modes_of_layer_norm to "a", "b" or "c".
# Say why in one line: modes_of_layer_norm_because = "..."
### BEGIN SOLUTION
modes_of_layer_norm = "b"
modes_of_layer_norm_because = (
    "It measures the example by itself, and that is there at test time as well."
)
### END SOLUTION

# %% check="modes_of_layer_norm"
check("modes_of_layer_norm")

# %% [markdown] written="why_two_norms"
# ## In your own words
#
# Two robots need a norm. One sorts photographs and learns from batches of 256. The other writes text, one word at a time, and so little memory is left that it learns from batches of 2. Which norm would you give to each, and why? Say over what each norm measures, and what happens at test time. Six to ten sentences.
#
# ### BEGIN SOLUTION
# Batch norm measures each feature over the examples of the batch. Layer norm measures each example over its own features.
#
# With 256 photographs the mean and the variance of a feature are measured well, so batch norm is a good choice. At test time its running averages take the place of the batch, and it can even be folded into the layer before it. So it costs nothing then. Somebody has to switch it from training to test, though.
#
# With batches of 2 the statistics are almost all noise: in a batch of two every normalized number is near −1 or 1, whatever was put in. The running averages are taken from a behaviour that differs from the one at test time. Layer norm does not know the batch at all. It gives the same answer for a batch of 2, for a single word at test time, and while training, so the text robot should get layer norm.
#
# **Rubric (20 points).** 8: over what each norm measures. 6: what follows for small batches and for test time. 6: a reasoned choice for both robots.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The pile is deep, it keeps its loudness, and it learns. All this time one thing fell from the sky: the label below every picture. Somebody wrote *cat* under a million photographs. For most of the pictures and texts in the world nobody ever did.
#
# Next week: what a robot can learn when there are no labels, or when all it hears is *well done* at the very end (**learning paradigms**).
#
# ## To read on
#
# - Ioffe and Szegedy, *Batch Normalization* (2015); Ba, Kiros and Hinton, *Layer Normalization* (2016): both short, and you have written all of it.
# - Karpathy, *Building makemore, part 4: Becoming a Backprop Ninja*: the way back through batch norm, node by node and then in one line, on video.
# - Santurkar and others, *How Does Batch Normalization Help Optimization?* (2018): why it works is not what its authors thought.
# - Zhang and Sennrich, *Root Mean Square Layer Normalization* (2019): RMSNorm.
# - CS231n, *Neural Networks Part 2: Setting up the Data and the Loss*: batch norm among the other things that a start needs.
