"""Does a question keep what it is built from, and say what is wrong with it?"""

from __future__ import annotations

import ast
import builtins
import dis
from types import CodeType

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.errors import QuestionError
from autograder.questions import catalogue
from autograder.questions.define import question
from autograder.tree import same_tree, to_tree

QUESTIONS = {name: item for week in catalogue.weeks() for name, item in week.questions.items()}
every_question = pytest.mark.parametrize("name", QUESTIONS)


def doubled(x):
    return 2 * x


def split():
    """A question whose answer has two parts."""

    @question(points=3, returns=("low", "high"))
    def split(X, limit):
        """The entries below and above a limit.

        Args:
            X: inputs, shape (N, D), float64.
            limit: a number.
        """
        return np.minimum(doubled(X), limit), np.maximum(X, limit)

    @split.case("typical")
    def _(rng):
        return {"limit": 0.5, "X": rng.normal(size=(3, 2))}

    @split.mistake("high-of-low", at="high")
    def _(X, limit):
        """The second part is a maximum.

        It looks like the first.

        Next: read the docstring.
        """
        return np.minimum(X, limit)

    @split.mistake("swapped")
    def _(X, limit):
        """Low comes first.

        Next: read the docstring.
        """
        return np.maximum(X, limit), np.minimum(X, limit)

    return split


def test_are_inputs_put_into_the_signatures_order():
    made = split()
    given = made.arrange(made.cases["typical"].make(np.random.default_rng(0)))
    assert list(given) == list(made.parameters) == ["X", "limit"]


def test_is_a_withheld_argument_kept_from_the_students_code():
    made = split()
    made.withheld = ("limit",)
    given = {"X": np.ones((3, 2)), "limit": 0.5}
    assert made.parameters == ("X",) and list(made.arrange(given)) == ["X", "limit"]
    assert list(made.handed(given)) == ["X"]


def test_are_sizes_read_from_the_docstring():
    made = split()
    assert made.shapes == {"X": ("N", "D")}
    assert made.sizes({"X": np.ones((3, 2)), "limit": 0.5}) == {"N": 3, "D": 2}
    with pytest.raises(QuestionError, match="X has shape"):
        made.sizes({"X": np.ones(3), "limit": 0.5})


def test_does_a_mistake_at_one_part_leave_the_others_right():
    made = split()
    given = {"X": np.array([[0.0, 1.0]]), "limit": 0.5}
    expected = to_tree(made.reference(**given))
    one = made.mistaken(made.mistakes["high-of-low"], given, expected)
    assert same_tree(one.value, [expected[0], np.array([[0.0, 0.5]])])
    both = made.mistaken(made.mistakes["swapped"], given, expected)
    assert same_tree(both.value, [np.array([[0.5, 1.0]]), np.array([[0.0, 0.5]])])


def test_has_a_mistake_its_reason_its_next_step_and_its_code():
    made = split().mistakes["high-of-low"]
    assert made.why == "The second part is a maximum."
    assert made.next_step == "Next: read the docstring."
    assert made.paragraphs[1:-1] == ["It looks like the first."]
    assert made.code == "return np.minimum(X, limit)"


def test_has_a_family_a_member_for_each_of_its_constants():
    made = split()

    @made.mistake("shifted", at="low", family={"small": (1e-8, 1e-3)})
    def _(X, limit, *, small=1e-8):
        """A small number is added."""
        return np.minimum(X, limit) + small

    given = {"X": np.zeros((1, 2)), "limit": 0.5}
    expected = to_tree(made.reference(**given))
    members = made.mistakes["shifted"].members
    values = [made.mistaken(member, given, expected).value[0] for member in members]
    assert [value.max() for value in values] == [1e-8, 1e-3]
    assert len(made.mistakes["swapped"].members) == 1
    other = lambda *given: None  # noqa: E731
    made.mistake("built-otherwise", otherwise=lambda formula: [other])(lambda *given: 0)
    assert [each.formula for each in made.mistakes["built-otherwise"].members][1:] == [other]
    with pytest.raises(QuestionError, match="keyword-only"):
        made.mistake("unknown", family={"small": (1e-8,)})(made.mistakes["swapped"].formula)


@every_question
def test_can_every_mistake_be_shown_as_code(name):
    for mistake in QUESTIONS[name].mistakes.values():
        assert mistake.why and mistake.next_step and ast.parse(mistake.code)


@pytest.mark.parametrize(
    ("add", "words"),
    [
        (lambda made: made.case("typical"), "two cases are called 'typical'"),
        (lambda made: made.mistake("swapped"), "two mistakes are called 'swapped'"),
        (lambda made: made.alternative("Other_Way"), "should be lower-case-with-hyphens"),
        (lambda made: question(points=-1), "points are -1; expected 0 or more"),
        (lambda made: made.arrange({"X": 1}), r"gives \['X'\], expected \['X', 'limit'\]"),
    ],
)
def test_is_a_wrong_definition_refused(add, words):
    with pytest.raises(QuestionError, match=words):
        add(split())(lambda rng: {})


def test_does_the_source_hold_all_that_decides_reference_values():
    source = split().source
    assert "np.minimum(doubled(X), limit)" in source and "return 2 * x" in source
    assert "rng.normal(size=(3, 2))" in source and "typical" in source
    assert "return np.minimum(X, limit)" not in source


def test_does_the_source_hold_the_measure():
    made = split()

    @made.measure
    def _(value, X, limit):
        return value[0].mean()

    assert "value[0].mean()" in made.source


def test_is_an_answer_that_cannot_be_measured_an_error_of_the_student():
    made = split()

    @made.measure
    def _(value, X, limit):
        return value[0].sum() + len(value[1])

    given = {"X": np.ones((3, 2)), "limit": 0.5}
    usable = Answer(Status.RETURNED, [np.ones(2), np.ones(4)])
    assert made.measured(usable, given).value == 6.0
    unusable = made.measured(Answer(Status.RETURNED, np.ones(())), given)
    assert (unusable.status, unusable.value) == (Status.RAISED, None)
    assert unusable.error.startswith("unusable: ")
    timed_out = Answer(Status.TIMED_OUT)
    assert made.measured(timed_out, given) is timed_out


def test_are_figures_empty_where_an_answer_is_not_usable():
    made = split()

    @made.figure
    def _(value, X, limit):
        return {"mean": float(value[0].mean())}

    given = {"X": np.ones((3, 2)), "limit": 0.5}
    assert made.figures(Answer(Status.RETURNED, [np.ones(2)]), given) == (("mean", 1.0),)
    assert made.figures(Answer(Status.RETURNED, {}), given) == ()
    assert made.figures(Answer(Status.CRASHED), given) == ()


@every_question
def test_does_every_driver_need_nothing_but_numpy(name):
    """It is executed in the sandbox, by its source alone."""
    namespace = {"np": np}
    exec(QUESTIONS[name].driver_source, namespace)
    assert ("drive" in namespace) == (QUESTIONS[name].drive is not None)
    if "drive" in namespace:
        assert globals_of(namespace["drive"].__code__) <= {"np", *dir(builtins)}


def globals_of(code):
    """The global names that a function and those inside it read."""
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    read = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    return read.union(*map(globals_of, inner))


def test_can_a_driver_be_executed_by_itself():
    @question(points=1)
    def total(x):
        """The sum of a generator's items."""

    @total.driver
    def _(total, x):
        """Ask for a list."""
        return list(total(x))

    namespace: dict = {}
    exec(total.driver_source, namespace)
    assert namespace["drive"](iter, [1, 2]) == [1, 2]
