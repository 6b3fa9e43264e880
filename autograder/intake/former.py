"""Cells of an earlier release in a submission: students keep the notebook that they have.

Where a week was released again with other words in a cell, a student who has not touched the cell
has neither edited it nor answered in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from autograder.intake.metadata import grade_id_of
from autograder.intake.released import Released
from autograder.light_imports import NotebookNode

Former = Mapping[str, str]
"""Cells as earlier releases had them: the cell's name by the digest of its content."""


def digest_of(cell: NotebookNode) -> str:
    """A digest of a cell's type and text; white space at the ends of lines makes no difference."""
    lines = (line.rstrip() for line in cell["source"].strip().splitlines())
    content = "\n".join([cell["cell_type"], *lines]).encode("utf-8", "replace")
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def former_cells(before: NotebookNode, now: NotebookNode) -> dict[str, str]:
    """The named cells of a released notebook that the next release has with other content."""
    current = {grade_id_of(cell): digest_of(cell) for cell in now["cells"]}
    old = {grade_id_of(cell): digest_of(cell) for cell in before["cells"] if grade_id_of(cell)}
    return {digest: name for name, digest in old.items() if current.get(name, digest) != digest}


def bring_up_to_date(submitted: NotebookNode, released: Released, former: Former) -> NotebookNode:
    """A submission whose untouched cells of earlier releases are those of the last one.

    Args:
        submitted: nbformat 4.
        released: the notebook that was released last.
        former: the cells of earlier releases.
    """
    if not former:
        return submitted
    cells = []
    for cell in submitted["cells"]:
        name = former.get(digest_of(cell), "")
        original = released.cells.get(released.by_grade_id.get(name, ""))
        own = grade_id_of(cell)
        if original and own in ("", name) and original["cell_type"] == cell["cell_type"]:
            cell = NotebookNode(cell, source=original["source"])
        cells.append(cell)
    return NotebookNode(submitted, cells=cells)
