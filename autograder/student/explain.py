"""The page on a mistake, from a whole install or from a students' package; without its formula."""

from __future__ import annotations

from autograder.errors import UnknownName
from autograder.judging.explain import page
from autograder.output.did_you_mean import hint
from autograder.questions import packaged
from autograder.questions.define import Question


def explained(name: str) -> str:
    """What a mistake looks like, why it happens and how to find it, as Markdown.

    Raises:
        UnknownName: when no question knows such a mistake, with the nearest names.
    """
    every = _questions()
    found = [(each, each.mistakes[name]) for each in every if name in each.mistakes]
    if not found:
        # A choice's mistakes say which letters are wrong.
        known = [mistake for each in every if each.parameters for mistake in each.mistakes]
        raise UnknownName(f"There is no mistake {name!r}{hint(name, known) or '.'}")
    return page(found, with_formula=False)


def _questions() -> list[Question]:
    if packaged.is_here():
        names = [name for week in packaged.index().values() for name in week]
        return [packaged.load(name).questions[name] for name in names]
    from autograder.questions import catalogue

    return [each for week in catalogue.weeks() for each in week.questions.values()]
