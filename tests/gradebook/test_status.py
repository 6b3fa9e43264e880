"""Does a week's status lead from hand-in to export, one command after the other?"""

from __future__ import annotations

from dataclasses import replace

from autograder.gradebook.status import StudentStatus, WeekStatus

MISSING = StudentStatus("ada")
HANDED_IN = StudentStatus("ada", handed_in=True)
GRADED = replace(HANDED_IN, points=5.0)
WAITING = replace(GRADED, waiting=True)
EXPORTED = replace(GRADED, exported=True)


def next_step(*students: StudentStatus) -> str:
    return WeekStatus("week06", students=students).next_step


def test_is_the_next_step_the_first_thing_that_is_left_to_do():
    assert "collect" in next_step(MISSING)
    assert next_step(MISSING, GRADED, HANDED_IN) == "autograder grade week06"
    assert next_step(EXPORTED, WAITING) == "jupyter lab, and there Nbgrader > Formgrader"
    assert next_step(EXPORTED, GRADED) == "autograder export FORMAT week06"
    assert next_step(EXPORTED, MISSING) == "nothing"


def test_has_every_state_a_word_of_its_own():
    states = [each.text for each in (MISSING, HANDED_IN, GRADED, WAITING, EXPORTED)]
    assert len(set(states)) == len(states)
