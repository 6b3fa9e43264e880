"""The names that somebody may have meant who wrote one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(
    name: str, known: Iterable[str], count: int = 3, similarity: float = 0.5
) -> tuple[str, ...]:
    """The known names that are most like this one, the best first.

    Args:
        name: what was written.
        known: what could have been meant.
        count: how many are named at most.
        similarity: from 0 (any name will do) to 1 (only the same), see `difflib`.
    """
    # Needed only after a slip, so no command waits for it.
    import difflib

    return tuple(difflib.get_close_matches(name, list(known), count, similarity))


def hint(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that says what was not found; empty if nothing is like it."""
    names = [repr(each) for each in nearest(name, dict.fromkeys(known))]
    if not names:
        return ""
    *others, last = names
    return f"; did you mean {', '.join(others)} or {last}?" if others else f"; did you mean {last}?"
