# %% [markdown]
# # Week 11: Scaling laws
#
# About three hours. You write six short functions and one longer function. The fourth is the heart of the week: a bet with an error bar. Each has a check right below it.
#
# ## The break
#
# Last week we kept the robot honest: it no longer learns its pictures by heart. One number we have always had to guess: *how large should the pile be?* Often we took sixteen units, because that was quick. A larger robot costs more, and we would like to know what it will be worth **before** we pay for it.
#
# Run the next cells. Six small networks are trained on digits that are moved by up to one pixel. Then we lay a ruler on their losses and ask it about a network of 256 units.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import plots

# %% locked="earlier_weeks"
# From earlier weeks.


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


def dense_backward(dout, X, W):
    """The blame that passes back through X @ W + b: dX, dW, db."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def tanh_backward(dout, out):
    """The blame that passes back through out = tanh(z)."""
    return dout * (1 - out**2)


# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
mixed = np.random.default_rng(0).permutation(len(digits))
digits, labels = digits[mixed], labels[mixed]

# Every picture in nine places: moved by -1, 0 or 1 pixel in either direction.
framed = np.pad(digits.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
moved = np.stack([framed[:, i : i + 8, j : j + 8].reshape(-1, 64) for i, j in np.ndindex(3, 3)])
unseen, unseen_labels = moved[:, 1297:].reshape(-1, 64), np.tile(labels[1297:], 9)


def loss_after_training(width, seed, steps=800, lr=0.01):
    """Train a 64-width-10 network with Adam; its loss on unseen digits."""
    rng = np.random.default_rng(seed)
    W1, W2 = rng.normal(size=(64, width)) / np.sqrt(32), rng.normal(size=(width, 10))
    params = [W1, np.zeros(width), W2 / np.sqrt(width), np.zeros(10)]
    m, v = [0.0] * 4, [0.0] * 4
    for step in range(1, steps + 1):
        pictures = rng.integers(1297, size=128)
        X, y = moved[rng.integers(9, size=128), pictures], labels[pictures]
        W1, b1, W2, b2 = params
        h = np.tanh(X @ W1 + b1)
        dh, dW2, db2 = dense_backward(softmax_cross_entropy_grad(h @ W2 + b2, y), h, W2)
        _, dW1, db1 = dense_backward(tanh_backward(dh, h), X, W1)
        rate = lr * (1 + np.cos(np.pi * step / steps)) / 2
        for k, gradient in enumerate([dW1, db1, dW2, db2]):
            m[k] = 0.9 * m[k] + 0.1 * gradient
            v[k] = 0.99 * v[k] + 0.01 * gradient**2
            nudge = m[k] / (1 - 0.9**step) / (np.sqrt(v[k] / (1 - 0.99**step)) + 1e-8)
            params[k] = params[k] - rate * nudge
    W1, b1, W2, b2 = params
    return softmax_cross_entropy(np.tanh(unseen @ W1 + b1) @ W2 + b2, unseen_labels)


def losses_of(widths):
    """The mean loss of two networks of each width."""
    return np.array([np.mean([loss_after_training(w, seed) for seed in (0, 1)]) for w in widths])


# %% tags=["experiment"]
small_widths = np.array([8, 12, 16, 24, 32, 48])
small_losses = losses_of(small_widths)
small_sizes = 64 * small_widths + small_widths + small_widths * 10 + 10
for width, size, loss in zip(small_widths, small_sizes, small_losses, strict=True):
    print(f"width {width:3}: {size:5,} parameters, loss {loss:.3f}")

ruler = np.polyfit(small_sizes, small_losses, 1)
large = 64 * 256 + 256 + 256 * 10 + 10
print(f"the ruler's promise for {large:,} parameters: loss {np.polyval(ruler, large):.2f}")
figure = plots.two_papers(
    small_sizes, small_losses, np.array([600.0, 6000.0]), np.polyval(ruler, [600.0, 6000.0])
)

# %% [markdown] quotes={"A loss of −3.37": "promise for _ parameters: loss {}"}
# *In words:* on the left, on ordinary paper, the six losses fall along a curve, and the dashed ruler cuts through it and falls below 0. On the right, on paper with logarithmic axes, the same six points lie nearly on a straight line.
#
# A loss of −3.37 is nonsense: the robot cannot be better than certain and right. The ruler is not to blame. The paper is.
#
# ## The picture
#
# Somebody wants to build a cat-spotting robot a thousand times as large as ours. Its *rule pile* will fill a hall. It will be *nudged* for months, it can be built only once, and nobody must be able to say afterwards: *we should have made it half as large and shown it more cats.*
#
# So the builder makes a row of toy robots, each twice as large as the one before. He notes how often each one is wrong, and marks the points on a special paper. On it the marks 1, 10, 100, 1000 are equally far apart. Here the points fall on a line. He lays his ruler on the line and reads off the robot that does not exist yet.
#
# Three things can go wrong. The ruler may lie on the wrong paper (you have just seen that). The line may run into a **floor**: some photographs show neither cat nor dog clearly, and no robot will ever be sure of them. And the builder may spend all his money on a huge robot, with none left for pictures to show it.
#
# The field's own words: a line on log-log paper is a **power law**, $L = a\,N^{-\alpha}$. The floor is the **irreducible loss** $L_\infty$. $N$ is the number of **parameters**, $D$ the number of training examples (for a language model: **tokens**, pieces of words), and $C$ the bill, the **compute**.
#
# ## A worked example, by hand
#
# Three toys have 1, 10 and 100 parameters, and their losses are 8, 4 and 2. Every step to ten times the size halves the loss. Take logarithms to base 10:
#
# | $N$ | $L$ | $\log N$ | $\log L$ |
# | --- | --- | --- | --- |
# | 1 | 8 | 0 | 0.903 |
# | 10 | 4 | 1 | 0.602 |
# | 100 | 2 | 2 | 0.301 |
#
# $\log L$ falls by 0.301 for each step of 1 in $\log N$: a straight line. Its slope is $-0.301$, so $\alpha = 0.301$. At $\log N = 0$ it has the height 0.903, so $a = 10^{0.903} = 8$. The law is $L = 8\,N^{-0.301}$. It promises $L = 1$ for $N = 1000$, and 0.5 for $N = 10{,}000$.
#
# **With a floor.** Other toys have the losses 9, 5 and 3. Now the steps are $9 - 5 = 4$ and $5 - 3 = 2$. It is the *steps* that halve. The next would be 1, then 0.5, 0.25, ... and all of them together make 2. So the loss comes to rest at $3 - 2 = 1$. Subtract that floor, and 8, 4, 2 are left: our line again. The law is $L = 1 + 8\,N^{-0.301}$.
#
# On log-log paper 9, 5, 3 do not lie on a line. A plain ruler would go through them at the wrong slope and promise, for large $N$, a loss below the floor.
#
# ## Part 1: the ruler
#
# ### 1. How large is each toy?
#
# What stands on the horizontal axis has to be counted in the same way for every network. Some papers leave out biases or the first layer. We count every weight and every bias. Fill in the second row by hand before you write the formula for $D$ inputs, $H$ hidden units and $K$ outputs:
#
# | network | weights, first layer | biases | weights, second layer | biases | $N$ |
# | --- | --- | --- | --- | --- | --- |
# | 2-3-1 | $2 \cdot 3$ | 3 | $3 \cdot 1$ | 1 | 13 |
# | 4-5-2 | ? | ? | ? | ? | ? |
#
# <details><summary>The second row, filled</summary>
#
# $4 \cdot 5 = 20$, then 5, $5 \cdot 2 = 10$ and 2: together 37.
#
# </details>
#
# `widths` is an array, and NumPy computes with all its entries at once.


# %% solution="parameter_counts"
def parameter_counts(widths, D, K):
    """The number of weights and biases of the D-H-K network, for every width H.

    Args:
        widths: hidden units H of each network, shape (W,), whole numbers.
        D: inputs.
        K: outputs.

    Returns:
        N for each H, shape (W,).

    Source: Kaplan et al. 2020 count without the first layer; here every layer counts.
    """
    ### BEGIN SOLUTION
    return D * widths + widths + widths * K + K
    ### END SOLUTION


# %% check="parameter_counts"
check("parameter_counts")

# %% [markdown]
# ### 2. Lay the ruler
#
# The logarithm of $L = a N^{-\alpha}$ is
#
# $$\log L = \log a - \alpha \log N$$
#
# That is a straight line in $\log N$: its slope is $-\alpha$ and its intercept, the height at $\log N = 0$, is $\log a$. Measured points scatter, so no line meets them all. **Least squares** takes the line whose vertical distances to the points have the smallest sum of squares.
#
# NumPy's ruler is `np.polyfit(x, y, 1)`. The 1 asks for a straight line. Look at the order in which it answers:

# %% tags=["experiment"]
print("the line 5 + 2 x:", np.polyfit([0.0, 1.0, 2.0], [5.0, 7.0, 9.0], 1))
print("log 8 =", np.log(8.0), " exp of that =", np.exp(np.log(8.0)), " log10(8) =", np.log10(8.0))

# %% [markdown]
# `np.log` is the logarithm to base $e$, and `np.exp` undoes it. Any base will do, as long as you undo the same one in the end.


# %% solution="fit_power_law"
def fit_power_law(N, L):
    """The power law L = a * N^-alpha whose logarithm fits best: least squares of log L on log N.

    Args:
        N: model sizes, shape (W,), float64, positive, not all equal.
        L: their losses, shape (W,), float64, positive.

    Returns:
        a and alpha, two numbers; alpha is positive where the loss falls.

    Source: Kaplan et al. 2020, equation 1.1.
    """
    ### BEGIN SOLUTION
    slope, intercept = np.polyfit(np.log(N), np.log(L), 1)
    return np.exp(intercept), -slope
    ### END SOLUTION


# %% check="fit_power_law"
check("fit_power_law")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Fit a line to `np.log(N)` and `np.log(L)`. One of its two numbers has the wrong sign for alpha, the other is still a logarithm. Try the three toys of the worked example: the result should be 8 and 0.301.
#
# </details>
#
# ### 3. Read a loss off the law
#
# With a floor the law is $L(N) = L_\infty + a\,N^{-\alpha}$. Without one, $L_\infty = 0$.


# %% solution="predict_loss"
def predict_loss(N, L_inf, a, alpha):
    """The loss that a law with a floor predicts for models of size N.

    Args:
        N: model sizes, any shape, float64, positive.
        L_inf: the floor, a loss that no size goes below.
        a: the excess over the floor at N = 1.
        alpha: the exponent, positive.

    Returns:
        Losses, the shape of N.

    Source: Hestness et al. 2017, "Deep learning scaling is predictable, empirically".
    """
    ### BEGIN SOLUTION
    return L_inf + a * N**-alpha
    ### END SOLUTION


# %% check="predict_loss"
check("predict_loss")

# %% [markdown]
# ### 4. A bet with an error bar
#
# Fit the toys, predict the giants: a step beyond the measured points is called **extrapolation**. A ruler always answers, and in the same tone of voice, whether the six points lie on it or in a cloud around it. An honest bet says how far off it may be. So this function is longer than the others: it fits, it predicts, it says how sure it is, and it decides.
#
# All errors below are errors of $\log L$, because that is where the line is straight. Call the distance of a size from the middle of the toys $d = \log N - \overline{\log N}$. A bet can miss for three reasons.
#
# 1. **The new network scatters as the toys do.** Let $r_i$ be the distances of the toys from the line. Their typical size is $s$, with $s^2 = \sum r_i^2 / (W - 2)$. Why $W - 2$? A line through two points meets both, however noisy they are. Two of the $W$ distances have been used up by the two numbers of the line.
# 2. **The line may lie too high or too low.** Its height in the middle is a mean of $W$ scattered points. What does week 07 say about the scatter of a mean of $W$ numbers?
# 3. **The line may be tilted.** It turns about the middle of the toys, like a seesaw. Its slope is known only to within $s / \sqrt{\sum d_i^2}$: toys that lie far apart hold it better. How far off is it then at the distance $d$?
#
# These errors are independent, so their *squares* add up. Work out the last column before you open the answer. Four toys have $\log N = 2, 4, 6, 8$ and $\log L = 2.6, 1.4, 0.4, -0.4$. The best line falls by 0.5 for each step of 1 and has the height 1 in the middle, at $\log N = 5$:
#
# | $\log N$ | $\log L$ | $d_i$ | on the line | $r_i$ |
# | --- | --- | --- | --- | --- |
# | 2 | 2.6 | −3 | 2.5 | ? |
# | 4 | 1.4 | −1 | 1.5 | ? |
# | 6 | 0.4 | 1 | 0.5 | ? |
# | 8 | −0.4 | 3 | −0.5 | ? |
#
# Now bet on $\log N = 10$, where $d = 5$. What are $\sum d_i^2$, $s^2$, and the three squared errors? And if the bar reaches 2 errors to either side, from which loss to which?
#
# <details><summary>The table, filled</summary>
#
# The distances $r_i$ are 0.1, −0.1, −0.1, 0.1. Their squares sum to 0.04, so $s^2 = 0.04 / (4 - 2) = 0.02$ and $s = 0.1414$. $\sum d_i^2 = 9 + 1 + 1 + 9 = 20$.
#
# The new network: $s^2 = 0.02$. The height: $s^2 / 4 = 0.005$. The tilt: $s^2 \cdot 5^2 / 20 = 0.025$, the largest of the three. Together 0.05, and the root of that is 0.2236.
#
# The line says $\log L = -1.5$, a loss of $e^{-1.5} = 0.223$. Two errors to either side: from $e^{-1.947} = 0.143$ to $e^{-1.053} = 0.349$. As a factor, 1.56 less or 1.56 more. In losses the bar is longer upwards than downwards.
#
# </details>
#
# Two errors to either side cover about 95 of 100 networks, if the toys are many. (With four toys an honest factor is 4.3, from a table of Student's $t$. Your function takes the factor as an argument.)
#
# **And decide.** The builder has promised a loss of at most `target`. A network whose prediction just meets it misses it half of the time. So he builds the smallest one whose *upper* end keeps the promise. If there is none, the answer is −1: train more toys, and do not build. `np.flatnonzero(mask)` lists the places where a mask is True.


# %% solution="bet_with_error_bar"
def bet_with_error_bar(N, L, N_new, target, factor):
    """Bet on the losses of models to come, with error bars, and choose one to build.

    Args:
        N: sizes of the models that were trained, shape (W,), float64, rising, at least three.
        L: their losses, shape (W,), float64.
        N_new: sizes that could be built, shape (M,), float64, rising.
        target: the loss that is promised.
        factor: how many standard errors of log L the bar reaches to either side.

    Returns:
        predicted (M,): the losses at N_new, by the power law without a floor that fits best.
        low, high (M,): the ends of their error bars, as losses.
        choice: the place in N_new of the smallest model whose high is at most target; -1 if
            there is none.

    Source: the prediction interval of a straight line; Kaplan et al. 2020, equation 1.1.
    """
    ### BEGIN SOLUTION
    a, alpha = fit_power_law(N, L)
    predicted = predict_loss(N_new, 0.0, a, alpha)
    residuals = np.log(L) - np.log(predict_loss(N, 0.0, a, alpha))
    variance = np.sum(residuals**2) / (len(N) - 2)
    middle = np.log(N).mean()
    tilt = (np.log(N_new) - middle) ** 2 / np.sum((np.log(N) - middle) ** 2)
    error = np.sqrt(variance * (1 + 1 / len(N) + tilt))
    low, high = predicted * np.exp(-factor * error), predicted * np.exp(factor * error)
    safe = np.flatnonzero(high <= target)
    return predicted, low, high, safe[0] if len(safe) else -1
    ### END SOLUTION


# %% check="bet_with_error_bar"
check("bet_with_error_bar")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Build it in four steps and print each one for the four toys of the table: the law; the distances $r_i$ and $s$; the error at each new size; the ends of the bar. `np.exp` of a sum is a product, so a bar in $\log L$ is a factor on the loss.
#
# </details>
#
# ## Part 2: the floor
#
# ### 5. Find the floor
#
# If we knew the floor, we could subtract it and lay the ruler: $\log(L - L_\infty)$ is a straight line in $\log N$. We do not know it. But we can *try* one: the better the candidate, the straighter the points lie. Here are five candidates for the toys 9, 5, 3. The last column is the sum of squared distances from the ruler.

# %% tags=["experiment"]
toys, toy_losses = np.array([1.0, 10.0, 100.0]), np.array([9.0, 5.0, 3.0])
for candidate in [0.0, 0.5, 1.0, 2.0, 2.9]:
    x, y = np.log(toys), np.log(toy_losses - candidate)
    distances = y - np.polyval(np.polyfit(x, y, 1), x)
    print(f"floor {candidate:.1f}:  {np.sum(distances**2):.6f}")

# %% [markdown]
# A candidate must stay below *every* loss. At the smallest loss $L - L_\infty$ would be 0, and beyond it negative. A negative number has no logarithm: NumPy says nan, and `np.argmin` takes a nan for the smallest of all.
#
# How to search: try 20 candidates from `low` up to, but not including, `high`: `np.linspace(low, high, 20, endpoint=False)`. `np.argmin(errors)` is the place of the best one. The floor lies between its two neighbours, so these are the next `low` and `high`. Each round makes the gap ten times smaller. After six rounds the floor is known to a millionth of the smallest loss.


# %% solution="fit_power_law_with_floor"
def fit_power_law_with_floor(N, L):
    """The law L = L_inf + a * N^-alpha through losses that lie on one.

    Args:
        N: model sizes, shape (W,), float64, positive and rising.
        L: their losses, shape (W,), float64, without scatter; the floor is 0 or higher.

    Returns:
        L_inf, a and alpha. They are right when L_inf is within 0.1 % of the smallest loss, alpha
        within 1 % and a within 10 %; a good search comes much closer.

    Source: Hestness et al. 2017; the floor by search, the rest by least squares.
    """
    ### BEGIN SOLUTION
    low, high = 0.0, L.min()
    for _ in range(6):
        candidates = np.linspace(low, high, 20, endpoint=False)
        errors = []
        for floor in candidates:
            a, alpha = fit_power_law(N, L - floor)
            errors.append(np.sum((np.log(L - floor) - np.log(a) + alpha * np.log(N)) ** 2))
        floor, gap = candidates[np.argmin(errors)], (high - low) / 20
        low, high = max(floor - gap, low), floor + gap
    return floor, *fit_power_law(N, L - floor)
    ### END SOLUTION


# %% check="fit_power_law_with_floor"
check("fit_power_law_with_floor")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Begin with `low = 0.0` and `high = L.min()`. In each round: make the candidates, call `fit_power_law(N, L - floor)` for each, and note the sum of squares of `np.log(L - floor)` minus `np.log(a) - alpha * np.log(N)`. The new `low` must not fall below the old one. Test it with the toys: 1, 8 and 0.301.
#
# </details>
#
# ## Part 3: the bill
#
# ### 6. The whole bill
#
# Count multiplications and additions for **one weight and one token**, and fill in the table:
#
# | | products for each weight | multiply and add | operations |
# | --- | --- | --- | --- |
# | forward | 1: input times weight | 2 each | ? |
# | back, in training | 2: one for the blame of the weight (dW), one for the blame of its input (dX) | 2 each | ? |
# | **one token in training** | | | ? |
# | **one token in use** | forward alone: nothing is learned | | ? |
#
# <details><summary>The table, filled</summary>
#
# Forward 2, back 4. A token in training costs 6 operations for each weight, a token in use 2. By hand: a model with 10 weights that is trained on 100 tokens and then reads 1,000 costs $10 \cdot 100 \cdot 6 + 10 \cdot 1000 \cdot 2 = 26{,}000$.
#
# </details>
#
# The field's own words: floating-point operations, in short **FLOPs**. The training part is the famous $C = 6ND$. $D$ counts every token as often as it is read: two passes over the same data are twice the tokens.


# %% solution="total_cost"
def total_cost(N, D, inference_tokens):
    """Floating-point operations of a model's whole life: its training, and then its use.

    Args:
        N: parameters of each model, any shape, float64.
        D: tokens that it is trained on, repeats included, the shape of N.
        inference_tokens: tokens that it reads and writes in use, one number, 0 or more.

    Returns:
        The cost of each model, the shape of N.

    Source: Kaplan et al. 2020, section 2.1.
    """
    ### BEGIN SOLUTION
    return 6 * N * D + 2 * N * inference_tokens
    ### END SOLUTION


# %% check="total_cost"
check("total_cost")

# %% [markdown]
# How many tokens has each parameter read? GPT-3 (2020) has 175 billion parameters and read 300 billion tokens. Chinchilla (2022) has 70 billion and read 1,400 billion.

# %% tags=["experiment"]
famous = {"GPT-3": (175e9, 300e9), "Chinchilla": (70e9, 1.4e12), "Llama 3 8B": (8e9, 15e12)}
for name, (N, D) in famous.items():
    print(f"{name:10}  bill {total_cost(N, D, 0):.2e} FLOPs, {D / N:8,.1f} tokens a parameter")

# %% [markdown] quotes={"1.7 against 20": "GPT-3 bill _ FLOPs, {} tokens a parameter Chinchilla bill _ FLOPs, {} tokens"}
# 1.7 against 20. DeepMind's team had trained over 400 models of many sizes (Hoffmann et al. 2022). The cheapest way to a low loss, they found, is to let model and data grow *alike*: about 20 tokens for each parameter. GPT-3 and its kin were too large for what they had read. Chinchilla, with a quarter of the parameters of its sister Gopher and the same bill, beat it nearly everywhere. And the last line of the table? We come to that.
#
# ### 7. Spend it well
#
# You have a training bill $C$ to spend, and want 20 tokens for each parameter. How large a model is that? Put $D = 20N$ into the bill of training and look at what is left: $C$ is a number times a power of $N$. Solve for $N$ on paper first. Then try it by hand: what do 12,000 operations buy? And what does a bill 100 times as large buy?
#
# <details><summary>By hand</summary>
#
# 12,000 operations buy 10 parameters and 200 tokens: $6 \cdot 10 \cdot 200 = 12{,}000$. A bill 100 times as large buys a model 10 times as large, and 10 times the tokens.
#
# </details>


# %% solution="compute_optimal"
def compute_optimal(C):
    """The model and the tokens that spend a training bill in Chinchilla's proportion, 20 to 1.

    Args:
        C: floating-point operations that may be spent, any shape, float64.

    Returns:
        N and D, each of the shape of C.

    Source: Hoffmann et al. 2022, table 3.
    """
    ### BEGIN SOLUTION
    N = np.sqrt(C / 120)
    return N, 20 * N
    ### END SOLUTION


# %% check="compute_optimal"
check("compute_optimal")

# %% [markdown]
# **A law in two variables.** The same team fitted a law with a floor and *two* shortfalls: too few parameters, and too few tokens.
#
# $$L(N, D) = 1.69 + \frac{406.4}{N^{0.34}} + \frac{410.7}{D^{0.28}}$$
#
# By hand, for $N = D = 10^{10}$: $N^{0.34} = 10^{3.4} = 2512$ and $D^{0.28} = 10^{2.8} = 631$. So $L = 1.69 + 0.162 + 0.651 = 2.503$. The tokens are the larger worry. The law is your `predict_loss` with one more term, so here it is written for you.

# %% tags=["experiment"]


def parametric_loss(N, D):
    """A language model's loss, by Hoffmann et al. 2022, equation 10."""
    return 1.69 + 406.4 / N**0.34 + 410.7 / D**0.28


