"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

hundred_times_larger = choice(
    "hundred_times_larger",
    correct="731afd57b2a0",
    wrong={
        "7de6c0a2432b": "50 is 0.5 times 100, but 0.5 is an exponent, not a factor.",
        "f80e3a66dbd6": "For the loss to be divided by 100, the exponent would have to be 1; here "
        "it is 0.5.",
    },
    because="The loss is multiplied by 100 to the power of -0.5, which is one tenth.",
)

line_that_bends = choice(
    "line_that_bends",
    correct="4a8fa70a621b",
    wrong={
        "8057e2b5e185": "A different unit for N shifts the whole line sideways and leaves it "
        "straight.",
        "e5aa9d91b2f0": "A larger exponent is a steeper line, but a straight one.",
    },
    because="A floor does not shrink with the model, so it makes up more and more of the loss.",
)

tokens_in_four_epochs = choice(
    "tokens_in_four_epochs",
    correct="b14bdf846b91",
    wrong={
        "1064a1eaa7de": "Four passes read the tokens four times: a product, not a power.",
        "d1150256bd1f": "10 billion is the number of different tokens; every pass over them costs "
        "compute.",
    },
    because="Every token costs compute each time it is read, and four passes read 40 billion.",
)

model_for_a_billion_users = choice(
    "model_for_a_billion_users",
    correct="3d5b2defb48b",
    wrong={
        "0cebecef5de9": "20 tokens per parameter minimize the training cost; here the cost of use "
        "is larger.",
        "1aaa9c2bc8b8": "A larger model needs fewer training tokens, but costs more for every "
        "token in use.",
    },
    because="Use costs 2N a token, so a smaller N soon pays back its longer training.",
)
