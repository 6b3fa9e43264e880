"""One page a mistake: what it looks like, why it happens, its formula, how to find it."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.questions.define import Mistake, Question


def page(found: Iterable[tuple[Question, Mistake]]) -> str:
    """The page of a mistake as Markdown.

    Args:
        found: the questions in which it is catalogued, each with its own wording of it.
    """
    sections = []
    for question, mistake in found:
        where = f"`{question.name}`" + (f", at `{mistake.at}`" if mistake.at else "")
        kind = "Another convention" if mistake.convention else "A mistake"
        rows = f" Catalogue: {', '.join(mistake.rows)}." if mistake.rows else ""
        reason, *middle, step = mistake.paragraphs
        text = [f"# {mistake.name}", f"{kind} in {where} ({question.week}).{rows}", reason, *middle]
        if code := mistake.code.strip():
            text.append(f"The formula that gives it:\n\n```python\n{code}\n```")
        sections.append("\n\n".join([*text, step]))
    return "\n\n---\n\n".join(sections) + "\n"
