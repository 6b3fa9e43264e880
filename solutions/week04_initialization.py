# %% [markdown]
# # Week 04: Where the pile starts
#
# About three hours. You write eight functions. The last three, a start that listens, are worth a third of the points. Each has a check right below it.
#
# ## The break
#
# Last week our cat-spotting robot looked at digits with *borrowed* weights. Now it gets its own. It has not learned anything yet, so we throw dice. How hard should we throw? The next three cells throw three times, for a pile of twelve layers, and ask what the robot says about the first digit.

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


def softmax(Z):
    """Probabilities along each row of Z (N, K)."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
sizes = [64] * 12 + [10]

for std in [1.0, 0.18, 0.01]:
    rng = np.random.default_rng(4)
    h = digits
    for fan_in, fan_out in zip(sizes, sizes[1:], strict=False):
        z = h @ rng.normal(0, std, (fan_in, fan_out))
        h = relu(z)
    print(f"std {std:4}: largest logit {np.abs(z).max():8.1e}   the robot says", end=" ")
    print(np.round(softmax(z)[0], 2))

# %% [markdown]
# Three throws, three characters. The first robot has never seen a digit and is absolutely certain. The third finds all ten answers equally likely, to the last digit, whatever it is shown: its logits are nearly 0 for every picture. Only the one in the middle has opinions of a sensible size.
#
# Nothing was learned here. The only difference is how hard we threw the dice.
#
# ## The picture
#
# Think of a row of robots that pass on a message by shouting.
#
# If each shouts a little **louder** than it was shouted at, the last one bursts your ears. If each speaks a little **more softly**, the last one whispers, and nobody can tell what was said. Only if each passes the message on *as loud as it came* does it survive a long row.
#
# And there is a third way to fail. If all robots of a layer have **the same weights**, they shout the same word. Sixty-four of them are then no better than one. Worse: since they say the same, they get the same blame, and the same *nudge*. They stay the same for good. Dice are needed to make them differ.
#
# The field's own words: setting the first weights is **initialization**. The loudness of a layer is measured by the **standard deviation** of its numbers, *std* for short (we also say *spread*). Its square is the **variance**. When the spread grows without bound the activations **explode**; when it shrinks to nothing they **vanish**. The sameness of equal units is called **symmetry**, and dice **break** it. The number of inputs of a unit is its **fan-in**, the number of units that a layer feeds is its **fan-out**.
#
# ## A worked example, by hand
#
# A unit has two inputs, 3 and 4, and two weights. Each weight is $+s$ or $-s$; a coin decides. There are four cases, all equally likely:
#
# | $w_1$ | $w_2$ | $z = 3 w_1 + 4 w_2$ | $z^2$ | after ReLU, squared |
# | --- | --- | --- | --- | --- |
# | $+s$ | $+s$ | $7s$ | $49 s^2$ | $49 s^2$ |
# | $+s$ | $-s$ | $-s$ | $s^2$ | 0 |
# | $-s$ | $+s$ | $s$ | $s^2$ | $s^2$ |
# | $-s$ | $-s$ | $-7s$ | $49 s^2$ | 0 |
# | | | mean 0 | mean $25 s^2$ | mean $12.5 s^2$ |
#
# **The sum.** $25 = 3^2 + 4^2$. The mixed terms $2 \cdot 3 \cdot 4 \cdot w_1 w_2$ have cancelled, because they are as often positive as negative. So each input adds its own square, and a unit with more inputs is louder:
#
# $$\text{mean of } z^2 \;=\; \text{fan-in} \cdot s^2 \cdot \text{mean of } x^2$$
#
# The inputs had a mean square of $(9 + 16)/2 = 12.5$. To pass the message on as loud as it came we need $2 s^2 = 1$. In general: **variance 1 / fan-in.**
#
# **The bend.** ReLU sets half of the cases to 0, and the mean square is halved. To make up for it, the variance has to be twice as large: **2 / fan-in.** With $s^2 = 2/2 = 1$ the last column has the mean 12.5, as the inputs had.
#
# **Many layers.** Without a bend, a layer multiplies the spread by $\text{std} \cdot \sqrt{\text{fan-in}}$. With 100 inputs and std 1 that is 10, so ten layers make it $10^{10}$. With std 0.01 it is 0.1, and ten layers leave $10^{-10}$. With std 0.1 it is 1.
#
# ## Part 1: throwing the dice
#
# NumPy's dice are a **generator**, usually called `rng`. It moves on with every draw, and a generator that was started with the same seed draws the same again. Run this:

# %% tags=["experiment"]
rng = np.random.default_rng(7)
print("normal, mean 0, std 0.5: ", rng.normal(0, 0.5, (2, 3)).round(2).tolist())
print("uniform from -2 to 2:    ", rng.uniform(-2, 2, (2, 3)).round(2).tolist())
print(
    "the same seed once more: ", np.random.default_rng(7).normal(0, 0.5, (2, 3)).round(2).tolist()
)

# %% [markdown]
# In this course chance always comes in as an argument. Draw from the `rng` that you are given, and make none of your own: then whoever calls your function can repeat what it did. The check does not compare single draws, so the order in which you draw does not matter. It looks at many draws together: their mean, their spread, their shape.
#
# A kernel has a row for each input and a column for each unit, shape (fan_in, fan_out), as last week.
#
# ### 1. Xavier's rule, with uniform draws
#
# On the way forward a unit adds up *fan-in* numbers, so the message wants the variance 1/fan-in. In two weeks blame will travel the other way, from the end to the front. There an input adds up the blame of *fan-out* units, and the way back wants 1/fan-out. One kernel cannot please both, unless the two fans are equal. Xavier Glorot proposed a compromise: one over the *mean* of the two fans. Write it as one fraction.
#
# A bell curve is not needed for it. Only the variance matters, since only the variance appears in the sum above. Uniform draws between $-a$ and $a$ work just as well, and never surprise you with a giant weight. Their mean square is
#
# $$\frac{1}{2a} \int_{-a}^{a} w^2 \, dw = \frac{a^2}{3}$$
#
# Which limit a gives a wanted variance v? Fill in the table, and check your formula with it:
#
# | fan-in | fan-out | mean of both | variance | limit a |
# | --- | --- | --- | --- | --- |
# | 6 | 2 | 4 | 0.25 | 0.866 |
# | 64 | 64 | ? | ? | 0.217 |
# | 100 | 10 | ? | ? | ? |


# %% solution="xavier_uniform"
def xavier_uniform(fan_in, fan_out, rng):
    """A kernel of uniform draws around 0 with the variance of Xavier's rule.

    Args:
        fan_in: the layer's inputs.
        fan_out: the layer's units.
        rng: a NumPy generator, the only source of chance.

    Returns:
        W (fan_in, fan_out), float64; no entry lies beyond the limit.

    Source: Glorot & Bengio 2010, equation 16.
    """
    ### BEGIN SOLUTION
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))
    ### END SOLUTION


# %% check="xavier_uniform"
check("xavier_uniform")

# %% [markdown]
# ### 2. He's rule, with normal draws
#
# Xavier's rule was made for S-shaped bends, which are nearly straight around 0. ReLU throws half of the message away. Kaiming He and his colleagues looked at the way forward through a ReLU:
#
# | | without a bend | with ReLU |
# | --- | --- | --- |
# | mean square of z, if that of the inputs is 1 | fan-in · $s^2$ | fan-in · $s^2$ |
# | mean square after the bend | fan-in · $s^2$ | ? |
# | the variance $s^2$ that makes it 1 | 1 / fan-in | ? |
#
# The worked example has both missing entries. (The way back then comes out right as well, up to one factor for the whole pile. You will measure it in exercise 7.) Mind one thing: the rule states a *variance*, and `rng.normal` takes a *standard deviation*.


# %% solution="he_normal"
def he_normal(fan_in, fan_out, rng):
    """A kernel of normal draws with mean 0 and the variance of He's rule.

    Args:
        fan_in: the layer's inputs.
        fan_out: the layer's units.
        rng: a NumPy generator, the only source of chance.

    Returns:
        W (fan_in, fan_out), float64.

    Source: He et al. 2015, equation 10.
    """
    ### BEGIN SOLUTION
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
    ### END SOLUTION


# %% check="he_normal"
check("he_normal")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Test it yourself: draw a kernel of shape (700, 100) with He's rule and print `W.var() * 700`. It should be close to 2. For the uniform one, `np.abs(W).max()` should be just below the limit.
#
# </details>
#
# ### What the tools do if you say nothing
#
# Keras gives every `Dense` layer Xavier's rule with uniform draws, and biases of 0. PyTorch gives every `nn.Linear` uniform draws between $-1/\sqrt{\text{fan-in}}$ and $1/\sqrt{\text{fan-in}}$, for the biases as well. By the formula of exercise 1 that is a variance of 1/(3 · fan-in), a sixth of He's. In its source code it says `kaiming_uniform_(a=sqrt(5))`, a detour to a limit that is older than both rules. With ReLU each such layer passes on $\sqrt{1/6} = 0.41$ of what it hears. In three layers nobody notices. In thirty it is a whisper, and whoever builds deep piles in PyTorch sets the first weights by hand.
#
# The next cell has the other throws of this lesson, written for you.


# %% locked="other_throws"
def init_normal(fan_in, fan_out, std, rng):
    """Normal draws with mean 0 and standard deviation std."""
    return rng.normal(0, std, (fan_in, fan_out))


def xavier_normal(fan_in, fan_out, rng):
    """Xavier's rule with normal draws."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def torch_linear(fan_in, fan_out, rng):
    """What PyTorch's nn.Linear draws if nothing else is said."""
    return rng.uniform(-1, 1, (fan_in, fan_out)) / np.sqrt(fan_in)


