"""Week 04: how the first weights are drawn, and what a bad draw does to a pile.

Draws of Keras's initializers are turned into statistics (shape, mean, spread ...), and a student's
draws must give the same statistics; they are never compared draw by draw.
"""

from autograder.questions.define import Written

WEEK = "week04"
TITLE = "Where the pile starts: initialization"
POINTS = 100
PARTS = (
    "xavier",
    "he",
    "activation_std_by_layer",
    "distinct_units",
    "diagnose_init",
    "lsuv_init",
    "blame_std_by_layer",
    "fresh_loss",
    "self_check",
)

WRITTEN = (
    Written(
        "why_dice_and_how_hard",
        points=20,
        rubric="6 points: equal units get equal nudges, so zeros or any constant leave one unit "
        "forever; random draws make them differ. 8 points: a layer multiplies the spread by about "
        "std * sqrt(fan_in) (for ReLU by half of that squared), with a product over the layers and "
        "a number for too large and too small. 4 points: He's 2/fan_in and where the 2 comes from, "
        "or Xavier's compromise between both fans. 2 points: names a failure seen in the "
        "experiment and what it looked like.",
    ),
)