print(f"{parametric_loss(1e10, 1e10):.3f}")

# %% [markdown] quotes={"a loss of 0.257": "width 48: _ parameters, loss {}"}
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: your own scaling run.** A builder has promised a loss of at most 0.16. Lay your ruler on the six toys, bet on networks of up to 256 units, and let your function choose one. (With six toys, 2.8 errors to either side cover 95 of 100.) Then train them all and see. The network of 48 units had a loss of 0.257. Bet without a ruler first: what loss will these four reach, and which one would you build?

# %% tags=["experiment"]
guessed_losses = {64: None, 96: None, 128: None, 256: None}
guessed_width = None

# %% tags=["experiment"]
large_widths = np.array([64, 96, 128, 256])
widths = np.concatenate([small_widths, large_widths])
sizes = parameter_counts(widths, 64, 10).astype(float)
first = widths <= 48

a, alpha = fit_power_law(sizes[first], small_losses)
bets, low, high, choice = bet_with_error_bar(
    sizes[first], small_losses, sizes[~first], target=0.16, factor=2.8
)
losses = np.concatenate([small_losses, losses_of(large_widths)])
L_inf, a_above, alpha_above = fit_power_law_with_floor(sizes, losses)

print(
    f"ruler: {a:.0f} N^-{alpha:.2f}     with a floor: {L_inf:.3f} + {a_above:.0f} N^-{alpha_above:.2f}"
)
for width, bet, *ends, loss in zip(large_widths, bets, low, high, losses[~first], strict=True):
    guess = guessed_losses[int(width)]
    print(
        f"width {width:3}: the bet {bet:.3f}, its bar {ends[0]:.3f} to {ends[1]:.3f}, "
        f"trained {loss:.3f} (your guess: {guess})"
    )