# %% [markdown]
# ## Part 2: listening to the pile
#
# ### 3. How loud is each layer?
#
# Send a batch through the pile and write down the spread of every layer, after its bend. There are no biases: at the start they are all 0. `activation` is a function, as in week 02; the last layer has a bend, too, because here we only listen.
#
# `h.std()` takes the standard deviation over all entries of an array.


# %% solution="activation_std_by_layer"
def activation_std_by_layer(X, weights, activation):
    """The standard deviation of every layer's activations.

    Args:
        X: inputs, shape (N, D), float64.
        weights: a list of kernels from the first layer to the last; there are no biases.
        activation: the bend, a function that works entry by entry; it stands after every layer.

    Returns:
        One number for each kernel: the standard deviation over all entries of that layer's h.
    """
    ### BEGIN SOLUTION
    h, stds = X, []
    for W in weights:
        h = activation(h @ W)
        stds.append(h.std())
    return np.array(stds)
    ### END SOLUTION


# %% check="activation_std_by_layer"
check("activation_std_by_layer")

# %% [markdown]
# ### 4. How many voices?
#
# Two units with equal columns in W say the same. Count how many *different* units a layer has.
#
# Numbers that should be equal may differ in their last digit, when their sums were taken in another order. So we call two units alike when their weights are equal to nine decimals. `np.round(W, 9)` rounds, and `np.unique` finds what differs:

