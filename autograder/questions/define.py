"""A question: its points, reference, cases, mistakes, and how its answer is obtained.

    @question(points=4, returns=("dX", "dW", "db"))
    def dense_backward(dout, X, W):
        '''Gradients of out = X @ W + b. ...'''            # the reference: Keras, float64

    @dense_backward.case("typical", weight=3)
    def _(rng): return {"dout": ..., "X": ..., "W": ...}   # inputs by argument name

    @dense_backward.mistake("transposed-weight-gradient", at="dW", rows="B01")
    def _(dout, X, W): ...                                 # a wrong formula

The decorated function *is* the reference. `catalogue` finds the questions of a module.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.answer import Answer, Status, ask, conditions_met
from autograder.errors import QuestionError
from autograder.questions import source_text, time_limit
from autograder.questions.made_of import MadeOf
from autograder.questions.time_limit import at_most
from autograder.tree import Tree, to_tree

Array = NDArray[Any]
Rng = np.random.Generator
Inputs = dict[str, Any]
Formula = Callable[..., Any]

UNUSABLE = "unusable: "
"""How the error of an answer begins that was returned and cannot be measured."""
SMALL_NUMBERS = (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3)
"""The family of the numbers that people add, or clip at, to keep clear of 0."""
TOO_LARGE = "working with it takes too much memory"
"""Why an answer that cannot be measured within the memory that a measure has is unusable."""
NOTHING_ELSE: Mapping[str, Any] = {}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ARGUMENT = re.compile(r"^\s{4,}(\w+):\s+(.*)$")
_SHAPE = re.compile(r"shape \(([A-Z]\w*(?:, *[A-Z]\w*)*),?\)")


@dataclass(frozen=True)
class Case:
    """One named set of inputs.

    `weight` is its share of the question's points. `stability` says that its numbers are too large
    or too small for a careless formula: a NumPy warning costs points in such a case, and in no
    other. `square` is the reason why axes may have equal sizes or size 1, if that is what the case
    tests. `hidden` replaces some inputs in the hidden draw, if the public ones are too costly to
    run twice.
    """

    name: str
    make: Callable[[np.random.Generator], Inputs]
    weight: float = 1.0
    stability: bool = False
    square: str = ""
    hidden: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """A wrong formula, and what to tell the student who wrote it.

    `formula` returns the whole answer, or only the part named by `at`, or raises what the
    student's code would raise. `rows` are its rows in the catalogue of mistakes. A `convention`
    is correct in other textbooks. The docstring's first paragraph is the reason in one sentence
    and its last the next step; `autograder explain` also shows what is between them.

    `family` lists values of constants that people choose differently, such as the 1e-12 of
    log(p + 1e-12). They are keyword-only parameters of the formula; any of the values is this
    mistake. `of` names the question that lists it, if this question is made of that one.
    `otherwise` makes the same mistake in programs that are built in another way.
    """

    name: str
    formula: Formula
    at: str = ""
    rows: tuple[str, ...] = ()
    convention: bool = False
    family: Mapping[str, Sequence[float]] = field(default_factory=dict)
    of: str = ""
    otherwise: tuple[Formula, ...] = ()

    @property
    def members(self) -> list[Mistake]:
        """The mistake with each choice of its family's constants; itself if it has no family.

        After them come the same mistake's formulas in programs that are built otherwise.
        """
        choices = itertools.product(*self.family.values())
        formulas = [*(self._with(constants) for constants in choices), *self.otherwise]
        return [replace(self, formula=formula) for formula in formulas]

    def _with(self, constants: Sequence[float]) -> Formula:
        if not constants:
            return self.formula
        return partial(self.formula, **dict(zip(self.family, constants, strict=True)))

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
        """What the student can do next; it begins with `Check:` or `Next:`."""
        return self.paragraphs[-1]

    @property
    def code(self) -> str:
        """The formula's body without its docstring, as a student might have written it."""
        return source_text.body(self.formula)


@dataclass(frozen=True)
class Alternative:
    """Another right answer, which must pass: a second convention, or different rounding."""

    name: str
    formula: Formula


