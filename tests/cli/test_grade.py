"""Does `autograder grade` stop at a wrong combination of options before anything is run?

What it prints for a class is asked in `test_main`.
"""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--force", "--question", "relu_backward"), "leave --question out"),
        (("--cluster", "local:2", "-j", "2"), "a cluster has its own workers"),
    ],
)
def test_is_a_wrong_combination_refused_before_the_course_is_opened(run, tmp_path, options, said):
    code, out, err = run("grade", "week06", "--course", tmp_path, *options)
    assert code == 2 and said in " ".join((out + err).split())
