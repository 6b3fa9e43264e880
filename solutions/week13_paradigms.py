# %% [markdown]
# # Week 13: Where labels come from
#
# About three hours. You write nine functions. Each has a check right below it.
#
# ## The break
#
# For twelve weeks a label fell from the sky with every picture. Somebody had typed in *this is a 7*, 1,797 times. Run the next three cells to see what happens when that somebody is tired. The robot answers for each new digit: *the same as the known one that looks most like it*.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import plots

# %% locked="earlier_weeks"
# From earlier weeks.


def relu(z):
    """The bend max(0, z)."""
    return np.maximum(z, 0)


def relu_backward(dout, z):
    """The blame that passes back through relu."""
    return dout * (z > 0)


def dense_backward(dout, X, W):
    """The blame that passes back through X @ W + b: dX, dW, db."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def softmax(Z):
    """Probabilities along each row of Z (N, K), for any logits."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def softmax_cross_entropy(Z, y):
    """Mean loss of the logits Z (N, K) for the labels y (N,), for any logits."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]
    return losses.mean()


def softmax_cross_entropy_grad(Z, y):
    """The blame of the logits Z (N, K) for that loss, (P - onehot) / N."""
    P = softmax(Z)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
mixed = np.random.default_rng(13).permutation(len(digits))
digits, labels = digits[mixed], labels[mixed]
seen, new = slice(0, 1400), slice(1400, None)


def right_answers(E, per_digit, rng):
    """How often the nearest labelled example is right, with so many labels for each digit."""
    unit = E / np.linalg.norm(E, axis=1, keepdims=True)
    shares = []
    for _ in range(30):
        known = [rng.choice(np.flatnonzero(labels[seen] == d), per_digit, False) for d in range(10)]
        known = np.concatenate(known)
        nearest = (unit[new] @ unit[known].T).argmax(axis=1)
        shares.append(np.mean(labels[known][nearest] == labels[new]))
    return np.mean(shares)


for per_digit in [100, 10, 3, 1]:
    share = right_answers(digits, per_digit, np.random.default_rng(0))
    print(f"{10 * per_digit:5} labels: {100 * share:.0f} of 100 new digits are right")

# %% [markdown] quotes={"63 of 100": " 10 labels: {} of 100 new", "instead of 98": "1000 labels: {} of 100 new"}
# The pictures are all still there. Only the labels are gone, and with them a third of the right answers: 63 of 100 instead of 98 with ten labels instead of a thousand. In the world at large it is worse: there are billions of pictures and trillions of words, and hardly any has a label.
#
# ## The picture
#
# How does a child learn? Nobody holds up a million cards with *cat* on them. So the cat-spotting robot goes out without a teacher, and finds four things that can take a teacher's place.
#
# | the robot | what plays the label | the field's term |
# | --- | --- | --- |
# | covers the next word of a book and guesses it | the word itself | **self-supervised learning** |
# | sees one cat twice, in sun and in shade: *these two belong together* | the pair | **contrastive learning** |
# | walks about, and in the end finds a cat or does not | a reward, late | **reinforcement learning** |
# | gives two answers, and somebody likes one of them better | the comparison | **learning from preferences** |
#
# The good news is how little is new. Three of the four end in the softmax cross-entropy of week 05. The nudge is the same as ever. What changes is the answer to one question: *who says what is right?*
#
# ## Worked examples, by hand
#
# **A text asks its own questions.** The tokens (numbers for letters or words) are 5 2 7 2. With a context of 2: after 5 2 comes 7, after 2 7 comes 2. Two questions with their answers, and nobody labelled anything.
#
# **Pairs.** Two pictures, two views of each, embedded as arrows of length 1. The cosines of first views (rows) and second views (columns), and the same divided by a **temperature** of 0.5:
#
# $$\begin{pmatrix} 0.9 & 0.4 \\ 0.1 & 0.6 \end{pmatrix} \qquad \begin{pmatrix} 1.8 & 0.8 \\ 0.2 & 1.2 \end{pmatrix}$$
#
# Row 0 asks: *which second view is my partner?* Its softmax gives the partner $1/(1 + e^{-1}) = 0.731$. Row 1 has the same difference, 1, and the same probability. The loss is $-\log 0.731 = 0.313$.
#
# **Reward.** Three steps, rewards 0, 0, 8, and a later reward is worth half as much with each step ($\gamma = 0.5$). From the end: 8, then $0 + 0.5 \cdot 8 = 4$, then $0 + 0.5 \cdot 4 = 2$. The returns are 2, 4, 8.
#
# **A preference.** The robot's log-probability of the better answer rose from −5 to −4, that of the worse one fell from −6 to −7. The margin is $(-4 + 5) - (-7 + 6) = 2$. With $\beta = 0.5$ the loss is $-\log \mathrm{sigmoid}(1) = 0.313$. The same number as above, and not by accident: a softmax over two is a sigmoid of the difference.
#
# ## Part 1: the text is its own label
#
# ### 1. The next token
#
# This is how large language models learn. Two tools. `tokens[i : i + context]` is the window that begins at i. `np.array([...])` makes a table of a list of windows. Or, all at once: `np.arange(3)[:, None] + np.arange(2)` is a table of places, `[[0, 1], [1, 2], [2, 3]]`, and `tokens[places]` picks them.


# %% solution="next_token_pairs"
def next_token_pairs(tokens, context):
    """Every window of `context` tokens, and the token that follows it.

    Args:
        tokens: a text as numbers, shape (T,), int64.
        context: the length of a window, at least 1 and less than T.

    Returns:
        X of shape (T - context, context): row i is tokens[i], ..., tokens[i + context - 1],
        y of shape (T - context,): entry i is tokens[i + context].

    Source: Bengio et al. 2003, "A neural probabilistic language model".
    """
    ### BEGIN SOLUTION
    starts = np.arange(len(tokens) - context)
    return tokens[starts[:, None] + np.arange(context)], tokens[context:]
    ### END SOLUTION


# %% check="next_token_pairs"
check("next_token_pairs")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Write down 5 2 7 2 9 with a context of 2, by hand. Where does the last window begin? What is the slice of all targets?
#
# </details>
#
# ### 2. Gaps
#
# Reading from left to right is one way. Another is a text with gaps: *the ___ sleeps on the ___*. To fill them, the robot may look to both sides.
#
# Draw a uniform number for each token: `rng.random(tokens.shape)`. It is below `rate` with exactly that probability. Where a token is hidden, the input shows `mask_id` and the target is the token. Elsewhere nothing is asked, and the target is −1, which no token is. `np.where(condition, a, b)` chooses entry by entry and makes a new array. The caller's `tokens` stay as they are.
#
# The draws come from the generator that is passed. The check makes 30,000 of them several times, and looks at shares and places.


# %% solution="mask_tokens"
def mask_tokens(tokens, mask_id, rate, rng):
    """Hide each token with probability `rate`, independently of all others.

    Args:
        tokens: texts as numbers, shape (N, T), int64; none equals mask_id.
        mask_id: what stands in the place of a hidden token.
        rate: the probability that a token is hidden.
        rng: an np.random.Generator.

    Returns:
        inputs (N, T): mask_id where hidden, the token elsewhere,
        targets (N, T): the token where hidden, -1 elsewhere.

    Source: Devlin et al. 2019, section 3.1, without the random replacements.
    """
    ### BEGIN SOLUTION
    hidden = rng.random(tokens.shape) < rate
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)
    ### END SOLUTION


# %% check="mask_tokens"
check("mask_tokens")

# %% [markdown]
# ## Part 2: pairs are labels
#
# Somebody moves a picture a little, dims it, covers a corner. It still shows the same thing. So the robot gets two **views** of each picture in a batch. Its network turns each view into an **embedding**, an arrow z. The task: *find your partner among all the others*.
#
# ### 3. How alike?
#
# Two arrows are alike if they point the same way, however long they are. The cosine of the angle between them says so:
#
# $$\cos(a, b) = \frac{a \cdot b}{|a|\,|b|}$$
#
# First scale every row to length 1: `np.linalg.norm(A, axis=1, keepdims=True)` has the shape `(N, 1)` and lines up with the rows. Then a single matrix product gives all dot products.


# %% solution="cosine_similarity_matrix"
def cosine_similarity_matrix(A, B):
    """The cosine of the angle between every row of A and every row of B.

    Args:
        A: embeddings, shape (N, D), float64; no row is zero.
        B: embeddings, shape (M, D), float64; no row is zero.

    Returns:
        Cosines, shape (N, M), from -1 to 1; nothing is added to the lengths.

    Source: the definition of the dot product.
    """
    ### BEGIN SOLUTION
    A = A / np.linalg.norm(A, axis=1, keepdims=True)
    B = B / np.linalg.norm(B, axis=1, keepdims=True)
    return A @ B.T
    ### END SOLUTION


# %% check="cosine_similarity_matrix"
check("cosine_similarity_matrix")

# %% [markdown]
# ### 4. Find your partner
#
# The cosines, divided by the temperature, are logits. Row n has N classes, one for each second view, and the right class is n: the diagonal. From here on it is week 05. The field calls this loss **InfoNCE**.
#
# Dividing by a *small* temperature makes the softmax strict: a cosine that is larger by a little wins by far. At a temperature of 0.0001 logits reach 10,000, which the functions at the top of this notebook can handle.


# %% solution="info_nce"
def info_nce(za, zb, temperature):
    """The contrastive loss: row n of za has to find row n of zb among all rows of zb.

    Args:
        za: embeddings of one view of each example, shape (N, D), float64; no row is zero.
        zb: embeddings of the other view, in the same order, shape (N, D), float64.
        temperature: a positive number, possibly as small as 1e-4.

    Returns:
        One number, 0 or more: the mean over the rows.

    Source: van den Oord, Li & Vinyals 2018, equation 4.
    """
    ### BEGIN SOLUTION
    S = cosine_similarity_matrix(za, zb) / temperature
    return softmax_cross_entropy(S, np.arange(len(S)))
    ### END SOLUTION


# %% check="info_nce"
check("info_nce")

# %% [markdown]
# <details><summary>Hint</summary>
#
# What are the labels y, if row 0 should answer 0, row 1 should answer 1, and so on? One NumPy call makes them. Test it: `za = np.eye(2)` and `zb = za` with temperature 1 should give 0.3133, the loss of the worked example.
#
# </details>
#
# ### 5. And its gradient
#
# This is the largest function of the week: four steps forward, four steps back, and each of them you have taken before. Call the arrows of length one $u = z_a/|z_a|$ and $v = z_b/|z_b|$. Fill in the right column before you write any code:
#
# | forward | back | where it comes from |
# | --- | --- | --- |
# | loss of the logits S | $dS = $ ? | the labels are 0, 1, 2, …; week 05, and a function at the top |
# | S = C / temperature | $dC = $ ? | the slope of a factor |
# | $C = u\, v^T$ | $du = $ ?, $dv = $ ? | the dense layer of week 06: what stands in the place of W? |
# | $u = z / \lvert z\rvert$ | $dz = $ ?, for each row | below |
#
# C is square, so a missing transpose changes no shape. Look at the indices: $v_m$ stands in *column* m of C.
#
# **The last line.** Only the direction of z counts. A push along z itself makes it longer and changes nothing. So take the push $du$ apart: how much of it points along u? That part is taken off. What is left turns the arrow, and a long arrow turns less easily: twice the length, half the effect. By hand: $z = (3, 4)$, $|z| = 5$, $u = (0.6, 0.8)$, $du = (1, 0)$. The part along u is $0.6$ of a u, so $(1, 0) - 0.6\,(0.6, 0.8) = (0.64, -0.48)$ is left, and $dz = (0.128, -0.096)$. It is at right angles to z: $3 \cdot 0.128 - 4 \cdot 0.096 = 0$. Week 12 did the same to a column: what changes nothing is taken off.
#
# A dot product of all rows at once is `(a * b).sum(axis=1, keepdims=True)`.


# %% solution="info_nce_grad"
def info_nce_grad(za, zb, temperature):
    """The gradients of info_nce(za, zb, temperature) for both embeddings.

    Args:
        za: embeddings of one view of each example, shape (N, D), float64; no row is zero.
        zb: embeddings of the other view, in the same order, shape (N, D), float64.
        temperature: a positive number, possibly as small as 1e-4.

    Returns:
        dza and dzb, both of shape (N, D).

    Source: the chain rule through the cosines, as above.
    """
    ### BEGIN SOLUTION
    length_a = np.linalg.norm(za, axis=1, keepdims=True)
    length_b = np.linalg.norm(zb, axis=1, keepdims=True)
    u, v = za / length_a, zb / length_b
    dC = softmax_cross_entropy_grad(u @ v.T / temperature, np.arange(len(u))) / temperature
    du, dv = dC @ v, dC.T @ u
    dza = (du - (du * u).sum(axis=1, keepdims=True) * u) / length_a
    dzb = (dv - (dv * v).sum(axis=1, keepdims=True) * v) / length_b
    return dza, dzb
    ### END SOLUTION


# %% check="info_nce_grad"
check("info_nce_grad")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Compute the two lengths and u and v first. Then go through the table from top to bottom, one line of code for each entry on the right. `dense_backward(dC, u, v.T)` would give you du, and the transpose of dv. Is `(dza * za).sum(axis=1)` zero? Then the last line is right.
#
# </details>
#
# ### 6. Pictures and captions
#
# The two views need not be two pictures. On the internet many pictures stand beside a sentence. One network embeds the picture, another one the sentence, and each picture has to find its sentence, and each sentence its picture: the mean of both directions is the loss of **CLIP**. The paper learns the scale $1/\text{temperature}$ along with the weights; here the temperature is given.


# %% solution="clip_loss"
def clip_loss(images, texts, temperature):
    """The mean of two contrastive losses: images find their texts, and texts find their images.

    Args:
        images: embeddings of pictures, shape (N, D), float64; no row is zero.
        texts: embeddings of their captions, in the same order, shape (N, D), float64.
        temperature: a positive number by which the cosines are divided.

    Returns:
        One number, 0 or more.

    Source: Radford et al. 2021, figure 3.
    """
    ### BEGIN SOLUTION
    there = info_nce(images, texts, temperature)
    back = info_nce(texts, images, temperature)
    return (there + back) / 2
    ### END SOLUTION


# %% check="clip_loss"
check("clip_loss")

# %% [markdown]
# ## Part 3: reward, late
#
# Nobody tells the robot which way to go. It walks, and at the end somebody says *well done*. Which of its moves deserves the praise?
#
# ### 7. What a step was worth
#
# A step gets all the reward that came *after* it, including its own. What came later counts less, by a factor of $\gamma$ (gamma) for each step in between:
#
# $$G_t = r_t + \gamma\, G_{t+1}, \qquad G_T = 0$$
#
# So begin at the end. `reversed(range(T))` counts down. Rewards may be whole numbers, such as 0 and 1; returns need decimals, so fill an array made by `np.zeros(T)`. Do not try to divide by $\gamma^t$: in a long game it is 0.


# %% solution="discounted_returns"
def discounted_returns(rewards, gamma):
    """The reward still to come at every step, later rewards discounted.

    Args:
        rewards: of one game from its first step to its last, shape (T,), float64 or int64.
        gamma: what a reward one step later is worth, from 0 to 1.

    Returns:
        G of shape (T,), float64; the last entry is the last reward.

    Source: Sutton & Barto 2018, equation 3.9.
    """
    ### BEGIN SOLUTION
    G = np.zeros(len(rewards))
    later = 0.0
    for t in reversed(range(len(rewards))):
        later = rewards[t] + gamma * later
        G[t] = later
    return G
    ### END SOLUTION


# %% check="discounted_returns"
check("discounted_returns")

# %% [markdown]
# ### 8. Do more of what went well
#
# The robot's **policy** is a network that turns a situation into logits, one for each action. It draws its action from the softmax. Afterwards we pretend that the action taken was the right label, and weight each example by its return:
#
# $$L = \frac{1}{N} \sum_n -\,G_n \log p_n(\text{action}_n)$$
#
# With $G = 1$ everywhere this is plain cross-entropy: *imitate yourself*. A large return says *more of that*. A negative one turns the push around: *less of that*. The returns are constants. They do not depend on the logits.
#
# You know the gradient of $-\log p_n(\text{action}_n)$ for the logits of row n: $p_n - \text{onehot}$. Each row is multiplied by its own return, and a return for each *row* needs the shape `(N, 1)`, which is `returns[:, None]`.
#
# **Sign and 1/N.** What is asked for is the gradient of the loss L. It has the minus sign inside, so that a step *against* it makes good actions likelier, and it carries 1/N like all gradients of this course. By hand: logits (0, 0), action 0, return 2, N = 1: $2 \cdot ((0.5, 0.5) - (1, 0)) = (-1, 1)$. A step against it raises logit 0.


# %% solution="policy_gradient"
def policy_gradient(logits, actions, returns):
    """The gradient, for the logits, of the mean over n of -returns[n] * log p[n, actions[n]].

    Args:
        logits: what the policy says in N situations, shape (N, K), float64; p is their softmax.
        actions: what was done, from 0 to K - 1, shape (N,), int64.
        returns: how it turned out, shape (N,), float64, of either sign; constants.

    Returns:
        dL/dlogits, shape (N, K), with the minus sign of the loss and with 1/N.

    Source: Williams 1992, REINFORCE.
    """
    ### BEGIN SOLUTION
    return returns[:, None] * softmax_cross_entropy_grad(logits, actions)
    ### END SOLUTION


# %% check="policy_gradient"
check("policy_gradient")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Which function at the top of this notebook has all of it but the returns? Does it carry 1/N already?
#
# </details>
#
# ## Part 4: which one is better?
#
# ### 9. Direct preference optimization
#
# *Rate this answer from 1 to 10* is a hard question. *Which of these two do you like better?* is an easy one. A language model writes two answers to a prompt, and a person chooses one. The probability of a whole answer is a product over its tokens, so its logarithm is a sum, and for a long answer it is far below zero.
#
# We want the chosen answer to become likelier and the rejected one less likely. But not at any price: a copy of the model, frozen before this lesson began, serves as **reference**. What counts is what the policy *gained* over it:
#
# $$\text{margin} = (\text{chosen} - \text{chosen}_\text{ref}) - (\text{rejected} - \text{rejected}_\text{ref})$$
#
# $$L = \frac{1}{N}\sum_n -\log \mathrm{sigmoid}(\beta \cdot \text{margin}_n)$$
#
# All four are log-probabilities; *ref* marks the reference's, which the code calls `ref_chosen` and `ref_rejected`. $\beta$ (beta) says how strongly a margin counts. At the start policy and reference are the same, all margins are 0, and the loss is $-\log 0.5 = 0.693$.
#
# **Numbers that do not fit.** $-\log \mathrm{sigmoid}(x) = \log(1 + e^{-x})$, and $e^{5000}$ overflows. Since $1 = e^0$, this is $\log(e^0 + e^{-x})$, and NumPy has a safe function for just that: `np.logaddexp(a, b)` is $\log(e^a + e^b)$.


# %% solution="dpo_loss"
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The mean loss of N preferences, from log-probabilities of whole answers.

    Args:
        chosen: the policy's log-probability of the preferred answer, shape (N,), float64.
        rejected: the policy's log-probability of the other answer, shape (N,), float64.
        ref_chosen, ref_rejected: the reference's, shape (N,), float64.
        beta: how strongly a margin counts, a positive number.

    Returns:
        One number, 0 or more; finite for log-probabilities down to -10,000.

    Source: Rafailov et al. 2023, equation 7.
    """
    ### BEGIN SOLUTION
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return np.logaddexp(0, -beta * margin).mean()
    ### END SOLUTION


