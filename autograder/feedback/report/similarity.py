"""Pairs of submissions that share something unusual: evidence to look at, never a verdict.

Two things count: wrong answers that no catalogued mistake explains and that few students gave, and
code that few students wrote. Equal right answers, the course's own code, and code that much of the
class writes do not count.

Source: fingerprints of short runs of tokens as in Schleimer, Wilkerson & Aiken 2003 ("Winnowing").
All of them are kept, since a solution cell is short.
"""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.feedback.report.cells import syntax
from autograder.feedback.report.findings import is_unexplained
from autograder.records import Report

RUN = 12
"""The number of consecutive syntax tokens in a fingerprint."""
SHORTEST = 30
"""A cell with fewer fingerprints is too short to tell people apart."""
ALIKE = 0.85
"""Cells are near-identical if they share this part of all their fingerprints (Jaccard index)."""
MOST_PAIRS = 50

Fingerprints = frozenset[int]


@dataclass(frozen=True)
class SharedCode:
    """Near-identical solution cells of a pair, by the name that they define."""

    cell: str
    alike: float
    students: int


@dataclass(frozen=True)
class SharedAnswer:
    """An unusual wrong answer that both of a pair gave."""

    question: str
    students: int
    message: str


@dataclass(frozen=True)
class Pair:
    """Two students and the evidence. `surprise` only serves to rank pairs."""

    first: str
    second: str
    answers: tuple[SharedAnswer, ...]
    codes: tuple[SharedCode, ...]
    surprise: float


def pairs(
    reports: Sequence[Report],
    cells: Mapping[str, Mapping[str, str]],
    course_cells: Iterable[Mapping[str, str]],
) -> list[Pair]:
    """The pairs that share something unusual, the most surprising first.

    Args:
        reports: one per submission.
        cells: every student's solution cells.
        course_cells: the cells of the released notebook and of the course's own solution.
    """
    few = most_who_share(len(reports))
    answers = _shared_answers(reports, few)
    codes = _shared_code(cells, course_cells, few)
    found = [
        Pair(*who, tuple(answers[who]), tuple(codes[who]), _surprise(answers[who], codes[who], few))
        for who in sorted({*answers, *codes})
    ]
    return sorted(found, key=lambda pair: -pair.surprise)[:MOST_PAIRS]


def most_who_share(students: int) -> int:
    """The largest number that counts as "few" students: 2% of the class, but at least 2."""
    return max(2, students // 50)


def fingerprints(source: str) -> Fingerprints:
    """The hashes of all runs of tokens in a cell, independent of names, layout and comments.

    All names that the cell binds count as the same name; others, such as NumPy's functions, are
    kept, and so are numbers and strings.
    """
    tree = syntax(source)
    if tree is None:
        return frozenset()
    own = {name for node in ast.walk(tree) if (name := _bound_name(node))}
    try:
        tokens = list(_tokens(tree, own))
    except RecursionError:
        return frozenset()
    return frozenset(
        hash(tuple(tokens[start : start + RUN])) for start in range(len(tokens) - RUN + 1)
    )


def _bound_name(node: ast.AST) -> str:
    if isinstance(node, ast.arg):
        return node.arg
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""


def _tokens(node: ast.AST, own: set[str]) -> Iterable[str]:
    """A syntax tree's tokens in source order, without annotations."""
    yield type(node).__name__
    if isinstance(node, ast.Name):
        yield "own" if node.id in own else node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Constant):
        yield repr(node.value)
    for name, field in ast.iter_fields(node):
        if name in ("annotation", "returns", "ctx", "type_comment"):
            continue
        for each in field if isinstance(field, list) else [field]:
            if isinstance(each, ast.AST):
                yield from _tokens(each, own)


def _shared_answers(
    reports: Sequence[Report], few: int
) -> defaultdict[tuple[str, str], list[SharedAnswer]]:
    who: dict[tuple[str, str], list[str]] = defaultdict(list)
    messages: dict[tuple[str, str], str] = {}
    for report in reports:
        for verdict in report.verdicts:
            if verdict.answered and is_unexplained(verdict):
                key = (verdict.question, verdict.answered)
                who[key].append(report.student)
                messages.setdefault(key, verdict.message)
    found: defaultdict[tuple[str, str], list[SharedAnswer]] = defaultdict(list)
    for key, students in who.items():
        if 2 <= len(students) <= few:
            for first, second in combinations(sorted(students), 2):
                shared = SharedAnswer(key[0], len(students), messages[key])
                found[first, second].append(shared)
    return found


def _shared_code(
    cells: Mapping[str, Mapping[str, str]],
    course_cells: Iterable[Mapping[str, str]],
    few: int,
) -> defaultdict[tuple[str, str], list[SharedCode]]:
    found: defaultdict[tuple[str, str], list[SharedCode]] = defaultdict(list)
    written = list(course_cells)
    for name in sorted({name for each in cells.values() for name in each}):
        ours = frozenset().union(*(fingerprints(each.get(name, "")) for each in written))
        theirs = {
            student: fingerprints(each[name]) - ours
            for student, each in cells.items()
            if name in each
        }
        for who, shared in _alike(name, theirs, few):
            found[who].append(shared)
    return found


def _alike(
    name: str, theirs: Mapping[str, Fingerprints], few: int
) -> Iterable[tuple[tuple[str, str], SharedCode]]:
    """Pairs with near-identical cells, among those that share something few students have."""
    holders: dict[int, list[str]] = defaultdict(list)
    for student, prints in theirs.items():
        if len(prints) >= SHORTEST:
            for each in prints:
                holders[each].append(student)
    rare: dict[tuple[str, str], int] = {}
    for students in holders.values():
        if 2 <= len(students) <= few:
            for who in combinations(sorted(students), 2):
                rare[who] = max(rare.get(who, 0), len(students))
    for (first, second), students_who_share in rare.items():
        both = len(theirs[first] & theirs[second])
        alike = both / len(theirs[first] | theirs[second])
        if alike >= ALIKE:
            yield (first, second), SharedCode(name, round(alike, 3), students_who_share)


def _surprise(answers: Iterable[SharedAnswer], codes: Iterable[SharedCode], few: int) -> float:
    """The sum of the logarithms of how rare each shared item is."""
    shares = [*(each.students for each in answers), *(each.students for each in codes)]
    return round(sum(1.0 + math.log2(few / students) for students in shares), 3)
