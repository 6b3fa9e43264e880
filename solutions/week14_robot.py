# %% [markdown]
# # Week 14: Honest admission, and the whole robot in Keras
#
# About three hours. You write six functions, and the last one is the capstone: a robot of your own that reads. Each has a check right below it. This week you need Keras: `pip install keras tensorflow`. Its first start takes some seconds.
#
# ## The break
#
# For thirteen weeks you built the robot by hand. It reads small digits well. Now show it three things that it has never seen. Run the next three cells: a network like that of week 07 learns its digits, and then looks at noise, a blank page and a digit turned on its side.

# %% locked="setup"
import numpy as np

from autograder import check
from course_lib import plots
from course_lib.quiet import import_keras

# `import keras`, without what TensorFlow notes about this computer as it starts.
keras = import_keras()
import tensorflow as tf

# %% locked="earlier_weeks"
# From earlier weeks.


def relu(z):
    """The bend max(0, z)."""
    return np.maximum(z, 0)


def softmax(Z):
    """Probabilities along each row of Z (N, K)."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def mlp_forward(X, params):
    """Logits of a network with parameters W1, b1, W2, b2, ..., whose last layer is linear."""
    depth = len(params) // 2
    for layer in range(1, depth):
        X = relu(X @ params[f"W{layer}"] + params[f"b{layer}"])
    return X @ params[f"W{depth}"] + params[f"b{depth}"]


def random_shift(images, max_shift, rng):
    """Each image (H, W) of the batch moved by up to max_shift places, zeros moving in."""
    padded = np.pad(images, ((0, 0), (max_shift, max_shift), (max_shift, max_shift)))
    H, W = images.shape[1:]
    moved = np.empty_like(images)
    for n, (down, right) in enumerate(rng.integers(0, 2 * max_shift + 1, (len(images), 2))):
        moved[n] = padded[n, down : down + H, right : right + W]
    return moved


# %% tags=["experiment"]
from course_lib import datasets

digits, labels = datasets.digits()
images = digits.reshape(-1, 8, 8)
mixed = np.random.default_rng(14).permutation(len(images))
images, labels = images[mixed], labels[mixed]
train, test = slice(0, 1297), slice(1297, None)

keras.utils.set_random_seed(0)
small = keras.Sequential(
    [
        keras.Input((8, 8)),
        keras.layers.Flatten(),
        keras.layers.Dense(32, "relu"),
        keras.layers.Dense(10),
    ]
)
small.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
small.fit(images[train], labels[train], epochs=30, verbose=0)
strange = np.stack(
    [
        np.random.default_rng(3).uniform(0, 1, (8, 8)),
        np.random.default_rng(8).uniform(0, 1, (8, 8)),
        np.zeros((8, 8)),
        np.rot90(images[test][labels[test] == 7][0]),
        images[test][0],
    ]
)
P = softmax(np.asarray(small(strange), dtype=np.float64))
figure = plots.answers_with_confidence(
    strange, [f"'{answer}'" for answer in P.argmax(axis=1)], P.max(axis=1), "What the robot says"
)

# %% [markdown]
# *In words:* five small images in a row: two of grey noise, a blank page, a seven turned on its side, and one ordinary digit. Above each is the robot's answer, and below it how sure it is. It answers every time. Nobody gave it the words *I do not know*, and it is often quite sure about noise.
#
# ## The picture
#
# You know every part of the robot by now: the rules, the bends, the pile, the blame, the nudge. You wrote each of them. And still nobody, you included, can say in one sentence why the finished robot calls that noise what it calls it. That is the honest admission at the end of this course: **we know how it is built and how it learns, and we do not know well why it works.**
#
# So this last week has two halves. First we look at what *is* known: with enough bends a pile can follow any curve. That is a theorem, and you will build it by hand. Then we build the whole robot once more, with the tool that the field uses, and let it look at its own eyes.
#
# The field's own words: the theorem is **universal approximation**. The robot's eyes are **convolutions**, a small **filter** that is slid over the whole image, and what it finds is a **feature map**.
#
# ## A worked example, by hand
#
# Follow $f(x) = x^2$ from 0 to 2 with two bends. The pieces run from 0 to 1 and from 1 to 2.
#
# | piece | slope | change of slope | bend |
# | --- | --- | --- | --- |
# | 0 to 1 | (1 − 0) / 1 = 1 | 1 | relu(x − 0) |
# | 1 to 2 | (4 − 1) / 1 = 3 | 3 − 1 = 2 | relu(x − 1) |
#
# The network is $f(0) + 1 \cdot \mathrm{relu}(x - 0) + 2 \cdot \mathrm{relu}(x - 1)$. At $x = 2$ it says $0 + 2 + 2 = 4$, as it should. At $x = 0.5$ it says $0.5$ and the curve $0.25$: that is the gap, and more bends make it smaller.
#
# Once a bend has switched on, it stays on. So it does not bring the slope of its own piece, only the *change* from the piece before.
#
# ## Part 1: what is known
#
# ### 1. Any curve out of bends
#
# Take `width + 1` equally spaced knots from a to b (`np.linspace`), and one bend at every knot but the last. `np.diff` gives differences of neighbours, and `np.diff(slopes, prepend=0.0)` counts the first slope as a change from 0. A unit of your network computes $\mathrm{relu}(1 \cdot x + \text{bias})$.


# %% solution="piecewise_linear_network"
def piecewise_linear_network(f, a, b, width):
    """A network with one hidden layer that follows f from a to b.

    Its answer is relu(x @ W1 + b1) @ W2 + b2. With L the steepest slope of f, it departs from f
    by at most L (b - a) / width.

    Args:
        f: takes and returns arrays of shape (G,).
        a: left end.
        b: right end.
        width: how many hidden units.

    Returns:
        W1 (1, width), b1 (width,), W2 (width, 1), b2 (1,).

    Source: Cybenko 1989; Leshno et al. 1993 for ReLU.
    """
    ### BEGIN SOLUTION
    knots = np.linspace(a, b, width + 1)
    slopes = np.diff(f(knots)) / np.diff(knots)
    changes = np.diff(slopes, prepend=0.0)
    return np.ones((1, width)), -knots[:-1], changes[:, None], np.array([f(knots)[0]])
    ### END SOLUTION


# %% check="piecewise_linear_network"
check("piecewise_linear_network")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Write the worked example with arrays: knots, heights at the knots, slopes of the pieces, changes of slope. Where does relu(x + bias) bend?
# </details>
#
# What you have just built is a proof. In **1989** George Cybenko showed for sigmoids, and in the same year Kurt Hornik with Maxwell Stinchcombe and Halbert White for bends of many kinds, that one hidden layer is enough to come as close as you like to any continuous curve on an interval. In 1993 Moshe Leshno and others found the whole truth: any bend will do that is not a polynomial, and so ReLU does.
#
# The theorem sounds like a promise, so read it slowly. It says that good weights *exist*. It does not say that nudging finds them, nor how many bends a picture of a cat would need, nor what happens left of a and right of b.
#
# **Predict, then run.** Here is a wavy curve, and networks of yours that were built for the interval from 0 to 6. Put numbers in the place of `None`: how large will the largest gap be with 48 bends, inside the interval, and outside of it, from −1 to 0 and from 6 to 7? The next cell shows your guess beside the result. It is not graded.

# %% tags=["experiment"]
guessed_gap = {"inside": None, "outside": None}

# %% tags=["experiment"]
x = np.linspace(-1, 7, 400)


def curve(x):
    return np.sin(x) + 0.5 * np.sin(3 * x) + 0.2 * np.abs(x - 3)


def answers(width):
    W1, b1, W2, b2 = piecewise_linear_network(curve, 0.0, 6.0, width)
    return (relu(x[:, None] @ W1 + b1) @ W2 + b2)[:, 0]


networks = {width: answers(width) for width in (4, 12, 48)}
within = (x >= 0) & (x <= 6)
for width, says in networks.items():
    gap = np.abs(says - curve(x))
    print(
        f"{width:2} bends: largest gap inside {gap[within].max():.3f}, outside {gap[~within].max():.2f}"
    )
print(f"your guess for 48 bends: inside {guessed_gap['inside']}, outside {guessed_gap['outside']}")
figure = plots.curve_by_width(x, curve(x), networks, (0, 6))

# %% [markdown] quotes={"0.944 to 0.010": "4 bends: largest gap inside {}, outside _ 12 bends: largest gap inside _, outside _ 48 bends: largest gap inside {}", "1.78 to 0.94": "4 bends: largest gap inside _, outside {} 12 bends: largest gap inside _, outside _ 48 bends: largest gap inside _, outside {}"}
# *In words:* three panels with one wavy curve. The dashed network was built from 0 to 6. With 4 bends it is a rough zigzag, with 12 it is close, with 48 one cannot tell it from the curve. Left of 0 and right of 6 it runs straight on. The shaded gap at the ends stays, however many bends there are; the titles count only the gap between the dotted lines, from 0 to 6.
#
# From 4 bends to 48 the largest gap inside falls from 0.944 to 0.010, nearly a hundredfold for twelve times as many bends. Outside it falls from 1.78 to 0.94, and would stay there with a million. The theorem speaks about the interval, and about nothing else. So it is with every network: about pictures unlike all that it has seen, no theorem says anything.
#
# ## Part 2: the robot in Keras
#
# ### 2. The pile, by the layer
#
# In Keras you say what the layers are, and the gradients come by themselves. `keras.Sequential([...])` is a pile, `keras.Input((64,))` says how wide its input is, and `keras.layers.Dense(16, activation="relu")` is a rule pile of 16 with a bend. The last layer stays linear: its numbers are the logits.


# %% solution="build_mlp"
def build_mlp(layer_sizes, activation):
    """A Keras model of dense layers that returns logits.

    Args:
        layer_sizes: units from the input to the output, such as (64, 16, 10).
        activation: the bend after every layer but the last, such as "relu".

    Returns:
        A built keras.Sequential model for inputs of shape (N, layer_sizes[0]).

    Source: keras.layers.Dense.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((layer_sizes[0],))])
    for units in layer_sizes[1:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layer_sizes[-1]))
    return model
    ### END SOLUTION