# %% check="dpo_loss"
check("dpo_loss")

# %% [markdown]
# ## One page: from a library to an assistant
#
# Put the parts of this week in a row, and you have the way in which the assistants of today are made.
#
# **1. Pre-training: the text makes its own labels.** Take a sentence, and shift it by one:
#
# | input | the | cat | sleeps | on | the |
# | --- | --- | --- | --- | --- | --- |
# | label | cat | sleeps | on | the | wall |
#
# Six tokens, five questions, and every answer was already there. **GPT** (2018) learns just this, from left to right, so it can write. **BERT** (2018) learns from gaps: it hides 15 of 100 tokens, like your `mask_tokens`, and may look to both sides. So it reads well (search, sorting) and does not write. A large model today answers some ten trillion such questions. Nearly all computing goes into this step, and the loss is the one of week 05. What comes out is a **base model**. It continues texts. Ask it a question, and it may continue with three more questions, because lists of questions exist.
#
# **2. Instruction tuning: the same loss on better text.** People write some ten thousand questions with good answers, and the model goes on guessing the next token of those. Only the tokens of the *answer* count in the loss; those of the question get no target, like the −1 of your `mask_tokens`. Now it answers.
#
# **3. Preferences.** Writing the perfect answer is hard, choosing the better of two is easy. **RLHF** (reinforcement learning from human feedback) learns a *reward model* from comparisons first. Its loss is your worked example: $-\log \mathrm{sigmoid}$ of a difference of two scores. Then the assistant writes, the reward model says how well, and a policy gradient like yours makes good answers likelier, with a price for moving away from the reference. **DPO** (2023) found that the two steps can be done in one, without a reward model and without a game: your `dpo_loss`.
#
# How much do steps 2 and 3 change? For InstructGPT (2022) about 13,000 questions with answers and 33,000 comparisons were enough, and people liked the answers of the tuned model with 1.3 billion parameters better than those of GPT-3 with 175 billion. It did not know more. It had learned what was wanted of it. And that is the limit, too: what people *like* is not always what is true. Where a program can check an answer (a sum, a proof, a test that passes), its verdict takes the place of people, and step 3 is plain reinforcement learning.
#
# **Pictures go the same way.** **SimCLR** (2020) is your `info_nce` on two views of each photograph. **CLIP** (2021) is your `clip_loss` on 400 million pictures with the sentences beside them. It sorts photographs into kinds that nobody ever labelled: embed the sentences *a photo of a cat* and *a photo of a dog*, and see which one is nearer.
#
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: a robot that reads.** Here is all it will ever see of the world. No label, only letters. A small network gets the last eight letters and guesses the next one. There are 27 different letters and signs. What is its loss before it has learned anything, and after 1,500 nudges?

