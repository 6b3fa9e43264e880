"""People's names as readers see them, for comparing what two programs wrote."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """The text as its readers see it: NFKC, no case, no invisible marks, single spaces."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())
