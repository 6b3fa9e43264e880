"""Are the names of a cell told apart: its own, and those that it takes from others?"""

from __future__ import annotations

import warnings

import pytest

from autograder.intake.names import LONGEST, names_in, parsed, python_of

DEFINING = {
    "def x(): pass": "a function",
    "async def x(): pass": "an async function",
    "@wraps(f)\nclass x(A): pass": "a class",
    "x = 1": "an assignment",
    "x: int = 1": "an annotated assignment",
    "a, (x, *b) = c": "a tuple",
    "import x": "an import",
    "import a.b as x": "an import as",
    "from a import b as x": "an import from",
    "for x in y: pass": "a loop",
    "with open(f) as x: pass": "a with",
    "if (x := f()): pass": "a walrus",
    "try:\n    import x\nexcept ImportError: pass": "an import in try",
    "def f():\n    global x\n    x = 1": "a global",
    "%matplotlib inline\nx = 1": "below a magic",
    "x = !ls": "of a shell command",
    "x = %timeit -o f()": "of a magic",
    "%%time\nx = 1": "below a cell magic",
    "print 'Python 2'\nx = 1": "no Python 3",
    "np.exp?\nx = 1": "below a question for help",
}


@pytest.mark.parametrize("source", DEFINING, ids=DEFINING.values())
def test_is_a_name_found_however_it_is_defined(source):
    assert "x" in names_in(source).defined


@pytest.mark.parametrize(
    "source",
    ["x.y = 1", "x[0] = 1", "f(x=1)", "def f(x): x = 1", "[x for x in y]", "x == 1", "%%bash\nx=1"],
)
def test_is_a_name_that_a_cell_does_not_define_not_found(source):
    assert "x" not in names_in(source).defined


@pytest.mark.parametrize(
    "source",
    [
        "x",
        "f(x)",
        "def f():\n    return x",
        "def f(a=x): pass",
        "class A(x): pass",
        "def f():\n    def g():\n        return [i for i in x]\n    return g",
        "x.y = 1",
        "%matplotlib inline\nprint(x)",
    ],
)
def test_is_a_name_found_that_is_taken_from_elsewhere(source):
    assert "x" in names_in(source).used


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x",
        "def f():\n    x = 1\n    return x",
        "a.x",
        "'x'  # x",
        "in x words",
    ],
)
def test_is_a_name_of_a_functions_own_left_out(source):
    assert "x" not in names_in(source).used


@pytest.mark.parametrize(
    "source",
    ["(" * 10_000, "-" * 100_000 + "1", "x = 1\x00", "1 + " * 20_000 + "1", "\ud800", "if", ""],
)
def test_does_no_source_raise(source):
    names_in(source)
    parsed(source)


def test_is_a_cell_that_is_too_long_or_not_to_be_parsed_searched_for_words():
    assert names_in("x = y\n" + "#" * LONGEST).defined == {"x"}
    assert names_in("def f(x):\n    return x", parse=False).used >= {"x"}
    assert parsed("#" * (LONGEST + 1)) is None


def test_does_a_student_who_writes_a_wrong_escape_warn_nobody():
    with warnings.catch_warnings(record=True) as shown:
        names_in("x = '\\d'")
        parsed("x = '\\d'")
    assert not shown


def test_keep_lines_of_ipython_their_place():
    assert python_of("a = 5\n    % 3\n") == "a = 5\n    % 3\n".replace("    % 3", "    '    % 3'")
    assert python_of("a = (5\n    % 3)") == "a = (5\n    % 3)"
    assert python_of("%%html\n<b>\n").count("\n") == 0
