"""One question to see how a choice is answered."""

from __future__ import annotations

from autograder.questions.define import choice

who_learns = choice(
    "who_learns",
    points=0,
    correct="c",
    wrong={
        "a": "Nobody writes down what a cat looks like; that is what the robot finds out.",
        "b": "Pictures are only shown; nothing in them changes.",
    },
)
