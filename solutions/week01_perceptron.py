# %% [markdown]
# # Week 01: One rule is not enough
#
# About three hours. You write eight short functions. Each has a check right below it.
#
# ## The break
#
# The cat-spotting robot of week 00 follows rules that people wrote down. Let us write one too, for something simpler than cats. Here are real handwritten digits, 8 by 8 pixels, only threes and eights. An 8 has ink at its lower left, and a 3 is open there. So: *is there ink in row 5, column 2? Then it is an 8.*

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import datasets, plots

# %% tags=["experiment"]
digits, names = datasets.digits()
chosen = (names == 3) | (names == 8)
pictures, is_eight = digits[chosen], (names[chosen] == 8).astype(int)

pixel = 5 * 8 + 2
ink = pictures[:, pixel] > 0.3
print(f"{len(pictures)} pictures; the rule is right for {np.mean(ink == is_eight):.0%}")

# %% [markdown] quotes={"85 of 100 pictures": "the rule is right for {}%"}
# It is right for 85 of 100 pictures: one answer in seven is wrong. We could add a second pixel, then an exception, then an exception to the exception. Nobody writes down the rules for a cat that way. The robot has to find its rules *by itself*.
#
# ## The picture
#
# The robot looks at a picture and takes a vote. Each pixel has a voice. Some voices count for *yes, an 8*, some count against it, and some hardly count. Add them all up. Is the sum above zero? Then the robot says yes.
#
# That is one **rule**. How much a voice counts is its *weight*. A rule also has an opinion of its own before it has seen anything: that is its *bias*. A doubtful rule has a negative bias and needs to be convinced.
#
# At first the robot knows nothing: all weights are 0. Then it guesses, is told that it was wrong, and gives the weights a small *nudge*. Then comes the next picture. Guess, measure, adjust, repeat: that is all of learning in this course.
#
# The field's own words, used from here on: such a rule is a **perceptron** (Rosenblatt 1958). The sum is the **weighted sum** or score z. The yes-or-no is the **step function**. The length of a nudge is set by the **learning rate**. One pass over all examples is an **epoch**.
#
# ### A word about brains
#
# A perceptron is also called a *neuron*, after the nerve cell. A nerve cell has many short branches, the **dendrites**, on which other cells set off small voltages. Where enough of them come together, the cell *fires*: it sends a pulse along its one long fibre, the **axon**, to the dendrites of others. Inputs, a sum, a threshold, an output: that is the likeness, and it ends there. A cell speaks in pulses over time, and *when* they come matters. Its dendrites compute on their own: it took a network of five to eight layers to imitate a single cell of the cortex. A cell either excites all its neighbours or calms them all, while our weights may have any sign. And nobody has found a nudge in the brain that works like ours. Planes learned from birds that there are wings, and nobody looks for feathers on them.
#
# In 1943 Warren McCulloch, a neurologist, and Walter Pitts, a logician of twenty, wrote down the first such unit. Theirs could not learn. It had no weights to turn: every exciting input counted the same, one calming input silenced it, and the threshold was fixed by hand. What they showed is that such units, wired in the right way, can compute any formula of logic. The weights, and the rule that finds them, are Rosenblatt's, fifteen years later.
#
# ## A worked example, by hand
#
# **Learning OR.** Two inputs, weights $w = (0, 0)$, bias $b = 0$, learning rate 1. The label should be 1 when at least one input is 1. The rule says 1 when $z = x_1 w_1 + x_2 w_2 + b$ is *above* 0; at exactly 0 it says 0. After each example every weight moves by (the label it should have said − the label it did say) × its input, and the bias moves as if its input were 1.
#
# | example | should be | z | says | nudge | w, b afterwards |
# | --- | --- | --- | --- | --- | --- |
# | (0, 0) | 0 | 0 | 0 | none | (0, 0), 0 |
# | (0, 1) | 1 | 0 | 0 | + (0, 1), + 1 | (0, 1), 1 |
# | (1, 0) | 1 | 1 | 1 | none | (0, 1), 1 |
# | (1, 1) | 1 | 2 | 1 | none | (0, 1), 1 |
#
# One error in this epoch. In the next, (0, 0) has $z = 1$ and the rule says 1. It should say 0, so b falls to 0. Then (0, 1) is right, (1, 0) has $z = 0$ and is wrong, and w becomes (1, 1), b becomes 1. In the third epoch (0, 0) is wrong once more, and b falls to 0. The fourth has no errors: $w = (1, 1)$, $b = 0$ is a rule for OR.
#
# **Why XOR cannot work.** XOR is 1 when *exactly one* input is 1. A rule for it would need
#
# $$b \le 0, \qquad w_2 + b > 0, \qquad w_1 + b > 0, \qquad w_1 + w_2 + b \le 0$$
#
# Add the two in the middle: $w_1 + w_2 + 2b > 0$. The last one says $w_1 + w_2 \le -b$, so $w_1 + w_2 + 2b \le b$, which is at most 0. Above 0 and at most 0: there are no such numbers.
#
# **What a proof can do.** In 1958 newspapers had promised machines that walk, talk and know that they exist. In 1969 Marvin Minsky and Seymour Papert wrote a whole book, *Perceptrons*, about what a single layer of such rules cannot do, XOR's larger relatives first: whether a number of dots is odd, whether a drawing hangs together. The proofs are right. They knew as well that two layers can do XOR. But nobody could train the rules in the middle, and they wrote that they expected the step to several layers to be sterile. Money and students went elsewhere, for some fifteen years. It was not the book alone: computers were slow, and a promise had been too large. The way out, which you will write in week 06, became widely known in 1986.
#
# ## Part 1: one rule
#
# ### 1. The weighted sum
#
# X has one example a row, N rows of D inputs. There is one weight for each input. `X @ w` multiplies each row with w, entry by entry, and adds up the products. Compare it with `*`:

