"""What a file's name says, whatever browsers, editors and systems have added to it."""

from __future__ import annotations

import re

_LONGEST = 80
# Windows and mail programs hide or add a suffix; Jupyter's own download may add its own again.
_ADDED = ("ipynb", "txt", "json", "download")
_MOST_ADDED = 4
_NUMBERED = re.compile(r" ?\(\d{1,9}\)$")
_CHECKPOINT = "-checkpoint"
_LEFT_BY_SYSTEMS = frozenset(
    {"__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".ipynb_checkpoints", ".git"}
)


def is_clutter(name: str) -> bool:
    """Whether a system or program left this file or folder, and no student handed it in."""
    return name.lower() in _LEFT_BY_SYSTEMS or name.startswith(("._", "~$"))


def notebook_stem(name: str) -> str | None:
    """A notebook's name without its suffixes; None if the name is not a notebook's.

    `week06.IPYNB`, `week06.ipynb.txt` and `week06.ipynb (1)` are notebooks' names: `week06`.
    """
    stem, found = _NUMBERED.sub("", name), False
    for _ in range(_MOST_ADDED):
        rest, dot, suffix = stem.rpartition(".")
        if not dot or suffix.lower() not in _ADDED:
            break
        stem, found = rest, found or suffix.lower() == "ipynb"
    return stem if found and stem and not is_clutter(name) else None


def is_notebook(name: str) -> bool:
    """Whether a file of this name is meant to be a notebook."""
    return notebook_stem(name) is not None


def is_checkpoint(name: str) -> bool:
    """Whether it is the copy that Jupyter keeps of the last save."""
    return (notebook_stem(name) or "").lower().endswith(_CHECKPOINT)


def shown(name: str) -> str:
    """A file's name in a sentence: nothing that a terminal would obey, and not too long."""
    plain = "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
