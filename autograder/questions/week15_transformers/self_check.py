"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

one_of_three_hidden = choice(
    "one_of_three_hidden",
    correct="675e2d132709",
    wrong={
        "7d1b4186113e": "That is the weight before the mask: the hidden place takes no share.",
        "0b1215cfec64": "A softmax depends on differences of scores, and here there are none.",
    },
    because="A hidden place has exp(-inf) = 0 before the sum is taken, so the two visible ones "
    "share everything equally.",
)

twice_as_long = choice(
    "twice_as_long",
    correct="dda8a395e484",
    wrong={
        "523d9214eb6a": "There are twice as many queries, and each has twice as many keys.",
        "4bee8e79c4fc": "The parameters stay the same; the scores are computed from the text.",
    },
    because="Every place looks at every place, T * T scores, and doubling T makes them four times "
    "as many.",
)

echo_robot = choice(
    "echo_robot",
    correct="a175f9fcb6a2",
    wrong={
        "3b6857694891": "With too high a rate the loss jumps or grows; it does not reach 0.02.",
        "375bece99557": "The temperature is used when it writes, and changes no loss in training.",
    },
    because="No text is that predictable: a loss near 0 means that the answer stood in the input, "
    "and when it writes there is none.",
)

thousandth_token = choice(
    "thousandth_token",
    correct="3e5cb0dd2712",
    wrong={
        "dd06a77041c4": "That is the cost without a cache: everything is computed again.",
        "1511e92f9324": "Keys and values of earlier places are what the cache holds.",
    },
    because="No earlier place can see the new one, so its keys and values stay as they were, and "
    "its query is not needed again.",
)
