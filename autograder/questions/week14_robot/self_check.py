"""The self-check of the week."""

from autograder.questions.choice import choice

what_the_theorem_promises = choice(
    "what_the_theorem_promises",
    correct="03b35f59a9e0",
    wrong={
        "31e897c6da26": "The width needed can be astronomically large; the theorem gives no small "
        "bound on it.",
        "c239d4b249d8": "It says nothing about training: good weights exist, but nothing "
        "guarantees that gradient descent finds them.",
    },
    because=(
        "It is a statement of existence: it names no way to find the weights and no number of"
        " units."
    ),
)

what_the_first_filters_see = choice(
    "what_the_first_filters_see",
    correct="82b5867cf8d2",
    wrong={
        "9c54a7b73fb2": "A 3 x 3 window is far too small for a whole digit; that takes later "
        "layers.",
        "a9f3ee5494d7": "Nothing forces a filter to copy a pixel, and trained filters show edges "
        "and blobs.",
    },
    because="Nine pixels are enough for an edge or a contrast, and every digit is made of edges.",
)

who_computes_the_gradient = choice(
    "who_computes_the_gradient",
    correct="9cd3f3fc267a",
    wrong={
        "876d90571b4f": "Finite differences would need a forward pass for every weight.",
        "e6d27725d74a": "Keras stores no gradients in advance; each operation knows only how to "
        "pass a gradient back through itself.",
    },
    because=(
        "The tape has recorded the operations, and the chain rule runs along them from the "
        "loss to the weights."
    ),
)

why_few_weights_are_shared = choice(
    "why_few_weights_are_shared",
    correct="a215025a509f",
    wrong={
        "0cd08545488e": "A convolution covers every position of the image; it does not look at "
        "fewer pixels.",
        "7869faec2aad": "Weights have the same precision in both layers.",
    },
    because=(
        "Sharing makes the number of weights independent of the size of the image: 16 * 9 + "
        "16 = 160."
    ),
)
