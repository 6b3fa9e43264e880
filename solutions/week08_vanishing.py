# %% [markdown]
# # Week 08: When the nudge dies
#
# About three and a half hours. You write eight short functions and one longer function. Each has a check right below it.
#
# ## The break
#
# Last week the robot learned to read digits with two hidden layers. More rules should make it wiser, so we pile up more of them. Run the next three cells. They do not train anything. They turn a knob: all weights of one layer grow by 10 percent, and we look at how far the loss moves.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import plots

# %% locked="earlier_weeks"
# From earlier weeks.


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def sigmoid_grad(z):
    return sigmoid(z) * (1 - sigmoid(z))


def tanh(z):
    return np.tanh(z)


def tanh_grad(z):
    return 1 - np.tanh(z) ** 2


def relu(z):
    return np.maximum(z, 0)


def relu_grad(z):
    return np.where(z > 0, 1.0, 0.0)


# For every bend by its name: the bend, and its slope at z.
BENDS = {
    "sigmoid": (sigmoid, sigmoid_grad),
    "tanh": (tanh, tanh_grad),
    "relu": (relu, relu_grad),
}


def mlp_forward(X, params, activation):
    """Logits, and for every layer the pair (input, z). `activation` is a function."""
    layers = []
    for number in range(1, len(params) // 2 + 1):
        z = X @ params[f"W{number}"] + params[f"b{number}"]
        layers.append((X, z))
        X = activation(z)
    return z, layers


def dense_backward(dout, X, W):
    """The blame that passes back through X @ W + b: dX, dW, db."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def softmax_cross_entropy(Z, y):
    """Mean loss of the logits Z (N, K) for the labels y (N,)."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y])


def softmax_cross_entropy_grad(Z, y):
    """The blame of the logits Z (N, K) for the mean loss with labels y (N,)."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


def xavier_normal(fan_in, fan_out, rng):
    return rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / (fan_in + fan_out))


def he_normal(fan_in, fan_out, rng):
    return rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)


def sgd_step(params, grads, lr):
    return {name: params[name] - lr * grads[name] for name in params}


# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
mixed = np.random.default_rng(8).permutation(len(digits))
digits, labels = digits[mixed], labels[mixed]
train, test = slice(None, 1400), slice(1400, None)


def new_pile(depth, init, rng):
    """Random weights for `depth` layers, the hidden ones of 32 units."""
    sizes = [64] + [32] * (depth - 1) + [10]
    params = {}
    for number in range(1, depth + 1):
        params[f"W{number}"] = init(sizes[number - 1], sizes[number], rng)
        params[f"b{number}"] = np.zeros(sizes[number])
    return params


def loss_of(params, activation):
    logits, _ = mlp_forward(digits, params, BENDS[activation][0])
    return softmax_cross_entropy(logits, labels)


print("the loss moves by        first layer + 10%    last layer + 10%")
for depth in [2, 5, 10, 20]:
    params = new_pile(depth, xavier_normal, np.random.default_rng(8))
    before = loss_of(params, "sigmoid")
    first, last = (
        abs(loss_of({**params, name: 1.1 * params[name]}, "sigmoid") - before)
        for name in ("W1", f"W{depth}")
    )
    print(f"{depth:2} sigmoid layers {first:26.0e} {last:19.0e}")

# %% [markdown] quotes={"moves by about $10^{-14}$": "20 sigmoid layers {}"}
# The last layer is as lively as ever. The first one is not even faintly heard: with 20 layers the loss moves by about $10^{-14}$, in its last decimals. And the first layer is the one that looks at the picture.
#
# ## The picture
#
# Remember the bill of week 06. The loss sends it to the end of the rule pile, every rule passes it on, and at the front it becomes a nudge. But a bill is *multiplied* at every bend that it passes, by the slope of that bend. A sigmoid hands on a quarter, at its very best. Two sigmoids hand on a sixteenth. Twenty of them hand on a millionth of a millionth.
#
# So the rules at the end of the pile get their nudges. The rules at the front get a nudge that is smaller than the dust. They stay as they were born: random. **The nudge dies.**
#
# It can also go the other way. If every step hands on *twice* what it received, the bill doubles twenty times. The front is thrown across the room, and all numbers become nan.
#
# Three cures are the work of this week.
#
# - A bend whose slope is 1 where it is open: ReLU. It has a dark side, since a gate that is shut for every picture never opens again.
# - A **corridor** beside the rules, through which the bill walks past them untouched.
# - A leash for bills that have grown too long.
#
# The field's own words, used from here on: **vanishing gradient**, **exploding gradient**, **dead unit**, **residual block** with its **skip connection** (the corridor), and **gradient clipping** (the leash).
#
# ## A worked example, by hand
#
# **A plain pile.** Ten layers of one unit each, all weights $w = 2$. What passes one layer is multiplied by $w \cdot \mathrm{slope}$.
#
# | bend | slope | one layer | ten layers |
# | --- | --- | --- | --- |
# | sigmoid at $z = 0$, its best place | 0.25 | 0.5 | $0.5^{10} \approx 0.001$ |
# | sigmoid at $z = 3$ | 0.045 | 0.09 | $0.09^{10} \approx 3.5 \cdot 10^{-11}$ |
# | ReLU, open | 1 | 2 | $2^{10} = 1024$ |
#
# Larger weights do not save the sigmoid: they push $z$ away from 0, and there the slope falls faster than the weight grows. And with ReLU they explode.
#
# **A pile with a corridor.** Now every layer *adds* its work to what it received: $\mathrm{out} = x + F(x)$. The slope of that is $1 + F'$. Say that each $F$ on its own hands on a tenth.
#
# | | one layer | ten layers |
# | --- | --- | --- |
# | plain: $F'$ | 0.1 | $0.1^{10} = 0.0000000001$ |
# | with a corridor: $1 + F'$ | 1.1 | $1.1^{10} \approx 2.6$ |
# | with a corridor, $F' = -0.1$ | 0.9 | $0.9^{10} \approx 0.35$ |
#
# A power of something near 1 stays near 1. That is the whole trick, and it made piles of hundreds of layers possible.
#
# ## Part 1: watch it die
#
# ### 1. A product of slopes
#
# First the rule of thumb. A bend is never steeper than its steepest slope: 0.25 for a sigmoid, 1 for tanh and ReLU. How much of a nudge of 1 can be left, at most, after `depth` of them? Leave the weights aside.


# %% solution="slope_product"
def slope_product(depth, max_slope):
    """What is at most left of a nudge of 1 after `depth` bends in a row.

    Args:
        depth: how many bends it passes, 0 or more.
        max_slope: the steepest slope of the bend, a positive number.

    Returns:
        The product of `depth` slopes of max_slope each, one number; 1 for depth 0.

    Source: the chain rule along one path.
    """
    ### BEGIN SOLUTION
    return max_slope**depth
    ### END SOLUTION


# %% check="slope_product"
check("slope_product")

# %% [markdown]
# ### 2. The way back, at any depth
#
# In week 06 you went back through two layers. The same walk works for any number of them. Look at what is given:
#
# - `bend, slope = BENDS[activation]` are two functions, the bend and its slope.
# - `mlp_forward(X, params, bend)` returns the logits and a list `layers`. Layer 1 stands at `layers[0]`, and holds what the layer received and its z.
# - `dense_backward(dout, received, W)` returns the bill for the layer's input, dW and db.
#
# The walk begins with the bill of the logits, at the *last* layer, and goes down to layer 1. `range(5, 0, -1)` counts 5, 4, 3, 2, 1. One thing to get right: bends stand *between* layers. The last layer has none after it. So a bill that arrives at any other layer's output has to pass that layer's bend first.


# %% solution="mlp_backward"
def mlp_backward(X, y, params, activation):
    """The gradient of the loss for every parameter of a pile of any depth.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: kernels W1, W2, ... and biases b1, b2, ... of L layers, the last one linear.
        activation: the bend between the layers: "sigmoid", "tanh" or "relu".

    Returns:
        A dict with the keys and the shapes of params: the gradients of the mean softmax
        cross-entropy over the batch.

    Source: the chain rule, dL/dz = dL/dout * slope(z), and dense_backward.
    """
    ### BEGIN SOLUTION
    bend, slope = BENDS[activation]
    logits, layers = mlp_forward(X, params, bend)
    dout = softmax_cross_entropy_grad(logits, y)
    grads = {}
    for number in range(len(layers), 0, -1):
        received, z = layers[number - 1]
        if number < len(layers):
            dout = dout * slope(z)
        dout, dW, db = dense_backward(dout, received, params[f"W{number}"])
        grads[f"W{number}"], grads[f"b{number}"] = dW, db
    return grads
    ### END SOLUTION


# %% check="mlp_backward"
check("mlp_backward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# One turn of the loop has three lines: take the layer's pair out of the list; let `dout` pass the bend, except at the last layer; call `dense_backward` and keep its three results. The first of the three is the `dout` of the next turn.
#
# </details>
#
# ### 3. How much arrives
#
# A layer's gradient has hundreds of entries. To compare layers we want one number each: its length, the **norm**
#
# $$\lVert dW \rVert = \sqrt{\sum_{ij} dW_{ij}^2}$$
#
# A gradient with the entries 3 and 4 has the norm 5. For a matrix the same thing is called the Frobenius norm. Careful with `np.linalg.norm`: without a second argument it is this norm, and with `2` it is another one.


# %% solution="backward_norms"
def backward_norms(X, y, params, activation):
    """The size of every layer's nudge: the norm of the gradient of its kernel.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: kernels W1, W2, ... and biases b1, b2, ... of L layers, the last one linear.
        activation: the bend between the layers: "sigmoid", "tanh" or "relu".

    Returns:
        Shape (L,), the first layer first: the norms of dL/dW1, dL/dW2, ... Biases are left out.

    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep networks".
    """
    ### BEGIN SOLUTION
    grads = mlp_backward(X, y, params, activation)
    depth = len(params) // 2
    return np.array([np.sqrt((grads[f"W{n}"] ** 2).sum()) for n in range(1, depth + 1)])
    ### END SOLUTION


# %% check="backward_norms"
check("backward_norms")

# %% [markdown]
# ### 4. A diagnosis
#
# Is a first norm of $10^{-6}$ bad? If the last one is $10^{-6}$ too, all is well and the loss is merely measured in a small unit. If the last one is 1, the pile is sick. What counts is the *ratio of the first to the last*, because the nudge starts at the last layer and ends at the first.
#
# Two traps. Comparing with nan is always False, so a pile full of nan slips through every `<` and `>`; `np.isfinite(norms)` is True for each entry that is neither nan nor infinite. And a pile in which nothing moves at all has the ratio 0/0. So compare the first norm with a multiple of the last one, and divide by no norm.


# %% solution="gradient_health"
def gradient_health(norms):
    """Does the nudge vanish, explode or live on its way from the last layer to the first?

    The rules are asked in this order; the first that applies decides.

    Args:
        norms: gradient norms of the layers, the first layer first, shape (L,), float64; some may
            be nan or inf.

    Returns:
        "explodes" where any norm is nan or inf, or the first is larger than 1000 times the last;
        "vanishes" where the first is 0, or smaller than the last divided by 1000;
        "healthy" otherwise.

    Source: this course's convention.
    """
    ### BEGIN SOLUTION
    first, last = norms[0], norms[-1]
    if not np.isfinite(norms).all() or first > 1000 * last:
        return "explodes"
    if first == 0 or first < last / 1000:
        return "vanishes"
    return "healthy"
    ### END SOLUTION


# %% check="gradient_health"
check("gradient_health")

# %% [markdown]
# ## Part 2: a bend that hands on everything, or nothing
#
# ### 5. Dead units
#
# ReLU's slope is 1 where it is open. A bill passes open gates unchanged, at any depth. Where the gate is shut the slope is 0 and the bill stops. That does no harm: a unit that is silent for one picture speaks for the next.
#
# But a large nudge can push a unit so far down that it is silent for *every* picture. Then no bill ever comes through, its weights never move again, and it stays silent. It is **dead**. In the table Z of pre-activations a unit is a column, and it is dead where the whole column holds no number above 0. (At exactly 0 our slope is 0, so 0 does not wake it.)
#
# A table of True and False answers such questions: `.all(axis=0)` asks each column whether *all* its entries are True, and `np.mean` of True and False is the share of True.


# %% solution="dead_fraction"
def dead_fraction(Z):
    """The share of a ReLU layer's units through which no blame passes, for any example.

    Args:
        Z: pre-activations of the layer, one column for each unit, shape (N, M), float64.

    Returns:
        How many of the M columns have no entry above 0, divided by M: one number.

    Source: the slope of relu, 1 for z > 0 and 0 elsewhere.
    """
    ### BEGIN SOLUTION
    return np.mean((Z <= 0).all(axis=0))
    ### END SOLUTION


# %% check="dead_fraction"
check("dead_fraction")

# %% [markdown]
# ## Part 3: the corridor
#
# ### 6. A residual block
#
# The block does its work in a **branch** of two dense layers with a ReLU between them, and adds the result to what came in:
#
# $$\mathrm{out} = X + \mathrm{relu}(X W_1 + b_1)\, W_2 + b_2$$
#
# The first kernel leads from D features to H, the second back to D, so that the two terms can be added. Nothing follows the sum: a bend there would be a door across the corridor. (The very first residual networks had one. It was taken out a few months later.)
#
# The name: the branch does not have to build the answer from nothing. It only has to learn the *residual*, what is still missing.


# %% solution="residual_forward"
def residual_forward(X, W1, b1, W2, b2):
    """The output of a residual block: its input plus what its branch makes of it.

    Args:
        X: inputs, shape (N, D), float64.
        W1, b1: the branch's first layer, shapes (D, H) and (H,).
        W2, b2: the branch's second layer, shapes (H, D) and (D,).

    Returns:
        The sum of the two, shape (N, D). No bend follows it.

    Source: He et al. 2016, "Identity mappings in deep residual networks".
    """
    ### BEGIN SOLUTION
    return X + relu(X @ W1 + b1) @ W2 + b2
    ### END SOLUTION


# %% check="residual_forward"
check("residual_forward")

# %% [markdown]
# ### 7. Two bills
#
# X is used twice, by the corridor and by the branch. You know from week 06 what happens to a value that is used twice: two bills come back, and they **add up**.
#
# $$dX = \underbrace{\mathrm{dout}}_{\text{corridor}} + \underbrace{dX_{\text{branch}}}_{\text{relu and two kernels}}$$
#
# The branch alone is a pile of two layers, and you went back through one of those a minute ago.
#
# **By hand**, with D = H = 1: $x = 2$, $w_1 = 3$, $b_1 = -5$, $w_2 = 4$, and a bill of 10. Forward: $z = 1$, $h = 1$. Fill in the way back, from left to right:
#
# | | $dw_2$ | $db_2$ | bill for $h$ | $dw_1$ | $db_1$ | bill for $x$ through the branch | $dx$ |
# | --- | --- | --- | --- | --- | --- | --- | --- |
# | gate open | 10 | ? | ? | ? | ? | ? | ? |
# | $b_1 = -7$: gate shut | ? | ? | ? | ? | ? | ? | ? |
#
# <details><summary>The table, filled in</summary>
#
# | | $dw_2$ | $db_2$ | bill for $h$ | $dw_1$ | $db_1$ | bill for $x$ through the branch | $dx$ |
# | --- | --- | --- | --- | --- | --- | --- | --- |
# | gate open | 10 | 10 | 40 | 80 | 40 | 120 | 130 |
# | $b_1 = -7$: gate shut | 0, since $h = 0$ | 10 | 40 | 0 | 0 | 0 | 10 |
#
# Without a corridor the 10 at the end would be 0.
#
# </details>


# %% solution="residual_backward"
def residual_backward(dout, X, W1, b1, W2):
    """The blame that passes back through out = X + relu(X @ W1 + b1) @ W2 + b2.

    Args:
        dout: dL/dout, shape (N, D), float64; it carries the 1/N of the mean already.
        X: the block's inputs, shape (N, D), float64.
        W1, b1: the branch's first layer, shapes (D, H) and (H,).
        W2: the branch's second kernel, shape (H, D); its bias has no influence on the way back.

    Returns:
        dX (N, D), dW1 (D, H), db1 (H,), dW2 (H, D), db2 (D,).

    Source: the chain rule; the bills of both paths are added.
    """
    ### BEGIN SOLUTION
    z = X @ W1 + b1
    dh, dW2, db2 = dense_backward(dout, relu(z), W2)
    dbranch, dW1, db1 = dense_backward(dh * relu_grad(z), X, W1)
    return dout + dbranch, dW1, db1, dW2, db2
    ### END SOLUTION


# %% check="residual_backward"
check("residual_backward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Compute z first. Then call `dense_backward` for the second layer: what did that layer receive? Let its bill pass the gate, and call `dense_backward` for the first layer. Make the sum at the end, as a new array: `dout` belongs to the caller.
#
# </details>
#
# ### 8. A whole pile with a corridor
#
# This is the week's large exercise, and everything so far comes together in it: the walk back at any depth, two bills at every block, and a norm for the diagnosis. A **residual pile** is a row of $B$ blocks, each from D features to D, and a last linear layer that makes the logits.
#
# One thing is new. All blocks add to the same sum. Say that each branch adds numbers with a variance of 1, independent of the others. Variances of independent numbers add up. By what factor must every branch be multiplied, so that the sum keeps a spread of 1 at any depth?
#
# | number of blocks $B$ | 1 | 4 | 16 |
# | --- | --- | --- | --- |
# | variance of the sum | 1 | ? | ? |
# | its spread, the root of that | 1 | ? | ? |
# | factor for every branch | 1 | ? | ? |
#
# <details><summary>The table, filled in</summary>
#
# Variances 1, 4, 16; spreads 1, 2, 4; factors 1, 1/2, 1/4. In letters: $1/\sqrt{B}$.
#
# </details>
#
# So each block of the pile computes $\mathrm{out} = X + s \cdot F(X)$ with this factor $s$. That is no new code: `residual_forward(X, W1, b1, s * W2, s * b2)` is such a block. But what does $s$ do on the way back? Take the block of the table in exercise 7, gate open, with $s = 1/2$. Which of its seven numbers change, and to what?
#
# <details><summary>The seven numbers</summary>
#
# $dw_2 = 5$, $db_2 = 5$, the bill for $h$ is 20, $dw_1 = 40$, $db_1 = 20$, 60 through the branch, and $dx = 10 + 60 = 70$. The corridor's 10 is as it was.
#
# If you call `residual_backward(dout, X, W1, b1, s * W2)`, five of the seven come out right by themselves. Which two do not, because what comes back belongs to $s\,w_2$ and $s\,b_2$?
#
# </details>
#
# A plan for the code. **Forward:** keep a list of what each block received; the output of the last block comes at its end, and feeds the last layer. **Turn round:** the bill of the logits, then `dense_backward` for the last layer. **Back:** from the last block to the first, note the norm of the bill that arrives, and go through the block. Block number $i$, counted from 0, owns the parameters `W{2*i+1}`, `b{2*i+1}`, `W{2*i+2}` and `b{2*i+2}`.


# %% solution="residual_pile_grads"
def residual_pile_grads(X, y, params):
    """Every parameter's gradient in a pile of residual blocks, and what arrives at each block.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: of B >= 1 blocks, from D features to D: W1, b1, W2, b2 of the first block, W3, b3,
            W4, b4 of the second, and so on; and a last linear layer from D features to K logits.

    Returns:
        A dict with the keys and shapes of params, the gradients of the mean softmax
        cross-entropy; and the norms, shape (B,), first block first, of the blame that arrives at
        each block's output.

    Source: the chain rule; every branch has the factor that you found above.
    """
    ### BEGIN SOLUTION
    blocks = len(params) // 4
    scale = 1 / np.sqrt(blocks)
    names = [(f"W{n}", f"b{n}", f"W{n + 1}", f"b{n + 1}") for n in range(1, 2 * blocks, 2)]
    received = [X]
    for block in names:
        W1, b1, W2, b2 = (params[name] for name in block)
        received.append(residual_forward(received[-1], W1, b1, scale * W2, scale * b2))

    W, b = f"W{2 * blocks + 1}", f"b{2 * blocks + 1}"
    logits = received[-1] @ params[W] + params[b]
    grads, norms = {}, np.zeros(blocks)
    dout, grads[W], grads[b] = dense_backward(
        softmax_cross_entropy_grad(logits, y), received[-1], params[W]
    )
    for n in range(blocks - 1, -1, -1):
        norms[n] = np.sqrt((dout**2).sum())
        W1, b1, W2, _ = (params[name] for name in names[n])
        dout, dW1, db1, dW2, db2 = residual_backward(dout, received[n], W1, b1, scale * W2)
        grads.update(zip(names[n], (dW1, db1, scale * dW2, scale * db2), strict=True))
    return grads, norms
    ### END SOLUTION


# %% check="residual_pile_grads"
check("residual_pile_grads")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Get a pile of one block right first: there the factor is 1. Then two blocks. If the norms are right and only the second kernels are wrong, read the last question of the fold again. If everything before the last block is wrong, print the numbers of the blocks in the order in which your second loop visits them, and what each of them is fed with.
#
# </details>
#
# ## Part 4: the leash
#
# ### 9. Gradient clipping
#
# Now the other illness. One batch hands the robot a bill a thousand times too long, and one step throws away all that it has learned. Shorten the bill, and keep its direction.
#
# The direction belongs to *all* parameters together. So take one norm over all of them, the **global norm**, and multiply everything by one factor. Two arrays, $(30)$ and $(40)$: the global norm is $\sqrt{900 + 1600} = 50$. With `max_norm` 5 both are multiplied by $5/50$ and become $(3)$ and $(4)$. The ratio 3 to 4 has survived.
#
# Only bills that are too long are shortened; short ones stay as they are. Return the norm from *before* clipping as well: it belongs in the log, where it shows that something blew up.


# %% solution="clip_by_global_norm"
def clip_by_global_norm(grads, max_norm):
    """Gradients shortened to a global norm of at most max_norm, and their norm before that.

    Args:
        grads: a dict of gradients of any shape, by the names of their parameters; float64.
        max_norm: the largest norm that is allowed, greater than 0.

    Returns:
        A new dict with the keys and shapes of grads, which point the same way and have a global
        norm of at most max_norm; those that were not longer are as they were. And the global
        norm before clipping, one number.

    Source: Pascanu, Mikolov & Bengio 2013, algorithm 1.
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((gradient**2).sum() for gradient in grads.values()))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: gradient * factor for name, gradient in grads.items()}, norm
    ### END SOLUTION


