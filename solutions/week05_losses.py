# %% [markdown]
# # Week 05: Losses
#
# About three hours. You write eleven short functions. Each has a check right below it.
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
# Different teachers count differently. One squares the distance between a guessed price and the true one. One takes the distance as it is. One looks at the probability that the robot gave to the truth. Today you build all three, and see what each of them makes the robot do.
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
# How much does the loss rise when one prediction rises by a little? The slope of $e^2$ is $2e$, and the mean's factor stays in front:
#
# $$\frac{\partial\, \mathrm{mse}}{\partial\, \mathrm{pred}_{nm}} = \frac{2\,(\mathrm{pred}_{nm} - \mathrm{target}_{nm})}{NM}$$
#
# A gradient has one entry for each prediction, so it has the shape of `pred`. `pred.size` is the number of entries. Arguments are never changed: `pred -= target` would write into the caller's array.


# %% solution="mse_grad"
def mse_grad(pred, target):
    """The gradient of mse with respect to pred: 2 * (pred - target) / (N * M).

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        dL/dpred, shape (N, M).

    Source: the slope of a square.
    """
    ### BEGIN SOLUTION
    return 2 * (pred - target) / pred.size
    ### END SOLUTION


# %% check="mse_grad"
check("mse_grad")

# %% [markdown]
# ### 3. Mean absolute error
#
# The other teacher takes each error as it is, without its sign.


# %% solution="mae"
def mae(pred, target):
    """The mean over all N * M entries of |pred - target|.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        One number.

    Source: Boscovich 1757, least absolute deviations, as a mean.
    """
    ### BEGIN SOLUTION
    return np.mean(np.abs(pred - target))
    ### END SOLUTION


# %% check="mae"
check("mae")

# %% [markdown]
# ### 4. Its gradient
#
# $|e|$ is a V. Its slope is −1 on the left and 1 on the right, however far away. At $e = 0$ there is a corner and no slope; we agree on 0, as Keras does. A prediction that is exactly right is then left alone. NumPy has a function for this: `np.sign` of −3, 0 and 7 is −1, 0 and 1.


# %% solution="mae_grad"
def mae_grad(pred, target):
    """The gradient of mae with respect to pred: sign(pred - target) / (N * M), 0 where equal.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        dL/dpred, shape (N, M).

    Source: the slope of |e|; the value at 0 is a convention.
    """
    ### BEGIN SOLUTION
    return np.sign(pred - target) / pred.size
    ### END SOLUTION


# %% check="mae_grad"
check("mae_grad")

# %% [markdown]
# ## Part 2: how wrong is a choice?
#
# ### 5. One-hot rows
#
# A label is a name, not an amount: class 3 is not three times class 1. To compare a label with K probabilities, write it as a row of K numbers, 1 at the label and 0 elsewhere. Label 1 of 3 classes is $[0, 1, 0]$.
#
# The tool for this is indexing with two arrays. `table[rows, columns]` pairs them entry by entry:

# %% tags=["experiment"]
table = np.array([[10, 11, 12], [20, 21, 22]])
columns = np.array([2, 0])
print("one entry of each row:", table[np.arange(2), columns])
print("a colon means all rows, which is something else:")
print(table[:, columns])

# %% [markdown]
# The same notation on the left of `=` writes into these places.
#
# A table of K rows, such as `np.eye(K)`, would do while K is small. A language model has K = 50,000 tokens. That table would have 2.5 billion entries, 20 gigabytes, for a handful of labels. Make only the N rows that you need.


# %% solution="one_hot"
def one_hot(y, K):
    """A row for each label, 1 at the label and 0 elsewhere.

    Args:
        y: labels from 0 to K - 1, shape (N,), int64.
        K: how many classes there are; some may not occur in y.

    Returns:
        Shape (N, K), float64; every row sums to 1.

    Source: the unit vectors.
    """
    ### BEGIN SOLUTION
    rows = np.zeros((len(y), K))
    rows[np.arange(len(y)), y] = 1
    return rows
    ### END SOLUTION