# %% tags=["experiment"]
table = np.array([[1, 5, 1, 2], [3, 3, 3, 4]])
print("different numbers:\n", np.unique(table))
print("different rows:\n", np.unique(table, axis=0))
print("different columns:\n", np.unique(table, axis=1))


# %% solution="distinct_units"
def distinct_units(W):
    """How many different units a layer has, where units with equal columns of W count as one.

    Args:
        W: the kernel, shape (D, M), float64; two units are alike when their weights are equal to
            nine decimals.

    Returns:
        A whole number from 1 to M.
    """
    ### BEGIN SOLUTION
    return np.unique(np.round(W, 9), axis=1).shape[1]
    ### END SOLUTION


# %% check="distinct_units"
check("distinct_units")

# %% [markdown]
# ### 5. The diagnosis
#
# Now let the robot judge a start by itself, from the spreads of its layers. The last layer is compared with the first. Numbers that have burst show as inf (too large for a float) or nan (what becomes of inf − inf). `np.isfinite(stds)` is True where an entry is neither.
#
# A trap: **every** comparison with nan is False, `nan > 10` as well as `nan < 0.1`. Another: in a silent pile the first spread is 0, and dividing by it gives nan.


# %% solution="diagnose_init"
def diagnose_init(stds):
    """What becomes of the spread between the first layer and the last.

    Args:
        stds: the standard deviation of each layer's activations, shape (L,), float64; an
            overflow has left inf or nan in it.

    Returns:
        "explodes" where an entry is inf or nan, or the last is more than 10 times the first;
        else "vanishes" where the last is less than a tenth of the first, or 0; else "healthy".

    Source: Glorot & Bengio 2010, who compare activations layer by layer.
    """
    ### BEGIN SOLUTION
    first, last = stds[0], stds[-1]
    if not np.isfinite(stds).all() or last > 10 * first:
        return "explodes"
    if last < first / 10 or last == 0:
        return "vanishes"
    return "healthy"
    ### END SOLUTION


# %% check="diagnose_init"
check("diagnose_init")

# %% [markdown]
# ## Part 3: a start that listens
#
# ### 6. The standard deviation, found by ear
#
# He's 2 belongs to ReLU. For GELU, or for a bend of your own design, somebody would have to sit down and compute another number. Nobody has to. A factor on a kernel is the same factor on its sums $z = h W$. So draw any kernel, *listen* how loud its sums are, and divide the kernel by what you hear. Then z has the standard deviation 1, exactly, whatever the bend, the fan-in and the pictures.
#
# One thing needs care: the second layer hears what the *new* first layer says. So go from the front to the back. Two pictures of one pixel, 1 and 3, and two layers of one unit with ReLU. Fill in the second row:
#
# | layer | hears h | drawn W | z = h W | std of z | new W | new z | after ReLU |
# | --- | --- | --- | --- | --- | --- | --- | --- |
# | 1 | 1, 3 | 4 | 4, 12 | 4 | 1 | 1, 3 | 1, 3 |
# | 2 | ? | 0.5 | ? | ? | ? | ? | ? |
#
# (Whoever listens to the drawn first layer hears 4 and 12 in the second row, and gets another new W.)
#
# Dmytro Mishkin and Jiri Matas called this *layer-sequential unit variance*, in short **LSUV**. They started piles of seventeen thin layers with it, with one bend after another, and computed no rule for any of them.