# %% tags=["experiment"]
table, voices = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([10.0, 1.0])
print("table * voices has shape", (table * voices).shape)
print("table @ voices has shape", (table @ voices).shape, "and holds", table @ voices)


# %% solution="weighted_sum"
def weighted_sum(X, w, b):
    """The score of one rule for every example: its weighted sum plus the bias.

    Args:
        X: examples, one a row, shape (N, D), float64.
        w: weights, shape (D,), float64.
        b: bias, one number.

    Returns:
        z, shape (N,).

    Source: Rosenblatt 1958.
    """
    ### BEGIN SOLUTION
    return X @ w + b
    ### END SOLUTION


# %% check="weighted_sum"
check("weighted_sum")

# %% [markdown]
# ### 2. The step
#
# The score becomes a decision. The step is 1 for scores above 0, and 0 for all others, including exactly 0. Your function should work for an array of any shape. `z > 0` gives True and False for each entry, and `np.where(condition, 1, 0)` makes numbers of them.


# %% solution="step"
def step(z):
    """1 where z > 0, else 0.

    Args:
        z: scores, any shape, float64.

    Returns:
        Zeros and ones, the shape of z.

    Source: McCulloch & Pitts 1943.
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, 1, 0)
    ### END SOLUTION


# %% check="step"
check("step")

# %% [markdown]
# ### 3. The rule's answer
#
# Score, then step. Use your two functions.


# %% solution="perceptron_predict"
def perceptron_predict(X, w, b):
    """The label of every example: the step of its score.

    Args:
        X: examples, one a row, shape (N, D), float64 or whole numbers.
        w: weights, shape (D,), float64 or whole numbers.
        b: bias, one number.

    Returns:
        Labels 0 and 1, shape (N,).

    Source: Rosenblatt 1958.
    """
    ### BEGIN SOLUTION
    return step(weighted_sum(X, w, b))
    ### END SOLUTION


# %% check="perceptron_predict"
check("perceptron_predict")

# %% [markdown]
# ### What fools one rule
#
# Back to the cat, with two numbers for each thing instead of 64 pixels: how fluffy it is, and how pointed its ears are, from 0 to 3. The rule: fluff counts 1, ears count 1, and it takes more than 2.5 to convince it. Five things pass by. Which of them will it call a cat? Put 1 or 0 in the place of each `None`.

# %% tags=["experiment"]
guessed_cats = {
    "cat": None,
    "cat, asleep": None,
    "fluffy blanket": None,
    "dog": None,
    "brick": None,
}

# %% tags=["experiment"]
things = {
    "cat": (2, 2),
    "cat, asleep": (2, 0),
    "fluffy blanket": (3, 0),
    "dog": (2, 2),
    "brick": (0, 0),
}
said = perceptron_predict(np.array(list(things.values())), np.array([1.0, 1.0]), -2.5)
for (thing, numbers), answer in zip(things.items(), said, strict=True):
    print(
        f"{thing:15} {numbers}: {'cat' if answer else 'no cat':7} (your guess: {guessed_cats[thing]})"
    )

# %% [markdown]
# Three failures of three kinds. The **blanket** is so fluffy that one loud voice outvotes the silence of the other: a rule adds up, so it cannot say *fluff counts only together with ears*. The **sleeping cat** has folded its ears, and a lower threshold that lets it in would let in even more blankets. The **dog** has the very numbers of a cat: no rule whatever can tell two things apart that look the same to it. The first two call for more rules, the third for better inputs.
#
# ## Part 2: learning
#
# ### 4. Rosenblatt's rule
#
# Go through the examples one by one, in the given order, as in the table above. There the learning rate was 1. Call it lr, and fill in what happens to an example x with the right label y:
#
# | should be | says | y − label | w moves by | b moves by |
# | --- | --- | --- | --- | --- |
# | 1 | 1 | 0 | nothing | nothing |
# | 1 | 0 | 1 | lr · x | ? |
# | 0 | 1 | ? | ? | ? |
#
# One formula with $y - \text{label}$ in it covers all three rows. A missed *yes* raises the score of this example, a false alarm lowers it. Then look at the next example with the *new* w and b.
#
# All epochs are run, even when there is nothing left to learn. For each epoch count the labels that were wrong *as the examples went by*. `for x, target in zip(X, y):` walks through rows and labels together. Of `w + 0.5 * x` NumPy makes a new array with decimals, even when x holds whole numbers.


# %% solution="perceptron_fit"
def perceptron_fit(X, y, epochs, lr):
    """Rosenblatt's rule, example by example in the given order, from w and b of zeros.

    A label is 1 where the score is above 0, else 0. After each example w and b are nudged, before
    the next one is looked at.

    Args:
        X: examples, one a row, shape (N, D), float64 or whole numbers.
        y: labels 0 and 1, shape (N,).
        epochs: how often to go through all examples.
        lr: learning rate.

    Returns:
        w, shape (D,); b, one number; and the number of wrong labels in each epoch, (epochs,).

    Source: Rosenblatt 1958.
    """
    ### BEGIN SOLUTION
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for x, target in zip(X, y, strict=True):
            gap = target - step(x @ w + b)
            w, b = w + lr * gap * x, b + lr * gap
            wrong += gap != 0
        errors.append(wrong)
    return w, b, np.array(errors)
    ### END SOLUTION


# %% check="perceptron_fit"
check("perceptron_fit")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Two loops, one inside the other: epochs outside, examples inside. w and b are set to zeros once, before both. The count of wrong labels starts at 0 in each epoch. Try it on OR with lr = 1 and compare with the table above: the errors should begin 1, 2, 1, 0.
#
# </details>
#
# ### 5. Guess, measure, adjust, repeat
#
# A yes or no gives a coarse nudge: right or wrong. When the answer is a *number*, the robot can also learn **how** wrong it was. Six houses, and one number to learn: how many dollars does a square foot cost? A house of 1,000 square feet went for 200,000 dollars, one of 1,500 for 300,000.
#
# 1. *Guess* a price w a square foot, say 50.
# 2. *Measure* the **loss**, the mean of the squared errors: $L(w) = \frac{1}{N}\sum_n (w\,s_n - p_n)^2$, with sizes $s_n$ and prices $p_n$.
# 3. *Adjust*. Raise w by a little: the error $w\,s_n - p_n$ of house n grows by $s_n$ times as much, and the square of the error by 2 · error · $s_n$ times as much. The mean of these over the houses is the **slope** of the loss. Nudge w against it, by lr times the slope.
# 4. *Repeat* from the new guess.
#
# By hand, for a single house with $s = 1$, $p = 200$, and lr = 0.1: from 50, the slope is $2 \cdot (-150) \cdot 1 = -300$, so the next guess is $50 + 30 = 80$. Then the slope is −240, and the guess 104. Each step covers a fifth of the remaining way.
#
# We count sizes in 1,000 square feet and prices in 1,000 dollars, so w is still in dollars a square foot. With sizes such as 1,500 the slope would be about a million times larger, and each nudge would jump far over the answer.


# %% solution="fit_price_per_sqft"
def fit_price_per_sqft(size, price, w0, lr, steps):
    """The price guess w after every nudge against the slope of the mean squared error.

    The slope is that at the present w, and a nudge is lr times as long.

    Args:
        size: of each house in 1,000 square feet, shape (N,), float64.
        price: of each house in 1,000 dollars, shape (N,), float64.
        w0: the first guess, in dollars a square foot.
        lr: learning rate.
        steps: how many nudges.

    Returns:
        All guesses from w0 to the last, shape (steps + 1,).

    Source: gradient descent; Cauchy 1847.
    """
    ### BEGIN SOLUTION
    history = [w0]
    for _ in range(steps):
        w = history[-1]
        slope = 2 * np.mean((w * size - price) * size)
        history.append(w - lr * slope)
    return np.array(history)
    ### END SOLUTION


# %% check="fit_price_per_sqft"
check("fit_price_per_sqft")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Keep a list that begins with `w0`. In each step take its last entry, work out the slope there, and append the next guess. `np.array(history)` makes an array of the list.
#
# </details>
#
# ## Part 3: a pile of rules
#
# One rule cannot do XOR. The obvious idea: stack rules, so that the outputs of the first are the inputs of the next. A **layer** is several rules side by side. Their weights are the columns of a kernel W of shape (inputs, outputs), and each has its entry in b.
#
# ### 6. Two layers in a row
#
# What do two layers compute if nothing stands between them, no step, only weighted sums?
#
# $$(X W_1 + b_1)\,W_2 + b_2$$
#
# Multiply it out on paper. You will find a single layer $X W + b$ that gives the same for *every* X. First with numbers: one input, one unit in the middle, one output. With $W_1 = 2$, $b_1 = 1$, $W_2 = 3$, $b_2 = 5$ the pile is $(2x + 1) \cdot 3 + 5 = 6x + 8$. So here $W = 6$ and $b = 8$. See where both come from, and mind the order: for matrices $W_1 W_2$ and $W_2 W_1$ are different.


# %% solution="collapse_linear"
def collapse_linear(W1, b1, W2, b2):
    """The one layer (W, b) with (X W1 + b1) W2 + b2 = X W + b for every X.

    Args:
        W1: the first kernel, shape (D, H), float64.
        b1: the first biases, shape (H,), float64.
        W2: the second kernel, shape (H, M), float64.
        b2: the second biases, shape (M,), float64.

    Returns:
        W, shape (D, M), and b, shape (M,).

    Source: matrix products are associative.
    """
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION


# %% check="collapse_linear"
check("collapse_linear")

# %% [markdown]
# ### 7. A pile of any depth
#
# Perhaps a hundred layers are better than two? Merge the first two into one. Merge that with the third. Go on until one is left. Leave the lists unchanged: they belong to the caller.


# %% solution="collapse_pile"
def collapse_pile(weights, biases):
    """The one layer (W, b) that equals a pile of linear layers.

    Args:
        weights: the kernels from the first layer to the last, float64; each has as many rows as
            the one before has columns. There is at least one.
        biases: the biases of the same layers, float64.

    Returns:
        W, from the first layer's inputs to the last one's outputs, and b.

    Source: collapse_linear, repeated.
    """
    ### BEGIN SOLUTION
    W, b = weights[0], biases[0]
    for kernel, bias in zip(weights[1:], biases[1:], strict=True):
        W, b = collapse_linear(W, b, kernel, bias)
    return W, b
    ### END SOLUTION


# %% check="collapse_pile"
check("collapse_pile")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Start with `weights[0]` and `biases[0]`. `weights[1:]` are all others. A pile of one layer is its own answer.
#
# </details>
#
# *The rule pile collapses.* Weighted sums alone never become more than one rule.
#
# ### 8. XOR by hand
#
# But a perceptron has a step after its sum. Keep the step between the layers, and the pile does not merge. Two hidden rules and one output rule are then enough for XOR:
#
# $$\text{hidden} = \mathrm{step}(X W_1 + b_1), \qquad \text{out} = \mathrm{step}(\text{hidden}\;W_2 + b_2)$$
#
# Choose the nine numbers yourself, by thinking and not by learning. Your function takes no arguments and returns them. It is judged by what the network answers at the four corners, and there are many right ways.
#
# As an example, here is a single rule for AND: weights 1 and 1, bias −1.5. Its score is −1.5, −0.5, −0.5 and 0.5 at the four corners, so it says 0, 0, 0, 1.


# %% solution="xor_by_hand"
def xor_by_hand():
    """Weights of a network of three rules that computes XOR.

    The network: hidden = step(X @ W1 + b1), out = step(hidden @ W2 + b2).

    Returns:
        W1, shape (2, 2), a hidden rule in each column; b1, shape (2,);
        W2, shape (2, 1); b2, shape (1,).

    Source: Minsky & Papert 1969, on what one layer cannot do.
    """
    ### BEGIN SOLUTION
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])  # the columns: "at least one", "both"
    b1 = np.array([-0.5, -1.5])
    W2 = np.array([[1.0], [-2.0]])  # at least one, and not both
    b2 = np.array([-0.5])
    return W1, b1, W2, b2
    ### END SOLUTION


# %% check="xor_by_hand"
check("xor_by_hand")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Say in words when exactly one of two lamps is on, using only "at least one" and "both". Write a rule for each. Fill in a table with the two hidden answers at the four corners, then find weights for the output that fit the table.
#
# </details>
#
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for a guess. Put a number in the place of `None`, and the next cell shows it beside the result. Nothing of it is graded, and a wrong guess teaches more than none.
#
# **First: the lines.** A rule with two inputs draws a straight line: on one side it says yes, on the other no. In the next cell but one your rule learns three gates in 12 epochs, four corners in each. How many of the four will it get wrong in the last epoch?

# %% tags=["experiment"]
guessed_errors = {"AND": None, "OR": None, "XOR": None}

# %% tags=["experiment"]
rules = {}
for gate in ["AND", "OR", "XOR"]:
    X, y = datasets.logic_gate(gate)
    w, b, errors = perceptron_fit(X, y, epochs=12, lr=0.5)
    rules[gate] = y, w, b, errors
    print(
        f"{gate:3}  w = {w}, b = {b}, errors in the last epoch: {errors[-1]}"
        f" (your guess: {guessed_errors[gate]})"
    )
figure = plots.decision_lines(X, rules)

# %% [markdown]
# *In words:* three planes with four corners each, and below them the errors by epoch. In the first two, a straight line parts the filled squares from the empty circles, the shaded side holds the squares, and the errors fall to 0 and stay there. Two circles lie on the edge itself: their score is exactly 0, and at 0 the step says 0. In the third, no line can do it. From the third epoch on the rule is wrong about all four corners as they go by: each nudge fixes one and spoils the next.
#
# **Second: a walk downhill.** The loss for every possible price, and the guesses of your function, with a learning rate of 0.1. After that, three other rates. The robot starts at 50 and should end at 200. Where will 20 nudges take it, in dollars a square foot?

# %% tags=["experiment"]
guessed_prices = {0.01: None, 0.1: None, 0.5: None, 0.6: None}

# %% tags=["experiment"]
size, price = datasets.houses()


def price_loss(w):
    return np.mean((w * size - price) ** 2)


history = fit_price_per_sqft(size, price, 50.0, 0.1, 20)
prices = np.linspace(40, 300, 200)
figure = plots.price_guesses(
    prices,
    np.array([price_loss(w) for w in prices]),
    history,
    np.array([price_loss(w) for w in history]),
)
print(f"last guess: {history[-1]:.3f} dollars a square foot")
print(f"a house of 2,500 square feet: {1000 * 2.5 * history[-1]:,.0f} dollars")

for lr in [0.01, 0.1, 0.5, 0.6]:
    last = fit_price_per_sqft(size, price, 50.0, lr, 20)[-1]
    print(f"lr = {lr:4}: after 20 nudges {last:,.1f} dollars (your guess: {guessed_prices[lr]})")

# %% [markdown] quotes={"settles at 200": "last guess: {} dollars"}
# *In words:* on the left a valley with its floor at 200. The dots begin high on the left side and come down in ever shorter steps. On the right the guess rises from 50, quickly at first, and settles at 200. The small learning rate is still on its way after 20 nudges. The two largest jump over the valley, farther each time.
#
# **Third: the digits again.** The rule by hand looked at one pixel. Your perceptron gives a weight to each of the 64. It learns from the first 250 pictures and is tested on the others. The pixel alone was right for 85 of 100. How many of 100 new pictures will your perceptron get right?

# %% tags=["experiment"]
guessed_right = None

# %% tags=["experiment"]
w, b, errors = perceptron_fit(pictures[:250], is_eight[:250], epochs=10, lr=0.1)
said = perceptron_predict(pictures[250:], w, b)
print("errors by epoch:", errors)
right = np.mean(said == is_eight[250:])
print(
    f"right on pictures that it has never seen: {right:.0%} (your guess, of 100: {guessed_right})"
)

means = {
    "mean 3": pictures[is_eight == 0].mean(axis=0).reshape(8, 8),
    "mean 8": pictures[is_eight == 1].mean(axis=0).reshape(8, 8),
}
figure = plots.rule_as_picture(means, w.reshape(8, 8))

# %% [markdown] quotes={"93 of 100 new pictures": "that it has never seen: {}%"}
# *In words:* a blurred 3, a blurred 8, and a grid of blue and red. Blue pixels speak for an 8, red ones against it. The blue ones lie mostly on the left side, where the 8 closes its loops and the 3 is open. Nobody told the robot. It found the place by itself, and its darkest blue is the very pixel of our rule by hand. With the other 63 it does better than that pixel alone, and is right for 93 of 100 new pictures.
#
# ## The same in Keras
#
# A perceptron's weighted sum is what Keras calls a `Dense` layer with one unit. First your numbers beside its numbers. Then the question of this week: can Keras learn XOR with one layer? The step has no slope to follow, so here a smooth S-curve called *sigmoid* stands in its place (next week).

# %% tags=["experiment"]
try:
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    layer = keras.layers.Dense(1, dtype="float64")
    layer.build(pictures.shape)
    layer.set_weights([w[:, None], np.array([b])])
    theirs = np.asarray(layer(pictures))[:, 0]
    print(
        f"weighted sums, largest difference: {np.abs(weighted_sum(pictures, w, b) - theirs).max():.1e}"
    )

    rng = np.random.default_rng(1)
    pile = keras.Sequential([keras.layers.Dense(n, dtype="float64") for n in [16, 8, 4]])
    pile.build((None, 64))
    pile.set_weights([rng.normal(size=p.shape) for p in pile.weights])
    kernels = [np.asarray(layer.kernel) for layer in pile.layers]
    biases = [np.asarray(layer.bias) for layer in pile.layers]
    W, bias = collapse_pile(kernels, biases)
    gap = np.abs(pictures @ W + bias - np.asarray(pile(pictures))).max()
    print(f"three layers against one, largest difference: {gap:.1e}")

    X, y = datasets.logic_gate("XOR")
    keras.utils.set_random_seed(1)
    single = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    single.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    single.fit(X, y, batch_size=4, epochs=200, verbose=0)
    print("Dense(1) on XOR says", np.asarray(single(X))[:, 0].round(3), "and should say", y)

# %% [markdown]
# The differences are of the size of rounding, about $10^{-14}$. And 200 epochs of a modern optimizer leave Keras where Rosenblatt's rule was: close to 0.5 everywhere, which means *I cannot tell*. The tool is not to blame. One layer cannot do it.
#
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** $x = (3, 4)$, $w = (2, -1)$, $b = -2$. What are the score and the rule's answer?
#
# - a: score 2, answer 1
# - b: score 0, answer 1
# - c: score 0, answer 0

# %% solution="score_of_a_rule"
# Set score_of_a_rule to "a", "b" or "c".
# Say why in one line: score_of_a_rule_because = "..."
### BEGIN SOLUTION
score_of_a_rule = "c"
score_of_a_rule_because = "The score is 3 * 2 + 4 * (-1) - 2 = 0, and the step says 1 only above 0."
### END SOLUTION

# %% check="score_of_a_rule"
check("score_of_a_rule")

# %% [markdown]
# **B.** The perceptron has errors on XOR after 12 epochs. What helps?
#
# - a: more epochs
# - b: neither epochs nor learning rate
# - c: a smaller learning rate

# %% solution="xor_after_more_epochs"
# Set xor_after_more_epochs to "a", "b" or "c".
# Say why in one line: xor_after_more_epochs_because = "..."
### BEGIN SOLUTION
xor_after_more_epochs = "b"
xor_after_more_epochs_because = (
    "The four inequalities of XOR contradict each other, so there are no right w and b to find."
)
### END SOLUTION

# %% check="xor_after_more_epochs"
check("xor_after_more_epochs")

# %% [markdown]
# **C.** A pile of a hundred layers has weighted sums only, no step. How many layers are needed, at the least, to compute the same thing?
#
# - a: one
# - b: two
# - c: a hundred

# %% solution="hundred_linear_layers"
# Set hundred_linear_layers to "a", "b" or "c".
# Say why in one line: hundred_linear_layers_because = "..."
### BEGIN SOLUTION
hundred_linear_layers = "a"
hundred_linear_layers_because = (
    "X W1 W2 ... W100 is X times one kernel, and the biases merge into one bias as well."
)
### END SOLUTION

# %% check="hundred_linear_layers"
check("hundred_linear_layers")

# %% [markdown]
# **D.** The price guesses swing back and forth and get farther from 200. What is wrong?
#
# - a: the learning rate is too small
# - b: the learning rate is too large
# - c: the slope points in the wrong direction

# %% solution="price_step_too_long"
# Set price_step_too_long to "a", "b" or "c".
# Say why in one line: price_step_too_long_because = "..."
### BEGIN SOLUTION
price_step_too_long = "b"
price_step_too_long_because = "Each nudge jumps over the floor of the valley and lands higher on the other side, where the slope is steeper."
### END SOLUTION

# %% check="price_step_too_long"
check("price_step_too_long")

# %% [markdown] written="why_one_rule_fails"
# ## In your own words
#
# Explain to a friend why one rule cannot do XOR, why a pile of weighted sums does not help, and why your network of exercise 8 works all the same. Use the four inequalities or a drawing in words, and the equation of the collapse. Six to ten sentences.
#
# ### BEGIN SOLUTION
# One rule says yes where $x_1 w_1 + x_2 w_2 + b > 0$. XOR asks for $b \le 0$, $w_1 + b > 0$, $w_2 + b > 0$ and $w_1 + w_2 + b \le 0$. The two in the middle add to $w_1 + w_2 + 2b > 0$. The last and the first together give $w_1 + w_2 + 2b \le b \le 0$. Both cannot hold. In a picture: the two 1s of XOR stand at opposite corners of a square, and no straight line has them on one side and the other two corners on the other.
#
# Two layers of weighted sums are $(X W_1 + b_1) W_2 + b_2 = X (W_1 W_2) + (b_1 W_2 + b_2)$, which is one layer again. So is a pile of any depth.
#
# My network has a step between its layers. A step is not a weighted sum, so the two kernels cannot be multiplied together. One hidden rule says "at least one", the other "both", and the output says yes to the first unless the second objects.
#
# **Rubric (20 points).** 8: the contradiction, by inequalities or by the drawing. 6: the equation of the collapse. 6: the step between the layers prevents the merging, shown on the network.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# With a step between them, three rules did what one rule cannot. But we chose their weights *by hand*. Rosenblatt's rule nudges a rule whose right answer is known, and nobody knows the right answers of the hidden ones. The walk downhill of exercise 5 would do: follow the slope. But the step is flat on both sides of its jump. Its slope is 0, so every nudge that passes it is 0 as well.
#
# We need something between the rules that is not straight, and that has a slope. Next week: **bends**.
#
# ## To read on
#
# - Rosenblatt, *The Perceptron* (1958), and McCulloch and Pitts, *A Logical Calculus of the Ideas Immanent in Nervous Activity* (1943): the first pages of both can be read without preparation.
# - Minsky and Papert, *Perceptrons* (1969); Olazaran, *A Sociological Study of the Official History of the Perceptrons Controversy* (1996), on what the book did and did not do.
# - Beniaguev, Segev and London, *Single cortical neurons as deep artificial neural networks* (2021).
# - Nielsen, *Neural Networks and Deep Learning*, chapter 1: perceptrons, and the same XOR.
# - 3Blue1Brown, *But what is a neural network?*, for the picture of a vote of pixels.
