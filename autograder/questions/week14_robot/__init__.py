"""Week 14: the whole robot in Keras, and what nobody understands yet.

Student code may use Keras here. A Keras model cannot leave the process that runs a student's
code, so drivers pass on its weights and outputs, and the grader runs the capstone's network again
from a description of its layers.
"""

from autograder.questions.define import Written

WEEK = "week14"
TITLE = "Honest admission, and the whole robot in Keras"
POINTS = 100
LIBRARIES = ("keras", "tensorflow")
PARTS = (
    "piecewise_linear_network",
    "build_mlp",
    "train_step",
    "feature_map",
    "cnn_filters",
    "train_capstone",
    "self_check",
)

WRITTEN = (
    Written(
        "what_is_still_mysterious",
        points=20,
        rubric="8 points: two of the open questions (double descent; why gradient descent finds "
        "networks that generalize; what a theorem about existence does not promise; whether "
        "single units mean anything) stated so that an outsider understands them. 6 points: for "
        "each, one observation that is known and one explanation that is not. 6 points: what "
        "follows for somebody who would rely on such a network.",
    ),
)
