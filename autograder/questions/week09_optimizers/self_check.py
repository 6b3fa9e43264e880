"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

top_speed_of_momentum = choice(
    "top_speed_of_momentum",
    correct="b7472f43d70b",
    wrong={
        "c41b6f7b325b": "0.9 multiplies the old velocity, not the new gradient, which enters in "
        "full.",
        "f06cbcdada98": "lr * g is only the first step; each further step adds another lr * g, "
        "and a fraction of the old velocity remains.",
    },
    because="The velocity settles where v = 0.9 v - lr * g, which is 10 * lr * g long.",
)

first_step_of_adam = choice(
    "first_step_of_adam",
    correct="79e26d475f5b",
    wrong={
        "11333b58614a": "After the corrections m_hat is g and sqrt(v_hat) is |g|, so the size of "
        "g cancels.",
        "e89147179cba": "1 - beta1 is the factor without the correction of m; the correction "
        "cancels it.",
    },
    because=(
        "After the correction m_hat is g and the root of v_hat is |g|, so their quotient is 1"
        " or -1."
    ),
)

memory_of_adam = choice(
    "memory_of_adam",
    correct="a8ff9fb558a7",
    wrong={
        "8c65c7767e1c": "One million would be m alone; v has the same size.",
        "ca225b954d16": "One number for the whole network could not tell weights with small "
        "gradients from weights with large ones; Adam keeps m and v for every weight.",
    },
    because="Each parameter has an m and a v of its own, and t is a single number for all.",
)

loud_weights_under_l2 = choice(
    "loud_weights_under_l2",
    correct="a3d663a68003",
    wrong={
        "3be621a027a3": "Inside the gradient the penalty is divided by sqrt(v) like everything "
        "else; the larger a weight's gradients, the larger its sqrt(v).",
        "dc90bbdf9d13": "The penalty is divided by sqrt(v) as well, so the decay depends on the "
        "gradients; in AdamW it does not.",
    },
    because=(
        "Adam divides the gradient and the penalty inside it by the usual size of the "
        "gradient, so loud weights hardly feel it."
    ),
)
