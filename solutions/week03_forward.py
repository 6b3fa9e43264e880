# %% [markdown]
# # Week 03: The forward pass
#
# About three hours. You write eight short functions. Each has a check right below it.
#
# ## The break
#
# Last week gave us bends, and we tried them on loose numbers. Now the robot gets real pictures: handwritten digits of 8 by 8 pixels, so 64 numbers each. Let us ask a single rule the simplest question: *is this a 9?* Its weights are the average 9 minus the average of all other digits. Its bias is set so that it finds about 95 of 100 nines. Run the next three cells.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import plots

# %% locked="earlier_weeks"
# From earlier weeks.


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def tanh(z):
    """The bend from -1 to 1."""
    return np.tanh(z)


def relu(z):
    """The bend max(0, z)."""
    return np.maximum(z, 0)


# %% tags=["experiment"]
from time import perf_counter

from course_lib import datasets

digits, labels = datasets.digits()
nine = labels == 9
w = digits[nine].mean(axis=0) - digits[~nine].mean(axis=0)
b = -np.quantile(digits[nine] @ w, 0.05)
says_nine = digits @ w + b > 0
print("nines in the box:                 ", nine.sum())
print("nines that the rule finds:        ", (says_nine & nine).sum())
print("other digits that it calls a nine:", (says_nine & ~nine).sum())

# %% [markdown] quotes={"It finds 171": "that the rule finds: {}", "180 nines": "nines in the box: {}", "calls 294 other digits": "it calls a nine: {}"}
# It finds 171 of 180 nines, and calls 294 other digits a nine. And that was one question out of ten. A bend behind the rule would not help: it changes how loudly the rule says yes, not to which pictures.
#
# One rule is too little. We need many rules that look at the picture at once, and more rules that look at what those have found. This week we build that machine.
#
# ## The picture
#
# The cat-spotting robot gets a first row of rules. Every rule holds a **mask** in front of the picture. The mask says at each pixel: *ink here pleases me* (a positive weight), *ink here annoys me* (a negative one) or *I do not care* (0). The rule adds up its pleasure. Then a **gatekeeper** adds a number of his own, the bias, and decides how much pleasure it takes to speak up. A bend turns the sum into what the rule hands on.
#
# The second row does the same. But it does not see the picture: it sees what the first row said. And so on, row after row, to the last one. It has as many rules as there are answers, and **the brightest output** wins.
#
# Information flows from front to back and never turns round. That is the *rule pile* at work. The field's own words, used from here on:
#
# - a rule with its bend is a **neuron** or **unit**, a row of them a **layer**; because every unit sees everything that comes in, it is a **dense layer**;
# - a layer's masks together are its **kernel** W, one column for each unit; the gatekeepers are its **biases** b;
# - a layer's sum before the bend is its **pre-activation** z; the last layer has no bend, and its z are called **logits**;
# - running a picture from front to back is the **forward pass**.
#
# ## A worked example, by hand
#
# A picture of two pixels, $x = (1, 2)$. A hidden layer of three units with ReLU, then an output layer of two.
#
# $$W_1 = \begin{pmatrix} 1 & -1 & 0 \\ 2 & 1 & -1 \end{pmatrix}, \quad b_1 = (0, 1, 1), \qquad W_2 = \begin{pmatrix} 1 & 0 \\ -1 & 2 \\ 5 & 5 \end{pmatrix}, \quad b_2 = (0, -1)$$
#
# The first unit's mask is the first *column* of $W_1$: it likes both pixels, the second one twice as much.
#
# | | sum | + bias | = z | after ReLU |
# | --- | --- | --- | --- | --- |
# | unit 1 | $1 \cdot 1 + 2 \cdot 2 = 5$ | 0 | 5 | 5 |
# | unit 2 | $1 \cdot (-1) + 2 \cdot 1 = 1$ | 1 | 2 | 2 |
# | unit 3 | $1 \cdot 0 + 2 \cdot (-1) = -2$ | 1 | −1 | 0 |
# | output 1 | $5 \cdot 1 + 2 \cdot (-1) + 0 \cdot 5 = 3$ | 0 | 3 | no bend |
# | output 2 | $5 \cdot 0 + 2 \cdot 2 + 0 \cdot 5 = 4$ | −1 | 3 | no bend |
#
# The logits are (3, 3): a tie, so both answers have probability 1/2. Unit 3 stayed silent, and its two large weights of 5 did nothing.
#
# How many numbers does this network have to learn? $2 \cdot 3 + 3$ in the first layer, $3 \cdot 2 + 2$ in the second, together 17.
#
# ## Part 1: one layer
#
# ### 1. Neuron by neuron
#
# First the slow way, exactly as in the table, for one picture x of D numbers and a layer of M units. Which numbers meet in unit j? Write its sum with $x_i$, $W_{ij}$ and $b_j$ before you go on.
#
# Use two loops: over the units j, and for each unit over the inputs i. `W[i, j]` is the weight from input i to unit j. Each unit's total starts afresh. Your function returns z, without a bend.
#
# One thing to know about arrays: `z = b` does not copy. It is a second name for the same array, and writing to z changes b. And an array of whole numbers cuts the decimals off everything that is stored in it. `np.zeros(M)` gives a new array of M floats.