# %% solution="lsuv_init"
def lsuv_init(X, weights, activation):
    """The kernels, each scaled so that its layer's sums z = h @ W have standard deviation 1.

    Args:
        X: inputs, shape (N, D), float64.
        weights: a list of drawn kernels from the first layer to the last; there are no biases. They
            belong to the caller and stay as they are.
        activation: the bend, a function that works entry by entry; it stands after every layer.

    Returns:
        A list of as many kernels, of the same shapes.

    Source: Mishkin & Matas 2016, "All you need is a good init", algorithm 1.
    """
    ### BEGIN SOLUTION
    h, scaled = X, []
    for W in weights:
        W = W / (h @ W).std()
        scaled.append(W)
        h = activation(h @ W)
    return scaled
    ### END SOLUTION


# %% check="lsuv_init"
check("lsuv_init")

# %% [markdown]
# ### 7. How loud is the blame?
#
# The way forward is half of the story. Learning needs the way back as well: at the end of the pile somebody says how the loss changes with each number there, and this **blame** has to reach the front. Week 06 follows every number of it. Here we only listen to how loud it is. Two things happen to it at each layer, in this order:
#
# 1. It passes the bend, from the activations to the sums z. Each number is multiplied by the slope of the bend at its z (week 02).
# 2. It passes the kernel, from the sums to the inputs. An input has sent its number to every unit, so it collects blame from every unit, each times the weight between them.
#
# By hand: two inputs, two units, $W = \begin{pmatrix} 2 & -1 \\ 0 & 3 \end{pmatrix}$ with a row for each input, and the blame (1, 2) at the two sums.
#
# | input | collects | blame |
# | --- | --- | --- |
# | 1 | $2 \cdot 1 + (-1) \cdot 2$ | 0 |
# | 2 | ? | 6 |
#
# For a batch, the blame has a row for each picture, shape (N, M), and the inputs want theirs with shape (N, D). W has shape (D, M). There is one matrix product that fits; check with the table that it is the right one.
#
# To know the slopes you need every layer's z, so go forward first and keep them. Then walk back from the last layer to the first.


# %% solution="blame_std_by_layer"
def blame_std_by_layer(X, weights, activation, activation_grad, blame):
    """The standard deviation of the blame that arrives at each layer's inputs.

    Args:
        X: inputs, shape (N, D), float64.
        weights: a list of kernels from the first layer to the last; there are no biases.
        activation: the bend, a function that works entry by entry; it stands after every layer.
        activation_grad: a function that returns the slope of the bend at every entry of z.
        blame: how the loss changes with the last layer's activations, shape (N, M), float64.

    Returns:
        One number for each kernel, from the first layer to the last: the standard deviation over
        all entries of dL/dh, where h is what this layer receives.

    Source: Glorot & Bengio 2010, section 4.2.
    """
    ### BEGIN SOLUTION
    h, sums = X, []
    for W in weights:
        sums.append(h @ W)
        h = activation(sums[-1])
    stds = []
    for W, z in zip(reversed(weights), reversed(sums), strict=True):
        blame = (blame * activation_grad(z)) @ W.T
        stds.append(blame.std())
    return np.array(stds[::-1])
    ### END SOLUTION


# %% check="blame_std_by_layer"
check("blame_std_by_layer")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Two loops, one after the other. `reversed(a)` walks through a list from its end, and `zip` walks through two at once. The numbers come in from the last layer to the first; the answer has them the other way round.
#
# </details>
#
# ### 8. What a beginner's loss should be
#
# There is a third thing to listen to, at the very end. Week 05 takes losses apart; for now one sentence is enough: for each picture the loss is **−ln of the probability that the robot gave to the right answer**, and we take the mean over the pictures. Being sure and right costs 0, being sure and wrong costs a fortune.
#
# A robot that knows nothing should give each of K answers the same probability. What is its loss, whatever the picture is?
#
# | classes | probability of the right one | loss |
# | --- | --- | --- |
# | 2 | 1/2 | 0.693 |
# | 10 | ? | 2.303 |
# | 1000 | ? | ? |
#
# The second beginner has not looked at a picture either, but was told how frequent each answer is, and gives each its share as its probability. For 99 letters and 1 spam: 99 times the loss is $-\ln 0.99 = 0.010$, once it is $-\ln 0.01 = 4.605$, and the mean is 0.056. Do it for any counts. A class without examples costs nothing; mind that the logarithm of 0 is −inf.
#
# Remember both numbers. A fresh network should show the first one, and its first few nudges bring it to the second. If it starts at 40 in place of 2.3, its last layer shouts.


# %% solution="fresh_loss"
def fresh_loss(counts):
    """The losses of two beginners, who look at no picture.

    Args:
        counts: how many examples each class has, shape (K,), whole numbers; 0 for a class without
            examples, but not for all.

    Returns:
        knows_nothing, the mean loss with the same probability for each of the K classes; and
        knows_shares, the mean loss with each class's share of the examples as its probability.

    Source: Shannon 1948, on the entropy of a choice.
    """
    ### BEGIN SOLUTION
    shares = counts[counts > 0] / counts.sum()
    return np.log(len(counts)), -np.sum(shares * np.log(shares))
    ### END SOLUTION


