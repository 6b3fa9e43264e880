"""A multiple-choice question of a week's self-check: practice with feedback, without points.

Students install this package, so the letters stand in it sealed: a hash of the question's name and
the letter. A seal keeps the answer from being read by accident, in this file, a search or an error
message. It keeps nothing from somebody who wants to know: trying three letters opens it, as three
runs of the check do, and the reasons, which stay readable for their authors, say much about the
choices. That is why a self-check earns nothing.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping

from autograder.errors import QuestionError
from autograder.questions.define import Question


def choice(name: str, *, correct: str, wrong: Mapping[str, str], because: str = "") -> Question:
    """A multiple-choice question; each wrong letter has its reason.

    The letters are a, b, c and so on, one for each reason and one more, each given as its seal.
    To write a question, give plain letters: the error says by which seals to replace them.

    Args:
        name: the variable that the student sets.
        correct: the seal of the right letter.
        wrong: for the seal of every other letter, one sentence that says why it is wrong.
        because: why the right choice is right, in one line; a student's own reason, the variable
            `NAME_because`, is shown beside it. Empty to ask for no reason.

    Raises:
        QuestionError: when these are not the seals of this question's letters.
    """
    seals = {letter: seal(name, letter) for letter in string.ascii_lowercase[: len(wrong) + 1]}
    if sorted(seals.values()) != sorted([correct, *wrong]):
        listed = ", ".join(f'{letter} as "{sealed}"' for letter, sealed in seals.items())
        raise QuestionError(
            f"{name}: correct and wrong should hold the seals of its letters; write {listed}"
        )
    right = next(letter for letter, sealed in seals.items() if sealed == correct)

    def reference() -> str:
        return right

    reference.__doc__ = f"The letter of the right choice, one of {list(seals)}."
    made = Question(name, 0, reference, name, because=because)
    made.case("choice")(lambda rng: {})
    for letter, sealed in seals.items():
        if sealed == correct:
            continue

        def formula(letter: str = letter) -> str:
            return letter

        formula.__doc__ = f"{wrong[sealed]}\n\nNext: reread the section and choose again."
        made.mistake(f"{name.replace('_', '-')}-{letter}")(formula)
    return made


def seal(name: str, letter: str) -> str:
    """The hash that stands for a letter of one question; other questions have others for it."""
    return hashlib.blake2b(f"{name}: {letter}".encode(), digest_size=6).hexdigest()


def sealed_text(name: str, letter: str, text: str) -> str:
    """A text that only the letter opens, as hexadecimal digits; see `opened_text`."""
    return _mixed(name, letter, text.encode()).hex()


def opened_text(name: str, letter: str, sealed: str) -> str:
    """The text that `sealed_text` sealed with this letter of this question."""
    return _mixed(name, letter, bytes.fromhex(sealed)).decode()


def _mixed(name: str, letter: str, text: bytes) -> bytes:
    """Each byte combined with one of a sequence that follows from the letter; twice is the text."""
    sequence = hashlib.shake_256(f"{name}: {letter}".encode()).digest(len(text))
    return bytes(one ^ two for one, two in zip(text, sequence, strict=True))
