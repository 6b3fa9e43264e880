"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

how_many_means = choice(
    "how_many_means",
    correct="668d7b5d26bd",
    wrong={
        "047a17fefbf7": "One mean for all 320 numbers would not put the features on the same "
        "scale; neither layer does that.",
        "8e93c848e62a": "Batch norm measures each of the 10 features over the examples, layer "
        "norm each of the 32 examples over its features; here the two are swapped.",
    },
    because=(
        "Batch norm has one mean for each of 10 features, layer norm one for each of 32 examples."
    ),
)

batch_of_one = choice(
    "batch_of_one",
    correct="858379c09af9",
    wrong={
        "367c6d995882": "nan would need a division by N - 1 = 0; the batch's variance divides by "
        "N, and eps keeps the square root above 0.",
        "48cbccc39198": "With training=True the running averages are updated, not used.",
    },
    because="One number is its own mean, so the normalized input is 0 and only the shift remains.",
)

picture_at_test_time = choice(
    "picture_at_test_time",
    correct="a1bf94491524",
    wrong={
        "7f44200175fe": "With training=False the batch's own statistics are not used, so the "
        "other 99 pictures have no influence.",
        "c1bd49f699b8": "The mean of a single picture is the picture itself; the layer uses what "
        "it collected during training.",
    },
    because="At test time the running mean is used, an average over the training batches.",
)

modes_of_layer_norm = choice(
    "modes_of_layer_norm",
    correct="feb8ef24e880",
    wrong={
        "15137322c449": "gamma and beta are learned in training and used at test time; that needs "
        "no second mode.",
        "24473d392a1f": "Each example brings its own features, at test time too, so there is "
        "nothing to collect.",
    },
    because="It measures the example by itself, and that is there at test time as well.",
)
