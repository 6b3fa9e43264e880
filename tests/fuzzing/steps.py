"""Count what code does instead of timing it: lines of Python, and steps of regular expressions.

`re` does not tell how often it goes back, so a small matcher with the same rules does, on patterns
as `re` itself parses them. It leaves out `re`'s shortcuts, and so never counts less than `re` does.
"""

from __future__ import annotations

import re
import sys
import types
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest

_CHARACTERS = ("LITERAL", "NOT_LITERAL", "ANY", "IN")


class Steps:
    """One search with a pattern in a text, counted by the characters that are looked at."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._tree = re._parser.parse(pattern.pattern, pattern.flags)
        self._flags = pattern.flags
        self._text = text
        self._groups: dict[int, tuple[int, int]] = {}
        self.count = 0

    def every(self, method: str, start: int = 0) -> int:
        """The steps of `sub`, `finditer` and the like, or of one `match` or `fullmatch`."""
        position = start
        while position <= len(self._text):
            ends = self._run(list(self._tree), 0, position)
            if method == "fullmatch":
                next((end for end in ends if end == len(self._text)), None)
                break
            end = next(ends, None)
            if method == "match" or (method == "search" and end is not None):
                break
            position = position + 1 if end is None else max(end, position + 1)
        return self.count

    def end(self, at: int) -> int | None:
        """Where a match that starts here ends."""
        return next(self._run(list(self._tree), 0, at), None)

    def _run(self, nodes: list[Any], index: int, at: int) -> Iterator[int]:
        if index == len(nodes):
            yield at
            return
        for end in self._one(*nodes[index], at):
            yield from self._run(nodes, index + 1, end)

    def _one(self, op: Any, given: Any, at: int) -> Iterator[int]:
        name = str(op)
        self.count += 1
        if name in _CHARACTERS:
            if at < len(self._text) and self._is(name, given, self._text[at]):
                yield at + 1
        elif name == "AT":
            if self._stands(str(given), at):
                yield at
        elif name == "BRANCH":
            for branch in given[1]:
                yield from self._run(list(branch), 0, at)
        elif name == "SUBPATTERN":
            for end in self._run(list(given[3]), 0, at):
                before = self._groups.get(given[0])
                self._groups[given[0]] = (at, end)
                yield end
                self._groups[given[0]] = before or (0, 0)
        elif name == "GROUPREF":
            start, end = self._groups[given]
            self.count += end - start
            if self._text.startswith(self._text[start:end], at):
                yield at + end - start
        elif name in ("ASSERT", "ASSERT_NOT"):
            behind = given[1].getwidth()[0] if given[0] < 0 else 0
            found = at >= behind and next(self._run(list(given[1]), 0, at - behind), None)
            if (found is not None and found is not False) == (name == "ASSERT"):
                yield at
        elif name == "POSSESSIVE_REPEAT":
            yield from [end for end, _ in zip(self._repeat(*given, at, True), "1", strict=False)]
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            yield from self._repeat(*given, at, name == "MAX_REPEAT")
        else:
            raise NotImplementedError(name)

    def _repeat(self, least: int, most: int, body: Any, at: int, greedy: bool) -> Iterator[int]:
        if len(body) == 1 and str(body[0][0]) in _CHARACTERS:
            yield from self._characters(least, int(most), body[0], at, greedy)
            return
        if not greedy and least == 0:
            yield at
        if most > 0:
            for end in self._run(list(body), 0, at):
                if end > at or least > 0:
                    yield from self._repeat(max(0, least - 1), int(most) - 1, body, end, greedy)
        if greedy and least == 0:
            yield at

    def _characters(self, least: int, most: int, node: Any, at: int, greedy: bool) -> Iterator[int]:
        """As `_repeat`, without recursion: most texts are one long run."""
        end, taken = at, 0
        while taken < most:
            if not greedy and taken >= least:
                yield end
            if next(self._one(*node, end), None) is None:
                break
            end, taken = end + 1, taken + 1
        if greedy:
            yield from range(end, at + least - 1, -1)
        elif taken == most:
            yield end

    def _is(self, name: str, given: Any, character: str) -> bool:
        if name == "ANY":
            return character != "\n" or bool(self._flags & re.DOTALL)
        if name == "IN":
            wanted = str(given[0][0]) != "NEGATE"
            return any(self._in(str(op), each, character) for op, each in given) == wanted
        return self._in("LITERAL", given, character) == (name == "LITERAL")

    def _in(self, op: str, given: Any, character: str) -> bool:
        either = {character}
        if self._flags & re.IGNORECASE:
            either |= {character.lower(), character.upper()}
        if op == "LITERAL":
            return chr(given) in either
        if op == "RANGE":
            return any(given[0] <= ord(each) <= given[1] for each in either if len(each) == 1)
        if op == "CATEGORY":
            kind = str(given).removeprefix("CATEGORY_")
            letter = {"D": r"\d", "S": r"\s", "W": r"\w"}[kind.removeprefix("NOT_")[0]]
            return (re.match(letter, character) is None) == kind.startswith("NOT_")
        return False

    def _stands(self, where: str, at: int) -> bool:
        before, after = self._text[at - 1 : at], self._text[at : at + 1]
        lines = bool(self._flags & re.MULTILINE)
        if where in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
            return at == 0 or (lines and before == "\n")
        if where == "AT_END":
            return not after or (after == "\n" and (lines or at + 1 == len(self._text)))
        if where == "AT_END_STRING":
            return not after
        word = [bool(each) and re.match(r"\w", each) is not None for each in (before, after)]
        return (word[0] != word[1]) == (where == "AT_BOUNDARY")


class _Counted:
    """Stands in for a compiled pattern, and counts."""

    def __init__(self, pattern: re.Pattern[str], add: Callable[[int], None]) -> None:
        self._pattern = pattern
        self._add = add

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._pattern, method)

        def call(*given: Any) -> Any:
            text = given[1] if method == "sub" else given[0]
            start = given[1] if method == "match" and len(given) > 1 else 0
            kind = method if method in ("match", "fullmatch", "search") else "every"
            traced = sys.gettrace()
            sys.settrace(None)
            self._add(Steps(self._pattern, text).every(kind, start))
            sys.settrace(traced)
            return real(*given)

        return call if callable(real) else real


def steps(act: Callable[[], Any], *modules: types.ModuleType) -> int:
    """What an act costs: lines of Python, and steps of the modules' regular expressions.

    Unicode's normal forms are counted as the square of their text's length: marks on one letter
    are sorted by insertion.
    """
    count = 0

    def add(more: int) -> None:
        nonlocal count
        count += more

    def trace(frame: types.FrameType, event: str, given: Any) -> Any:
        add(event == "line")
        return trace

    def normalize(form: str, text: str) -> str:
        add(len(text) ** 2)
        return plain(form, text)  # type: ignore[arg-type]

    plain = unicodedata.normalize
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unicodedata, "normalize", normalize)
        for module in modules:
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    patch.setitem(vars(module), name, _Counted(value, add))
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            act()
        finally:
            sys.settrace(before)
    return count
