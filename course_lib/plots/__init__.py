"""Figures of the lessons, as functions of arrays. Importing it loads no Matplotlib."""

from course_lib.plots.bends import (
    bends_and_slopes,
    saturation_by_scale,
    slope_products,
    straight_and_bent,
)
from course_lib.plots.blame import (
    blame_graph,
    falling_loss,
    gradient_check,
)
from course_lib.plots.descent import (
    answers_to_digits,
    losses_by_epoch,
    noise_as_help,
    paths_on_surface,
    schedules,
)
from course_lib.plots.forward import (
    depth_against_width,
    gatekeeper,
    one_picture_through,
    times_by_size,
    weight_masks,
)
from course_lib.plots.initialization import (
    activation_histograms,
    bad_starts,
    spread_by_depth,
)
from course_lib.plots.losses import (
    confidently_wrong,
    lines_and_outlier,
    prices_and_lines,
)
from course_lib.plots.normalization import (
    accuracy_by_batch_size,
    losses_by_rate,
    output_by_company,
)
from course_lib.plots.optimizers import (
    broken_batch,
    decay_by_loudness,
    learning_by_optimizer,
    optimizer_paths,
)
from course_lib.plots.paradigms import (
    labelled_maps,
    reading_loss,
    similarity_tables,
)
from course_lib.plots.perceptron import (
    decision_lines,
    price_guesses,
    rule_as_picture,
)
from course_lib.plots.regularization import (
    choosing_a_penalty,
    double_descent,
    learning_by_heart,
    picture_rows,
)
from course_lib.plots.robot import (
    answers_with_confidence,
    confusion_matrix,
    curve_by_width,
    feature_maps,
)
from course_lib.plots.scaling import (
    budgets,
    lifetime_cost,
    scaling_run,
    two_papers,
)
from course_lib.plots.start import (
    gallery,
)
from course_lib.plots.transformers import (
    attention_maps,
    letter_map,
    loss_by_place,
    masks,
    position_patterns,
    scores_by_distance,
)
from course_lib.plots.vanishing import (
    deep_training,
    first_layer_changes,
    gradient_norms,
)

__all__ = [
    "accuracy_by_batch_size",
    "activation_histograms",
    "answers_to_digits",
    "answers_with_confidence",
    "attention_maps",
    "bad_starts",
    "bends_and_slopes",
    "blame_graph",
    "broken_batch",
    "budgets",
    "choosing_a_penalty",
    "confidently_wrong",
    "confusion_matrix",
    "curve_by_width",
    "decay_by_loudness",
    "decision_lines",
    "deep_training",
    "depth_against_width",
    "double_descent",
    "falling_loss",
    "feature_maps",
    "first_layer_changes",
    "gallery",
    "gatekeeper",
    "gradient_check",
    "gradient_norms",
    "labelled_maps",
    "learning_by_heart",
    "learning_by_optimizer",
    "letter_map",
    "lifetime_cost",
    "lines_and_outlier",
    "loss_by_place",
    "losses_by_epoch",
    "losses_by_rate",
    "masks",
    "noise_as_help",
    "one_picture_through",
    "optimizer_paths",
    "output_by_company",
    "paths_on_surface",
    "picture_rows",
    "position_patterns",
    "price_guesses",
    "prices_and_lines",
    "reading_loss",
    "rule_as_picture",
    "saturation_by_scale",
    "scaling_run",
    "schedules",
    "scores_by_distance",
    "similarity_tables",
    "slope_products",
    "spread_by_depth",
    "straight_and_bent",
    "times_by_size",
    "two_papers",
    "weight_masks",
]