# %% check="build_mlp"
check("build_mlp")

# %% [markdown]
# ### 3. One nudge, with the tape
#
# In week 06 you walked the graph backwards yourself. TensorFlow's **GradientTape** does the same: what happens inside its `with` block is recorded, and `tape.gradient(loss, variables)` walks back.
#
# ```python
# x = tf.Variable(3.0)
# with tf.GradientTape() as tape:
#     y = x * x
# tape.gradient(y, x)            # 6.0
# ```
#
# The optimizer then makes the nudge: `optimizer.apply_gradients(zip(gradients, variables))`. Three things to know:
#
# - `keras.losses.SparseCategoricalCrossentropy(from_logits=True)` is your `softmax_cross_entropy`; it is called with the labels first.
# - `model(x, training=True)` switches batch norm and dropout to training.
# - `model.trainable_variables` is the list of all weights that learn.


# %% solution="train_step"
def train_step(model, optimizer, x, y):
    """Nudge a model once, on one batch.

    Args:
        model: a Keras model that returns logits (N, K).
        optimizer: a Keras optimizer.
        x: inputs, shape (N, D).
        y: labels, shape (N,).

    Returns:
        The mean cross-entropy of the batch before the nudge, a number.

    Source: what model.fit does for each batch.
    """
    ### BEGIN SOLUTION
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return float(loss)
    ### END SOLUTION


