"""One page per mistake: what it looks like, why it happens, its formula, and how to find it."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.questions.define import Mistake, Question


def page(found: Iterable[tuple[Question, Mistake]], *, with_formula: bool = True) -> str:
    """The page on a mistake, as Markdown.

    Args:
        found: the questions that catalogue the mistake, each with its own version of it.
        with_formula: whether to show the formula, which a student has to find.
    """
    every = list(found)
    # Where another question is made of the one that lists a mistake, it is the same mistake.
    listed = [pair for pair in every if not pair[1].of]
    sections = []
    for question, mistake in listed or every:
        where = f"`{question.name}`" + (f", at `{mistake.at}`" if mistake.at else "")
        kind = "Another convention" if mistake.convention else "A mistake"
        rows = f" Catalogue: {', '.join(mistake.rows)}." if mistake.rows else ""
        reason, *middle, step = mistake.paragraphs
        text = [f"# {mistake.name}", f"{kind} in {where} ({question.week}).{rows}", reason, *middle]
        if with_formula and (code := mistake.code.strip()):
            text.append(f"The formula that gives it:\n\n```python\n{code}\n```")
        sections.append("\n\n".join([*text, step]))
    return "\n\n---\n\n".join(sections) + "\n"
