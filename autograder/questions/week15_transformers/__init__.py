"""Week 15, a bonus: attention, and the transformer that is built of it.

References are Keras's operations and layers in the dtype of their inputs; gradients come from
automatic differentiation. A mask is True where a place may be looked at.
"""

from autograder.questions.define import Written

WEEK = "week15"
TITLE = "The next class: attention and transformers"
POINTS = 100
PARTS = (
    "embed",
    "embed_grad",
    "attention",
    "causal_mask",
    "padding_mask",
    "attention_backward",
    "split_heads",
    "join_heads",
    "sinusoidal_positions",
    "rotate",
    "transformer_block",
    "next_token_loss",
    "transformer_loss_and_grads",
    "train_characters",
    "sample",
    "step_with_cache",
    "count_block",
    "self_check",
)

WRITTEN = (
    Written(
        "where_to_look",
        points=20,
        rubric="8 points: why the window of week 13 cannot do it, and what query, key, value and "
        "the softmax over the places do instead. 6 points: what has to be added, and why: the "
        "mask (the label would stand in the input) and positions (without them a sentence is a "
        "bag of words). 6 points: what it costs (every place looks at every other, T * T scores; "
        "the cache grows with the text) and one thing that an attention map does not prove.",
    ),
)
