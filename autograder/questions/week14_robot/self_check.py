"""The self-check of the week."""

from autograder.questions.define import choice

what_the_theorem_promises = choice(
    "what_the_theorem_promises",
    points=2.5,
    correct="c",
    wrong={
        "a": "It says nothing about training: good weights exist, but nothing guarantees that "
        "gradient descent finds them.",
        "b": "The width needed can be astronomically large; the theorem gives no small bound on "
        "it.",
    },
)

what_the_first_filters_see = choice(
    "what_the_first_filters_see",
    points=2.5,
    correct="a",
    wrong={
        "b": "A 3 x 3 window is far too small for a whole digit; that takes later layers.",
        "c": "Nothing forces a filter to copy a pixel, and trained filters show edges and blobs.",
    },
)

who_computes_the_gradient = choice(
    "who_computes_the_gradient",
    points=2.5,
    correct="b",
    wrong={
        "a": "Finite differences would need a forward pass for every weight.",
        "c": "Keras stores no gradients in advance; each operation knows only how to pass a "
        "gradient back through itself.",
    },
)

why_few_weights_are_shared = choice(
    "why_few_weights_are_shared",
    points=2.5,
    correct="b",
    wrong={
        "a": "A convolution covers every position of the image; it does not look at fewer pixels.",
        "c": "Weights have the same precision in both layers.",
    },
)
