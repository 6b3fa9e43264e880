"""A question's key: a hash of the source that decides its verdicts.

A verdict stores the key under which it was judged, and is judged again when the key has changed.
The key covers the question's own file, the files that all questions share, and those that judge.
It does not cover what runs student code, nor what both sides share (`answer`, `tree`, `records`,
`double_precision`): correcting a question leaves saved answers valid.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from autograder.questions import places
from autograder.questions.catalogue import Week
from autograder.questions.define import Question

PACKAGE = places.PACKAGE.parent
_SHARED = (
    "questions/*.py",
    "judging/**/*.py",
)


def question_keys(week: Week) -> dict[str, str]:
    """The key of every question of a week, by name."""
    folder = week.folder if week.own else PACKAGE / "questions" / week.stem
    own_files = {_file(folder, question) for question in week.questions.values()}
    files = {
        path.relative_to(PACKAGE).as_posix(): path
        for pattern in _SHARED
        for path in PACKAGE.glob(pattern)
    }
    # The same in a course's folder as in the package: an adapted week that nobody has edited
    # keeps its verdicts. A lesson decides none; what was released of it is part of a result's key.
    files |= {
        f"questions/{week.stem}/{path.name}": path
        for path in places.code_files(folder)
        if path not in own_files and path.name != places.LESSON_FILE
    }
    named = ((name.encode(), path.read_bytes()) for name, path in sorted(files.items()))
    shared = digest(*(part for pair in named for part in pair))
    keys = {}
    for name, question in week.questions.items():
        sources = [question]
        if question.derivative and question.derivative.of in week.questions:
            sources.append(week.questions[question.derivative.of])
        decides = [(_file(folder, each).read_bytes(), each.source.encode()) for each in sources]
        made_of = [path.read_bytes() for path in _files_made_of(folder, question)]
        keys[name] = digest(shared, name.encode(), *sum(decides, ()), *made_of).hex()
    return keys


def _files_made_of(folder: Path, question: Question) -> list[Path]:
    """The files of the mistakes that this question shares with those it is made of.

    Of another week, which is the package's, that is all of its code: this week's shared files do
    not include it.
    """
    found: dict[Path, None] = {}
    for mistake in question.mistakes.values():
        if mistake.of:
            *_, stem, part = mistake.formula.__module__.split(".")
            if stem == folder.name:
                found[folder / f"{part}.py"] = None
            else:
                found |= dict.fromkeys(places.code_files(PACKAGE / "questions" / stem))
    return list(found)


def digest(*parts: bytes) -> bytes:
    """One hash of several parts, each with its length, so that `ab, c` differs from `a, bc`."""
    made = hashlib.blake2b(digest_size=24)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


def _file(folder: Path, question: Question) -> Path:
    # By its module, autograder.questions.WEEK.PART: the code of a choice is in `choice`.
    return folder / f"{question.module.rpartition('.')[2]}.py"
