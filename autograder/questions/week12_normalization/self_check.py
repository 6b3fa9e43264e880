"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

how_many_means = choice(
    "how_many_means",
    points=2.5,
    correct="b",
    wrong={
        "a": "Batch norm measures each of the 10 features over the examples, layer norm each of "
        "the 32 examples over its features; here the two are swapped.",
        "c": "One mean for all 320 numbers would not put the features on the same scale; neither "
        "layer does that.",
    },
)

batch_of_one = choice(
    "batch_of_one",
    points=2.5,
    correct="a",
    wrong={
        "b": "nan would need a division by N - 1 = 0; the batch's variance divides by N, and eps "
        "keeps the square root above 0.",
        "c": "With training=True the running averages are updated, not used.",
    },
)

picture_at_test_time = choice(
    "picture_at_test_time",
    points=2.5,
    correct="c",
    wrong={
        "a": "With training=False the batch's own statistics are not used, so the other 99 "
        "pictures have no influence.",
        "b": "The mean of a single picture is the picture itself; the layer uses what it "
        "collected during training.",
    },
)

modes_of_layer_norm = choice(
    "modes_of_layer_norm",
    points=2.5,
    correct="b",
    wrong={
        "a": "Each example brings its own features, at test time too, so there is nothing to "
        "collect.",
        "c": "gamma and beta are learned in training and used at test time; that needs no second "
        "mode.",
    },
)
