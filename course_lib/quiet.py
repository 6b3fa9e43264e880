"""Import Keras without TensorFlow's log messages. Importing this module loads neither."""

from __future__ import annotations

import importlib.util
import os
import warnings
from functools import cache
from typing import Any


def installed_backends() -> list[str]:
    """Names of the installed Keras backends, the course's default first."""
    return [name for name in ("tensorflow", "jax", "torch") if importlib.util.find_spec(name)]


@cache
def import_keras() -> Any:
    """Import Keras and start its backend, without messages on stderr about this processor.

    TensorFlow's C++ code writes some of them before it reads any setting, so stderr is redirected
    during the first import. The backend is TensorFlow, unless KERAS_BACKEND names another one.

    Returns:
        The `keras` module.

    Raises:
        ImportError: when Keras or its backend is not installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # Otherwise TensorFlow takes all of a GPU's memory, also from a second notebook.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            os.dup2(nowhere.fileno(), 2)
            import keras

            # The first tensor starts the runtime, which has messages of its own.
            keras.ops.convert_to_tensor(0.0)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    return keras