# %% check="fresh_loss"
check("fresh_loss")

# %% [markdown]
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for a guess. Put a number in the place of `None`, and the next cell shows it beside the result. Nothing of it is graded.
#
# **First: every start with every bend.** Thirty layers of 64 units, fed with digits. By which factor will one layer with ReLU change the spread, for each start?

# %% tags=["experiment"]
guessed_factor = {"std 1": None, "std 0.01": None, "Xavier": None, "He": None, "PyTorch": None}

# %% tags=["experiment"]
DEPTH, WIDTH = 30, 64
starts = {
    "std 1": lambda rng: init_normal(WIDTH, WIDTH, 1.0, rng),
    "std 0.01": lambda rng: init_normal(WIDTH, WIDTH, 0.01, rng),
    "Xavier": lambda rng: xavier_normal(WIDTH, WIDTH, rng),
    "He": lambda rng: he_normal(WIDTH, WIDTH, rng),
    "PyTorch": lambda rng: torch_linear(WIDTH, WIDTH, rng),
}
bends = {"sigmoid": sigmoid, "tanh": tanh, "ReLU": relu}
centred = digits - digits.mean()

spreads = {bend: {} for bend in bends}
for bend, activation in bends.items():
    for start, draw in starts.items():
        rng = np.random.default_rng(0)
        weights = [draw(rng) for _ in range(DEPTH)]
        spreads[bend][start] = np.asarray(activation_std_by_layer(centred, weights, activation))
    weights = lsuv_init(centred, weights, activation)
    spreads[bend]["LSUV"] = np.asarray(activation_std_by_layer(centred, weights, activation))
figure = plots.spread_by_depth(spreads)

print(f"{'':9}", *(f"{start:>10}" for start in spreads["ReLU"]))
for bend in bends:
    print(f"{bend:9}", *(f"{diagnose_init(found):>10}" for found in spreads[bend].values()))
for start, found in spreads["ReLU"].items():
    factor = (found[-1] / found[0]) ** (1 / (DEPTH - 1))
    print(
        f"with ReLU and {start}: {factor:.3f} times the spread a layer (your guess: "
        f"{guessed_factor.get(start)}), {found[-1]:.0e} after the last"
    )

# %% [markdown] quotes={"factor of 5.6 a layer, to $10^{22}$": "with ReLU and std 1: {} times the spread a layer (your guess: None), {} after the last", "leaves 0.056 of the spread at each layer, and $10^{-38}$": "with ReLU and std 0.01: {} times the spread a layer (your guess: None), {} after the last", "passes on 0.70": "with ReLU and Xavier: {} times", "PyTorch's default 0.40": "with ReLU and PyTorch: {} times"}
# *In words:* with ReLU the starts fan out. Std 1 climbs by a factor of 5.6 a layer, to $10^{22}$. Std 0.01 leaves 0.056 of the spread at each layer, and $10^{-38}$ after the last. Xavier passes on 0.70 of the spread at each layer, as its rule knows nothing of the half that ReLU cuts off, and PyTorch's default 0.40. Only He and LSUV stay level. With tanh nothing can explode, because no S leaves the range from −1 to 1; std 0.01 and PyTorch's default still vanish. With sigmoid all lines are level.
#
# **Second: what does listening find?** LSUV knows no rule and no bend. Let it listen to 30 layers of 64 units and look at the kernels that it made: their standard deviation times $\sqrt{\text{fan-in}}$, on average. For ReLU, He's rule says $\sqrt 2 = 1.41$. What will it find for the others?

# %% tags=["experiment"]
guessed_gain = {"no bend": None, "ReLU": None, "tanh": None, "GELU": None}


# %% tags=["experiment"]
def gelu(z):
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


for bend, activation in {"no bend": lambda z: z, "ReLU": relu, "tanh": tanh, "GELU": gelu}.items():
    rng = np.random.default_rng(0)
    drawn = [init_normal(WIDTH, WIDTH, 1.0, rng) for _ in range(DEPTH)]
    heard = lsuv_init(centred, drawn, activation)
    gain = np.mean([W.std() for W in heard[1:]]) * np.sqrt(WIDTH)
    print(f"{bend:8} std times root of fan-in: {gain:.2f} (your guess: {guessed_gain[bend]})")

# %% [markdown] quotes={"1.00, which is the first rule": "no bend std times root of fan-in: {}", "with ReLU it finds 1.45": "ReLU std times root of fan-in: {}", "For tanh it is 1.60 and for GELU 1.50": "tanh std times root of fan-in: {} (your guess: None) GELU std times root of fan-in: {}"}
# Without a bend it finds 1.00, which is the first rule of the worked example, and with ReLU it finds 1.45, close to He's. (He's rule speaks of an average over all throws, LSUV hears this one.) For tanh it is 1.60 and for GELU 1.50: rules that you would have had to compute, each with its own integral.
#
# **Third: the way back.** The same starts. Random blame with a spread of 1 stands at the end and travels to the front. By which factor will one layer with ReLU change it?

