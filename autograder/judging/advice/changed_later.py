"""What is said of a wrong answer whose globals the notebook changes after the check."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.answer import Answer, Status


def remark(answer: Answer) -> list[str]:
    """A sentence with the names that change after the check; nothing if none is known to.

    Args:
        answer: a wrong answer. Its names were told before anything was asked, and stand in the
            notebook.
    """
    if not answer.changed_later:
        return []
    names = _listed([f"`{name}`" for name in answer.changed_later])
    if answer.status is Status.MISSING:
        return [f"Your notebook defines {names} only after this check."]
    return [
        f"Your notebook changes {names} after this check. "
        "To see what the check sees, restart the kernel and run all cells."
    ]


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
