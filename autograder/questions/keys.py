"""The key of a question: what of ours decides its verdict, as one hash.

A verdict keeps the key under which it was judged. It stands for the question's own file, the files
that all questions share, and those that judge. What runs a student's code is not in it: answers
that are kept stay answers when a question is mended.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import autograder.questions
from autograder.questions.catalogue import Week
from autograder.questions.define import Question

PACKAGE = Path(autograder.questions.__path__[0]).parent
_SHARED = (
    "questions/*.py",
    "judging/*.py",
)


def question_keys(week: Week) -> dict[str, str]:
    """The key of every question of a week, by name."""
    own_files = {_file(question) for question in week.questions.values()}
    files = [path for pattern in _SHARED for path in PACKAGE.glob(pattern)]
    files += [path for path in _folder(week.stem).glob("*.py") if path not in own_files]
    shared = digest(*(part for path in sorted(files) for part in _named(path)))
    keys = {}
    for name, question in week.questions.items():
        sources = [question]
        if question.derivative and question.derivative.of in week.questions:
            sources.append(week.questions[question.derivative.of])
        decides = [(_file(each).read_bytes(), each.source.encode()) for each in sources]
        keys[name] = digest(shared, name.encode(), *sum(decides, ())).hex()
    return keys


def digest(*parts: bytes) -> bytes:
    """One hash of several parts, each with its length so that no two lists look alike."""
    made = hashlib.blake2b(digest_size=24)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


def _folder(stem: str) -> Path:
    return PACKAGE / "questions" / stem


def _file(question: Question) -> Path:
    # autograder.questions.WEEK.PART: a choice is made by a function of another file.
    _, _, stem, part = question.module.split(".")
    return _folder(stem) / f"{part}.py"


def _named(path: Path) -> tuple[bytes, bytes]:
    return path.relative_to(PACKAGE).as_posix().encode(), path.read_bytes()