# %% check="one_hot"
check("one_hot")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Begin with N rows of K zeros, `np.zeros((N, K))`. Then write a 1 into one place of each row, with two index arrays as above: which rows, which columns?
#
# </details>
#
# ### 6. Log-probabilities
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
# So take the logarithm on paper. With any number $c$ subtracted from the row, which changes no probability,
#
# $$\log \frac{e^{z_k - c}}{\sum_j e^{z_j - c}} = (z_k - c) - \log \sum_j e^{z_j - c}$$
#
# The exp of $z_k$ is gone. Choose $c$ as the row's largest logit: then no exp overflows, one of them is exactly 1, and the logarithm never sees a 0. By hand, for 2, 1, 0: $c = 2$, shifted 0, −1, −2, sum of exps $1 + 0.368 + 0.135 = 1.503$, its logarithm 0.408. So −0.408, −1.408, −2.408.
#
# As in week 02, `axis=1, keepdims=True` takes a row's maximum or sum and keeps it as a column.


# %% solution="log_softmax"
def log_softmax(Z):
    """Logarithms of each row's probabilities: Z[n, k] - log(sum over j of exp(Z[n, j])).

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
# Two lines. First the shifted logits. Then the right-hand side of the equation above, in which only shifted logits occur.
#
# </details>
#
# ### 7. Negative log-likelihood
#
# Now look up the truth. From each row of log-probabilities take the label's entry, turn its sign, and average over the N examples:
#
# $$\mathrm{nll} = \frac{1}{N} \sum_n -\log p_{n,\,y_n}$$
#
# Each example gives *one* number, so this mean runs over N, not over N · K.


# %% solution="nll"
def nll(log_probs, y):
    """The mean over the N examples of -log_probs[n, y[n]].

    Args:
        log_probs: logarithms of each row's probabilities, shape (N, K), float64.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        One number, 0 or more.

    Source: Fisher 1922, maximum likelihood.
    """
    ### BEGIN SOLUTION
    return -np.mean(log_probs[np.arange(len(y)), y])
    ### END SOLUTION


# %% check="nll"
check("nll")

# %% [markdown]
# ### 8. Softmax cross-entropy
#
# Both steps in a row make the loss of nearly every classifier, and of every language model. It takes logits, never probabilities: the softmax is inside. One of the check's cases has 50,000 classes.
#
# Call your own functions. If one of them is still wrong, the check says so and does not charge you twice.


# %% solution="softmax_cross_entropy"
def softmax_cross_entropy(Z, y):
    """The mean over the N examples of -log softmax(Z)[n, y[n]].

    Args:
        Z: logits, shape (N, K), float64; K may be as large as 50,000.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        One number, 0 or more.

    Source: Bridle 1990.
    """
    ### BEGIN SOLUTION
    return nll(log_softmax(Z), y)
    ### END SOLUTION


# %% check="softmax_cross_entropy"
check("softmax_cross_entropy")

# %% [markdown]
# ### 9. Its gradient
#
# For one example with the true class $t$ the loss is $L = \log \sum_j e^{z_j} - z_t$. Take the slope with respect to $z_k$. The first part gives $e^{z_k} / \sum_j e^{z_j}$, which is $p_k$. The second gives −1 for $k = t$ and 0 otherwise. Together, and with the mean over N examples:
#
# $$\frac{\partial L}{\partial Z} = \frac{p - \mathrm{onehot}(y)}{N}$$
#
# Every wrong class is pushed down by its probability. The true class is pulled up by what it falls short of 1. No entry is ever larger than 1/N in size. For a robot that is sure and wrong, two of them come close to it: the class it believes in and the true one. `softmax` stands in the cell at the top.


# %% solution="softmax_cross_entropy_grad"
def softmax_cross_entropy_grad(Z, y):
    """The gradient of softmax_cross_entropy with respect to Z: (p - onehot(y)) / N.

    p are the probabilities that softmax makes of Z.

    Args:
        Z: logits, shape (N, K), float64.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        dL/dZ, shape (N, K); every row sums to 0.

    Source: the two slopes above.
    """
    ### BEGIN SOLUTION
    return (softmax(Z) - one_hot(y, Z.shape[1])) / len(y)
    ### END SOLUTION


# %% check="softmax_cross_entropy_grad"
check("softmax_cross_entropy_grad")

# %% [markdown]
# <details><summary>Hint</summary>
#
# You have a function for p and one for the one-hot rows. `Z.shape[1]` is K, `len(y)` is N.
#
# </details>
#
# ## Part 3: yes or no
#
# ### 10. Binary cross-entropy
#
# *Cat, yes or no?* needs only one logit z, and $p = \mathrm{sigmoid}(z)$ is the probability of yes. The loss is $-\log p$ where the truth is yes ($y = 1$) and $-\log(1 - p)$ where it is no ($y = 0$). In one line: $-(y \log p + (1 - y) \log(1 - p))$.
#
# For $z = 800$ the sigmoid is exactly 1 in float64, and $\log(1 - p)$ is −inf. So again the logarithm is taken on paper. Since $-\log p = \log(1 + e^{-z})$ and $-\log(1 - p) = \log(1 + e^{z}) = z + \log(1 + e^{-z})$, the loss is
#
# $$(1 - y)\, z + \log(1 + e^{-z}) \qquad \text{safe for } z \ge 0$$
#
# $$-\,y\, z + \log(1 + e^{z}) \qquad \text{safe for } z < 0$$
#
# Both at once: the logarithm only ever needs $e^{-|z|}$, and in front of it stands $\max(z, 0) - y z$. Try it with $z = 2$ and with $z = -2$. Two tools: `np.maximum(z, 0)` compares entry by entry, and `np.log1p(t)` is $\log(1 + t)$, exact even for tiny t.


# %% solution="binary_cross_entropy"
def binary_cross_entropy(z, y):
    """The mean over the N examples of -(y log p + (1 - y) log(1 - p)) with p = sigmoid(z).

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
# ### 11. Its gradient
#
# The slope of $\log(1 + e^{z})$ is $e^z / (1 + e^z) = \mathrm{sigmoid}(z)$, and the slope of $-yz$ is $-y$. So the gradient is $(p - y)/N$: probability minus truth, once more.


