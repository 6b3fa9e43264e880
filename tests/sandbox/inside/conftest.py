"""A warm sandbox for tests of what runs inside, which is the same code behind every wall."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.sandbox.mounts import isolation_available
from autograder.sandbox.session import Sandbox
from tests.sandbox.notebooks import LIMITS

# Without walls in `make test` too where there are none.
ELSEWHERE = pytest.mark.beyond_sample if isolation_available() == "bubblewrap" else ()


@pytest.fixture(
    scope="package",
    params=[
        pytest.param("bubblewrap", marks=pytest.mark.bubblewrap),
        pytest.param("process", marks=ELSEWHERE),
    ],
)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param, LIMITS) as opened:
        yield opened
