"""A question: its name, points, cases, reference, mistakes and how it is asked, in one place.

    @question(points=4, returns=("dX", "dW", "db"))
    def dense_backward(dout, X, W):
        '''Gradients of out = X @ W + b. ...'''            # the reference: Keras, float64

    @dense_backward.case("typical", weight=3)
    def _(rng): return {"dout": ..., "X": ..., "W": ...}   # inputs, in the signature's order

    @dense_backward.mistake("transposed-weight-gradient", at="dW", rows="B01")
    def _(dout, X, W): ...                                 # the formula of a wrong student

The decorated function *is* the reference; `catalogue` finds the question by its module.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.answer import Answer, Status, ask
from autograder.errors import QuestionError
from autograder.tree import Tree, to_tree

Array = NDArray[Any]
Rng = np.random.Generator
Inputs = dict[str, Any]
Formula = Callable[..., Any]

NOTHING_ELSE: Mapping[str, Any] = {}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ARGUMENT = re.compile(r"^\s{4,}(\w+):\s+(.*)$")
_SHAPE = re.compile(r"shape \(([A-Z]\w*(?:, *[A-Z]\w*)*),?\)")


@dataclass(frozen=True)
class Case:
    """One named set of inputs.

    `weight` is its share of the question's points. `square` gives the reason why its axes may
    have equal sizes or size 1, where that is the very thing the case tests. `hidden` are inputs
    that the hidden draw has instead, where to ask twice for something so costly proves no more.
    """

    name: str
    make: Callable[[np.random.Generator], Inputs]
    weight: float = 1.0
    square: str = ""
    hidden: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """A wrong formula, and what to tell the student who wrote it.

    `formula` returns the whole answer, or only the part named by `at`, or, where it wraps what
    the student passes on, raises as the student's code would. `rows` are its rows in the
    catalogue of mistakes. A `convention` is right in another book. The docstring's first
    paragraph is the one-sentence reason, its last the next step; between them stands the page.
    """

    name: str
    formula: Formula
    at: str = ""
    rows: tuple[str, ...] = ()
    convention: bool = False

    @property
    def paragraphs(self) -> list[str]:
        text = inspect.cleandoc(self.formula.__doc__ or "")
        return [" ".join(p.split()) for p in re.split(r"\n\s*\n", text) if p.strip()]

    @property
    def why(self) -> str:
        """The reason in one sentence, with the equation."""
        return self.paragraphs[0]

    @property
    def next_step(self) -> str:
        """A check or a step that the student can take, beginning with `Check:` or `Next:`."""
        return self.paragraphs[-1]

    @property
    def code(self) -> str:
        """The formula's body as the student might have written it, without its docstring."""
        body: list[ast.stmt] = _without_docstring(_syntax(self.formula)).body
        return ast.unparse(ast.Module(body, []))


@dataclass(frozen=True)
class Alternative:
    """Another right way, which must pass: a second convention or a differently rounded form."""

    name: str
    formula: Formula


@dataclass(frozen=True)
class Derivative:
    """What a gradient question differentiates, so that its answer can be held against it.

    `of` names the question whose answer (its part `value`) is differentiated with respect to the
    argument `wrt`; `gradient` is the part of this question's answer that must equal it. With
    `upstream`, the derivative of sum(upstream * value); without it, value is a scalar or an
    elementwise function.
    """

    of: str
    wrt: str
    upstream: str = ""
    value: str = ""
    gradient: str = ""


