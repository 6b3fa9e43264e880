"""Warm sandboxes that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.sandbox.mounts import isolation_available
from autograder.sandbox.session import Sandbox
from tests.sandbox.notebooks import LIMITS

# What runs inside is the same code behind every wall: without one where there is none, and in
# `make test-all`.
WITHOUT_WALLS = pytest.mark.beyond_sample if isolation_available() == "bubblewrap" else ()


@pytest.fixture(
    scope="package",
    params=[
        pytest.param("bubblewrap", marks=pytest.mark.bubblewrap),
        pytest.param("process", marks=WITHOUT_WALLS),
    ],
)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param, LIMITS) as opened:
        yield opened


@pytest.fixture(scope="package")
def walled() -> Iterator[Sandbox]:
    with Sandbox("bubblewrap", LIMITS) as opened:
        yield opened
