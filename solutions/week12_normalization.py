# %% [markdown]
# # Week 12: Batch norm against layer norm
#
# About three hours. You write seven functions. Each has a check right below it.
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
# The easy half first. The statistics are given, and the batch is not measured. NumPy lines up a `(D,)` array with the *columns* of an `(N, D)` array, so no loop and no reshape is needed.


# %% solution="batchnorm_inference"
def batchnorm_inference(X, gamma, beta, running_mean, running_var, eps):
    """Batch normalization at test time, with the running statistics.

    Args:
        X: inputs, shape (N, D), float64; N may be 1.
        gamma, beta: scale and shift, shape (D,).
        running_mean, running_var: shape (D,).
        eps: added to the variance, inside the root.

    Returns:
        gamma * (X - running_mean) / sqrt(running_var + eps) + beta, shape (N, D).

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
# ## Part 2: batch norm, backward
#
# ### 4. Three ways to be blamed
#
# Call the normalized input $\hat x = (x - \mu)/\sigma$ with $\sigma = \sqrt{\mathrm{var} + \mathrm{eps}}$. Then $\mathrm{out} = \gamma \hat x + \beta$, and the first steps are easy. gamma and beta are used once by each example of the batch, so their blame adds up over the batch:
#
# $$d\beta = \sum_n \mathrm{dout}_n \qquad d\gamma = \sum_n \mathrm{dout}_n\, \hat x_n \qquad d\hat x = \mathrm{dout} \cdot \gamma$$
#
# Now the interesting part. An entry $x_n$ reaches the output in three ways: directly, through the mean $\mu$, and through the spread $\sigma$. Nudge one entry, and the *whole column* moves. The chain rule along all three gives
#
# $$dx = \frac{1}{\sigma}\Big(d\hat x \;-\; \underbrace{\mathrm{mean}(d\hat x)}_{\text{through } \mu} \;-\; \hat x \cdot \underbrace{\mathrm{mean}(d\hat x \cdot \hat x)}_{\text{through } \sigma}\Big)$$
#
# Both means run over the same numbers that $\mu$ and $\sigma$ were made of: for batch norm, down the column.
#
# **Where the last term comes from.** The spread obeys $\partial \sigma / \partial x_n = (x_n - \mu)/(N\sigma) = \hat x_n / N$. All entries of the column are divided by $\sigma$, so its blame is $-\sum_k d\hat x_k\, \hat x_k / \sigma$. Multiply the two.
#
# **By hand.** A column $x = (0, 0, 2, 2)$ has mean 1 and spread 1, so $\hat x = (-1, -1, 1, 1)$. Let $d\hat x = (4, 0, 0, 0)$. Then $\mathrm{mean}(d\hat x) = 1$ and $\mathrm{mean}(d\hat x \cdot \hat x) = -1$, and
#
# $$dx = (4 - 1 - 1,\;\; 0 - 1 - 1,\;\; 0 - 1 + 1,\;\; 0 - 1 + 1) = (2, -2, 0, 0)$$
#
# It sums to 0, and it has to: adding the same number to the whole column changes nothing, so nobody can be blamed for it.


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
    root = np.sqrt(X.var(axis=0) + eps)
    xhat = (X - X.mean(axis=0)) / root
    dxhat = dout * gamma
    dX = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / root
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)
    ### END SOLUTION


# %% check="batchnorm_backward"
check("batchnorm_backward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Name the pieces: `root`, `xhat`, `dxhat`. Then the line for dX can be copied from the formula, symbol by symbol. Test it on the column above with `X = np.array([[0.], [0.], [2.], [2.]])`, gamma 1 and eps 0.
#
# </details>
#
# ## Part 3: layer norm
#
# ### 5. Forward
#
# The same formula, measured along the row. There is no diary and there are no two lives: a picture brings its own features along, at test time too.
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
        gamma * (X - mean) / sqrt(var + eps) + beta, the shape of X.

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
# ### 6. Backward
#
# The three ways are the same; the means run along the row. Two places need a second thought.
#
# - Each feature of the row has its *own* gamma. So $d\hat x = \mathrm{dout} \cdot \gamma$ has to be formed *before* the means are taken. In batch norm gamma is one number for the whole column, and it could wait.
# - gamma and beta are still shared by the *examples*. Their blame is summed over the batch, as before.


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

    Source: the formula of batch norm, along the row.
    """
    ### BEGIN SOLUTION
    root = np.sqrt(X.var(axis=1, keepdims=True) + eps)
    xhat = (X - X.mean(axis=1, keepdims=True)) / root
    dxhat = dout * gamma
    along = (dxhat * xhat).mean(axis=1, keepdims=True)
    dX = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * along) / root
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
# ### 7. Folding
#
# At test time the running statistics are plain numbers. Then batch norm after a dense layer is a straight line after a straight line, and you know what happens to those: *the rule pile collapses*. For once that is good news. Written for one output $j$, with $s_j = \gamma_j / \sqrt{\mathrm{var}_j + \mathrm{eps}}$:
#
# $$s_j \big( (XW)_j + b_j - \mu_j \big) + \beta_j$$
#
# Sort it into something that is multiplied by X and something that is not. Those are the new kernel and the new bias. Phones run trained networks this way: the norm costs nothing any more.


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
    "nothing": lambda Z: Z,
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
# With either norm the size of the weights no longer matters: the two rows of a norm are alike.
#
# **Second: company.** One picture, one feature. We put the picture into 120 random batches of each size and look at that feature after the norm. The dashed line is the answer at test time. Think of the two smallest batches first: what is the feature in a batch of one, and how large, without its sign, in a batch of two?

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
# *In words:* on the left, a cloud of dots for each batch size. In a batch of one all dots lie on 0. In a batch of two they lie near −1 and 1, whatever the picture shows. With more company the clouds grow narrower and close in on the dashed line. On the right, layer norm: one and the same answer for every batch size.
#
# **Third: what it costs.** A small network with a norm in its middle learns digits for 300 nudges, from batches of 1, 2, 4 ... 128 pictures. Batch norm is tested twice: with its diary, and with `training=True` left on by accident, when the pictures come in one at a time. How many of 100 new digits will be right after training with batches of 2?

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
# *In words:* from batches of 8 on, both norms reach about 96 of 100. At 2 pictures layer norm keeps 90 and batch norm falls to 71. At 1 it learns hardly anything, because its training output was always beta: blame never reaches W1. The lowest line lies near 10 of 100, which is guessing: even a well-trained network, asked one picture at a time with the flag left on, sees nothing but beta, and gives every picture the same answer.
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
# For practice, without points: a wrong choice gets its reason, and you may choose again.
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
### BEGIN SOLUTION
how_many_means = "b"
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
### BEGIN SOLUTION
batch_of_one = "a"
### END SOLUTION

# %% check="batch_of_one"
check("batch_of_one")

# %% [markdown]
# **C.** At test time a picture goes through batch norm in a batch of 100. Where do the means come from that are subtracted from it?
#
# - a: the 100 pictures of its batch
# - b: its own features
# - c: the batches seen while training

# %% solution="picture_at_test_time"
# Set picture_at_test_time to "a", "b" or "c".
### BEGIN SOLUTION
picture_at_test_time = "c"
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
### BEGIN SOLUTION
modes_of_layer_norm = "b"
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