# %% tags=["experiment"]
guessed_back = {"std 1": None, "std 0.01": None, "Xavier": None, "He": None, "PyTorch": None}


# %% tags=["experiment"]
def relu_grad(z):
    return np.where(z > 0, 1.0, 0.0)


def tanh_grad(z):
    return 1 - np.tanh(z) ** 2


back = {"ReLU": {}, "tanh": {}}
for bend, (activation, slope) in {"ReLU": (relu, relu_grad), "tanh": (tanh, tanh_grad)}.items():
    for start, draw in starts.items():
        rng = np.random.default_rng(0)
        weights = [draw(rng) for _ in range(DEPTH)]
        blame = np.random.default_rng(1).normal(size=(len(centred), WIDTH))
        heard = blame_std_by_layer(centred, weights, activation, slope, blame)
        back[bend][start] = np.asarray(heard)
figure = plots.spread_by_depth(back, of="blame at the inputs")
for start, heard in back["ReLU"].items():
    factor = (heard[0] / heard[-1]) ** (1 / (DEPTH - 1))
    print(
        f"back through ReLU from {start}: {factor:.3f} times a layer (your guess: {guessed_back[start]})"
    )
print(f"back through tanh from std 1: {back['tanh']['std 1'][0]:.0e} at the front")

# %% [markdown] quotes={"nearly $10^{10}$ at the front": "back through tanh from std 1: {} at the front"}
# *In words:* blame enters on the right, at layer 30, and arrives on the left. With ReLU the lines are the mirror image of the way forward: std 1 drowns the front, std 0.01 and PyTorch's default leave it without a word, and He's line is nearly level. With tanh std 1 is no longer safe: forward its S kept every number within 1, backward the blame meets flat ends, which make it smaller, and large weights, which make it larger, and the weights win: nearly $10^{10}$ at the front. A layer with as many inputs as outputs treats both ways alike; where it narrows or widens, one rule cannot serve both, and Xavier's compromise comes in.
#
# **What this cannot hear.** Level is not yet good. Here is where the tanh units of some layers stand.

# %% tags=["experiment"]
standing = {}
for start in ["std 1", "std 0.01", "Xavier"]:
    rng, X, shown = np.random.default_rng(0), centred, {}
    for layer in range(1, DEPTH + 1):
        X = tanh(X @ starts[start](rng))
        if layer in (1, 3, 10, 30):
            shown[layer] = X
    standing[start] = shown
figure = plots.activation_histograms(standing)

# %% [markdown]
# *In words:* three rows of histograms from −1 to 1, for layers 1, 3, 10 and 30. With std 1 two towers stand at −1 and 1 in every layer: the units shout, and on the flat ends of tanh no nudge gets through. With std 0.01 one needle stands at 0. Xavier keeps a hill in the middle; it narrows, slowly, with depth.
#
# And sigmoid? Its units differ from *each other*. Do they still differ from *picture to picture*? The digits do, by about 0.2. What will be left of it after 30 layers?

# %% tags=["experiment"]
guessed_difference = {"sigmoid": None, "tanh": None, "ReLU": None}

# %% tags=["experiment"]
rng = np.random.default_rng(0)
hs = {bend: centred for bend in bends}
print("spread from picture to picture")
for layer in range(1, DEPTH + 1):
    W = he_normal(WIDTH, WIDTH, rng)
    hs = {bend: bends[bend](h @ W) for bend, h in hs.items()}
    if layer in (1, 5, 10, 30):
        print(f"layer {layer:2}", *(f"  {b} {h.std(axis=0).mean():7.1e}" for b, h in hs.items()))
print("your guesses:", guessed_difference)

# %% [markdown] quotes={"about $10^{-14}$": "layer 30 sigmoid {}"}
# After thirty sigmoids only rounding errors, about $10^{-14}$, are left of the difference between a 3 and an 8. That pile is loud and deaf: every picture gives the same numbers. It is one more reason why sigmoid lost its place between the layers.
#
# **Fourth: four bad starts, and what learning makes of them.** Learning belongs to the next weeks, but you can already watch it. The next cell but one holds weeks 05 to 07 in a few lines; just skim it. An honest beginner starts at the first number of your `fresh_loss`, and the loss should fall from there. What will the loss of each start be before the first nudge?

# %% tags=["experiment"]
guessed_first = {"loud": None, "quiet": None, "alike": None, "zero": None, "He": None}


# %% tags=["experiment"]
def nudge(weights, X, y, step=0.02):
    """The loss before a nudge, and the weights after it."""
    inputs = [X]
    for W in weights[:-1]:
        inputs.append(relu(inputs[-1] @ W))
    Z = inputs[-1] @ weights[-1]
    Z = Z - Z.max(axis=1, keepdims=True)
    truth = np.arange(len(y)), y
    loss = (np.log(np.exp(Z).sum(axis=1)) - Z[truth]).mean()
    blame, moved = softmax(Z), list(weights)
    blame[truth] -= 1
    blame /= len(y)
    for layer in reversed(range(len(weights))):
        moved[layer] = weights[layer] - step * inputs[layer].T @ blame
        blame = (blame @ weights[layer].T) * (inputs[layer] > 0)
    return loss, moved