# %% check="train_step"
check("train_step")

# %% [markdown]
# ## Part 3: eyes
#
# A dense layer forgets which pixels are neighbours: shuffle all pixels, in the same way in every image, and it learns just as well. An eye does not work like that. A **filter** is a tiny rule that sees 3 by 3 pixels only. It is slid over the image and gives its answer at every place. The same nine weights serve everywhere, so a stroke is recognised wherever it stands.
#
# By hand: the filter $(-1, 1)$ on the row of pixels $(0, 0, 1, 1)$ answers $(0, 1, 0)$. It looks for an edge from dark to bright, and says where it is.
#
# ### 4. Slide a filter
#
# The answer at place (i, j) is the sum of the products of the filter with the image below it. Loop over the filter's own places, which are few: each of them adds one shifted copy of the image, times one weight. Deep learning does not flip the filter.


# %% solution="feature_map"
def feature_map(image, kernel):
    """How strongly a filter answers at every place of an image where it fits.

    Args:
        image: grey values, shape (H, W).
        kernel: the filter, shape (P, Q), no larger than the image.

    Returns:
        An answer for each place, shape (H - P + 1, W - Q + 1).

    Source: keras.ops.conv with padding="valid".
    """
    ### BEGIN SOLUTION
    P, Q = kernel.shape
    H, W = image.shape[0] - P + 1, image.shape[1] - Q + 1
    out = np.zeros((H, W))
    for a in range(P):
        for b in range(Q):
            out += kernel[a, b] * image[a : a + H, b : b + W]
    return out
    ### END SOLUTION


