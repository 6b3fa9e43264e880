# %% [markdown]
# # Week 09: Smart nudging
#
# About three hours. You write seven short functions and one longer function. Each has a check right below it.
#
# ## The break
#
# The nudges arrive now, even in a deep pile. But how large should they be? So far there is one **learning rate** for all weights. Here is a landscape with only two weights, where even one rate is one too few:
#
# $$L(w_1, w_2) = \tfrac12 \left( w_1^2 + 40\, w_2^2 \right)$$
#
# It is a **ravine**: steep walls along $w_2$, and a floor that hardly slopes along $w_1$. Run the next four cells. They walk down with the nudges of week 07.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import plots

# %% locked="earlier_weeks"
# From earlier weeks.


def relu(z):
    """The bend max(0, z)."""
    return np.maximum(z, 0)


def softmax(Z):
    """Probabilities along each row of Z (N, K)."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def mlp_loss_and_grads(X, y, params):
    """Loss of dense, relu, dense on a batch, and its gradient for every parameter."""
    rows = np.arange(len(y))
    z = X @ params["W1"] + params["b1"]
    h = relu(z)
    p = softmax(h @ params["W2"] + params["b2"])
    loss = -np.log(np.maximum(p[rows, y], 1e-300)).mean()
    dlogits = p.copy()
    dlogits[rows, y] -= 1
    dlogits /= len(y)
    dz = dlogits @ params["W2"].T * (z > 0)
    return loss, {"W1": X.T @ dz, "b1": dz.sum(0), "W2": h.T @ dlogits, "b2": dlogits.sum(0)}


def sgd_step(params, grads, lr):
    """New parameters: params - lr * grads."""
    return {name: w - lr * grads[name] for name, w in params.items()}


def cosine_annealing(step, lr, lr_min, total_steps):
    """A rate that falls from lr at step 0 to lr_min at total_steps, along half a cosine."""
    share = min(1, step / total_steps)
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * share)) / 2


def clip_by_global_norm(grads, max_norm):
    """Gradients shortened to a global norm of at most max_norm, and their norm before that."""
    norm = np.sqrt(sum((gradient**2).sum() for gradient in grads.values()))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: gradient * factor for name, gradient in grads.items()}, norm


# %% locked="empty_memories"
# What an optimizer remembers before its first step.


def zeros_like(params):
    """An array of zeros for every parameter."""
    return {name: np.zeros_like(w) for name, w in params.items()}


def adam_start(params):
    """The state of Adam before its first step."""
    return {"m": zeros_like(params), "v": zeros_like(params), "t": 0}


# %% tags=["experiment"]
def ravine(w):
    """The loss at points w (..., 2)."""
    return 0.5 * (w[..., 0] ** 2 + 40 * w[..., 1] ** 2)


def ravine_slope(w):
    return np.array([w[0], 40 * w[1]])


print("learning rate    after 60 nudges: w1        w2        loss")
for lr in [0.001, 0.01, 0.045, 0.051]:
    params = {"w": np.array([-4.0, 1.0])}
    for _ in range(60):
        params = sgd_step(params, {"w": ravine_slope(params["w"])}, lr)
    w1, w2 = params["w"]
    print(f"{lr:13}    {w1:19.3f} {w2:9.3f} {ravine(params['w']):11.4f}")

# %% [markdown] quotes={"to −2.189": "0.01 {}"}
# With 0.051 the walker bounces from wall to wall, a little higher each time, and flies out. So the steep direction allows no more than 0.05. And with 0.01, which is safe, the flat direction has covered less than half of its way after 60 nudges, from −4 to −2.189. One number has to serve both, and the steep wall decides. A real network has thousands of directions, some of them a million times steeper than others.
#
# ## The picture
#
# Our cat-spotting robot nudges its weights like somebody who forgets everything after each step. Give it a memory, and it becomes a **smart nudge**. Two things are worth remembering:
#
# - *Where have I been going?* Nudges that keep pointing the same way add up, like a ball that rolls. Nudges that point back and forth cancel.
# - *How loud is this weight usually?* A weight that always gets large gradients is told to calm down. A weight that hears only whispers gets them amplified.
#
# The field's own words: a rule that turns gradients into steps is an **optimizer**. What it remembers is its **state**. The first memory is **momentum**, the second is an **adaptive learning rate**. Adam, which trains nearly everything today, has both.
#
# ## A worked example, by hand
#
# **Momentum.** Keep a velocity $v$, zero at first. In every step half of it stays, and the new gradient comes on top: $v \leftarrow 0.5\,v - 0.1\,g$. Two weights, four steps:
#
# | | gradients | $v$ after each step |
# | --- | --- | --- |
# | flat direction | 1, 1, 1, 1 | −0.1, −0.15, −0.175, −0.1875 → −0.2 |
# | steep direction | 1, −1, 1, −1 | −0.1, +0.05, −0.075, +0.0625 → ±0.067 |
#
# Without memory all of these steps would be 0.1 long. With memory, the walker goes at twice the pace along the direction that stays the same, and at two thirds along the one that bounces. With 0.9 in place of 0.5: ten times the pace, against about a half.
#
# **Adam.** A weight gets the gradients 2 and then −1. With $\beta_1 = 0.9$, $\beta_2 = 0.999$ and a learning rate of 0.01:
#
# | step | $g$ | $m$ | $v$ | $\hat m$ | $\hat v$ | step $= -0.01\, \hat m / \sqrt{\hat v}$ |
# | --- | --- | --- | --- | --- | --- | --- |
# | 1 | 2 | 0.2 | 0.004 | 0.2 / 0.1 = 2 | 0.004 / 0.001 = 4 | −0.01 |
# | 2 | −1 | 0.08 | 0.004996 | 0.08 / 0.19 = 0.42 | 0.004996 / 0.001999 = 2.5 | −0.0027 |
#
# With gradients of 2,000 and −1,000 the last column would be the same. Only the *pattern* counts, not the loudness. You will build both columns below.
#
# ## How a step is written here
#
# Parameters come as a dict, such as `{"W1": ..., "b1": ...}`, and gradients as a dict with the same keys. A step returns **new** dicts with new arrays: arguments are never changed. So it receives its state as an argument, and returns the new state beside the new parameters:
#
# ```python
# params, velocity = momentum_step(params, grads, velocity, lr, momentum)
# ```
#
# Two parameters may have the same shape. They still have two memories; find them by name. A comprehension such as `{name: 2 * w for name, w in params.items()}` makes a new dict.
#
# ## Part 1: a ball that rolls
#
# ### 1. Momentum
#
# $$v' = \mu v - \eta g, \qquad w' = w + v'$$
#
# $\eta$ is `lr` and $\mu$ is `momentum`. Books differ. Here, as in Keras, the learning rate is inside the velocity. PyTorch keeps $\mu v + g$ and moves by $-\eta v$. Some books average with $(1 - \mu) g$. All of them roll; their numbers differ.


# %% solution="momentum_step"
def momentum_step(params, grads, velocity, lr, momentum):
    """One step of gradient descent with momentum.

    Args:
        params: the parameters by name, float64.
        grads: their gradients, same keys and shapes.
        velocity: their velocities, same keys and shapes; zeros before the first step.
        lr: learning rate.
        momentum: the share of the old velocity that is kept.

    Returns:
        New params and the new velocity.

    Source: Polyak 1964.
    """
    ### BEGIN SOLUTION
    velocity = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + velocity[name] for name, w in params.items()}, velocity
    ### END SOLUTION


# %% check="momentum_step"
check("momentum_step")

# %% [markdown]
# <details><summary>Hint</summary>
#
# First make the whole dict of new velocities, then the dict of new parameters from it. Two comprehensions.
#
# </details>
#
# ### 2. Nesterov's momentum
#
# A ball that rolls cannot see. But it knows where its velocity is about to take it: to $w + \mu v$. Nesterov's idea is to ask for the gradient *there*. If the wall rises, the ball brakes a step earlier.
#
# To make this convenient, let `params` be the point **ahead** throughout, $p = w + \mu v$. The gradient is then measured at `params`, as ever. One step, written for $p$:
#
# 1. The velocity, as before: $v' = \mu v - \eta g$.
# 2. The ball itself has been at $p - \mu v$, and rolls by $v'$. Where is it now? Put $v'$ in: most of it cancels.
# 3. The new point ahead lies $\mu v'$ further than the ball. So what is $p'$?
#
# Check your line: with $p = 5$, $v = 0$, $g = 1$, $\eta = 0.1$ and $\mu = 0.9$ the ball rolls to 4.9, and the new point ahead is 4.81. With $v = -1$ in place of 0 it is 4.0: the velocity becomes −1, the ball rolls to 4.9 again, and looks further ahead.


# %% solution="nesterov_step"
def nesterov_step(params, grads, velocity, lr, momentum):
    """One step of Nesterov's momentum; params are the points ahead.

    Args:
        params: the points ahead by name, float64.
        grads: the gradients there, same keys and shapes.
        velocity: the velocities, same keys and shapes; zeros before the first step.
        lr: learning rate.
        momentum: the share of the old velocity that is kept.

    Returns:
        New params, again the points ahead, and the new velocity.

    Source: Nesterov 1983, in the form of Bengio et al. 2013.
    """
    ### BEGIN SOLUTION
    velocity = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    ahead = {name: w - lr * grads[name] + momentum * velocity[name] for name, w in params.items()}
    return ahead, velocity
    ### END SOLUTION


# %% check="nesterov_step"
check("nesterov_step")

# %% [markdown]
# ## Part 2: a pace for every weight
#
# ### 3. RMSprop
#
# How loud is a weight usually? Its gradients may be positive or negative, so we average their *squares*, and let old squares fade:
#
# $$s' = \rho s + (1 - \rho) g^2, \qquad w' = w - \eta \frac{g}{\sqrt{s' + \epsilon}}$$
#
# The root of a mean square, RMS, is a size that can be compared with $g$. So the quotient is near ±1 for loud weights and quiet ones alike. In the ravine that means: the same pace along both directions.
#
# $\epsilon$ is there for weights whose gradient has always been 0, such as those of a pixel that is black in every picture. Without it they would get 0/0. Keras puts it inside the root, and so do we; PyTorch puts it outside.
#
# (If the squares are summed and never fade, the method is called Adagrad. Its steps get shorter and shorter.)


# %% solution="rmsprop_step"
def rmsprop_step(params, grads, mean_square, lr, rho, eps):
    """One step of RMSprop.

    Args:
        params: the parameters by name, float64.
        grads: their gradients, same keys and shapes.
        mean_square: running means of squared gradients; zeros before the first step.
        lr: learning rate.
        rho: the share of the old mean that is kept.
        eps: added inside the root.

    Returns:
        New params and the new running means.

    Source: Hinton 2012, lecture 6e.
    """
    ### BEGIN SOLUTION
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s
    ### END SOLUTION


# %% check="rmsprop_step"
check("rmsprop_step")

# %% [markdown]
# ### 4. Adam
#
# Both memories at once: $m$ averages the gradients, $v$ their squares.
#
# $$m' = \beta_1 m + (1 - \beta_1) g, \qquad v' = \beta_2 v + (1 - \beta_2) g^2$$
#
# Both start at 0, and that is a lie: nobody has ever seen a gradient of 0. After the first step $m' = 0.1\,g$, ten times too small, and $v' = 0.001\,g^2$, a thousand times too small. After $t$ steps an average holds only the share $1 - \beta^t$ of what it should. So we divide by that share (**bias correction**):
#
# $$\hat m = \frac{m'}{1 - \beta_1^t}, \qquad \hat v = \frac{v'}{1 - \beta_2^t}, \qquad w' = w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}$$
#
# - $t$ counts the steps and is 1 in the first one. It rises once per step, not once per parameter.
# - The state keeps $m'$ and $v'$ as they are. $\hat m$ and $\hat v$ are used in this step and then thrown away.
# - $\epsilon$ stands *outside* the root and is added after the correction of $\hat v$, as in the paper. Keras adds it a little earlier, before the correction; you will see the difference at the end.
#
# The state is a dict: `state["m"]` and `state["v"]` are dicts like `params`, and `state["t"]` is the number of steps that were made *before* this one. `adam_start(params)` in the locked cell above makes the first one.


# %% solution="adam_step"
def adam_step(params, grads, state, lr, beta1, beta2, eps):
    """One step of Adam.

    Args:
        params: the parameters by name, float64.
        grads: their gradients, same keys and shapes.
        state: {"m": by name, "v": by name, "t": steps made before}; zeros at the start.
        lr: learning rate.
        beta1: the share of m that is kept.
        beta2: the share of v that is kept.
        eps: added to sqrt(v_hat), outside the root.

    Returns:
        New params, and the new state: raw m, raw v, and the count with this step in it.

    Source: Kingma & Ba 2015, algorithm 1.
    """
    ### BEGIN SOLUTION
    t = state["t"] + 1
    m = {name: beta1 * state["m"][name] + (1 - beta1) * g for name, g in grads.items()}
    v = {name: beta2 * state["v"][name] + (1 - beta2) * g**2 for name, g in grads.items()}
    moved = {}
    for name, w in params.items():
        m_hat = m[name] / (1 - beta1**t)
        v_hat = v[name] / (1 - beta2**t)
        moved[name] = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return moved, {"m": m, "v": v, "t": t}
    ### END SOLUTION


# %% check="adam_step"
check("adam_step")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Begin with t. Then the dict m, then the dict v. Then a loop over the parameters that makes m_hat and v_hat of one parameter and its new value. Return a new state dict; do not write into the old one. Compare with the table of the worked example: `adam_step({"w": np.zeros(1)}, {"w": np.array([2.0])}, adam_start({"w": np.zeros(1)}), 0.01, 0.9, 0.999, 1e-8)`.
#
# </details>
#
# ## Part 3: small weights, the right way
#
# ### 5. AdamW
#
# Weights should stay small unless the data insists; next week shows why. There are two old ways to say so:
#
# - **L2 penalty**: add $\tfrac{\lambda}{2} W^2$ to the loss. Then $\lambda W$ is added to the gradient.
# - **Weight decay**: let every weight lose a small share of itself in each step, $W \leftarrow (1 - \eta \lambda) W$.
#
# For plain gradient descent they are one and the same: $W - \eta (g + \lambda W) = (1 - \eta\lambda) W - \eta g$. For years everybody used the first one inside Adam and called it weight decay. But Adam divides the gradient by its usual size, and the penalty is then divided too. A loud weight hardly decays.
#
# AdamW keeps the two apart. **First** every kernel loses its share, $W \leftarrow W - \eta\lambda W$. **Then** comes a plain step of Adam, from the decayed kernel, with a gradient that knows nothing of it. Biases do not decay: they move thresholds and amplify nothing. In this course kernels are arrays with two axes (`w.ndim` is 2), biases have one.
#
# Call your own `adam_step`. If it is still wrong, the check says so and does not charge you twice.


# %% solution="adamw_step"
def adamw_step(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """One step of AdamW: kernels decay, then Adam steps.

    Args:
        params: the parameters by name, float64; kernels have two axes, biases one.
        grads: their gradients, same keys and shapes.
        state: of Adam.
        lr, beta1, beta2, eps: of Adam.
        weight_decay: a kernel loses the share lr * weight_decay; a bias loses nothing.

    Returns:
        New params and Adam's new state.

    Source: Loshchilov & Hutter 2019, algorithm 2.
    """
    ### BEGIN SOLUTION
    share = lr * weight_decay
    decayed = {name: w - share * w if w.ndim > 1 else w for name, w in params.items()}
    return adam_step(decayed, grads, state, lr, beta1, beta2, eps)
    ### END SOLUTION


# %% check="adamw_step"
check("adamw_step")

# %% [markdown]
# ### 6. L2 is not decay
#
# Now show it with numbers. Two walks begin at the same parameters and get the same gradients, one dict for each step. The first walk is Adam's, and adds $\lambda W$ to the gradient of every kernel, with the kernel *as it is in that step of this walk*. The second walk is AdamW's. Each walk has parameters and a state of its own.


# %% solution="l2_is_not_decay"
def l2_is_not_decay(params, grads, lr, beta1, beta2, eps, weight_decay):
    """Where Adam with an L2 penalty ends, and where AdamW ends.

    Args:
        params: where both walks start, by name, float64.
        grads: a list with a dict of gradients for every step, without penalty.
        lr, beta1, beta2, eps: of Adam.
        weight_decay: the first walk's gradients are g + weight_decay * W for kernels and g for
            biases; the second walk is AdamW's.

    Returns:
        The parameters at the end of the first walk, and those at the end of the second.

    Source: Loshchilov & Hutter 2019, section 2.
    """
    ### BEGIN SOLUTION
    l2 = decayed = params
    l2_state = decayed_state = adam_start(params)
    settings = (lr, beta1, beta2, eps)
    for g in grads:
        penalized = {
            name: g[name] + weight_decay * w if w.ndim > 1 else g[name] for name, w in l2.items()
        }
        l2, l2_state = adam_step(l2, penalized, l2_state, *settings)
        decayed, decayed_state = adamw_step(decayed, g, decayed_state, *settings, weight_decay)
    return l2, decayed
    ### END SOLUTION


# %% check="l2_is_not_decay"
check("l2_is_not_decay")

# %% [markdown]
# 400 weights, all of them 1 at the start. Their gradients are pure noise, from whispers of 0.01 to shouts of 100. After 100 steps we ask what share of itself each weight has lost, compared with Adam alone. (Before each experiment there is a cell for your guess. Put a number in the place of `None`. It is not graded.)

# %% tags=["experiment"]
guessed_losses = {"quiet, L2": None, "loud, L2": None, "quiet, AdamW": None, "loud, AdamW": None}

# %% tags=["experiment"]
rng = np.random.default_rng(9)
loudness = np.logspace(-2, 2, 400).reshape(20, 20)
noise = [{"W": loudness * rng.normal(size=(20, 20))} for _ in range(100)]
ones = {"W": np.ones((20, 20))}
adam_alone = l2_is_not_decay(ones, noise, 0.01, 0.9, 0.999, 1e-8, 0.0)[0]["W"]
ends = l2_is_not_decay(ones, noise, 0.01, 0.9, 0.999, 1e-8, 0.3)
lost = [(adam_alone - end["W"]).ravel() for end in ends]
for name, shares in [("L2", lost[0]), ("AdamW", lost[1])]:
    for kind, share in [("quiet", shares[:50].mean()), ("loud", shares[-50:].mean())]:
        guess = guessed_losses[f"{kind}, {name}"]
        print(f"{kind} weights under {name} lost {100 * share:.0f} of 100 (your guess: {guess})")
figure = plots.decay_by_loudness(loudness.ravel(), {"L2 inside Adam": lost[0], "AdamW": lost[1]})

# %% [markdown]
# *In words:* AdamW's marks lie on one level line: every weight has lost about a quarter, whatever its gradients. The marks of L2 fall from left to right. Quiet weights lose about three quarters, because Adam amplifies the whisper of the penalty; loud weights lose nothing.
#
# ## Part 4: only the sign
#
# ### 7. Lion
#
# In 2023 a computer searched through thousands of programs for a good optimizer and found a short one. It keeps one memory, and takes nothing but a sign:
#
# $$w' = w - \eta\, \mathrm{sign}\big(\beta_1 m + (1 - \beta_1) g\big), \qquad m' = \beta_2 m + (1 - \beta_2) g$$
#
# Every weight moves by exactly $\eta$. The direction is worked out *first*, with the old $m$ and $\beta_1$; then the memory is updated with $\beta_2$. The paper's Lion also decays its weights as AdamW does; ours leaves that out. `np.sign` gives −1, 0 or 1.


# %% solution="lion_step"
def lion_step(params, grads, m, lr, beta1, beta2):
    """One step of Lion, without weight decay.

    Args:
        params: the parameters by name, float64.
        grads: their gradients, same keys and shapes.
        m: running means of the gradients; zeros before the first step.
        lr: learning rate, the length of every step.
        beta1: the share of m in the direction.
        beta2: the share of m that is kept.

    Returns:
        New params and the new running means.

    Source: Chen et al. 2023.
    """
    ### BEGIN SOLUTION
    ahead = {name: beta1 * m[name] + (1 - beta1) * g for name, g in grads.items()}
    kept = {name: beta2 * m[name] + (1 - beta2) * g for name, g in grads.items()}
    return {name: w - lr * np.sign(ahead[name]) for name, w in params.items()}, kept
    ### END SOLUTION


# %% check="lion_step"
check("lion_step")

# %% [markdown]
# ## Part 5: the recipe
#
# ### 8. A step of a large training
#
# This is the week's large exercise. Three weeks come together in one function: the **schedule** of week 07, the **leash** of week 08, and today's AdamW. The published recipes of GPT-3 and of Llama are, nearly word for word, this:
#
# - *Adam with* $\beta_1 = 0.9$ *and* $\beta_2 = 0.95$, *and a weight decay of 0.1.*
# - *We clip the global norm of the gradient to 1.0.*
# - *The learning rate rises evenly in a warm-up, then falls along a cosine to 10 percent of its peak, and stays there.*
#
# Your function makes one such step. The words leave open what code cannot leave open. Three questions, for paper.
#
# **Which step is it?** `state["t"]` counts the steps that were made *before* this one. This step should be step 1 for the schedule, too: with the rate 0 its gradient would be wasted. Take a peak of 1, a warm-up of 4 steps and 12 steps in all. After the warm-up the fall has the rest of the steps.
#
# | step | 1 | 2 | 4 | 6 | 8 | 12 | 20 |
# | --- | --- | --- | --- | --- | --- | --- | --- |
# | rate | ? | ? | ? | ? | ? | ? | ? |
#
# <details><summary>The table, filled in</summary>
#
# 0.25, 0.5, 1, 0.868, 0.55, 0.1, 0.1. At step 6 a quarter of the fall is over, at step 8 a half. `cosine_annealing` from week 07 stands in the cell at the top; what are its four arguments here?
#
# </details>
#
# **Before or after the memories?** A weight gets the gradients 1, 1, 1, and then a broken batch with 1,000. Take $\beta_2 = 0.95$ and $v = 1$ before the broken batch. What is $v$ after it, if the gradient is shortened to 1 first? And if not? How many steps does it take until $0.95^n$ has brought the second one down to 1 again?
#
# <details><summary>The two memories</summary>
#
# On the leash $v$ stays at 1. Without it, $v = 0.95 + 0.05 \cdot 10^6 \approx 50{,}000$, and since $0.95^{211} \approx 1/50{,}000$, the weight walks too slowly for some two hundred steps: its gradients of 1 are divided by the root of a number that remembers one bad batch.
#
# </details>
#
# **What is on the leash, and what is not?** The global norm counts all gradients, those of the biases, too. The decay is no gradient: it is never shortened, and shares the rate of its step.
#
# `recipe` is a dict with the settings: `recipe["peak"]`, `"warmup"`, `"total"`, `"max_norm"`, `"beta1"`, `"beta2"`, `"eps"` and `"weight_decay"`. Call your own `adamw_step`.


# %% solution="recipe_step"
def recipe_step(params, grads, state, recipe):
    """One step of AdamW on a leash and a schedule, as large language models are trained.

    Args:
        params: the parameters by name, float64; kernels have two axes, biases one.
        grads: their gradients, same keys and shapes.
        state: of Adam; "t" counts the steps made before.
        recipe: a dict of numbers. "peak", "warmup" and "total": the rate rises evenly to peak at
            step warmup, then falls along half a cosine to a tenth of it at step total, and stays
            there; steps count from 1. "max_norm": of the global norm of the gradients. "beta1",
            "beta2", "eps", "weight_decay": of AdamW.

    Returns:
        New params and Adam's new state.

    Source: Brown et al. 2020, appendix B; Touvron et al. 2023, section 2.3.
    """
    ### BEGIN SOLUTION
    step = state["t"] + 1
    peak, warmup = recipe["peak"], recipe["warmup"]
    if step <= warmup:
        lr = peak * step / warmup
    else:
        lr = cosine_annealing(step - warmup, peak, 0.1 * peak, recipe["total"] - warmup)
    clipped, _ = clip_by_global_norm(grads, recipe["max_norm"])
    settings = [recipe[name] for name in ("beta1", "beta2", "eps", "weight_decay")]
    return adamw_step(params, clipped, state, lr, *settings)
    ### END SOLUTION


# %% check="recipe_step"
check("recipe_step")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Three lines do the work: the number of this step, the rate that belongs to it (two cases), and the shortened gradients. Everything else is `adamw_step`, which raises t by itself. The message of the check tells which of the four cases is right: in *calm* nothing is clipped, and only the warm-up counts.
#
# </details>
#
# ## The experiment
#
# **Predict, then run**, as above.
#
# **First: two landscapes.** The ravine, and a **saddle**: a pass between two valleys. On the pass the slope is 0, although it is not a minimum at all. The walkers start almost exactly on the ridge. Gradient descent, momentum, Adam and Lion walk 50 nudges each. Who ends lowest in each landscape?

# %% tags=["experiment"]
guessed_lowest = {"A ravine": None, "A saddle": None}

# %% tags=["experiment"]
optimizers = {
    "gradient descent": (lambda p, g, state, lr: (sgd_step(p, g, lr), state), zeros_like),
    "momentum": (lambda p, g, state, lr: momentum_step(p, g, state, lr, 0.8), zeros_like),
    "Adam": (lambda p, g, state, lr: adam_step(p, g, state, lr, 0.9, 0.999, 1e-8), adam_start),
    "Lion": (lambda p, g, state, lr: lion_step(p, g, state, lr, 0.9, 0.99), zeros_like),
    "Nesterov": (lambda p, g, state, lr: nesterov_step(p, g, state, lr, 0.8), zeros_like),
    "RMSprop": (lambda p, g, state, lr: rmsprop_step(p, g, state, lr, 0.9, 1e-7), zeros_like),
}


def path(name, slope, start, lr, nudges=50):
    """Where an optimizer walks, shape (nudges + 1, 2)."""
    step, memory = optimizers[name]
    params = {"w": np.array(start)}
    state, places = memory(params), [params["w"]]
    for _ in range(nudges):
        params, state = step(params, {"w": slope(params["w"])}, state, lr)
        places.append(params["w"])
    return np.array(places)


def saddle(w):
    """A pass at (0, 0), 0.25 high, between valleys at (0, 1) and (0, -1)."""
    return 2 * w[..., 0] ** 2 + 0.25 * (1 - w[..., 1] ** 2) ** 2


def saddle_slope(w):
    return np.array([4 * w[0], w[1] ** 3 - w[1]])


rates = {"gradient descent": 0.045, "momentum": 0.02, "Adam": 0.2, "Lion": 0.08}
landscapes = {
    "A ravine": (ravine, (-4.6, 1.6), (-1.3, 1.3)),
    "A saddle": (saddle, (-1.9, 1.3), (-1.6, 1.6)),
}
paths = {
    "A ravine": {name: path(name, ravine_slope, [-4.0, 1.0], lr) for name, lr in rates.items()},
    "A saddle": {name: path(name, saddle_slope, [-1.5, 0.02], lr) for name, lr in rates.items()},
}
figure = plots.optimizer_paths(landscapes, paths)
for title, (loss, *_) in landscapes.items():
    ends = ", ".join(f"{name} {loss(walk[-1]):.2g}" for name, walk in paths[title].items())
    print(
        f"{title}, loss after 50 nudges: {ends} (your guess for the lowest: {guessed_lowest[title]})"
    )

# %% [markdown] quotes={"down to 0.00016": "A ravine, loss after 50 nudges: gradient descent _, momentum {}", "at a loss of 0.24": "A saddle, loss after 50 nudges: gradient descent {}"}
# *In words:* each row shows one landscape four times, with one walk on each map, and the four losses on the right. In the ravine gradient descent bounces between the walls and then creeps along the floor. Momentum swings wider at first, and then it rolls: after 50 nudges its loss is down to 0.00016, hundreds of times lower. Adam and Lion leave diagonally, because for them steep and flat count the same. Adam swings past the goal and has to come back. Each step of Lion is 0.08 long, so it arrives late and can only tremble there.
#
# On the saddle gradient descent slides down to the pass and hardly leaves it, at a loss of 0.24. Momentum stays for about 35 nudges and falls off. Adam and Lion amplify the whisper of a slope and walk straight over into the valley, where they swing.
#
# **Second: digits.** A small network, 1,400 digits, batches of 64. On the left every optimizer has a learning rate that suits it. On the right we try many, from 0.0001 to 3. Which of them is best for each optimizer?

# %% tags=["experiment"]
guessed_rates = {"gradient descent": None, "momentum": None, "Adam": None, "Lion": None}

# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
X, y, X_test, y_test = digits[:1400], labels[:1400], digits[1400:], labels[1400:]


def train(name, lr, epochs):
    """Training loss before and after every epoch, and the trained parameters."""
    step, memory = optimizers[name]
    rng = np.random.default_rng(9)
    params = {
        "W1": rng.normal(size=(64, 32)) * np.sqrt(2 / 64),
        "b1": np.zeros(32),
        "W2": rng.normal(size=(32, 10)) * np.sqrt(2 / 32),
        "b2": np.zeros(10),
    }
    state, losses = memory(params), [mlp_loss_and_grads(X, y, params)[0]]
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for first in range(0, len(X), 64):
            batch = order[first : first + 64]
            grads = mlp_loss_and_grads(X[batch], y[batch], params)[1]
            params, state = step(params, grads, state, lr)
        losses.append(mlp_loss_and_grads(X, y, params)[0])
    return np.array(losses), params


suits = {
    "gradient descent": 0.5,
    "momentum": 0.2,
    "Adam": 0.02,
    "Lion": 0.005,
    "Nesterov": 0.2,
    "RMSprop": 0.01,
}
curves = {}
for name, lr in suits.items():
    curves[name], params = train(name, lr, 12)
    scores = relu(X_test @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    right = np.mean(scores.argmax(axis=1) == y_test)
    print(f"{name:18} lr {lr:<6} loss {curves[name][-1]:.4f}, right on new digits {right:.3f}")

learning_rates = 10.0 ** np.arange(-4, 0.6, 0.5)
with np.errstate(all="ignore"):
    last = {
        name: np.array([train(name, lr, 4)[0][-1] for lr in learning_rates])
        for name in ["gradient descent", "momentum", "Adam", "Lion"]
    }
for name, ends in last.items():
    best = learning_rates[np.argmin(np.nan_to_num(ends, nan=np.inf))]
    print(f"{name}, best learning rate: {best:.2g} (your guess: {guessed_rates[name]})")
figure = plots.learning_by_optimizer(curves, learning_rates, last)

# %% [markdown] quotes={"near 1 for gradient descent, 0.3 for momentum, 0.03 for Adam, 0.01 for Lion": "gradient descent, best learning rate: {} (your guess: None) momentum, best learning rate: {} (your guess: None) Adam, best learning rate: {} (your guess: None) Lion, best learning rate: {}"}
# *In words:* on the left six falling lines; gradient descent is the highest from the fourth epoch on. On the right four valleys. Each optimizer has its best learning rate, and they lie far apart: near 1 for gradient descent, 0.3 for momentum, 0.03 for Adam, 0.01 for Lion. Farther left, learning is slow; farther right, it breaks down. No optimizer takes that choice away from you. For Adam and Lion, though, a learning rate is a *length* that each weight walks in a step, so a good value carries over from one network to the next.
#
# **Third: a broken batch.** Your recipe trains the same network for 300 steps. In step 120 the camera is broken, and its 64 pictures are a hundred times too bright. One robot is on a leash of 1, the other one is not. How many steps after the broken batch does each need until its loss is as low as it was before?

# %% tags=["experiment"]
guessed_steps = {"leash of 1": None, "no leash": None}

# %% tags=["experiment"]
recipe = {"peak": 0.02, "warmup": 30, "total": 300, "weight_decay": 0.1}
recipe |= {"beta1": 0.9, "beta2": 0.95, "eps": 1e-8}
runs = {}
for name, max_norm in [("leash of 1", 1.0), ("no leash", np.inf)]:
    rng = np.random.default_rng(9)
    params = {
        "W1": rng.normal(size=(64, 32)) * np.sqrt(2 / 64),
        "b1": np.zeros(32),
        "W2": rng.normal(size=(32, 10)) * np.sqrt(2 / 32),
        "b2": np.zeros(10),
    }
    state, log = adam_start(params), []
    for step in range(1, 301):
        batch = rng.integers(len(X), size=64)
        pictures = X[batch] * (100 if step == 120 else 1)
        _, grads = mlp_loss_and_grads(pictures, y[batch], params)
        loss = mlp_loss_and_grads(X[:300], y[:300], params)[0]
        log.append((loss, clip_by_global_norm(grads, 1.0)[1]))
        params, state = recipe_step(params, grads, state, recipe | {"max_norm": max_norm})
    losses, norms = np.array(log).T
    runs[name] = {"loss": losses, "norm": norms}
    back = next((n for n in range(121, 300) if losses[n] <= losses[119]), 300) - 120
    print(
        f"{name}: loss before {losses[119]:.3f}, highest after it {losses[120:].max():.3f}, "
        f"back after {back} steps (your guess: {guessed_steps[name]})"
    )

figure = plots.broken_batch(runs, 120)

# %% [markdown] quotes={"climbs to 0.346": "no leash: loss before _, highest after it {}"}
# *In words:* on the left the gradients get shorter as the robots learn, but for one spike at step 120, more than a hundred times as long as its neighbours. On the right both losses fall together until then. The robot on the leash takes this step like any other, in a bad direction but no longer than usual, and goes on. Without the leash the loss climbs to 0.346: the first memory carries the spike on for a dozen steps. And at the end it has still not caught up, because the second memory makes all steps short for two hundred more.
#
# ## Where they are at work
#
# | optimizer | today |
# | --- | --- |
# | gradient descent with momentum | networks for pictures, such as residual networks: it needs a schedule and patience, and one memory |
# | RMSprop | older recurrent networks, and the first robots that learned Atari games (2015) |
# | Adam | networks that draw pictures or play games, and most first attempts at anything |
# | AdamW | nearly every transformer. GPT-3, Llama and their relatives: your `recipe_step` |
# | Lion | where memory is scarce: it keeps one number for each weight where Adam keeps two |
#
# The search goes on. Muon (2024) turns the momentum of a whole kernel into a step that is equally long in all directions; language models with a trillion weights have been trained with it.
#
# ## The same in Keras
#
# Twenty steps with the same gradients. Keras keeps learning rates in float32, so we use powers of 2, which float32 holds exactly. The largest differences should be about $10^{-15}$, except for the last line: there eps is large enough to show that Keras adds it before the correction.

# %% tags=["experiment"]
try:
    from course_lib.quiet import import_keras

    # `import keras`, without what TensorFlow notes about this computer as it starts.
    keras = import_keras()
except ImportError:
    print("Keras is not installed here; the rest of the notebook works without it.")
    print("To see this comparison: pip install keras tensorflow")
else:
    from keras import optimizers as theirs

    rng = np.random.default_rng(2)
    start, gradients = rng.normal(size=(4, 3)), rng.normal(size=(20, 4, 3))
    lr, beta1, beta2, decay = 2**-6, 0.875, 1 - 2**-8, 0.25

    def compare(name, step, memory, optimizer, *settings):
        params = {"W": start}
        state = memory(params)
        weight = keras.Variable(start, dtype="float64")
        for g in gradients:
            params, state = step(params, {"W": g}, state, lr, *settings)
            optimizer.apply([g], [weight])
        print(f"{name:22} {np.abs(params['W'] - weight.numpy()).max():.1e}")

    nesterov = theirs.SGD(lr, beta1, nesterov=True)
    rmsprop = theirs.RMSprop(lr, beta1, epsilon=1e-7)
    adam, adamw = (beta1, beta2, 0.0), (beta1, beta2, 0.0, decay)
    compare("momentum", momentum_step, zeros_like, theirs.SGD(lr, beta1), beta1)
    compare("Nesterov", nesterov_step, zeros_like, nesterov, beta1)
    compare("RMSprop", rmsprop_step, zeros_like, rmsprop, beta1, 1e-7)
    compare("Adam", adam_step, adam_start, theirs.Adam(lr, *adam), *adam)
    compare("AdamW", adamw_step, adam_start, theirs.AdamW(lr, decay, *adamw[:3]), *adamw)
    compare("Lion", lion_step, zeros_like, theirs.Lion(lr, beta1, beta2), beta1, beta2)
    adam = (beta1, beta2, 1e-3)
    compare("Adam, eps = 0.001", adam_step, adam_start, theirs.Adam(lr, *adam), *adam)

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** A weight gets the same gradient $g$ again and again. With a momentum of 0.9, how long do its steps become in the end?
#
# - a: `lr * g`, as without momentum
# - b: `0.9 * lr * g`
# - c: `10 * lr * g`

# %% solution="top_speed_of_momentum"
# Set top_speed_of_momentum to "a", "b" or "c".
# Say why in one line: top_speed_of_momentum_because = "..."
### BEGIN SOLUTION
top_speed_of_momentum = "c"
top_speed_of_momentum_because = (
    "The velocity settles where v = 0.9 v - lr * g, which is 10 * lr * g long."
)
### END SOLUTION

# %% check="top_speed_of_momentum"
check("top_speed_of_momentum")

# %% [markdown]
# **B.** How far does the first step of Adam move a weight whose gradient is $g$ (not 0, and eps is tiny)?
#
# - a: `lr * |g|`
# - b: `lr`
# - c: `(1 - beta1) * lr`

# %% solution="first_step_of_adam"
# Set first_step_of_adam to "a", "b" or "c".
# Say why in one line: first_step_of_adam_because = "..."
### BEGIN SOLUTION
first_step_of_adam = "b"
first_step_of_adam_because = (
    "After the correction m_hat is g and the root of v_hat is |g|, so their quotient is 1 or -1."
)
### END SOLUTION

# %% check="first_step_of_adam"
check("first_step_of_adam")

# %% [markdown]
# **C.** A network has one million parameters. How many numbers does Adam keep beside them?
#
# - a: three: m, v and t
# - b: about one million
# - c: about two million

# %% solution="memory_of_adam"
# Set memory_of_adam to "a", "b" or "c".
# Say why in one line: memory_of_adam_because = "..."
### BEGIN SOLUTION
memory_of_adam = "c"
memory_of_adam_because = (
    "Each parameter has an m and a v of its own, and t is a single number for all."
)
### END SOLUTION

# %% check="memory_of_adam"
check("memory_of_adam")

# %% [markdown]
# **D.** An L2 penalty inside Adam. Which weights are pulled towards 0 the least?
#
# - a: those with large gradients
# - b: those with small gradients
# - c: all lose the same share

# %% solution="loud_weights_under_l2"
# Set loud_weights_under_l2 to "a", "b" or "c".
# Say why in one line: loud_weights_under_l2_because = "..."
### BEGIN SOLUTION
loud_weights_under_l2 = "a"
loud_weights_under_l2_because = "Adam divides the gradient and the penalty inside it by the usual size of the gradient, so loud weights hardly feel it."
### END SOLUTION

# %% check="loud_weights_under_l2"
check("loud_weights_under_l2")

# %% [markdown] written="why_memory_helps"
# ## In your own words
#
# Explain to a friend why plain gradient descent is slow in a ravine, what momentum remembers and why that helps, and what Adam remembers in addition. Name at least one price that a smart nudge pays. Six to ten sentences.
#
# ### BEGIN SOLUTION
# A ravine has a steep direction and a flat one, and gradient descent has one learning rate for both. It must be small enough not to be thrown out along the steep direction, so along the flat one the steps are tiny.
#
# Momentum remembers the direction of earlier steps. Gradients across the ravine change their sign from step to step and cancel. Gradients along the floor keep their sign and add up, with 0.9 to ten times the pace.
#
# Adam remembers as well how large each weight's gradients usually are, and divides by it. A weight with small gradients then walks at the same pace as one with large ones.
#
# There are prices: two more numbers for every weight, more settings to choose, and overshooting, since a ball that rolls does not stop at the minimum.
#
# **Rubric (20 points).** 6: one learning rate for a steep and a flat direction. 6: momentum adds up what stays and cancels what alternates. 4: Adam divides by the size of recent gradients. 4: at least one price.
# ### END SOLUTION

# %% [markdown] quotes={"92 of 100": "Adam lr 0.02 loss _, right on new digits {}"}
# ## The bridge
#
# The robot learns fast now. Look at the experiment once more: the training loss goes towards 0 with every optimizer, and on new digits even Adam is right for only 92 of 100. A robot that learns fast also *memorizes* fast.
#
# Next week: how to keep the pile honest (**regularization**).
#
# ## To read on
#
# - Gabriel Goh, "Why Momentum Really Works" (Distill, 2017): the ravine, with sliders.
# - Stanford's CS231n, notes on "Neural Networks Part 3": the same optimizers side by side.
# - Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015): sections 2 and 3 are short and clear.
# - Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019): the W in AdamW.
# - Andrej Karpathy, "Let's reproduce GPT-2" (video, 2024): your recipe, line by line, in PyTorch.
