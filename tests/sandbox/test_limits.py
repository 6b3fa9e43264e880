"""Is a number of bytes said as a person says it?"""

from __future__ import annotations

import pytest

from autograder.sandbox.limits import readable_size


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (300 * 2**20, "300 MiB"),
        (2 * 2**30, "2 GiB"),
    ],
)
def test_is_the_largest_unit_taken_that_it_fills(size: int, said: str) -> None:
    assert readable_size(size) == said
