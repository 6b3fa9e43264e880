"""Finds the weeks and their questions, and rejects a question that breaks a rule.

A week is a Python package in `autograder.questions`. A course may have weeks of its own: `use` puts
its folder before the package's on the path where Python looks for them.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import autograder.questions
from autograder.errors import QuestionError, UnknownName
from autograder.output.did_you_mean import hint
from autograder.questions import places, references, search_path
from autograder.questions.conflicts import refuse_conflicts
from autograder.questions.define import Question, Written
from autograder.questions.import_week import forget_weeks, import_module, week_settings
from autograder.questions.made_of import shared_mistakes


@dataclass(frozen=True)
class Week:
    """One week: its questions in the order in which the module defines them."""

    name: str
    stem: str
    title: str
    points: float
    questions: dict[str, Question]
    written: dict[str, Written]
    folder: Path
    """Where its question files are."""
    libraries: tuple[str, ...] = ()
    """What student code may import beside NumPy, Matplotlib and scikit-learn."""

    @property
    def own(self) -> bool:
        """Whether it is a course's week, adapted or new, rather than the package's."""
        return places.is_own(self.folder)

    @property
    def lesson(self) -> Path:
        """Its lesson script, with the solutions; installed packages have none."""
        return places.lesson_of(self.folder)

    @property
    def values(self) -> Path:
        """The file with the reference values of its public cases."""
        return places.values_of(self.folder)

    @property
    def points_by_name(self) -> dict[str, float]:
        """The points of every graded cell of the notebook."""
        parts: list[Question | Written] = [*self.questions.values(), *self.written.values()]
        return {part.name: part.points for part in parts}

    def worth(self, points: Mapping[str, float]) -> Week:
        """The same week with other points, by the question's name; the rest keep theirs."""
        questions = {
            name: replace(each, points=points.get(name, each.points))
            for name, each in self.questions.items()
        }
        written = {
            name: replace(each, points=points.get(name, each.points))
            for name, each in self.written.items()
        }
        parts: list[Question | Written] = [*questions.values(), *written.values()]
        total = sum(part.points for part in parts)
        return replace(self, questions=questions, written=written, points=total)

    def only(self, names: Collection[str]) -> Week:
        """The same week without the questions that are not among these."""
        questions = {name: each for name, each in self.questions.items() if name in names}
        written = {name: each for name, each in self.written.items() if name in names}
        return replace(self, questions=questions, written=written).worth({})

    @property
    def answer_cells(self) -> dict[str, str]:
        """The cell that answers each question: the name it defines, which several may share."""
        return {item.name: item.calls for item in self.questions.values()}


def use(weeks: Path | None) -> None:
    """Take weeks from a course's folder, and from the package what is not there.

    A course's week replaces the package's week of the same number. Opening another course, or one
    whose weeks have changed, loads the weeks again; nothing happens where nothing has changed.

    Args:
        weeks: the course's folder of weeks, which need not exist; None for the package alone.

    Raises:
        QuestionError: when the folder cannot be read.
    """
    if changed := search_path.change(weeks):
        forget_weeks(changed)
        week.cache_clear()


def stems() -> list[str]:
    """The weeks that exist, such as `week06_backpropagation`, in order."""
    found: list[str] = []
    for place in autograder.questions.__path__:
        replaced = {stem[:6] for stem in found}
        names = (each.name for each in pkgutil.iter_modules([place]) if each.ispkg)
        found += [
            n for n in names if search_path.WEEK_FOLDER.fullmatch(n) and n[:6] not in replaced
        ]
    return sorted(found)


@cache
def week(name: str) -> Week:
    """The week called `name`: `6`, `06`, `week06` and `week06_backpropagation` are the same.

    Raises:
        UnknownName: when there is none.
        QuestionError: when one of its questions breaks a rule.
    """
    return _load(stem_of(name))


def title(stem: str) -> str:
    """A week's title, without loading its questions.

    Raises:
        QuestionError: when its `__init__.py` breaks a rule.
    """
    return week_settings(import_module(f"autograder.questions.{stem}"), stem).title


