"""What libraries want done in every forked process, kept back where it has no purpose.

`threading`, `logging` and IPython renew their locks there, lest another thread held one when the
process was forked. A warm parent has a single thread and holds none, and what is renewed has to be
copied first, page by page: that is nearly half of what a fork that does nothing costs. Processes
that a student's code forks have it done as ever.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_kept: list[dict[str, Any]] = []


@contextmanager
def kept_back() -> Iterator[None]:
    """Within it, what is imported has nothing done in forked processes."""
    register = os.register_at_fork

    def keep(**hooks: Any) -> None:
        _kept.append(hooks)

    os.register_at_fork = keep
    try:
        yield
    finally:
        os.register_at_fork = register


def as_ever() -> None:
    """In a submission's process: have it done in those that are forked from here."""
    for hooks in _kept:
        os.register_at_fork(**hooks)
