# %% [markdown]
# # Week 02: Bends
#
# About three hours. You write twelve functions. The last two, a bend of your own design, are worth a third of the points. Each has a check right below it.
#
# ## The break
#
# Last week ended badly for our cat-spotting robot. One rule could not solve XOR, so we stacked rules into a *rule pile*. Then we found that two rules in a row are only one rule in disguise. Run the next three cells to see it once more.

# %% locked="setup"
import numpy as np
from scipy.special import erf

from autograder import check
from course_lib import plots

# %% locked="earlier_weeks"
# From earlier weeks.


def collapse_linear(W1, b1, W2, b2):
    """The one layer (W, b) that equals two linear layers in a row."""
    return W1 @ W2, b1 @ W2 + b2


# %% tags=["experiment"]
rng = np.random.default_rng(2)
X = rng.normal(size=(5, 4))
W1, b1 = rng.normal(size=(4, 8)), rng.normal(size=8)
W2, b2 = rng.normal(size=(8, 3)), rng.normal(size=3)

pile = (X @ W1 + b1) @ W2 + b2
W, b = collapse_linear(W1, b1, W2, b2)

print("numbers in the pile: ", W1.size + b1.size + W2.size + b2.size)
print("numbers in one layer:", W.size + b.size)
print("largest difference between their outputs:", np.abs(pile - (X @ W + b)).max())

# %% [markdown] quotes={"67 numbers to tune, the single layer has 15": "numbers in the pile: {} numbers in one layer: {}"}
# The pile has 67 numbers to tune, the single layer has 15, and they compute the same thing. *The rule pile collapses.* A hundred layers would collapse as well.
#
# ## The picture
#
# Think of a rule as a straight ruler. Lay a straight ruler on a straight ruler: the result is straight. To draw a curve, somebody has to **bend** the ruler between one rule and the next.
#
# So after each rule the robot passes its number z through a *bend*. The bend is fixed. It has nothing to learn. It only keeps two rules from merging into one.
#
# Learning adds a second wish. Later the robot will improve by many small *nudges*: each weight is pushed a little in the direction that helps. A nudge starts at the end of the pile and travels back to the front. At every bend it is multiplied by the bend's **slope** at that place. Where the slope is almost 0, *the nudge dies*.
#
# A good bend is therefore two things: not straight, and steep enough to let a nudge through. The field's own word for a bend is **activation function**. The number z that goes into it is the **pre-activation**. From here on we use these words too.
#
# ## A worked example, by hand
#
# **One bend solves XOR.** Take the bend max(0, z), which turns negative numbers into 0. Add the two inputs, and use it twice:
#
# $$\text{out} = \max(0,\; x_1 + x_2) \;-\; 2\,\max(0,\; x_1 + x_2 - 1)$$
#
# | $x_1$ | $x_2$ | $\max(0, x_1 + x_2)$ | $\max(0, x_1 + x_2 - 1)$ | out |
# | --- | --- | --- | --- | --- |
# | 0 | 0 | 0 | 0 | 0 |
# | 0 | 1 | 1 | 0 | 1 |
# | 1 | 0 | 1 | 0 | 1 |
# | 1 | 1 | 2 | 1 | 2 − 2·1 = 0 |
#
# Without the bends this would be $(x_1 + x_2) - 2(x_1 + x_2 - 1) = 2 - x_1 - x_2$: a straight rule again, and wrong.
#
# **What a slope does to a nudge.** The S-shaped bend sigmoid is $a = 1/(1 + e^{-z})$. At $z = 2$: $e^{-2} = 0.135$, so $a = 1/1.135 = 0.881$. Its slope there is 0.105; in exercise 5 you find out why. A nudge of 1 that passes this bend comes out as 0.105. After two such bends it is $0.105^2 = 0.011$. After ten it is less than a billionth. Keep this number in mind.
#
# ## Part 1: four bends, and two more
#
# ### Numbers that do not fit
#
# A float64 holds numbers up to about $1.8 \cdot 10^{308}$. The exponential reaches that soon. Run this:

# %% tags=["experiment"]
with np.errstate(over="ignore", invalid="ignore"):
    print("exp(709)     =", np.exp(np.float64(709)))
    print("exp(710)     =", np.exp(np.float64(710)), "  too large: it overflows")
    print("exp(-1000)   =", np.exp(np.float64(-1000)), "  too small: it becomes 0, which is fine")
    print(
        "inf / inf    =",
        np.float64(np.inf) / np.inf,
        "  not a number: the robot is blind from here on",
    )

t = np.array([-3.0, 0.0, 2.0])
print("np.where     =", np.where(t < 0, 10 * t, t + 1), "  chooses for each entry")