# %% check="clip_by_global_norm"
check("clip_by_global_norm")

# %% [markdown]
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: what arrives.** Three piles of 10, 30 and 50 layers, before any training: sigmoid with Xavier's weights, ReLU with He's, and residual blocks. Two layers of the residual pile make one block. With 50 layers, which share of the last layer's norm is left at the first layer?

# %% tags=["experiment"]
guessed_ratios = {"sigmoid": None, "ReLU": None, "residual": None}

# %% tags=["experiment"]


def new_residual_pile(depth, rng):
    """Blocks of two layers with 64 features and 32 hidden units, and a last layer."""
    blocks = (depth - 1) // 2
    params = {}
    for n in range(1, 2 * blocks, 2):
        params[f"W{n}"], params[f"b{n}"] = he_normal(64, 32, rng), np.zeros(32)
        params[f"W{n + 1}"], params[f"b{n + 1}"] = he_normal(32, 64, rng), np.zeros(64)
    params[f"W{2 * blocks + 1}"] = xavier_normal(64, 10, rng)
    params[f"b{2 * blocks + 1}"] = np.zeros(10)
    return params


def residual_logits(X, params):
    """The logits of a residual pile, by your `residual_forward`."""
    blocks = len(params) // 4
    scale = 1 / np.sqrt(blocks)
    for n in range(1, 2 * blocks, 2):
        second = scale * params[f"W{n + 1}"], scale * params[f"b{n + 1}"]
        X = residual_forward(X, params[f"W{n}"], params[f"b{n}"], *second)
    return X @ params[f"W{2 * blocks + 1}"] + params[f"b{2 * blocks + 1}"]