for name, place in {"the ruler alone": np.argmax(bets <= 0.16), "the bar": choice}.items():
    print(f"{name} builds width {large_widths[place]}: loss {losses[~first][place]:.3f}")
print(f"you would have built width {guessed_width}")

N_line = np.geomspace(500, 60_000, 200)
figure = plots.scaling_run(
    sizes,
    losses,
    first,
    N_line,
    {
        "ruler on the first six": predict_loss(N_line, 0.0, a, alpha),
        "law with a floor, on all ten": predict_loss(N_line, L_inf, a_above, alpha_above),
    },
    bet_with_error_bar(sizes[first], small_losses, N_line, 0.0, 2.8)[1:3],
    promised=0.16,
)

# %% [markdown] quotes={"96 units and missed the promise, with 0.168": "the ruler alone builds width {}: loss {}", "128 units and keep it, with 0.148": "the bar builds width {}: loss {}", "from 0.061 to 0.089, and training gives 0.117": "width 256: the bet _, its bar {} to {}, trained {}"}
# *In words:* filled points for the six toys, on a straight falling line. Hollow points for the later networks. The first of them keep close to the ruler, the last ones lie above it. The shaded error bar is narrow among the toys and opens like a trumpet towards both ends. The second curve bends with the points and levels off. A thin grey line marks the promised 0.16.
#
# The bar has earned its keep. The ruler alone would have built 96 units and missed the promise, with 0.168. With the bar you build 128 units and keep it, with 0.148.
#
# And now the honest part. At five times the size of the largest toy the bar reaches from 0.061 to 0.089, and training gives 0.117. That is far outside. An error bar knows how the toys *scatter*. It does not know that the law itself may be the wrong one, and here it is: it has no floor. Two floors may be at work: some digits are hard to read, and there are only 1,297 different pictures to learn from, however large the network. A scaling law is a *measurement* of one kind of network on one kind of data, not a law of nature.
#
# **Second: one bill, many sizes.** Fix the bill $C$. A larger model then reads less: $D = C / (6N)$. Which size gives the lowest loss, by Hoffmann's law? GPT-3 had 175 billion parameters. How many should it have had for its bill?

