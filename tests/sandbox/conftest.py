"""Warm sandboxes that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.sandbox.session import Sandbox
from tests.sandbox.notebooks import LIMITS


@pytest.fixture(
    scope="package",
    params=[pytest.param("bubblewrap", marks=pytest.mark.bubblewrap), "process"],
)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param, LIMITS) as opened:
        yield opened


@pytest.fixture(scope="package")
def walled() -> Iterator[Sandbox]:
    with Sandbox("bubblewrap", LIMITS) as opened:
        yield opened
