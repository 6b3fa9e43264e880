"""Keras, for every test of training."""

from __future__ import annotations

import pytest

from course_lib.quiet import import_keras


@pytest.fixture(autouse=True, scope="module")
def keras_is_imported_quietly():
    import_keras()
