"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

sigmoids_to_a_millionth = choice(
    "sigmoids_to_a_millionth",
    points=2.5,
    correct="b",
    wrong={
        "a": "Four sigmoids leave 0.25^4, which is still 1/256.",
        "c": "Long before that: each sigmoid leaves a quarter at most, and quarters are "
        "multiplied, not added.",
    },
)

idle_block = choice(
    "idle_block",
    points=2.5,
    correct="c",
    wrong={
        "a": "The branch hands back 0, but the skip is a second path, and its bill is added.",
        "b": "The skip hands dout back once, and the branch with W2 = 0 adds nothing to it.",
    },
)

after_clipping = choice(
    "after_clipping",
    points=2.5,
    correct="a",
    wrong={
        "b": "That would be a limit for each array by itself; the two together would then be "
        "longer than 5.",
        "c": "Half of 5 for each would change the ratio of the two, and with it the direction.",
    },
)

waking_the_dead = choice(
    "waking_the_dead",
    points=2.5,
    correct="b",
    wrong={
        "a": "Slope times blame is exactly 0 for every picture, so that not even a small nudge "
        "arrives.",
        "c": "Its weights only move by what passes back through the unit, and for every picture "
        "that is 0, whatever the step size.",
    },
)
