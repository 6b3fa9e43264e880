"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

top_speed_of_momentum = choice(
    "top_speed_of_momentum",
    points=2.5,
    correct="c",
    wrong={
        "a": "lr * g is only the first step; each further step adds another lr * g, and a "
        "fraction of the old velocity remains.",
        "b": "0.9 multiplies the old velocity, not the new gradient, which enters in full.",
    },
)

first_step_of_adam = choice(
    "first_step_of_adam",
    points=2.5,
    correct="b",
    wrong={
        "a": "After the corrections m_hat is g and sqrt(v_hat) is |g|, so the size of g cancels.",
        "c": "1 - beta1 is the factor without the correction of m; the correction cancels it.",
    },
)

memory_of_adam = choice(
    "memory_of_adam",
    points=2.5,
    correct="c",
    wrong={
        "a": "One number for the whole network could not tell weights with small gradients from "
        "weights with large ones; Adam keeps m and v for every weight.",
        "b": "One million would be m alone; v has the same size.",
    },
)

loud_weights_under_l2 = choice(
    "loud_weights_under_l2",
    points=2.5,
    correct="a",
    wrong={
        "b": "Inside the gradient the penalty is divided by sqrt(v) like everything else; the "
        "larger a weight's gradients, the larger its sqrt(v).",
        "c": "The penalty is divided by sqrt(v) as well, so the decay depends on the gradients; "
        "in AdamW it does not.",
    },
)
