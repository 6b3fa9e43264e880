# %% [markdown]
# # Week 05: Losses
#
# About two and a half hours. You write six short functions, and two longer functions for a loss that you design yourself. Each has a check right below it.
#
# ## The break
#
# Last week the rule pile learned to *start* well. Now it should get better. But better than what? Our robot needs somebody who tells it **how wrong** it is.
#
# The first idea is to count mistakes. Run the next three cells. They build a random pile for handwritten digits, turn one of its weights a little, then a little more, and count.

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


def softmax(Z):
    """Probabilities along each row of Z (N, K)."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def mlp_logits(X, W1, b1, W2, b2):
    """Logits (N, K) of a pile of two layers with a ReLU between them."""
    return np.maximum(X @ W1 + b1, 0) @ W2 + b2


# %% tags=["experiment"]
from course_lib import datasets

digits, digit_labels = datasets.digits()
rng = np.random.default_rng(5)
W1, b1 = rng.normal(size=(64, 16)) * np.sqrt(2 / 64), np.zeros(16)
W2, b2 = rng.normal(size=(16, 10)) * np.sqrt(2 / 16), np.zeros(10)

print("turned by    wrong digits of", len(digits))
for turn in [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]:
    turned = W1.copy()
    turned[20, 3] += turn
    answers = mlp_logits(digits, turned, b1, W2, b2).argmax(axis=1)
    print(f"{turn:9.0e}    {np.sum(answers != digit_labels)}")

# %% [markdown]
# The count does not move, until the weight is turned far, and then it jumps by a few digits. It is a staircase. A robot that stands on a step feels no slope and does not know which way to turn. It needs a measure of wrongness that moves *whenever* a weight moves.
#
# ## The picture
#
# The cat-spotting robot has a strict teacher. After each answer the teacher does not say *right* or *wrong*. The teacher asks: "How sure were you?" and calls out a number.
#
# - Sure and right: nearly 0.
# - Unsure: something in the middle.
# - Sure and wrong: a large number. The surer, the larger.
#
# The field's own word for this number is the **loss**. Its slope with respect to the robot's output says which way to push the answer, and how hard. That slope is the **gradient** of the loss; a *nudge* follows it downhill.
#
# Different teachers count differently. One squares the distance between a guessed price and the true one. One takes the distance as it is. One looks at the probability that the robot gave to the truth. Today you build two of them, design one of your own, and see what each of them makes the robot do.
#
# ## A worked example, by hand
#
# **A price.** The robot says 350,000, the house costs 400,000. The error is $350{,}000 - 400{,}000 = -50{,}000$. The **squared error** is $(-50{,}000)^2 = 2.5 \cdot 10^9$. The **absolute error** is $50{,}000$. Another house: predicted 210,000, true 200,000, error 10,000, squared $10^8$. The means over the two houses: $1.3 \cdot 10^9$ and $30{,}000$. The first house makes up 5/6 of the absolute loss, but 25/26 of the squared one. A square listens to the largest error.
#
# **A picture.** Three logits: cat 2, dog 1, bread 0. Softmax gives the probabilities 0.6652, 0.2447 and 0.0900. The picture shows a dog. The loss is $-\ln 0.2447 = 1.408$. Had it shown a cat, the loss would be $-\ln 0.6652 = 0.408$; bread, $-\ln 0.0900 = 2.408$. Exactly 1 apart, like the logits. (In this course log is the natural logarithm, `np.log`.)
#
# **Its slope.** Raising the dog's logit lowers the loss, and raising the others raises it. How much? Probabilities minus truth: $[0.665,\; 0.245 - 1,\; 0.090] = [0.665,\; -0.755,\; 0.090]$. They sum to 0.
#
# ## Part 1: how wrong is a number?
#
# Predictions and targets are tables: N examples, M numbers for each. The losses of this course are means over **all N · M entries**, one number in the end. Books differ here: some sum over the M numbers, some put a 1/2 in front. A formula is only right together with its convention.
#
# ### 1. Mean squared error
#
# $$\mathrm{mse} = \frac{1}{NM} \sum_{n,m} (\mathrm{pred}_{nm} - \mathrm{target}_{nm})^2$$


# %% solution="mse"
def mse(pred, target):
    """The mean over all N * M entries of (pred - target)^2.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        One number.

    Source: Legendre 1805, least squares, as a mean.
    """
    ### BEGIN SOLUTION
    return np.mean((pred - target) ** 2)
    ### END SOLUTION


# %% check="mse"
check("mse")

# %% [markdown]
# ### 2. Its gradient
#
# How much does the loss rise when one prediction rises by a little? Take two predictions, 5 and 2, whose targets are 3 and 3. The errors are 2 and −1, so the loss is $(4 + 1)/2 = 2.5$. Raise one prediction by 0.01, and fill in the table on paper:
#
# | predictions | loss | it rose by | divided by 0.01 |
# | --- | --- | --- | --- |
# | 5 and 2 | 2.5 | | |
# | 5.01 and 2 | ? | ? | ? |
# | 5 and 2.01 | ? | ? | ? |
#
# <details><summary>The table, filled in</summary>
#
# | predictions | loss | it rose by | divided by 0.01 |
# | --- | --- | --- | --- |
# | 5.01 and 2 | $(2.01^2 + 1)/2 = 2.52005$ | 0.02005 | 2.005 |
# | 5 and 2.01 | $(4 + 0.99^2)/2 = 2.49005$ | −0.00995 | −0.995 |
#
# </details>
#
# With a smaller step the last column would be 2 and −1: here the slopes happen to be as large as the errors. They would not be with six predictions in place of two. You know that the slope of $e^2$ is $2e$. What does the mean's factor make of it? Write the slope down for N · M entries, see whether it gives 2 and −1 here, and then write the function.
#
# A gradient has one entry for each prediction, so it has the shape of `pred`. `pred.size` is the number of entries. Arguments are never changed: `pred -= target` would write into the caller's array.


# %% solution="mse_grad"
def mse_grad(pred, target):
    """The gradient of mse with respect to pred.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        dL/dpred, shape (N, M).

    Source: the slope of a square, and the mean's factor.
    """
    ### BEGIN SOLUTION
    return 2 * (pred - target) / pred.size
    ### END SOLUTION


# %% check="mse_grad"
check("mse_grad")

# %% [markdown]
# ## Part 2: how wrong is a choice?
#
# ### 3. Log-probabilities
#
# The teacher wants $\log p$ of the truth. Why the logarithm? A probability of 0.001 and one of 0.000001 are both nearly 0, but the second robot was a thousand times surer of its mistake. The logarithm keeps them apart: −6.9 and −13.8.
#
# Computing $p$ first and its logarithm afterwards loses exactly these cases. Run this:

# %% tags=["experiment"]
logits = np.array([[0.0, 1000.0]])
with np.errstate(divide="ignore"):
    print("probabilities:  ", softmax(logits))
    print("their logarithm:", np.log(softmax(logits)))

# %% [markdown]
# The true value in the first place is −1000, an ordinary number. The probability $e^{-1000}$ does not fit into a float64, and what is lost cannot come back. Adding a small number inside the logarithm hides the −inf and keeps the loss.
#
# So take the logarithm on paper, before any computer sees it. Subtracting a number $c$ from a whole row changes no probability:
#
# $$p_k = \frac{e^{z_k - c}}{\sum_j e^{z_j - c}}$$
#
# Three steps, with a pencil. The logarithm of a quotient is a difference: of what? The logarithm of $e^t$ is $t$: which exp is gone? And choose $c$ as the row's largest logit: how large is the largest exp that is left, and can the logarithm ever see a 0?
#
# Try your line on the logits 2, 1, 0. With $c = 2$ they become 0, −1, −2, the exps sum to $1 + 0.368 + 0.135 = 1.503$, and the logarithm of that is 0.408. The results should be −0.408, −1.408 and −2.408, as in the worked example.
#
# As in week 02, `axis=1, keepdims=True` takes a row's maximum or sum and keeps it as a column.


# %% solution="log_softmax"
def log_softmax(Z):
    """Logarithms of each row's probabilities, for any finite logits.

    Args:
        Z: logits, shape (N, K), float64.

    Returns:
        Log-probabilities, shape (N, K); none is above 0, all are finite.

    Source: the logarithm of softmax, with the row's largest logit subtracted.
    """
    ### BEGIN SOLUTION
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    ### END SOLUTION


# %% check="log_softmax"
check("log_softmax")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Two lines. First the shifted logits. Then a difference in which only shifted logits occur: one of them as it is, and all of them inside the logarithm of a sum.
#
# </details>
#
# ### 4. Softmax cross-entropy
#
# A label is a name, not an amount: class 3 is not three times class 1. It says which entry of a row to look up. The loss of one example is that entry of its log-probabilities with the sign turned, $-\log p_{n,\,y_n}$: how surprised the robot is by the truth. The loss of a batch is the mean over its N examples. Each example gives *one* number, so this mean runs over N, not over N · K.
#
# The tool for looking up is indexing with two arrays. `table[rows, columns]` pairs them entry by entry:

# %% tags=["experiment"]
table = np.array([[10, 11, 12], [20, 21, 22]])
columns = np.array([2, 0])
print("one entry of each row:", table[np.arange(2), columns])
print("a colon means all rows, which is something else:")
print(table[:, columns])

# %% [markdown]
# The same notation on the left of `=` or `-=` writes into these places.
#
# By hand: two examples, both with the log-probabilities −0.408, −1.408 and −2.408, and the labels 0 and 2. What is the loss? (You should get 1.408. If you get 0.469, you have divided by 6.)
#
# This is the loss of nearly every classifier, and of every language model. It takes logits, never probabilities: the softmax is inside. One of the check's cases has 50,000 classes, the vocabulary of a language model. A table such as `np.eye(50_000)` would need 20 gigabytes; looking up needs nothing.
#
# Call your own `log_softmax`. If it is still wrong, the check says so and does not charge you twice.


# %% solution="softmax_cross_entropy"
def softmax_cross_entropy(Z, y):
    """The mean over the N examples of minus the log-probability of their label.

    Args:
        Z: logits, shape (N, K), float64; K may be as large as 50,000.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        One number, 0 or more.

    Source: Fisher 1922, maximum likelihood; Bridle 1990, with the softmax inside.
    """
    ### BEGIN SOLUTION
    return -np.mean(log_softmax(Z)[np.arange(len(y)), y])
    ### END SOLUTION


# %% check="softmax_cross_entropy"
check("softmax_cross_entropy")

# %% [markdown]
# ### 5. Its gradient
#
# For one example with the true class $t$ the loss is $L = \log \sum_j e^{z_j} - z_t$. Raise one logit $z_k$ by a little. The slope of $\log s$ is $1/s$ times the slope of $s$. Fill in the table; the first column has a name that you know from week 02.
#
# | | slope of $\log \sum_j e^{z_j}$ | slope of $-z_t$ | together |
# | --- | --- | --- | --- |
# | $k$ is the true class | ? | ? | ? |
# | $k$ is another class | ? | ? | ? |
#
# Try it on the logits 2, 1, 0 with the true class 1. The three slopes should be 0.665, −0.755 and 0.090, as in the worked example. Then the mean over N examples: what does it add?
#
# <details><summary>The table, filled in</summary>
#
# | | slope of $\log \sum_j e^{z_j}$ | slope of $-z_t$ | together |
# | --- | --- | --- | --- |
# | $k$ is the true class | $e^{z_k} / \sum_j e^{z_j} = p_k$ | −1 | $p_k - 1$ |
# | $k$ is another class | $p_k$ | 0 | $p_k$ |
#
# A row that is 1 at the label and 0 elsewhere is called **one-hot**. With it both lines are one: $p - \mathrm{onehot}(y)$.
#
# </details>
#
# Every wrong class is pushed down, the true one is pulled up, and a row of the gradient sums to 0. No entry is ever larger than 1/N in size. For a robot that is sure and wrong, two of them come close to it: the class it believes in and the true one. `softmax` stands in the cell at the top.


# %% solution="softmax_cross_entropy_grad"
def softmax_cross_entropy_grad(Z, y):
    """The gradient of softmax_cross_entropy with respect to Z.

    Args:
        Z: logits, shape (N, K), float64.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        dL/dZ, shape (N, K); every row sums to 0.

    Source: the table above.
    """
    ### BEGIN SOLUTION
    slopes = softmax(Z)
    slopes[np.arange(len(y)), y] -= 1
    return slopes / len(y)
    ### END SOLUTION


# %% check="softmax_cross_entropy_grad"
check("softmax_cross_entropy_grad")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Begin with the probabilities, an array of your own. At one place of each row something is subtracted: which rows, which columns? `len(y)` is N.
#
# </details>
#
# ## Part 3: yes or no
#
# ### 6. Binary cross-entropy
#
# *Cat, yes or no?* needs only one logit z, and $p = \mathrm{sigmoid}(z)$ is the probability of yes. The loss is $-\log p$ where the truth is yes ($y = 1$) and $-\log(1 - p)$ where it is no ($y = 0$). In one line: $-(y \log p + (1 - y) \log(1 - p))$.
#
# For $z = 800$ the sigmoid is exactly 1 in float64, and $\log(1 - p)$ is −inf. So again the logarithm is taken on paper. Since $-\log p = \log(1 + e^{-z})$ and $-\log(1 - p) = \log(1 + e^{z}) = z + \log(1 + e^{-z})$, the loss is
#
# $$(1 - y)\, z + \log(1 + e^{-z}) \qquad \text{safe for } z \ge 0$$
#
# $$-\,y\, z + \log(1 + e^{z}) \qquad \text{safe for } z < 0$$
#
# Two lines are one too many for an array with logits of both signs. Fill in what stands in front of the logarithm, and what is inside it:
#
# | $z$ | $y$ | in front | the logarithm | loss |
# | --- | --- | --- | --- | --- |
# | 2 | 1 | ? | $\log(1 + e^{?})$ | 0.127 |
# | 2 | 0 | ? | $\log(1 + e^{?})$ | 2.127 |
# | −2 | 1 | ? | $\log(1 + e^{?})$ | 2.127 |
# | −2 | 0 | ? | $\log(1 + e^{?})$ | 0.127 |
#
# The exponent is the same in all four rows: how can it be written so that it fits both signs of $z$? And the part in front is one expression as well, with `np.maximum(z, 0)` in it. One more tool: `np.log1p(t)` is $\log(1 + t)$, exact even for tiny t.


# %% solution="binary_cross_entropy"
def binary_cross_entropy(z, y):
    """The mean over the N examples of -log of the probability that the truth was given.

    Args:
        z: logits, shape (N,), float64.
        y: labels, 1 for yes and 0 for no, shape (N,), int64.

    Returns:
        One number, 0 or more.

    Source: Cox 1958, logistic regression.
    """
    ### BEGIN SOLUTION
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
    ### END SOLUTION


# %% check="binary_cross_entropy"
check("binary_cross_entropy")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Three terms: the maximum, the product with the labels, and the logarithm with $e^{-|z|}$. Compute them for the whole array at once, then take the mean. For $z = 1000$ and $y = 0$ the result is 1000, for $y = 1$ it is 0.
#
# </details>
#
# **Its gradient** you have written already. A yes or no is a choice between two classes with the logits 0 and $z$: softmax makes $1 - p$ and $p$ of them. So the slope for $z$ is the second column of `softmax_cross_entropy_grad`, probability minus truth once more:


# %% tags=["experiment"]
def binary_cross_entropy_grad(z, y):
    """The gradient of binary_cross_entropy with respect to z (N,): (sigmoid(z) - y) / N."""
    return softmax_cross_entropy_grad(np.stack([0 * z, z], axis=1), y)[:, 1]


z, y = np.array([-8.0, -2.0, 0.0, 2.0, 800.0]), np.array([1, 0, 1, 1, 0])
print("by softmax:", binary_cross_entropy_grad(z, y))
print("(p - y)/N: ", (sigmoid(z) - y) / len(y))

# %% [markdown]
# ## Part 4: a loss of your own
#
# So far the losses came from a book. But a loss is a wish that is written down, and often nobody has written down yours. This is the week's large exercise: from a story to a formula, from the formula to its slope, without looking it up.
#
# **The story.** Our robot packs lunch for a hundred cats. For each cat it predicts how many grams the cat will eat, and afterwards we see how many it would have eaten. Three wishes come from the kitchen:
#
# 1. *A hungry cat is worse than a leftover.* Far from the truth each gram too little costs `short`, and each gram too many costs `waste`. Say 3 and 1.
# 2. *Ten grams more or less are hardly an error*, since the scale is not better than that. Within `delta` grams of the truth the push is weaker: it grows evenly with the error, from 0 for a perfect lunch to its full strength at `delta`.
# 3. *A perfect lunch costs nothing*, and there are no jumps: a gram more never changes the cost by much.
#
# **First the slope.** The wishes say nothing about the cost itself. They say how it *changes* for each gram. So draw the slope first, over the error $e = \mathrm{packed} - \mathrm{eaten}$, with `short` = 3, `waste` = 1 and `delta` = 10. It has four pieces. Mind the sign: where the lunch is too small, one more gram *lowers* the cost.
#
# **Then the cost.** The cost at $e$ is the area below the slope between 0 and $e$: all the small rises on the way, added up. Within `delta` that is a triangle, beyond it a triangle and a rectangle. Fill in the table before you open the fold:
#
# | packed | eaten | $e$ | slope | cost |
# | --- | --- | --- | --- | --- |
# | 66 | 60 | 6 | ? | ? |
# | 70 | 60 | 10 | ? | ? |
# | 90 | 60 | 30 | ? | ? |
# | 58 | 60 | −2 | ? | ? |
# | 40 | 60 | −20 | ? | ? |
#
# <details><summary>The table, filled in</summary>
#
# | packed | eaten | $e$ | slope | cost |
# | --- | --- | --- | --- | --- |
# | 66 | 60 | 6 | 0.6 | triangle: $6 \cdot 0.6 / 2 = 1.8$ |
# | 70 | 60 | 10 | 1 | triangle: $10 \cdot 1 / 2 = 5$ |
# | 90 | 60 | 30 | 1 | triangle and rectangle: $5 + 20 \cdot 1 = 25$ |
# | 58 | 60 | −2 | −0.6 | triangle: $2 \cdot 0.6 / 2 = 0.6$ |
# | 40 | 60 | −20 | −3 | triangle and rectangle: $15 + 10 \cdot 3 = 45$ |
#
# </details>
#
# Now replace the numbers by letters. What is the cost within `delta`, and beyond it? Put $|e| = \mathrm{delta}$ into both: they have to agree there (wish 3). `np.where(condition, a, b)` chooses entry by entry, and `np.abs` and `np.clip(e, low, high)` may be of use. As for every loss of this part, the loss is the mean over all N · M entries.
#
# ### 7. The loss


# %% solution="lunch_loss"
def lunch_loss(pred, target, short, waste, delta):
    """The mean over all N * M entries of what a wrong lunch costs.

    Args:
        pred: packed lunches in grams, shape (N, M), float64.
        target: what the cats ate, shape (N, M), float64.
        short: what each missing gram costs beyond delta, above 0.
        waste: what each gram too many costs beyond delta, above 0.
        delta: how large an error is hardly an error, in grams, above 0.

    Returns:
        One number, 0 or more.

    Source: the three wishes above.
    """
    ### BEGIN SOLUTION
    error = pred - target
    size = np.abs(error)
    price = np.where(error < 0, short, waste)
    return np.mean(price * np.where(size < delta, size**2 / (2 * delta), size - delta / 2))
    ### END SOLUTION


# %% check="lunch_loss"
check("lunch_loss")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Three arrays of the shape of `pred`: the size of each error; the price of its side; and what the error would cost at a price of 1 (one formula within `delta`, one beyond it, chosen by `np.where`). The triangle has the width $|e|$ and the height $|e| / \mathrm{delta}$.
#
# </details>
#
# ### 8. Its gradient
#
# You drew the slope already. The loss is a mean, so what does each entry carry? At $e = 0$ the slope is 0, from both sides. This time no formula stands anywhere above, so test yourself before the check does: move one entry of `pred` by $10^{-6}$ and see whether the loss rises by as much as your gradient says.


# %% solution="lunch_loss_grad"
def lunch_loss_grad(pred, target, short, waste, delta):
    """The gradient of lunch_loss with respect to pred.

    Args:
        pred: packed lunches in grams, shape (N, M), float64.
        target: what the cats ate, shape (N, M), float64.
        short: what each missing gram costs beyond delta, above 0.
        waste: what each gram too many costs beyond delta, above 0.
        delta: how large an error is hardly an error, in grams, above 0.

    Returns:
        dL/dpred, shape (N, M).

    Source: the slope that you drew.
    """
    ### BEGIN SOLUTION
    error = pred - target
    price = np.where(error < 0, short, waste)
    return price * np.clip(error / delta, -1, 1) / pred.size
    ### END SOLUTION


# %% check="lunch_loss_grad"
check("lunch_loss_grad")

# %% [markdown]
# What you designed has a name. The parabola in the middle is from Peter Huber (1964). The two prices make it a **quantile loss**: the robot learns the amount that a certain share of the cats will not exceed. Both together, the *quantile Huber loss*, helped computers to play Atari games in 2018. With equal prices of 1 and a tiny `delta` it is the **mean absolute error**, the second teacher of the worked example.
#
# Which share? At the best lunch all pushes balance. Say that a share $q$ of the cats stays hungry: they push up with `short` each, the others push down with `waste` each. So $q \cdot \mathrm{short} = (1 - q) \cdot \mathrm{waste}$. Solve it for $q$ with the prices 3 and 1; you need it in the experiment.
#
# %% [markdown]
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: sure and wrong.** The picture shows a cat, $y = 1$. The robot's logit is z, its probability $p = \mathrm{sigmoid}(z)$. One teacher uses cross-entropy, the other the squared error of the probability, $(p - 1)^2$. To reach z, the second one's slope has to pass the sigmoid, and is multiplied by $p(1 - p)$ on the way. Both robots begin at $z = -8$: nearly certain that this is no cat. Then both are nudged 60 times. How steep is each loss at the start? Guess the slope at $z = -8$.

# %% tags=["experiment"]
guessed_slopes = {"cross-entropy": None, "squared error": None}


# %% tags=["experiment"]
def squared_teacher(z):
    """Loss and slope at one logit z, shape (1,), whose label is 1."""
    p, one = sigmoid(z)[:, None], np.ones((1, 1))
    return mse(p, one), (mse_grad(p, one) * p * (1 - p))[0, 0]


def entropy_teacher(z):
    """The same under cross-entropy."""
    one = np.ones(1, int)
    return binary_cross_entropy(z, one), binary_cross_entropy_grad(z, one)[0]


teachers = {"cross-entropy": entropy_teacher, "squared error": squared_teacher}
z = np.linspace(-10, 4, 141)
losses, slopes, probabilities = {}, {}, {}
for name, teacher in teachers.items():
    losses[name], slopes[name] = np.array([teacher(z[n : n + 1]) for n in range(len(z))]).T
    now, passed = np.array([-8.0]), []
    slope = teacher(now)[1]
    print(f"slope at z = -8 under the {name}: {slope:.5f} (your guess: {guessed_slopes[name]})")
    for _ in range(60):
        passed.append(sigmoid(now)[0])
        now = now - 0.5 * teacher(now)[1]
    probabilities[name] = np.array(passed)

figure = plots.confidently_wrong(z, losses, slopes, probabilities)

# %% [markdown]
# *In words:* three panels. On the left cross-entropy falls like a ramp, the squared error is flat at 1 in the grey zone, where the robot is sure and wrong, and falls only around z = 0. In the middle the slopes: cross-entropy pushes with −1 in the grey zone, the squared error with almost nothing. On the right the robot under cross-entropy changes its mind after about twenty nudges. The other one does not move. *The nudge died*, in the loss itself.
#
# **Second: an outlier.** Ten houses, priced at 200 dollars a square foot or so. In one advertisement somebody typed one zero too many. A straight line through the houses is nudged downhill, once under the squared error and once under the absolute error: your own loss with equal prices and a `delta` of 100 dollars. How many dollars will each line ask for one more square foot?

# %% tags=["experiment"]
guessed_dollars = {"squared error": None, "absolute error": None}

# %% tags=["experiment"]
rng = np.random.default_rng(3)
size = np.linspace(0.8, 2.6, 10)[:, None]
price = 200 * size + rng.normal(0, 12, size.shape)
typo = 8
price[typo] *= 10

lines, histories = {}, {}


def absolute_grad(pred, target):
    """The gradient of the mean absolute error, but for a soft middle of 0.1 thousand dollars."""
    return lunch_loss_grad(pred, target, 1.0, 1.0, 0.1)


for name, gradient, lr in [
    ("squared error", mse_grad, 0.1),
    ("absolute error", absolute_grad, 2.0),
]:
    steepness, base, history = 0.0, 0.0, []
    for step in range(3000):
        history.append(steepness)
        back = gradient(steepness * size + base, price)
        small = lr * (1 - step / 3000)
        steepness -= small * np.sum(back * size)
        base -= small * np.sum(back)
    lines[name], histories[name] = (steepness * size + base)[:, 0], np.array(history)
    guess = guessed_dollars[name]
    print(f"{name:15} {steepness:7.1f} dollars for one more square foot (your guess: {guess})")

figure = plots.lines_and_outlier(size[:, 0], price[:, 0], typo, lines, histories)

# %% [markdown] quotes={"ends at 1,102 dollars": "squared error {} dollars", "absolute error at 211": "absolute error {} dollars"}
# *In words:* on the left nine houses on a low, rising line and one far above them. The line of the squared error is dragged up towards the one and misses all the others. The line of the absolute error runs through the nine. On the right the steepness over the nudges: the squared error ends at 1,102 dollars a square foot, the absolute error at 211. A square listens to the largest error. An absolute error gives every house one vote.
#
# **Third: what you pay for is what you get.** 400 lunches. A cat that was outdoors for longer eats more, and the more it eats, the less one can foresee it. Three robots fit a straight line to the same 400 points, all with a `delta` of 1. They differ in their prices alone: 1 and 1, 9 and 1, 1 and 9. Of 100 cats, how many will stay hungry with each robot? (You solved the equation for it in Part 4.)

# %% tags=["experiment"]
guessed_hungry = {"1 and 1": None, "9 and 1": None, "1 and 9": None}

# %% tags=["experiment"]
rng = np.random.default_rng(11)
hours = rng.uniform(0, 8, (400, 1))
eaten = 40 + 5 * hours + rng.gamma(4.0, 2 + hours, hours.shape)

errors = np.linspace(-8, 8, 161)
cost_curves, fits = {}, {}
for name, short, waste in [("1 and 1", 1.0, 1.0), ("9 and 1", 9.0, 1.0), ("1 and 9", 1.0, 9.0)]:
    cost_curves[name] = np.array(
        [lunch_loss(np.array([[e]]), np.zeros((1, 1)), short, waste, 1.0) for e in errors]
    )
    more, base = 0.0, 40.0
    for step in range(4000):
        back = lunch_loss_grad(more * hours + base, eaten, short, waste, 1.0)
        small = 2 * (1 - step / 4000) / (short + waste)
        more -= 0.2 * small * np.sum(back * hours)
        base -= 4.0 * small * np.sum(back)
    fits[name] = np.array([base, more])
    hungry = np.mean(more * hours + base < eaten)
    guess = guessed_hungry[name]
    print(f"short and waste {name}: {100 * hungry:.0f} of 100 cats hungry (your guess: {guess})")

figure = plots.prices_and_lines(errors, cost_curves, hours[:, 0], eaten[:, 0], fits)

# %% [markdown] quotes={"50, 11 and 88": "1 and 1: {} of 100 cats hungry (your guess: None) short and waste 9 and 1: {} of 100 cats hungry (your guess: None) short and waste 1 and 9: {}"}
# *In words:* on the left three curves with a soft bottom at 0. One rises equally on both sides, one is steep where the lunch was too small, one where it was too large. On the right a cloud of lunches that fans out, and three lines. The line with equal prices goes through the middle. The robot that pays nine for hunger runs along the cloud's upper edge, the one that pays nine for waste along the lower edge. 50, 11 and 88 of 100 cats stay hungry: the share is waste / (short + waste), as you worked out, but for a cat or two that the soft middle moves. Nobody told the robots about shares. A loss is a wish, and they do what it says.
#
# ## Where these losses are at work
#
# | loss | where |
# | --- | --- |
# | softmax cross-entropy | nearly every classifier, and every large language model, over 50,000 tokens and more |
# | binary cross-entropy | several labels for one picture; medical images, pixel by pixel. Weighted by how hard an example is, it is the *focal loss* of object detectors |
# | squared error | measurements; diffusion models, which guess the noise in a picture |
# | Huber, absolute error | where outliers occur: boxes around objects, robots that play games |
# | quantile loss | forecasts that say "at most": electricity, stocks of goods, waiting times |
#
# In none of them does anybody write the slopes by hand any more. PyTorch, TensorFlow and JAX work them out from the loss itself; next week you build a small machine that does the same. You wrote them to know what the machine must find, and to be able to say when it cannot be right.
#
# ## The same in Keras
#
# Keras has these losses, and TensorFlow differentiates them. Three things to know. Keras takes `(target, prediction)`, the other way round. It expects probabilities unless it is told `from_logits=True`. And its losses and metrics **answer in float32 even where both arguments are float64**, unless they are told `dtype="float64"`: seven digits, which is enough for training and too few for comparing.

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
    rng = np.random.default_rng(0)
    pred, target, Z = rng.normal(size=(3, 6, 4))
    default = keras.losses.MeanSquaredError()(target, pred)
    metric = keras.metrics.MeanSquaredError()
    metric.update_state(target, pred)
    print(
        "arguments in", pred.dtype, "- the loss in", keras.backend.standardize_dtype(default.dtype)
    )
    print("and the metric in", keras.backend.standardize_dtype(metric.result().dtype))
    print(f"so the loss is off by {abs(float(default) - mse(pred, target)):.0e}\n")

    y, yes = rng.integers(0, 4, 6), rng.integers(0, 2, (6, 4))
    exact = {"dtype": "float64"}
    logits = {"from_logits": True, **exact}

    squared_k = keras.losses.MeanSquaredError(**exact)
    huber_k = keras.losses.Huber(2.0, **exact)
    sparse_k = keras.losses.SparseCategoricalCrossentropy(**logits)
    binary_k = keras.losses.BinaryCrossentropy(**logits)
    flat, flat_yes = Z.ravel(), yes.ravel()
    binary, binary_slope = binary_cross_entropy, binary_cross_entropy_grad(flat, flat_yes)
    # Huber's own loss is not divided by delta, 2 here.
    lunch = pred, target, 1.0, 1.0, 2.0
    rows = [
        ("mse", squared_k, target, pred, mse(pred, target), mse_grad(pred, target)),
        ("Huber", huber_k, target, pred, 2 * lunch_loss(*lunch), 2 * lunch_loss_grad(*lunch)),
        ("softmax", sparse_k, y, Z, softmax_cross_entropy(Z, y), softmax_cross_entropy_grad(Z, y)),
        ("binary", binary_k, yes, Z, binary(flat, flat_yes), binary_slope.reshape(6, 4)),
    ]
    print("loss             yours               Keras    gradients differ by")
    for name, loss, truth, given, mine, gradient in rows:
        value = float(loss(truth, given))
        slope = vector_jacobian_product(lambda x, f=loss, t=truth: f(t, x), [given])[0]
        print(f"{name:8} {mine:.15f} {value:.15f}   {np.abs(gradient - slope).max():.0e}")

    p, first = np.array([[1e-9, 1 - 1e-9]]), np.array([0])
    from_probabilities = keras.losses.SparseCategoricalCrossentropy(**exact)
    print(f"\na true class with p = 1e-9: the loss is {-np.log(1e-9):.2f}")
    print(f"Keras from probabilities:                {float(from_probabilities(first, p)):.2f}")
    print(f"Keras from logits:                       {float(sparse_k(first, np.log(p))):.2f}")

# %% [markdown]
# Your numbers agree with Keras to about $10^{-16}$. The last three lines show what happens to a loss from probabilities: Keras clips them at $10^{-7}$ to keep log(0) away, so no loss can exceed 16.12. From logits it gets 20.72, the true value. Hand logits to a loss wherever you can.
#
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** In a list of prices, one has a zero too many. Which loss does it pull farther?
#
# - a: the mean absolute error
# - b: the mean squared error
# - c: both alike

# %% solution="typing_mistake"
# Set typing_mistake to "a", "b" or "c".
# Say why in one line: typing_mistake_because = "..."
### BEGIN SOLUTION
typing_mistake = "b"
typing_mistake_because = "The slope of a square grows with the error, and that error is by far the largest; the other slope is the same for all."
### END SOLUTION

# %% check="typing_mistake"
check("typing_mistake")

# %% [markdown]
# **B.** A new language model gives the same probability to each of 50,000 tokens. What is its cross-entropy loss, about?
#
# - a: 1
# - b: 50,000
# - c: 10.8

# %% solution="untrained_vocabulary"
# Set untrained_vocabulary to "a", "b" or "c".
# Say why in one line: untrained_vocabulary_because = "..."
### BEGIN SOLUTION
untrained_vocabulary = "c"
untrained_vocabulary_because = (
    "Each token gets a probability of 1/50,000, and -ln(1/50,000) = ln 50,000 = 10.8."
)
### END SOLUTION

# %% check="untrained_vocabulary"
check("untrained_vocabulary")

# %% [markdown]
# **C.** One example, and the robot gives the true class a probability of 0.001. What is the gradient of cross-entropy for the true class's logit?
#
# - a: −0.999
# - b: −0.001
# - c: −1000

# %% solution="sure_and_wrong"
# Set sure_and_wrong to "a", "b" or "c".
# Say why in one line: sure_and_wrong_because = "..."
### BEGIN SOLUTION
sure_and_wrong = "a"
sure_and_wrong_because = "The slope for the true logit is p - 1 = 0.001 - 1 = -0.999: sure and wrong is pushed the hardest."
### END SOLUTION

# %% check="sure_and_wrong"
check("sure_and_wrong")

# %% [markdown]
# **D.** What is the sum of each row of the softmax cross-entropy gradient?
#
# - a: 1
# - b: 0
# - c: 1/N

# %% solution="sum_of_a_row"
# Set sum_of_a_row to "a", "b" or "c".
# Say why in one line: sum_of_a_row_because = "..."
### BEGIN SOLUTION
sum_of_a_row = "b"
sum_of_a_row_because = (
    "The probabilities of a row sum to 1, and exactly 1 is subtracted again, at the label."
)
### END SOLUTION

# %% check="sum_of_a_row"
check("sum_of_a_row")

# %% [markdown] written="why_cross_entropy" quotes={"is about −0.0007": "under the squared error: {}", "that is −0.9997": "under the cross-entropy: {}"}
# ## In your own words
#
# A friend trains a yes-or-no robot with the squared error of its probability. It began sure and wrong, and now it does not learn. Explain why, what cross-entropy does differently, and why the friend should not just count mistakes. Use one equation and one number for each loss. Six to ten sentences.
#
# ### BEGIN SOLUTION
# The squared error is $(p - y)^2$ with $p = \mathrm{sigmoid}(z)$. Its slope for the logit is $2(p - y)\,p(1 - p)$, because the way to z leads through the sigmoid. Where the robot is sure, $p(1 - p)$ is nearly 0, whether it is right or wrong. At $z = -8$ with $y = 1$ the slope is about −0.0007, so the nudges are tiny and the robot stays where it is.
#
# Cross-entropy takes the logarithm of the probability. Its slope for the logit is $p - y$; the factor $p(1 - p)$ has cancelled. At $z = -8$ that is −0.9997, nearly the largest there is. The surer and the more wrong, the harder the push.
#
# Counting mistakes does not help: the count does not move when a weight moves a little, so its slope is 0 nearly everywhere and there is no direction to follow.
#
# **Rubric (20 points).** 6: the slope of the squared error passes the bend, with $p(1 - p)$ nearly 0. 6: cross-entropy's slope is $p - y$, largest when sure and wrong. 4: a number for each at the same place. 4: why counting mistakes gives no direction (or why the loss is computed from logits).
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The robot now knows how wrong it is, and which way its *outputs* should move. But it cannot move its outputs. It can only turn its weights, thousands of them, and most lie deep inside the pile, far from the loss. Which of them is to blame?
#
# Next week the loss sends a bill back through the pile, layer by layer. Its first line is what you wrote today: $(p - \mathrm{onehot})/N$. The rest is **backpropagation**.
#
# ## To read on
#
# - Michael Nielsen, *Neural Networks and Deep Learning*, chapter 3, "The cross-entropy cost function": the robot that is sure and wrong, at length.
# - Stanford's CS231n, notes on "Linear classification": softmax, and a loss that only wants a margin.
# - Goodfellow, Bengio and Courville, *Deep Learning*, sections 5.5 and 6.2: why nearly every loss is a log-likelihood.
# - Andrej Karpathy, "A Recipe for Training Neural Networks" (2019): look at the loss before the first step.
# - Lin and others, "Focal Loss for Dense Object Detection" (2017), and Dabney and others, "Distributional Reinforcement Learning with Quantile Regression" (2018): two losses that began as a wish.
