"""Is what a student added to a read-only cell told from what was changed there?"""

from __future__ import annotations

import pytest

from autograder.intake.edited import as_comments, compare, kept_lines, same_code, same_text

RELEASED = '''\
import numpy as np

from autograder import check

# From earlier weeks.


def relu(z):
    """The bend."""
    return np.maximum(z, 0)


LEAK = 0.1
'''
DECORATED = "\n# mine\n@cache\ndef f():\n    pass\n"


@pytest.mark.parametrize(
    ("edited", "before", "after"),
    [
        (RELEASED + "import math", "", "import math\n"),
        ("import math\n" + RELEASED, "import math\n", ""),
        (RELEASED.replace("\n\nfrom", "\nimport math\nfrom"), "", "import math\n"),
        (RELEASED + DECORATED, "", DECORATED),
        (RELEASED + "LEAK = 0.2\n", "", "LEAK = 0.2\n"),
        (RELEASED + "np.random.seed(1)\n", "", "np.random.seed(1)\n"),
        ("%matplotlib inline\n" + RELEASED, "%matplotlib inline\n", ""),
        (RELEASED + "!pip install x\n", "", "!pip install x\n"),
        (RELEASED.replace("as np\n", "as np, math\n"), "import numpy as np, math\n", ""),
        (RELEASED.replace("0.1", "0.2") + "x = 1\n", "", "x = 1\n"),
        (RELEASED.replace("\n", "\r\n") + "x = 1\r\n", "", "x = 1\n"),
    ],
)  # fmt: skip
def test_does_what_was_added_run(edited, before, after):
    found = compare(RELEASED, edited)
    assert (found.before, found.after) == (before, after)
    assert not found.is_reformatted


@pytest.mark.parametrize(
    ("edited", "kept"),
    [
        ("", ""),
        ("4.0", "4.0\n"),
        (RELEASED.replace("z, 0", "z, 1"), "    return np.maximum(z, 1)\n"),
        (RELEASED.replace("LEAK = 0.1", "LEAK = 0.2"), "LEAK = 0.2\n"),
        (RELEASED.replace("LEAK = 0.1", "LEAK = 0.2; x = 1"), "LEAK = 0.2; x = 1\n"),
        (RELEASED.replace("LEAK", "print 1\nLEAK"), "print 1\n"),
        (RELEASED.replace("0.1", "0.1  # tenth"), "LEAK = 0.1  # tenth\n"),
        (RELEASED + "# Why?\n", "# Why?\n"),
        ("%%writefile x.py\n" + RELEASED, "%%writefile x.py\n"),
        ("%%time\n" + RELEASED, "%%time\n"),
    ],
)
def test_is_every_other_change_kept_as_text(edited, kept):
    found = compare(RELEASED, edited)
    assert (found.before, found.after, found.not_run) == ("", "", kept)


def test_is_another_layout_no_change():
    edited = RELEASED.replace('"""The bend."""', "'''The bend.'''").replace("\n\n\n", "\n\n")
    found = compare(RELEASED, edited)
    assert found.is_reformatted and not (found.before or found.after or found.not_run)
    assert same_code(RELEASED, edited) and not same_text(RELEASED, edited)
    assert same_code("x = 1  # one", "x=1") and not same_code("x = 1", "x = 2")
    assert not same_code("x = 1", "x =") and same_text("x = \n\n", "\nx =")


def test_is_code_around_a_check_on_its_side_of_it():
    found = compare('check("relu")', 'def relu(z): pass\n\ncheck("relu")  # yes\nx = relu(3)')
    assert found.before == "def relu(z): pass\n"
    assert found.after == "x = relu(3)\n"
    assert found.not_run == 'check("relu")  # yes\n'


@pytest.mark.parametrize("hostile", ["(" * 10_000, "1" + "+1" * 20_000, "\x00", "x=1\n" * 60_000])
def test_does_no_edit_raise(hostile):
    compare(RELEASED, RELEASED + hostile)
    same_code(RELEASED, hostile)


def test_are_lines_that_are_kept_as_comments_found_again():
    lines = "def f(x):\n\n    return x  # {}"
    assert kept_lines(as_comments("setup", lines)) == ("setup", lines)
    assert kept_lines(f"# {lines}") is None
