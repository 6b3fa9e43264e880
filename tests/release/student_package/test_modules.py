"""Are the package's modules all that check needs, and nothing that leads to an answer?"""

from __future__ import annotations

import pytest

from autograder.release.student_package.modules import modules


def test_does_it_hold_what_check_and_lessons_import():
    found = modules([])
    assert {"autograder/__init__.py", "autograder/check.py", "autograder/judging/judge.py"} <= set(
        found
    )
    assert {"course_lib/plots/blame.py", "course_lib/datasets.py"} <= set(found)
    assert not [path for path in found if path.startswith("autograder/questions/week")]
    assert "autograder/questions/catalogue.py" not in found


@pytest.mark.slow
def test_is_added_what_a_measure_imports():
    path = "autograder/questions/draws.py"
    assert path not in modules([]) and path in modules(["import autograder.questions.draws as d"])


def test_is_left_out_what_only_type_checkers_import():
    """It is not there when the code runs."""
    source = "if TYPE_CHECKING:\n    import autograder.questions.draws\nelse:\n    import math\n"
    assert modules([source]) == modules([])