def learn(draw, nudges=60):
    """The loss and the number of different units in layer 1 before each nudge."""
    rng = np.random.default_rng(3)
    # float32, as Keras and nearly everybody computes: numbers up to 3e38, and seven digits.
    weights = [draw(m, n, rng).astype(np.float32) for m, n in zip(sizes, sizes[1:], strict=False)]
    X, y = digits[:300].astype(np.float32), labels[:300]
    losses, units = [], []
    with np.errstate(all="ignore"):
        for _ in range(nudges):
            units.append(distinct_units(weights[0]))
            loss, weights = nudge(weights, X, y)
            losses.append(loss)
    return np.array(losses, float), np.array(units)


good, good_units = learn(he_normal)
loud, _ = learn(lambda m, n, rng: init_normal(m, n, 1.0, rng))
quiet, _ = learn(lambda m, n, rng: init_normal(m, n, 0.01, rng))
alike, alike_units = learn(lambda m, n, rng: np.full((m, n), 1 / m))
zero, zero_units = learn(lambda m, n, rng: np.zeros((m, n)))
figure = plots.bad_starts(
    {
        "Too loud: std 1": loud,
        "Too quiet: std 0.01": quiet,
        "All alike: 1 / fan-in": alike,
        "All zero": zero,
    },
    good,
    {"He": good_units, "all alike": alike_units, "all zero": zero_units},
)
print("fresh_loss of these digits:", *(f"{loss:.4f}" for loss in fresh_loss(np.bincount(labels))))
runs = {"loud": loud, "quiet": quiet, "alike": alike, "zero": zero, "He": good}
for name, losses in runs.items():
    print(
        f"{name:6} before the first nudge {losses[0]:.5g} (your guess: {guessed_first[name]}),",
        end=" ",
    )
    print(f"after it {losses[1]:.5g}, after 59 nudges {losses[-1]:.3f}")

# %% [markdown]
# *In words:* five panels. Too loud: one nudge, and the loss is nan; the robot is dead. Too quiet: the loss stands at guessing, to the last digit, since nothing that is shown reaches the end and no blame reaches the front. All alike: it hardly moves, and the last panel shows why: layer 1 has 64 units with He's start and a single one with equal weights, before the first nudge as after the last.
#
# All zero is the same disease in its purest form, and one step worse. Equal units get equal nudges, and here every nudge is *exactly* 0: forward all activations behind the first layer are 0, so the kernels that they feed have nothing to learn from, and backward all blame is multiplied by kernels of zeros. The loss is $\ln 10$ before every nudge. Only the biases of the last layer could move, if there were any; they would learn the shares, and the loss would stop at your second beginner's.
#
# Only He's start learns. Its spikes are nudges that went a step too far (weeks 07 and 09).
#
# ## The same in Keras
#
# Keras has these initializers by name. It cuts normal draws off at two standard deviations, and makes up for what the cut takes from the spread; the variance is the same as yours. Below it: a Keras pile with *your* weights, listened to layer by layer.

# %% tags=["experiment"]
try:
    from course_lib.models import mlp
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    theirs = {
        "Xavier normal": (xavier_normal, keras.initializers.GlorotNormal(seed=1)),
        "Xavier uniform": (xavier_uniform, keras.initializers.GlorotUniform(seed=1)),
        "He normal": (he_normal, keras.initializers.HeNormal(seed=1)),
    }
    print("variance times fan-in     yours   Keras      largest weight / std   yours   Keras")
    for name, (mine, initializer) in theirs.items():
        both = mine(700, 300, np.random.default_rng(1)), np.asarray(initializer((700, 300)))
        variances = "   ".join(f"{700 * W.var():5.3f}" for W in both)
        largest = "   ".join(f"{np.abs(W).max() / W.std():5.2f}" for W in both)
        print(f"{name:25} {variances} {'':27} {largest}")

    rng = np.random.default_rng(2)
    weights = [he_normal(m, n, rng) for m, n in zip(sizes, sizes[1:], strict=False)]
    model = mlp(sizes, "relu")
    model.set_weights([each for W in weights for each in (W, np.zeros(W.shape[1]))])
    h, stds = digits, []
    for layer in model.layers:
        h = keras.activations.relu(layer(h))
        stds.append(float(keras.ops.std(h)))
    difference = np.abs(activation_std_by_layer(digits, weights, relu) - stds).max()
    print(f"\nspread by layer: largest difference {difference:.1e}")

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** Every weight of a pile starts at 0.1. What happens when it learns?
#
# - a: the units of a layer stay copies of each other
# - b: nothing is wrong; with 10 instead of 0.1 it would be
# - c: no nudge reaches them