# %% solution="neuron_by_neuron"
def neuron_by_neuron(x, W, b):
    """One layer for one example, unit by unit, without a bend.

    Args:
        x: one example, shape (D,), float64.
        W: the kernel, shape (D, M), float64; column j belongs to unit j.
        b: the biases, shape (M,), floats or whole numbers.

    Returns:
        z, shape (M,).

    Source: Rosenblatt 1958, a row of perceptrons without their steps.
    """
    ### BEGIN SOLUTION
    D, M = W.shape
    z = np.zeros(M)
    for j in range(M):
        total = b[j]
        for i in range(D):
            total = total + x[i] * W[i, j]
        z[j] = total
    return z
    ### END SOLUTION


# %% check="neuron_by_neuron"
check("neuron_by_neuron")

# %% [markdown]
# <details><summary>Hint</summary>
#
# `D, M = W.shape`. The outer loop runs over `range(M)` and begins a total with the unit's bias. The inner loop runs over `range(D)` and adds one product at a time. After the inner loop the total is stored in `z[j]`.
#
# </details>
#
# ### 2. The dense layer
#
# Now a whole batch at once: N pictures as the rows of X, shape (N, D). The two loops, and a third one over the pictures, are one **matrix product**, `@` in NumPy:
#
# $$\mathrm{out}_{nj} = \sum_i X_{ni} W_{ij} + b_j$$
#
# Which array stands on which side? Read it by its shapes: (N, D) times (D, M). The two inner sizes must be equal; they are the axis that is summed away. What is left is (N, M): one row for each picture, one column for each unit. `*` would do something else: it multiplies entry by entry and sums nothing.
#
# b has the shape (M,). NumPy lines it up with the *last* axis of (N, M) and adds it to every row. That is just what we want.
#
# The layer returns two things: `out`, and a **cache**, the pair `(X, W)`. In week 06 the blame will travel back through this layer and will need to know what came in. The cache holds the two arrays themselves, not copies; in this course no function changes an array that it was given, so that is safe. Every call returns a cache of its own.


# %% solution="dense_forward"
def dense_forward(X, W, b):
    """One layer for a batch, without a bend.

    Args:
        X: inputs, shape (N, D), float64.
        W: the kernel, shape (D, M), float64.
        b: the biases, shape (M,), float64.

    Returns:
        out (N, M), and cache = (X, W).

    Source: the equation above; kernels lie as in Keras' `Dense`.
    """
    ### BEGIN SOLUTION
    return X @ W + b, (X, W)
    ### END SOLUTION


# %% check="dense_forward"
check("dense_forward")

# %% [markdown]
# ### 3. The gatekeeper
#
# What does a bias do? Take one neuron with a sigmoid, one picture, and try many biases. The weighted sum $w \cdot x$ stays the same, one number: `x @ w` gives it for two arrays of shape (D,). Only the gatekeeper changes his mind: to this one number he adds one bias after the other, and the sigmoid follows.
#
# For $w \cdot x = 3$: with $b = 0$ the neuron says 0.953, with $b = -3$ it says 0.5, with $b = -6$ it says 0.047. With $b = -10$ the sum must exceed 10 before it says more than one half.


# %% solution="bias_sweep"
def bias_sweep(x, w, biases):
    """What one neuron with a sigmoid says to one picture, for many biases.

    Args:
        x: the picture, shape (D,), float64.
        w: the neuron's weights, shape (D,), float64.
        biases: the biases to try, shape (B,), float64, up to 10,000 in size.

    Returns:
        Activations between 0 and 1, shape (B,).

    Source: the logistic neuron.
    """
    ### BEGIN SOLUTION
    return sigmoid(x @ w + biases)
    ### END SOLUTION


# %% check="bias_sweep"
check("bias_sweep")

