# %% [markdown]
# # Week 10: Keeping the pile honest: regularization
#
# About four hours. Best in two sittings: Parts 1 to 4, then the rest. You write nine short functions and one longer function. Each has a check right below it.
#
# ## The break
#
# Last week the nudges became smart, and the loss fell faster than ever. So let us ask what a falling loss is worth. The robot gets 100 digits to learn from. For 20 of them somebody wrote a *wrong* label on the back. Run the next three cells.

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
    """The mean loss of logits Z (N, K) with labels y (N,)."""
    Z = Z - Z.max(axis=1, keepdims=True)
    log_probs = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -log_probs[np.arange(len(y)), y].mean()


def softmax_cross_entropy_grad(Z, y):
    """Its gradient with respect to the logits."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


def sgd_step(params, grads, lr):
    """One nudge of every parameter."""
    return {name: params[name] - lr * grads[name] for name in params}


# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
mixed = np.random.default_rng(10).permutation(len(digits))
digits, labels = digits[mixed], labels[mixed]
seen, kept_aside, new = slice(0, 100), slice(100, 400), slice(400, None)

rng = np.random.default_rng(3)
y_seen = labels[seen].copy()
wrong = rng.permutation(100)[:20]
y_seen[wrong] = (y_seen[wrong] + rng.integers(1, 10, 20)) % 10


def start(rng, H=64):
    """A network 64-H-10."""
    W1, W2 = rng.normal(size=(64, H)) * np.sqrt(2 / 64), rng.normal(size=(H, 10)) * np.sqrt(2 / H)
    return {"W1": W1, "b1": np.zeros(H), "W2": W2, "b2": np.zeros(10)}


def logits(params, X):
    return relu(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def share_right(params, X, y):
    return np.mean(np.argmax(logits(params, X), axis=1) == y)


params = start(np.random.default_rng(1))
for _ in range(300):
    z = digits[seen] @ params["W1"] + params["b1"]
    dlogits = softmax_cross_entropy_grad(relu(z) @ params["W2"] + params["b2"], y_seen)
    dh, dW2, db2 = dense_backward(dlogits, relu(z), params["W2"])
    _, dW1, db1 = dense_backward(relu_backward(dh, z), digits[seen], params["W1"])
    params = sgd_step(params, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}, 0.5)

loss = softmax_cross_entropy(logits(params, digits[seen]), y_seen)
print(f"loss on the 100 digits it has seen   {loss:.3f}")
print(f"right on them                        {share_right(params, digits[seen], y_seen):.2f}")
print(f"right on new digits                  {share_right(params, digits[new], labels[new]):.2f}")

# %% [markdown] quotes={"all 100 answers": "right on them {}", "71 of 100 are right": "right on new digits {}"}
# It knows all 100 answers, *even the 20 wrong ones*. There is no rule by which a clear 3 is called a 7. So it has not found a rule: it has learned these pictures by heart. On new digits it pays for it: 71 of 100 are right.
#
# ## The picture
#
# Give a cat-spotting robot a hundred photographs and a large pile of rules. There is a lazy way to full marks: *if the third photograph, say cat*. A rule for each photograph, and none about ears. Such a robot is not stupid. It does what the loss asks. The loss just never asked about photographs that it has not seen.
#
# So we keep the pile honest, in four ways:
#
# - **Make loud rules expensive.** Learning a single odd photograph by heart takes large weights.
# - **Send rules home at random.** Nobody can rely on the one rule that knows photograph 3.
# - **Stop in time.** What many photographs share is learned first; oddities come later.
# - **Change the photographs a little each time.** What never looks the same twice is hard to learn by heart.
#
# The field's words: learning by heart is **overfitting**, learning too little **underfitting**. The tools are **regularization**: *L2* and *weight decay*, *dropout*, *early stopping*, *data augmentation*. The photographs that are set aside to watch all this are the **validation set**.
#
# ## A worked example, by hand
#
# **A price.** Weights $3$ and $-1$, and $\lambda = 0.1$. The penalty is $\lambda(3^2 + (-1)^2) = 1$. Its gradient is $2\lambda W = (0.6, -0.2)$. With learning rate 0.5, the penalty alone moves the weights to $(2.7, -0.9)$: both lose a tenth. The big one loses more, because it had more.
#
# **Dropout.** Four rules say $(2, 4, 6, 8)$. At rate 0.5 each is sent home with chance one half. Say the first and the last go: $(0, 4, 6, 0)$. The next layer is used to a sum near 20 and hears 10. So the ones that stay speak up, divided by the share $1 - 0.5$ that is kept: $(0, 8, 12, 0)$. On average the sum is 20 again. At test time everybody is there and nobody has to speak up.
#
# **Stopping.** The epochs 0 to 6 end with the validation losses $5, 4, 4.5, 3, 3.2, 3, 2$, and the patience is 2. Epoch 1 improves, epoch 2 does not, epoch 3 improves. Epochs 4 and 5 do not (3 is not *below* 3). That is two in a row: stop after epoch 5, the best was epoch 3. Nobody ever sees the 2.
#
# ## Part 1: what is wrong?
#
# ### 1. Read two losses
#
# First the diagnosis, then the medicine. Two numbers are enough, read in this order:
#
# | | training loss | validation loss | the robot |
# | --- | --- | --- | --- |
# | 1 | above 0.5 | any | underfits: it is not even good at what it has seen |
# | 2 | at most 0.5 | more than 0.25 above the training loss | overfits |
# | 3 | at most 0.5 | at most 0.25 above it, or below it | fits |
#
# Guessing among ten digits costs $\ln 10 = 2.3$. The two thresholds belong to this course and this loss; they are not laws of nature.


# %% solution="diagnose_fit"
def diagnose_fit(train_loss, val_loss):
    """What a network's two losses say about it.

    Args:
        train_loss: cross-entropy on the pictures that it learned from, a number.
        val_loss: cross-entropy on pictures kept aside, a number.

    Returns:
        "underfits", "overfits" or "fits", by the table.

    Source: the table above.
    """
    ### BEGIN SOLUTION
    if train_loss > 0.5:
        return "underfits"
    if val_loss - train_loss > 0.25:
        return "overfits"
    return "fits"
    ### END SOLUTION


# %% check="diagnose_fit"
check("diagnose_fit")

# %% [markdown]
# ## Part 2: loud rules are expensive
#
# ### 2. The penalty
#
# Added to the loss: $\lambda \sum W^2$, over the entries of all kernels. Biases have no price: they only move thresholds. Neither do gammas and betas, the two knobs of a norm layer that you will meet in week 12.
#
# The parameters come as a dictionary: W1, b1, gamma1, ... A kernel's name begins with W, and `name.startswith("W")` tells. (Many books write $\tfrac12\lambda$. Here, as in Keras, there is no half.)


# %% solution="l2_penalty"
def l2_penalty(params, lam):
    """The price of large weights.

    Args:
        params: kernels W1, W2, ..., and biases, gammas and betas; a dictionary of arrays.
        lam: how much a squared weight costs.

    Returns:
        The penalty of all kernels together, a number.

    Source: Keras' regularizers.L2.
    """
    ### BEGIN SOLUTION
    return lam * sum(np.sum(W**2) for name, W in params.items() if name.startswith("W"))
    ### END SOLUTION


# %% check="l2_penalty"
check("l2_penalty")

# %% [markdown]
# ### 3. What it does to the gradients
#
# A price that no gradient feels changes nothing. The gradient of a sum is the sum of the gradients. Return a *new* dictionary: `grads[name] += ...` would write into the caller's array.


# %% solution="l2_grads"
def l2_grads(grads, params, lam):
    """Gradients of loss + l2_penalty, from those of the loss.

    Args:
        grads: the loss's gradient for every parameter, a dictionary of arrays.
        params: the parameters, under the same names.
        lam: how much a squared weight costs.

    Returns:
        A new dictionary: for a kernel the gradient of the whole loss, the others as they were.

    Source: the derivative of the penalty.
    """
    ### BEGIN SOLUTION
    return {
        name: grad + 2 * lam * params[name] if name.startswith("W") else grad
        for name, grad in grads.items()
    }
    ### END SOLUTION


# %% check="l2_grads"
check("l2_grads")

# %% [markdown]
# ### 4. Decay
#
# In the worked example a step with the penalty took a tenth of each weight. You can do just that, as a step of its own, and leave the gradients alone: every kernel loses the share $\eta \cdot \mathrm{wd}$ of itself, with learning rate $\eta$. Before a step of plain SGD this *is* L2, with $\mathrm{wd} = 2\lambda$. With Adam it is not: there the penalty's gradient would be divided by Adam's memory of gradients. That is the W in AdamW, from week 09.


# %% solution="decoupled_decay"
def decoupled_decay(params, lr, wd):
    """Weight decay as a step of its own.

    Args:
        params: kernels W1, W2, ..., and biases, gammas and betas; a dictionary of arrays.
        lr: the learning rate.
        wd: the strength of the decay.

    Returns:
        A new dictionary: every kernel after its decay, the others as they were.

    Source: Loshchilov & Hutter 2019.
    """
    ### BEGIN SOLUTION
    return {
        name: value * (1 - lr * wd) if name.startswith("W") else value
        for name, value in params.items()
    }
    ### END SOLUTION


# %% check="decoupled_decay"
check("decoupled_decay")

# %% [markdown]
# ## Part 3: rules are sent home
#
# ### 5. Dropout, forward
#
# Each entry of X is dropped by its own draw, with the chance `rate`. The *mask* remembers who stayed: True is kept.
#
# A tool: `rng.random(shape)` draws numbers that are spread evenly over $[0, 1)$. Such a number lies below 0.3 with the chance 0.3. So `rng.random(shape) < 0.3` is True about three times in ten. Which comparison says *stays*? And multiplying by a mask of True and False keeps or zeroes.
#
# Dropout leads two lives, one while training and one at test time. With `training=False` out is X, and the mask is True everywhere.
#
# Draw from the `rng` that is passed, and make no generator of your own. Draws differ from solution to solution, so the check looks at what must hold for every one. In its messages `dropped` is the share of zeros, `scale` the factor on the others, `mask` whether the mask fits, `mask_at_zeros` the share of kept entries where $X$ itself is 0, `shared` whether one draw serves many entries; `independent` (the number of zeros varies from call to call), `repeats` (same seed, same draws) and `continues` (the next call draws again) are 1 for yes and 0 for no.


# %% solution="dropout_forward"
def dropout_forward(X, rate, rng, training):
    """Inverted dropout.

    Args:
        X: inputs, shape (N, D), float64.
        rate: the chance that an entry is dropped, 0 <= rate < 1.
        rng: a np.random.Generator.
        training: whether to drop at all.

    Returns:
        out (N, D): 0 where dropped, louder than X where kept, so that the mean over many draws
            is X; at test time X.
        mask (N, D): True where kept; at test time True everywhere.

    Source: Srivastava et al. 2014, in the inverted form.
    """
    ### BEGIN SOLUTION
    if not training:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) >= rate
    return X * mask / (1 - rate), mask
    ### END SOLUTION


# %% check="dropout_forward"
check("dropout_forward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Try your mask at rate 0: nobody may be dropped. Then at rate 0.9, on a large array: about nine of ten entries should be zero.
#
# </details>
#
# ### 6. Dropout, backward
#
# A rule that was sent home said nothing, so nobody blames it. A rule that stayed spoke louder by a factor, and is blamed by that factor. The mask is the one of the forward pass. A newly drawn one would blame the wrong rules. In the check's messages `blocked` is the share of dropped entries that get no blame, `passed` the share of kept ones that get some.


# %% solution="dropout_backward"
def dropout_backward(dout, mask, rate):
    """The blame that passes back through dropout while training.

    Args:
        dout: dL/dout, shape (N, D), float64.
        mask: what dropout_forward returned, shape (N, D), bool.
        rate: the chance with which it dropped.

    Returns:
        dL/dX, shape (N, D).

    Source: the chain rule through dropout_forward.
    """
    ### BEGIN SOLUTION
    return dout * mask / (1 - rate)
    ### END SOLUTION


# %% check="dropout_backward"
check("dropout_backward")

# %% [markdown]
# ## Part 4: stop in time
#
# ### 7. When?
#
# After every epoch we look at the loss on the validation set. The rules, exactly:
#
# - An epoch **improves** when its loss is *less than* (best loss so far − min_delta). The first epoch always improves.
# - The best loss is that of the last epoch that improved. Other epochs do not change it.
# - Training **stops** after the first epoch at which `patience` epochs in a row, this one included, did not improve. When that never happens, it stops after the last epoch.
#
# Epochs count from 0, so that `val_losses[best]` is the best loss. Check your code on the worked example: the answer for $5, 4, 4.5, 3, 3.2, 3, 2$ with patience 2 and min_delta 0 is `(5, 3)`.


# %% solution="early_stopping_epoch"
def early_stopping_epoch(val_losses, patience, min_delta):
    """When training stops, and which epoch was the best until then.

    Args:
        val_losses: the validation loss after every epoch, a list of numbers.
        patience: how many epochs in a row without improvement are one too many, 1 or more.
        min_delta: by more than this a loss has to fall below the best one.

    Returns:
        stop, best: the last epoch that is run, and the last one that improved until then.

    Source: Keras' callbacks.EarlyStopping.
    """
    ### BEGIN SOLUTION
    best, lowest, waited = 0, np.inf, 0
    for epoch, loss in enumerate(val_losses):
        if loss < lowest - min_delta:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited == patience:
            break
    return epoch, best
    ### END SOLUTION


# %% check="early_stopping_epoch"
check("early_stopping_epoch")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Carry three things through the loop: the best epoch, its loss, and how many epochs have passed since. `np.inf` is larger than every number, so any first loss is less.
#
# </details>
#
# ### 8. What to keep
#
# When training stops, the best epoch is past. Its parameters must have been kept. Here is a trap. Training functions often change arrays *in place*, to save memory:
#
# ```python
# best = params            # a second name for the same dictionary
# params["W1"] -= step     # best["W1"] moves along
# best = dict(params)      # a new dictionary, with the same arrays in it
# ```
#
# `array.copy()` makes an array that nobody else holds. Two functions are passed to yours, and you call them: `nudge(params)` trains for one epoch and changes the arrays in `params` (the one time in this course that something does), and `val_loss(params)` returns the validation loss.


# %% solution="keep_best"
def keep_best(params, nudge, val_loss, epochs):
    """Train for some epochs, and return the best parameters on the way.

    Args:
        params: parameters at the start, a dictionary of arrays; nudge changes them in place.
        nudge: nudge(params) is one epoch of training.
        val_loss: val_loss(params) is the validation loss of params as they are now.
        epochs: how many epochs are run, all of them.

    Returns:
        The parameters as they were after the epoch with the lowest loss, a dictionary; of
        equals, the first. The start is no epoch.

    Source: Keras' EarlyStopping with restore_best_weights=True.
    """
    ### BEGIN SOLUTION
    lowest = np.inf
    for _ in range(epochs):
        nudge(params)
        loss = val_loss(params)
        if loss < lowest:
            lowest = loss
            best = {name: value.copy() for name, value in params.items()}
    return best
    ### END SOLUTION


# %% check="keep_best"
check("keep_best")

# %% [markdown]
# ## Part 5: never the same picture twice
#
# Images are `(N, H, W)`: image, row, column. 0 is paper, 1 is ink.
#
# Two changes are written for you. In the mirror left becomes right. Grain is noise, and every pixel of every image gets its own.

# %% tags=["experiment"]


def horizontal_flip(images):
    """Every image (H, W) with left and right exchanged."""
    return images[:, :, ::-1].copy()


def add_noise(images, std, rng):
    """Images with normal noise of mean 0 and this standard deviation, not clipped."""
    return images + std * rng.standard_normal(images.shape)


# %% [markdown]
# ### 9. A little to the side
#
# Every image moves by its own shift: down by $-m \ldots m$ and to the right by $-m \ldots m$, all $(2m+1)^2$ shifts equally likely. What leaves the frame is gone. Where nothing moves in, there is paper: 0.
#
# The easiest way is a window on a larger sheet. `np.pad(image, m)` puts a margin of $m$ zeros around an image. A window of the old size can then stand at $2m + 1$ places along each axis. At place $(m, m)$ it shows the image as it was. Two tools: `rng.integers(low, high)` never draws `high`; and here a loop over the images is fine. The check finds out by which shift each image was moved. In its messages `found` is the share for which there is one, and `vertical` and `horizontal` say how often each shift occurs.


# %% solution="random_shift"
def random_shift(images, max_shift, rng):
    """Every image moved by its own random shift, zeros filling in.

    Args:
        images: shape (N, H, W), float64.
        max_shift: how many pixels an image may move along an axis, 0 or more.
        rng: a np.random.Generator.

    Returns:
        A new array (N, H, W).

    Source: the window on a padded sheet.
    """
    ### BEGIN SOLUTION
    _, H, W = images.shape
    out = np.empty_like(images)
    places = rng.integers(0, 2 * max_shift + 1, size=(len(images), 2))
    for image, (row, column), target in zip(images, places, out, strict=True):
        target[:] = np.pad(image, max_shift)[row : row + H, column : column + W]
    return out
    ### END SOLUTION


# %% check="random_shift"
check("random_shift")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Draw a row and a column for the window's upper left corner. `np.empty_like(images)` makes room for the results. What is the largest corner for which the window still fits?
#
# </details>

# %% tags=["experiment"]
pictures = digits[:10].reshape(-1, 8, 8)
rng = np.random.default_rng(0)
figure = plots.picture_rows(
    {
        "as they are": pictures,
        "in the mirror": horizontal_flip(pictures),
        "with grain, std 0.3": add_noise(pictures, 0.3, rng),
        "moved by up to one pixel": random_shift(pictures, 1, rng),
    }
)

# %% [markdown]
# *In words:* four rows of the same ten digits. In the mirror some are no longer what their label says. With grain and after a small shift they still are. A change is allowed if the *label* stays true.
#
# ## Part 6: how strong?
#
# ### 10. Choose before you look
#
# Every tool has a knob, and so far somebody turned it for you: $\lambda$, the rate, the patience. How would you turn it yourself? Trying values on the new digits is cheating: what you have tried things out on is no longer new. And a validation set costs pictures, of which we have only a hundred.
#
# **Cross-validation** lets every picture be new once. Cut the pictures into $F$ **folds**. Leave one fold out, learn from all others, and measure the error on the one that was left out. Do it with each fold in turn, for each strength. The largest function of this week does all of it.
#
# **First the learning.** To do it in one step, we take features that are given and fit only a last layer $W$ to the mean squared distance, with a price:
#
# $$L(W) = \frac1N \sum_n \lvert x_n W - y_n \rvert^2 + \lambda \sum W^2$$
#
# At the lowest point the slope is 0. Try it with a single weight, the examples $x = 1, 2$ and the answers $y = 2, 4$:
#
# | | as a formula | where is it 0? |
# | --- | --- | --- |
# | slope of the mean squared distance | $\frac12\big(2(w - 2) + 2 \cdot 2\,(2w - 4)\big) = 5w - 10$ | at $w = 2$ |
# | slope of the price | ? | at $w = 0$ |
# | both together, $\lambda = 2.5$ | ? | ? |
#
# <details><summary>The table, filled</summary>
#
# The slope of the price is $2\lambda w$. Together, $5w - 10 + 2 \cdot 2.5\, w = 0$, so $w = 1$: this price halves the weight.
#
# </details>
#
# Now for a whole $W$, on paper. Week 06 has the slope of the first part: your blame at the output is $2(XW - Y)/N$, and `dense_backward` hands it to $W$. Add the slope of the price, set the sum to 0, and bring everything with $W$ to the left. What stands there is a matrix times $W$ equal to a matrix, and `np.linalg.solve(A, B)` finds the $W$ for which $A W = B$. Put in the table's numbers: does it give 1?
#
# **The bias has no price,** as in Part 2. Here the last feature is 1 everywhere, so its weights, the last row of $W$, are the biases. What does that change in the matrix that the price adds? (`np.eye(D)` is a matrix with ones on its diagonal.)
#
# **Then the choice.** Four strengths, three folds. Fill in the means:
#
# | $\lambda$ | fold 0 | fold 1 | fold 2 | mean |
# | --- | --- | --- | --- | --- |
# | 0.01 | 5 | 8 | 8 | 7 |
# | 0.1 | 4 | 5 | 6 | ? |
# | 1 | 4 | 5.5 | 7 | ? |
# | 10 | 8 | 9 | 10 | ? |
#
# Which one would you take? The smallest mean is smallest partly by luck: other folds, another winner. How large is the luck? The errors of the best row are spread, and a mean of $F$ of them scatters by their standard deviation over $\sqrt F$. (Divide by $F - 1$ in that standard deviation: the mean was computed from the same numbers.) This is the **standard error** of the mean. Everything within one standard error of the smallest mean counts as equally good. Among those we take the *strongest* penalty: of robots that cannot be told apart, the simplest one.
#
# <details><summary>The table, filled</summary>
#
# The means are 7, 5, 5.5 and 9. The best row is 4, 5, 6: its standard deviation is 1, its standard error $1/\sqrt3 = 0.577$. The limit is 5.577, and 5.5 lies below it. So the choice is $\lambda = 1$, at place 2.
#
# </details>


# %% solution="choose_penalty"
def choose_penalty(X, Y, fold, lams):
    """The strongest penalty that is as good as the best one, by cross-validation.

    Args:
        X: features, shape (N, D), float64; the last one is 1 everywhere, and its weights are the
            biases, which have no price.
        Y: what should come out, shape (N, K), float64.
        fold: the fold to which each example belongs, shape (N,), int64, from 0 on.
        lams: strengths of the penalty to choose from, shape (L,), float64, positive and rising.

    Returns:
        errors (L,): for each strength the error on the fold that was left out, a mean over folds;
            a fold's error is the mean over its examples of the squared distance, without a price.
        limit: the smallest of the errors plus its standard error over the folds.
        choice: the place of the largest strength whose error is at most limit.
        W (D, K): the weights that all examples give with the chosen strength.

    Source: Breiman, Friedman, Olshen & Stone 1984, the rule of one standard error.
    """
    ### BEGIN SOLUTION
    free = np.eye(X.shape[1])
    free[-1, -1] = 0

    def fit(X, Y, lam):
        return np.linalg.solve(X.T @ X / len(X) + lam * free, X.T @ Y / len(X))

    def error(out, lam):
        missed = X[out] @ fit(X[~out], Y[~out], lam) - Y[out]
        return np.mean(np.sum(missed**2, axis=1))

    folds = [fold == f for f in range(fold.max() + 1)]
    table = np.array([[error(out, lam) for out in folds] for lam in lams])
    errors = table.mean(axis=1)
    best = table[np.argmin(errors)]
    limit = best.mean() + best.std(ddof=1) / np.sqrt(len(folds))
    choice = np.flatnonzero(errors <= limit)[-1]
    return errors, limit, choice, fit(X, Y, lams[choice])
    ### END SOLUTION


# %% check="choose_penalty"
check("choose_penalty")

# %% [markdown] quotes={"71 of 100 new digits": "right on new digits {}"}
# <details><summary>Hint</summary>
#
# Write a function inside yours that fits: it takes some examples and one strength, and its N is the number of *those* examples. Then make the table of errors, a row for each strength and a column for each fold; `fold != f` is a mask of the examples that stay. The rest is one line each: the means, the row of the best, the limit, `np.flatnonzero` for the places, and one more fit with everything.
#
# </details>
#
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: the hundred digits again,** 20 of them with wrong labels, once with each of your tools. With no tool 71 of 100 new digits were right. How many will it be with each tool? The dot is the epoch that your `early_stopping_epoch` would keep, with a patience of 40.

# %% tags=["experiment"]
guessed_right = {
    "L2, 0.005": None,
    "weight decay 0.01": None,
    "dropout 0.6": None,
    "grain, std 0.4": None,
    "shift by up to 1": None,
}

# %% tags=["experiment"]


def train(tool, epochs=300, lr=0.5):
    """Parameters after training with one tool, and both losses after every epoch."""
    rng = np.random.default_rng(1)
    params = start(rng)
    history = []
    for _ in range(epochs):
        images = digits[seen].reshape(-1, 8, 8)
        if tool == "grain, std 0.4":
            images = add_noise(images, 0.4, rng)
        if tool == "shift by up to 1":
            images = random_shift(images, 1, rng)
        X = images.reshape(-1, 64)
        z = X @ params["W1"] + params["b1"]
        h, mask = dropout_forward(relu(z), 0.6, rng, tool == "dropout 0.6")
        dlogits = softmax_cross_entropy_grad(h @ params["W2"] + params["b2"], y_seen)
        dh, dW2, db2 = dense_backward(dlogits, h, params["W2"])
        if tool == "dropout 0.6":
            dh = dropout_backward(dh, mask, 0.6)
        _, dW1, db1 = dense_backward(relu_backward(dh, z), X, params["W1"])
        grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
        if tool == "L2, 0.005":
            grads = l2_grads(grads, params, 0.005)
        if tool == "weight decay 0.01":
            params = decoupled_decay(params, lr, 0.01)
        params = sgd_step(params, grads, lr)
        losses = [
            softmax_cross_entropy(logits(params, digits[seen]), y_seen),
            softmax_cross_entropy(logits(params, digits[kept_aside]), labels[kept_aside]),
        ]
        history.append(losses)
    return params, np.array(history).T


tools = [
    "no tool",
    "L2, 0.005",
    "weight decay 0.01",
    "dropout 0.6",
    "grain, std 0.4",
    "shift by up to 1",
]
trained = {tool: train(tool) for tool in tools}
moved = random_shift(digits[new].reshape(-1, 8, 8), 1, np.random.default_rng(4)).reshape(-1, 64)

best = {
    tool: early_stopping_epoch(list(losses[1]), 40, 0.0)[1] for tool, (_, losses) in trained.items()
}
print(
    f"{'':18} {'seen loss':>9} {'val. loss':>9} {'its best':>8} {'new':>5} {'moved':>5}  diagnosis"
)
for tool, (params, (train_losses, val_losses)) in trained.items():
    shares = [share_right(params, X, labels[new]) for X in (digits[new], moved)]
    print(
        f"{tool:18} {train_losses[-1]:9.2f} {val_losses[-1]:9.2f} {val_losses[best[tool]]:8.2f}"
        f" {shares[0]:5.2f} {shares[1]:5.2f}  {diagnose_fit(train_losses[-1], val_losses[-1])}"
    )
for tool, guess in guessed_right.items():
    right = share_right(trained[tool][0], digits[new], labels[new])
    print(f"new digits with {tool}: {100 * right:.0f} of 100 are right (your guess: {guess})")
print(f"with no tool, the validation loss is lowest after {best['no tool'] + 1} epochs")
figure = plots.learning_by_heart({tool: losses for tool, (_, losses) in trained.items()}, best)

# %% [markdown] quotes={"after about 57 epochs": "with no tool, the validation loss is lowest after {} epochs", "80 of 100": "grain, std 0.4 _ _ _ {} _", "69 of 100 instead of": "shift by up to 1 _ _ _ _ {}", "of 26.": "no tool _ _ _ _ {}"}
# *In words:* six panels. Blue falls in all of them: the loss on seen pictures. Vermilion, an orange-red, is the loss on new pictures, and the grey between the two is the gap. With no tool the blue line goes to 0, and vermilion turns around after about 57 epochs and climbs. With every tool it ends lower, and the gap is smaller.
#
# Read the table slowly; it is honest.
#
# - **Early stopping** is free, and the column *its best* shows that it takes away most of the harm.
# - **L2 and decay** give the same curve. Part 2 said so: under plain SGD, wd = 0.01 *is* λ = 0.005.
# - **Grain** helps most here: 80 of 100 new digits are right. It is different at every epoch, so 100 pictures become 30,000.
# - **Shifts** help a little on new digits, and a lot on digits that are moved by a pixel (the column *moved*): 69 of 100 instead of 26. A robot learns to ignore what you vary.
# - Nearly all are still called *overfits*, and shifting even *underfits*. With 20 wrong labels that is as it should be: a robot that refuses to learn the wrong ones cannot have a small loss on them.
#
# **Second: more is worse, and then better.** How many rules are too many? We take random features: `relu` of random sums of the pixels, never trained. Only the last layer is fitted, exactly, by least squares. Again 100 digits, 20 with wrong labels. We try 5 to 500 features. Which number of features gets the most new digits wrong?

# %% tags=["experiment"]
guessed_worst = None

# %% tags=["experiment"]
features = np.array([5, 10, 20, 30, 45, 60, 75, 90, 100, 110, 125, 150, 200, 300, 500])


def errors(count, lam, seed):
    """Shares of wrong answers on seen and on new digits, with so many random features."""
    rng = np.random.default_rng(seed)
    some = rng.permutation(len(digits))[:700]
    X, y = digits[some], labels[some]
    answers = y[:100].copy()
    answers[:20] = (answers[:20] + rng.integers(1, 10, 20)) % 10
    R, c = rng.normal(size=(64, 500)), rng.normal(size=500)
    F = relu(X @ R[:, :count] + c[:count]) / np.sqrt(count)
    if lam:
        W = np.linalg.solve(
            F[:100].T @ F[:100] + lam * np.eye(count), F[:100].T @ np.eye(10)[answers]
        )
    else:
        # Of all exact fits this is the one with the smallest weights.
        W = np.linalg.lstsq(F[:100], np.eye(10)[answers], rcond=None)[0]
    says = np.argmax(F @ W, axis=1)
    return np.mean(says[:100] != answers), np.mean(says[100:] != y[100:])


plain = np.mean([[errors(count, 0, seed) for count in features] for seed in range(3)], axis=0)
with_l2 = np.mean([[errors(count, 0.1, seed) for count in features] for seed in range(3)], axis=0)
worst = features[np.argmax(plain[:, 1])]
print(
    f"the most new digits are wrong with {worst} features (your guess: {guessed_worst}):"
    f" {100 * plain[:, 1].max():.0f} of 100"
)
figure = plots.double_descent(features, plain[:, 0], plain[:, 1], with_l2[:, 1], 100)

# %% [markdown] quotes={"near 110 features": "the most new digits are wrong with {} features"}
# *In words:* from left to right the number of features grows from 5 to 500. On seen pictures the errors fall to 0 and stay there. On new pictures they fall, then rise to a peak near 110 features, just past the place where there are as many features as pictures, and then fall a second time, below the first valley. With an L2 penalty there is no peak at all.
#
# With as many features as pictures there is just one way to fit all 100 labels, the 20 wrong ones included, and it needs enormous weights. With more features there are many exact fits, and least squares picks the one with the smallest weights. This is **double descent**. It is one reason why huge networks may learn everything by heart and still be good, and it is not fully understood.
#
# **Third: choose before you look.** At the peak, with 110 features, which strength of the penalty is right? Your `choose_penalty` sees the 100 digits, 20 of them with wrong labels, in ten folds. Only afterwards do we look at the new digits. How many of them will be right with its choice? (Without a penalty you have just seen the answer.)

# %% tags=["experiment"]
guessed_with_choice = None

# %% tags=["experiment"]
rng = np.random.default_rng(0)
R, c = rng.normal(size=(64, 110)), rng.normal(size=110)
F = np.hstack([relu(digits @ R + c) / np.sqrt(110), np.ones((len(digits), 1))])
Y = np.eye(10)
fold = rng.permutation(np.arange(100) % 10)
lams = np.geomspace(1e-5, 1, 21)
cv_errors, limit, choice, W = choose_penalty(F[seen], Y[y_seen], fold, lams)


def on_new_digits(lam):
    """The mean squared distance on new digits, and the share of right answers."""
    # With a single strength there is nothing to choose from.
    says = F[new] @ choose_penalty(F[seen], Y[y_seen], fold, np.array([lam]))[3]
    distances = np.square(says - Y[labels[new]]).sum(axis=1)
    return distances.mean(), np.mean(np.argmax(says, axis=1) == labels[new])


later, right = np.array([on_new_digits(lam) for lam in lams]).T
best_place = np.argmin(cv_errors)
print(f"hardly any penalty: {100 * right[0]:.0f} of 100 new digits are right")
print(
    f"smallest error in cross-validation, lam = {lams[best_place]:.2g}: {100 * right[best_place]:.0f}"
)
print(
    f"the choice, lam = {lams[choice]:.2g}: {100 * right[choice]:.0f}"
    f" (your guess: {guessed_with_choice})"
)
figure = plots.choosing_a_penalty(lams, cv_errors, later, limit, choice)

# %% [markdown] quotes={"85 of 100 were wrong": "the most new digits are wrong with _ features (your guess: None): {} of 100", "43 of 100 new digits": "hardly any penalty: {} of 100", "gets 75 right": "the choice, lam = _: {}", "the smallest error gets 77": "smallest error in cross-validation, lam = _: {}"}
# *In words:* two valleys over the strength of the penalty. The blue one is what cross-validation said, without a look at a single new digit. The vermilion one is what came out afterwards. Their lowest points lie at about the same place. Below the dotted line all strengths count as equally good, and the choice is the last blue dot below it.
#
# Without a penalty 85 of 100 were wrong at this peak. With hardly any, 43 of 100 new digits are right. The choice gets 75 right, and the strength with the smallest error gets 77: no real difference, for a penalty three times as strong. (The blue valley lies higher, because a fifth of the labels on which it was measured are wrong. It does not have to be deep. It has to have its lowest point at the right place.)
#
# **Fourth: a tool that nobody ordered.** In week 12 you will meet **batch norm**, a layer that was built so that deep piles learn at all. It measures every rule over the batch, subtracts the batch's mean and divides by its spread. So what a rule says about a picture depends on the *company* that the picture happens to be in. Take one picture and one rule, and let the company change 300 times. In batches of 8, by how much will the answer of the rule vary (its standard deviation; without a norm it is 0)?

# %% tags=["experiment"]
guessed_noise = None

# %% tags=["experiment"]
rng = np.random.default_rng(0)
answers = digits @ rng.normal(size=64)
for size in [8, 32, 128]:
    says = []
    for _ in range(300):
        batch = np.append(answers[0], rng.choice(answers[1:], size - 1, replace=False))
        says.append((batch[0] - batch.mean()) / batch.std())
    print(f"in batches of {size:3}: {np.mean(says):.2f} give or take {np.std(says):.2f}")
print(f"your guess for batches of 8: {guessed_noise}")

# %% [markdown] quotes={"give or take 0.39": "in batches of 8: _ give or take {}", "to 0.09 in batches": "in batches of 128: _ give or take {}"}
# In a batch of 8 the same picture gets −0.06 give or take 0.39. It is grain, only inside the pile, and nobody drew it: a rule that knows one photograph by heart cannot rely on what it says about it. So batch norm is a **regularizer** too. Its inventors noticed that they could do with less dropout. With more company the grain shrinks, to 0.09 in batches of 128: about a quarter for 16 times the batch, which is the $\sqrt N$ of week 07. That makes it a knob that nobody should turn, because it is tied to the batch size. Use batch norm for what it was built for, and take what it adds as a gift.
#
# ## The same in Keras
#
# Everything that is not random should agree to about $10^{-15}$. Dropout is random in both: there the shares are compared.

# %% tags=["experiment"]
try:
    from course_lib.gradients import derivative
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:

    def compare(name, yours, theirs):
        print(f"{name:30} {np.abs(yours - np.asarray(theirs)).max():.1e}")

    rng = np.random.default_rng(3)
    W = rng.normal(size=(5, 4))
    l2 = keras.regularizers.L2(0.25)
    compare("l2_penalty", l2_penalty({"W1": W}, 0.25), l2(keras.ops.convert_to_tensor(W)))
    compare("l2_grads", l2_grads({"W1": 0 * W}, {"W1": W}, 0.25)["W1"], derivative(l2, W))
    variable = keras.Variable(W, dtype="float64")
    keras.optimizers.SGD(learning_rate=0.5, weight_decay=0.25).apply([0 * W], [variable])
    compare("decoupled_decay", decoupled_decay({"W1": W}, 0.5, 0.25)["W1"], variable)
    compare("horizontal_flip", horizontal_flip(pictures), keras.ops.flip(pictures, axis=2))

    watch = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, mode="min")
    model = keras.Model()
    model.stop_training = False
    watch.set_model(model)
    watch.on_train_begin()
    for epoch, loss in enumerate([5, 4, 4.5, 3, 3.2, 3, 2]):
        watch.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    yours = early_stopping_epoch([5, 4, 4.5, 3, 3.2, 3, 2], 2, 0.0)
    print(f"{'stop and best, yours, Keras':30} {yours}, {(epoch, watch.best_epoch)}")

    ones = np.ones((400, 500))
    layer = keras.layers.Dropout(0.3, seed=0, dtype="float64")
    yours, theirs = dropout_forward(ones, 0.3, rng, True)[0], np.asarray(layer(ones, training=True))
    print(
        f"{'share dropped, yours, Keras':30} {np.mean(yours == 0):.3f}, {np.mean(theirs == 0):.3f}"
    )
    print(f"{'largest entry, yours, Keras':30} {yours.max():.3f}, {theirs.max():.3f}")

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** Training loss 1.9, validation loss 2.0, ten classes. What helps?
#
# - a: more dropout
# - b: stopping earlier
# - c: a larger network, or longer training

# %% solution="which_disease"
# Set which_disease to "a", "b" or "c".
# Say why in one line: which_disease_because = "..."
### BEGIN SOLUTION
which_disease = "c"
which_disease_because = "A training loss of 1.9 with ten classes is hardly better than guessing, so it underfits and needs more freedom."
### END SOLUTION

# %% check="which_disease"
check("which_disease")

# %% [markdown]
# **B.** A network was trained with inverted dropout at rate 0.3. What happens to its rules at test time?
#
# - a: all are multiplied by 0.7
# - b: nothing, all take part as they are
# - c: three of ten are dropped

# %% solution="dropout_at_test_time"
# Set dropout_at_test_time to "a", "b" or "c".
# Say why in one line: dropout_at_test_time_because = "..."
### BEGIN SOLUTION
dropout_at_test_time = "b"
dropout_at_test_time_because = (
    "The division by 0.7 while training has set the size right already, so nothing is left to do."
)
### END SOLUTION

# %% check="dropout_at_test_time"
check("dropout_at_test_time")

# %% [markdown]
# **C.** Photographs of cats may be flipped, digits may not. Why?
#
# - a: a mirrored cat is a cat, a mirrored 2 is not a 2
# - b: flipping gives no new pictures
# - c: the network is too small for flipped digits

# %% solution="flipped_digits"
# Set flipped_digits to "a", "b" or "c".
# Say why in one line: flipped_digits_because = "..."
### BEGIN SOLUTION
flipped_digits = "a"
flipped_digits_because = (
    "A change is allowed if the label stays true, and a mirrored 2 is no longer a 2."
)
### END SOLUTION

# %% check="flipped_digits"
check("flipped_digits")

# %% [markdown]
# **D.** 1,000 pictures, some with wrong labels, random features, no penalty. With how many features is the error on new pictures worst?
#
# - a: 100,000
# - b: about 1,000
# - c: 100

# %% solution="where_the_peak_is"
# Set where_the_peak_is to "a", "b" or "c".
# Say why in one line: where_the_peak_is_because = "..."
### BEGIN SOLUTION
where_the_peak_is = "b"
where_the_peak_is_because = "The peak lies where there are about as many features as pictures, so that just one exact fit exists."
### END SOLUTION

# %% check="where_the_peak_is"
check("where_the_peak_is")

# %% [markdown] written="which_tools_and_why"
# ## In your own words
#
# A robot learns to read house numbers from 2,000 photographs, all taken from straight ahead. Its training loss is 0.02, its validation loss 1.4. What has happened? Choose two tools, and say for each how it makes learning by heart harder. Name one tool or one change of the pictures that would do harm here, and why. Six to ten sentences.
#
# ### BEGIN SOLUTION
# The training loss is small and the validation loss is 1.38 above it, so the robot overfits: it has learned its photographs by heart.
#
# I would move the photographs by a few pixels each time. Then no photograph looks the same twice, and a rule about single pixels no longer pays; a rule about shapes does. Second, I would use dropout in the large layer. No rule can count on the one other rule that knows a particular photograph, so each has to be useful by itself. Weight decay would do as well: it makes the large weights expensive that a single odd photograph needs.
#
# Flipping would do harm. A mirrored 2 or 7 is no longer a digit, but its label would still say so. A much stronger penalty would do harm too, when the training loss rises until the robot underfits.
#
# **Rubric (20 points).** 6: overfitting, read from the gap. 10: two fitting tools, each with how it works. 4: something that would do harm, with the reason.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The second descent leaves a question. If more features are better once one is past the peak, and more pictures are better anyway: how *much* better? Is it worth ten times the money?
#
# Surprisingly, there is a line for that, and it is straight on the right kind of paper. Next week: **scaling laws**.
#
# ## To read on
#
# - Srivastava and others, *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014).
# - Zhang and others, *Understanding Deep Learning Requires Rethinking Generalization* (2017): large networks learn random labels by heart, without trouble.
# - Belkin and others, *Reconciling Modern Machine-Learning Practice and the Classical Bias-Variance Trade-Off* (2019): double descent.
# - Nielsen, *Neural Networks and Deep Learning*, chapter 3: overfitting and regularization, told slowly.
# - Karpathy, *A Recipe for Training Neural Networks* (2019): first overfit, then regularize, in that order.
