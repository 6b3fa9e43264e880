"""Find a written answer that does not stand in its question's cell.

A student may answer in a cell of their own, of any type and anywhere. Text right below the
question is its answer. Whatever else may be one is a person's to judge: the question's cell then
says where to look, and since it is no longer as it was released, nbgrader asks for a manual grade.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from autograder.intake.edited import bare_lines, kept_lines
from autograder.intake.names import parsed
from autograder.intake.released import Released, Role
from autograder.light_imports import NotebookNode

Cells = list[tuple[str, NotebookNode]]
"""Pairs: a released cell's name, or "" for one of the student's own, and the cell."""

_FEWEST_WORDS = 5
_FEWEST_CHARACTERS = 20
_MOST_QUOTED = 5
_QUOTED = 60
_WORD = re.compile(r"[^\W\d_]+")


def find_written_answers(cells: Cells, released: Released) -> list[str]:
    """Take the answers to unanswered written questions from where they stand, in place.

    Args:
        cells: a restored notebook.
        released: what students received.

    Returns:
        A sentence for each question that now has an answer, or may have one.
    """
    notes = []
    for name, role in released.roles.items():
        if role is not Role.WRITTEN:
            continue
        place = next(index for index, (each, _) in enumerate(cells) if each == name)
        question = cells[place][1]
        if question.get("attachments") or _students(question["source"], released):
            continue
        if below := _texts_below(cells, place, released):
            _take(question, [cells[index][1] for index in below])
            del cells[below[0] : below[-1] + 1]
            notes.append(f"The answer to {name} stood below its cell and was taken.")
        elif found := _candidates(cells, place, released):
            question["source"] += _pointer(found)
            notes.append(
                f"The cell {name} holds no answer, but there is text elsewhere; a person looks."
            )
    return notes


def _students(text: str, released: Released) -> str:
    """The lines of a text that stand nowhere in the released notebook."""
    return "\n".join(line for line in bare_lines(text) if line not in released.lines)


def _texts_below(cells: Cells, place: int, released: Released) -> list[int]:
    """The positions of the student's own text cells right below."""
    found = []
    for index in range(place + 1, len(cells)):
        name, cell = cells[index]
        if name or cell["cell_type"] == "code" or not _students(cell["source"], released):
            break
        found.append(index)
    return found


def _take(question: NotebookNode, answers: Sequence[NotebookNode]) -> None:
    texts = [question["source"].rstrip(), *(cell["source"].strip() for cell in answers)]
    question["source"] = "\n\n".join(text for text in texts if text)
    pictures: dict[str, NotebookNode] = {}
    for cell in answers:
        pictures |= cell.get("attachments", {})
    if pictures:
        question["attachments"] = NotebookNode(question.get("attachments", {}) | pictures)


def _candidates(cells: Cells, place: int, released: Released) -> list[str]:
    """Texts of the student's that may be the answer: the cells around it, and all prose."""
    around = {*_gap(cells, place, 1), *_gap(cells, place, -1)}
    found = []
    for index, (name, cell) in enumerate(cells):
        if released.roles.get(name, Role.OTHER) not in (Role.OTHER, Role.EXPERIMENT):
            continue
        kept = kept_lines(cell["source"])
        source = kept[1] if kept else cell["source"]
        text = _students(source, released)
        if text and (index in around or _is_prose(cell["cell_type"], text, source)):
            found.append(text)
    return found


def _gap(cells: Cells, place: int, step: int) -> list[int]:
    """The positions of the student's own cells next to a place, in one direction."""
    found = []
    index = place + step
    while 0 <= index < len(cells) and not cells[index][0]:
        found.append(index)
        index += step
    return found


def _is_prose(kind: str, text: str, source: str) -> bool:
    """Whether a cell says something to people: text, comments alone, or no Python at all.

    Args:
        kind: the cell's type.
        text: the student's lines in it.
        source: all of it.
    """
    enough = len(_WORD.findall(text)) >= _FEWEST_WORDS and len(text) >= _FEWEST_CHARACTERS
    if kind != "code":
        return enough or "](attachment:" in text
    if not enough or source.startswith("%"):
        return False
    tree = parsed(source)
    return tree is None or all(_is_text(each) for each in tree.body)


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a text, alone, under a name or printed."""
    if isinstance(statement, (ast.Expr, ast.Assign)):
        value = statement.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return value.func.id in ("print", "Markdown", "display") and all(
                isinstance(each, ast.Constant) for each in value.args
            )
        return isinstance(value, ast.Constant) and isinstance(value.value, str)
    return False


def _pointer(found: Sequence[str]) -> str:
    """What the person who grades reads in the question's cell."""
    begins = [" ".join(text.split())[:_QUOTED] for text in found[:_MOST_QUOTED]]
    listed = "\n".join(f"- `{text.replace('`', ' ')}`" for text in begins)
    more = "\n- and more" if len(found) > _MOST_QUOTED else ""
    return (
        "\n\n*No answer stands here. It may be in one of these cells of the student's, which "
        f"begin:*\n\n{listed}{more}"
    )
