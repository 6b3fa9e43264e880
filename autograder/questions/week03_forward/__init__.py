"""Week 03: the forward pass, from one neuron in a loop to a whole network in a few products.

References come from the Keras networks of course_lib.models, with the case's weights, and from
keras.ops where there is no network.
"""

from autograder.questions.define import Written

WEEK = "week03"
TITLE = "The forward pass"
POINTS = 100
PARTS = (
    "neuron_by_neuron",
    "dense_forward",
    "mlp_forward",
    "count_parameters",
    "predict_classes",
    "predict_probabilities",
    "weight_image",
    "bias_sweep",
    "self_check",
)

WRITTEN = (
    Written(
        "one_picture_through",
        points=20,
        rubric="8 points: the shapes along the way, (1, 64) to (1, 16) to (1, 10), and what a "
        "kernel and a bias do in each layer. 4 points: a bend after every layer except the last, "
        "because logits may have any sign and softmax turns them into probabilities. 4 points: "
        "what a mask shows and what it does not (no clean strokes; one unit does not represent one "
        "digit). 4 points: why the layer is one product for the whole batch and not a loop.",
    ),
)