# %% tags=["experiment"]
guessed_billions = None

# %% tags=["experiment"]
N_line = np.geomspace(1e8, 1e13, 400)
bills = np.array([1e21, 3.15e23, 1e26])
names = ["1e21 FLOPs", "3.15e23 (GPT-3's)", "1e26 FLOPs"]
curves = [parametric_loss(N_line, C / (6 * N_line)) for C in bills]
twenty = compute_optimal(bills)[0]
for name, curve, N in zip(names, curves, twenty, strict=True):
    best = N_line[np.argmin(curve)]
    print(f"{name:18} the curve's lowest point: N = {best:.1e}; 20 tokens a parameter: N = {N:.1e}")
best = N_line[np.argmin(curves[1])] / 1e9
print(f"best size for GPT-3's bill: {best:.0f} billion (your guess: {guessed_billions})")
print(f"GPT-3's bill, as it was spent: {parametric_loss(175e9, 300e9):.3f}")
print(f"with 20 tokens a parameter:    {parametric_loss(*compute_optimal(3.15e23)):.3f}")
figure = plots.budgets(N_line, dict(zip(names, curves, strict=True)), twenty)

# %% [markdown]
# *In words:* three valleys. The larger the bill, the lower its valley, and the farther to the right its lowest point (dot). On the left the model is too small, on the right it reads too little. A hollow square marks 20 tokens a parameter; it sits near the bottom, to the right of the dot.
#
# The dots and the squares do not agree. So it is in the paper: its three ways of measuring give different answers, and this fitted law prefers smaller models than the other two. A later team read the points off the paper's figure and fitted them again (Besiroglu et al. 2024). With their constants the law agrees with about 20. But look how flat the valleys are: a factor of 2 in size hardly matters.
#
# **Third: why small models are over-trained.** Fix the *loss* instead: 1.94, what the law says of Chinchilla. To reach it, each size needs its own number of tokens, $D = \bigl(410.7 / (1.94 - 1.69 - 406.4/N^{0.34})\bigr)^{1/0.28}$. Which size is cheapest, if the model will also be used? Guess in billions of parameters.

