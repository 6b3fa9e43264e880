"""Does a question's data hold what judging takes, and no answer's code?"""

from __future__ import annotations

import pytest

from autograder.judging.judge import Judge
from autograder.questions import catalogue, packaged, references
from autograder.release.student_package.pack_question import pack_question


def kept(name):
    question = catalogue.question(name)
    week = catalogue.week(question.week)
    judge = Judge(
        {name: question},
        references.public([question], week.stem)
        if question.parameters
        else {(name, "choice"): references.compute(question, {})},
    )
    return packaged.unpacked(pack_question(judge, name))


def test_are_a_choices_letters_sealed():
    found = kept("who_learns")
    assert set(found) == {"name", "week", "seals", "because"}
    right, wrong = found["seals"]
    assert (
        len(wrong) == 2 and right not in wrong and all(len(each) == 12 for each in (right, *wrong))
    )


@pytest.mark.parametrize("name", ["softmax", "xor_by_hand"])
def test_is_no_function_of_the_catalogue_in_it(name):
    found = kept(name)
    assert {"cases", "mistakes", "mistaken", "drive", "measure"} <= set(found)
    assert "keras" not in str(found["contract"])
    assert len(found["mistaken"]) >= len(found["mistakes"]) > 3


def test_are_the_shapes_and_texts_of_the_docstring_kept():
    """Judging reads the sizes of axes, and the texts that a docstring names."""
    for name in ("softmax", "diagnose_init"):
        question = catalogue.question(name)
        week = catalogue.week(question.week)
        public = references.public([question], week.stem)
        packed = packaged.read(pack_question(Judge({name: question}, public), name))
        again = packed.questions[name]
        assert again.shapes == question.shapes
        assert again.parameters == question.parameters
        for text in ("healthy", "dying", "nonsense"):
            assert (f'"{text}"' in again.reference.__doc__) == (
                f'"{text}"' in question.reference.__doc__
            )
