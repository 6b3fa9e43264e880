"""Are the small steps away from a program those that people make?"""

from __future__ import annotations

import ast

from autograder.release.mutants import mutants

PROGRAM = "def larger(a, b):\n    return a if a > b else b + 1\n"


def test_is_every_mutant_a_program_with_one_change():
    made = mutants(PROGRAM)
    assert len({each.source for each in made} - {ast.unparse(ast.parse(PROGRAM))}) == len(made)
    changes = [each.change for each in made]
    assert len(set(changes)) == len(changes)
    for old, new in (("a > b", "a >= b"), ("b + 1", "b - 1"), ("a > b", "b > b")):
        assert any(old in each and new in each for each in changes), (old, new)
