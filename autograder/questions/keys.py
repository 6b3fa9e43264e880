"""A question's key: a hash of the source that decides its verdicts.

A verdict stores the key under which it was judged, and is judged again when the key has changed.
The key covers the question's own file, the files that all questions share, and those that judge.
It does not cover what runs student code, nor what both sides share (`answer`, `tree`, `records`,
`double_precision`): correcting a question leaves saved answers valid.
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
    "judging/**/*.py",
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
    """One hash of several parts, each with its length, so that `ab, c` differs from `a, bc`."""
    made = hashlib.blake2b(digest_size=24)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


def _folder(stem: str) -> Path:
    return PACKAGE / "questions" / stem


def _file(question: Question) -> Path:
    # By its module, autograder.questions.WEEK.PART: the code of a choice is in `choice`.
    _, _, stem, part = question.module.split(".")
    return _folder(stem) / f"{part}.py"


def _named(path: Path) -> tuple[bytes, bytes]:
    return path.relative_to(PACKAGE).as_posix().encode(), path.read_bytes()
