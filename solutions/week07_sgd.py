# %% [markdown]
# # Week 07: Nudging in batches
#
# About three and a half hours. You write twelve short functions. Each has a check right below it. At the end the robot reads handwritten digits, taught by your own code alone.
#
# ## The break
#
# Last week's **nudge** works: one walk back gives every weight its blame, and every weight moves a little against it. But before each nudge the robot looked at all 1,797 digits. With a million pictures it would look at a million, for a single small step.
#
# Run the next three cells. They ask a handful of digits for the direction instead of all of them.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import datasets, plots

# %% locked="earlier_weeks"
# From earlier weeks. The networks may now have any number of layers.


def relu(z):
    """The bend max(0, z)."""
    return np.maximum(z, 0)


def dense_forward(X, W, b):
    """Outputs X @ W + b of shape (N, M), and what the way back needs."""
    return X @ W + b, (X, W)


def mlp_forward(X, params, activation):
    """Logits of the network, and for every layer the input that it received and its z."""
    layers = []
    received = X
    for number in range(1, len(params) // 2 + 1):
        z, _ = dense_forward(received, params[f"W{number}"], params[f"b{number}"])
        layers.append((received, z))
        received = activation(z)
    return z, layers


def he_normal(fan_in, fan_out, rng):
    """A kernel (fan_in, fan_out) whose spread suits relu."""
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def new_network(layer_sizes, rng):
    """Kernels W1, W2, ... and biases b1, b2, ... for sizes such as (64, 16, 16, 10)."""
    params = {}
    pairs = zip(layer_sizes, layer_sizes[1:], strict=False)
    for number, (fan_in, fan_out) in enumerate(pairs, start=1):
        params[f"W{number}"] = he_normal(fan_in, fan_out, rng)
        params[f"b{number}"] = np.zeros(fan_out)
    return params


def softmax_cross_entropy(Z, y):
    """Mean loss of the logits Z (N, K) for the labels y (N,)."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]
    return losses.mean()


def softmax_cross_entropy_grad(Z, y):
    """Gradient of that loss for the logits: (softmax(Z) - onehot(y)) / N."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    p = E / E.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def mlp_loss_and_grads(X, y, params):
    """The loss of a relu network on a batch, and its gradient for every parameter."""
    logits, layers = mlp_forward(X, params, relu)
    dout = softmax_cross_entropy_grad(logits, y)
    grads = {}
    for number in range(len(layers), 0, -1):
        received, _ = layers[number - 1]
        grads[f"W{number}"], grads[f"b{number}"] = received.T @ dout, dout.sum(axis=0)
        if number > 1:
            dout = (dout @ params[f"W{number}"].T) * (layers[number - 2][1] > 0)
    return softmax_cross_entropy(logits, y), grads


# %% tags=["experiment"]
from time import perf_counter

digits, labels = datasets.digits()
rng = np.random.default_rng(7)
params = new_network((64, 16, 16, 10), rng)


def direction(rows):
    """The gradient on some of the digits, as one long arrow."""
    _, grads = mlp_loss_and_grads(digits[rows], labels[rows], params)
    return np.concatenate([gradient.ravel() for gradient in grads.values()])


true = direction(np.arange(len(labels)))
for size in [1, 8, 32, 128, 1797]:
    agree, seconds = [], []
    for _ in range(20):
        rows = rng.permutation(len(labels))[:size]
        started = perf_counter()
        arrow = direction(rows)
        seconds.append(perf_counter() - started)
        agree.append(arrow @ true / np.linalg.norm(arrow) / np.linalg.norm(true))
    # The quickest of 20 looks: the others waited for whatever else this computer does.
    print(f"{size:5} digits: agreement {np.mean(agree):.2f}, {1000 * min(seconds):5.2f} ms a look")

# %% [markdown] quotes={"agree to 0.71": "32 digits: agreement {}"}
# An agreement of 1 means the same direction, 0 means a right angle. 32 digits already agree to 0.71 with all 1,797, and they cost a fraction of the time. A rough idea of the direction is nearly free. So: many rough nudges, or a few exact ones?
#
# ## The picture
#
# Think of a hiker on a mountain, **blindfolded**, who wants to get down to the valley. The hiker cannot see it. But a foot feels which way the ground falls here, and so the hiker takes a step that way, feels again, and takes the next. That is gradient descent: the mountain is the loss, and the place is given by the weights. Two weights make a mountain that can be drawn; the robot's has more than a thousand directions.
#
# How does the foot feel the slope? The cat-spotting robot has a teacher with a box of a million photographs. The careful teacher shows all of them, adds up the blame, and lets the robot move one small step. Then the whole box again.
#
# The brisk teacher shuffles the box and takes out a handful. *Look, blame, nudge.* The next handful. The hiker's foot trembles now, and every step goes a little astray. *Look, blame, nudge.* No handful is quite like the box. But the errors point in all directions and mostly cancel. When the box is empty, the robot has made thousands of nudges instead of one. Then the teacher shuffles again.
#
# The field's own words, used from here on:
#
# - A handful is a **mini-batch**, or batch. Going through the box once is an **epoch**.
# - The length of a nudge is the **learning rate**, `lr`. A plan by which it changes is a **schedule**.
# - Nudging by batches drawn at random is **stochastic gradient descent**, SGD. *Stochastic* means: by chance.
#
# ## A worked example, by hand
#
# One weight $w$, three examples $t = 1, 2, 6$, the loss $L = \frac{1}{N}\sum (w - t)^2$. The slope is the mean of $2(w - t)$. The best $w$ is the mean of the examples, 3. We start at $w = 0$ with lr = 0.25.
#
# **Full batch.** The slope is the mean of $-2, -4, -12$, so $-6$. One nudge: $w = 0 + 0.25 \cdot 6 = 1.5$. The epoch is over.
#
# **Batches of 2**, in the shuffled order $6, 1, 2$. The last batch is short.
#
# | step | batch | slope at $w$ | nudge −lr · slope | $w$ | loss just before |
# | --- | --- | --- | --- | --- | --- |
# | 0 | 6, 1 | mean of −12, −2 = −7 | +1.75 | 1.75 | (36 + 1)/2 = 18.5 |
# | 1 | 2 | −0.5 | +0.125 | 1.875 | 0.0625 |
#
# Two nudges from the same number of looks, and we are closer to 3. Three things to notice:
#
# - The last batch holds one example, and its mean is divided by 1, not by 2.
# - The second slope was taken at the *new* $w$, 1.75.
# - The epoch's mean loss is $(2 \cdot 18.5 + 1 \cdot 0.0625)/3 = 12.35$. The batch of two counts twice.
#
# ## Part 1: the parts of a training loop
#
# ### 1. A shuffled box, cut into handfuls
#
# An epoch shows every example exactly once, in a new random order. We shuffle *numbers*, not pictures: an array of indices in random order, cut into pieces. `X[batch]` then picks these rows, and `y[batch]` the labels that belong to them.
#
# Chance comes in as an argument, a generator. `rng.permutation(N)` gives the numbers 0 to N − 1 in random order, and another order at the next call. A generator with the same seed gives the same training again. A slice may reach past the end: `a[20:30]` of 25 entries gives the last five.


# %% solution="minibatch_indices"
def minibatch_indices(N, batch_size, rng):
    """The batches of one epoch: a list of index arrays, in a new random order at every call.

    Args:
        N: how many examples there are.
        batch_size: how many of them make a batch; the last batch may be shorter.
        rng: a np.random.Generator, the only source of chance.

    Returns:
        A list of integer arrays in which each of 0 ... N - 1 stands exactly once.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(N)
    return [order[start : start + batch_size] for start in range(0, N, batch_size)]
    ### END SOLUTION


# %% check="minibatch_indices"
check("minibatch_indices")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Shuffle once, before cutting. The pieces begin at 0, batch_size, 2 · batch_size, ...: `range` takes a third number, the stride.
#
# </details>
#
# ### How far off is a handful?
#
# The gradient of a batch is a mean over its examples, and each example pulls its own way. Say that the pulls of single examples scatter around the true gradient with a spread of $\sigma$, so with a variance of $\sigma^2$. Variances of independent numbers add up, and dividing a sum by $B$ divides its variance by $B^2$. Fill in the table, with $\sigma = 1$:
#
# | batch size $B$ | 1 | 4 | 16 | 64 | any $B$ |
# | --- | --- | --- | --- | --- | --- |
# | variance of the sum of $B$ pulls | 1 | ? | ? | ? | ? |
# | variance of their mean | 1 | ? | ? | ? | ? |
# | scatter of their mean, the root of that | 1 | ? | ? | ? | ? |
# | cost of a look | 1 | 4 | 16 | 64 | $B$ |
#
# <details><summary>The last column</summary>
#
# Variance of the sum $B$, of the mean $B / B^2 = 1/B$, and so the scatter is $1/\sqrt{B}$. Four times as many examples cost four times as much and halve the scatter.
#
# </details>
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded. Here: if single digits are off by 1, how far off are batches of 64?

# %% tags=["experiment"]
guessed_scatter = None

# %% tags=["experiment"]
chance = np.random.default_rng(1)
scatter = {}
for size in [1, 4, 16, 64]:
    epochs = [minibatch_indices(len(labels), size, chance) for _ in range(8)]
    full = [batch for epoch in epochs for batch in epoch if len(batch) == size]
    off = [np.linalg.norm(direction(batch) - true) for batch in full[:200]]
    scatter[size] = np.sqrt(np.mean(np.square(off)))
    shares = scatter[size] / scatter[1]
    print(
        f"batches of {size:2}: off by {shares:.3f}   times the root of {size}: {shares * size**0.5:.2f}"
    )
print(f"(your guess for 64: {guessed_scatter})")

# %% [markdown] quotes={"0.123": "batches of 64: off by {}"}
# Batches of 64 are off by 0.123, about an eighth, and the last column stays near 1: **the scatter falls with the root of the batch size, and the cost rises in proportion to it.** That is the whole case for small batches. It is why nobody looks at everything before a step.
#
# ### 2. One step
#
# Every parameter moves by lr against its own gradient, $\partial L / \partial p$. The names in the dict can be any, and there can be any number of them.
#
# Arguments are never changed. `p -= ...` writes into the caller's array; `p - ...` makes a new one. A dict is built from another by `{name: ... for name in params}`.


# %% solution="sgd_step"
def sgd_step(params, grads, lr):
    """Every parameter moved by lr against its gradient.

    Args:
        params: arrays by name, any names and any shapes, float64.
        grads: dL/dparams, the names and shapes of params.
        lr: learning rate.

    Returns:
        A new dict with the names and shapes of params.

    Source: Robbins & Monro 1951.
    """
    ### BEGIN SOLUTION
    return {name: params[name] - lr * grads[name] for name in params}
    ### END SOLUTION


# %% check="sgd_step"
check("sgd_step")

# %% [markdown]
# ### 3. The share of right answers
#
# The loss is what we can nudge. What we want is right answers. An answer is the place of the largest logit in its row. `np.argmax(a, axis=1)` finds it, and the mean of True and False is the share of True.


# %% solution="accuracy"
def accuracy(logits, y):
    """The share of examples whose largest logit stands at their label.

    Args:
        logits: the network's scores, shape (N, K), float64.
        y: labels from 0 to K - 1, shape (N,), whole numbers.

    Returns:
        One number from 0 to 1.
    """
    ### BEGIN SOLUTION
    return np.mean(np.argmax(logits, axis=1) == y)
    ### END SOLUTION


# %% check="accuracy"
check("accuracy")

# %% [markdown]
# ## Part 2: the loop
#
# ### 4. Train
#
# Now the brisk teacher. For every epoch: shuffle. For every batch: look, blame, nudge. The loop need not know which network it trains. It receives a function `loss_and_grads(X, y, params)`, such as last week's `mlp_loss_and_grads`, and calls it. It also receives `schedule`, which gives the learning rate of each step: `schedule(0)` for the first step, `schedule(1)` for the second, and so on, *without* starting again at each epoch. For a constant rate pass `lambda step: 0.1`, a function without a name that always answers 0.1.
#
# The **history** is the teacher's diary: for each epoch the mean loss over its examples, each measured just before its step, as in the table above. A batch counts by its size. `np.average(values, weights=sizes)` does that, and so does a sum that is divided by N at the end.


# %% solution="train"
def train(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    """Mini-batch stochastic gradient descent.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels, shape (N,), int64.
        params: arrays by name, where the training begins; they are left as they are.
        loss_and_grads: loss_and_grads(X, y, params) of a batch, means over its examples.
        epochs: how often to go through all examples.
        batch_size: how many examples make a batch; the last one of an epoch may be shorter.
        schedule: schedule(step) is the learning rate; steps count from 0 over all epochs.
        rng: decides the order of the examples, a new one in every epoch.

    Returns:
        The parameters after all steps, and the history, shape (epochs,): for every epoch the
        mean over its examples of the loss just before their step.
    """
    ### BEGIN SOLUTION
    history = np.zeros(epochs)
    step = 0
    for epoch in range(epochs):
        for batch in minibatch_indices(len(y), batch_size, rng):
            loss, grads = loss_and_grads(X[batch], y[batch], params)
            params = sgd_step(params, grads, schedule(step))
            history[epoch] += loss * len(batch) / len(y)
            step += 1
    return params, history
    ### END SOLUTION


# %% [markdown]
# Two checks look at it. The first one compares the parameters and the history with those of Keras, on data for which the order makes no difference. The second one watches which examples your loop looks at.

# %% check="train"
check("train")

# %% check="train_in_new_orders"
check("train_in_new_orders")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Two loops, one inside the other. Which lines belong to the epoch, which to the batch, and which stand before both? `minibatch_indices` is called once in every epoch. `params` is replaced after every batch. The count of steps starts before both loops.
#
# </details>
#
# ### How large a handful, how long a step?
#
# Your loop, always from the same start: all digits at once, 32, and single ones. Then four learning rates. 1,437 digits are for training; 360 are put aside and only looked at. What is the loss after twelve epochs with all digits at once, with batches of 32, and with single digits? (At the start it is near $\log 10 = 2.3$, that of guessing.)

# %% tags=["experiment"]
guessed_losses = {"all 1,437, lr 0.3": None, "32, lr 0.2": None, "1, lr 0.02": None}

# %% tags=["experiment"]
split = np.random.default_rng(0).permutation(len(labels))
X, y = digits[split[360:]], labels[split[360:]]
X_test, y_test = digits[split[:360]], labels[split[:360]]
begin = new_network((64, 16, 16, 10), np.random.default_rng(1))


def diary(batch_size, lr, epochs):
    """The loss of all training digits before the training and after every epoch."""
    rng, params, losses = np.random.default_rng(2), begin, []
    for epoch in range(epochs + 1):
        loss, _ = mlp_loss_and_grads(X, y, params)
        losses.append(loss)
        if epoch < epochs:
            params, _ = train(X, y, params, mlp_loss_and_grads, 1, batch_size, lambda step: lr, rng)
    return np.array(losses)


batches = {
    "all 1,437, lr 0.3": diary(1437, 0.3, 12),
    "32, lr 0.2": diary(32, 0.2, 12),
    "1, lr 0.02": diary(1, 0.02, 12),
}
with np.errstate(over="ignore", invalid="ignore"):
    rates = {f"lr {lr:g}": diary(32, lr, 12) for lr in [0.001, 0.01, 0.2, 2.0]}
for name, losses in batches.items():
    print(f"batches of {name}: loss {losses[-1]:.2f} (your guess: {guessed_losses[name]})")
figure = plots.losses_by_epoch(
    {"Three batch sizes": batches, "Four rates, batches of 32": rates}, ceiling=3.4
)

# %% [markdown]
# *In words:* two panels, loss against epochs. On the left the full batch has barely begun after twelve looks at everything, because it made twelve nudges. Batches of 32 made 540 and are nearly at the bottom. Single examples made over 17,000; they get there as well, at the price of the slowest computation. On the right the lowest rate hardly moves, 0.2 falls fast, and with a rate that is too high the loss stays near that of guessing, $\log 10 = 2.3$.
#
# ### The path on the surface
#
# With two weights the loss is a landscape that can be drawn. Here a line $wx + b$ is fitted to forty points. A loss function may keep a diary of its own, so it can tell us where the loop has been. Three walks of 40 steps each. How many examples does each of them look at?

# %% tags=["experiment"]
guessed_looks = {"all 40": None, "batches of 8": None, "single": None}

# %% tags=["experiment"]
rng = np.random.default_rng(4)
x = rng.normal(size=(40, 1))
t = 1.5 * x[:, 0] - 0.5 + rng.normal(0, 0.8, 40)


def line_loss_and_grads(x, t, params):
    error = params["w"] * x[:, 0] + params["b"] - t
    path.append((params["w"], params["b"]))
    looks.append(len(t))
    return np.mean(error**2), {"w": 2 * np.mean(error * x[:, 0]), "b": 2 * np.mean(error)}


paths = {}
for name, batch_size, epochs in [("all 40", 40, 40), ("batches of 8", 8, 8), ("single", 1, 1)]:
    path, looks = [], []
    start = {"w": -1.5, "b": 1.5}
    train(x, t, start, line_loss_and_grads, epochs, batch_size, lambda step: 0.1, rng)
    paths[f"{name}: 40 steps"] = np.array(path)
    print(f"{name}: {sum(looks):,} examples (your guess: {guessed_looks[name]})")

w, b = np.meshgrid(np.linspace(-2, 3.2, 80), np.linspace(-2, 2, 60))
surface = np.mean((w[..., None] * x[:, 0] + b[..., None] - t) ** 2, axis=-1)
figure = plots.paths_on_surface(w, b, surface, paths)

# %% [markdown]
# *In words:* three maps of the same bowl, with forty steps on each. The full batch walks straight to the bottom, and has looked at 1,600 examples for it. Batches of 8 stagger a little, and looked at 320. Single examples zigzag, looked at 40, and end *around* the bottom, not in it: near the end each example still pulls its own way. Shorter steps would calm them. That is what schedules are for.
#
# ### Noise as help
#
# So far the trembling was a price. It is also a help, in two ways.
#
# **It shakes the hiker out of cracks.** The mountain below has two valleys of the same depth: a narrow crack on the left and a broad valley on the right. Every example agrees about the mountain, but each has a push of its own on top; over all 256 examples the pushes cancel. 200 walkers start at the bottom of the crack and make 1,500 steps. (Each has a parameter of its own, and your loop moves them all at once.) How many of them leave the crack, with all 256 examples at a time, with 4, and with single ones?
#
# **It drifts along a valley, to where it is broad.** The second robot has two weights in a row and no bend: $\hat t = u \cdot v \cdot x$. What counts is only the product $uv$, so its best places are not a point but a whole line, the floor of a curved valley. On the floor the full gradient is 0 and the careful hiker rests. Not so with single examples, whose targets are noisy: each pulls a little. Look at one such step. With $g$ for the slope of the loss with respect to the product, the nudges are $u' = u - \eta g v$ and $v' = v - \eta g u$. What becomes of the difference $u^2 - v^2$? Multiply out on paper before you open the fold.
#
# <details><summary>The difference after one step</summary>
#
# $u'^2 - v'^2 = u^2 - 2\eta g uv + \eta^2 g^2 v^2 - v^2 + 2\eta g uv - \eta^2 g^2 u^2 = (u^2 - v^2)(1 - \eta^2 g^2)$.
#
# The middle terms cancel. What is left shrinks at every step in which $g$ is not 0, **whatever its sign**. With the full batch $g = 0$ on the floor, and nothing happens. With single examples $g$ never rests, and the walker drifts to $u = v$.
#
# </details>
#
# And $u = v$ is where the valley is broadest: across the floor the loss bends with $u^2 + v^2$, which is smallest there for a given product.

# %% tags=["experiment"]
guessed_to_leave = {"all 256": None, "batches of 4": None, "single": None}

# %% tags=["experiment"]


def mountain(w):
    crack = np.exp(-(((w + 1) / 0.15) ** 2))
    return 0.02 * (w - 0.5) ** 2 - crack - np.exp(-(((w - 1.5) / 0.9) ** 2))


def mountain_and_slope(pushes, _, params):
    w = params["w"]
    crack, broad = np.exp(-(((w + 1) / 0.15) ** 2)), np.exp(-(((w - 1.5) / 0.9) ** 2))
    slope = 0.04 * (w - 0.5) + 2 * (w + 1) / 0.15**2 * crack + 2 * (w - 1.5) / 0.9**2 * broad
    return mountain(w).mean(), {"w": slope + pushes.mean(axis=0)}


chance = np.random.default_rng(3)
pushes = chance.normal(0, 12, (256, 200))
pushes -= pushes.mean(axis=0)
ends, nobody = {}, np.zeros(256)
for name, size in [("all 256", 256), ("batches of 4", 4), ("single", 1)]:
    begin_in_crack = {"w": np.full(200, -1.0)}
    epochs = max(1, 1500 * size // 256)
    plan = (mountain_and_slope, epochs, size, lambda step: 0.015, chance)
    ends[name] = train(pushes, nobody, begin_in_crack, *plan)[0]["w"]
    left = np.sum(np.abs(ends[name] + 1) > 0.4)
    print(f"{name}: {left} of 200 walkers left the crack (your guess: {guessed_to_leave[name]})")


def product_and_slopes(x, t, params):
    u, v = params["u"], params["v"]
    path.append((u, v))
    g = np.mean(2 * (u * v * x - t) * x)
    return np.mean((u * v * x - t) ** 2), {"u": g * v, "v": g * u}


x_line = chance.uniform(-1.7, 1.7, 100)
t_line = x_line + chance.normal(0, 0.6, 100)
walks = {}
for name, size in [("all 100", 100), ("single", 1)]:
    path = []
    plan = (product_and_slopes, 4000 * size // 100, size, lambda step: 0.03, chance)
    train(x_line, t_line, {"u": 3.0, "v": 0.2}, *plan)
    walks[name] = np.array(path)
    for when, (u, v) in [("start", path[0]), ("end", path[-1])]:
        print(f"{name}, {when}: u {u:.2f}, v {v:.2f}, sharpness {u**2 + v**2:.1f}")

w_axis = np.linspace(-2, 4, 400)
u, v = np.meshgrid(np.linspace(0, 3.6, 120), np.linspace(-0.2, 2, 100))
floor = np.mean((u[..., None] * v[..., None] * x_line - t_line) ** 2, axis=-1)
figure = plots.noise_as_help(w_axis, mountain(w_axis), ends, (u, v, floor), walks)

# %% [markdown] quotes={"0, 56 and 191": "all 256: {} of 200 walkers left the crack (your guess: None) batches of 4: {} of 200 walkers left the crack (your guess: None) single: {}", "from 9.0 to 2.2": "single, start: u 3.00, v 0.20, sharpness {} single, end: u _, v _, sharpness {}"}
# *In words:* on the left the mountain, with its narrow crack and its broad valley, and below it three heaps of walkers. With all examples everybody is still at the bottom of the crack. With batches of 4 some have fallen out into the broad valley, and with single examples nearly all: 0, 56 and 191 of 200. They do not come back, since the broad valley is too wide to be crossed by chance. On the right a curved valley seen from above, with two walkers that start at the ring. The one that looks at all examples goes straight to the floor and stays there. The one that looks at single examples zigzags across the floor, and drifts along it to the place where $u$ and $v$ are equal. Its sharpness, $u^2 + v^2$, falls from 9.0 to 2.2.
#
# Nobody asked for any of this. The loss is the same for every batch size, and yet the trembling hiker prefers broad places. It is as if a second wish had been added to the loss. That is called **implicit regularization**.
#
# Why should one want a broad valley? New digits are never quite like the training digits, so their mountain is a little shifted. When the mountain above shifts by 0.1, a walker at the bottom of the crack finds itself 0.36 up its wall; one in the broad valley is 0.01 above its floor. In measurements on large networks, training with small batches did end in broader places, and with better answers to new pictures, than training with very large ones. But how broad a valley *looks* also depends on how the weights are written down: multiply one layer by ten and divide the next by ten, and the same network looks sharper. How much of SGD's success is owed to broad valleys is an open question; week 14 comes back to it.
#
# ## Part 3: schedules
#
# Long steps at first, short ones at the end. Each schedule below takes the number of a step, a whole number from 0 on, and returns the rate.
#
# ### 5. Step decay and exponential decay
#
# **Step decay** keeps the rate for `every` steps, then multiplies it by `factor`, and so on. **Exponential decay** falls just as far, but smoothly: after `every` steps it has fallen by `factor` as well, after half of them by the root of `factor`. With lr = 0.8, factor = 0.5 and every = 10:
#
# | step | 0 | 5 | 9 | 10 | 15 | 20 |
# | --- | --- | --- | --- | --- | --- | --- |
# | step decay | 0.8 | ? | ? | ? | 0.4 | ? |
# | exponential decay | 0.8 | ? | ? | ? | 0.283 | ? |
#
# <details><summary>The table, filled in</summary>
#
# Step decay: 0.8, 0.8, 0.8, 0.4, 0.4, 0.2. Exponential decay: 0.8, 0.566, 0.429, 0.4, 0.283, 0.2.
#
# </details>
#
# In both, `factor` is taken to a power. Which one at step 15? Python's `step // every` is the whole part of the quotient, and `step / every` all of it.


# %% solution="step_decay"
def step_decay(step, lr, factor, every):
    """lr, multiplied by factor after every `every` steps.

    Args:
        step: which step, a whole number from 0 on.
        lr: the rate at step 0.
        factor: between 0 and 1.
        every: how many steps have the same rate.

    Returns:
        The rate at this step.
    """
    ### BEGIN SOLUTION
    return lr * factor ** (step // every)
    ### END SOLUTION


# %% check="step_decay"
check("step_decay")


# %% solution="exponential_decay"
def exponential_decay(step, lr, factor, every):
    """lr, falling smoothly by factor in every `every` steps.

    Args:
        step: which step, a whole number from 0 on.
        lr: the rate at step 0.
        factor: between 0 and 1.
        every: how many steps it takes to fall by factor.

    Returns:
        The rate at this step.
    """
    ### BEGIN SOLUTION
    return lr * factor ** (step / every)
    ### END SOLUTION


# %% check="exponential_decay"
check("exponential_decay")

# %% [markdown]
# ### 6. Warm-up
#
# At the very start all weights are random and slopes can be wild. A **warm-up** begins with tiny steps. The rate rises evenly from 0 to lr in `warmup_steps` steps and then stays at lr.


# %% solution="linear_warmup"
def linear_warmup(step, lr, warmup_steps):
    """A rate that rises evenly from 0 at step 0 to lr at step warmup_steps, and stays there.

    Args:
        step: which step, a whole number from 0 on.
        lr: the rate from step warmup_steps on.
        warmup_steps: how many steps the rise takes.

    Returns:
        The rate at this step.
    """
    ### BEGIN SOLUTION
    return lr * min(1, step / warmup_steps)
    ### END SOLUTION


# %% check="linear_warmup"
check("linear_warmup")

# %% [markdown]
# ### 7. Along a cosine
#
# **Cosine annealing** stays high for a while, falls in the middle, and lands softly. It makes use of the cosine, which goes from 1 to −1 while its angle goes from 0 to $\pi$. Two changes turn that into a rate: make of the range from 1 to −1 a share from 1 to 0, and let that share be how much is left of the way from lr down to $\mathrm{lr}_{\min}$. For a fall from 0.8 to 0.2 in $T$ steps:
#
# | step | 0 | $T/4$ | $T/2$ | $3T/4$ | $T$ | $2T$ |
# | --- | --- | --- | --- | --- | --- | --- |
# | angle | 0 | ? | ? | ? | $\pi$ | |
# | cosine of it | 1 | 0.707 | ? | −0.707 | −1 | |
# | share | 1 | ? | ? | ? | 0 | 0 |
# | rate | 0.8 | ? | ? | ? | 0.2 | 0.2 |
#
# <details><summary>The table, filled in</summary>
#
# Angles 0, $\pi/4$, $\pi/2$, $3\pi/4$, $\pi$. Shares 1, 0.854, 0.5, 0.146, 0: the cosine plus 1, halved. Rates 0.8, 0.712, 0.5, 0.288, 0.2.
#
# </details>
#
# Note the last column. After step $T$ the cosine would rise again; the schedule stays where it has landed.
#
# Two more are built from it. With **restarts** the rate jumps back to lr after each `period` and falls again; what counts is how many steps ago that was, `step % period`. With a **warm-up** it first rises and then has the remaining steps to fall to 0.


# %% solution="cosine_annealing"
def cosine_annealing(step, lr, lr_min, total_steps):
    """A rate that falls from lr to lr_min along half a cosine.

    Args:
        step: which step, a whole number from 0 on.
        lr: the rate at step 0.
        lr_min: the rate from step total_steps on.
        total_steps: how many steps the fall takes.

    Returns:
        The rate at this step.

    Source: Loshchilov & Hutter 2017.
    """
    ### BEGIN SOLUTION
    share = min(1, step / total_steps)
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * share)) / 2
    ### END SOLUTION


# %% check="cosine_annealing"
check("cosine_annealing")


# %% solution="cosine_restarts"
def cosine_restarts(step, lr, lr_min, period):
    """Cosine annealing that starts again after every period.

    Args:
        step: which step, a whole number from 0 on.
        lr: the rate at the start of each period, so also at step `period` itself.
        lr_min: what the rate falls towards within a period.
        period: how many steps a period has.

    Returns:
        The rate of cosine_annealing over `period` steps, for the steps since the last restart.

    Source: Loshchilov & Hutter 2017.
    """
    ### BEGIN SOLUTION
    return cosine_annealing(step % period, lr, lr_min, period)
    ### END SOLUTION


# %% check="cosine_restarts"
check("cosine_restarts")


# %% solution="warmup_cosine"
def warmup_cosine(step, lr, warmup_steps, total_steps):
    """A linear rise from 0 to lr, then half a cosine down to 0 at total_steps.

    Args:
        step: which step, a whole number from 0 on.
        lr: the highest rate, at step warmup_steps.
        warmup_steps: how many steps the rise takes.
        total_steps: how many steps rise and fall take together.

    Returns:
        The rate of linear_warmup before warmup_steps, then that of cosine_annealing to 0.
    """
    ### BEGIN SOLUTION
    if step < warmup_steps:
        return linear_warmup(step, lr, warmup_steps)
    return cosine_annealing(step - warmup_steps, lr, 0, total_steps - warmup_steps)
    ### END SOLUTION


# %% check="warmup_cosine"
check("warmup_cosine")

# %% tags=["experiment"]
steps = range(121)
figure = plots.schedules(
    {
        "step decay": np.array([step_decay(s, 0.4, 0.5, 30) for s in steps]),
        "exponential decay": np.array([exponential_decay(s, 0.4, 0.5, 30) for s in steps]),
        "warm-up": np.array([linear_warmup(s, 0.4, 20) for s in steps]),
        "cosine": np.array([cosine_annealing(s, 0.4, 0.02, 100) for s in steps]),
        "cosine with restarts": np.array([cosine_restarts(s, 0.4, 0.02, 40) for s in steps]),
        "warm-up and cosine": np.array([warmup_cosine(s, 0.4, 20, 100) for s in steps]),
    }
)

# %% [markdown]
# *In words:* six small panels, the rate from step 0 to 120. A staircase; a smooth fall beside it; a ramp that stays up; a half wave that lands at step 100 and stays; a saw of three such waves; a ramp followed by a half wave.
#
# ## Part 4: the robot learns by itself
#
# ### 8. XOR at last
#
# In week 01 you chose the weights for XOR by hand. Now the robot finds them. Build a network of dense, relu, dense with at most 21 numbers and two logits, train it on the four corners, and return its parameters. `datasets.logic_gate("XOR")` gives the corners and their labels. Sizes (2, 3, 2) have 17 numbers.
#
# One difficulty is new. With so few units some starts are bad: a hidden unit that is 0 at every corner gets no blame, so it never moves. You may simply try several starts (`np.random.default_rng(0)`, `(1)`, ...) and keep one for which the trained network's accuracy is 1. Four examples make one batch; a rate of 0.5 and some hundred epochs are enough.


# %% solution="train_xor"
def train_xor():
    """Train a small network until it computes XOR.

    The network is dense, relu, dense, with at most 21 numbers. With K = 2 outputs the larger
    logit is the answer; K = 1 is allowed as well, and then a logit above 0 means 1.

    Returns:
        Its parameters: W1 (2, H), b1 (H,), W2 (H, K), b2 (K,), in a dict.
    """
    ### BEGIN SOLUTION
    X, y = datasets.logic_gate("XOR")
    for seed in range(20):
        rng = np.random.default_rng(seed)
        params = new_network((2, 3, 2), rng)
        params, _ = train(X, y, params, mlp_loss_and_grads, 500, 4, lambda step: 0.5, rng)
        if accuracy(mlp_forward(X, params, relu)[0], y) == 1:
            return params
    ### END SOLUTION


# %% check="train_xor"
check("train_xor")

# %% [markdown]
# ### 9. Digits
#
# The grader draws 360 digits at random and keeps them to itself. Your function receives the other 1,437 and returns the parameters of a 64-16-16-10 network. The network is judged on the digits that it has not seen: at least 86 in 100 should be right. So that only these examples teach it, the digits are disguised. Each is mixed with a fainter one, such as every 3 with some 7, the classes have other names, and the 64 pixels are in another order. All of this is the same for the digits that it is judged on. To you they look like noise, but the network does not mind. You choose batch size, epochs and schedule. Look at the curves above again. A few seconds of training are plenty, and 30 is the limit.


# %% solution="train_digits"
def train_digits(X, y):
    """Train a network that reads digits.

    The network is dense, relu, dense, relu, dense, of the sizes 64-16-16-10.

    Args:
        X: training digits, shape (N, 64), float64 in [0, 1].
        y: their labels, shape (N,), int64.

    Returns:
        Its parameters: W1 (64, 16), b1 (16,), W2 (16, 16), b2 (16,), W3 (16, 10), b3 (10,).
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    epochs, batch_size = 40, 16
    total = epochs * -(-len(y) // batch_size)

    def schedule(step):
        return warmup_cosine(step, 0.2, 50, total)

    start = new_network((64, 16, 16, 10), rng)
    params, _ = train(X, y, start, mlp_loss_and_grads, epochs, batch_size, schedule, rng)
    return params
    ### END SOLUTION


# %% check="train_digits"
check("train_digits")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Start with batches of 32, thirty epochs and a constant rate of 0.2, and measure the accuracy on `X_test`. Then let the rate fall towards the end. The number of steps is the number of epochs times the number of batches.
#
# </details>
#
# ## The experiment
#
# The pictures above were the first half of it. Here is the robot that you have trained, on digits that it never saw, with its mistakes. Of 100 such digits, how many will it read correctly?

# %% tags=["experiment"]
guessed_right = None

# %% tags=["experiment"]
started = perf_counter()
robot = train_digits(X, y)
seconds = perf_counter() - started
logits, _ = mlp_forward(X_test, robot, relu)
seen, _ = mlp_forward(X, robot, relu)
print(
    f"trained in {seconds:.1f} s; {100 * accuracy(seen, y):.0f} of 100 training digits are right,"
)
print(f"and {100 * accuracy(logits, y_test):.0f} of 100 that it has not seen", end=" ")
print(f"(your guess: {guessed_right})")
figure = plots.answers_to_digits(X_test, y_test, logits)

# %% [markdown]
# *In words:* two rows of digits with the robot's answers below them. The first row is right. The second row shows mistakes, with the true label in brackets; most of them would make a person hesitate too.
#
# ## The same in Keras
#
# The same start and the same batches for Keras's own SGD, three epochs. Keras keeps the learning rate in float32, so we take 0.25, which has no rounding there. And your schedules beside those of `keras.optimizers.schedules`.

# %% tags=["experiment"]
try:
    from course_lib.gradients import loss_and_gradients
    from course_lib.models import from_keras, to_keras
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    model, optimizer, rng = to_keras(begin), keras.optimizers.SGD(0.25), np.random.default_rng(5)
    for _ in range(3):
        for batch in minibatch_indices(len(y), 128, rng):
            _, grads = loss_and_gradients(model, cross_entropy, X[batch], y[batch])
            optimizer.apply(list(grads.values()), model.trainable_weights)
    rng = np.random.default_rng(5)
    mine, _ = train(X, y, begin, mlp_loss_and_grads, 3, 128, lambda step: 0.25, rng)
    for name, theirs in from_keras(model).items():
        print(f"{name}  largest difference after 36 steps {np.abs(mine[name] - theirs).max():.0e}")

    theirs = keras.optimizers.schedules.CosineDecay(np.float64(0.4), 100)
    gap = max(abs(cosine_annealing(s, 0.4, 0, 100) - float(theirs(s))) for s in range(0, 120, 10))
    print(f"cosine_annealing: largest difference {gap:.0e}")

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** 1,437 examples, batches of 32. How many steps does an epoch have?
#
# - a: 44
# - b: 32
# - c: 45

# %% solution="steps_in_an_epoch"
# Set steps_in_an_epoch to "a", "b" or "c".
# Say why in one line: steps_in_an_epoch_because = "..."
### BEGIN SOLUTION
steps_in_an_epoch = "c"
steps_in_an_epoch_because = (
    "44 batches of 32 are 1,408 examples, and the 29 that are left make a last, short batch."
)
### END SOLUTION

# %% check="steps_in_an_epoch"
check("steps_in_an_epoch")

# %% [markdown]
# **B.** A batch becomes four times as large. What happens to the scatter of its gradient?
#
# - a: it falls to a quarter
# - b: it falls to a half
# - c: it stays, unless the learning rate changes too

# %% solution="noise_of_a_batch"
# Set noise_of_a_batch to "a", "b" or "c".
# Say why in one line: noise_of_a_batch_because = "..."
### BEGIN SOLUTION
noise_of_a_batch = "b"
noise_of_a_batch_because = "A mean of B independent numbers scatters by 1 / sqrt(B) as much, and the square root of 4 is 2."
### END SOLUTION

# %% check="noise_of_a_batch"
check("noise_of_a_batch")

# %% [markdown]
# **C.** The loss jumps up and down, grows, and becomes nan. What do you try first?
#
# - a: a smaller learning rate
# - b: a larger learning rate
# - c: a larger batch

# %% solution="loss_that_jumps"
# Set loss_that_jumps to "a", "b" or "c".
# Say why in one line: loss_that_jumps_because = "..."
### BEGIN SOLUTION
loss_that_jumps = "a"
loss_that_jumps_because = "The steps are so long that each lands higher on the other side of the valley; shorter ones stay inside."
### END SOLUTION

# %% check="loss_that_jumps"
check("loss_that_jumps")

# %% [markdown]
# **D.** Cosine annealing from 0.4 to 0.2 in 100 steps. What is the rate at step 50?
#
# - a: 0.2
# - b: 0.3
# - c: 0.4

# %% solution="middle_of_the_cosine"
# Set middle_of_the_cosine to "a", "b" or "c".
# Say why in one line: middle_of_the_cosine_because = "..."
### BEGIN SOLUTION
middle_of_the_cosine = "b"
middle_of_the_cosine_because = (
    "The cosine of a right angle is 0, so one half of the way from 0.4 to 0.2 has been walked."
)
### END SOLUTION

# %% check="middle_of_the_cosine"
check("middle_of_the_cosine")

# %% [markdown] written="why_small_batches"
# ## In your own words
#
# A batch of 32 gives a gradient that is a little off. Why does the robot learn faster with it than with the exact one? What does the scatter do at the end of the training, and what helps against it? Use numbers that you saw today. Six to ten sentences.
#
# ### BEGIN SOLUTION
# A random batch is a sample of the data, so its gradient is right on average. Its scatter shrinks only with the square root of the batch size, while the cost of a look grows in proportion: all 1,437 digits cost 45 times as much as 32 of them, and their direction is less than seven times more accurate. For the price of one exact step we get 45 rough ones. Each of them starts where the last one ended, and their errors mostly cancel. In the experiment twelve epochs were twelve steps for the full batch, whose loss had barely moved, and 540 steps for batches of 32, whose loss was nearly at the bottom.
#
# Near the bottom the exact gradient goes to 0 and the scatter does not. Each batch still pulls its own way, so the weights wander around the best place instead of resting in it. How far they wander depends on the length of the steps. A schedule that lets the learning rate fall, such as a cosine, calms them, and so does a larger batch.
#
# **Rubric (20 points).** 8: right on average; scatter falls with the root of the batch size, cost in proportion. 6: many rough steps against few exact ones, with numbers. 6: at the end the scatter keeps the weights moving; a smaller rate or a larger batch calms it.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The robot reads digits, by itself. Three layers were enough. So why not thirty? Try it: in `train_digits` put twenty more layers of 16 between the first and the last, and the loss stays at $\log 10 = 2.3$, epoch after epoch. The nudge has to travel back through all of them, and at every step it is multiplied by a slope.
#
# Next week we follow it on its way, and watch *the nudge die*: **vanishing gradients**.
#
# ## To read on
#
# - 3Blue1Brown, *Neural networks*, chapter 2, "Gradient descent, how neural networks learn": the ball that rolls downhill.
# - Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1: mini-batches, and digits from 74 lines of Python.
# - Stanford's CS231n, notes on "Optimization": the blindfolded hiker.
# - Leslie Smith, "Cyclical Learning Rates for Training Neural Networks" (2017): how to find a rate in one short run.
# - Keskar and others, "On Large-Batch Training for Deep Learning: Generalization Gap and Sharp Minima" (2017), and the answer of Dinh and others, "Sharp Minima Can Generalize For Deep Nets" (2017).
# - Smith and others, "On the Origin of Implicit Regularization in Stochastic Gradient Descent" (2021).