def stem_of(name: str) -> str:
    """The stem of the week called `name`, whose files may be in any state; see `week`.

    Raises:
        UnknownName: when there is none.
        QuestionError: when two folders could be meant.
    """
    number = re.fullmatch(r"(?:week)?(\d+)", name, re.ASCII)
    every = stems()
    unusable = search_path.unusable_folders()
    for stem in every:
        if name == stem or (number and int(stem[4:6]) == int(number[1])):
            _refuse_doubtful(stem, every, unusable)
            return stem
    known = [stem[:6] for stem in every]
    meant = hint(name, known) or "."
    reasons = "".join(f" {reason}" for reason in unusable.values())
    raise UnknownName(
        f"There is no week {name!r}{meant} The weeks are {', '.join(known)}.{reasons}"
    )


def _refuse_doubtful(stem: str, every: list[str], unusable: Mapping[str, str]) -> None:
    """Refuse a week of whose number the course has another folder."""
    same = [each for each in every if each[:6] == stem[:6]]
    if len(same) > 1:
        raise QuestionError(
            f"two weeks are {stem[:6]}: {' and '.join(same)}; rename or remove one of their folders"
        )
    for folder, reason in unusable.items():
        if folder.lower().replace("-", "_").startswith(stem[:6]):
            raise QuestionError(f"{reason} Correct it, or move it away.")


def weeks() -> list[Week]:
    """Every week, in order.

    Raises:
        QuestionError: when two weeks have a question with the same name.
    """
    found = [week(stem) for stem in stems()]
    names = Counter(name for each in found for name in each.points_by_name)
    if twice := [name for name, count in names.items() if count > 1]:
        raise QuestionError(f"{twice[0]}: two weeks have a question with this name; rename one")
    return found


def chosen(names: Sequence[str]) -> list[Week]:
    """The weeks with these names, or every week if there are no names; see `week`."""
    return [week(name) for name in names] or weeks()


def question(name: str) -> Question:
    """The question called `name`, in whichever week it is.

    Raises:
        UnknownName: when there is none, with the nearest names.
    """
    for stem in stems():
        # Searching a week's text for the name is faster than loading the week.
        if _mentions(stem, name) and name in (found := week(stem).questions):
            return found[name]
    every = [known for stem in stems() for known in week(stem).questions]
    raise UnknownName(f"There is no question {name!r}{hint(name, every)}")


def _mentions(stem: str, name: str) -> bool:
    folder = places.folder_of(stem)
    files = places.code_files(folder)
    return any(name in path.read_text(encoding="utf-8", errors="replace") for path in files)


def _load(stem: str) -> Week:
    folder = places.folder_of(stem)
    if places.is_own(folder):
        refuse_conflicts(folder)
    module = import_module(f"autograder.questions.{stem}")
    settings = week_settings(module, stem)
    found = [item for part in settings.parts for item in _defined_in(f"{module.__name__}.{part}")]
    _refuse_duplicate_names(stem, found)
    written = settings.written
    names = [item.name for item in found]
    for place, item in enumerate(found):
        item.week = settings.name
        _refuse_incomplete(item, names)
        # Follow-through finds the first error by going through the questions in this order.
        if late := set(item.builds_on) - set(names[:place]):
            raise QuestionError(
                f"{item.name}: it builds on {late.pop()}, which should come before it in PARTS"
            )
        # What these call in turn may be wrong as well.
        behind = [part for part in found[:place] if part.name in item.builds_on]
        names_behind = (name for part in behind for name in (*part.builds_on, part.name))
        item.builds_on = tuple(dict.fromkeys(names_behind))
        own = {name: each for name, each in item.mistakes.items() if not each.of}
        item.mistakes = {**own, **shared_mistakes(item, _finder(stem, found[:place]))}
    parts: list[Question | Written] = [*found, *written]
    total = sum(part.points for part in parts)
    if settings.points is not None and abs(total - settings.points) > 1e-9:
        raise QuestionError(
            f"{stem}: the points add up to {total:g}, expected {settings.points:g}; "
            "change a question's points or POINTS"
        )
    return Week(
        settings.name,
        stem,
        settings.title,
        total if settings.points is None else settings.points,
        {item.name: item for item in found},
        {item.name: item for item in written},
        folder,
        settings.libraries,
    )