# %% tags=["experiment"]
guessed_sizes = {"never used": None, "1e13 tokens in use": None, "1e14 in use": None}

# %% tags=["experiment"]
goal = parametric_loss(70e9, 1.4e12)
N_line = np.geomspace(3.6e9, 3e11, 600)
D_line = (410.7 / (goal - 1.69 - 406.4 / N_line**0.34)) ** (1 / 0.28)
costs = {}
for name, tokens in [("never used", 0.0), ("1e13 tokens in use", 1e13), ("1e14 in use", 1e14)]:
    costs[name] = total_cost(N_line, D_line, tokens)
    best = np.argmin(costs[name])
    ratio = D_line[best] / N_line[best]
    print(
        f"{name:18}: cheapest at N = {N_line[best]:.1e}, {ratio:5.0f} tokens a parameter"
        f" (your guess, in billions: {guessed_sizes[name]})"
    )
figure = plots.lifetime_cost(N_line, costs)

# %% [markdown] quotes={"the law says 91 tokens": "never used : cheapest at N = _, {} tokens"}
# *In words:* three U-shaped curves over the size of the model: the more use, the higher the curve. All of them shoot up on the left, where a model is so small that no amount of reading helps. The more the model is used, the farther left its cheapest size lies. (Without any use the law says 91 tokens a parameter and not 20. That is the disagreement from above.)
#
# So a model that millions of people will use should be *smaller* than the training bill alone suggests, and read for longer. It is **over-trained** on purpose. That is the last line of our table: 8 billion parameters, 1,875 tokens for each.
#
# ## The same in Keras
#
# Your ruler beside `keras.ops.lstsq`, and your count beside what a Keras model counts of itself. And a derivative: the slope of $\log L$ in $\log N$, found by `GradientTape`, is $-\alpha$ at every size.