# %% tags=["experiment"]
guessed_loss = {"at the start": None, "at the end": None}

# %% tags=["experiment"]
from textwrap import fill

story = (
    "the robot looks for cats. a cat has two ears, four paws and one tail. the cat sleeps on the "
    "warm wall. the robot looks at the wall and sees the cat. the cat looks at the robot and sees "
    "a box with two eyes. the dog sees the cat. the cat sees the dog. the cat runs up the wall, "
    "and the dog runs to the wall and waits. the robot looks at the dog. the dog has two ears, "
    "four paws and one tail, but the dog is not a cat. the robot learns. in the evening the sun "
    "goes down and the wall is cold. the cat comes down from the wall and walks to the house. the "
    "robot walks to the house too. in the house it is warm. the cat sleeps on the robot, because "
    "the robot is warm and has no tail to step on. the robot looks at the cat and does not move. "
    "in the night the robot counts: one cat, two ears, four paws, one tail. in the morning the "
    "cat wakes up and runs to the wall, and the robot runs to the wall and looks for cats. "
)
alphabet = sorted(set(story))
K, context, H = len(alphabet), 8, 96
tokens = np.array([alphabet.index(letter) for letter in story])
X, y = next_token_pairs(tokens, context)
X = np.eye(K)[X].reshape(len(X), -1)
print(f"{len(story)} letters, {K} different ones: {len(y)} questions, and nobody wrote an answer\n")

