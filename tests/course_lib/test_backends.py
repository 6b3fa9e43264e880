"""Do models, gradients and training hold on the other Keras backends that are installed?"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = [
    HERE / "models",
    HERE / "test_gradients.py",
    *(
        HERE / "training" / f"test_{name}.py"
        for name in ("batches", "devices", "fit", "operations")
    ),
]


def installed(backend: str) -> bool:
    return importlib.util.find_spec(backend) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    "backend",
    [
        pytest.param(
            name, marks=pytest.mark.skipif(not installed(name), reason=f"{name} is not installed")
        )
        for name in ("jax", "torch")
    ],
)
def test_do_the_same_tests_pass_on_this_backend(backend):
    # A process has one Keras backend for as long as it runs.
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FILES],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": backend},
    )
    assert result.returncode == 0, result.stdout[-3000:]
