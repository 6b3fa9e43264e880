"""Week 01: one rule, how it learns, what it cannot do, and why a pile of rules is still one.

Keras operations compute sums and products, TensorFlow operations the perceptron's loop, and
tf.GradientTape the slope of the price.
"""

from autograder.questions.define import Written

WEEK = "week01"
TITLE = "One rule is not enough: the perceptron and XOR"
POINTS = 100
PARTS = (
    "weighted_sum",
    "step",
    "perceptron_predict",
    "perceptron_fit",
    "fit_price_per_sqft",
    "collapse_linear",
    "collapse_pile",
    "xor_by_hand",
    "self_check",
)

WRITTEN = (
    Written(
        "why_one_rule_fails",
        points=20,
        rubric="8 points: XOR needs b <= 0, w1 + b > 0, w2 + b > 0 and w1 + w2 + b <= 0, and these "
        "contradict each other (or: no straight line has both 1s on one side). 6 points: a pile of "
        "weighted sums alone is one weighted sum, with W = W1 W2 and b = b1 W2 + b2. 6 points: "
        "the step between the layers is what prevents the merging, as the network of "
        "xor_by_hand shows.",
    ),
)