# %% tags=["experiment"]
try:
    from course_lib.gradients import vector_jacobian_product
    from course_lib.models import mlp
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    x, y = np.log(sizes[first]), np.log(small_losses)
    line = np.asarray(keras.ops.lstsq(np.stack([np.ones(len(x)), x], axis=1), y))
    print(f"a      yours {a:.12f}   Keras {np.exp(line[0]):.12f}")
    print(f"alpha  yours {alpha:.15f}   Keras {-line[1]:.15f}")
    print("parameters, yours:", parameter_counts(widths[:4], 64, 10))
    print("parameters, Keras:", [mlp((64, int(width), 10)).count_params() for width in widths[:4]])

    def log_loss(log_N):
        return keras.ops.log(predict_loss(keras.ops.exp(log_N), 0.0, a, alpha))

    print("slopes by GradientTape:", vector_jacobian_product(log_loss, [np.log(sizes[:3])])[0])

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** A loss follows $L = a\,N^{-0.5}$. The model becomes 100 times as large. By what is the loss divided?
#
# - a: 100
# - b: 10
# - c: 50

# %% solution="hundred_times_larger"
# Set hundred_times_larger to "a", "b" or "c".
# Say why in one line: hundred_times_larger_because = "..."
### BEGIN SOLUTION
hundred_times_larger = "b"
hundred_times_larger_because = (
    "The loss is multiplied by 100 to the power of -0.5, which is one tenth."
)
### END SOLUTION