# %% [markdown]
# ## Part 2: the pile
#
# ### 4. The whole network
#
# The parameters of a network come in a dict: `params["W1"]`, `params["b1"]`, `params["W2"]`, `params["b2"]` and so on. A network of L layers has 2L entries, so `len(params) // 2` is L. The name of a key can be built from a number: with `number = 2`, `f"W{number}"` is `"W2"`.
#
# The pass itself: what comes into layer 1 is X. Each layer computes its z. What comes into the next layer is `activation(z)`, where `activation` is a *function* that is passed in as an argument; call it like any other. **The last layer has no bend.** Its z are the logits, and logits may have any sign: a bend such as ReLU would wipe out the difference between a clear *no* and a *perhaps*.
#
# On the way, note for each layer the pair (what came in, z before the bend), first layer first. The way back will need both. For the worked example above the result is
#
# `logits = [[3, 3]]` and `layers = [([[1, 2]], [[5, 2, -1]]), ([[5, 2, 0]], [[3, 3]])]`.


# %% solution="mlp_forward"
def mlp_forward(X, params, activation):
    """The forward pass of a network: every layer but the last is followed by a bend.

    Args:
        X: inputs, shape (N, D), float64.
        params: kernels W1, W2, ... and biases b1, b2, ... of one or more layers.
        activation: the bend, a function that works entry by entry.

    Returns:
        logits (N, K), the last layer's z; and layers, a list with a pair for each layer: the input
        that it received, and its z before the bend.

    Source: dense layers in a row, as in Keras' `Sequential`.
    """
    ### BEGIN SOLUTION
    layers = []
    received = X
    for number in range(1, len(params) // 2 + 1):
        z, _ = dense_forward(received, params[f"W{number}"], params[f"b{number}"])
        layers.append((received, z))
        received = activation(z)
    return z, layers
    ### END SOLUTION


# %% check="mlp_forward"
check("mlp_forward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Keep a variable `received`, at first X. In each round of the loop: compute z from it, append the pair, then replace `received` by the bent z. After the last round `received` has been bent once too often, which does no harm if you return something else. The loop runs from 1 to L: `range(1, L + 1)`.
#
# </details>
#
# ### 5. How many knobs?
#
# Everything in a kernel or a bias is a number to be learned: a **parameter**. The inputs are given: they are not units, and they have no biases. A network for pictures of 28 by 28 pixels, with two hidden layers of 16 units and ten answers, has the sizes `[784, 16, 16, 10]`. On paper:
#
# | layer | inputs D | units M | weights | biases | together |
# | --- | --- | --- | --- | --- | --- |
# | 1 | 784 | 16 | ? | 16 | ? |
# | 2 | 16 | 16 | 256 | ? | 272 |
# | 3 | 16 | 10 | ? | ? | ? |
# | | | | | | 13,002 |
#
# Then say it for any sizes. For neighbours in a list, `zip(sizes, sizes[1:])` gives the pairs (784, 16), (16, 16), (16, 10).


# %% solution="count_parameters"
def count_parameters(layer_sizes):
    """The number of weights and biases of a network of dense layers.

    Args:
        layer_sizes: units from the input to the output, a list such as [784, 16, 16, 10].

    Returns:
        One whole number.
    """
    ### BEGIN SOLUTION
    return sum(D * M + M for D, M in zip(layer_sizes, layer_sizes[1:], strict=False))
    ### END SOLUTION


# %% check="count_parameters"
check("count_parameters")

# %% [markdown]
# ## Part 3: reading the answer
#
# ### 6. The brightest output
#
# The network's answer for each picture is the class with the largest logit. `np.max` would say how large it is. `np.argmax` says *where* it stands, counted from 0, and that is the class. Tell it which axis to run along: a row is one picture, and the classes stand along `axis=1`. Among equal logits `np.argmax` takes the first, and so do we.


# %% solution="predict_classes"
def predict_classes(logits):
    """The class with the largest logit, for every example; among equal ones the first.

    Args:
        logits: shape (N, K), float64.

    Returns:
        Class numbers from 0 to K - 1, shape (N,), whole numbers.
    """
    ### BEGIN SOLUTION
    return np.argmax(logits, axis=1)
    ### END SOLUTION


# %% check="predict_classes"
check("predict_classes")

# %% [markdown]
# ### 7. How sure?
#
# Softmax makes probabilities of logits. You wrote it last week. Write it again, from memory if you can: what you recall stays with you longer than what you read again.
#
# A reminder of what matters. Take exp of each logit, then divide by the sum over the row. A number may be subtracted from a whole row first, because it cancels in the fraction; choose each row's largest logit, and no exp overflows. `axis=1` sums along a row, `keepdims=True` keeps the result as a column (N, 1), which lines up with the rows.


# %% solution="predict_probabilities"
def predict_probabilities(logits):
    """Softmax of each row.

    Args:
        logits: shape (N, K), float64, up to 10,000 in size.

    Returns:
        Probabilities, shape (N, K); every row sums to 1.

    Source: Bridle 1990.
    """
    ### BEGIN SOLUTION
    E = np.exp(logits - logits.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% check="predict_probabilities"
check("predict_probabilities")

# %% [markdown]
# ### 8. What is a unit looking for?
#
# Each unit of the *first* layer has one weight for each pixel. So its weights can be laid out as a picture of the same shape: its mask. Column j of the kernel belongs to unit j; `W[:, j]` takes it.
#
# Units differ in how large their weights are, so we put every mask on the same scale: divide by the largest *absolute value*. The mask then lies in [−1, 1], its signs are kept, and 0 stays 0. For the weights 1, −4, 2, 0 it is 0.25, −1, 0.5, 0. A unit whose weights are all 0 has a mask of zeros; test for it, because 0/0 would be nan.
#
# `a.reshape(shape)` lays the D numbers out in rows and columns, row by row, just as the pixels were. One trap: `W[:, j]` is a *view*, a window onto W itself. `/=` through it would change the network. Division with `/` makes a new array.


# %% solution="weight_image"
def weight_image(W, unit, shape):
    """The weights that lead to one unit, as a mask whose largest entry in size is 1.

    Args:
        W: the first layer's kernel, shape (D, M), float64.
        unit: which unit, from 0 to M - 1.
        shape: rows and columns of the pictures, a pair whose product is D.

    Returns:
        W[:, unit] divided by the largest of its absolute values, in the given shape; zeros for a
        unit whose weights are all 0.
    """
    ### BEGIN SOLUTION
    weights = W[:, unit].reshape(shape)
    largest = np.abs(weights).max()
    if largest == 0:
        return np.zeros(shape)
    return weights / largest
    ### END SOLUTION


# %% check="weight_image"
check("weight_image")

# %% [markdown]
# ## The experiment
#
# The network needs good weights, and how it gets them is the story of weeks 04 to 07. So the next cell but one is a loan from the future. It trains a network of the sizes 64-16-10 on the digits, in a few seconds. You do not need to understand it yet.
#
# **Predict, then run.** Before each experiment there is a cell for a guess. Put a number in the place of `None`, and the next cell shows it beside the result. Nothing of it is graded. First: the network learns from 1,500 digits. How many of 100 others will it get right?

# %% tags=["experiment"]
guessed_right = None

# %% tags=["experiment"]
print("784-16-16-10 has", count_parameters([784, 16, 16, 10]), "parameters")
print("64-16-10 has    ", count_parameters([64, 16, 10]))


def borrowed_training(X, y, steps=400, step_size=0.5, decay=0.005):
    rng = np.random.default_rng(3)
    W1, b1 = 0.1 * rng.normal(size=(64, 16)), np.zeros(16)
    W2, b2 = 0.1 * rng.normal(size=(16, 10)), np.zeros(10)
    target = np.eye(10)[y]
    for _ in range(steps):
        z1 = X @ W1 + b1
        h = np.maximum(z1, 0)
        E = np.exp(h @ W2 + b2)
        dlogits = (E / E.sum(axis=1, keepdims=True) - target) / len(X)
        dz1 = (dlogits @ W2.T) * (z1 > 0)
        W2 = W2 - step_size * (h.T @ dlogits + decay * W2)
        b2 = b2 - step_size * dlogits.sum(axis=0)
        W1 = W1 - step_size * (X.T @ dz1 + decay * W1)
        b1 = b1 - step_size * dz1.sum(axis=0)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


learned, unseen = slice(0, 1500), slice(1500, None)
params = borrowed_training(digits[learned], labels[learned])
logits, layers = mlp_forward(digits[unseen], params, relu)
right = np.mean(predict_classes(logits) == labels[unseen])
print(f"digits that it never saw: {100 * right:.0f} of 100 right (your guess: {guessed_right})")

# %% [markdown]
# **First: what the units look for.** Your `weight_image`, once for each of the sixteen units. Of all 1,797 pictures, how many will wake a typical unit, so that its sum is above 0?

# %% tags=["experiment"]
guessed_awake = None

# %% tags=["experiment"]
masks = {f"unit {unit}": weight_image(params["W1"], unit, (8, 8)) for unit in range(16)}
figure = plots.weight_masks(masks)
awake = np.sum(digits @ params["W1"] + params["b1"] > 0, axis=0)
print(f"of {len(digits)} pictures, those that wake unit 6: {awake[6]}, unit 12: {awake[12]}")
print(f"the unit in the middle: {np.median(awake):.0f} (your guess: {guessed_awake})")

# %% [markdown] quotes={"Only 2 of all pictures": "that wake unit 6: {}", "and 30 wake": "that wake unit 6: _, unit 12: {}"}
# *In words:* sixteen squares of 8 by 8 fields. Green fields with a plus are pixels where the unit hopes for ink, red ones with a minus are pixels where it wants none. Some masks show something: unit 2 wants a bar across the lower half, unit 13 wants ink in the middle, unit 10 wants a ring with an empty centre. None shows a clean stroke or a whole digit. Units 6 and 12 look like salt and pepper: they still carry the random numbers that they began with. They are the silent ReLUs of last week. Only 2 of all pictures wake unit 6 and 30 wake unit 12, so next to no nudge ever reached them.
#
# **Where are the strokes?** The story that is told of deep networks goes like this: the first layer finds *edges*, the next *textures*, then *parts* such as eyes and wheels, and the last *objects*. In networks of many layers that learned from a million photos it has been seen, by looking for the pictures that please a unit most. Networks that listen to speech climb in the same way: sounds, then *phonemes*, then *words*. Each layer makes its words from those of the layer before. In your sixteen masks you see next to nothing of it, and that is honest too: a dense layer of sixteen units that has seen 1,500 small pictures takes whatever pattern of pixels helps.
#
# **Second: larger pictures.** Most books use digits of 28 by 28 pixels, 784 numbers each. Here are ours, drawn larger and smoothed, with a rim of two empty pixels.

# %% tags=["experiment"]
large = datasets.enlarged(digits)
print("numbers in a picture:", large.shape[1])
shown = {f"a {labels[place]}": large[place].reshape(28, 28) for place in range(10)}
figure = plots.gallery(shown)

# %% [markdown]
# *In words:* ten digits in two rows, from 0 to 9, with strokes that are soft and round. Nobody has added anything: all that can be read in them was in the 64 pixels before.
#
# Two networks learn from them. The first is the famous 784-16-16-10. The second leaves out one hidden layer, and has nearly as many numbers, since most of them stand in the first layer in any case. Which is better on pictures that it never saw, and by how many of 100?

# %% tags=["experiment"]
guessed_of_100 = {"784-16-16-10": None, "784-16-10": None}


# %% tags=["experiment"]
def borrowed_pile(X, y, sizes, steps=300, step_size=0.05, decay=0.002, memory=0.9):
    rng = np.random.default_rng(3)
    shapes = list(zip(sizes, sizes[1:], strict=False))
    kernels = [rng.normal(0, np.sqrt(2 / m), (m, n)) for m, n in shapes]
    biases = [np.zeros(n) for n in sizes[1:]]
    moves = [np.zeros(shape) for shape in shapes] + [np.zeros(n) for n in sizes[1:]]
    last = len(shapes)
    for _ in range(steps):
        found = {f"W{k + 1}": W for k, W in enumerate(kernels)}
        found |= {f"b{k + 1}": b for k, b in enumerate(biases)}
        logits, layers = mlp_forward(X, found, relu)
        blame = (predict_probabilities(logits) - np.eye(sizes[-1])[y]) / len(X)
        for k in reversed(range(last)):
            received, z = layers[k]
            moves[k] = memory * moves[k] - step_size * (received.T @ blame + decay * kernels[k])
            moves[last + k] = memory * moves[last + k] - step_size * blame.sum(axis=0)
            blame = blame @ kernels[k].T * (received > 0)
            kernels[k] = kernels[k] + moves[k]
            biases[k] = biases[k] + moves[last + k]
    return found


piles = {}
for sizes in [784, 16, 16, 10], [784, 16, 10]:
    name = "-".join(map(str, sizes))
    piles[name] = borrowed_pile(large[learned], labels[learned], sizes)
    said = predict_classes(mlp_forward(large[unseen], piles[name], relu)[0])
    share = 100 * np.mean(said == labels[unseen])
    print(
        f"{name} with {count_parameters(sizes):,} numbers: {share:.0f} of 100 right"
        f" (your guess: {guessed_of_100[name]})"
    )
large_masks = {
    f"unit {unit}": weight_image(piles["784-16-16-10"]["W1"], unit, (28, 28)) for unit in range(16)
}
figure = plots.weight_masks(large_masks)
W, b = piles["784-16-16-10"]["W1"], piles["784-16-16-10"]["b1"]
asleep = int(np.sum(~(large @ W + b > 0).any(axis=0)))
print(f"units of the first layer that no picture wakes: {asleep}")

# %% [markdown] quotes={"91 of 100": "784-16-16-10 with _ numbers: {} of 100", "and 93 with one": "784-16-10 with _ numbers: {} of 100", "no picture wakes 7 of them": "units of the first layer that no picture wakes: {}"}
# *In words:* sixteen squares of 28 by 28 fields, green for ink and red for none. About half of them show soft blobs and arcs on a fine grain. The grain is the dice that were thrown at the start. The rims are pure grain: there is no ink, so no weight there ever learned anything. And the others are grain all over: no picture wakes 7 of them, so no nudge reaches them. Next week is about the throw of the dice. With two hidden layers the robot is right for 91 of 100, and 93 with one. A second hidden layer is no gift. So what is depth good for?
#
# **Third: depth against width, with the same numbers.** Fold a strip of paper once: two layers. Twice: four. Eight folds make 256. A layer can fold, too. Two units with ReLU make of a number x between 0 and 1
#
# $$2\,\mathrm{relu}(x) - 4\,\mathrm{relu}(x - \tfrac12)$$
#
# which climbs from 0 to 1 and comes back to 0: the line is folded in the middle. The next layer folds what comes out, and so on. Eight such layers of two units hold 49 numbers. One layer of sixteen units holds 49 numbers as well, and since each of its units has one corner, its line has at most 17 straight pieces. How many pieces will the folded line have?

# %% tags=["experiment"]
guessed_pieces = {"8 layers of 2 units": None, "1 layer of 16 units": None}


# %% tags=["experiment"]
def folding(depth):
    """Layers of two units, each of which folds the line once more."""
    params = {"W1": np.ones((1, 2)), "b1": np.array([0.0, -0.5])}
    for number in range(2, depth + 1):
        params[f"W{number}"] = np.array([[2.0, 2.0], [-4.0, -4.0]])
        params[f"b{number}"] = np.array([0.0, -0.5])
    params[f"W{depth + 1}"], params[f"b{depth + 1}"] = np.array([[2.0], [-4.0]]), np.zeros(1)
    return params


def zigzag(units):
    """One layer whose line turns round at every unit's corner."""
    corners = np.arange(units) / units
    turns = 2.0 * units * (-1.0) ** np.arange(units)
    turns[0] = units
    return {"W1": np.ones((1, units)), "b1": -corners, "W2": turns[:, None], "b2": np.zeros(1)}


def pieces(params):
    """The number of straight pieces between -1 and 2."""
    x = np.linspace(-1, 2, 3 * 2**12 + 1)[:, None]
    slopes = np.diff(mlp_forward(x, params, relu)[0][:, 0])
    corner = np.abs(np.diff(slopes)) > 1e-9
    # A corner between two places changes the slope twice in a row.
    return 1 + int(corner[0] + np.sum(corner[1:] & ~corner[:-1]))


deep, wide = folding(8), zigzag(16)
for name, params_of, sizes in [
    ("8 layers of 2 units", deep, [1] + [2] * 8 + [1]),
    ("1 layer of 16 units", wide, [1, 16, 1]),
]:
    print(
        f"{name}: {count_parameters(sizes)} numbers, {pieces(params_of)} pieces"
        f" (your guess: {guessed_pieces[name]})"
    )
x = np.linspace(0, 1, 1025)
depths = range(1, 9)
figure = plots.depth_against_width(
    x,
    {
        "4 layers of 2 units": mlp_forward(x[:, None], folding(4), relu)[0][:, 0],
        "1 layer of 8 units": mlp_forward(x[:, None], zigzag(8), relu)[0][:, 0],
    },
    np.array([count_parameters([1] + [2] * depth + [1]) for depth in depths]),
    {
        "deep": np.array([pieces(folding(depth)) for depth in depths]),
        "wide": np.array([pieces(zigzag(2 * depth)) for depth in depths]),
    },
)

# %% [markdown] quotes={"258 pieces against 17": "8 layers of 2 units: 49 numbers, {} pieces (your guess: None) 1 layer of 16 units: 49 numbers, {} pieces"}
# *In words:* on the left the line of four layers of two units, which runs up and down eight times within the same width in which the single layer of eight units, in the middle, does so four times. Both hold 25 numbers. On the right the number of straight pieces against the numbers in the network, on a logarithmic scale: the wide network gets two more pieces with every six numbers, the deep one twice as many. At 49 numbers it is 258 pieces against 17, the flat ends included. Every layer works on the work of the layer before, so its corners multiply, where units side by side can only be added up.
#
# So depth is cheap *where a thing is made of parts that repeat*, as words are made of phonemes and faces of edges. These weights were set by hand, though. Whether nudges can find such weights is another question; it takes weeks 04, 08 and 12 to make deep piles learn at all.
#
# **Fourth: one picture on its way.** Change `which` and look at others.

# %% tags=["experiment"]
which = 1500
logits, layers = mlp_forward(digits[which : which + 1], params, relu)
probabilities = predict_probabilities(logits)[0]
figure = plots.one_picture_through(
    digits[which].reshape(8, 8), {"hidden layer": layers[1][0][0]}, probabilities
)
print("the label says", labels[which])

# %% [markdown]
# *In words:* on the left the digit. In the middle sixteen bars, what the hidden units hand on: a few are loud, most murmur, two are silent. No single unit stands for the digit; the pattern of all sixteen does. On the right ten bars of probability. The bar of the 1 is the highest, but the network hesitates: this 1 with its long beak could also be a 3, an 8 or a 9. With `which = 1502` it is sure.
#
# **Fifth: the gatekeeper.** One unit of the first layer, one bias after the other, for three pictures: the digit that pleases its mask most, an average digit, and the digit that pleases it least. (Here the unit has a sigmoid, so that its answer lies between no and yes.) For an average digit, which bias makes it undecided?

# %% tags=["experiment"]
guessed_bias = None

# %% tags=["experiment"]
mask = masks["unit 2"].ravel()
pleasure = digits @ mask
order = np.argsort(pleasure)
chosen = {"pleases it most": order[-1], "average": order[len(order) // 2], "least": order[0]}
biases = np.linspace(-12, 8, 281)
figure = plots.gatekeeper(
    biases,
    {
        f"{name}: a {labels[place]}, w . x = {pleasure[place]:.1f}": bias_sweep(
            digits[place], mask, biases
        )
        for name, place in chosen.items()
    },
)
undecided = -pleasure[chosen["average"]]
print(f"undecided about the average digit at b = {undecided:.1f} (your guess: {guessed_bias})")

# %% [markdown]
# *In words:* three S-shaped curves of the same form, one beside the other. The picture that pleases the mask needs the least help: its curve rises first, at a bias far below 0. Each curve crosses one half where b equals $-w \cdot x$. A very strict gatekeeper (left) lets nobody through, a very lenient one (right) lets everybody through. In between he tells the pictures apart.
#
# **Sixth: why nobody writes loops.** The same layer for a batch of 64 pictures: your `neuron_by_neuron` for each picture, and your `dense_forward` for all at once. How many times as fast will the product be, with 64 units?

# %% tags=["experiment"]
guessed_times = None

# %% tags=["experiment"]
rng = np.random.default_rng(0)
sizes = np.array([4, 8, 16, 32, 64])
times = {"your loops": [], "your matrix product": []}
for size in sizes:
    X, W, b = rng.normal(size=(64, size)), rng.normal(size=(size, size)), rng.normal(size=size)
    started = perf_counter()
    slow = np.array([neuron_by_neuron(x, W, b) for x in X])
    times["your loops"].append(perf_counter() - started)
    started = perf_counter()
    for _ in range(200):
        fast, _ = dense_forward(X, W, b)
    times["your matrix product"].append((perf_counter() - started) / 200)
    assert np.allclose(slow, fast)
figure = plots.times_by_size(sizes, {name: np.array(t) for name, t in times.items()})
factor = times["your loops"][-1] / times["your matrix product"][-1]
print(
    f"at 64 units the product is about {factor:,.0f} times as fast (your guess: {guessed_times}),"
    " with the same numbers"
)

# %% [markdown]
# *In words:* on logarithmic axes two rising lines with a wide gap between them. With 4 units the loops need about a hundred times as long, with 64 units thousands of times. Python looks up every number one by one; a matrix product is handed as a whole to machine code that multiplies many numbers at once. A graphics card is built for this one operation.
#
# ## The same in Keras
#
# The same weights in a Keras model. Logits and probabilities should agree with yours to about $10^{-14}$, and the number of parameters exactly.

# %% tags=["experiment"]
try:
    from course_lib.models import to_keras
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    model = to_keras(params)
    theirs = np.asarray(model(digits))
    logits, layers = mlp_forward(digits, params, relu)
    softmax = np.asarray(keras.activations.softmax(theirs))
    print(
        "parameters          yours", count_parameters([64, 16, 10]), " Keras", model.count_params()
    )
    print(f"logits              largest difference {np.abs(logits - theirs).max():.1e}")
    print(
        f"probabilities       largest difference {np.abs(predict_probabilities(logits) - softmax).max():.1e}"
    )
    same = np.mean(predict_classes(logits) == theirs.argmax(axis=1))
    print(f"classes             the same for {100 * same:.0f} of 100 digits")

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** A dense layer goes from 16 inputs to 10 units. How many parameters does it have?
#
# - a: 160
# - b: 170
# - c: 186

# %% solution="weights_and_biases"
# Set weights_and_biases to "a", "b" or "c".
# Say why in one line: weights_and_biases_because = "..."
### BEGIN SOLUTION
weights_and_biases = "b"
weights_and_biases_because = (
    "There are 16 weights and a bias for each of 10 units: 10 * (16 + 1) = 170."
)
### END SOLUTION

# %% check="weights_and_biases"
check("weights_and_biases")

# %% [markdown]
# **B.** 32 pictures of 64 pixels pass a layer of 16 units. What is the shape of z?
#
# - a: (16,)
# - b: (64, 16)
# - c: (32, 16)

# %% solution="shape_of_a_batch"
# Set shape_of_a_batch to "a", "b" or "c".
# Say why in one line: shape_of_a_batch_because = "..."
### BEGIN SOLUTION
shape_of_a_batch = "c"
shape_of_a_batch_because = (
    "(32, 64) @ (64, 16): the inner 64 is summed over, one row of 16 sums is left for each picture."
)
### END SOLUTION

# %% check="shape_of_a_batch"
check("shape_of_a_batch")

# %% [markdown]
# **C.** A unit's mask is positive in the middle and negative along the rim. Pixels lie between 0 and 1. Which picture gives it the largest sum?
#
# - a: ink in the middle, none along the rim
# - b: ink everywhere
# - c: no ink at all

# %% solution="favourite_picture"
# Set favourite_picture to "a", "b" or "c".
# Say why in one line: favourite_picture_because = "..."
### BEGIN SOLUTION
favourite_picture = "a"
favourite_picture_because = "Each pixel is multiplied by its weight: ink on positive weights adds, ink on negative ones takes away."
### END SOLUTION

# %% check="favourite_picture"
check("favourite_picture")

# %% [markdown]
# **D.** A sigmoid neuron should say more than one half only where its weighted sum exceeds 10. What do you set?
#
# - a: its bias to 10
# - b: its weights to 0
# - c: its bias to −10

# %% solution="stricter_gatekeeper"
# Set stricter_gatekeeper to "a", "b" or "c".
# Say why in one line: stricter_gatekeeper_because = "..."
### BEGIN SOLUTION
stricter_gatekeeper = "c"
stricter_gatekeeper_because = (
    "It says more than one half where w . x + b > 0, and with b = -10 that is where w . x > 10."
)
### END SOLUTION

# %% check="stricter_gatekeeper"
check("stricter_gatekeeper")

# %% [markdown] written="one_picture_through"
# ## In your own words
#
# Follow one picture through the network 64-16-10 of this notebook, from its pixels to an answer. Say what each layer computes and give the shapes. Say where a bend stands and where none does, and why. Then look at the masks: what do they tell you about what the network looks for, and what not? Finally, why did we compute all pictures in one product? Eight to twelve sentences.
#
# ### BEGIN SOLUTION
# The picture is a row of 64 numbers, shape (1, 64). The first layer multiplies it by a kernel of shape (64, 16) and adds 16 biases. Each of the 16 units thereby lays its mask over the picture, adds up, and shifts the sum by its bias, which decides how much it takes before the unit speaks. The result has shape (1, 16), and ReLU sets its negative entries to 0. The second layer multiplies by a kernel (16, 10), adds 10 biases, and gives the logits, shape (1, 10).
#
# The bend stands between the layers, since without it the two would collapse into one. There is none after the last layer: logits may have any sign, and ReLU would make all the *no* answers equal. Softmax turns them into probabilities, and the largest is the answer.
#
# The masks show where a unit hopes for ink and where it wants none, for example a bar across the lower half. They do not show clean strokes or digits, and no unit belongs to one digit; the answer comes from the pattern of all. Some masks are mere noise, of units that never speak.
#
# N pictures are N rows of one matrix. One product does for all of them what a loop would do one number at a time, thousands of times faster and with the same result.
#
# **Rubric (20 points).** 8: shapes, and what kernels and biases do. 4: where the bends stand, and why the last layer has none. 4: what masks show, and what not. 4: one product for the batch instead of loops.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The robot can look at a picture and answer. But its good weights were borrowed. What would it say with weights of its own, before it has learned anything? It has to begin somewhere. All zeros? Then every unit says the same, and they all stay the same for good. Large random numbers? Then the sums grow from layer to layer until they burst. You have already seen two units that an unlucky start silenced.
#
# Next week: **where the pile starts**. We throw the dice, and see that it matters how hard.
#
# ## To read on
#
# - 3Blue1Brown, *But what is a neural network?*: the network 784-16-16-10 and its 13,002 knobs, moving.
# - Nielsen, *Neural Networks and Deep Learning*, chapter 1, for the same network in code.
# - Zeiler and Fergus, *Visualizing and Understanding Convolutional Networks* (2014), and Olah, Mordvintsev and Schubert, *Feature Visualization* (2017): edges, textures, parts and objects, seen. Pasad, Chou and Livescu, *Layer-wise Analysis of a Self-supervised Speech Representation Model* (2021), for phonemes and words.
# - Telgarsky, *Benefits of depth in neural networks* (2016), and Montufar, Pascanu, Cho and Bengio, *On the Number of Linear Regions of Deep Neural Networks* (2014): the folded line.
# - CS231n, *Neural Networks Part 1*: layer sizes, and how many layers to take.