rng = np.random.default_rng(0)
W1, b1 = rng.normal(size=(context * K, H)) * np.sqrt(1 / context), np.zeros(H)
W2, b2 = rng.normal(size=(H, K)) * 0.1, np.zeros(K)


def babble(letters, rng):
    """Text that the network writes, drawn letter by letter from its own guesses."""
    window = list(tokens[:context])
    for _ in range(letters):
        x = np.eye(K)[window[-context:]].reshape(1, -1)
        p = softmax((relu(x @ W1 + b1) @ W2 + b2) / 0.7)[0]
        window.append(rng.choice(K, p=p))
    return "".join(alphabet[token] for token in window[context:])


losses = []
for nudge in range(1501):
    if nudge in (0, 100, 400, 1500):
        print(f"after {nudge} nudges:\n{fill(babble(150, np.random.default_rng(1)), 80)}\n")
    batch = rng.integers(len(y), size=64)
    Z1 = X[batch] @ W1 + b1
    logits = relu(Z1) @ W2 + b2
    losses.append(softmax_cross_entropy(logits, y[batch]))
    dh, dW2, db2 = dense_backward(softmax_cross_entropy_grad(logits, y[batch]), relu(Z1), W2)
    _, dW1, db1 = dense_backward(relu_backward(dh, Z1), X[batch], W1)
    W1, b1, W2, b2 = W1 - 0.3 * dW1, b1 - 0.3 * db1, W2 - 0.3 * dW2, b2 - 0.3 * db2

