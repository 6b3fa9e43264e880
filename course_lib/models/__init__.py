"""The course's reference networks as Keras 3 models, for every Keras backend.

Keras is imported inside the functions, so that importing this package stays cheap.
"""

from course_lib.models.convolution import cnn, first_filters
from course_lib.models.dense import by_student_name, deep_stack, from_keras, mlp, to_keras
from course_lib.models.transformer import transformer

__all__ = [
    "by_student_name",
    "cnn",
    "deep_stack",
    "first_filters",
    "from_keras",
    "mlp",
    "to_keras",
    "transformer",
]