# %% check="hundred_times_larger"
check("hundred_times_larger")

# %% [markdown]
# **B.** On log-log paper the losses fall along a line at first and then level off. What is the likely reason?
#
# - a: the exponent is large
# - b: N was counted in thousands
# - c: a floor, which has to be subtracted first

# %% solution="line_that_bends"
# Set line_that_bends to "a", "b" or "c".
# Say why in one line: line_that_bends_because = "..."
### BEGIN SOLUTION
line_that_bends = "c"
line_that_bends_because = (
    "A floor does not shrink with the model, so it makes up more and more of the loss."
)
### END SOLUTION

# %% check="line_that_bends"
check("line_that_bends")

# %% [markdown]
# **C.** A data set has 10 billion tokens, and training makes four passes over it. Which D stands in $C = 6ND$?
#
# - a: 40 billion
# - b: 10 billion
# - c: 10 billion to the power of 4

# %% solution="tokens_in_four_epochs"
# Set tokens_in_four_epochs to "a", "b" or "c".
# Say why in one line: tokens_in_four_epochs_because = "..."
### BEGIN SOLUTION
tokens_in_four_epochs = "a"
tokens_in_four_epochs_because = (
    "Every token costs compute each time it is read, and four passes read 40 billion."
)
### END SOLUTION