# %% [markdown]
# The rule of this course: for every finite input up to ±10,000 a function gives the right answer, without inf, without nan and without a NumPy warning about overflow.
#
# Two tools are enough for it.
#
# 1. **Only ever take exp of a number that is not positive.** Multiply a fraction's top and bottom by the same thing, and you get another form of it. Sigmoid has two forms:
#    $\dfrac{1}{1 + e^{-z}}$ is safe where $z \ge 0$, and $\dfrac{e^{z}}{1 + e^{z}}$ is safe where $z < 0$. Each of them only needs $e^{-|z|}$ on its own side.
# 2. **`np.where(condition, a, b)`** takes from `a` where the condition holds and from `b` elsewhere, entry by entry. It computes both `a` and `b` everywhere before it chooses. So both must be safe everywhere. That is why $e^{-|z|}$ is handy: it is safe for every z.
#
# ### 1. Sigmoid
#
# The oldest bend. It turns any number into something between 0 and 1, like a dimmer between *surely no cat* and *surely a cat*.


# %% solution="sigmoid"
def sigmoid(z):
    """The S-shaped bend 1 / (1 + exp(-z)).

    Args:
        z: pre-activations, any shape, float64 or whole numbers.

    Returns:
        Values between 0 and 1, the shape of z.

    Source: the logistic function; Verhulst 1845.
    """
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)
    ### END SOLUTION


# %% check="sigmoid"
check("sigmoid")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Compute `e = np.exp(-np.abs(z))` first. Write the form for $z \ge 0$ with `e`, then the form for $z < 0$ with `e`. Their denominators are the same. Let `np.where` choose the numerator.
#
# </details>
#
# ### 2. Tanh
#
# A sigmoid is never negative, so all the numbers that it hands on push in the same direction. Tanh is the same S, stretched to run from −1 to 1 and centred on 0. NumPy has a function of this name, which is safe. You may use it, or build tanh from your sigmoid: $\tanh(z) = 2\,\mathrm{sigmoid}(2z) - 1$.


# %% solution="tanh"
def tanh(z):
    """The S-shaped bend from -1 to 1, through (0, 0).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Values between -1 and 1, the shape of z.

    Source: LeCun et al. 1998, "Efficient BackProp", section 4.4.
    """
    ### BEGIN SOLUTION
    return np.tanh(z)
    ### END SOLUTION


# %% check="tanh"
check("tanh")

# %% [markdown]
# ### 3. ReLU
#
# A hinge: flat on the left, straight on the right. It is the bend of the XOR example. It is cheap, and on its right side a nudge passes undiminished. The name means *rectified linear unit*.
#
# Your function must not change the array that it receives: `z[z < 0] = 0` would also change the caller's z.


# %% solution="relu"
def relu(z):
    """The hinge max(0, z), entry by entry.

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        z where z > 0, else 0; the shape of z.

    Source: Nair & Hinton 2010.
    """
    ### BEGIN SOLUTION
    return np.maximum(0, z)
    ### END SOLUTION


