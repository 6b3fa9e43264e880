# %% [markdown]
# # Week 06: The nudge
#
# About three and a half hours. You write seven short functions and one small class. Each has a check right below it.
#
# ## The break
#
# Last week the robot learned to say *how wrong* it is: one number, the **loss**. That is a grade, not advice. The robot has thousands of weights. Each is a knob, and it has no idea which of them to turn, nor which way.
#
# One honest way to find out: wiggle a weight, look at the loss, put the weight back, take the next one. Run the next three cells to see what that costs.

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


def dense_forward(X, W, b):
    """Outputs X @ W + b of shape (N, M), and what the way back needs."""
    return X @ W + b, (X, W)


def softmax_cross_entropy(Z, y):
    """Mean loss of the logits Z (N, K) for the labels y (N,)."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]
    return losses.mean()


# %% tags=["experiment"]
from time import perf_counter

from course_lib import datasets

digits, labels = datasets.digits()


def new_network(sizes, rng):
    """Random weights for a network of two layers."""
    D, H, K = sizes
    return {
        "W1": rng.normal(size=(D, H)) * np.sqrt(2 / D),
        "b1": np.zeros(H),
        "W2": rng.normal(size=(H, K)) * np.sqrt(2 / H),
        "b2": np.zeros(K),
    }


def network_loss(X, y, params):
    h = relu(dense_forward(X, params["W1"], params["b1"])[0])
    return softmax_cross_entropy(dense_forward(h, params["W2"], params["b2"])[0], y)


params = new_network((64, 16, 10), np.random.default_rng(6))
started = perf_counter()
for _ in range(10):
    loss = network_loss(digits, labels, params)
one_pass = (perf_counter() - started) / 10
knobs = sum(p.size for p in params.values())
print(f"loss {loss:.3f}; one pass over {len(digits)} digits takes {1000 * one_pass:.1f} ms")
units = {"years": 31_557_600, "days": 86_400, "seconds": 1}
for count in [knobs, 13_002, 1_000_000, 1_000_000_000]:
    # A pass costs about as much as there are knobs, and every knob needs two of them.
    seconds = 2 * count * (one_pass * count / knobs)
    unit = next((unit for unit in units if seconds >= units[unit]), "seconds")
    print(f"{count:13,} knobs: about {seconds / units[unit]:7,.0f} {unit} for a single nudge")

# %% [markdown]
# A nudge has to be repeated thousands of times. Twice as many knobs cost four times as much, and with a billion of them the first nudge would take longer than all of recorded history. Wiggling is honest, but it cannot be the way.
#
# ## The picture
#
# The cat-spotting robot says *dog* to a picture of a cat. The loss sends a bill to the end of the pile: *you are to blame*.
#
# The last rule reads the bill and thinks. "Part of this is my own weights' fault; I write it down. Part of it is the fault of what I was fed; I pass that on to the rule that fed me." That rule does the same. So the bill travels back through the pile, from the end to the front. Each rule looks only at its own step. When the bill arrives at the front, every weight knows its share.
#
# Then each weight moves a little against its blame. That is **the nudge**.
#
# The field's own words, used from here on:
#
# - The blame of a weight is the **gradient** of the loss: how much the loss rises when the weight rises by a little.
# - The bill that arrives at a step is the **upstream gradient**. In code it is called `dout`, short for dL/dout.
# - Passing it back, step by step, is **backpropagation**. The rule by which a step does it is the **chain rule**.
#
# ## A worked example, by hand
#
# One input $x = 2$, one hidden unit, one output, target $t = 1$:
#
# $$z = wx + b, \qquad h = \max(0, z), \qquad y = vh, \qquad e = y - t, \qquad L = e^2$$
#
# with $w = 3$, $b = -5$, $v = 4$. Forward, we write down every number. Backward, we ask at each step: when this number grows by a little, how much does $L$ grow?
#
# | forward | | backward | the step's own slope | × incoming bill | = blame |
# | --- | --- | --- | --- | --- | --- |
# | $z = 3 \cdot 2 - 5$ | 1 | $L$ | | | 1 |
# | $h = \max(0, 1)$ | 1 | $e$ | $2e = 6$ | 1 | 6 |
# | $y = 4 \cdot 1$ | 4 | $y$ | 1 | 6 | 6 |
# | $e = 4 - 1$ | 3 | $v$ | $h = 1$ | 6 | **6** |
# | $L = 3^2$ | 9 | $h$ | $v = 4$ | 6 | 24 |
# | | | $z$ | 1, because $z > 0$ | 24 | 24 |
# | | | $w$ | $x = 2$ | 24 | **48** |
# | | | $b$ | 1 | 24 | **24** |
#
# Two things to notice. Each row uses only the bill of an earlier row, and numbers from the forward pass. And every slope was found in *one* walk back, not in one walk for each weight.
#
# Is 48 right? Wiggle $w$ from 3 to 3.01: $z = 1.02$, $y = 4.08$, $e = 3.08$, $L = 9.4864$. The loss rose by 0.4864, which is about $48 \cdot 0.01$. It is.
#
# ## Part 1: the honest wiggle
#
# Wiggling is too slow for learning, but it hardly ever lies. So we build it first and use it as the judge of everything else.
#
# ### 1. The numerical gradient
#
# A **central difference** steps to both sides:
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2\varepsilon}$$
#
# Here $e_i$ is 1 at entry $i$ and 0 elsewhere: only one entry moves at a time. Stepping to both sides lets the curvature of $f$ cancel. For $f(x) = x^2$ at $x = 3$ with $\varepsilon = 0.1$: one side gives $(9.61 - 9)/0.1 = 6.1$, both sides give $(9.61 - 8.41)/0.2 = 6$.
#
# Three tools that you need. `np.ndindex(x.shape)` runs through all positions of an array of any shape; `x[place]` is then one entry. An array of whole numbers cannot hold $2 + \varepsilon$ (it cuts the decimals off), so work on a copy `x.astype(float)`. And an entry that was moved has to be put back before the next one moves.


# %% solution="numerical_gradient"
def numerical_gradient(f, x, eps):
    """The slope of f in every direction of x, by central differences.

    Args:
        f: takes an array of the shape of x, returns one number.
        x: where to measure, any shape, floats or whole numbers; it is left as it was.
        eps: the step to either side.

    Returns:
        The slope for every entry, the shape of x.

    Source: the central difference quotient.
    """
    ### BEGIN SOLUTION
    moved = x.astype(float)
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = moved[place]
        moved[place] = kept + eps
        above = f(moved)
        moved[place] = kept - eps
        gradient[place] = (above - f(moved)) / (2 * eps)
        moved[place] = kept
    return gradient
    ### END SOLUTION


# %% check="numerical_gradient"
check("numerical_gradient")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Make a float copy of x and an array of zeros for the result. Loop over the places. At each place: remember the entry, set it to the upper value, call f, set it to the lower value, call f, compute the quotient, set the entry back to what you remembered.
#
# </details>
#
# ### 2. How far apart?
#
# A difference of 0.001 between two gradients is tiny if they are about 1,000, and a disaster if they are about 0.001. So we divide by their size:
#
# $$\max_i \; \frac{|a_i - b_i|}{\max(10^{-8},\; |a_i| + |b_i|)}$$
#
# The outer maximum finds the worst entry: one wrong weight among thousands must not hide behind the others. The inner one is a floor. Without it two zeros would give 0/0, which is nan. NumPy has two functions for the two jobs: `np.max(a)` is the largest entry of one array, `np.maximum(a, b)` compares entry by entry.


# %% solution="relative_error"
def relative_error(a, b):
    """How far two arrays are apart, relative to their own size: the largest over all entries.

    Args:
        a: one gradient, any shape, float64.
        b: another, the shape of a.

    Returns:
        One number from 0 to 1; two zeros are not apart at all.
    """
    ### BEGIN SOLUTION
    size = np.maximum(1e-8, np.abs(a) + np.abs(b))
    return np.max(np.abs(a - b) / size)
    ### END SOLUTION


# %% check="relative_error"
check("relative_error")

# %% [markdown]
# ## Part 2: one step back
#
# Every step of the network gets a partner that goes the other way. It receives `dout`, the bill for the step's output, and returns the bill for its input. A step that works entry by entry multiplies: bill for the input = `dout` times the step's own slope, entry by entry.
#
# Arguments are never changed. `dout` belongs to the caller, so do not write into it.
#
# ### 3. ReLU
#
# ReLU is a gate. Where $z > 0$ the gate was open, the slope is 1, and the bill passes unchanged. Where $z < 0$ it was shut, the slope is 0, and the bill stops. At $z = 0$ there is a corner and no slope; this course, like Keras, takes 0. A comparison such as `z > 0` gives True and False, which count as 1 and 0 in a product.


# %% solution="relu_backward"
def relu_backward(dout, z):
    """The blame that passes back through out = relu(z); the slope at z = 0 is 0.

    Args:
        dout: dL/dout, any shape, float64.
        z: pre-activations, the shape of dout.

    Returns:
        dL/dz, the shape of z.

    Source: the chain rule.
    """
    ### BEGIN SOLUTION
    return dout * (z > 0)
    ### END SOLUTION


# %% check="relu_backward"
check("relu_backward")

# %% [markdown]
# ### 4. Sigmoid and tanh
#
# These two have a convenient habit: their slope can be written with their own *output*, which the forward pass has computed already. In week 02 you wrote both slopes. Look them up if you have to, write $a$ for the output, and fill in the table:
#
# | output $a$ | 0.1 | 0.5 | 0.9 | any $a$ |
# | --- | --- | --- | --- | --- |
# | slope, where $a = \mathrm{sigmoid}(z)$ | ? | ? | ? | ? |
# | slope, where $a = \tanh(z)$ | ? | ? | ? | ? |
#
# <details><summary>The numbers</summary>
#
# Sigmoid: 0.09, 0.25, 0.09. Tanh: 0.99, 0.75, 0.19.
#
# </details>
#
# So both functions below receive `out`, the output $a$, and never see $z$. With $a = 0.9$ and a bill of 2, a sigmoid passes on 0.18, and tanh 0.38.


# %% solution="sigmoid_backward"
def sigmoid_backward(dout, out):
    """The blame that passes back through out = sigmoid(z), from the output alone.

    Args:
        dout: dL/dout, any shape, float64.
        out: the sigmoid's output, not its input; the shape of dout.

    Returns:
        dL/dz, the shape of out.

    Source: the chain rule, with the slope of the table above.
    """
    ### BEGIN SOLUTION
    return dout * out * (1 - out)
    ### END SOLUTION


# %% check="sigmoid_backward"
check("sigmoid_backward")


# %% solution="tanh_backward"
def tanh_backward(dout, out):
    """The blame that passes back through out = tanh(z), from the output alone.

    Args:
        dout: dL/dout, any shape, float64.
        out: the output of tanh, not its input; the shape of dout.

    Returns:
        dL/dz, the shape of out.

    Source: the chain rule, with the slope of the table above.
    """
    ### BEGIN SOLUTION
    return dout * (1 - out**2)
    ### END SOLUTION


# %% check="tanh_backward"
check("tanh_backward")

# %% [markdown]
# ### 5. The dense layer
#
# The forward pass of a dense layer, entry by entry, for example $n$ and output $j$:
#
# $$\mathrm{out}_{nj} = \sum_i X_{ni} W_{ij} + b_j$$
#
# Three questions, three bills. In each, look for all the places where a number was used. Where it was used several times, the blame **adds up**.
#
# - $W_{ij}$ was used once in every example $n$, with slope $X_{ni}$: $\quad dW_{ij} = \sum_n X_{ni}\, \mathrm{dout}_{nj}$
# - $b_j$ was used once in every example, with slope 1: $\quad db_j = \sum_n \mathrm{dout}_{nj}$
# - $X_{ni}$ was used once in every output $j$, with slope $W_{ij}$: $\quad dX_{ni} = \sum_j \mathrm{dout}_{nj} W_{ij}$
#
# A sum over a shared index is a matrix product, if the shared index is the *inner* one: $(A B)_{ij} = \sum_n A_{in} B_{nj}$. Where it is not, a transpose puts it there. Shapes keep you honest: a gradient always has the shape of the thing that it belongs to.
#
# The loss is a mean over the batch, so a 1/N is inside `dout` already. Do not divide again.
#
# By hand, before the code: $X = [[1, 2], [0, 1]]$, two examples with two features, $W = [[3], [4]]$, and the bills $\mathrm{dout} = [[5], [-1]]$. What are dW, db and dX?
#
# <details><summary>The three bills</summary>
#
# $dW = [[5], [9]]$, since $1 \cdot 5 + 0 \cdot (-1) = 5$ and $2 \cdot 5 + 1 \cdot (-1) = 9$. $db = [4]$. $dX = [[15, 20], [-3, -4]]$.
#
# </details>


# %% solution="dense_backward"
def dense_backward(dout, X, W):
    """The blame that passes back through out = X @ W + b, to the inputs and both parameters.

    Args:
        dout: dL/dout, shape (N, M), float64; it carries the 1/N of the mean already.
        X: the layer's inputs, shape (N, D), float64.
        W: the kernel, shape (D, M), float64.

    Returns:
        dX (N, D), dW (D, M), db (M,).

    Source: the three sums above.
    """
    ### BEGIN SOLUTION
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)
    ### END SOLUTION


# %% check="dense_backward"
check("dense_backward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Write the shapes of the two factors below each other. For dW: X is (N, D), dout is (N, M), the result is (D, M). N has to disappear, so N has to stand in the middle. Which of the two do you transpose?
#
# </details>
#
# ## Part 3: the whole pile
#
# ### 6. Loss and gradients of a network
#
# Now put the steps in a row: dense, relu, dense, and the loss at the end. Forward: keep what each step received. Backward: call the partners in the opposite order. Each one's result is the next one's `dout`.
#
# Where does the first `dout` come from? From last week. With $p = \mathrm{softmax}(\mathrm{logits})$ the loss hands the logits the bill
#
# $$\frac{\partial L}{\partial \mathrm{logits}} = \frac{p - \mathrm{onehot}(y)}{N}$$
#
# Every wrong class is pushed down by its probability, the true class is pulled up by what it falls short of 1. With $p = [0.7, 0.2, 0.1]$, true class 1 and $N = 1$, the bill is $[0.7, -0.8, 0.1]$. To subtract the one-hot row without building it: `p[np.arange(N), y] -= 1` picks in row 0 the column `y[0]`, in row 1 the column `y[1]`, and so on. It writes into `p`, so let `p` be an array of your own.
#
# Call your own `relu_backward` and `dense_backward`. If one of them is still wrong, the check says so and does not charge you twice.


# %% solution="mlp_loss_and_grads"
def mlp_loss_and_grads(X, y, params):
    """The loss of a two-layer network on a batch, and its gradient for every parameter.

    The network is dense, relu, dense; the loss is the mean softmax cross-entropy over the batch.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: kernels W1 (D, H) and W2 (H, K), biases b1 (H,) and b2 (K,).

    Returns:
        The loss, one number, and a dict with the keys and the shapes of params.

    Source: Rumelhart, Hinton & Williams 1986.
    """
    ### BEGIN SOLUTION
    z, first = dense_forward(X, params["W1"], params["b1"])
    logits, second = dense_forward(relu(z), params["W2"], params["b2"])
    loss = softmax_cross_entropy(logits, y)

    dlogits = softmax(logits)
    dlogits[np.arange(len(y)), y] -= 1
    dh, dW2, db2 = dense_backward(dlogits / len(y), *second)
    _, dW1, db1 = dense_backward(relu_backward(dh, z), *first)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    ### END SOLUTION


# %% check="mlp_loss_and_grads"
check("mlp_loss_and_grads")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Forward: `z`, then `h = relu(z)`, then `logits`. Backward: the bill for the logits; through the second layer you get dW2, db2 and the bill for `h`; through relu the bill for `z`; through the first layer dW1 and db1. The second layer was fed `h`, the first one `X`.
#
# </details>
#
# ## Part 4: a machine that does it for you
#
# You have just worked out the way back for one particular network. For another network you would have to do it again. TensorFlow does not: it watches the forward pass and finds the way back by itself. That is **automatic differentiation**, and a small version fits on one page.
#
# ### 7. Value
#
# A `Value` is a number that remembers what it was made of: its **parents**, and for each parent the **slope** of the step. In `c = a * b` with $a = 2$ and $b = 5$, the Value `c` holds the data 10, the parents `(a, b)` and the slopes `(5, 2)`. Anyone who writes a formula with Values builds a **computation graph** without noticing.
#
# `backward()` then sends the bill through the graph. The result's own blame is 1. Each value pays every parent its slope times its own blame. A parent that is used in several places is paid several times, and the payments **add up**.
#
# One thing needs care. A value may pass its blame on only when *everyone* who uses it has paid in. So we need an order in which every value comes after all values that use it: a **topological order**. A walk that does not use recursion (Python gives up after about 1,000 nested calls) keeps its own list of values to visit. Every entry is a pair: a value, and whether its parents are done.
#
# 1. Begin with `waiting = [(self, False)]`, and an empty list `order`.
# 2. Take the last entry off: `node, parents_done = waiting.pop()`.
# 3. If its parents are done, append the node to `order`.
# 4. If not, and this node was not visited before: put `(node, True)` back, and then every parent on top with `False`. They will be taken off first.
# 5. When nothing is waiting, every value comes after its parents in `order`. `reversed(order)` is the order for the bill.
#
# Try it on paper with `s = a * b` and `d = s + s`: the order is b, a, s, d (or a, b, s, d).
#
# The addition is written for you, as an example. Python calls `__add__` for `a + b`. In `2 + a` the 2 is no Value and cannot add one, so Python calls `a.__radd__(2)`, with the sides exchanged. For sums that makes no difference; for `2 - a` it does.
#
# Slopes that you need: $ab$ has the slopes $b$ and $a$; $a^k$ has $k a^{k-1}$; $e^a$ has $e^a$; tanh and relu you know. Differences and quotients can be built from what you have: $a - b = a + (-b)$ and $a / b = a \cdot b^{-1}$. Every call of `backward()` starts afresh: it first sets all blame in the graph to 0.


# %% solution="Value"
class Value:
    """A number that remembers what it was made of.

    Attributes:
        data: the number.
        grad: its blame; how much the result of `backward()` rises when this number does.
        parents: the Values that it was computed from.
        slopes: for each parent, the slope of that step.
    """

    def __init__(self, data, parents=(), slopes=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.slopes = slopes

    @staticmethod
    def wrap(other):
        """A plain number as a Value; a Value as it is."""
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        """self + other, an example: both slopes are 1."""
        other = Value.wrap(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    __radd__ = __add__

    def __mul__(self, other):
        """self * other; other is a Value or a plain number."""
        ### BEGIN SOLUTION
        other = Value.wrap(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))
        ### END SOLUTION

    __rmul__ = __mul__

    def __pow__(self, exponent):
        """self ** exponent, where the exponent is a plain number."""
        ### BEGIN SOLUTION
        slope = exponent * self.data ** (exponent - 1)
        return Value(self.data**exponent, (self,), (slope,))
        ### END SOLUTION

    def __neg__(self):
        """-self."""
        ### BEGIN SOLUTION
        return self * -1
        ### END SOLUTION

    def __sub__(self, other):
        """self - other."""
        ### BEGIN SOLUTION
        return self + -Value.wrap(other)
        ### END SOLUTION

    def __rsub__(self, other):
        """other - self, where other is a plain number."""
        ### BEGIN SOLUTION
        return Value.wrap(other) - self
        ### END SOLUTION

    def __truediv__(self, other):
        """self / other."""
        ### BEGIN SOLUTION
        return self * Value.wrap(other) ** -1
        ### END SOLUTION

    def __rtruediv__(self, other):
        """other / self, where other is a plain number."""
        ### BEGIN SOLUTION
        return Value.wrap(other) / self
        ### END SOLUTION

    def exp(self):
        """e to the power of self."""
        ### BEGIN SOLUTION
        e = np.exp(self.data)
        return Value(e, (self,), (e,))
        ### END SOLUTION

    def tanh(self):
        """The hyperbolic tangent of self."""
        ### BEGIN SOLUTION
        t = np.tanh(self.data)
        return Value(t, (self,), (1 - t**2,))
        ### END SOLUTION

    def relu(self):
        """max(0, self); the slope at 0 is 0."""
        ### BEGIN SOLUTION
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))
        ### END SOLUTION

    def backward(self):
        """Set `grad` of every value in the graph to its blame for this one."""
        ### BEGIN SOLUTION
        order, visited, waiting = [], set(), [(self, False)]
        while waiting:
            node, parents_done = waiting.pop()
            if parents_done:
                order.append(node)
            elif node not in visited:
                visited.add(node)
                waiting.append((node, True))
                waiting += [(parent, False) for parent in node.parents]

        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad
        ### END SOLUTION


# %% [markdown]
# Four checks look at different sides of it. The first one uses every value once. The second one tries exp, tanh and relu. The third one uses values several times. The last one makes expressions that are thousands of operations deep, and another one with more paths than could ever be walked one by one.

# %% check="value_arithmetic"
check("value_arithmetic")

# %% check="value_functions"
check("value_functions")

# %% check="value_reuse"
check("value_reuse")

# %% check="value_depth"
check("value_depth")

# %% [markdown]
# <details><summary>Hint</summary>
#
# All gradients 0? The bill begins with `self.grad = 1.0`. Only reused values wrong? Look at how a parent is paid: does a second payment replace the first? Reused values in longer expressions wrong? Print `order` for `s = a * b; d = s + s` and see whether d comes after s.
#
# </details>
#
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: blame drawn on the graph.** The worked example again, this time computed by your `Value`. The wider an arrow, the more blame it carries. The table above left one value out: what is the blame of $x$?

# %% tags=["experiment"]
guessed_blame = None

# %% tags=["experiment"]
x, w, b, v, minus_t = (Value(number) for number in [2.0, 3.0, -5.0, 4.0, -1.0])
z = w * x + b
h = z.relu()
y = v * h
e = y + minus_t
L = e**2
L.backward()
print(f"blame of x: {x.grad:g} (your guess: {guessed_blame})")

names = ["x", "w", "b", "v", "z", "h", "y", "e", "L"]
values = [x, w, b, v, z, h, y, e, L]
figure = plots.blame_graph(L, dict(zip(names, values, strict=True)) | {"\N{MINUS SIGN}t": minus_t})

# %% [markdown]
# *In words:* boxes from left to right, the numbers of the table above in each. The arrows run from L on the right back to v, b, w and x, and most of them grow wider on the way. The widest goes to x, with a blame of 72 (the bill of 24 for $z$, times $w$), then w with 48. Set b to −7 and run the cell again: the gate shuts, and no blame at all gets past it.
#
# **Second: everything on trial.** Each of your backward functions against the honest wiggle. The upstream gradient is random, never ones: with ones, many wrong functions look right.

# %% tags=["experiment"]
rng = np.random.default_rng(0)
z, dout, X, W = (rng.normal(size=shape) for shape in [(6, 4), (6, 4), (6, 5), (5, 4)])
trials = {
    "relu": (relu_backward(dout, z), lambda z: np.sum(dout * relu(z)), z),
    "sigmoid": (sigmoid_backward(dout, sigmoid(z)), lambda z: np.sum(dout * sigmoid(z)), z),
    "tanh": (tanh_backward(dout, tanh(z)), lambda z: np.sum(dout * tanh(z)), z),
    "dense, dX": (dense_backward(dout, X, W)[0], lambda X: np.sum(dout * (X @ W)), X),
    "dense, dW": (dense_backward(dout, X, W)[1], lambda W: np.sum(dout * (X @ W)), W),
}
for name, (yours, f, at) in trials.items():
    print(f"{name:10} relative error {relative_error(yours, numerical_gradient(f, at, 1e-5)):.0e}")

# %% [markdown]
# Errors near $10^{-9}$ or below mean: both are right. A real mistake shows as 0.01, 0.5 or 1.
#
# And which step is best? Here is the whole network, for every parameter and for steps from 0.1 down to $10^{-11}$. A smaller step is nearer to the slope. Is the smallest the best?

# %% tags=["experiment"]
guessed_step = None

# %% tags=["experiment"]
X, y = digits[:12, 20:28], labels[:12] % 4
small = new_network((8, 6, 4), rng)
_, grads = mlp_loss_and_grads(X, y, small)
steps = 10.0 ** -np.arange(1, 12)


def error_at(name, eps):
    def loss_at(p):
        return network_loss(X, y, {**small, name: p})

    return relative_error(grads[name], numerical_gradient(loss_at, small[name], eps))


errors = np.array([[error_at(name, eps) for eps in steps] for name in small])
best = steps[errors.max(axis=0).argmin()]
print(f"the worst parameter is best at a step of {best:.0e} (your guess: {guessed_step})")
figure = plots.gradient_check(errors, list(small), steps)

# %% [markdown]
# *In words:* a table of four rows (W1, b1, W2, b2) and eleven columns. It is bright on both sides and darkest in the middle, at steps of $10^{-4}$ or $10^{-5}$. A large step sees the curvature of the loss, or crosses the corner of a ReLU. A small step loses its digits: the two losses agree in nearly all of them, and only the last few are left for the difference.
#
# **Third: the first nudges.** One walk back gives every slope at once. So we can afford to nudge: every weight moves a little against its blame, 200 times. Of 100 digits, how many will the robot read correctly then?

# %% tags=["experiment"]
guessed_right = None

# %% tags=["experiment"]
losses, right = [], []
started = perf_counter()
for _ in range(200):
    loss, grads = mlp_loss_and_grads(digits, labels, params)
    params = {name: params[name] - 0.5 * grads[name] for name in params}
    losses.append(loss)
    h = relu(digits @ params["W1"] + params["b1"])
    right.append(np.mean(np.argmax(h @ params["W2"] + params["b2"], axis=1) == labels))
seconds = perf_counter() - started
by_wiggling = 200 * 2 * knobs * one_pass
print(f"200 nudges in {seconds:.1f} s; by wiggling about {by_wiggling / 60:.0f} minutes")
print(f"read correctly after them: {100 * right[-1]:.0f} of 100 (your guess: {guessed_right})")
figure = plots.falling_loss(np.array(losses), np.array(right))

# %% [markdown] quotes={"to 98 of 100": "read correctly after them: {} of 100"}
# *In words:* on the left the loss falls, steeply at first and then ever more slowly. On the right the share of right answers climbs from guessing to 98 of 100. The robot learns.
#
# ## Nobody writes this by hand
#
# Not any more. Researchers write the forward pass and the loss, and one of three libraries walks back. All three do what your `Value` does: a rule for every operation, bills that add up, and the graph in reverse order. Their values are whole arrays, so their rule for a matrix product is your `dense_backward`. They differ in *when* they draw the graph, and in where the blame goes:
#
# | | PyTorch | TensorFlow | JAX |
# | --- | --- | --- | --- |
# | you write | `loss.backward()` | `tape.gradient(loss, weights)` | `jax.grad(loss)(weights)` |
# | the graph is drawn | by every operation as it runs: each result remembers its parents, as in your `Value` | only inside `with tf.GradientTape()`, which records the operations on a tape | by running your function once with stand-ins in place of numbers, which note down what is done to them |
# | the blame goes | into `w.grad`, and is **added** to what was there: empty it before each nudge (`optimizer.zero_grad()`), or the bills of two batches mix | it is returned; then the tape is thrown away | it is returned: `jax.grad` makes a new function out of yours, and functions keep nothing |
# | to make it fast | `torch.compile` | `tf.function` | `jax.jit`: the noted operations are compiled as one program |
#
# All of them pay the same price that you paid: what the forward pass computed has to be kept until the bill arrives. Where memory is short, they keep every few layers and compute the others again on the way back (*gradient checkpointing*): more time, less memory.
#
# Why did you write it by hand, then? Because someone has to write the rule of every new operation. Because an error message that names a shape in the middle of a walk back is now one that you can read. And because a library differentiates the wrong loss as faithfully as the right one.
#
# Here is the worked example in each of them, as far as they are installed here. The slopes should be 48, 24 and 6.


# %% tags=["experiment"]
def loss_of(w, b, v, relu):
    """The worked example, for numbers of any library."""
    return (v * relu(w * 2.0 + b) - 1.0) ** 2


def by_value():
    w, b, v = Value(3.0), Value(-5.0), Value(4.0)
    loss_of(w, b, v, Value.relu).backward()
    return w.grad, b.grad, v.grad


def by_pytorch():
    import torch

    w, b, v = (torch.tensor(number, requires_grad=True) for number in (3.0, -5.0, 4.0))
    loss_of(w, b, v, torch.relu).backward()
    return w.grad, b.grad, v.grad


def by_tensorflow():
    from course_lib.quiet import import_keras

    import_keras()
    import tensorflow as tf

    weights = [tf.Variable(number) for number in (3.0, -5.0, 4.0)]
    with tf.GradientTape() as tape:
        loss = loss_of(*weights, tf.nn.relu)
    return tape.gradient(loss, weights)


def by_jax():
    import jax

    slopes = jax.grad(lambda w, b, v: loss_of(w, b, v, jax.nn.relu), argnums=(0, 1, 2))
    return slopes(3.0, -5.0, 4.0)


libraries = {"Value": by_value, "PyTorch": by_pytorch, "TensorFlow": by_tensorflow, "JAX": by_jax}
for name, slopes_of in libraries.items():
    try:
        w, b, v = map(float, slopes_of())
        print(f"{name:10} w {w:g}, b {b:g}, v {v:g}")
    except ImportError:
        print(f"{name:10} is not installed here")

# %% [markdown]
# ## The same in Keras
#
# The same weights in a Keras model, differentiated by TensorFlow's `GradientTape`. Your numbers should agree with its numbers to about $10^{-15}$.

# %% tags=["experiment"]
try:
    from course_lib.gradients import loss_and_gradients
    from course_lib.models import by_student_name, to_keras
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    theirs, tape = loss_and_gradients(to_keras(params), cross_entropy, digits, labels)
    mine, grads = mlp_loss_and_grads(digits, labels, params)
    print(f"loss        yours {mine:.15f}   Keras {theirs:.15f}")
    for name, gradient in by_student_name(tape).items():
        print(f"{name}   largest difference {np.abs(grads[name] - gradient).max():.1e}")

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** A network has 13,002 weights. What does backpropagation need, roughly, for the slopes of all of them?
#
# - a: one pass forward and one pass back
# - b: 26,004 passes forward
# - c: one pass forward, and one pass back for each weight

# %% solution="passes_for_all_slopes"
# Set passes_for_all_slopes to "a", "b" or "c".
# Say why in one line: passes_for_all_slopes_because = "..."
### BEGIN SOLUTION
passes_for_all_slopes = "a"
passes_for_all_slopes_because = "The bill of a later layer is worked out once and used by all layers before it, so one walk back pays all weights."
### END SOLUTION

# %% check="passes_for_all_slopes"
check("passes_for_all_slopes")

# %% [markdown]
# **B.** A value is used in two places. A bill of 3 comes back from one, a bill of −1 from the other. What is the value's blame?
#
# - a: −3
# - b: 3
# - c: 2

# %% solution="blame_at_a_fork"
# Set blame_at_a_fork to "a", "b" or "c".
# Say why in one line: blame_at_a_fork_because = "..."
### BEGIN SOLUTION
blame_at_a_fork = "c"
blame_at_a_fork_because = "The value acts on the loss along two paths, and what it does along each of them adds up: 3 + (-1) = 2."
### END SOLUTION

# %% check="blame_at_a_fork"
check("blame_at_a_fork")

# %% [markdown]
# **C.** In which order are the layers' gradients worked out?
#
# - a: from the first layer to the last
# - b: from the last layer to the first
# - c: in any order

# %% solution="order_of_the_bill"
# Set order_of_the_bill to "a", "b" or "c".
# Say why in one line: order_of_the_bill_because = "..."
### BEGIN SOLUTION
order_of_the_bill = "b"
order_of_the_bill_because = (
    "A layer's bill is made from the bill of the layer after it, and the loss stands at the end."
)
### END SOLUTION

# %% check="order_of_the_bill"
check("order_of_the_bill")

# %% [markdown]
# **D.** You check relu at exactly $z = 0$. Your backward function says 0, the wiggle says 0.5. What happened?
#
# - a: rounding
# - b: the two steps landed on both sides of a corner
# - c: the step is too large

# %% solution="gradient_check_at_a_corner"
# Set gradient_check_at_a_corner to "a", "b" or "c".
# Say why in one line: gradient_check_at_a_corner_because = "..."
### BEGIN SOLUTION
gradient_check_at_a_corner = "b"
gradient_check_at_a_corner_because = "One step sees the slope 1 and the other the slope 0, and a central difference returns their average."
### END SOLUTION

# %% check="gradient_check_at_a_corner"
check("gradient_check_at_a_corner")

# %% [markdown] written="why_blame_is_cheap"
# ## In your own words
#
# Wiggling and backpropagation give the same slopes. Why is one of them hundreds of times cheaper? What does backpropagation have to keep in memory for that? Use the numbers of a network that you saw today. Six to ten sentences.
#
# ### BEGIN SOLUTION
# Wiggling treats the network as a closed box. Each weight needs two forward passes of its own, so the digits network with 1,210 weights needs 2,420 passes for one nudge, and nothing learned about one weight helps with the next.
#
# Backpropagation opens the box. All paths from the first layer's weights to the loss run through the same later layers. The blame at a later layer's input is worked out once and used by everything before it. So one walk back, which costs about as much as two forward passes, gives all 1,210 slopes.
#
# The price is memory. The slope of a dense layer's kernel is made from the layer's inputs, and relu's from its pre-activations. These have to be kept from the forward pass until the bill arrives, for every example of the batch.
#
# **Rubric (20 points).** 8: the blame of a later layer is computed once and reused by all layers before it. 6: the cost of both compared, with numbers. 6: what is kept from the forward pass, so that memory is the price.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The robot can nudge. But look at what a nudge cost: to move each weight once, it looked at all 1,797 digits. With a million pictures it would look at a million before it dares to take a single small step. Is a rough idea of the right direction, from a handful of pictures, good enough? And how large should a step be? We took 0.5 without asking.
#
# Next week: small batches, step sizes, and a robot that reads digits by itself (**stochastic gradient descent**). One more shadow lies ahead. In the drawing of the graph the blame grew on its way back, because $v$ and $x$ were larger than 1. What if every slope on a long way is smaller than 1? That is week 08, *when the nudge dies*.
#
# ## To read on
#
# - Andrej Karpathy, "The spelled-out intro to neural networks and backpropagation: building micrograd" (video, 2022): your `Value`, typed live.
# - 3Blue1Brown, *Neural networks*, chapters 3 and 4: backpropagation in pictures, and its calculus.
# - Michael Nielsen, *Neural Networks and Deep Learning*, chapter 2, "How the backpropagation algorithm works".
# - Stanford's CS231n, notes on "Backpropagation, Intuitions": gates that route, add and exchange bills.
# - Baydin and others, "Automatic Differentiation in Machine Learning: a Survey" (2018): what else a machine can differentiate, and how.