# %% check="feature_map"
check("feature_map")

# %% [markdown]
# <details><summary>Hint</summary>
#
# With H and W the size of the *answer*, the copy that belongs to kernel[a, b] is the part of the image that starts at row a and column b and has H rows and W columns.
# </details>
#
# ### 5. Look at the eyes
#
# In Keras the filters of a convolution are one array of shape (rows, columns, channels, filters). Grey images have one channel. `np.transpose(array, axes)` reorders axes, `model.layers` is the list of layers, `isinstance(layer, keras.layers.Conv2D)` asks what one is, and `layer.get_weights()[0]` is its kernel.
#
# For a picture, divide each filter by its own largest absolute weight. So 0 stays 0, and every filter reaches 1 or −1.


# %% solution="cnn_filters"
def cnn_filters(model):
    """The filters of a model's first convolution as pictures.

    Args:
        model: a Keras model for grey images with at least one Conv2D layer.

    Returns:
        Pictures in [-1, 1], shape (filters, rows, columns).

    Source: kernels as keras.layers.Conv2D keeps them.
    """
    ### BEGIN SOLUTION
    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    filters = np.transpose(first.get_weights()[0][:, :, 0, :], (2, 0, 1))
    return filters / np.abs(filters).max(axis=(1, 2), keepdims=True)
    ### END SOLUTION


# %% check="cnn_filters"
check("cnn_filters")

# %% [markdown]
# ## Part 4: the capstone
#
# ### 6. A robot that reads
#
# Build and train a network of your own that reads digits. What is asked:
#
# - 95 of 100 digits that it has never seen are right,
# - at most 50,000 weights (`model.count_params()`),
# - at most a minute of training on a laptop.
#
# It is a `keras.Sequential` model out of these layers: `Dense`, `Conv2D`, `MaxPooling2D`, `AveragePooling2D`, `GlobalAveragePooling2D`, `GlobalMaxPooling2D`, `Flatten`, `Reshape`, `Rescaling`, `BatchNormalization`, `LayerNormalization`, `ReLU`, `Activation`, `Softmax`, and any that work in training only, such as `Dropout`. The grader takes your network's layers and weights, and runs the network itself on 500 other digits. The grader's digits are disguised, so that only its training images teach your network: each is mixed with a fainter one, such as every 3 with some 7, all are turned or mirrored alike, and the classes have other names. Your function needs to know nothing of this.
#
# What you know that helps: filters (this week), smart nudging and a learning rate that falls (`keras.optimizers.schedules.CosineDecay`), dropout and moved images from week 10 (`random_shift` is above). A convolution wants images with a channel: `keras.layers.Reshape((H, W, 1))`. Write it for any image size, and the same function reads MNIST. `keras.utils.set_random_seed` makes it repeatable.