def residual_grads(X, y, params):
    """The gradients alone."""
    return residual_pile_grads(X, y, params)[0]


def kernel_norms(params):
    return np.array([np.linalg.norm(params[f"W{n}"]) for n in range(1, len(params) // 2 + 1)])


X, y = digits[train], labels[train]
panels = {}
for depth in [10, 30, 50]:
    rng = np.random.default_rng(8)
    panels[f"{depth} layers"] = {
        "sigmoid": backward_norms(X, y, new_pile(depth, xavier_normal, rng), "sigmoid"),
        "ReLU": backward_norms(X, y, new_pile(depth, he_normal, rng), "relu"),
        "residual": kernel_norms(residual_grads(X, y, new_residual_pile(depth, rng))),
    }
figure = plots.gradient_norms(panels)
for title, piles in panels.items():
    for name, norms in piles.items():
        ratio = norms[0] / norms[-1]
        guess = f" (your guess: {guessed_ratios[name]})" if title == "50 layers" else ""
        print(f"{title}, {name:8} first / last {ratio:7.0e}   {gradient_health(norms)}{guess}")
print(f"50 sigmoids leave at most {slope_product(50, 0.25):.0e} of a nudge")

# %% [markdown] quotes={"about $10^{-31}$ of the last": "50 layers, sigmoid first / last {}"}
# *In words:* the vertical axis is logarithmic. The sigmoid piles fall on a straight line from right to left, by about the same factor in each layer: a power. With 50 layers the first norm is about $10^{-31}$ of the last. ReLU and the residual pile stay level at every depth. ReLU needs exactly the right weights for that, as the end of this section shows.
#
# **Second: what is learned.** Piles of 20 layers learn digits for 400 nudges, on a leash of 5. Then we ask each layer how far it has moved. Of 100 digits that it has not seen, how many does each pile read correctly? (Guessing gets 10 right.)

# %% tags=["experiment"]
guessed_right = {"sigmoid": None, "ReLU": None, "residual": None}

# %% tags=["experiment"]


def learn(params, grads_of, logits_of, nudges, lr, max_norm=np.inf):
    """Trained parameters and the loss before every nudge."""
    rng = np.random.default_rng(0)
    losses = []
    for _ in range(nudges):
        batch = rng.integers(1400, size=64)
        losses.append(softmax_cross_entropy(logits_of(X[batch], params), y[batch]))
        grads, _ = clip_by_global_norm(grads_of(X[batch], y[batch], params), max_norm)
        params = sgd_step(params, grads, lr)
    return params, np.array(losses)


def plain(activation):
    """The two functions that `learn` needs, for a plain pile."""
    bend = BENDS[activation][0]
    return (
        lambda X, y, params: mlp_backward(X, y, params, activation),
        lambda X, params: mlp_forward(X, params, bend)[0],
    )


residual = residual_grads, residual_logits
kinds = {
    "sigmoid": (new_pile(20, xavier_normal, np.random.default_rng(1)), plain("sigmoid")),
    "ReLU": (new_pile(20, he_normal, np.random.default_rng(1)), plain("relu")),
    "residual": (new_residual_pile(20, np.random.default_rng(1)), residual),
}
losses, moved, pictures = {}, {}, []
for name, (start, (grads_of, logits_of)) in kinds.items():
    end, history = learn(start, grads_of, logits_of, nudges=400, lr=0.03, max_norm=5.0)
    losses[name] = history.reshape(-1, 20).mean(axis=1)
    way = {key: end[key] - start[key] for key in start}
    moved[name] = kernel_norms(way) / kernel_norms(start)
    most = np.argsort(-np.abs(way["W1"]).max(axis=0))[:8]
    pictures.append(way["W1"].T[most].reshape(8, 8, 8))
    right = np.mean(np.argmax(logits_of(digits[test], end), axis=1) == labels[test])
    print(
        f"{name:8} loss {losses[name][-1]:.2f}   {100 * right:.0f} of 100 new digits right "
        f"(your guess: {guessed_right[name]}), first layer moved by {moved[name][0]:.0e} of its size"
    )
changes = dict(zip(kinds, pictures, strict=True))
figure = plots.deep_training(np.arange(20, 401, 20), losses, moved)

# %% [markdown] quotes={"about $10^{-12}$ of its size": "sigmoid loss _ _ of 100 new digits right (your guess: None), first layer moved by {}"}
# *In words:* on the left the sigmoid's loss comes down to the dotted line of pure guessing and stays there. ReLU creeps down, and the residual pile falls quickly. On the right the sigmoid's last layer has moved as far as anybody's, and each layer before it less, down to about $10^{-12}$ of its size at the first.
#
# And here is that first layer: for the eight units that changed most, what 400 nudges did to their 64 weights. Green weights rose, red ones fell, all on one scale.

# %% tags=["experiment"]
figure = plots.first_layer_changes(changes)

# %% [markdown]
# *In words:* one row of pictures for each pile. The sigmoid's row is blank: its first layer still sees noise, as on the first day. In the two rows below, every unit has changed, and neighbouring pixels often changed together. What they will look for cannot be seen yet, only that they have begun to learn.
#
# **Third: the dark side of ReLU.** A network of three layers, and steps that are too large. How many of 100 units of the first layer are dead after 200 nudges?

# %% tags=["experiment"]
guessed_dead = {0.1: None, 0.5: None, 1.0: None, 2.0: None}

# %% tags=["experiment"]
for lr in [0.1, 0.5, 1.0, 2.0]:
    start = new_pile(3, he_normal, np.random.default_rng(1))
    end, history = learn(start, *plain("relu"), nudges=200, lr=lr)
    _, layers = mlp_forward(X, end, relu)
    dead = " and ".join(f"{100 * dead_fraction(z):2.0f} of 100" for _, z in layers[:-1])
    print(
        f"step size {lr}   loss {history[-20:].mean():.2f}   dead in layers 1 and 2: {dead} "
        f"(your guess: {guessed_dead[lr]})"
    )

# %% [markdown]
# A dead unit of the first layer never comes back, whatever you do to the step size afterwards.
#
# **Fourth: the leash.** Twenty ReLU layers whose weights are 30 percent too large, with and without clipping.

# %% tags=["experiment"]
loud = new_pile(20, lambda i, o, rng: 1.3 * he_normal(i, o, rng), np.random.default_rng(1))
_, norm = clip_by_global_norm(mlp_backward(X[:64], y[:64], loud, "relu"), 5.0)
print(f"norm of the first gradient: {norm:.0f}")
for max_norm in [np.inf, 5.0]:
    with np.errstate(all="ignore"):
        _, history = learn(loud, *plain("relu"), nudges=300, lr=0.05, max_norm=max_norm)
    shown = ", ".join(f"{loss:.3g}" for loss in history[[0, 1, 2, 10, 100, 299]])
    print(f"max_norm {max_norm:3}   losses {shown}")

# %% [markdown]
# Without the leash a few nudges are enough for nan. With it, the robot recovers and learns. Clipping cannot raise the dead, though: it only ever makes nudges shorter.
#
# ## Where the cures are at work
#
# | cure | today |
# | --- | --- |
# | the corridor | twice in every block of a transformer, around attention and around its two dense layers; in the networks that draw pictures; in AlphaFold. GPT-2 divides its branches by the root of their number when it is born, as you did |
# | a bend that hands on | ReLU in networks for pictures; GELU and SiLU, its smooth relatives, in transformers |
# | sigmoid and tanh | gates in recurrent networks (LSTM, GRU), which read a text word by word. An LSTM has a corridor through time: its memory is a *sum*, and that was the cure of 1997 |
# | the leash | nearly every large language model; GPT-3 and Llama clip to a global norm of 1 |
#
# A fourth cure keeps every layer at the right loudness while it learns. It is week 12's.
#
# ## The same in Keras
#
# The same pile of 20 sigmoid layers in Keras, a residual block, and Keras' own clipping: an optimizer with `global_clipnorm` whose step size is 1 moves every weight by exactly its clipped gradient. The largest differences, relative to the size of the numbers, should be about $10^{-15}$.

# %% tags=["experiment"]
try:
    from course_lib.gradients import loss_and_gradients, vector_jacobian_product
    from course_lib.models import by_student_name, to_keras
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:

    def compare(name, yours, theirs):
        theirs = np.asarray(theirs)
        print(f"{name:24} {np.abs(yours - theirs).max() / np.abs(theirs).max():.1e}")

    params = new_pile(20, xavier_normal, np.random.default_rng(3))
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    _, tape = loss_and_gradients(to_keras(params, "sigmoid"), cross_entropy, X, y)
    grads = mlp_backward(X, y, params, "sigmoid")
    for name in ("W1", "W10", "W20"):
        compare(f"20 sigmoids, d{name}", grads[name], by_student_name(tape)[name])

    rng = np.random.default_rng(4)
    block = [rng.normal(size=shape) for shape in [(8, 5), (5, 7), (7,), (7, 5), (5,)]]
    dout = rng.normal(size=(8, 5))
    tape = vector_jacobian_product(
        lambda X, W1, b1, W2, b2: X + keras.ops.relu(X @ W1 + b1) @ W2 + b2, block, dout
    )
    for name, mine, theirs in zip(
        ("dX", "dW1", "db1", "dW2", "db2"), residual_backward(dout, *block[:4]), tape, strict=True
    ):
        compare(f"residual block, {name}", mine, theirs)

    grads = {"W": rng.normal(size=(5, 3)), "b": rng.normal(size=3)}
    clipped, _ = clip_by_global_norm(grads, 0.5)
    moved = [keras.Variable(np.zeros_like(g), dtype="float64") for g in grads.values()]
    keras.optimizers.SGD(1.0, global_clipnorm=0.5).apply(list(grads.values()), moved)
    for name, variable in zip(grads, moved, strict=True):
        compare(f"clipped, {name}", -clipped[name], variable)

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** How many sigmoids does it take, at the least, until at most one millionth of a nudge is left? Weights are 1.
#
# - a: 4
# - b: 10
# - c: 250,000

# %% solution="sigmoids_to_a_millionth"
# Set sigmoids_to_a_millionth to "a", "b" or "c".
# Say why in one line: sigmoids_to_a_millionth_because = "..."
### BEGIN SOLUTION
sigmoids_to_a_millionth = "b"
sigmoids_to_a_millionth_because = "Each sigmoid leaves a quarter at most, and 0.25^10 = 1 / 1,048,576 is the first power below a millionth."
### END SOLUTION

# %% check="sigmoids_to_a_millionth"
check("sigmoids_to_a_millionth")

# %% [markdown]
# **B.** In a residual block W2 and b2 are 0. A bill `dout` arrives. What does the block hand on to its input?
#
# - a: 0
# - b: twice `dout`
# - c: `dout`

# %% solution="idle_block"
# Set idle_block to "a", "b" or "c".
# Say why in one line: idle_block_because = "..."
### BEGIN SOLUTION
idle_block = "c"
idle_block_because = "The branch hands back 0, because its bill goes through W2, and the corridor hands back dout; the two are added."
### END SOLUTION

# %% check="idle_block"
check("idle_block")

# %% [markdown]
# **C.** The gradients of two layers have the norms 30 and 40. They are clipped to a global norm of 5. Which norms do they have afterwards?
#
# - a: 3 and 4
# - b: 5 and 5
# - c: 2.5 and 2.5

# %% solution="after_clipping"
# Set after_clipping to "a", "b" or "c".
# Say why in one line: after_clipping_because = "..."
### BEGIN SOLUTION
after_clipping = "a"
after_clipping_because = "The global norm is sqrt(900 + 1600) = 50, so both are multiplied by 5 / 50, and their ratio stays."
### END SOLUTION

# %% check="after_clipping"
check("after_clipping")

# %% [markdown]
# **D.** A ReLU unit of the first layer is silent for every picture. Will more training with these pictures wake it?
#
# - a: yes, slowly
# - b: no
# - c: yes, with a larger step size

# %% solution="waking_the_dead"
# Set waking_the_dead to "a", "b" or "c".
# Say why in one line: waking_the_dead_because = "..."
### BEGIN SOLUTION
waking_the_dead = "b"
waking_the_dead_because = (
    "Its slope is 0 for every picture, so no bill comes through and its own weights never move."
)
### END SOLUTION

# %% check="waking_the_dead"
check("waking_the_dead")

# %% [markdown] written="why_a_skip_keeps_the_nudge_alive"
# ## In your own words
#
# A friend trains a pile of 30 sigmoid layers and sees that the loss does not move. "I will clip the gradients", she says. Explain what is wrong with her pile, why clipping is no cure, and why residual blocks are one. Use numbers. Six to ten sentences.
#
# ### BEGIN SOLUTION
# The bill that the loss sends back is multiplied in every layer by the slope of the bend and by the kernel. A sigmoid's slope is at most 0.25, so 30 of them leave at most $0.25^{30} \approx 10^{-18}$ of it. The last layers still learn, but the first ones stay random, and what they throw away of the picture, the layers after them cannot find again.
#
# Clipping multiplies gradients by a factor of at most 1. It protects against nudges that are too long. Hers are too short, and clipping leaves those as they are.
#
# A residual block computes X + F(X). Its input is used twice, so two bills come back and are added: one through the branch F, and `dout` itself through the skip. Even where the branch hands back nothing, all of `dout` arrives. Over 30 blocks the factors are near 1 instead of near 0.25, and a power of something near 1 stays near 1. If each branch hands back 0.05, it is $1.05^{30} \approx 4$.
#
# **Rubric (20 points).** 8: multiplication in every layer, so that the nudge falls like a power of the depth, with a number. 8: the bills of skip and branch are added, and dout arrives unchanged. 4: clipping only shortens.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The nudge lives, at any depth. But it is still a rather stupid nudge. It looks at the slope under its feet and nowhere else: it forgets where it came from, it takes the same step size for every weight, and in a narrow valley it bounces from wall to wall.
#
# Next week: nudges with a memory (**momentum, RMSprop, Adam**). And one debt is left for week 12. ReLU stayed level only because its weights were exactly right on the first day, and while the robot learns nobody holds them there.
#
# ## To read on
#
# - Michael Nielsen, *Neural Networks and Deep Learning*, chapter 5, "Why are deep neural networks hard to train?"
# - Andrej Karpathy, "Yes you should understand backprop" (2016): sigmoids, dead ReLUs and exploding gradients from practice.
# - Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010): the norms by layer that you plotted.
# - He and others, "Identity Mappings in Deep Residual Networks" (2016): why nothing should stand in the corridor.
# - Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013): the leash, and when it is needed.
