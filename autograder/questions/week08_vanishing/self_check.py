"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

sigmoids_to_a_millionth = choice(
    "sigmoids_to_a_millionth",
    correct="550dc8523bce",
    wrong={
        "e87f10b2ce9d": "Far fewer are enough: each sigmoid leaves a quarter at most, and "
        "quarters are multiplied, not added.",
        "f5e71d87e47e": "Four sigmoids leave at most 0.25^4, which is still 1/256.",
    },
    because=(
        "Each sigmoid leaves a quarter at most, and 0.25^10 = 1 / 1,048,576 is the first "
        "power below a millionth."
    ),
)

idle_block = choice(
    "idle_block",
    correct="150db81b0efd",
    wrong={
        "74b22230159c": "The branch returns 0, but the skip is a second path, and its gradient is "
        "added.",
        "8cc8f801bb0b": "The skip passes dout back once, and the branch with W2 = 0 adds nothing "
        "to it.",
    },
    because=(
        "The branch hands back 0, because its bill goes through W2, and the corridor hands "
        "back dout; the two are added."
    ),
)

after_clipping = choice(
    "after_clipping",
    correct="3ec112174813",
    wrong={
        "535f7567f5ed": "That would be a limit for each array by itself; together the two would "
        "still be longer than 5.",
        "b119ed8770d0": "Giving each of them half of 5 would change their ratio, and with it the "
        "direction.",
    },
    because=(
        "The global norm is sqrt(900 + 1600) = 50, so both are multiplied by 5 / 50, and "
        "their ratio stays."
    ),
)

waking_the_dead = choice(
    "waking_the_dead",
    correct="3c169f75d6b5",
    wrong={
        "626ebba9e758": "Its weights move only by what passes back through the unit; for every "
        "picture that is 0, whatever the step size.",
        "cfa9abdd1da0": "Slope times gradient is exactly 0 for every picture, so not even a small "
        "nudge arrives.",
    },
    because=(
        "Its slope is 0 for every picture, so no bill comes through and its own weights never move."
    ),
)