# %% solution="constant_start"
# Set constant_start to "a", "b" or "c".
# Say why in one line: constant_start_because = "..."
### BEGIN SOLUTION
constant_start = "a"
constant_start_because = "Equal weights give equal outputs and equal slopes, so equal nudges: nothing can ever tell the units apart."
### END SOLUTION

# %% check="constant_start"
check("constant_start")

# %% [markdown]
# **B.** Ten layers without bends, 100 inputs each, weights with std 0.05. The input has spread 1. What is left at the end?
#
# - a: $0.05^{10}$, about $10^{-13}$
# - b: 1
# - c: $0.5^{10}$, about 0.001

# %% solution="spread_after_ten"
# Set spread_after_ten to "a", "b" or "c".
# Say why in one line: spread_after_ten_because = "..."
### BEGIN SOLUTION
spread_after_ten = "c"
spread_after_ten_because = (
    "A layer multiplies the spread by std * sqrt(fan_in) = 0.05 * 10 = 0.5, ten times over."
)
### END SOLUTION

# %% check="spread_after_ten"
check("spread_after_ten")

# %% [markdown]
# **C.** Why is there a 2 in He's rule?
#
# - a: because there are two fans
# - b: because ReLU halves the mean square
# - c: because of the bias

# %% solution="why_the_two"
# Set why_the_two to "a", "b" or "c".
# Say why in one line: why_the_two_because = "..."
### BEGIN SOLUTION
why_the_two = "b"
why_the_two_because = (
    "ReLU sets the negative half to 0, so half of the mean square is lost, and the 2 puts it back."
)
### END SOLUTION

# %% check="why_the_two"
check("why_the_two")

# %% [markdown]
# **D.** You build a network for ten classes and look at its loss before the first nudge. Which number tells you that the start is sound?
#
# - a: close to 0
# - b: about 2.3
# - c: about 40

# %% solution="first_loss"
# Set first_loss to "a", "b" or "c".
# Say why in one line: first_loss_because = "..."
### BEGIN SOLUTION
first_loss = "b"
first_loss_because = (
    "A robot that knows nothing gives each class 1/10, and -ln(1/10) = ln 10 = 2.30."
)
### END SOLUTION

# %% check="first_loss"
check("first_loss")

# %% [markdown] written="why_dice_and_how_hard"
# ## In your own words
#
# A friend starts a deep network with all weights 0, sees that it does not learn, and then draws them with `rng.normal(size=...)`. Now everything is nan. Explain both failures, and what to do instead. Use one equation and numbers of your own. Eight to ten sentences.
#
# ### BEGIN SOLUTION
# With equal weights all units of a layer compute the same number. So they carry the same blame and receive the same nudge, and they are equal again afterwards. However wide the layer is, it has a single unit. With zeros not even that one works, because nothing gets through. Dice make the units differ.
#
# But the dice must not be thrown too hard. A unit adds up fan-in products, and its mean square is fan-in · std² times that of its inputs. With std 1 and 64 inputs a layer without a bend makes the spread 8 times as large, and a layer with ReLU about 5.7 times. Twelve such layers make it about $10^9$ times as large, and the first nudge is as huge; after it the numbers no longer fit into a float. With std 0.01 the factor is 0.06, and twelve layers leave nothing.
#
# So the factor should be 1. For ReLU, which halves the mean square, that is the variance 2 / fan-in (He). For tanh it is about one over the mean of both fans, 2 / (fan-in + fan-out) (Xavier), a compromise between the way forward and the way back.
#
# **Rubric (20 points).** 6: equal units get equal nudges, so dice are needed. 8: the factor of a layer and its product over the layers, with numbers for too large and too small. 4: He's 2 / fan-in and its reason, or Xavier's compromise. 2: a failure as it looked in the experiment.
# ### END SOLUTION

# %% [markdown] quotes={"from 2.38 to 0.84": "He before the first nudge {} (your guess: None), after it _, after 59 nudges {}"}
# ## The bridge
#
# The pile now starts well: it is neither deaf nor shouting, and its units differ. But a good start is not yet an answer. The robot guesses. In the last experiment a number called *loss* fell from 2.38 to 0.84, and we took it on trust. Who computes it? Why the logarithm? And which way does it push?
#
# Next week: **how wrong**. We give the robot a teacher who says not only *wrong*, but how much.
#
# ## To read on
#
# - Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010): the spreads of every layer, forward and back, drawn as you drew them.
# - He, Zhang, Ren and Sun, *Delving Deep into Rectifiers* (2015), section 2.2: the 2, on one page.
# - Mishkin and Matas, *All you need is a good init* (2016): LSUV.
# - Karpathy, *A Recipe for Training Neural Networks* (2019): look for "verify loss at init".
# - CS231n, *Neural Networks Part 2*, on weight initialization; Nielsen, *Neural Networks and Deep Learning*, chapter 3, on the same.