def _finder(stem: str, before: Sequence[Question]) -> Callable[[str], Question | None]:
    """Finds a question among those before one of this week, or in an earlier week of the package.

    What a course has changed in another week may have other arguments, and is graded elsewhere
    without that week.
    """

    def find(name: str) -> Question | None:
        for each in before:
            if each.name == name:
                return each
        for earlier in stems():
            shipped = not places.is_own(places.folder_of(earlier))
            if (
                earlier < stem
                and shipped
                and _mentions(earlier, name)
                and (found := week(earlier).questions.get(name))
            ):
                return found
        return None

    return find


def _defined_in(name: str) -> list[Question]:
    """A module's questions, in order; a second definition would silently replace the first."""
    module = import_module(name)
    names = Counter(_functions_in(inspect.getsource(module)))
    if twice := [each for each, count in names.items() if count > 1]:
        raise QuestionError(f"{name}: {twice[0]} is defined twice; rename one")
    found = [item for item in vars(module).values() if isinstance(item, Question)]
    for item in found:
        item.module = name
    return found


@cache
def _functions_in(source: str) -> list[str]:
    """The names of a module's functions, once for each definition."""
    body = ast.parse(source).body
    return [each.name for each in body if isinstance(each, ast.FunctionDef) and each.name != "_"]


def _refuse_duplicate_names(stem: str, found: list[Question]) -> None:
    names = Counter(item.name for item in found)
    if twice := [name for name, count in names.items() if count > 1]:
        raise QuestionError(f"{stem}: two questions are called {twice[0]}; rename one")


def _refuse_incomplete(item: Question, names: list[str]) -> None:
    if not item.cases:
        raise QuestionError(f"{item.name}: it has no case; add one with @{item.name}.case(...)")
    if not (item.reference.__doc__ or "").strip():
        raise QuestionError(
            f"{item.name}: the reference has no docstring; state its arguments and its result"
        )
    if len(item.mistakes) < 2 and not item.few_mistakes and item.parameters:
        raise QuestionError(
            f"{item.name}: mistakes: {len(item.mistakes)}, expected at least 2; "
            "add one, or give the reason in few_mistakes=..."
        )
    if any(case.weight <= 0 for case in item.cases.values()):
        raise QuestionError(f"{item.name}: the weight of a case should be more than 0")
    needed = {*item.builds_on, *([item.derivative.of] if item.derivative else [])}
    if unknown := needed - set(names):
        raise QuestionError(
            f"{item.name}: it refers to {unknown.pop()}, which is not a question of this week"
        )
    for mistake in item.mistakes.values():
        pages = mistake.paragraphs
        if len(pages) < 2 or not pages[-1].startswith(("Check:", "Next:")):
            raise QuestionError(
                f"{item.name}, mistake {mistake.name}: its docstring should begin with the reason "
                "in one sentence and end with a paragraph that begins with Check: or Next:"
            )
        if mistake.at and item.returns and mistake.at not in item.returns:
            raise QuestionError(
                f"{item.name}, mistake {mistake.name}: at={mistake.at!r} is not one of "
                f"{item.returns}"
            )


def refuse_weak_cases(item: Question, secret: bytes = references.PUBLIC_SECRET) -> None:
    """Reject a case in which a transpose or a missing 1/N would go unnoticed.

    Raises:
        QuestionError: when two axes with different names have one size, or an axis has size 1,
            and the case gives no reason in `square`.
    """
    for case in item.cases.values():
        given = references.inputs(item, case, secret)
        sizes = item.sizes(given)
        if case.square or not sizes:
            continue
        if len(set(sizes.values())) < len(sizes) or 1 in sizes.values():
            raise QuestionError(
                f"{item.name}, case {case.name}: the axes {sizes} should be larger than 1 and "
                "pairwise different; change them or give the reason in square=..."
            )
