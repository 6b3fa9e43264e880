"""What a student changed in a cell that is restored: what was added still runs beside it.

Colab and VS Code do not enforce nbgrader's locks, so an import or a helper function may stand in a
cell of the course's. It is told statement by statement; layout and comments make no difference.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.intake.names import names_in, parsed

NOT_RUN = "# Not run, since the read-only cell {} was restored. What else stood there:\n#\n"
"""How a cell begins that keeps, as comments, what a student wrote into a read-only cell."""

_KEPT = re.compile(re.escape(NOT_RUN).replace(r"\{\}", "(.+?)"))
_LINE_END = re.compile(r"\r\n|\r|\n")  # as Python counts lines


@dataclass
class Edited:
    """The student's lines in a cell that is restored.

    Attributes:
        before: added code that stood before the first of the course's statements.
        after: added code that stood after it.
        not_run: what is only kept as text: other changes, and comments.
        is_reformatted: whether the code is the course's, in another layout.
    """

    before: str = ""
    after: str = ""
    not_run: str = ""
    is_reformatted: bool = False


def as_comments(name: str, lines: str) -> str:
    """A cell that keeps a student's lines from the read-only cell `name`, and runs none of them."""
    return NOT_RUN.format(name) + "\n".join(f"# {line}".rstrip() for line in lines.splitlines())


def kept_lines(source: str) -> tuple[str, str] | None:
    """The name and the lines that `as_comments` was given; None for another cell."""
    found = _KEPT.match(source)
    if not found:
        return None
    return found[1], "\n".join(line[2:] for line in source[found.end() :].splitlines())


def bare_lines(text: str) -> Iterator[str]:
    """The lines of a text without blank ones and without marks of headings and quotations."""
    for line in text.splitlines():
        if bare := line.strip(" \t#>*"):
            yield bare


def same_text(one: str, other: str) -> bool:
    """Whether two cells differ at most in white space at the ends of lines and of the cell."""
    return one == other or list(_lines(one)) == list(_lines(other))


def same_code(one: str, other: str) -> bool:
    """Whether two code cells differ at most in layout and comments."""
    if same_text(one, other):
        return True
    trees = parsed(one), parsed(other)
    meanings = {_meaning(tree) if tree else "" for tree in trees}
    return len(meanings) == 1 and "" not in meanings


def compare(released: str, edited: str) -> Edited:
    """What a student's version of a cell has beside the released one.

    If all of the course's statements are still there, whatever was added runs. If not, a
    statement runs if it defines a name and none of the course's, since the restored definitions
    count. The course's imports may be missing: they are restored, and importing again is harmless.

    Args:
        released: the cell as students received it.
        edited: a student's version.
    """
    ours, theirs = _statements(released), _statements(edited)
    if ours is None or theirs is None:
        return Edited(not_run=own_lines(edited, released))
    _match(ours, theirs)
    whole = all(each.matched or each.is_import for each in ours) and any(
        each.matched for each in ours if each.meaning
    )
    taken = names_in(released).defined
    found = Edited(is_reformatted=all(each.matched for each in ours + theirs))
    begun = False
    for each in theirs:
        begun = begun or each.matched
        if each.matched:
            found.not_run += own_lines(each.text, released, only_comments=True)
        elif not each.text.lstrip().startswith("%%") and (
            whole or each.is_import or (each.names and not each.names & taken)
        ):
            if begun:
                found.after += each.text
            else:
                found.before += each.text
        else:
            found.not_run += own_lines(each.text, released)
    return found


@dataclass
class _Statement:
    """Top-level code on lines of its own, with the comments above it."""

    text: str
    meaning: str = ""
    is_import: bool = False
    names: frozenset[str] = field(default_factory=frozenset)
    matched: bool = False


def _statements(source: str) -> list[_Statement] | None:
    """The statements of a cell, and what follows the last one; None if it is not Python."""
    tree = parsed(source)
    if tree is None:
        return None
    lines = [f"{line}\n" for line in _LINE_END.split(source)]
    found: list[_Statement] = []
    end = 0
    for each in tree.body:
        last = each.end_lineno or each.lineno
        meaning = _meaning(each) or source
        if last <= end:  # on the line of the one before it
            found[-1].meaning += meaning
            found[-1].is_import = False
        else:
            text = "".join(lines[end:last])
            is_import = isinstance(each, (ast.Import, ast.ImportFrom))
            found.append(_Statement(text, meaning, is_import))
            end = last
    for statement in found:
        statement.names = names_in(statement.text).defined
    if rest := "".join(lines[end:]).strip():
        found.append(_Statement(f"{rest}\n"))
    return found


def _meaning(node: ast.AST) -> str:
    """What the code means, without its layout; empty if it is nested too deeply to be compared."""
    try:
        return ast.dump(node)
    except RecursionError:
        return ""


def _match(ours: list[_Statement], theirs: list[_Statement]) -> None:
    """Mark the course's statements among the student's, in order; an import wherever it is."""
    waiting = [each for each in ours if each.meaning]
    for each in theirs:
        if not each.meaning:
            each.matched = True  # comments below the last statement
            continue
        found = next((own for own in waiting if own.meaning == each.meaning), None)
        if found is not None:
            found.matched = each.matched = True
            skipped = waiting[: waiting.index(found)]
            waiting = [own for own in skipped if own.is_import] + waiting[len(skipped) + 1 :]
    for own in ours:
        own.matched = own.matched or not own.meaning


def own_lines(text: str, released: str, *, only_comments: bool = False) -> str:
    """The lines that the released cell does not have."""
    known = {line.strip() for line in released.splitlines()}
    return "".join(
        f"{line.rstrip()}\n"
        for line in text.splitlines()
        if line.strip() not in known and ("#" in line or not only_comments)
    )


def _lines(text: str) -> Iterator[str]:
    yield from (line.rstrip() for line in text.strip().splitlines())