reached = {"at the start": losses[0], "at the end": np.mean(losses[-50:])}
for when, loss in reached.items():
    print(f"loss {when}: {loss:.2f} (your guess: {guessed_loss[when]})")
often = np.bincount(tokens) / len(tokens)
levels = {"all letters alike": np.log(K), "frequent letters": -np.sum(often * np.log(often))}
figure = plots.reading_loss(np.array(losses), levels)

# %% [markdown]
# *In words:* a curve that falls below two dashed lines. The upper one is the loss of a robot that takes all letters to be equally likely, the lower one that of a robot that knows how frequent each letter is.
#
# Watch the babble. First noise. Then frequent letters and spaces. Then words. In the end whole sentences, many of them learned by heart, because the book is short. Spelling, word order and what cats do: it is all in the text, if you only try to guess the next letter.
#
# **Second: digits without labels.** The views of a digit are moved by up to a pixel, with some pixels lost and a little noise. The network turns 64 pixels into an embedding of 16 numbers. It sees 1,400 digits and not a single label.

# %% tags=["experiment"]
place = np.arange(8)


def view(X, rng):
    """Each picture moved by up to a pixel, with a fifth of the pixels lost and some noise."""
    padded = np.pad(X.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    down, right = rng.integers(0, 3, size=(2, len(X), 1, 1))
    moved = padded[np.arange(len(X))[:, None, None], down + place[:, None], right + place]
    kept = rng.random((len(X), 64)) > 0.2
    return moved.reshape(-1, 64) * kept + rng.normal(0, 0.1, (len(X), 64))


rng = np.random.default_rng(1)
params = [
    rng.normal(size=(64, 128)) * np.sqrt(2 / 64),
    np.zeros(128),
    rng.normal(size=(128, 16)) * np.sqrt(1 / 128),
]


def embed(X, params):
    W1, b1, W2 = params
    return relu(X @ W1 + b1) @ W2


def table(params):
    """Cosines of two views of the first 20 new digits."""
    rng, some = np.random.default_rng(2), digits[new][:20]
    first, second = view(some, rng), view(some, rng)
    return cosine_similarity_matrix(embed(first, params), embed(second, params))


before = table(params)
velocity = [np.zeros_like(p) for p in params]
for _ in range(1500):
    batch = digits[rng.integers(1400, size=128)]
    V = np.concatenate([view(batch, rng), view(batch, rng)])
    W1, b1, W2 = params
    Z1 = V @ W1 + b1
    za, zb = np.split(relu(Z1) @ W2, 2)
    dZ = np.concatenate(info_nce_grad(za, zb, temperature=0.3))
    dh, dW2, _ = dense_backward(dZ, relu(Z1), W2)
    _, dW1, db1 = dense_backward(relu_backward(dh, Z1), V, W1)
    velocity = [0.9 * v + g for v, g in zip(velocity, [dW1, db1, dW2], strict=True)]
    params = [p - 0.05 * v for p, v in zip(params, velocity, strict=True)]

trained = params
tables = {"before learning": before, "after learning": table(trained)}
figure = plots.similarity_tables(tables)

# %% [markdown] quotes={"By pixels 92, 82 and 63 of 100": "100 labels: {} of 100 new digits are right 30 labels: {} of 100 new digits are right 10 labels: {}"}
# *In words:* two tables of 20 by 20 squares, first views against second views; dark is alike. Before learning nearly all squares are dark: every view resembles every other. After learning the rest is paler and the diagonal is dark: most partners find each other.
#
# And is a digit now near the others of its kind? As in the first cells, the robot answers for each new digit: *the same as the most similar known one*. By pixels 92, 82 and 63 of 100 were right with 100, 30 and 10 labels. How many will it be by embeddings?


# %% tags=["experiment"]
guessed_by_embeddings = {100: None, 30: None, 10: None}


# %% tags=["experiment"]
def flat(E):
    """The two directions in which the rows of E, scaled to length 1, differ most."""
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    E = E - E.mean(axis=0)
    return E @ np.linalg.svd(E, full_matrices=False)[2][:2].T


embedded = embed(digits, trained)
maps = {"pixels": flat(digits[new]), "embeddings": flat(embedded[new])}
figure = plots.labelled_maps(maps, labels[new])
for per_digit in [10, 3, 1]:
    pixels = right_answers(digits, per_digit, np.random.default_rng(0))
    learned = right_answers(embedded, per_digit, np.random.default_rng(0))
    print(
        f"{10 * per_digit:4} labels: {100 * pixels:.0f} of 100 right by pixels, "
        f"{100 * learned:.0f} by embeddings (your guess: {guessed_by_embeddings[10 * per_digit]})"
    )

# %% [markdown] quotes={"63 of 100 by pixels, 72 by embeddings": "10 labels: {} of 100 right by pixels, {} by embeddings", "92 against 87": "100 labels: {} of 100 right by pixels, {} by embeddings"}
# *In words:* two maps of the same new digits, by pixels and by embeddings; each digit is drawn as what it is. In both, digits of one kind lie together. On the right the 7s, the 4s and the 0s have drawn closer, although the network never heard that there are ten kinds. A map shows two directions only; the embeddings have 16.
#
# With a single label for each digit, the embeddings get clearly more right than the pixels: 63 of 100 by pixels, 72 by embeddings. With ten labels for each digit it is the pixels that win, 92 against 87, because embeddings throw away what no two views had in common. So the choice of views is the teacher here: what a view changes, the robot learns to ignore.
#
# **Third: a corridor.** Nine cells. The robot starts in the middle, knows nothing, and goes left or right. A cat sits at the right end: reward 1. At the left end a dog: reward −1. For each cell it has two logits. In how many of 100 games will it find the cat in the end, and after how many steps?

# %% tags=["experiment"]
guessed_games = {"found": None, "steps": None}

# %% tags=["experiment"]
rng = np.random.default_rng(3)
policy = np.zeros((9, 2))
found, steps = [], []
for _ in range(400):
    cell, cells, actions = 4, [], []
    while 0 < cell < 8:
        action = int(rng.random() < softmax(policy[cell : cell + 1])[0, 1])
        cells.append(cell)
        actions.append(action)
        cell += 1 if action else -1
    rewards = np.zeros(len(cells))
    rewards[-1] = 1.0 if cell == 8 else -1.0
    G = discounted_returns(rewards, 0.9)
    np.subtract.at(policy, cells, 0.5 * policy_gradient(policy[cells], np.array(actions), G))
    found.append(cell == 8)
    steps.append(len(cells))
for first in [0, 50, 350]:
    some = slice(first, first + 50)
    print(
        f"games {first:3} to {first + 50:3}: the cat found in {100 * np.mean(found[some]):3.0f} "
        f"of 100, after {np.mean(steps[some]):4.1f} steps"
    )
print(f"your guess: found in {guessed_games['found']} of 100, after {guessed_games['steps']} steps")

# %% [markdown] quotes={"in 100 of 100 games, after 4.5 steps": "games 350 to 400: the cat found in {} of 100, after {} steps"}
# Nobody ever said *go right*. The reward came at the end, the discount handed it back to the steps before, and in the end the robot finds the cat in 100 of 100 games, after 4.5 steps. The shortest way takes four.
#
# ## The same in Keras
#
# Keras's own losses, and gradients by `GradientTape`. The largest differences should be about $10^{-15}$.

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
    from keras import ops

    rng = np.random.default_rng(4)
    za, zb = rng.normal(size=(2, 6, 4))
    actions, G = rng.integers(4, size=6), rng.normal(size=6)
    surprise = keras.losses.sparse_categorical_crossentropy

    def keras_info_nce(a, b):
        S = ops.matmul(ops.normalize(a), ops.transpose(ops.normalize(b))) / 0.5
        return ops.mean(surprise(np.arange(6), S, from_logits=True))

    def keras_surrogate(Z):
        return ops.mean(G * surprise(actions, Z, from_logits=True))

    def compare(name, yours, theirs):
        print(f"{name:24} {np.abs(yours - np.asarray(theirs)).max():.1e}")

    compare("InfoNCE", info_nce(za, zb, 0.5), keras_info_nce(za, zb))
    dza, dzb = vector_jacobian_product(keras_info_nce, [za, zb])
    compare("InfoNCE, dza", info_nce_grad(za, zb, 0.5)[0], dza)
    compare("InfoNCE, dzb", info_nce_grad(za, zb, 0.5)[1], dzb)
    both = (keras_info_nce(za, zb) + keras_info_nce(zb, za)) / 2
    compare("CLIP", clip_loss(za, zb, 0.5), both)
    (dlogits,) = vector_jacobian_product(keras_surrogate, [za])
    compare("policy gradient", policy_gradient(za, actions, G), dlogits)
    c, r, ref_c, ref_r = -rng.uniform(1, 9, size=(4, 6))
    preference = ops.mean(ops.softplus(-0.3 * ((c - ref_c) - (r - ref_r))))
    compare("DPO", dpo_loss(c, r, ref_c, ref_r, 0.3), preference)

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** A text has 1,000 tokens, the context is 10. How many pairs does it give?
#
# - a: 100
# - b: 991
# - c: 990

# %% solution="pairs_in_a_text"
# Set pairs_in_a_text to "a", "b" or "c".
# Say why in one line: pairs_in_a_text_because = "..."
### BEGIN SOLUTION
pairs_in_a_text = "c"
pairs_in_a_text_because = (
    "The first window ends at token 10, and each of the 990 tokens after it is a target once."
)
### END SOLUTION

# %% check="pairs_in_a_text"
check("pairs_in_a_text")

# %% [markdown]
# **B.** A broken network gives the same embedding to every picture. The batch holds 8 pairs. What is InfoNCE?
#
# - a: 0
# - b: log 8, about 2.08
# - c: 8

# %% solution="strangers_alike"
# Set strangers_alike to "a", "b" or "c".
# Say why in one line: strangers_alike_because = "..."
### BEGIN SOLUTION
strangers_alike = "b"
strangers_alike_because = "All logits are equal, so the partner gets 1/8 and the loss is -log(1/8)."
### END SOLUTION

# %% check="strangers_alike"
check("strangers_alike")

# %% [markdown]
# **C.** One situation, logits (0, 0). The robot took action 0 and lost: return −1. What is the policy gradient?
#
# - a: (0.5, −0.5)
# - b: (−0.5, 0.5)
# - c: (0, 0)

# %% solution="blame_after_a_loss"
# Set blame_after_a_loss to "a", "b" or "c".
# Say why in one line: blame_after_a_loss_because = "..."
### BEGIN SOLUTION
blame_after_a_loss = "a"
blame_after_a_loss_because = "The gradient is G times (p minus one-hot): -1 times (-0.5, 0.5)."
### END SOLUTION

# %% check="blame_after_a_loss"
check("blame_after_a_loss")

# %% [markdown]
# **D.** Before the first nudge the policy equals the reference. What is the DPO loss with $\beta = 0.1$?
#
# - a: 0
# - b: 0.0693
# - c: 0.693

# %% solution="first_preference"
# Set first_preference to "a", "b" or "c".
# Say why in one line: first_preference_because = "..."
### BEGIN SOLUTION
first_preference = "c"
first_preference_because = (
    "Both log-ratios are 0, so is the margin, and -log sigmoid(0) = log 2 for every beta."
)
### END SOLUTION

# %% check="first_preference"
check("first_preference")

# %% [markdown] written="where_labels_come_from"
# ## In your own words
#
# Three robots have to learn without a teacher. The first one should finish sentences, and has a library. The second one should sort holiday photographs by what they show, and has a million of them without captions. The third one should tell jokes that people like, and people are willing to listen. For each: what could play the part of the label, which loss of this week goes with it, and what can it *not* teach? Eight to twelve sentences.
#
# ### BEGIN SOLUTION
# The first robot covers the next token of its books and guesses it. The label is the token itself, and the loss is the softmax cross-entropy of `next_token_pairs`. It learns to imitate: if the books are wrong, it is wrong in the same way, and it does not learn what is helpful.
#
# The second robot makes two views of each photograph, moved, cropped or dimmed. The label is the pair, and the loss is InfoNCE. What the views change, it learns to ignore. If colour is changed, it cannot sort by colour. Two photographs of the same beach are treated as strangers. It finds groups, but not their names.
#
# The third robot tells two jokes, and people say which is better. The label is the comparison, and the loss is DPO, with the robot of the first kind as reference. A laugh as a reward at the end and the policy gradient would do as well. It learns what these people like, not what is funny or true, and without a reference it might repeat one joke over and over. A late reward says little about which word was the good one.
#
# **Rubric (20 points).** 8: a fitting source of labels for each robot, and what plays the label. 6: a fitting loss for each. 6: a limit for each.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# You have built every part by hand: bends, losses, the nudge, smart nudges, norms, and now the labels. Nothing in a large model is of another kind. There is only more of it.
#
# Next week you put the whole robot together in Keras, in a few lines, and you know what each line does. And then comes an **honest admission**: what nobody understands yet.
#
# (The robot that reads is not finished. It looks at eight letters, each in its fixed place. The bonus week 15 begins from its story and lets it choose *where to look*.)
#
# ## To read on
#
# - Devlin and others, *BERT* (2019); Radford and others, *Improving Language Understanding by Generative Pre-Training* (2018), the first GPT.
# - Chen and others, *A Simple Framework for Contrastive Learning of Visual Representations* (2020), SimCLR; Radford and others, *Learning Transferable Visual Models From Natural Language Supervision* (2021), CLIP.
# - Ouyang and others, *Training Language Models to Follow Instructions with Human Feedback* (2022), InstructGPT; Rafailov and others, *Direct Preference Optimization* (2023).
# - Sutton and Barto, *Reinforcement Learning: An Introduction* (2018), chapters 3 and 13.
# - Karpathy, *The Spelled-Out Intro to Language Modeling: Building makemore*, and 3Blue1Brown, *Large Language Models Explained Briefly*, on video.