@dataclass
class Question:
    """Something that a student writes and the grader asks. Built by `question(...)`."""

    name: str
    points: float
    reference: Formula
    calls: str
    returns: tuple[str, ...] = ()
    builds_on: tuple[str, ...] = ()
    derivative: Derivative | None = None
    few_mistakes: str = ""
    seconds: float = 0.0
    week: str = ""
    module: str = ""
    cases: dict[str, Case] = field(default_factory=dict)
    mistakes: dict[str, Mistake] = field(default_factory=dict)
    alternatives: dict[str, Alternative] = field(default_factory=dict)
    drive: Callable[..., Any] | None = None
    measured_by: Callable[..., Any] | None = None
    figured_by: Callable[..., dict[str, float]] | None = None

    def case(
        self,
        name: str,
        *,
        weight: float = 1.0,
        square: str = "",
        hidden: Mapping[str, Any] = NOTHING_ELSE,
    ) -> Callable[[Callable[[np.random.Generator], Inputs]], Callable[..., Inputs]]:
        """Add the inputs that the decorated `make(rng)` returns as a case; see `Case`."""

        def add(make: Callable[[np.random.Generator], Inputs]) -> Callable[..., Inputs]:
            self._claim(self.cases, name, "case")
            self.cases[name] = Case(name, make, weight, square, hidden)
            return make

        return add

    def mistake(
        self, name: str, *, at: str = "", rows: str = "", convention: bool = False
    ) -> Callable[[Formula], Formula]:
        """Add the decorated formula to the mistakes that this question can name."""

        def add(formula: Formula) -> Formula:
            self._claim(self.mistakes, name, "mistake")
            self.mistakes[name] = Mistake(name, formula, at, tuple(rows.split()), convention)
            return formula

        return add

    def alternative(self, name: str) -> Callable[[Formula], Formula]:
        """Accept the decorated formula as another right answer."""

        def add(formula: Formula) -> Formula:
            self._claim(self.alternatives, name, "alternative")
            self.alternatives[name] = Alternative(name, formula)
            return formula

        return add

    def driver(self, drive: Callable[..., Any]) -> Callable[..., Any]:
        """Use the decorated function, not one plain call, to get an answer.

        It receives what the student defined and then the case's inputs, and returns the answer.
        Its source travels into the sandbox, so it may use NumPy as `np` and nothing else. This
        one way covers carried state (call again with what came back), arguments that are
        functions, classes, and generators.
        """
        self.drive = drive
        return drive

    def measure(self, measured_by: Callable[..., Any]) -> Callable[..., Any]:
        """Judge what the decorated function makes of an answer, not the answer itself.

        It receives the answer's arrays (a tuple as a list) and then the case's inputs, and runs
        on the grader's side, where no student can reach it: a network's parameters are run on
        held-out data, draws are turned into statistics. The reference is what it should return.
        """
        self.measured_by = measured_by
        return measured_by

    def measured(self, answer: Answer, given: Inputs) -> Answer:
        """The answer as it is judged: itself, or its measure.

        Args:
            answer: what the student's function, or a mistake's formula, returned.
            given: the inputs that it was asked with.
        """
        if self.measured_by is None or answer.status is not Status.RETURNED:
            return answer
        try:
            with np.errstate(all="ignore"):
                value = to_tree(self.measured_by(answer.value, *given.values()))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # The arrays are a student's: their structure or shapes are not what was asked for.
            return replace(answer, status=Status.RAISED, value=None, error=f"unusable: {error}")
        return replace(answer, value=value)

    def figure(
        self, figured_by: Callable[..., dict[str, float]]
    ) -> Callable[..., dict[str, float]]:
        """Take numbers for a leaderboard from an answer with the decorated function.

        It receives what `measure` receives, and runs where that runs.
        """
        self.figured_by = figured_by
        return figured_by

    def figures(self, answer: Answer, given: Inputs) -> tuple[tuple[str, float], ...]:
        """The answer's numbers by name; none where the answer is not usable."""
        if self.figured_by is None or answer.status is not Status.RETURNED:
            return ()
        try:
            with np.errstate(all="ignore"):
                return tuple(self.figured_by(answer.value, *given.values()).items())
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return ()

    @cached_property
    def driver_source(self) -> str:
        """The driver as text that can be executed alone; empty for a plain call."""
        if self.drive is None:
            return ""
        function = _without_docstring(_syntax(self.drive))
        function.name = "drive"
        function.decorator_list = []
        # Annotations name types that do not exist where the driver runs.
        for node in ast.walk(function):
            if isinstance(node, ast.arg):
                node.annotation = None
            elif isinstance(node, ast.FunctionDef):
                node.returns = None
        return ast.unparse(function)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the arguments, in the order in which a student's function receives them."""
        return tuple(inspect.signature(self.reference).parameters)

    @property
    def shapes(self) -> dict[str, tuple[str, ...]]:
        """The symbolic shape that the docstring states for each argument, such as ("N", "D")."""
        shapes = {}
        for line in inspect.cleandoc(self.reference.__doc__ or "").splitlines():
            if (argument := _ARGUMENT.match(line)) and argument[1] in self.parameters:
                shape = _SHAPE.search(argument[2])
                if shape:
                    shapes[argument[1]] = tuple(re.split(r", *", shape[1]))
        return shapes

    def sizes(self, inputs: Mapping[str, Any]) -> dict[str, int]:
        """What each symbol of the stated shapes (N, D, K ...) is in these inputs."""
        sizes: dict[str, int] = {}
        for name, symbols in self.shapes.items():
            if not isinstance(inputs[name], np.ndarray):
                continue
            shape = inputs[name].shape
            if len(shape) != len(symbols):
                raise QuestionError(
                    f"{self.name}: {name} is stated as {symbols} and has shape {shape}"
                )
            for symbol, size in zip(symbols, shape, strict=True):
                if sizes.setdefault(symbol, size) != size:
                    raise QuestionError(
                        f"{self.name}: {symbol} is {sizes[symbol]} and also {size} (in {name})"
                    )
        return sizes

    def arrange(self, inputs: Inputs) -> Inputs:
        """The inputs in the signature's order; a clear error where names differ."""
        if set(inputs) != set(self.parameters):
            raise QuestionError(
                f"{self.name}: a case gives {sorted(inputs)}, expected {list(self.parameters)}"
            )
        return {name: inputs[name] for name in self.parameters}

    def mistaken(self, mistake: Mistake, given: Inputs, expected: Tree) -> Answer:
        """What a student who makes this mistake, and no other, answers.

        Args:
            mistake: one of this question's.
            given: the case's inputs.
            expected: the reference answer, from which the parts that are right are taken.
        """
        answer = ask(mistake.formula, given, None if mistake.at else self.drive)
        if not mistake.at or answer.status is not Status.RETURNED:
            return answer
        if isinstance(expected, dict):
            whole: Tree = {**expected, mistake.at: answer.value}
        elif len(self.returns) > 1:
            place = self.returns.index(mistake.at)
            whole = [*expected[:place], answer.value, *expected[place + 1 :]]
        else:
            whole = answer.value
        return replace(answer, value=whole)

    @cached_property
    def source(self) -> str:
        """Everything that decides this question's reference values, as text.

        As it is written: what `ast` makes of it differs between versions of Python, and the
        shipped values are found by it on all of them.
        """
        makers = [case.make for case in self.cases.values()]
        makers += [function for function in (self.drive, self.measured_by) if function]
        called = _called_functions([self.reference, *makers])
        return "\n".join(
            [inspect.getsource(function) for function in (self.reference, *makers, *called)]
            + list(self.cases)
        )

    def _claim(self, taken: Mapping[str, object], name: str, kind: str) -> None:
        if not _SLUG.fullmatch(name):
            raise QuestionError(
                f"{self.name}: the {kind} name {name!r} should be lower-case-with-hyphens"
            )
        if name in taken:
            raise QuestionError(f"{self.name}: two {kind}s are called {name!r}; rename one")


