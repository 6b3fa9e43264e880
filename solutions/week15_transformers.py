# %% [markdown]
# # Week 15: The next class: attention and transformers
#
# About seven hours. A bonus, best taken in three sittings. You write seventeen functions, most of them short. Each has a check right below it.
#
# ## The break
#
# In week 13 a robot learned to read. It got the last eight letters in one long row and guessed the next one. Such a robot has a separate weight for each letter *at each place*: a c in front is a different thing from a c in the middle, and whatever it learns about one it has to learn again about the other.
#
# Is that so bad? Here is the smallest task that shows it. Each text tells three letters with their digits, and then asks for one of them: after `c4 a9 f2 a` comes 9. The digits are drawn at random for each text, so nothing can be learned by heart. Run the next three cells: the network of week 13 in front of 2,000 such texts.

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
    """The blame that passes back through X @ W + b, for X (N, D): dX, dW, db."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def softmax(Z):
    """Probabilities along the last axis, for any logits; minus infinity gives exactly 0."""
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


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


def layernorm_forward(X, gamma, beta, eps):
    """Layer norm over the last axis."""
    root = np.sqrt(X.var(axis=-1, keepdims=True) + eps)
    return gamma * (X - X.mean(axis=-1, keepdims=True)) / root + beta


def layernorm_backward(dout, X, gamma, eps):
    """The blame that passes back through layer norm: dX, dgamma (D,), dbeta (D,)."""
    root = np.sqrt(X.var(axis=-1, keepdims=True) + eps)
    xhat = (X - X.mean(axis=-1, keepdims=True)) / root
    dxhat = dout * gamma
    along = (dxhat * xhat).mean(axis=-1, keepdims=True)
    dX = (dxhat - dxhat.mean(axis=-1, keepdims=True) - xhat * along) / root
    in_front = tuple(range(X.ndim - 1))
    return dX, (dout * xhat).sum(axis=in_front), dout.sum(axis=in_front)


def adam_step(params, grads, state, lr, beta1, beta2, eps):
    """One step of Adam: new params, and the new state {"m", "v", "t"}."""
    t = state["t"] + 1
    m = {name: beta1 * state["m"][name] + (1 - beta1) * g for name, g in grads.items()}
    v = {name: beta2 * state["v"][name] + (1 - beta2) * g**2 for name, g in grads.items()}
    moved = {}
    for name, w in params.items():
        m_hat, v_hat = m[name] / (1 - beta1**t), v[name] / (1 - beta2**t)
        moved[name] = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return moved, {"m": m, "v": v, "t": t}


# %% tags=["experiment"]
def told_and_asked(N, rng):
    """N texts like c4 a9 f2 a: three letters, their digits, the letter asked for, its digit."""
    letters = np.array([rng.permutation(8)[:3] for _ in range(N)])
    told = rng.integers(10, size=(N, 3))
    which = rng.integers(3, size=N)
    rows = np.arange(N)
    return letters, told, letters[rows, which], told[rows, which]


def one_row(letters, told, asked):
    """All of a text in one long row, as in week 13: a place for each letter and digit."""
    parts = [np.eye(8)[letters], np.eye(10)[told], np.eye(8)[asked][:, None]]
    return np.concatenate([part.reshape(len(asked), -1) for part in parts], axis=1)


rng = np.random.default_rng(15)
*known, y = told_and_asked(2000, rng)
*new, y_new = told_and_asked(1000, rng)
X, X_new = one_row(*known), one_row(*new)
params = {
    "W1": rng.normal(size=(X.shape[1], 128)) * np.sqrt(2 / 7),
    "b1": np.zeros(128),
    "W2": rng.normal(size=(128, 10)) * 0.1,
    "b2": np.zeros(10),
}
zeros = {name: np.zeros_like(w) for name, w in params.items()}
state = {"m": zeros, "v": zeros, "t": 0}
for _ in range(1500):
    batch = rng.integers(len(y), size=64)
    Z1 = X[batch] @ params["W1"] + params["b1"]
    blame = softmax_cross_entropy_grad(relu(Z1) @ params["W2"] + params["b2"], y[batch])
    dh, dW2, db2 = dense_backward(blame, relu(Z1), params["W2"])
    _, dW1, db1 = dense_backward(relu_backward(dh, Z1), X[batch], params["W1"])
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    params, state = adam_step(params, grads, state, 2e-3, 0.9, 0.999, 1e-8)


def answers(X):
    return (relu(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]).argmax(axis=1)


print(f"texts it has learned from: {100 * np.mean(answers(X) == y):.0f} of 100 right")
print(f"new texts:                 {100 * np.mean(answers(X_new) == y_new):.0f} of 100 right")
guessers = np.mean(new[1][:, 0] == y_new)
print(f"naming the first digit:    {100 * guessers:.0f} of 100 right")

# %% [markdown] quotes={"94 of 100": "has learned from: {} of 100", "45 of 100": "new texts: {} of 100", "42 of 100": "the first digit: {} of 100"}
# It has learned most of the 2,000 texts by heart: 94 of 100. Of new ones it gets 45 of 100 right, hardly more than somebody who always names the first digit, 42 of 100. Yet the answer stands in the text, in plain sight! You solve it without thinking: *find the letter that was asked for, and read what stands beside it.* The robot cannot do that, because its weights say *which places* matter, once and for all. Here it depends on the text which place matters.
#
# So the robot needs a way to decide **where to look**. Week 14 ended with this wish.
#
# ## The picture
#
# Think of the robot in an archive. It has a **question** on a slip of paper. Every drawer has a **label** in front and **papers** inside. The robot compares its question with all labels, and takes papers from each drawer, most of them from where the label fits best. Then it reads the mixture.
#
# Every token of a text is such a robot, and every token is such a drawer: it asks, it is labelled, and it has something to tell. The field's own words: the question is a **query**, the label a **key**, the papers are the **value**, and all of it is **attention**.
#
# | the robot | the field's term |
# | --- | --- |
# | compares its slip with a label | dot product of query and key, the **score** |
# | decides how much to take from each drawer | softmax over the places, the **weights** |
# | reads the mixture | weighted mean of the values |
# | keeps drawers shut that it must not open | **mask** |
# | asks several questions at once | **heads** |
# | notes in which row a drawer stands | **positions** |
#
# Nothing here is new to you. A dot product, a softmax, a weighted mean. The only new thing is that the weights are *computed from the text* and not stored.
#
# ## A worked example, by hand
#
# One query, three places, keys of length $d = 4$. The dot products of the query with the three keys are 0, 2 and 2.
#
# | step | place 0 | place 1 | place 2 |
# | --- | --- | --- | --- |
# | dot product | 0 | 2 | 2 |
# | divided by $\sqrt d = 2$ | 0 | 1 | 1 |
# | place 2 must not be seen | 0 | 1 | $-\infty$ |
# | exp | 1 | 2.718 | 0 |
# | divided by the sum, 3.718 | 0.269 | 0.731 | 0 |
# | values | 10 | 20 | 99 |
#
# The query receives $0.269 \cdot 10 + 0.731 \cdot 20 = 17.31$. The 0.731 is an old friend: it was the partner's probability in week 13.
#
# **Try another order.** Take the softmax first and put the mask's 0 afterwards: the weights are 0.155, 0.422 and 0, and the query receives 10.0. They do not sum to 1 any more. What was hidden has still taken its share.
#
# **Why $\sqrt d$?** Let the features of query and key be random, with spread 1. Each product of two has spread 1, and a sum of $d$ of them has spread $\sqrt d$, as in week 04. With $d = 64$ scores of ±8 would be quite usual, and $e^{8}/e^{-8}$ is about nine million: the softmax would put everything on one place before anything was learned, and where a softmax is certain, its slope is nearly 0. The nudge would die.
#
# **What this course has agreed on.** Books differ, so here it is, as in Keras:
#
# - a mask is `True` where one **may** look (in PyTorch's layer it is the reverse),
# - the last two axes are places and features; whatever stands in front of them, texts or heads, is just *many of the same*,
# - place 0 is the first.
#
# ## Part 1: numbers for letters
#
# ### 1. A row for each token
#
# A robot cannot compute with a *c*. In week 13 a letter was a row of zeros with a single 1, and the first thing that happened to it was a product with a matrix. Do one by hand: (0, 0, 1, 0) times a matrix with four rows. What comes out?
#
# Its row 2, unchanged. All those products with 0 were work for nothing. So leave them out and *look up the row*. The matrix is a table of **embeddings** now, E: one row for each token of the **vocabulary**, D numbers each, which the robot learns like any other weight. In week 13 embeddings came out of the network, for pictures. Here they go in, for letters.
#
# NumPy looks up many rows at once: an array of whole numbers as an index picks a row for each of them and keeps the shape of the index. Which shape comes out for tokens of shape `(N, T)`?


# %% solution="embed"
def embed(tokens, E):
    """The row of E for every token.

    Args:
        tokens: texts as numbers from 0 to K - 1, shape (N, T), int64.
        E: one row for each token of the vocabulary, shape (K, D), float64.

    Returns:
        The embeddings, shape (N, T, D).

    Source: Bengio et al. 2003, "A neural probabilistic language model".
    """
    ### BEGIN SOLUTION
    return E[tokens]
    ### END SOLUTION


# %% check="embed"
check("embed")

# %% [markdown]
# ### 2. Which row is to blame
#
# Blame comes back for every place of every text, `dout` of shape `(N, T, D)`. It belongs to the rows that were looked up. Take a table with three rows, D = 1, the text 2 0 2, and the blame 5, 1 and 3. Fill in:
#
# | row of E | was looked up at | its blame |
# | --- | --- | --- |
# | 0 | place 1 | 1 |
# | 1 | no place | ? |
# | 2 | places 0 and 2 | ? |
#
# Row 1 had no influence, so its blame is 0. Row 2 went two ways into the loss, and where there are several ways, blame adds up, as in week 06: 5 + 3 = 8.
#
# **A trap in NumPy.** `dE[tokens] += dout` looks right, and gives row 2 the blame 3. NumPy reads all the rows, adds, and writes all of them back, and the second time it writes row 2 it covers the first. `np.add.at(dE, tokens, dout)` does one after the other.
#
# Vocabularies are large, 50,000 tokens and more. So no one-hot table, please: the check has a large vocabulary, too.


# %% solution="embed_grad"
def embed_grad(tokens, dout, vocabulary):
    """The blame of the table E, from the blame of the embeddings E[tokens].

    Args:
        tokens: texts as numbers from 0 to vocabulary - 1, shape (N, T), int64; tokens repeat.
        dout: dL/dout, the blame of the embeddings, shape (N, T, D), float64.
        vocabulary: how many rows E has; some of them may not occur in tokens.

    Returns:
        dE, shape (vocabulary, D).

    Source: the chain rule through a lookup.
    """
    ### BEGIN SOLUTION
    dE = np.zeros((vocabulary, dout.shape[-1]))
    np.add.at(dE, tokens, dout)
    return dE
    ### END SOLUTION


# %% check="embed_grad"
check("embed_grad")

# %% [markdown]
# ## Part 2: where to look
#
# ### 3. Attention
#
# All queries at once: the queries are the rows of Q, the keys the rows of K. Which matrix product has in row t and column s the dot product of query t and key s? For many texts the transpose must leave the axes in front alone: `np.swapaxes(K, -1, -2)` exchanges the last two, and `@` multiplies the last two.
#
# `np.where(mask, scores, -np.inf)` keeps a score where the mask is True and closes the drawer elsewhere. A mask with fewer axes is repeated, like any array in NumPy. The softmax at the top of this notebook runs along the last axis and takes minus infinity as it comes.
#
# Return the weights too. They are what everybody wants to look at later.


# %% solution="attention"
def attention(Q, K, V, mask):
    """Scaled dot-product attention: each query receives a weighted mean of the values.

    Args:
        Q: queries, shape (..., T, d), float64.
        K: keys, shape (..., S, d), float64.
        V: values, shape (..., S, m), float64.
        mask: bool, broadcasts to (..., T, S); True where query t may look at place s. Every query
            may look somewhere.

    Returns:
        out (..., T, m), and weights (..., T, S), which are 0 where the mask is False and sum to 1
        for each query.

    Source: Vaswani et al. 2017, "Attention is all you need", equation 1.
    """
    ### BEGIN SOLUTION
    scores = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    weights = softmax(np.where(mask, scores, -np.inf))
    return weights @ V, weights
    ### END SOLUTION


# %% check="attention"
check("attention")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Go through the worked example from top to bottom, one line of code for each row of the table. Print `weights.sum(axis=-1)`: what should it be? Which array knows d?
#
# </details>
#
# ### 4. No looking ahead
#
# The robot of week 13 guessed one token from eight. The new one guesses at *every* place of a text at once: place t is asked for token t + 1. That makes T exercises out of one text, and it needs a rule: place t must not see token t + 1, or it would simply copy the answer. It may look at itself and back.
#
# Write the mask of a text with three places on paper first. Row: who looks. Column: at whom.


# %% solution="causal_mask"
def causal_mask(T):
    """The mask of a text that is read from left to right.

    Args:
        T: how many places the text has, 1 or more.

    Returns:
        bool, shape (T, T): entry (t, s) is True where place t may look at place s, which are
        itself and all places before it.

    Source: Vaswani et al. 2017, section 3.2.3.
    """
    ### BEGIN SOLUTION
    return np.tri(T, dtype=bool)
    ### END SOLUTION


# %% check="causal_mask"
check("causal_mask")

# %% [markdown]
# ### 5. Filling
#
# Texts have different lengths, an array has one. So short texts are filled up at the end, and nobody may look at the filling. The mask is needed for each text, and it is the same for all of its queries: shape `(N, 1, T)`, with an axis of 1 that NumPy repeats.
#
# `np.arange(T)` numbers the places. A place belongs to the text if its number is *below* the length. Which shape must the lengths have to meet the places of each text?


# %% solution="padding_mask"
def padding_mask(lengths, T):
    """The mask of texts that were filled up at their ends to T places.

    Args:
        lengths: how many tokens each text has, from 1 to T, shape (N,), int64.
        T: how many places every text has after filling up.

    Returns:
        bool, shape (N, 1, T): entry (n, 0, s) is True where s is a place of text n and False where
        it is filling. The axis of 1 stands for all queries.

    Source: the `attention_mask` of Keras's MultiHeadAttention.
    """
    ### BEGIN SOLUTION
    return np.arange(T) < lengths[:, None, None]
    ### END SOLUTION


# %% check="padding_mask"
check("padding_mask")

# %% [markdown]
# ### 6. The way back
#
# Attention has no weights of its own. But blame has to pass through it, to whatever made the queries, keys and values. Three steps forward, so three steps back, from the bottom up. W are the weights, S the scores.
#
# | forward | back | you know it from |
# | --- | --- | --- |
# | $S = Q K^T / \sqrt d$ | $dQ = \;?\qquad dK = \;?$ | week 06, a matrix product, and a division |
# | $W = \mathrm{softmax}(S)$, row by row | $dS = W \odot \big(dW - \text{common}\big)$ | week 02, `softmax_vjp` |
# | $O = W V$ | $dW = \;?\qquad dV = \;?$ | week 06, a matrix product |
#
# Fill in the question marks with a pencil. `out = X @ W` gave `dX = dout @ W.T` and `dW = X.T @ dout`: every matrix product goes back like that. The *common* part is one number for each query, $\sum_s dW_s\, W_s$. It says: raising all scores of a query by the same amount changes nothing, so nobody can be blamed for it.
#
# **By hand**, with d = 1. Query 1, keys 0 and $\ln 3$, values 0 and 4. The scores are 0 and 1.099, the weights 0.25 and 0.75, the output 3. Let dout be 1.
#
# | | place 0 | place 1 |
# | --- | --- | --- |
# | $dV$ = the weights · dout | 0.25 | 0.75 |
# | $dW$ = dout · value | 0 | 4 |
# | common: $0 \cdot 0.25 + 4 \cdot 0.75 = 3$ | | |
# | $dS$ | 0.25 (0 − 3) = −0.75 | 0.75 (4 − 3) = 0.75 |
# | $dK = dS \cdot$ query | −0.75 | 0.75 |
#
# And $dQ = -0.75 \cdot 0 + 0.75 \cdot 1.099 = 0.824$. More of the query would turn it further to place 1, where the large value is.
#
# What about the mask? A hidden place has the weight 0. Look at the formula of dS: what blame does it get? So there is nothing to do.


# %% solution="attention_backward"
def attention_backward(dout, Q, K, V, mask):
    """The blame that passes back through attention, to queries, keys and values.

    Args:
        dout: dL/dout, shape (..., T, m), float64; it carries the 1/N of the loss already.
        Q: queries, shape (..., T, d), float64.
        K: keys, shape (..., S, d), float64.
        V: values, shape (..., S, m), float64.
        mask: bool, broadcasts to (..., T, S); True where query t may look at place s. Every query
            may look somewhere.

    Returns:
        dQ, dK and dV, with the shapes of Q, K and V.

    Source: the chain rule, as above.
    """
    ### BEGIN SOLUTION
    _, weights = attention(Q, K, V, mask)
    dweights = dout @ np.swapaxes(V, -1, -2)
    common = (dweights * weights).sum(axis=-1, keepdims=True)
    dscores = weights * (dweights - common) / np.sqrt(Q.shape[-1])
    dK = np.swapaxes(dscores, -1, -2) @ Q
    return dscores @ K, dK, np.swapaxes(weights, -1, -2) @ dout
    ### END SOLUTION


# %% check="attention_backward"
check("attention_backward")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Write the shape beside every array: the weights are (T, S), dout is (T, m), V is (S, m). Only one product of dout and V has the shape (T, S), and only one product of the weights and dout has the shape (S, m). Where does the division by the root go?
#
# </details>
#
# ## Part 3: several questions at once
#
# ### 7. Heads
#
# One softmax can look at one thing. In *the cat that the dog saw sleeps*, the word *sleeps* should ask *who?* and *how many?* and *when?*, and find the answers at different places. So the features are shared out among H **heads**. Each head has D/H of them, its own softmax, and looks where it likes.
#
# Two places with four features each, two heads:
#
# $$X = \begin{pmatrix} 0 & 1 & 2 & 3 \\ 4 & 5 & 6 & 7 \end{pmatrix} \qquad \text{head 0: } \begin{pmatrix} 0 & 1 \\ 4 & 5 \end{pmatrix} \qquad \text{head 1: } \begin{pmatrix} 2 & 3 \\ 6 & 7 \end{pmatrix}$$
#
# Careful: `X.reshape(2, 2, 2)` gives $\begin{pmatrix} 0 & 1 \\ 2 & 3 \end{pmatrix}$ as head 0. It keeps the order in memory and only sets new borders, so this head sees *all of the first place and nothing of the second*. The shape is right, no error is raised, and the robot learns badly for no visible reason. It is perhaps the most common mistake in hand-written transformers.
#
# So it takes two moves: cut the last axis in two, then let two axes change places. `X.transpose(0, 2, 1, 3)` names the old axes in their new order.


# %% solution="split_heads"
def split_heads(X, H):
    """The features of every place, shared out among H heads.

    Args:
        X: features, shape (N, T, D), float64.
        H: how many heads; it divides D.

    Returns:
        shape (N, H, T, D // H): head h has the features h * D // H and following of each place.

    Source: Vaswani et al. 2017, section 3.2.2.
    """
    ### BEGIN SOLUTION
    N, T, D = X.shape
    return X.reshape(N, T, H, D // H).transpose(0, 2, 1, 3)
    ### END SOLUTION


# %% check="split_heads"
check("split_heads")

# %% [markdown]
# ### 8. And back
#
# The same two moves in reverse. Test it: `join_heads(split_heads(X, H))` is X.


# %% solution="join_heads"
def join_heads(X):
    """The features of all heads side by side: split_heads undone.

    Args:
        X: what the heads found, shape (N, H, T, M), float64, with M features for each head.

    Returns:
        shape (N, T, H * M): of each place the features of head 0, then those of head 1, and so on.

    Source: Vaswani et al. 2017, section 3.2.2.
    """
    ### BEGIN SOLUTION
    N, H, T, M = X.shape
    return X.transpose(0, 2, 1, 3).reshape(N, T, H * M)
    ### END SOLUTION


# %% check="join_heads"
check("join_heads")

# %% [markdown]
# ## Part 4: in which row a drawer stands
#
# Attention has a strange weakness. Run this cell: a text of five tokens, and the same tokens in another order.

# %% tags=["experiment"]
rng = np.random.default_rng(0)
tokens = rng.normal(size=(5, 4))
order = np.array([3, 0, 4, 1, 2])
everybody = np.ones((5, 5), bool)
read, _ = attention(tokens, tokens, tokens, everybody)
reread, _ = attention(tokens[order], tokens[order], tokens[order], everybody)
print(f"largest difference at the same tokens: {np.abs(read[order] - reread).max():.1e}")

# %% [markdown]
# Every token receives exactly what it received before. *Dog bites man* and *man bites dog* are the same to it: a bag of words. A weighted mean does not know in which order it was taken. So the place must be written *into the numbers*.
#
# ### 9. Clock hands
#
# How do you write a time of day so that neighbours look alike and no two are the same? With several hands: one turns fast, one slowly, one more slowly still. A hand at the angle $a$ is the pair $(\sin a, \cos a)$.
#
# D features are D/2 hands. The first one turns by 1 radian from place to place. Each following one is slower than the one before it by the same factor, and if there were one more after the last, it would be slower than the first by a factor called the *base*, usually 10,000. By which power of the base is hand i slower than hand 0? The base is 10,000. The first row is for D = 4, which has two hands; fill in the second:
#
# | | hand 0 turns by | hand 1 turns by | features of place 1 |
# | --- | --- | --- | --- |
# | $D = 4$ | $1$ | $1/10000^{2/4} = 0.01$ | 0.841, 0.540, 0.010, 1.000 |
# | $D = 8$ | $1$ | ? | 0.841, 0.540, ?, ?, ... |
#
# In the second row hand 1 turns by $1/10000^{2/8} = 0.1$, and its features are 0.100 and 0.995. Sine and cosine take turns: features $2i$ and $2i + 1$ are hand i. Slices with a step, `P[:, ::2]` and `P[:, 1::2]`, pick every second column.


# %% solution="sinusoidal_positions"
def sinusoidal_positions(T, D, base):
    """A pattern for each place, to be added to what stands there.

    Args:
        T: how many places, counted from 0.
        D: how many features, an even number.
        base: by how much a hand after the last would be slower than the first; often 10000.

    Returns:
        shape (T, D), float64. Features 2i and 2i + 1 are the sine and the cosine of hand i, which
        turns by 1 / base ** (2i / D) from place to place and points to (0, 1) at place 0.

    Source: Vaswani et al. 2017, section 3.5.
    """
    ### BEGIN SOLUTION
    angles = np.arange(T)[:, None] / base ** (np.arange(0, D, 2) / D)
    P = np.empty((T, D))
    P[:, ::2], P[:, 1::2] = np.sin(angles), np.cos(angles)
    return P
    ### END SOLUTION


# %% check="sinusoidal_positions"
check("sinusoidal_positions")

# %% [markdown]
# ### 10. Turn, do not add
#
# Added patterns say *where* a token stands. Most of the time something else matters: how far *back* it is. The models of today do it differently: they leave the token alone and **turn** its query and its key, hand by hand, by the angle of its place. This is called **RoPE**.
#
# Two arrows in the plane, one turned by $m$ steps and one by $n$. Their dot product depends on the angle between them, and that has changed by $m - n$ steps. Where they stand in the text drops out, and only the **distance** is left.
#
# Features $2i$ and $2i + 1$ are the point $(a, b)$ of hand i. To turn it anticlockwise by an angle $\varphi$, multiply two complex numbers and read off the real and the imaginary part:
#
# $$(a + \mathrm{i}\,b)\,(\cos\varphi + \mathrm{i} \sin\varphi) = \;?$$
#
# Do it on paper; remember that $\mathrm{i}^2 = -1$. Test your result: $(1, 0)$ must become $(\cos\varphi, \sin\varphi)$, and the length must stay as it was.
#
# The hands turn as fast as before, with a base of 10,000. Here the places are *given*, because a text that is written token by token does not begin at 0 each time.


# %% solution="rotate"
def rotate(X, positions):
    """Every pair of features, turned by an angle that grows with its place.

    Args:
        X: queries or keys, shape (..., T, D), float64, D even.
        positions: the place of each of the T rows, shape (T,), int64, 0 or more; they need not
            begin at 0 nor follow each other.

    Returns:
        the shape of X. Features 2i and 2i + 1 are the coordinates of a point, which is turned
        anticlockwise by the angle position / 10000 ** (2i / D).

    Source: Su et al. 2021, "RoFormer", equation 15.
    """
    ### BEGIN SOLUTION
    D = X.shape[-1]
    angles = positions[:, None] / 10000.0 ** (np.arange(0, D, 2) / D)
    a, b = X[..., ::2], X[..., 1::2]
    turned = np.empty_like(X)
    turned[..., ::2] = a * np.cos(angles) - b * np.sin(angles)
    turned[..., 1::2] = a * np.sin(angles) + b * np.cos(angles)
    return turned
    ### END SOLUTION


# %% check="rotate"
check("rotate")

# %% [markdown]
# ## Part 5: the block
#
# ### 11. Look around, then think
#
# A transformer is a pile of equal **blocks**. A block has two halves, and each one stands on a residual road, as in week 08: it does not replace what comes in, it *adds* something to it.
#
# 1. **Look around.** Normalize (layer norm, week 12). Make queries, keys and values, each by its own matrix. Split into heads, attention, join the heads, mix them by one more matrix. Add.
# 2. **Think it over.** Normalize. A dense layer with a bend and a second dense layer, for each place by itself. Add.
#
# The two norms stand *in front* of what they serve, so the road itself is free from the first block to the last, and so is the way of the blame. The paper of 2017 had them behind the sums; nearly everybody has moved them since.
#
# Draw it before you write it: two boxes, two bypasses. Where does each of the twelve parameters belong?
#
# | half | norm | matrices |
# | --- | --- | --- |
# | look around | `gamma1`, `beta1` | `W_q`, `W_k`, `W_v` (D, D), after joining `W_o` (D, D), no biases |
# | think it over | `gamma2`, `beta2` | `W1` (D, F), `b1`, relu, `W2` (F, D), `b2` |
#
# All of it is written already: `layernorm_forward` and `relu` at the top of this notebook, and `split_heads`, `attention`, `join_heads` by you. `X @ W` works for X of shape `(N, T, D)` as it stands.


# %% solution="transformer_block"
def transformer_block(X, params, H, mask):
    """A block of a transformer, with its two norms in front of what they serve.

    Args:
        X: inputs, shape (N, T, D), float64; positions are in them already.
        params: gamma1, beta1, W_q, W_k, W_v, W_o of the attention half, and gamma2, beta2, W1, b1,
            W2, b2 of the dense half. W_q to W_o have shape (D, D) and no biases, W1 (D, F) and
            W2 (F, D).
        H: how many heads; it divides D.
        mask: bool, broadcasts to (N, H, T, T), the same for all heads; True where a place may be
            looked at.

    Returns:
        shape (N, T, D). The norms are layer norms over the features with eps = 1e-5; between the
        two dense layers is a relu.

    Source: Xiong et al. 2020, "On layer normalization in the transformer architecture".
    """
    ### BEGIN SOLUTION
    A = layernorm_forward(X, params["gamma1"], params["beta1"], 1e-5)
    Q, K, V = (split_heads(A @ params[name], H) for name in ("W_q", "W_k", "W_v"))
    X = X + join_heads(attention(Q, K, V, mask)[0]) @ params["W_o"]
    A = layernorm_forward(X, params["gamma2"], params["beta2"], 1e-5)
    return X + relu(A @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    ### END SOLUTION


# %% check="transformer_block"
check("transformer_block")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Five lines are enough: a norm, the three projections with their heads, the first sum, a norm, the second sum. If the check says that a road is missing: which X stands on the left of your `+`? If it names the reshape: use your own `split_heads` and `join_heads`.
#
# </details>
#
# ## Part 6: a robot that writes
#
# ### 12. Every place is asked
#
# Behind the last block one more matrix makes K logits of the D features, at every place. What is each place asked for? Take the text *c a t s*:
#
# | place | has read | is asked for |
# | --- | --- | --- |
# | 0 | c | a |
# | 1 | c a | t |
# | 2 | c a t | ? |
# | 3 | c a t s | ? |
#
# Place 3 is asked nothing, because the text is over. So one place of the logits has no label, and one token is nobody's label. Which ones? Two slices say it, one of the logits and one of the tokens.
#
# This is the most expensive off-by-one error of the field. Without the shift every place is asked for what it has just read. The loss falls to 0 in no time, and the robot has learned to be an echo.
#
# Short texts are filled up at the end with −1, which is no token. A place whose *label* is filling is not asked either. A bool table as index picks rows: `logits[:, :-1][asked]` has the shape `(M, K)` if M places are asked, and from there on it is week 05.
#
# By hand: all logits 0, K = 4. The loss is $\ln 4 = 1.386$, however long the texts are and however much is filled up.


# %% solution="next_token_loss"
def next_token_loss(logits, tokens):
    """The mean cross-entropy of each place's logits with the token that follows.

    Args:
        logits: what the model says at each place, shape (N, T, K), float64.
        tokens: the texts, from 0 to K - 1, shape (N, T), int64; -1 fills up a text's end.

    Returns:
        One number: the mean over all places of all texts that have a next token, each place
        counting alike.

    Source: Radford et al. 2018, "Improving language understanding by generative pre-training".
    """
    ### BEGIN SOLUTION
    labels = tokens[:, 1:]
    asked = labels != -1
    return softmax_cross_entropy(logits[:, :-1][asked], labels[asked])
    ### END SOLUTION


# %% check="next_token_loss"
check("next_token_loss")

# %% [markdown]
# ### 13. All the way, and all the way back
#
# Now the whole robot, with one block. It has fifteen parameters: the tables E and P, the twelve of the block, and W_out. P has a row for each place and is *learned*, in the place of clock hands; for texts of a fixed length that is the simplest way.
#
# Everything is there already. What is new is only the order, and what happens where roads meet. Fill in the right column from the bottom up; the question marks stand where most people slip.
#
# | forward | back |
# | --- | --- |
# | $X = \mathrm{embed}(\text{tokens}, E) + P$ | dE by your `embed_grad`; P was used in all N texts, so dP = ? |
# | $A = \mathrm{norm}_1(X)$ | dX = what comes back through the norm, **and** ? |
# | Q, K, V = the heads of $A W_q$, $A W_k$, $A W_v$ | A was used three times, so dA = ? |
# | O = the heads of attention, joined | split the blame, `attention_backward`, join each of the three |
# | $X_1 = X + O\, W_o$ | $dX_1$ goes two ways: into $O W_o$, and ? |
# | $B = \mathrm{norm}_2(X_1)$ | $dX_1$ = what comes back through the norm, **and** ? |
# | $Z = B\, W_1 + b_1$ | week 06 |
# | $\text{out} = X_1 + \mathrm{relu}(Z)\, W_2 + b_2$ | dout goes two ways: into the dense half, and ? |
# | logits = out $W_\text{out}$ | week 06 |
# | next-token loss | $(P - \text{onehot})/M$ at the M places that are asked, 0 at the last place |
#
# `dense_backward` of week 06 wants its rows in a table of two axes. So lay all places of all texts one under the other, `A.reshape(-1, A.shape[-1])`, and give the result its three axes back.
#
# If gradients are wrong, the check also lists those that are right: look for the slip just above the highest of them in the table. And there is the oldest test of all: move one weight by a millionth up and down, and see by how much the loss changes (week 06).


# %% solution="transformer_loss_and_grads"
def transformer_loss_and_grads(tokens, params, H):
    """The loss of a language model of one block, and its gradient for every parameter.

    Args:
        tokens: texts of full length, from 0 to K - 1, shape (N, T), int64.
        params: E (K, D), P (T, D), the twelve parameters of `transformer_block`, and W_out (D, K).
            The input of the block is the embeddings plus P; a place looks at itself and back.
        H: how many heads there are; it divides D.

    Returns:
        The loss of `next_token_loss`, and a dict with the keys and the shapes of params.

    Source: the chain rule, as above.
    """
    ### BEGIN SOLUTION
    mask, looks = causal_mask(tokens.shape[1]), ("W_q", "W_k", "W_v")

    def back(dout, X, W):
        """The blame that passes back through X @ W + b, for texts."""
        rows = dout.reshape(-1, dout.shape[-1]), X.reshape(-1, X.shape[-1])
        dX, dW, db = dense_backward(*rows, W)
        return dX.reshape(X.shape), dW, db

    X = embed(tokens, params["E"]) + params["P"]
    A = layernorm_forward(X, params["gamma1"], params["beta1"], 1e-5)
    Q, K, V = (split_heads(A @ params[name], H) for name in looks)
    found = join_heads(attention(Q, K, V, mask)[0])
    X1 = X + found @ params["W_o"]
    B = layernorm_forward(X1, params["gamma2"], params["beta2"], 1e-5)
    Z = B @ params["W1"] + params["b1"]
    out = X1 + relu(Z) @ params["W2"] + params["b2"]
    logits = out @ params["W_out"]
    loss = next_token_loss(logits, tokens)

    grads = {}
    asked = logits[:, :-1]
    dlogits = np.zeros_like(logits)
    blame = softmax_cross_entropy_grad(asked.reshape(-1, asked.shape[-1]), tokens[:, 1:].ravel())
    dlogits[:, :-1] = blame.reshape(asked.shape)
    dout, grads["W_out"], _ = back(dlogits, out, params["W_out"])
    drelu, grads["W2"], grads["b2"] = back(dout, relu(Z), params["W2"])
    dB, grads["W1"], grads["b1"] = back(relu_backward(drelu, Z), B, params["W1"])
    dX1, grads["gamma2"], grads["beta2"] = layernorm_backward(dB, X1, params["gamma2"], 1e-5)
    dX1 = dX1 + dout
    dfound, grads["W_o"], _ = back(dX1, found, params["W_o"])
    dA = 0.0
    blames = attention_backward(split_heads(dfound, H), Q, K, V, mask)
    for name, dheads in zip(looks, blames, strict=True):
        part, grads[name], _ = back(join_heads(dheads), A, params[name])
        dA = dA + part
    dX, grads["gamma1"], grads["beta1"] = layernorm_backward(dA, X, params["gamma1"], 1e-5)
    dX = dX + dX1
    grads["E"], grads["P"] = embed_grad(tokens, dX, len(params["E"])), dX.sum(axis=0)
    return loss, grads
    ### END SOLUTION


# %% check="transformer_loss_and_grads"
check("transformer_loss_and_grads")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Write the nine lines forward first and return the loss with an empty dict: the check tells you whether the loss is right. Then one line back for each line forward. Wherever a letter stands twice on the right of the forward lines, its blame is a sum.
#
# </details>

# %% tags=["experiment"]
from threadpoolctl import threadpool_limits

# Matrices as small as ours are multiplied faster by one thread than by several.
_ = threadpool_limits(1)

# %% [markdown]
# ### 14. Let it read
#
# The synthesis of the course: start, batches, loss, gradients, steps. You choose all of it yourself. What is given is the model: 32 places, 32 features, 4 heads, 64 hidden units, some 11,000 parameters. And the text, 64,000 characters as numbers.
#
# The text is from the manual that ships with Python, but you will not recognize it. Each character has a number drawn by lot, a few pairs of letters share one, and perhaps the text runs backwards. So a model that somebody trained elsewhere is of no use; yours has only what it reads here. It is judged on 128 pieces that were cut out of the text before you got it. A table that counts *which character follows which* in all of the text reaches a loss of about 2.3 on them. Yours should reach at most 0.85 of what the table reaches. It takes looking back further than one place.
#
# What has worked in earlier weeks:
#
# | what | from |
# | --- | --- |
# | kernels with a spread of $1/\sqrt{\text{fan-in}}$, biases 0, gammas 1, E and P not too large | week 04 |
# | 16 windows of 32 tokens for a step, beginning anywhere: `starts[:, None] + np.arange(32)` | week 13 |
# | `adam_step` with betas 0.9 and 0.99 | week 09 |
# | a rate of 0.01 at most, that grows over the first 100 steps and falls to 0 like a cosine | week 07 |
#
# A thousand steps take some 5 to 10 seconds; the limit is 60. Print the loss every hundred steps: from $\ln 27 = 3.3$ it should be below 2.5 after a hundred.


# %% solution="train_characters"
def train_characters(tokens, vocabulary):
    """Parameters of a character model that has learned from a text.

    The model is that of `transformer_loss_and_grads` for T = 32 places, D = 32 features, 4 heads
    and F = 64 hidden units.

    Args:
        tokens: the text, from 0 to vocabulary - 1, shape (M,), int64, some 64,000 characters.
        vocabulary: how many different characters there are, K.

    Returns:
        A dict of E (K, D), P (T, D), gamma1, beta1, gamma2, beta2 and b2 (D,), W_q, W_k, W_v and
        W_o (D, D), W1 (D, F), b1 (F,), W2 (F, D) and W_out (D, K).
    """
    ### BEGIN SOLUTION
    T, D, F, H, steps = 32, 32, 64, 4, 1000
    rng = np.random.default_rng(0)

    def kernel(fan_in, fan_out):
        return rng.normal(size=(fan_in, fan_out)) / np.sqrt(fan_in)

    params = {"E": 0.5 * rng.normal(size=(vocabulary, D)), "P": 0.1 * rng.normal(size=(T, D))}
    params |= {"gamma1": np.ones(D), "beta1": np.zeros(D)}
    params |= {name: kernel(D, D) for name in ("W_q", "W_k", "W_v", "W_o")}
    params |= {"gamma2": np.ones(D), "beta2": np.zeros(D)}
    params |= {"W1": kernel(D, F), "b1": np.zeros(F), "W2": kernel(F, D), "b2": np.zeros(D)}
    params["W_out"] = 0.5 * kernel(D, vocabulary)
    zeros = {name: 0.0 * w for name, w in params.items()}
    state = {"m": zeros, "v": zeros, "t": 0}
    for step in range(steps):
        starts = rng.integers(len(tokens) - T + 1, size=16)
        batch = tokens[starts[:, None] + np.arange(T)]
        _, grads = transformer_loss_and_grads(batch, params, H)
        lr = 0.01 * min(1, (step + 1) / 100) * (1 + np.cos(np.pi * step / steps)) / 2
        params, state = adam_step(params, grads, state, lr, 0.9, 0.99, 1e-8)
    return params
    ### END SOLUTION


# %% check="train_characters"
check("train_characters")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Keep the last 5,000 tokens for yourself and print `next_token_loss` on them now and then. Above 3.3? Then the rate is too high. Stuck near 2.9? Then it knows how frequent each character is, and looks nowhere: is the gradient of W_q to W_v right? Near 0.1? Then it sees the answer.
#
# </details>
#
# ### 15. Choose a word
#
# The robot has logits for the next token. It could always take the largest. Then the same beginning always gets the same end, and soon it turns in circles: *the of the of the of the*. So it **draws**, with two knobs.
#
# The **temperature** divides the logits, before the softmax. Take the logits $\ln 4$ and $\ln 1$, that is, probabilities 0.8 and 0.2. Fill in:
#
# | temperature | logits | probabilities |
# | --- | --- | --- |
# | 1 | ln 4, ln 1 | 0.8, 0.2 |
# | 0.5 | ln 16, ln 1 | 0.94, 0.06 |
# | 2 | ? | ? |
#
# In the last row it is 0.67 and 0.33. Cold is bold, hot is wild, and at 0, where one cannot divide, the largest wins.
#
# **Top-k** closes the long tail. Each of 50,000 tokens may be very unlikely, but together they are not, and one wrong word can derail a sentence. So only the k largest logits take part, and the others become minus infinity. If several are equal, those with the lower numbers stay: `np.argsort(-logits, axis=1, kind="stable")` sorts in that manner.
#
# Then one draw for each row: a uniform number u, and the token at which the running sum of the probabilities (`cumsum`) first exceeds u. `argmax` of a bool array finds the first True.


# %% solution="sample"
def sample(logits, temperature, top_k, rng):
    """A token for each row of logits, drawn from the top_k likeliest at a temperature.

    Args:
        logits: what the model says for N texts, shape (N, K), float64.
        temperature: the logits are divided by it; at 0 the likeliest token is taken.
        top_k: only the top_k tokens with the largest logits can be drawn; of equal ones, those
            with the lower numbers.
        rng: an np.random.Generator.

    Returns:
        One token for each row, drawn independently, shape (N,), int64.

    Source: Fan, Lewis & Dauphin 2018, "Hierarchical neural story generation", section 5.4.
    """
    ### BEGIN SOLUTION
    if temperature == 0:
        return logits.argmax(axis=1)
    order = np.argsort(-logits, axis=1, kind="stable")[:, :top_k]
    p = softmax(np.take_along_axis(logits, order, axis=1) / temperature)
    places = (rng.random((len(p), 1)) < p.cumsum(axis=1)).argmax(axis=1)
    return order[np.arange(len(p)), places]
    ### END SOLUTION


# %% check="sample"
check("sample")

# %% [markdown]
# ### 16. Do not read it all again
#
# To write its hundredth token, the robot has to look at the 99 before it. Does it have to *compute* them again? Look at the mask: no place ever sees a later one. So when a token is added, nothing changes at the earlier places. What the new place needs of them is their keys and their values, and both can be kept. This is the **KV cache**, and it is the reason why a chat robot answers fluently.
#
# So: norm, query, key and value of the one new place. Put the new key and value behind the old ones, `np.concatenate` along the axis of places. Attention of *one* query to all keys. Then the rest of the block, as before. Which mask does it need?
#
# None that hides anything: everything in the cache is earlier, and the place itself is allowed. `np.array(True)` is a mask that fits any shape. And x has no axis of places; give it one of length 1, `x[:, None]`, and take it away at the end.


# %% solution="step_with_cache"
def step_with_cache(x, cache, params, H):
    """The block's output at one new place, without computing the earlier places again.

    Args:
        x: the block's input at the new place, shape (N, D), float64; its position is in it.
        cache: the keys and the values of the t places before it, a pair of arrays of shape
            (N, H, t, D // H); t may be 0.
        params: the parameters of `transformer_block`.
        H: how many heads there are.

    Returns:
        out (N, D), what transformer_block with a causal mask gives at this place; the keys and the
        values of all t + 1 places, in their order, each of shape (N, H, t + 1, D // H).

    Source: Shazeer 2019, "Fast transformer decoding", section 2.4.
    """
    ### BEGIN SOLUTION
    X = x[:, None]
    A = layernorm_forward(X, params["gamma1"], params["beta1"], 1e-5)
    query, key, value = (split_heads(A @ params[name], H) for name in ("W_q", "W_k", "W_v"))
    keys = np.concatenate([cache[0], key], axis=2)
    values = np.concatenate([cache[1], value], axis=2)
    found, _ = attention(query, keys, values, np.array(True))
    X = X + join_heads(found) @ params["W_o"]
    B = layernorm_forward(X, params["gamma2"], params["beta2"], 1e-5)
    out = X + relu(B @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    return out[:, 0], keys, values
    ### END SOLUTION


# %% check="step_with_cache"
check("step_with_cache")

# %% [markdown]
# ### 17. What it costs
#
# Two numbers decide what a transformer costs: its parameters, which must fit into memory, and the **FLOPs** for one more token (week 11), a multiplication and an addition being two. Matrix products only; norms, softmax and biases hardly count.
#
# Fill in for a block with D = 8, H = 2, 32 hidden units, when the new token looks at T = 100 places, itself included, and the others are in the cache:
#
# | | parameters | FLOPs for the new token |
# | --- | --- | --- |
# | two norms | $4 \cdot 8 = 32$ | – |
# | W_q, W_k, W_v, W_o | $4 \cdot 64 = 256$ | 512 |
# | scores of all heads, and weighted sums | 0 | ? |
# | two dense layers with biases | ? | 1,024 |
#
# A head has D/H features, and there are H of them. One head's scores are a product of (1, D/H) and (D/H, T). The weighted sums cost as much again. For the last two question marks you should get 3,200 and 552. Does it matter anywhere whether there are two heads or eight?


# %% solution="count_block"
def count_block(D, H, hidden, T):
    """The parameters of a transformer block, and the FLOPs that one new token costs.

    Args:
        D: features of a token.
        H: attention heads, each of D / H features.
        hidden: units of the wide dense layer.
        T: places at which the new token looks, itself included.

    Returns:
        The number of parameters of `transformer_block`, and the FLOPs of all matrix products for
        one token whose T - 1 predecessors are in a cache.

    Source: Kaplan et al. 2020, table 1, with all parameters counted.
    """
    ### BEGIN SOLUTION
    kernels = 4 * D * D + 2 * D * hidden
    return kernels + 4 * D + hidden + D, 2 * (kernels + 2 * T * D)
    ### END SOLUTION


# %% check="count_block"
check("count_block")

# %% [markdown]
# ## The experiment
#
# **Predict, then run.** Before each experiment there is a cell for your guess. Put a number in the place of `None`, and the next cell shows it beside the result. It is not graded.
#
# **First: the task of the beginning.** Nothing is trained here. The letter that is asked for is the query, the letters that were told are the keys, their digits are the values. How many of 100 new texts does attention get right? And of texts that are much longer than any before: 20 letters of 26, with their digits?

# %% tags=["experiment"]
guessed_right = {"3 letters": None, "20 letters": None}

# %% tags=["experiment"]
for name, letters, kinds in [("3 letters", 3, 8), ("20 letters", 20, 26)]:
    rng = np.random.default_rng(16)
    told_letters = np.array([rng.permutation(kinds)[:letters] for _ in range(1000)])
    told_digits = rng.integers(10, size=(1000, letters))
    which = rng.integers(letters, size=1000)
    asked = told_letters[np.arange(1000), which]
    right = told_digits[np.arange(1000), which]
    # Thirty times an arrow: the question is asked loudly, so that the softmax decides clearly.
    Q, K, V = (
        30 * np.eye(kinds)[asked][:, None],
        np.eye(kinds)[told_letters],
        np.eye(10)[told_digits],
    )
    received, _ = attention(Q, K, V, np.ones((1, letters), bool))
    share = np.mean(received[:, 0].argmax(axis=1) == right)
    print(f"{name}: {100 * share:.0f} of 100 right (your guess: {guessed_right[name]})")

# %% [markdown] quotes={"100 of 100": "20 letters: {} of 100", "45 of 100": "new texts: {} of 100"}
# The network of week 13 needed 2,000 texts and got 45 of 100. Attention gets 100 of 100 with no weights at all, and does not even notice that the text is longer. What it cannot do by itself is to know *what to ask*. That is what W_q, W_k and W_v have to learn.
#
# **Second: masks and hands.** On the left who may look at whom in a text of twelve places that is read from left to right, on the right the same for a text of eight tokens with four places of filling.

# %% tags=["experiment"]
both = causal_mask(12) & padding_mask(np.array([8]), 12)[0]
figure = plots.masks(
    {"read from left to right": causal_mask(12), "and four places of filling": both}
)

# %% [markdown]
# *In words:* two grids of 12 by 12 squares; a row looks at a column where the square is dark. On the left the dark part is a staircase with the diagonal: the first row has one dark square, the last one twelve. On the right the last four columns are empty, and the staircase ends in a wall.

# %% tags=["experiment"]
P = sinusoidal_positions(64, 32, 10000)
figure = plots.position_patterns(P)

# %% [markdown]
# *In words:* on the left the pattern of 64 places, one row for each, 32 features wide. The first columns flicker from row to row, and the further to the right, the more slowly the colours change: fast and slow hands. On the right the dot products of all pairs of places: a bright diagonal, and stripes beside it that get darker on both sides. Neighbours look alike, far places less so, and along a stripe nothing changes: it makes no difference where in the text the neighbours are.
#
# **Third: does only the distance count?** A query and a key are random arrows. The query is put at three different places, 0, 40 and 400, and the key up to 30 places after it. Once the pattern of its place is *added* to each, once each is *turned*. How much do the three curves of scores differ at most, when turned?

# %% tags=["experiment"]
guessed_difference = None

# %% tags=["experiment"]
rng = np.random.default_rng(7)
q, k = rng.normal(size=(2, 1, 32))
distances = np.arange(31)
patterns = sinusoidal_positions(500, 32, 10000)
added, turned = {}, {}
for start in [0, 40, 400]:
    places = start + distances
    added[f"from place {start}"] = ((q + patterns[start]) @ (k + patterns[places]).T)[0]
    at_start = rotate(q, np.array([start]))
    keys = rotate(np.repeat(k, len(places), axis=0), places)
    turned[f"from place {start}"] = (at_start @ keys.T)[0]
for name, curves in [("added", added), ("turned", turned)]:
    spread = np.ptp(list(curves.values()), axis=0).max()
    print(f"{name}: the three curves differ by up to {spread:.2g}")
print(f"your guess for turned: {guessed_difference}")
figure = plots.scores_by_distance({"added": added, "turned": turned})

# %% [markdown]
# *In words:* two panels with three curves each, the score against the distance. On the left, where patterns were added, the three run apart. On the right, where queries and keys were turned, they lie exactly on top of each other: the score knows the distance and nothing else.
#
# **Fourth: a robot that reads a manual.** Now your `train_characters` reads in plain text: the manual that ships with Python, 100,000 characters of it, and nobody wrote a label. Before it learns, its loss is about $\ln 30 = 3.4$. A table that only counts pairs, *which character follows which*, reaches about 2.4. What does your robot reach on 20,000 characters that it has not seen? And does it get better the more it has read of a piece, or is its second guess as good as its twentieth?

# %% tags=["experiment"]
guessed_losses = {"with your robot": None, "at place 1": None, "at place 20": None}

# %% tags=["experiment"]
import re
import time
from pydoc_data.topics import topics

manual = re.sub(r"[^a-z.,']+", " ", " ".join(topics.values()).lower())[:120_000]
alphabet = sorted(set(manual))
K, T, H = len(alphabet), 32, 4
tokens = np.array([alphabet.index(character) for character in manual])
seen, unseen = tokens[:100_000], tokens[100_000:][:19_968].reshape(-1, T)


def read(texts, params):
    """The logits at every place of some texts, shape (N, T, K)."""
    X = embed(texts, params["E"]) + params["P"][: texts.shape[1]]
    return transformer_block(X, params, H, causal_mask(texts.shape[1])) @ params["W_out"]


begun = time.perf_counter()
trained = train_characters(seen, K)
print(f"{len(seen)} characters, {K} different ones, read in {time.perf_counter() - begun:.0f} s")

pairs = np.full((K, K), 0.1)
np.add.at(pairs, (seen[:-1], seen[1:]), 1)
pairs /= pairs.sum(axis=1, keepdims=True)
often = np.bincount(seen, minlength=K) / len(seen)
levels = {
    "all characters alike": np.log(K),
    "frequent characters": -np.mean(np.log(np.maximum(often, 1e-9))[unseen]),
    "pairs": -np.mean(np.log(pairs[unseen[:, :-1], unseen[:, 1:]])),
}
logits = read(unseen, trained)
by_place = [next_token_loss(logits[:, t : t + 2], unseen[:, t : t + 2]) for t in range(T - 1)]
found = {
    "with your robot": next_token_loss(logits, unseen),
    "at place 1": by_place[1],
    "at place 20": by_place[20],
}
for name, level in levels.items():
    print(f"loss of {name}: {level:.2f}")
for name, loss in found.items():
    print(f"loss {name}: {loss:.2f} (your guess: {guessed_losses[name]})")
figure = plots.loss_by_place(np.array(by_place), levels)

# %% [markdown]
# *In words:* the loss at each of 31 places, as a falling curve, and three dashed lines. At place 0 the robot has read one character and is a little worse than the line of the pairs. Within four or five places the curve drops far below it and then stays there, with small waves: a few characters back are what helps most, and the rest adds little. At the last places it may rise again a little; as drawers they have been opened by the fewest others, so their rows of P have perhaps learned least.
#
# **What does it write?** Below, each text begins with *the* and goes on with what your `sample` draws, once from an untrained robot, then from the trained one at four temperatures.

# %% tags=["experiment"]
from textwrap import fill

rng = np.random.default_rng(15)
untrained = {name: 0.3 * rng.normal(size=w.shape) for name, w in trained.items()}


def write(params, length, temperature, top_k, rng, beginning="the "):
    """Text of so many characters; the robot sees the last 31, as place 31 was never asked."""
    text = [alphabet.index(character) for character in beginning]
    while len(text) < length:
        last = read(np.array([text[1 - T :]]), params)[:, -1]
        text.append(sample(last, temperature, top_k, rng)[0])
    return "".join(alphabet[token] for token in text)


def show(name, params, temperature, top_k):
    text = write(params, 150, temperature, top_k, np.random.default_rng(1))
    print(f"{name}:\n{fill(text, 80)}\n")


show("untrained", untrained, 1.0, K)
for temperature in [0, 0.5, 1.0, 2.0]:
    show(f"temperature {temperature}", trained, temperature, K)
show("temperature 2.0, top_k 3", trained, 2.0, 3)

# %% [markdown]
# Untrained it is noise. At temperature 0 it soon turns in circles. At 0.5 it writes words, many of them real ones, and the tone of a manual. At 2 it stammers, and top-k holds it together again. It has some 11,000 parameters and has read a small pile of pages some five times; it knows how words are *spelled* and hardly what they mean. More blocks, more text, more steps: that is how one goes on from here.
#
# **Where do the heads look?** Four heads, each with its own map. A row is a place that looks, and dark columns are the places that it looks at.

# %% tags=["experiment"]
phrase = "a list of names"
some = np.array([[alphabet.index(character) for character in phrase]])
X = embed(some, trained["E"]) + trained["P"][: len(phrase)]
A = layernorm_forward(X, trained["gamma1"], trained["beta1"], 1e-5)
queries, keys = (split_heads(A @ trained[name], H) for name in ("W_q", "W_k"))
# The values make no difference to the weights, so any will do.
_, weights = attention(queries, keys, keys, causal_mask(len(phrase)))
shown = [character.replace(" ", "␣") for character in phrase]
figure = plots.attention_maps({f"head {h}": weights[0, h] for h in range(H)}, shown)

# %% [markdown]
# *In words:* four squares, with the phrase *a list of names* along both sides; above the diagonal all is white, because nobody looks ahead. Mostly the dark entries lie on the diagonal and one, two or three places to the left of it: the heads have shared out the last few characters among themselves. Some rows are grey all along, where a head has found nothing worth a closer look.
#
# Nobody told a head what to look for. But beware of reading too much into such a map: it shows from where a head took something, and not what became of it.
#
# **And the letters themselves?** Each has an arrow of 32 numbers. The two directions in which these arrows differ most, as a map:

# %% tags=["experiment"]
rows = trained["E"] - trained["E"].mean(axis=0)
flat = rows @ np.linalg.svd(rows, full_matrices=False)[2][:2].T
figure = plots.letter_map(flat, [character.replace(" ", "␣") for character in alphabet])

# %% [markdown]
# *In words:* every character stands at a point of the plane. Most vowels, in bold, lie close to each other on one side; the space and the signs keep away from most of the consonants. Nobody said what a vowel is. Vowels are followed by much the same characters, so their rows have become alike.
#
# **What is the cache worth?** Twenty texts of 32 characters, read one character at a time, with and without it. Are the numbers the same? How many times as fast is it with the cache?

# %% tags=["experiment"]
guessed_speed = None

# %% tags=["experiment"]
texts = unseen[:20]


def read_again(texts, params):
    """The last place's logits after each token, everything computed again each time."""
    return [read(texts[:, : t + 1], params)[:, -1] for t in range(T)]


def read_on(texts, params):
    """The same, one place at a time."""
    cache = np.zeros((2, len(texts), H, 0, 32 // H))
    found = []
    for t in range(T):
        x = params["E"][texts[:, t]] + params["P"][t]
        out, *cache = step_with_cache(x, cache, params, H)
        found.append(out @ params["W_out"])
    return found


seconds = []
for way in [read_again, read_on]:
    begun = time.perf_counter()
    for _ in range(10):
        answers = way(texts, trained)
    seconds.append(time.perf_counter() - begun)
gap = np.abs(np.array(read_again(texts, trained)) - np.array(answers)).max()
print(f"largest difference: {gap:.0e}")
print(f"with the cache {seconds[0] / seconds[1]:.1f} times as fast (your guess: {guessed_speed})")
parameters, flops = count_block(32, H, 64, T)
print(f"the block has {parameters} parameters; a token costs {flops} FLOPs with a cache")

# %% [markdown]
# The numbers are the same, up to rounding. And this text is only 32 places long: without a cache the t-th token costs t times as much as the first, so the gap grows with the text. At 1,000 places nobody would want to wait.
#
# ## The same in Keras
#
# Keras's own operations and layers with the same numbers, and gradients by automatic differentiation. The largest differences should be about $10^{-15}$.

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

    rng = np.random.default_rng(5)
    Q, K, V, dout = rng.normal(size=(4, 2, 6, 4))
    mask = causal_mask(6)

    def keras_attention(Q, K, V):
        scores = ops.matmul(Q, ops.swapaxes(K, -1, -2)) / 2.0
        return ops.matmul(ops.softmax(ops.where(mask, scores, -np.inf)), V)

    def compare(name, yours, theirs):
        print(f"{name:24} {np.abs(yours - np.asarray(theirs)).max():.1e}")

    compare("attention", attention(Q, K, V, mask)[0], keras_attention(Q, K, V))
    yours = attention_backward(dout, Q, K, V, mask)
    theirs = vector_jacobian_product(keras_attention, [Q, K, V], dout)
    for name, mine, other in zip(["dQ", "dK", "dV"], yours, theirs, strict=True):
        compare(f"attention, {name}", mine, other)

    D, H, F = 8, 2, 16
    shapes = {"gamma1": (D,), "beta1": (D,), "W_q": (D, D), "W_k": (D, D), "W_v": (D, D)}
    shapes |= {"W_o": (D, D), "gamma2": (D,), "beta2": (D,)}
    shapes |= {"W1": (D, F), "b1": (F,), "W2": (F, D), "b2": (D,)}
    block = {name: rng.normal(size=shape) / 2 for name, shape in shapes.items()}
    X = rng.normal(size=(3, 6, D))

    look = keras.layers.MultiHeadAttention(H, D // H, use_bias=False, dtype="float64")
    norms = [keras.layers.LayerNormalization(epsilon=1e-5, dtype="float64") for _ in range(2)]
    hidden = keras.layers.Dense(F, "relu", dtype="float64")
    answer = keras.layers.Dense(D, dtype="float64")
    for norm in norms:
        norm.build(X.shape)
    look.build(X.shape, X.shape)
    hidden.build(X.shape)
    answer.build((3, 6, F))
    by_head = [block[name].reshape(D, H, D // H) for name in ("W_q", "W_k", "W_v")]
    look.set_weights([*by_head, block["W_o"].reshape(H, D // H, D)])
    norms[0].set_weights([block["gamma1"], block["beta1"]])
    norms[1].set_weights([block["gamma2"], block["beta2"]])
    hidden.set_weights([block["W1"], block["b1"]])
    answer.set_weights([block["W2"], block["b2"]])
    A = norms[0](X)
    theirs = X + look(A, A, use_causal_mask=True)
    theirs = theirs + answer(hidden(norms[1](theirs)))
    compare("transformer block", transformer_block(X, block, H, mask), theirs)

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** Three places have the same score for a query, and the mask hides the third. Which weight does the first place get?
#
# - a: 1/3
# - b: 1/2
# - c: it depends on the score

# %% solution="one_of_three_hidden"
# Set one_of_three_hidden to "a", "b" or "c".
# Say why in one line: one_of_three_hidden_because = "..."
### BEGIN SOLUTION
one_of_three_hidden = "b"
one_of_three_hidden_because = "A hidden place has exp(-inf) = 0 before the sum is taken, so the two visible ones share everything equally."
### END SOLUTION

# %% check="one_of_three_hidden"
check("one_of_three_hidden")

# %% [markdown]
# **B.** A text becomes twice as long. How many scores does attention compute now, compared with before?
#
# - a: twice as many
# - b: four times as many
# - c: as many as before, because the weights stay the same

# %% solution="twice_as_long"
# Set twice_as_long to "a", "b" or "c".
# Say why in one line: twice_as_long_because = "..."
### BEGIN SOLUTION
twice_as_long = "b"
twice_as_long_because = (
    "Every place looks at every place, T * T scores, and doubling T makes them four times as many."
)
### END SOLUTION

# %% check="twice_as_long"
check("twice_as_long")

# %% [markdown]
# **C.** A robot reads texts in training, and after a minute its loss is 0.02. Then it is asked to write, and writes nonsense. What is the likeliest reason?
#
# - a: the learning rate is too high
# - b: the labels were not shifted, or the mask lets it look ahead
# - c: the temperature is too low

# %% solution="echo_robot"
# Set echo_robot to "a", "b" or "c".
# Say why in one line: echo_robot_because = "..."
### BEGIN SOLUTION
echo_robot = "b"
echo_robot_because = "No text is that predictable: a loss near 0 means that the answer stood in the input, and when it writes there is none."
### END SOLUTION

# %% check="echo_robot"
check("echo_robot")

# %% [markdown]
# **D.** A robot with a cache writes its thousandth token. What does a block compute again for the 999 places before it?
#
# - a: queries, keys and values
# - b: keys and values
# - c: nothing, it only looks at what it has kept

# %% solution="thousandth_token"
# Set thousandth_token to "a", "b" or "c".
# Say why in one line: thousandth_token_because = "..."
### BEGIN SOLUTION
thousandth_token = "c"
thousandth_token_because = "No earlier place can see the new one, so its keys and values stay as they were, and its query is not needed again."
### END SOLUTION

# %% check="thousandth_token"
check("thousandth_token")

# %% [markdown] written="where_to_look"
# ## In your own words
#
# A friend has finished week 13 and asks: *why did my robot fail at `c4 a9 f2 a`, and what does a transformer do instead?* Explain it without a formula. Say what had to be added so that it can learn from text, what it costs when texts get longer, and why a picture of the weights does not prove why the robot answered as it did. Eight to twelve sentences.
#
# ### BEGIN SOLUTION
# Your robot had a fixed weight for each place, so it could only learn which places matter. In this task another place matters in every text. A transformer makes three things of each token: a question, a label and something to tell. It compares the question with all labels and reads a mixture of what was told, mostly from where the label fits. Nothing in that is tied to a place, so what it learned for one place holds for all.
#
# Two things had to be added. A mask, because the robot guesses at every place at once, and the answer to one place stands in the text right after it; it could copy and would learn nothing. And positions, because a mixture has no order: without them *dog bites man* and *man bites dog* are the same.
#
# The price is that every place looks at every other: a text of twice the length needs four times as many comparisons, and when it writes, it keeps the label and the value of everything before. And the picture of the weights: it shows from where something was taken, in one head of one block. The other heads, the dense halves and the residual roads, which carry everything past attention, are not in it. Different weights can lead to the same answer.
#
# **Rubric (20 points).** 8: why a fixed weight for each place cannot do it, and what question, label, value and softmax do instead. 6: the mask and the positions, each with its reason. 6: the cost in length, and one thing that the picture does not show.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# You have the whole thing now. A language model of today has some 100 blocks in place of one, and trillions of tokens in place of one book. Between the two lie better data, more machines and much patience, and hardly a formula that you have not written.
#
# The robot began as one rule that could not tell a cat from a fluffy blanket. Where it goes from here is up to you: give it pictures cut into patches as tokens and it sees, give it moves and it plays, give it preferences (week 13) and it becomes polite. **It is the same block.**
#
# ## To read on
#
# - Vaswani and others, *Attention Is All You Need* (2017): you can read every equation of it now.
# - Alammar, *The Illustrated Transformer*: the same in pictures.
# - Karpathy, *Let's build GPT: from scratch, in code, spelled out*: two hours of video, and you will be ahead of him.
# - 3Blue1Brown, *Attention in transformers, step-by-step*: queries, keys and values as arrows that turn.
# - Su and others, *RoFormer* (2021): the turned positions.
