"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

sigmoids_to_a_millionth = choice(
    "sigmoids_to_a_millionth",
    points=2.5,
    correct="b",
    wrong={
        "a": "Four sigmoids leave at most 0.25^4, which is still 1/256.",
        "c": "Far fewer are enough: each sigmoid leaves a quarter at most, and quarters are "
        "multiplied, not added.",
    },
)

idle_block = choice(
    "idle_block",
    points=2.5,
    correct="c",
    wrong={
        "a": "The branch returns 0, but the skip is a second path, and its gradient is added.",
        "b": "The skip passes dout back once, and the branch with W2 = 0 adds nothing to it.",
    },
)

after_clipping = choice(
    "after_clipping",
    points=2.5,
    correct="a",
    wrong={
        "b": "That would be a limit for each array by itself; together the two would still be "
        "longer than 5.",
        "c": "Giving each of them half of 5 would change their ratio, and with it the direction.",
    },
)

waking_the_dead = choice(
    "waking_the_dead",
    points=2.5,
    correct="b",
    wrong={
        "a": "Slope times gradient is exactly 0 for every picture, so not even a small nudge "
        "arrives.",
        "c": "Its weights move only by what passes back through the unit; for every picture that "
        "is 0, whatever the step size.",
    },
)
