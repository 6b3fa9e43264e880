"""A test that uses `settle` runs on SQLite and, in `make test-all`, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from autograder.course.directory import Course, load
from tests.conftest import EXHAUSTIVE
from tests.postgresql import MISSING, move_gradebook, server

__all__ = ["server", "settle"]
# nbgrader's own commands take minutes; the faults are tried on PostgreSQL in every run.
LEFT_OUT = MISSING or ("" if EXHAUSTIVE else "PostgreSQL here is for `make test-all`")
DATABASES = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skipif(bool(LEFT_OUT), reason=LEFT_OUT)),
]
_numbers = count()


@pytest.fixture(scope="module", params=DATABASES)
def settle(request: Any) -> Callable[[Path], Course]:
    """Opens a course whose gradebook is still in its directory, and is to be in this database."""

    def settled(root: Path) -> Course:
        if request.param == "postgresql":
            database = request.getfixturevalue("server").new_database(f"nn{next(_numbers)}")
            move_gradebook(root, database)
        return load(root)

    return settled
