"""Which catalogued mistakes explain an answer; none are named where another cause is as likely.

The explanations are tried from the surest to the least sure, and the first that fits is the one:
a single mistake that reproduces the whole answer in every case, a mistake for each wrong part, two
mistakes of which each shows in other cases, a single mistake that a guard hides in a few cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from autograder.judging.agreement import Entry, Level, MistakenAnswer, Seen, footprint
from autograder.judging.points import WHOLE
from autograder.questions.define import Question
from autograder.records import Trial


def mistakes_behind(
    question: Question, trials: Sequence[Trial], catalogued: Sequence[Entry]
) -> tuple[str, ...]:
    """The names of the mistakes behind an answer; empty when the cause is uncertain.

    Args:
        question: what was asked.
        trials: the student's answers, some of them wrong.
        catalogued: the answers of every catalogued mistake to the same trials.

    Returns:
        One name when exactly one mistake explains the answer, several when each explains a part of
        it or some of its cases. Parts that none explains are passed over.
    """
    seen = [Seen(question, trial) for trial in trials]
    levels = [(name, _everywhere(seen, answers)) for name, answers in catalogued]
    if whole := {name for name, level in levels if level is Level.EQUAL}:
        return tuple(whole) if len(whole) == 1 else ()
    if whole := {name for name, level in levels if level is Level.WHERE_FINITE}:
        # Of nan in all parts there may be several causes; a part's own mistake is surer.
        surer = tuple(_by_part(question, seen, catalogued, Level.EQUAL))
        return surer or (tuple(whole) if len(whole) == 1 else ())
    of_parts = _by_part(question, seen, catalogued, Level.WHERE_FINITE)
    covered = frozenset().union(*of_parts.values())
    if covered >= frozenset().union(*(each.wrong for each in seen)):
        return tuple(of_parts)
    if question.measured_by is not None:
        # What is measured is often equal by chance.
        return ()
    # One that is made in a part of the work is named by all cases or not at all: there are many.
    in_a_part = {name for name, mistake in question.mistakes.items() if mistake.of}
    cases = _Cases(question, seen, [each for each in catalogued if each[0] not in in_a_part])
    found = cases.of_two() or cases.behind_a_guard()
    # A mistake that alone explains a part in every case is surer than those of some cases.
    return found if of_parts.keys() <= set(found) else tuple(of_parts)


def _everywhere(seen: Sequence[Seen], answers: Sequence[MistakenAnswer]) -> Level:
    """The level at which a mistake reproduces the whole answer in every case."""
    levels = []
    for each, made in zip(seen, answers, strict=True):
        levels.append(each.whole(made))
        if levels[-1] is Level.NOT:
            return Level.NOT
    # An infinity equal to another proves nothing: other cases have to agree in numbers.
    return min(levels) if Level.EQUAL in levels else Level.NOT


def _by_part(
    question: Question, seen: Sequence[Seen], catalogued: Sequence[Entry], least: Level
) -> dict[str, frozenset[str]]:
    """The mistakes that alone reproduce some parts in every case, and their parts, in order.

    `least` is the level at which they have to.
    """
    order = list(dict.fromkeys(part for each in seen for part in sorted(each.wrong)))
    if not order or WHOLE in order:
        return {}
    found: dict[str, frozenset[str]] = {}
    for name, answers in catalogued:
        parts = footprint(answers)
        if parts and parts <= set(order):
            at_part = bool(question.mistakes[name].at)
            if _reproduces_parts(seen, answers, least, proved=at_part):
                found.setdefault(name, parts)
    # A mistake in two parts is not also the two mistakes in one of them each.
    largest = {
        name: parts
        for name, parts in found.items()
        if not any(parts < others for others in found.values())
    }
    alone = {
        name: parts
        for name, parts in largest.items()
        if not any(parts & others for other, others in largest.items() if other != name)
    }
    returned = {name: place for place, name in enumerate(question.returns)}

    def place(name: str) -> tuple[int, int]:
        first = min(alone[name], key=order.index)
        return returned.get(first.partition("[")[0], 0), order.index(first)

    return {name: alone[name] for name in sorted(alone, key=place)}


def _reproduces_parts(
    seen: Sequence[Seen], answers: Sequence[MistakenAnswer], least: Level, *, proved: bool
) -> bool:
    """Whether a mistake gives all that it changes, in every case.

    A mistake that is catalogued for a part is `proved` by any values; one of the whole answer only
    by values that hardly another mistake gives.
    """
    parts = footprint(answers)
    for each, made in zip(seen, answers, strict=True):
        level = each.parts(made, parts)
        if level < least:
            return False
        proved = proved or (level is Level.EQUAL and bool(each.telling & made.wrong))
    return proved


class _Cases:
    """How far each mistake that reproduces any wrong case reproduces every other."""

    def __init__(
        self, question: Question, seen: Sequence[Seen], catalogued: Sequence[Entry]
    ) -> None:
        self._question = question
        self._seen = seen
        self._known: list[tuple[str, Sequence[MistakenAnswer], list[bool]]] = []
        for name, answers in catalogued:
            pairs = zip(seen, answers, strict=True)
            same = [each.whole(made) is not Level.NOT for each, made in pairs]
            if any(self._proves(at, answers, same) for at in range(len(seen))):
                self._known.append((name, answers, same))

    def behind_a_guard(self) -> tuple[str, ...]:
        """The one mistake that explains all cases but some in which the student is right.

        Such cases weigh less than half. In one of them the answer may also be an exception or a
        constant: a guard that is wrong itself.
        """
        names = {
            name for name, answers, same in self._known if self._is_guarded(name, answers, same)
        }
        return tuple(names) if len(names) == 1 else ()

    def of_two(self) -> tuple[str, ...]:
        """The one pair of mistakes of which each explains other cases and is unseen in the rest."""
        kinds = self._question.mistakes
        pairs = {
            (name, other)
            for (name, answers, same), (other, others, too) in combinations(self._known, 2)
            if name != other
            and not (kinds[name].convention or kinds[other].convention)
            and self._explain_together((answers, same), (others, too))
        }
        return next(iter(pairs)) if len(pairs) == 1 else ()

    def _proves(self, at: int, answers: Sequence[MistakenAnswer], same: list[bool]) -> bool:
        """Whether an answer equals a mistake's wrong one, and hardly any other's."""
        each, made = self._seen[at], answers[at]
        if not same[at] or not made.wrong:
            return False
        return bool(each.telling) or (made.fails and each.fails_like(made))

    def _is_guarded(self, name: str, answers: Sequence[MistakenAnswer], same: list[bool]) -> bool:
        pairs = list(zip(self._seen, same, strict=True))
        cases = self._question.cases
        others = {each.trial.case for each, alike in pairs if not alike}
        weight = sum(cases[case].weight for case in others)
        convention = self._question.mistakes[name].convention
        return 2 * weight < sum(case.weight for case in cases.values()) and all(
            alike or not each.wrong or (each.guarded and not convention) for each, alike in pairs
        )

    def _explain_together(
        self,
        first: tuple[Sequence[MistakenAnswer], list[bool]],
        second: tuple[Sequence[MistakenAnswer], list[bool]],
    ) -> bool:
        return self._explains(first, second) and self._explains(second, first)

    def _explains(
        self,
        mistake: tuple[Sequence[MistakenAnswer], list[bool]],
        other: tuple[Sequence[MistakenAnswer], list[bool]],
    ) -> bool:
        """Whether a mistake explains what another does not, which is then unseen there."""
        answers, same = mistake
        its, too = other
        shown = False
        for at, made in enumerate(answers):
            if same[at] and not too[at]:
                if its[at].wrong and not made.fails:
                    return False
                shown = shown or self._proves(at, answers, same)
            elif not (same[at] or too[at]):
                return False
        return shown