# %% check="tokens_in_four_epochs"
check("tokens_in_four_epochs")

# %% [markdown]
# **D.** A model will serve a billion people. Compared with the compute-optimal model of the same loss, which model is cheaper over its whole life?
#
# - a: exactly the compute-optimal one
# - b: a larger one that reads fewer tokens
# - c: a smaller one that reads more tokens

# %% solution="model_for_a_billion_users"
# Set model_for_a_billion_users to "a", "b" or "c".
# Say why in one line: model_for_a_billion_users_because = "..."
### BEGIN SOLUTION
model_for_a_billion_users = "c"
model_for_a_billion_users_because = (
    "Use costs 2N a token, so a smaller N soon pays back its longer training."
)
### END SOLUTION

# %% check="model_for_a_billion_users"
check("model_for_a_billion_users")

# %% [markdown] written="why_small_models_are_over_trained"
# ## In your own words
#
# Why does a company train a small model on far more tokens than 20 for each parameter? Compare the two parts of the bill, with numbers. Where does the argument end: why not an even smaller model? And why should nobody believe such a prediction blindly? Six to ten sentences.
#
# ### BEGIN SOLUTION
# About 20 tokens a parameter make the *training* bill 6ND smallest for a given loss. But every token in use costs another 2N, and that part does not care how the model was trained. Chinchilla's training cost $5.9 \cdot 10^{23}$. If it serves $10^{13}$ tokens, use costs $2 \cdot 70 \cdot 10^9 \cdot 10^{13} = 1.4 \cdot 10^{24}$, more than twice as much. A smaller model that read longer has the same loss, costs more to train and less for every token after that.
#
# It ends where the size alone holds the loss up. With $406.4 / N^{0.34}$ above the goal minus 1.69, no number of tokens suffices, and shortly before that D becomes enormous.
#
# The law was fitted to models of one family, on one data set, within a range. In our own run the ruler was too hopeful at five times the size of the largest toy, and its error bar did not say so. Data may also run out or repeat, and a lower loss is not the same as a more useful model.
#
# **Rubric (20 points).** 6: 20 tokens a parameter is best for the training bill alone. 6: use costs 2N a token and favours a smaller N; numbers. 4: the limit, where the size alone holds the loss up. 4: one honest doubt.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# A line on paper promises that a larger robot is a better one. It says nothing about whether the larger robot learns at all. Stack twenty layers, choose the starting weights a little too small, and the numbers fade on their way through the pile. A little too large, and they shout. Every law of this week silently assumes that somebody has solved that.
#
# Next week: two devices that hold the numbers in place while the robot learns (**batch norm** and **layer norm**), and a question that half of all interviews ask: measured over what?
#
# ## To read on
#
# - Kaplan and others, *Scaling Laws for Neural Language Models* (2020): the lines on log-log paper.
# - Hoffmann and others, *Training Compute-Optimal Large Language Models* (2022): Chinchilla; and Besiroglu and others, *Chinchilla Scaling: A Replication Attempt* (2024), who checked its error bars.
# - Hestness and others, *Deep Learning Scaling is Predictable, Empirically* (2017): the floor, on many tasks.
# - Sutton, *The Bitter Lesson* (2019): one page on why more of everything keeps winning.
# - Karpathy, *Deep Dive into LLMs like ChatGPT*: where the tokens come from, on video.