# %% solution="train_capstone"
def train_capstone(X, y):
    """A trained network that reads handwritten digits.

    Args:
        X: images in [0, 1], shape (N, H, W).
        y: labels 0 to 9, shape (N,).

    Returns:
        A keras.Sequential model for images (N, H, W) whose outputs (N, 10) are largest at the
        right class; at most 50,000 weights.

    Source: LeCun et al. 1998, in small.
    """
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    X = np.concatenate([X, *(random_shift(X, 1, rng) for _ in range(3))])
    y = np.tile(y, 4)
    H, W = X.shape[1:]
    model = keras.Sequential([keras.Input((H, W)), keras.layers.Reshape((H, W, 1))])
    model.add(keras.layers.Conv2D(16, 3, padding="same", activation="relu"))
    # Larger images need more than one coarser look until a handful of places is left.
    for _ in range(1 if H < 16 else 3):
        model.add(keras.layers.Conv2D(32, 3, padding="same", activation="relu"))
        model.add(keras.layers.MaxPooling2D(2))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dropout(0.3))
    model.add(keras.layers.Dense(64, activation="relu"))
    model.add(keras.layers.Dense(10))
    epochs, batch_size = 10, 64
    rate = keras.optimizers.schedules.CosineDecay(4e-3, epochs * len(X) // batch_size)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(X, y, batch_size=batch_size, epochs=epochs, verbose=0)
    return model
    ### END SOLUTION


# %% check="train_capstone"
check("train_capstone")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Begin with Reshape, one Conv2D with 16 filters of 3 by 3, MaxPooling2D(2), Flatten, Dense(10). Ten epochs of Adam bring you near 97 on plain digits, and near 93 on the grader's. Then add what you know: a second convolution, moved images, dropout before the dense layers.
# </details>
#
# ## The experiment: the robot looks at itself
#
# First its eyes: the filters of your own network, and what some of them answer to one digit. Then its errors, all of them. Guess before you look: how many of 100 new digits will be right, and how sure, in percent, will the better robot be about the first picture of noise?

# %% tags=["experiment"]
guessed_right = None
guessed_sure = None

# %% tags=["experiment"]
robot = train_capstone(images[train], labels[train])
filters = cnn_filters(robot)
figure = plots.weight_masks({f"filter {n}": mask for n, mask in enumerate(filters)})

# %% [markdown]
# *In words:* sixteen small squares of 3 by 3, green where a filter hopes for ink, red where it hopes for none. Several are green on one side and red on the other: they look for edges: vertical, horizontal or slanted. Nobody asked for edges. They came out of blame and nudges, as they do in nearly every network that looks at pictures.

# %% tags=["experiment"]
picture = images[test][labels[test] == 0][0]
strongest = np.argsort([-feature_map(picture, mask).max() for mask in filters])[:6]
figure = plots.feature_maps(
    picture, {f"filter {n}": feature_map(picture, filters[n]) for n in strongest}
)

# %% [markdown]
# *In words:* on the left a zero; beside it six dark panels that light up where a filter answers. Most light up along one part of the ring only, such as its top, its bottom or one of its sides. Layers above will make corners out of these edges, and rings out of corners. That is the **feature hierarchy**: edges first.

# %% tags=["experiment"]
P = softmax(np.asarray(robot(images[test]), dtype=np.float64))
said = P.argmax(axis=1)
truth = labels[test]
counts = np.zeros((10, 10), int)
np.add.at(counts, (truth, said), 1)
print(f"{np.mean(said == truth):.1%} of {len(truth)} new digits are right, ", end="")
print(f"with {robot.count_params():,} weights. Your guess: {guessed_right} of 100.")
figure = plots.confusion_matrix(counts, [str(digit) for digit in range(10)])

# %% [markdown]
# *In words:* a ten by ten table with nearly everything on its diagonal. The few numbers beside it are the robot's errors, in bold: row is what the digit was, column what the robot said.
#
# And the same noise, blank page and turned seven as at the beginning:

# %% tags=["experiment"]
P = softmax(np.asarray(robot(strange), dtype=np.float64))
figure = plots.answers_with_confidence(
    strange, [f"'{answer}'" for answer in P.argmax(axis=1)], P.max(axis=1), "What it says now"
)
print(f"sure about the first noise: {P[0].max():.0%} (your guess, in percent: {guessed_sure})")

# %% [markdown]
# *In words:* the same five images, with the better robot's answers above them and how sure it is below. It is better at digits. It still has no word for *this is no digit*.
#
# ## Seventeen numbers and a trillion
#
# In week 01 one rule could not compute XOR. In week 07 a network of 17 numbers learned it. The largest models have about a trillion, some sixty billion times as many. What else is different? Go through the four steps:
#
# | | XOR | your robot | the largest language models |
# | --- | --- | --- | --- |
# | numbers that learn | 17 | some tens of thousands | about a trillion |
# | what they learn from | 4 corners | 1,297 digits | some ten trillion tokens |
# | 1. forward | two rule piles and a bend | filters, bends, rule piles | about a hundred layers of attention and rule piles |
# | 2. loss | cross-entropy over 2 classes | over 10 classes | over some 100,000 tokens |
# | 3. blame | the chain rule, backwards | the same, by the tape | the same, on thousands of chips at once |
# | 4. nudge | minus rate times gradient | Adam | AdamW |
#
# Only one word in the last column is new, *attention*, and week 15 builds it from parts that you have. Your `build_mlp` and your `train_step` do all four steps for XOR. How many nudges does it take until all four corners are right?

# %% tags=["experiment"]
guessed_nudges = None

# %% tags=["experiment"]
keras.utils.set_random_seed(0)
corners, xor = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
tiny = build_mlp((2, 3, 2), "tanh")
optimizer = keras.optimizers.SGD(0.5)
nudges, right = 0, False
while not right and nudges < 300:
    train_step(tiny, optimizer, corners, xor)
    nudges += 1
    right = np.array_equal(np.asarray(tiny(corners)).argmax(axis=1), xor)
print(f"{tiny.count_params()} numbers, right after {nudges} nudges (your guess: {guessed_nudges})")

# %% [markdown]
# ## The same in NumPy
#
# This time it is the other way round: the Keras model's weights in your own forward pass. Keras computes in float32, so about seven digits agree.
#
# One thing to know before you compare digits. Keras's losses and metrics **answer in float32 even where both arguments are float64**. Seven digits are enough for training and too few for comparing. With `dtype="float64"` they compute and answer in float64.

# %% tags=["experiment"]
model = build_mlp((64, 16, 16, 10), "relu")
weights = [np.asarray(weight, np.float64) for weight in model.get_weights()]
names = [f"{letter}{layer}" for layer in (1, 2, 3) for letter in "Wb"]
params = dict(zip(names, weights, strict=True))
X = images[test].reshape(-1, 64)
gap = np.abs(mlp_forward(X, params) - np.asarray(model(X))).max()
print(f"largest difference of the logits: {gap:.1e}")

Z = mlp_forward(X, params)
yours = -np.log(softmax(Z)[np.arange(len(Z)), labels[test]]).mean()
for dtype in [None, "float64"]:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=dtype)
    theirs = loss(labels[test], Z)
    print(f"dtype={dtype}: answers in {theirs.dtype.name}, off by {abs(float(theirs) - yours):.0e}")

