"""Is an answer the one that a person has graded already?

A report keeps a digest of what each graded cell is graded for: the text of a written answer, or
all of a student's code for a check. As long as a later run finds the same, a hand grade stands and
nobody is asked to look again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.light_imports import NotebookNode, from_dict
from autograder.records import Report

Digests = Mapping[str, str]
"""By the graded cell's name."""

_DIGEST_SIZE = 12


def digests(notebook: NotebookNode) -> dict[str, str]:
    """The digests of a graded notebook's answers; in prose, white space makes no difference."""
    found = {}
    code = []
    checks = []
    for cell in notebook["cells"]:
        stamp = cell["metadata"].get("nbgrader", {})
        if stamp.get("grade") and stamp.get("solution"):
            text = " ".join(cell["source"].split())
            pictures = json.dumps(cell.get("attachments", {}), sort_keys=True)
            found[stamp.get("grade_id", "")] = _digest((cell["cell_type"], text, pictures))
        elif stamp.get("grade"):
            checks.append(stamp.get("grade_id", ""))
        elif cell["cell_type"] == "code" and not stamp.get("locked"):
            code.append(cell["source"].strip())
    return found | dict.fromkeys(checks, _digest(code))


def unchanged(now: Digests, earlier: Report | None, graded: Path) -> frozenset[str]:
    """The graded cells whose answers are those of the earlier run.

    Args:
        now: the digests of this run.
        earlier: the earlier run's report, if there is one.
        graded: the graded notebook of that run, read where an older report has no digests.
    """
    if earlier is None:
        return frozenset()
    before = dict(earlier.texts) or _read(graded)
    return frozenset(name for name, digest in now.items() if before.get(name) == digest)


def _read(graded: Path) -> dict[str, str]:
    try:
        return digests(from_dict(json.loads(graded.read_text(encoding="utf-8"))))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _digest(parts: Iterable[str]) -> str:
    content = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(content, digest_size=_DIGEST_SIZE).hexdigest()
