"""A test that uses `database_url` runs on SQLite and, where there is a server, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course, load
from tests.postgresql import MISSING, move_gradebook, server

__all__ = ["server", "settle"]
DATABASES = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skipif(bool(MISSING), reason=MISSING)),
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