@dataclass(frozen=True)
class Written:
    """A question answered in prose and graded by hand in nbgrader's formgrader."""

    name: str
    points: float
    rubric: str


def question(
    points: float,
    *,
    calls: str = "",
    returns: Sequence[str] = (),
    builds_on: Sequence[str] = (),
    derivative: Derivative | None = None,
    few_mistakes: str = "",
    seconds: float = 0.0,
) -> Callable[[Formula], Question]:
    """Make a question of the decorated reference, which bears the question's name.

    Args:
        points: what it is worth.
        calls: the name that the notebook defines, where it differs from the question's.
        returns: names of the parts, where a student returns a tuple.
        builds_on: questions whose functions a right answer may call (follow-through).
        derivative: what the answer is a gradient of.
        few_mistakes: why fewer than two mistakes are catalogued.
        seconds: wall time in which one case must be answered, where a right answer trains a
            network; 0 for the limit that all questions have.
    """

    def make(reference: Formula) -> Question:
        name = reference.__name__
        if points < 0:
            raise QuestionError(f"{name}: points are {points}; expected 0 or more")
        return Question(
            name,
            points,
            reference,
            calls or name,
            tuple(returns),
            tuple(builds_on),
            derivative,
            few_mistakes,
            seconds,
        )

    return make


def choice(name: str, *, points: float, correct: str, wrong: Mapping[str, str]) -> Question:
    """A self-check question answered by a letter; each wrong letter has its reason.

    Args:
        name: the variable that the student sets.
        points: what it is worth.
        correct: the right letter.
        wrong: for every other letter, one sentence that says what speaks against it.
    """

    def reference() -> str:
        return correct

    reference.__doc__ = f"The letter of the right choice, one of {sorted([correct, *wrong])}."
    made = Question(name, points, reference, name)
    made.case("choice")(lambda rng: {})
    for letter, reason in wrong.items():

        def formula(letter: str = letter) -> str:
            return letter

        formula.__doc__ = f"{reason}\n\nNext: reread the section and choose again."
        made.mistake(f"{name.replace('_', '-')}-{letter}")(formula)
    return made


def _called_functions(functions: Sequence[Callable[..., Any]]) -> list[Callable[..., Any]]:
    """The course's own functions that these call by name, and those that they call in turn."""
    found: dict[str, Callable[..., Any]] = {}
    waiting = list(functions)
    while waiting:
        function = waiting.pop()
        for name in _names_used(function.__code__):
            called = function.__globals__.get(name)
            if inspect.isfunction(called) and name not in found and called not in functions:
                found[name] = called
                waiting.append(called)
    return [found[name] for name in sorted(found)]


def _names_used(code: CodeType) -> set[str]:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*map(_names_used, inner))


def _syntax(function: Callable[..., Any]) -> ast.FunctionDef | ast.ClassDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, (ast.FunctionDef, ast.ClassDef)):
        raise QuestionError(f"{function.__name__}: expected something written with def or class")
    return tree


def _without_docstring(
    function: ast.FunctionDef | ast.ClassDef,
) -> ast.FunctionDef | ast.ClassDef:
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        function.body = function.body[1:]
    return function