@dataclass(frozen=True)
class Derivative:
    """What a gradient question differentiates, so that its answer can be checked against it.

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


@dataclass(frozen=True)
class Follows:
    """How a part of an answer follows from the parts `of` it, by a formula."""

    of: tuple[str, ...]
    formula: Formula


@dataclass
class Question:
    """Something that a student writes and the grader tests. Created by `question(...)`.

    `because` is a multiple-choice question's own: why the right choice is right.
    """

    name: str
    points: float
    reference: Formula
    calls: str
    returns: tuple[str, ...] = ()
    parts: Mapping[str, float] | None = None
    builds_on: tuple[str, ...] = ()
    derivative: Derivative | None = None
    few_mistakes: str = ""
    float32: str = ""
    seconds: float = 0.0
    withheld: tuple[str, ...] = ()
    because: str = ""
    week: str = ""
    module: str = ""
    cases: dict[str, Case] = field(default_factory=dict)
    mistakes: dict[str, Mistake] = field(default_factory=dict)
    alternatives: dict[str, Alternative] = field(default_factory=dict)
    composition: MadeOf | None = None
    following: dict[str, Follows] = field(default_factory=dict)
    needed_by: Callable[..., Collection[str]] | None = None
    rewritten_by: Callable[..., Sequence[Inputs]] | None = None
    drive: Callable[..., Any] | None = None
    measured_by: Callable[..., Any] | None = None
    figured_by: Callable[..., dict[str, float]] | None = None

    def case(
        self,
        name: str,
        *,
        weight: float = 1.0,
        stability: bool = False,
        square: str = "",
        hidden: Mapping[str, Any] = NOTHING_ELSE,
    ) -> Callable[[Callable[[np.random.Generator], Inputs]], Callable[..., Inputs]]:
        """Add a case whose inputs the decorated `make(rng)` returns; see `Case`."""

        def add(make: Callable[[np.random.Generator], Inputs]) -> Callable[..., Inputs]:
            self._claim(self.cases, name, "case")
            self.cases[name] = Case(name, make, weight, stability, square, hidden)
            return make

        return add

    def mistake(
        self,
        name: str,
        *,
        at: str = "",
        rows: str = "",
        convention: bool = False,
        family: Mapping[str, Sequence[float]] = NOTHING_ELSE,
        otherwise: Callable[[Any], Sequence[Formula]] | None = None,
    ) -> Callable[[Formula], Formula]:
        """Add the decorated formula to the mistakes that this question recognises.

        `otherwise` gives, for that formula, the same mistake in programs that are built otherwise.
        """

        def add(formula: Formula) -> Formula:
            self._claim(self.mistakes, name, "mistake")
            defaults = getattr(formula, "__kwdefaults__", None) or {}
            if any(defaults.get(each) not in values for each, values in family.items()):
                raise QuestionError(
                    f"{self.name}: each constant in the family of {name} should be a keyword-only "
                    "parameter of its formula, with a default from the listed values"
                )
            self.mistakes[name] = Mistake(
                name,
                formula,
                at,
                tuple(rows.split()),
                convention,
                dict(family),
                otherwise=tuple(otherwise(formula)) if otherwise else (),
            )
            return formula

        return add

    def alternative(self, name: str) -> Callable[[Formula], Formula]:
        """Accept the decorated formula as another right answer."""

        def add(formula: Formula) -> Formula:
            self._claim(self.alternatives, name, "alternative")
            self.alternatives[name] = Alternative(name, formula)
            return formula

        return add

    def made_of(self, *, but: str = "") -> Callable[[Formula], Formula]:
        """Recognise the mistakes of other questions, of which this one's answer is made.

        The decorated formula gives the right answer. Its keyword-only parameters are the names of
        these questions, and their defaults right functions; see `made_of`.

        Args:
            but: names of mistakes that cannot be told apart in this answer, separated by blanks.
        """

        def add(formula: Formula) -> Formula:
            # As one of the alternatives it is held to be right.
            self.alternative("made-of-its-parts")(formula)
            self.composition = MadeOf(formula, frozenset(but.split()))
            return formula

        return add

    def follows(self, part: str, *, of: Sequence[str]) -> Callable[[Formula], Formula]:
        """State by which formula one part of the answer follows from others.

        The decorated formula receives the parts `of` it, then the case's inputs. Where an earlier
        question on the same function took points for wrong numbers in them, a part that follows
        from a student's own loses none either.

        Raises:
            QuestionError: when the answer has no such part.
        """

        def add(formula: Formula) -> Formula:
            if unknown := [each for each in (part, *of) if each not in self.returns]:
                raise QuestionError(
                    f"{self.name}: follows({part!r}, of={tuple(of)}) names {unknown[0]!r}; "
                    f"expected parts of the answer: {', '.join(self.returns)}"
                )
            self.following[part] = Follows(tuple(of), formula)
            return formula

        return add

    def needs(self, needed_by: Callable[..., Collection[str]]) -> Callable[..., Collection[str]]:
        """Say what a case needs of a student's function, with words that the decorated one returns.

        It receives the case's inputs. A case rests on every case before it that needs some of the
        same and nothing else, in this question or in an earlier one on the same function. Where
        that case lost points for wrong numbers, the wrong numbers of this one cost nothing.
        """
        self.needed_by = needed_by
        return needed_by

    def rewritten(
        self, rewritten_by: Callable[..., Sequence[Inputs]]
    ) -> Callable[..., Sequence[Inputs]]:
        """Give with the decorated function other inputs for which a case has the same answer.

        It receives the case's inputs, and returns for each way what changes in them. Where a case
        with wrong numbers has the same wrong ones in another way, it rests on what that one needs.
        """
        self.rewritten_by = rewritten_by
        return rewritten_by

    def driver(self, drive: Callable[..., Any]) -> Callable[..., Any]:
        """Obtain an answer with the decorated function instead of one plain call.

        It receives what the student defined, then the case's inputs, and returns the answer. Its
        source is sent to the sandbox, so it may use NumPy as `np` and nothing else. Drivers test
        state that is passed from call to call, functions as arguments, classes and generators.
        """
        self.drive = drive
        return drive

    def measure(self, measured_by: Callable[..., Any]) -> Callable[..., Any]:
        """Judge what the decorated function computes from an answer, not the answer itself.

        It receives the answer's arrays (a tuple as a list), then the case's inputs. It runs
        outside the sandbox, where no student can reach it, in a process with limits of its own:
        a student chose the arrays. For example, a network's parameters are evaluated on held-out
        data, or random draws become statistics. The reference is what it should return.
        """
        self.measured_by = measured_by
        return measured_by

    def measured(self, answer: Answer, given: Inputs) -> Answer:
        """The answer as it is judged: unchanged, or measured.

        Args:
            answer: what the student's function, or a mistake's formula, returned.
            given: the inputs that it received.
        """
        if self.measured_by is None or answer.status is not Status.RETURNED:
            return answer
        try:
            with np.errstate(all="ignore"):
                value = to_tree(self.measured_by(answer.value, *given.values()))
        except Exception as error:
            # A student's arrays may have any structure, shape and size.
            reason = TOO_LARGE if isinstance(error, MemoryError) else error
            return replace(answer, status=Status.RAISED, value=None, error=f"{UNUSABLE}{reason}")
        return replace(answer, value=value)

    def figure(
        self, figured_by: Callable[..., dict[str, float]]
    ) -> Callable[..., dict[str, float]]:
        """Compute numbers for a leaderboard from an answer with the decorated function.

        It receives what a `measure` function receives, and also runs outside the sandbox.
        """
        self.figured_by = figured_by
        return figured_by

    def figures(self, answer: Answer, given: Inputs) -> tuple[tuple[str, float], ...]:
        """The answer's numbers by name; empty if the answer is not usable."""
        if self.figured_by is None or answer.status is not Status.RETURNED:
            return ()
        try:
            with np.errstate(all="ignore"):
                return tuple(self.figured_by(answer.value, *given.values()).items())
        except Exception:
            return ()

    @cached_property
    def driver_source(self) -> str:
        """The driver as source that can be executed by itself; empty for a plain call."""
        return source_text.executable(self.drive, "drive") if self.drive else ""

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The argument names, in the order in which a student's function receives them."""
        named = inspect.signature(self.reference).parameters
        return tuple(name for name in named if name not in self.withheld)

    def handed(self, inputs: Inputs) -> Inputs:
        """The inputs that a student's code receives: all but the withheld ones."""
        if not self.withheld:
            return inputs
        return {name: value for name, value in inputs.items() if name not in self.withheld}

    @property
    def names_a_class(self) -> bool:
        """Whether students write a class, whose name begins with a capital letter."""
        return self.calls[:1].isupper()

    @cached_property
    def shapes(self) -> dict[str, tuple[str, ...]]:
        """The symbolic shapes of the arguments in the docstring, such as ("N", "D")."""
        shapes = {}
        for line in inspect.cleandoc(self.reference.__doc__ or "").splitlines():
            if (argument := _ARGUMENT.match(line)) and argument[1] in self.parameters:
                shape = _SHAPE.search(argument[2])
                if shape:
                    shapes[argument[1]] = tuple(re.split(r", *", shape[1]))
        return shapes

    def sizes(self, inputs: Mapping[str, Any]) -> dict[str, int]:
        """The size of each symbol (N, D, K ...) of the docstring's shapes in these inputs.

        Raises:
            QuestionError: when the inputs do not have the shapes that the docstring states.
        """
        sizes: dict[str, int] = {}
        for name, symbols in self.shapes.items():
            if not isinstance(inputs[name], np.ndarray):
                continue
            shape = inputs[name].shape
            if len(shape) != len(symbols):
                raise QuestionError(
                    f"{self.name}: {name} has shape {shape}; its docstring says {symbols}"
                )
            for symbol, size in zip(symbols, shape, strict=True):
                if sizes.setdefault(symbol, size) != size:
                    raise QuestionError(
                        f"{self.name}: {symbol} is {sizes[symbol]}, but {size} in {name}"
                    )
        return sizes

    def arrange(self, inputs: Inputs) -> Inputs:
        """The inputs in the order of the signature.

        Raises:
            QuestionError: when their names are not those of the signature.
        """
        expected = list(inspect.signature(self.reference).parameters)
        if set(inputs) != set(expected):
            raise QuestionError(f"{self.name}: a case gives {sorted(inputs)}, expected {expected}")
        return {name: inputs[name] for name in expected}

    def mistaken(self, mistake: Mistake, given: Inputs, expected: Tree) -> Answer:
        """The answer of a student who makes this mistake and no other.

        Args:
            mistake: one of this question's mistakes.
            given: the case's inputs.
            expected: the reference answer, which supplies the parts that are right.

        Raises:
            QuestionError: when it does not end.
        """
        drive = None if mistake.at else self.drive
        what = f"{self.name}: the mistake {mistake.name}"
        with at_most(time_limit.CASE_SECONDS, what, self.seconds):
            answer = ask(mistake.formula, self.handed(given), drive, conditions_met)
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
        """The source of everything that decides this question's reference values.

        The shipped values are looked up by this text in every version of Python, so it is the
        source as written, not as `ast` prints it: that differs between versions. It does not
        cover points, weights and docstrings, which may change without computing anything.
        """
        makers = [case.make for case in self.cases.values()]
        makers += [function for function in (self.drive, self.measured_by) if function]
        called = source_text.called_functions([self.reference, *makers])
        return "\n".join(
            [source_text.definition(each) for each in (self.reference, *makers, *called)]
            + [f"{case.name} {dict(case.hidden) or ''}" for case in self.cases.values()]
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
    parts: Mapping[str, float] | None = None,
    builds_on: Sequence[str] = (),
    derivative: Derivative | None = None,
    few_mistakes: str = "",
    float32: str = "",
    seconds: float = 0.0,
    withheld: Sequence[str] = (),
) -> Callable[[Formula], Question]:
    """Create a question from the decorated reference, whose name it takes.

    Args:
        points: what it is worth.
        calls: the name that the notebook defines, if it is not the question's own.
        returns: names of the parts, if a student returns a tuple.
        parts: the share of each named part, or of each key of a returned dict, in the points; equal
            by default. Empty if the answer counts as a whole, as it does by default where a driver
            or a measure describes it.
        builds_on: questions whose functions a right answer may call (follow-through).
        derivative: what the answer is the gradient of.
        few_mistakes: the reason for fewer than two catalogued mistakes.
        float32: the reason why right answers are computed in float32.
        seconds: the time limit for one case, if a right answer trains a network; 0 for the
            limit of all other questions.
        withheld: arguments that the measure receives and no student's code does, such as the
            examples on which a network is tested. They never enter the sandbox.
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
            parts,
            tuple(builds_on),
            derivative,
            few_mistakes,
            float32,
            seconds,
            tuple(withheld),
        )

    return make