# %% check="relu"
check("relu")

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.max(z)` is the largest entry of an array. `np.maximum(a, b)` compares two things entry by entry.
#
# </details>
#
# ### 4. GELU
#
# ReLU is a gate that is either shut or open. GELU opens gradually: it lets through the share $\Phi(z)$ of z. $\Phi(z)$ is the chance that a number drawn from the normal distribution is smaller than z. So $\Phi(0) = 0.5$, $\Phi(1) = 0.841$, and $\Phi(3)$ is nearly 1. GPT and BERT use this bend.
#
# $$\Phi(z) = \tfrac{1}{2}\left(1 + \mathrm{erf}\!\left(z / \sqrt{2}\right)\right), \qquad \mathrm{gelu}(z) = z\,\Phi(z)$$
#
# NumPy has no erf, the error function. SciPy has: `erf` is imported at the top of this notebook, and works entry by entry. Some books use an approximation with tanh. Here we use the exact form.


# %% solution="gelu"
def gelu(z):
    """The exact Gaussian error linear unit: z times the share Phi(z).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        The shape of z.

    Source: Hendrycks & Gimpel 2016.
    """
    ### BEGIN SOLUTION
    return 0.5 * z * (1 + erf(z / np.sqrt(2)))
    ### END SOLUTION


# %% check="gelu"
check("gelu")

# %% [markdown]
# ### Two more, written for you
#
# A ReLU whose z is negative for every picture stays silent for good, because no nudge gets through. A small leak on the left side keeps it alive: **leaky ReLU**. And you already have an S that makes a cheaper gate than GELU's: **SiLU**, also called swish, lets through the share sigmoid(z) of z.


# %% locked="two_more_bends"
def leaky_relu(z, slope):
    """The hinge with a leak: z where z > 0, slope * z elsewhere."""
    return np.where(z > 0, z, slope * z)


def silu(z):
    """The sigmoid linear unit: z times the share sigmoid(z)."""
    return z * sigmoid(z)


# %% [markdown]
# ## Part 2: their slopes
#
# The slope of a bend at z says how much the output changes when z changes by a little. A nudge on its way back is multiplied by it.
#
# All slope functions here take the **pre-activation z**, not the bend's value. Formulas in books are often written with the value $a$. Then compute $a$ from z first.
#
# You can test every slope yourself. Move z by a tiny h to both sides and see how much the bend changes:


# %% tags=["experiment"]
def measured_slope(bend, z, h=1e-5):
    return (bend(z + h) - bend(z - h)) / (2 * h)


for at in [-2.0, 0.0, 2.0]:
    print(f"z = {at:4}: a = {sigmoid(at):.3f}, slope {measured_slope(sigmoid, at):.3f}")

# %% [markdown]
# ### 5. Slope of sigmoid
#
# The cell above has measured three slopes. Put each beside its value a, and fill in the last column:
#
# | z | a | slope | slope / a |
# | --- | --- | --- | --- |
# | −2 | 0.119 | 0.105 | ? |
# | 0 | 0.500 | 0.250 | ? |
# | 2 | 0.881 | 0.105 | ? |
#
# Compare the last column with the second, read from the bottom up. The quotient is something very simple made of a. That gives the slope as a product of two things. The quotient rule on $1/(1 + e^{-z})$ proves what the table suggests: the slope is $e^{-z}/(1 + e^{-z})^2$, and this fraction is the same product.
#
# It is largest at $z = 0$. Even there three quarters of the nudge are lost.


# %% solution="sigmoid_grad"
def sigmoid_grad(z):
    """The slope of sigmoid.

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Slopes, the shape of z.

    Source: quotient rule on 1 / (1 + exp(-z)).
    """
    ### BEGIN SOLUTION
    a = sigmoid(z)
    return a * (1 - a)
    ### END SOLUTION


# %% check="sigmoid_grad"
check("sigmoid_grad")

# %% [markdown]
# ### 6. Slope of tanh
#
# Tanh is a stretched sigmoid, so its slope follows from the one that you have. With $s = \mathrm{sigmoid}(2z)$ and $a = \tanh(z) = 2s - 1$:
#
# 1. The slope of $2\,\mathrm{sigmoid}(2z) - 1$ is $2 \cdot 2$ times the slope of the sigmoid at $2z$: the 2 in front stretches upwards, the 2 inside squeezes sideways.
# 2. Write the sigmoid's slope with s.
# 3. Now put $s = (1 + a)/2$ into it. What is left has no s, no 4 and no fraction.
#
# By hand, for $z = 1$: $a = 0.762$, and the slope is 0.420. At $z = 0$ it reaches 1, four times the best of a sigmoid. Far out it is just as flat.


# %% solution="tanh_grad"
def tanh_grad(z):
    """The slope of tanh.

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Slopes, the shape of z.

    Source: LeCun et al. 1998, "Efficient BackProp", section 4.4.
    """
    ### BEGIN SOLUTION
    return 1 - tanh(z) ** 2
    ### END SOLUTION


# %% check="tanh_grad"
check("tanh_grad")

# %% [markdown]
# ### 7. Slope of a hinge
#
# Straight lines have the same slope everywhere. Fill in the table for a leak of 0.1:
#
# | z | −3 | −0.01 | 0.01 | 2 |
# | --- | --- | --- | --- | --- |
# | slope of ReLU | ? | ? | ? | ? |
# | slope of leaky ReLU | ? | ? | ? | ? |
#
# A ReLU is a leaky ReLU whose leak is 0, so one function serves both. At the corner itself there is no slope. We agree on that of the left side there, as Keras does.


# %% solution="leaky_relu_grad"
def leaky_relu_grad(z, slope):
    """The slope of leaky_relu; at z = 0 that of the left side.

    Args:
        z: pre-activations, any shape, float64.
        slope: slope of the negative side, a number from 0 to 1; 0 for a plain ReLU.

    Returns:
        Slopes, the shape of z.

    Source: Maas, Hannun & Ng 2013; the value at 0 is a convention.
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, slope)
    ### END SOLUTION


# %% check="leaky_relu_grad"
check("leaky_relu_grad")

# %% [markdown]
# ### 8. Slope of SiLU
#
# SiLU is a product of two things that both depend on z. The product rule says: the slope of $f \cdot g$ is $f' g + f g'$. Here $f = z$ and $g = \mathrm{sigmoid}(z)$, and you know both slopes. Find the formula on paper before you write it. For $z = 2$ it gives $0.881 + 2 \cdot 0.105 = 1.091$.


# %% solution="silu_grad"
def silu_grad(z):
    """The slope of silu, the product z * sigmoid(z).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Slopes, the shape of z.

    Source: product rule; Elfwing, Uchibe & Doya 2018.
    """
    ### BEGIN SOLUTION
    s = sigmoid(z)
    return s + z * s * (1 - s)
    ### END SOLUTION


# %% check="silu_grad"
check("silu_grad")

# %% [markdown]
# <details><summary>Hint</summary>
#
# The first term is the slope of z (which is 1) times the sigmoid. The second is z times the slope of the sigmoid. Test the result with `measured_slope(silu, 2.0)`.
#
# </details>
#
# GELU goes the same way, with $g = \Phi(z)$. The slope of $\Phi$ is the bell curve $\varphi(z) = e^{-z^2/2} / \sqrt{2\pi}$, so it is written for you:


# %% locked="slope_of_gelu"
def gelu_grad(z):
    """The slope of gelu, the product z * Phi(z)."""
    share = 0.5 * (1 + erf(z / np.sqrt(2)))
    bell = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return share + z * bell


# %% [markdown]
# ## Part 3: softmax
#
# At the end of the pile stand several numbers, one for each answer: cat 2, dog 1, bread 0. They are called **logits**. Softmax makes probabilities of them: take exp of each, then divide by the sum over the row. By hand: $e^2 = 7.389$, $e^1 = 2.718$, $e^0 = 1$, together 11.107. So cat 0.665, dog 0.245, bread 0.090.
#
# **The shift.** Subtract the same number c from all logits of a row. Every exp is then divided by $e^c$, above and below the fraction bar, and it cancels:
#
# $$\frac{e^{z_k - c}}{\sum_j e^{z_j - c}} = \frac{e^{z_k}\,/\,e^{c}}{\left(\sum_j e^{z_j}\right)/\,e^{c}} = \frac{e^{z_k}}{\sum_j e^{z_j}}$$
#
# So c is free. Choose it for each row so that the largest exponent is 0. Then no exp can overflow, and the sum is at least 1.
#
# **Rows and columns.** A row is one example. `axis=1` takes a sum along each row, and `keepdims=True` keeps the result as a column, which lines up with the rows:

# %% tags=["experiment"]
table = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
print("shape", table.sum(axis=1).shape, "for axis=1")
print("shape", table.sum(axis=1, keepdims=True).shape, "for axis=1, keepdims=True")
print("each row minus its own mean:")
print(table - table.mean(axis=1, keepdims=True))

# %% [markdown]
# ### 9. Softmax


# %% solution="softmax"
def softmax(Z):
    """Probabilities of each row, for logits of any size.

    Args:
        Z: logits, shape (N, K), float64.

    Returns:
        Probabilities, shape (N, K); every row sums to 1.

    Source: Bridle 1990.
    """
    ### BEGIN SOLUTION
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% check="softmax"
check("softmax")

# %% [markdown]
# <details><summary>Hint</summary>
#
# The largest logit of each row is `Z.max(axis=1, keepdims=True)`, with shape (N, 1).
#
# </details>
#
# ### 10. A nudge through softmax
#
# The earlier bends worked entry by entry. Softmax does not: raise one logit, and *all* probabilities of the row change, because they share one sum. From the quotient rule, with s for the probabilities of a row:
#
# $$\frac{\partial s_j}{\partial z_k} = \begin{cases} s_k\,(1 - s_k) & j = k \\ -\,s_j\,s_k & j \ne k \end{cases}$$
#
# Now a nudge arrives from above: $d_j$ says how the loss changes with $s_j$. In code it is called `dout`. To find how the loss changes with $z_k$, add up all the paths:
#
# $$\frac{\partial L}{\partial z_k} = \sum_j d_j \frac{\partial s_j}{\partial z_k}$$
#
# First by hand, for $s = (0.665, 0.245, 0.090)$ and $d = (1, 0, 0)$. Only the path through $s_1$ carries a nudge, so the column $\partial s_1 / \partial z_k$ is the answer:
#
# | k | 1 | 2 | 3 | sum |
# | --- | --- | --- | --- | --- |
# | $\partial s_1 / \partial z_k$ | $0.665 \cdot 0.335 = 0.223$ | $-0.665 \cdot 0.245 = -0.163$ | $-0.665 \cdot 0.090 = -0.060$ | ? |
#
# What one class gains, the others lose. Then for any $d$: write the sum out, with its term $j = k$ apart from the others. Every term has a factor $s_k$. Take it out. In the bracket stand $d_k$ and, subtracted from it, *one* sum over all j, the same for every k. It has a meaning: the average of $d$ under the probabilities. Two lines of NumPy, without a loop.
#
# Multiplying a nudge from above by all these slopes is called a **vector-Jacobian product**, in short VJP.


# %% solution="softmax_vjp"
def softmax_vjp(Z, dout):
    """Send a gradient back through softmax.

    Args:
        Z: logits, shape (N, K), float64.
        dout: how the loss changes with each probability, dL/ds, shape (N, K), float64.

    Returns:
        dZ = dL/dZ, shape (N, K); every row sums to 0.

    Source: chain rule; Bridle 1990.
    """
    ### BEGIN SOLUTION
    s = softmax(Z)
    return s * (dout - (dout * s).sum(axis=1, keepdims=True))
    ### END SOLUTION


# %% check="softmax_vjp"
check("softmax_vjp")

# %% [markdown]
# <details><summary>Hint</summary>
#
# With $d$ of ones the average is 1, and the result is 0 everywhere. With the $d$ of the table the average is 0.665. So the first entry of the bracket is $1 - 0.665$, the two others are $0 - 0.665$.
#
# </details>
#
# ## Part 4: a bend of your own
#
# Every bend of this week was once somebody's list of wishes. ReLU: cheap, and a nudge passes undiminished. Leaky ReLU: never flat. GELU and SiLU: no corner. Now the list is yours:
#
# - Far to the left the slope is `left`, far to the right it is `right`.
# - There is no corner: in between the slope climbs along your sigmoid. The larger `width`, the more slowly it climbs.
# - At $z = 0$ the slope is `middle`.
# - The bend passes through (0, 0).
#
# Whoever designs a bend begins with its slope, because the slope is what the nudge meets.
#
# ### 11. The slope that you wish for
#
# Take left = 0.2, middle = 0.5, right = 1.2, and fill in the second row:
#
# | z | far left | 0 | far right |
# | --- | --- | --- | --- |
# | sigmoid(z / width) | 0 | 0.5 | 1 |
# | left + (right − left) · sigmoid(z / width) | ? | ? | ? |
# | wished for | 0.2 | 0.5 | 1.2 |
#
# Both ends are right, and the middle is not. So shift the S sideways: sigmoid(z / width + c), with a number c to be found. It changes neither end. At $z = 0$ the S should have climbed the share p of its way from left to right, here $p = (0.5 - 0.2)/(1.2 - 0.2) = 0.3$. So $\mathrm{sigmoid}(c) = 0.3$:
#
# $$\frac{1}{1 + e^{-c}} = 0.3 \;\;\Rightarrow\;\; e^{-c} = \frac{1}{0.3} - 1 = \frac{0.7}{0.3} \;\;\Rightarrow\;\; c = -\ln\frac{0.7}{0.3} = -0.847$$
#
# Write this for any left, middle and right, and you have c, and with it the slope. A slope may fall from left to right as well: then right is smaller than left, and nothing changes in your formula.


# %% solution="designed_bend_grad"
def designed_bend_grad(z, left, middle, right, width):
    """The slope that goes along a sigmoid of z / width, from `left` to `right`.

    The sigmoid is shifted so that the slope at z = 0 is `middle`.

    Args:
        z: pre-activations, any shape, float64.
        left: the slope far to the left.
        middle: the slope at z = 0, between the two others.
        right: the slope far to the right; not equal to left.
        width: how slowly the slope changes, above 0.

    Returns:
        Slopes between left and right, the shape of z.

    Source: your own design.
    """
    ### BEGIN SOLUTION
    share = (middle - left) / (right - left)
    c = np.log(share / (1 - share))
    return left + (right - left) * sigmoid(z / width + c)
    ### END SOLUTION


# %% check="designed_bend_grad"
check("designed_bend_grad")

# %% [markdown]
# ### 12. The bend that has this slope
#
# Until now you had a bend and looked for its slope. Now it is the other way round. The line `left * z` has the slope `left`, so that part is done. The question is: what has a *sigmoid* for its slope? Measure the slope of $\ln(1 + e^t)$, a curve that is called softplus:


# %% tags=["experiment"]
def softplus_on_paper(t):
    return np.log(1 + np.exp(t))


for at in [-2.0, 0.0, 2.0]:
    print(f"t = {at:4}: slope of ln(1 + exp(t)) {measured_slope(softplus_on_paper, at):.3f}")

# %% [markdown] quotes={"0.119, 0.500 and 0.881": "t = -2.0: slope of ln(1 + exp(t)) {} t = 0.0: slope of ln(1 + exp(t)) {} t = 2.0: slope of ln(1 + exp(t)) {}"}
# You know 0.119, 0.500 and 0.881: they are the sigmoid's values. (On paper: the slope of $\ln u$ is $u'/u$, here $e^t/(1 + e^t)$, which is sigmoid(t).) Three things are left.
#
# 1. **The factor.** Inside stands $t = z / \text{width} + c$. It changes by only 1/width when z changes by 1, so the slope of softplus(z / width + c) is that share of sigmoid(z / width + c). What has to stand in front, so that the slope becomes (right − left) · sigmoid(z / width + c)?
# 2. **The height.** Any constant may be added to a bend without a change in its slope. Which one makes it 0 at $z = 0$? Put z = 0 into what you have.
# 3. **Safety.** $e^t$ overflows for t above 709. Take it out of the logarithm: $\ln(1 + e^t) = t + \ln(1 + e^{-t})$. Each form is safe for one sign of t, and both only need $e^{-|t|}$.
#
# By hand, for left = 0.2, middle = 0.7, right = 1.2 and width 1: middle lies halfway, so $c = 0$. At $z = 2$: $0.4 + 1 \cdot (2.127 - 0.693) = 1.834$. At $z = 0$: $0 + 1 \cdot (0.693 - 0.693) = 0$.


# %% solution="designed_bend"
def designed_bend(z, left, middle, right, width):
    """The bend through (0, 0) whose slope is designed_bend_grad.

    Args:
        z: pre-activations, any shape, float64.
        left: the slope far to the left.
        middle: the slope at z = 0, between the two others.
        right: the slope far to the right; not equal to left.
        width: how slowly the slope changes, above 0.

    Returns:
        The shape of z.

    Source: the integral of a sigmoid; softplus by Dugas et al. 2001.
    """
    ### BEGIN SOLUTION
    share = (middle - left) / (right - left)
    c = np.log(share / (1 - share))
    t = z / width + c
    softplus = np.maximum(t, 0) + np.log1p(np.exp(-np.abs(t)))
    at_zero = np.log1p(np.exp(c))
    return left * z + (right - left) * width * (softplus - at_zero)
    ### END SOLUTION


# %% check="designed_bend"
check("designed_bend")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Test your two functions against each other: `measured_slope(lambda z: designed_bend(z, 0.2, 0.5, 1.2, 2.0), 1.0)` should be `designed_bend_grad(1.0, 0.2, 0.5, 1.2, 2.0)`. `np.log1p(x)` is ln(1 + x), exact for small x too.
#
# </details>
#
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for a guess. Put a number in the place of `None`, and the next cell shows it beside the result. Nothing of it is graded.
#
# **First: does a bend save the pile?** Here are three rule piles with random weights, of 2, 4 and 8 layers. Their input is one number x. On the left they have no bends, on the right your ReLU stands between the layers. The weights are the same. Of the six curves, how many will be straight lines?

# %% tags=["experiment"]
guessed_straight = None


# %% tags=["experiment"]
def run_pile(x, depth, bend, width=48):
    rng = np.random.default_rng(60 + depth)
    a = x[:, None]
    for _ in range(depth - 1):
        W, b = rng.normal(size=(a.shape[1], width)), rng.normal(size=width)
        a = bend(a @ W / np.sqrt(a.shape[1]) + b)
        a = (a - a.mean()) / a.std()
    out = a @ rng.normal(size=width) / np.sqrt(width)
    return out - out.mean()


x = np.linspace(-3, 3, 401)
depths = {"2 layers": 2, "4 layers": 4, "8 layers": 8}
straight = {name: run_pile(x, depth, lambda z: z) for name, depth in depths.items()}
bent = {name: run_pile(x, depth, relu) for name, depth in depths.items()}
count = sum(np.abs(np.diff(y, 2)).max() < 1e-9 for y in [*straight.values(), *bent.values()])
print(f"straight lines: {count} of 6 (your guess: {guessed_straight})")
figure = plots.straight_and_bent(x, straight=straight, bent=bent)

# %% [markdown]
# *In words:* on the left every pile draws a straight line, however many layers it has. On the right the same weights draw curves with corners.
#
# **Second: all bends, with their slopes below them**, and one of your own design last. How steep is each at its steepest place?

# %% tags=["experiment"]
guessed_steepest = {"sigmoid": None, "tanh": None, "ReLU": None, "GELU": None, "yours": None}

# %% tags=["experiment"]
LEAK = 0.125
WISHES = {"left": 0.1, "middle": 0.7, "right": 1.0, "width": 0.5}
bends = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "ReLU": relu,
    "leaky ReLU": lambda z: leaky_relu(z, LEAK),
    "GELU": gelu,
    "SiLU": silu,
    "yours": lambda z: designed_bend(z, **WISHES),
}
slopes = {
    "sigmoid": sigmoid_grad,
    "tanh": tanh_grad,
    "ReLU": lambda z: leaky_relu_grad(z, 0.0),
    "leaky ReLU": lambda z: leaky_relu_grad(z, LEAK),
    "GELU": gelu_grad,
    "SiLU": silu_grad,
    "yours": lambda z: designed_bend_grad(z, **WISHES),
}
z = np.linspace(-5, 5, 801)
figure = plots.bends_and_slopes(
    z,
    {name: bend(z) for name, bend in bends.items()},
    {name: slope(z) for name, slope in slopes.items()},
)
for name, guess in guessed_steepest.items():
    print(f"{name:8} at its steepest: {slopes[name](z).max():.2f} (your guess: {guess})")

# %% [markdown] quotes={"It never exceeds 0.25": "sigmoid at its steepest: {}"}
# *In words:* seven columns. The upper row shows two S-shapes and five hinges, two sharp and three smooth. The lower row shows their slopes. The sigmoid's slope is a low hill. It never exceeds 0.25. The slope of tanh is a hill of height 1. ReLU's slope is a step from 0 to 1. GELU and SiLU have slopes slightly below 0 on the left and slightly above 1 on the right. Your own slope is an S that begins at 0.1, crosses 0.7 at $z = 0$ and ends at 1.
#
# Where you meet them today:
#
# | bend | where |
# | --- | --- |
# | sigmoid | the last layer of a yes-or-no answer; the gates of an LSTM |
# | tanh | recurrent networks (LSTM, GRU), to keep a state within −1 to 1 |
# | ReLU | convolutional networks such as ResNet; the usual first try |
# | leaky ReLU | networks that judge pictures in GANs; YOLO |
# | GELU | transformers: BERT, GPT-2 and GPT-3, the vision transformer |
# | SiLU | EfficientNet; inside the gated layers (SwiGLU) of LLaMA and PaLM |
# | softmax | the last layer of every classifier; the attention of every transformer |
#
# **Third: ten bends in a row.** A nudge of 1 starts at the end and passes ten bends. Left: every bend stands at its steepest point, the best case. Right: every bend stands at $z = 2$. What will be left of the nudge, in the best case?

# %% tags=["experiment"]
guessed_left = {"sigmoid": None, "tanh": None, "ReLU": None, "GELU": None}

# %% tags=["experiment"]
shown = ["sigmoid", "tanh", "ReLU", "GELU"]
passed = np.arange(11)
steepest = {name: slopes[name](z).max() ** passed for name in shown}
at_two = {name: float(slopes[name](np.array(2.0))) ** passed for name in shown}
figure = plots.slope_products({"Each at its steepest": steepest, "Each at z = 2": at_two})

for name in shown:
    print(
        f"{name:8} after ten bends: at best {steepest[name][10]:9.2e} (your guess: "
        f"{guessed_left[name]})   at z = 2 {at_two[name][10]:9.2e}"
    )

# %% [markdown]
# *In words:* on a logarithmic scale every product is a straight line. At best the sigmoid still falls to $0.25^{10} \approx 10^{-6}$, while ReLU and tanh stay at 1 (their two lines lie on each other). GELU even rises a little: at its steepest it is steeper than 1. At $z = 2$ tanh falls as well, even below the sigmoid; ReLU stays at 1. That is why the ReLU made deep piles possible. Its price is on the other side: at a negative z the product is exactly 0.
#
# **Fourth: how much of a layer is flat?** A unit is **saturated** when its pre-activation lies where the bend is flat. A nudge that arrives there dies. The wider the pre-activations are spread, the more of them land where an S is flat. The next cells count entries with a slope below 0.05, in absolute value. With pre-activations of standard deviation 10, which share of a layer will be flat, from 0 to 1?

# %% tags=["experiment"]
guessed_flat = {"sigmoid": None, "tanh": None, "ReLU": None, "leaky ReLU": None, "yours": None}


# %% tags=["experiment"]
def saturation_fraction(z, slope):
    return np.mean(np.abs(slope(z)) < 0.05)


scales = np.geomspace(0.1, 100, 13)
noise = np.random.default_rng(0).normal(size=(200, 50))
figure = plots.saturation_by_scale(
    scales,
    {
        name: np.array([saturation_fraction(scale * noise, slopes[name]) for scale in scales])
        for name in guessed_flat
    },
)
for name, guess in guessed_flat.items():
    flat = saturation_fraction(10 * noise, slopes[name])
    print(f"{name:10} flat at a standard deviation of 10: {flat:.2f} (your guess: {guess})")

# %% [markdown]
# *In words:* the curves of sigmoid and tanh climb from 0 to nearly 1 as the spread grows. ReLU is flat for one half of the entries at every spread. Leaky ReLU is never flat, and neither is yours, whose line lies on it: you asked for a slope of at least 0.1.
#
# ## The same in Keras
#
# Keras computes the same bends. TensorFlow finds their slopes by itself (week 06 shows how). Your numbers should agree with theirs to about $10^{-15}$.

# %% tags=["experiment"]
try:
    from course_lib.gradients import derivative, vector_jacobian_product
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print(
        "Keras is not installed here; the rest of the notebook works without it. To see this comparison: pip install keras tensorflow"
    )
else:
    theirs = {
        "sigmoid": keras.activations.sigmoid,
        "tanh": keras.activations.tanh,
        "ReLU": keras.activations.relu,
        "leaky ReLU": lambda z: keras.activations.leaky_relu(z, negative_slope=LEAK),
        "GELU": keras.activations.gelu,
        "SiLU": keras.activations.silu,
    }
    print("largest difference   in the bend   in its slope")
    for name, bend in theirs.items():
        in_bend = np.abs(bends[name](z) - np.asarray(bend(z))).max()
        in_slope = np.abs(slopes[name](z) - derivative(bend, z)).max()
        print(f"{name:18} {in_bend:13.1e} {in_slope:14.1e}")

    logits, above = np.random.default_rng(1).normal(size=(2, 4, 3))
    in_softmax = np.abs(softmax(logits) - np.asarray(keras.activations.softmax(logits))).max()
    back = vector_jacobian_product(keras.activations.softmax, [logits], above)[0]
    print(
        f"{'softmax':18} {in_softmax:13.1e} {np.abs(softmax_vjp(logits, above) - back).max():14.1e}"
    )

# %% [markdown]
# One line stands out: GELU agrees to about $10^{-9}$ only. Here yours is the more exact one. TensorFlow keeps the constant $\sqrt{2}$ of this function in float32, which has 7 digits, even when z is float64. A careful comparison finds such things.
#
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** A nudge of 1 passes ten sigmoids, all at $z = 0$. What is left of it?
#
# - a: 2.5
# - b: about 0.000001
# - c: 1

# %% solution="ten_sigmoids"
# Set ten_sigmoids to "a", "b" or "c".
# Say why in one line: ten_sigmoids_because = "..."
### BEGIN SOLUTION
ten_sigmoids = "b"
ten_sigmoids_because = (
    "Each sigmoid multiplies the nudge by its slope, 0.25 at z = 0, and 0.25^10 is about 0.000001."
)
### END SOLUTION

# %% check="ten_sigmoids"
check("ten_sigmoids")

# %% [markdown]
# **B.** You add 100 to every logit of one row. What happens to the row's probabilities?
#
# - a: each is multiplied by $e^{100}$
# - b: the largest comes closer to 1
# - c: nothing

# %% solution="shifted_logits"
# Set shifted_logits to "a", "b" or "c".
# Say why in one line: shifted_logits_because = "..."
### BEGIN SOLUTION
shifted_logits = "c"
shifted_logits_because = (
    "exp(z + 100) = exp(z) exp(100): the factor stands above and below the line and cancels."
)
### END SOLUTION

# %% check="shifted_logits"
check("shifted_logits")

# %% [markdown]
# **C.** A ReLU has $z = -3$ for every picture that the robot sees. Which nudge reaches the weights before it?
#
# - a: none at all
# - b: a small one
# - c: a negative one

# %% solution="silent_unit"
# Set silent_unit to "a", "b" or "c".
# Say why in one line: silent_unit_because = "..."
### BEGIN SOLUTION
silent_unit = "a"
silent_unit_because = "The slope of a ReLU at -3 is 0, and the nudge is multiplied by it."
### END SOLUTION

# %% check="silent_unit"
check("silent_unit")

# %% [markdown]
# **D.** `dout` is 1 everywhere: the loss would like all probabilities of a row to change alike. What does `softmax_vjp` return?
#
# - a: the probabilities themselves
# - b: zeros
# - c: ones

# %% solution="equal_wishes"
# Set equal_wishes to "a", "b" or "c".
# Say why in one line: equal_wishes_because = "..."
### BEGIN SOLUTION
equal_wishes = "b"
equal_wishes_because = "s sums to 1, so the average of dout under s is 1, and s * (1 - 1) is 0."
### END SOLUTION

# %% check="equal_wishes"
check("equal_wishes")

# %% [markdown] written="why_bends"
# ## In your own words
#
# Explain to a friend who knows Python but no neural networks: why does a rule pile need bends, and why did sigmoid lose its place between the layers? Use one equation and one number that you saw today. Six to ten sentences.
#
# ### BEGIN SOLUTION
# Without bends, two layers are one: $(X W_1 + b_1) W_2 + b_2 = X (W_1 W_2) + (b_1 W_2 + b_2)$. So the pile has the power of a single rule, however deep it is, and a single rule cannot do XOR. A bend between the layers is not a straight line, so the two products no longer merge. With max(0, z) two units are enough for XOR.
#
# The pile learns from nudges that travel from the end to the front. At every bend a nudge is multiplied by the slope there. A sigmoid's slope is at most 0.25, so after ten layers at most $0.25^{10} \approx 10^{-6}$ of the nudge is left, and the first layers hardly learn. ReLU has slope 1 for every positive z, and the nudge lives. Its price: for negative z the slope is exactly 0.
#
# **Rubric (20 points).** 6: the equation of the collapse. 4: a bend prevents the merging, with an example. 6: the product of slopes with a number such as $0.25^{10}$. 4: a bend that keeps the product alive, and its price.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The robot now has everything for a real pile: rules, and bends between them. But you have tried each bend on loose numbers only. Next week we put the parts together: a picture goes in at the front, passes layer after layer, and ten probabilities come out at the end. That is the **forward pass**.
#
# A warning goes with us. The right-hand panel of the third picture shows what happens when pre-activations stray from 0. Where the pile starts, and how far its numbers spread, will decide whether a nudge survives (weeks 04 and 08).
#
# ## To read on
#
# - Glorot, Bordes and Bengio, *Deep Sparse Rectifier Neural Networks* (2011): the case for ReLU, in eight pages.
# - Hendrycks and Gimpel, *Gaussian Error Linear Units* (2016); Ramachandran, Zoph and Le, *Searching for Activation Functions* (2017), where a computer's list of wishes ends at SiLU.
# - CS231n, *Neural Networks Part 1: Setting up the Architecture*: the bends compared, with their faults.
# - Nielsen, *Neural Networks and Deep Learning*, chapter 1: why a step had to become a sigmoid.
# - 3Blue1Brown, *But what is a neural network?*: the same layer, moving.