# %% [markdown]
# ## Self-check
#
# For practice, without points: a wrong choice gets its reason, and you may choose again. Write down in one line why your choice is right: once it is, the check shows your reason beside a model answer.
#
# **A.** What does universal approximation promise for a network that is wide enough?
#
# - a: gradient descent will find weights that fit
# - b: a small number of units suffices for every curve
# - c: weights that fit exist

# %% solution="what_the_theorem_promises"
# Set what_the_theorem_promises to "a", "b" or "c".
# Say why in one line: what_the_theorem_promises_because = "..."
### BEGIN SOLUTION
what_the_theorem_promises = "c"
what_the_theorem_promises_because = (
    "It is a statement of existence: it names no way to find the weights and no number of units."
)
### END SOLUTION

# %% check="what_the_theorem_promises"
check("what_the_theorem_promises")

# %% [markdown]
# **B.** What do the first filters of a network that was trained on images usually look for?
#
# - a: edges and simple contrasts
# - b: whole digits
# - c: single pixels

# %% solution="what_the_first_filters_see"
# Set what_the_first_filters_see to "a", "b" or "c".
# Say why in one line: what_the_first_filters_see_because = "..."
### BEGIN SOLUTION
what_the_first_filters_see = "a"
what_the_first_filters_see_because = (
    "Nine pixels are enough for an edge or a contrast, and every digit is made of edges."
)
### END SOLUTION

# %% check="what_the_first_filters_see"
check("what_the_first_filters_see")

# %% [markdown]
# **C.** How does `tape.gradient` get its numbers?
#
# - a: it moves every weight a little and measures the loss
# - b: it walks back along the recorded operations with the chain rule
# - c: the gradients of all models are stored in Keras

