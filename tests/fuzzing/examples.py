"""How many examples are tried: the same few hundred in `make test`, new thousands in test-all."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.conftest import EXHAUSTIVE


def examples(usual: int = 300) -> settings:
    """Settings for one property; `usual` examples where each is cheap enough."""
    return settings(
        max_examples=5_000 if EXHAUSTIVE else usual,
        derandomize=not EXHAUSTIVE,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
