"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

ten_sigmoids = choice(
    "ten_sigmoids",
    correct="764d535133a5",
    wrong={
        "31f7e9b796a9": "1 is the largest slope of tanh and ReLU; a sigmoid's largest slope is "
        "0.25.",
        "6581d0f89777": "Slopes along a path are multiplied, not added: 0.25 ten times is "
        "0.25^10, not 2.5.",
    },
    because=(
        "Each sigmoid multiplies the nudge by its slope, 0.25 at z = 0, and 0.25^10 is about "
        "0.000001."
    ),
)

shifted_logits = choice(
    "shifted_logits",
    correct="70a36c132d88",
    wrong={
        "3a955adda515": "Only differences between a row's logits matter, and a shift does not "
        "change them.",
        "5798c846b34d": "Every exp is multiplied by exp(100), and so is the denominator's sum: it "
        "cancels.",
    },
    because=(
        "exp(z + 100) = exp(z) exp(100): the factor stands above and below the line and cancels."
    ),
)

silent_unit = choice(
    "silent_unit",
    correct="06ce5a1063ed",
    wrong={
        "0386f5e5e5c2": "The slope of a ReLU is 0 or 1, never negative.",
        "b40228d94e05": "A ReLU has slope exactly 0 at z = -3, and anything times 0 is exactly 0.",
    },
    because="The slope of a ReLU at -3 is 0, and the nudge is multiplied by it.",
)

equal_wishes = choice(
    "equal_wishes",
    correct="1dfae0f53d6c",
    wrong={
        "2348766e4434": "The probabilities of a row sum to 1 whatever Z is, so they cannot all "
        "grow at once.",
        "cde4197a5d99": "Only dout minus its average under s counts, and that difference is 0 "
        "here.",
    },
    because="s sums to 1, so the average of dout under s is 1, and s * (1 - 1) is 0.",
)