# %% solution="who_computes_the_gradient"
# Set who_computes_the_gradient to "a", "b" or "c".
# Say why in one line: who_computes_the_gradient_because = "..."
### BEGIN SOLUTION
who_computes_the_gradient = "b"
who_computes_the_gradient_because = "The tape has recorded the operations, and the chain rule runs along them from the loss to the weights."
### END SOLUTION

# %% check="who_computes_the_gradient"
check("who_computes_the_gradient")

# %% [markdown]
# **D.** A convolution with 16 filters of 3 by 3 has 160 weights, a dense layer from 784 pixels to 16 units has 12,560. Why so few?
#
# - a: a convolution looks at fewer pixels
# - b: one and the same filter serves at every place
# - c: its weights are stored with fewer digits

# %% solution="why_few_weights_are_shared"
# Set why_few_weights_are_shared to "a", "b" or "c".
# Say why in one line: why_few_weights_are_shared_because = "..."
### BEGIN SOLUTION
why_few_weights_are_shared = "b"
why_few_weights_are_shared_because = (
    "Sharing makes the number of weights independent of the size of the image: 16 * 9 + 16 = 160."
)
### END SOLUTION

# %% check="why_few_weights_are_shared"
check("why_few_weights_are_shared")

# %% [markdown] written="what_is_still_mysterious"
# ## In your own words
#
# A hospital wants to buy your robot. Tell its director honestly what is not understood about networks like yours. Choose two of: why networks with more weights than examples do not simply learn by heart (double descent); why nudging finds weights that also work on new images; what it helps to know that good weights exist; whether a single unit means anything that a person could name. For each say what is observed and what nobody can explain yet, and what follows for the hospital. Eight to twelve sentences.
#
# ### BEGIN SOLUTION
# *Double descent.* Make a network larger, and its error on new images first falls, then rises when it has just enough weights to know its examples by heart, and then falls again (Belkin et al. 2019; week 10 has the picture). The classical rule, that more freedom means worse guesses, does not hold there. There are explanations for simple models and no complete one for deep networks. So nobody can say in advance how large a network should be; one has to try.
#
# *Why nudging generalizes.* A network can learn random labels by heart, so its form alone does not forbid it (Zhang et al. 2017). Trained on true labels, the same network by the same nudges also does well on new images. Something in gradient descent prefers solutions that generalize, and what that is, is not settled.
#
# *For the hospital.* What is measured can be trusted as far as the test images resemble the hospital's own, and no further: the robot answers noise with confidence. It should be tested on the hospital's own images, watched for images unlike those it knows, and a person should decide.
#
# **Rubric (20 points).** 8: two open questions, stated so that a stranger understands them. 6: for each one observation and what is unexplained. 6: what follows for somebody who would rely on it.
# ### END SOLUTION

# %% [markdown]
# ## The bridge
#
# The robot began as one rule that could not compute XOR. Now it has bends, a pile, blame, smart nudges, norms, eyes, and you know every line of it. What it lacks is a way to decide *where to look*: which word of a sentence matters for this one. That is **attention**, and it is the next class, the bonus week 15.
#
# Everything else it shares with the largest models there are: forward, loss, blame, nudge, repeated. You have written all four.
#
# ## To read on
#
# - Cybenko, *Approximation by Superpositions of a Sigmoidal Function* (1989); Hornik, Stinchcombe and White, *Multilayer Feedforward Networks are Universal Approximators* (1989).
# - Nielsen, *Neural Networks and Deep Learning*, chapter 4: the same theorem, as pictures that you can drag.
# - Zeiler and Fergus, *Visualizing and Understanding Convolutional Networks* (2014); Olah and others, *Zoom In: An Introduction to Circuits* (2020): what units look for.
# - CS231n, *Convolutional Networks*; 3Blue1Brown, *But what is a convolution?*
# - Zhang and others, *Understanding Deep Learning Requires Rethinking Generalization* (2017); Belkin and others on double descent (2019): the two riddles of the question above.
# - Karpathy, *Yes You Should Understand Backprop* (2016): why you wrote all of it by hand first.
