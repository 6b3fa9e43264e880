"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

typing_mistake = choice(
    "typing_mistake",
    correct="ea826544613f",
    wrong={
        "37312c952f29": "Under the absolute error one house adds at most 1/N to the slope, "
        "however far off.",
        "cc518dd7a52b": "The slope of a square grows with the error; the slope of an absolute "
        "value does not.",
    },
    because=(
        "The slope of a square grows with the error, and that error is by far the largest; "
        "the other slope is the same for all."
    ),
)

untrained_vocabulary = choice(
    "untrained_vocabulary",
    correct="a822e14964a3",
    wrong={
        "42bf5a57e4cd": "The loss is the logarithm of 1/p, not 1/p itself.",
        "a8d142a3bd52": "A loss of 1 would mean that the true token gets a probability of 1/e, "
        "about 0.37.",
    },
    because="Each token gets a probability of 1/50,000, and -ln(1/50,000) = ln 50,000 = 10.8.",
)

sure_and_wrong = choice(
    "sure_and_wrong",
    correct="9fe98ed0c021",
    wrong={
        "60de5eadfbb5": "0.001 is the probability itself; the gradient for the true class is p - "
        "1.",
        "faf9a0d31083": "-1/p is the derivative for the probability; the logit comes before the "
        "softmax.",
    },
    because=(
        "The slope for the true logit is p - 1 = 0.001 - 1 = -0.999: sure and wrong is pushed"
        " the hardest."
    ),
)

sum_of_a_row = choice(
    "sum_of_a_row",
    correct="62692b596cb6",
    wrong={
        "024d0fdb34b2": "The probabilities of a row sum to 1, and the one-hot row subtracts 1 "
        "again.",
        "aba4d1f75ff4": "It is 1/N times the sum of p - onehot, and p and onehot have the same "
        "sum.",
    },
    because=(
        "The probabilities of a row sum to 1, and exactly 1 is subtracted again, at the label."
    ),
)