# %% solution="binary_cross_entropy_grad"
def binary_cross_entropy_grad(z, y):
    """The gradient of binary_cross_entropy with respect to z: (sigmoid(z) - y) / N.

    Args:
        z: logits, shape (N,), float64.
        y: labels, 1 for yes and 0 for no, shape (N,), int64.

    Returns:
        dL/dz, shape (N,).

    Source: the two slopes above.
    """
    ### BEGIN SOLUTION
    return (sigmoid(z) - y) / len(y)
    ### END SOLUTION


# %% check="binary_cross_entropy_grad"
check("binary_cross_entropy_grad")

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
# **Second: an outlier.** Ten houses, priced at 200 dollars a square foot or so. In one advertisement somebody typed one zero too many. A straight line through the houses is nudged downhill, once under each loss. How many dollars will each line ask for one more square foot?

# %% tags=["experiment"]
guessed_dollars = {"squared error": None, "absolute error": None}

# %% tags=["experiment"]
rng = np.random.default_rng(3)
size = np.linspace(0.8, 2.6, 10)[:, None]
price = 200 * size + rng.normal(0, 12, size.shape)
typo = 8
price[typo] *= 10

lines, histories = {}, {}
for name, gradient, lr in [("squared error", mse_grad, 0.1), ("absolute error", mae_grad, 2.0)]:
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
# ## The same in Keras
#
# Keras has all of these losses, and TensorFlow differentiates them. Three things to know. Keras takes `(target, prediction)`, the other way round. It computes in float32 unless it is told `dtype="float64"`. And it expects probabilities unless it is told `from_logits=True`.

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
    y, yes = rng.integers(0, 4, 6), rng.integers(0, 2, (6, 4))
    exact = {"dtype": "float64"}
    logits = {"from_logits": True, **exact}

    squared_k = keras.losses.MeanSquaredError(**exact)
    absolute_k = keras.losses.MeanAbsoluteError(**exact)
    sparse_k = keras.losses.SparseCategoricalCrossentropy(**logits)
    binary_k = keras.losses.BinaryCrossentropy(**logits)
    flat, flat_yes = Z.ravel(), yes.ravel()
    binary, binary_slope = binary_cross_entropy, binary_cross_entropy_grad(flat, flat_yes)
    rows = [
        ("mse", squared_k, target, pred, mse(pred, target), mse_grad(pred, target)),
        ("mae", absolute_k, target, pred, mae(pred, target), mae_grad(pred, target)),
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
# For practice, without points: a wrong choice gets its reason, and you may choose again.
#
# **A.** In a list of prices, one has a zero too many. Which loss does it pull farther?
#
# - a: the mean absolute error
# - b: the mean squared error
# - c: both alike

# %% solution="typing_mistake"
# Set typing_mistake to "a", "b" or "c".
### BEGIN SOLUTION
typing_mistake = "b"
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
### BEGIN SOLUTION
untrained_vocabulary = "c"
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
### BEGIN SOLUTION
sure_and_wrong = "a"
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
### BEGIN SOLUTION
sum_of_a_row = "b"
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
