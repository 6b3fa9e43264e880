"""One question to see how a choice is answered."""

from __future__ import annotations

from autograder.questions.choice import choice

who_learns = choice(
    "who_learns",
    correct="fc49808d46c4",
    wrong={
        "24f08f0f5fc3": "Nobody writes down what a cat looks like; that is what the robot finds "
        "out.",
        "ede44e463827": "Pictures are only shown; nothing in them changes.",
    },
    because="Only the weights are turned after each photo; the rule is whatever they add up to.",
)
