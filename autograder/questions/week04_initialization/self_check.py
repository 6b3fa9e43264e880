"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

constant_start = choice(
    "constant_start",
    correct="f945b90f4936",
    wrong={
        "a5dcdb185092": "The size of the constant does not matter: equal units receive equal "
        "nudges.",
        "e2a291aa0341": "The nudges do reach them, but all units get the same ones, so they stay "
        "equal.",
    },
    because=(
        "Equal weights give equal outputs and equal slopes, so equal nudges: nothing can ever"
        " tell the units apart."
    ),
)

spread_after_ten = choice(
    "spread_after_ten",
    correct="f52504811a36",
    wrong={
        "1f19c3e73b06": "A layer multiplies the spread by std * sqrt(fan_in), not by std.",
        "9352ed137a28": "0.05 * sqrt(100) is a half, not 1.",
    },
    because=(
        "A layer multiplies the spread by std * sqrt(fan_in) = 0.05 * 10 = 0.5, ten times over."
    ),
)

why_the_two = choice(
    "why_the_two",
    correct="345582562b4d",
    wrong={
        "14a98b1d11d3": "Both fans appear in Xavier's rule; He's uses only the inputs.",
        "bd5ba183a3ba": "The bias starts at 0 and adds nothing to the spread.",
    },
    because=(
        "ReLU sets the negative half to 0, so half of the mean square is lost, and the 2 puts"
        " it back."
    ),
)

first_loss = choice(
    "first_loss",
    correct="e85bf911df56",
    wrong={
        "2cba8a5c0b08": "A loss near 0 would mean that the untrained robot is certain and right.",
        "3be78f59704b": "A first loss of 40 means that it is certain but wrong: the logits are "
        "far too large.",
    },
    because="A robot that knows nothing gives each class 1/10, and -ln(1/10) = ln 10 = 2.30.",
)
