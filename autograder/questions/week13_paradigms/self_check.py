"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

pairs_in_a_text = choice(
    "pairs_in_a_text",
    correct="755dffec2ff8",
    wrong={
        "0b43133f120b": "The windows overlap: a new one begins at every token, not at every tenth.",
        "dbeae7cf2981": "There are 991 windows, but the last of them has no token after it.",
    },
    because=(
        "The first window ends at token 10, and each of the 990 tokens after it is a target once."
    ),
)

strangers_alike = choice(
    "strangers_alike",
    correct="02bb2fe5b0a6",
    wrong={
        "0160f4b92aae": "The partner gets a probability of 1/8, so the loss is the logarithm of 8.",
        "6d73f215cfca": "A loss of 0 would mean that every partner is found with certainty.",
    },
    because="All logits are equal, so the partner gets 1/8 and the loss is -log(1/8).",
)

blame_after_a_loss = choice(
    "blame_after_a_loss",
    correct="52f3e779dfcb",
    wrong={
        "3918c3b36aac": "A return of 0 would give a row of zeros.",
        "5c37ceb68524": "That is the gradient for a return of 1; a negative return reverses its "
        "sign.",
    },
    because="The gradient is G times (p minus one-hot): -1 times (-0.5, 0.5).",
)

first_preference = choice(
    "first_preference",
    correct="bb81a1ab8ae6",
    wrong={
        "8ebeeeddc1b3": "sigmoid(0) is 0.5, and the loss is -log of it, whatever beta is.",
        "ae3da0b40ab1": "A loss of 0 would need an infinite margin; at the start every margin is "
        "0.",
    },
    because="Both log-ratios are 0, so is the margin, and -log sigmoid(0) = log 2 for every beta.",
)
