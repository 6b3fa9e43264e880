"""The text of a verdict: heading, observation, one piece of evidence, the reason, one next step.

Numbers appear for public cases only. Nothing that came from a hidden case is repeated: not its
inputs, not its expected values, and not the text of an exception, which student code can choose.
The line that raised it is quoted from the notebook (see `grading.hidden_answers`).
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.judging import patterns
from autograder.judging.advice import changed_later, too_slow
from autograder.judging.advice.next_step import next_step
from autograder.judging.advice.values import UNEXPLAINED, letters
from autograder.judging.charged import Before
from autograder.judging.place import place
from autograder.judging.points import Loss, right_parts
from autograder.judging.relate import relate
from autograder.questions.define import UNUSABLE, Mistake, Question
from autograder.records import Difference, Outcome, Trial

Wrong = Sequence[tuple[Trial, list[Difference]]]

_HIDDEN = {
    Outcome.CRASHED: "the process came to an end",
    Outcome.STRUCTURE: "the result has another structure",
    Outcome.SHAPE: "the result has another shape",
    Outcome.DTYPE: "the result has another dtype",
    Outcome.NOT_FINITE: "the result is not finite",
    Outcome.VALUES: "the result has other values",
}
"""What is said of an answer to a hidden case, by its outcome."""
_SUGGESTED = re.compile(r"\.? (?:Did you mean|(?:D|Or d)id you forget to import):? '[\w.]+'\?")
# NumPy raises `numpy._core._exceptions._UFuncOutputCastingError`.
_MODULE = re.compile(r"^(.* raised )?(?:[\w<>]+\.)+_*(?=\w+(?:: |$))")
_STOPPED = (Outcome.TIMED_OUT, Outcome.CRASHED)
_NOTHING: Mapping[Loss, Before] = {}
_NO_CASES: Mapping[str, Sequence[str]] = {}


def heading(question: Question, score: str, part: str = "", label: str = "") -> str:
    """The first line: `dense_backward · dW · 3 of 4 points · missing-batch-mean`."""
    return " · ".join(piece for piece in (question.name, part, score, label) if piece)


def _points(question: Question, points: float) -> str:
    return f"{points:g} of {question.points:g} points"


def _public_cases(question: Question, found: Wrong = ()) -> str:
    """How many public cases are right; empty for a question that has no other cases."""
    if not question.parameters:
        return ""
    count = len(question.cases)
    right = count - len({trial.case for trial, _ in found})
    return f"{right} of {count} public {'case' if count == 1 else 'cases'}"


def right(question: Question, trials: Sequence[Trial], points: float | None) -> str:
    """The message for an answer that is right in every case.

    Args:
        question: what was asked.
        trials: its cases.
        points: what it earns; None if hidden cases will decide that.
    """
    cases = len(question.cases)
    if points is None and question.parameters:
        verb = "is" if cases == 1 else "are"
        first = heading(question, "")
        checked = f"{_public_cases(question)} {verb} right; hidden cases count when you hand in."
    else:
        first = heading(question, "" if points is None else _points(question, points))
        checked = "The answer is right." if cases == 1 else f"All {cases} cases are right."
    lines = [first, checked, *_warnings(question, trials)]
    if question.because and points is not None:
        # The student's own reason stands in the cell above. `check` shows both together.
        lines.append(model_answer(question))
    return "\n".join(lines)


def model_answer(question: Question) -> str:
    """The line that says why the right choice is right."""
    return f"A model answer: {question.because}"


def _warnings(question: Question, trials: Sequence[Trial]) -> list[str]:
    """A remark on the first NumPy warning that costs no points; nothing if there is none."""
    warned = [t for t in trials if t.answer.warned and not question.cases[t.case].stability]
    if not warned:
        return []
    first = warned[0]
    where = "the case" if first.public else "a hidden draw of the case"
    return [
        f"NumPy warned of {', '.join(first.answer.warned)} in {where} {first.case}. "
        "The values are right, so this costs no points."
    ]


def start_there(message: str, culprits: Sequence[str]) -> str:
    """The message for an answer that may be wrong only because functions it calls are."""
    verb = "is" if len(culprits) == 1 else "are"
    last = f"It calls {' and '.join(culprits)}, which {verb} not right yet: start there."
    return f"{_explained(message)}\n{last}"


def _explained(message: str) -> str:
    """A message to which a cause is added, without the line that says that none is known."""
    return message.replace(f"\n{UNEXPLAINED}\n", "\n")


def in_double_precision(message: str) -> str:
    """The message of a verdict that was reached with float64 in place of float32."""
    first, _, rest = _explained(message).partition("\n")
    remark = (
        "Your code rounds to float32, which keeps about 7 digits; "
        "it was judged with float64 in its place."
    )
    return f"{first}\n{remark}\n{rest}"


def carried(question: Question, culprits: Sequence[str], points: float, *, right: bool) -> str:
    """The message after follow-through: the first error is in a function that this one calls.

    Args:
        question: what was asked.
        culprits: the functions that were replaced by correct ones.
        points: what the answer earns with them.
        right: whether every case is right with them.
    """
    *others, last = culprits
    names = f"{', '.join(others)} or {last}" if others else last
    rest = "every case is right" if right else f"the answer earns {points:g} points"
    return (
        f"{heading(question, _points(question, points), label='follow-through')}\n"
        f"With a correct {' and '.join(culprits)} in place of yours, {rest}.\n"
        f"The first error is in {names}; it is counted there, not here.\n"
        f"Next: fix {names} and run this check again."
    )


def charged_already(
    question: Question,
    mistakes: Sequence[str],
    earlier: Sequence[str],
    again: Mapping[Loss, Before] = _NOTHING,
    cases: Mapping[str, Sequence[str]] = _NO_CASES,
) -> str:
    """The message where the only errors are those that earlier questions were charged for.

    Args:
        question: what was asked.
        mistakes: names of the mistakes that explain the answer; none if only its parts are known.
        earlier: the questions that took points for them.
        again: the answer's losses where only these are known, and what was charged with each.
        cases: the wrong cases that rest on others which were charged, and what these are called.
    """
    names = " and ".join(mistakes)
    charged = [each.question for each in again.values()]
    charged += [name.rpartition(" ")[2] for behind in cases.values() for name in behind]
    earlier = earlier or list(dict.fromkeys(charged))
    where = " and ".join(earlier)
    once = "it is not counted again here."
    reason = (
        f"With {names} corrected, every case is right.\n"
        f"It is the error that was counted in {where}; {once}"
        if mistakes
        else "\n".join(
            [
                *([f"Only what was counted in {where} is wrong; {once}"] if again else []),
                *_followed(again),
                *_rests(cases),
            ]
        )
    )
    return (
        f"{heading(question, _points(question, question.points), label='follow-through')}\n"
        f"{reason}\n"
        f"Next: fix it as the message on {earlier[0]} says and run this check again."
    )


def not_counted_again(
    message: str, again: Mapping[Loss, Before], cases: Mapping[str, Sequence[str]]
) -> str:
    """The message, with what costs nothing because it was charged elsewhere.

    Args:
        message: for an answer that lost points for something else.
        again: these losses, and what was charged with each.
        cases: the wrong cases that rest on others which were charged, and what these are called.
    """
    *lines, last = message.splitlines()
    own = {loss: each.question for loss, each in again.items() if not each.of}
    for name in dict.fromkeys(own.values()):
        parts = " and ".join(dict.fromkeys(part for (part, _), each in own.items() if each == name))
        told = f"{parts} was counted" if parts else "The form of the answer was counted"
        lines.append(f"{told} in {name}; it is not counted again here.")
    return "\n".join([*lines, *_followed(again), *_rests(cases), last])


def _rests(cases: Mapping[str, Sequence[str]]) -> list[str]:
    """A line for the cases that rest on others which were charged."""
    if not cases:
        return []
    behind = dict.fromkeys(name for names in cases.values() for name in names)
    verb = "rest" if len(cases) > 1 else "rests"
    return [
        f"What is wrong in {_listed(behind)} was counted there and is not counted again in "
        f"{_listed(cases)}, which {verb} on it."
    ]


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _followed(again: Mapping[Loss, Before]) -> list[str]:
    """A line for each part that is wrong only because others are."""
    return [
        f"{part} follows from your {' and '.join(each.of)}, so it is not counted here either."
        for (part, _), each in again.items()
        if each.of
    ]


def wrong(
    question: Question,
    found: Wrong,
    points: float | None,
    mistakes: Sequence[Mistake] = (),
    own_function: str = "",
    left: Sequence[str] = (),
) -> str:
    """The message for an answer that lost points.

    Args:
        question: what was asked.
        found: every wrong trial with its differences; not empty.
        points: the points that were earned; None if hidden cases will decide that.
        mistakes: the catalogued mistakes that explain the answer.
        own_function: the student's own wrong function of which the answer is the correct
            derivative; empty if there is none.
        left: the wrong parts that the mistakes do not explain.
    """
    trial, first = told(found)
    public = [pair for pair in found if pair[0].public and pair[1][0].outcome not in _STOPPED]
    slow = first.outcome is Outcome.TIMED_OUT
    label = " + ".join(mistake.name for mistake in mistakes) or _label(first.outcome)
    known = _public_cases(question, found) if points is None else _points(question, points)
    lines = [heading(question, known, first.part, label)]
    pattern = _pattern(question, public, first.part)
    if slow:
        lines.append(too_slow.observed(question, trial, first, found))
    else:
        lines += _observed(question, trial, first, pattern)
    causes = changed_later.remark(trial.answer)
    last_resort = not (mistakes or pattern or own_function or causes)
    placed = _place(question, public, first.part) if last_resort else ""
    related = _related(question, public, first.part) if last_resort and not placed else None
    lines += [placed, related.sentence if related else ""]
    if any(mistake.convention for mistake in mistakes):
        lines.append(
            "This is a different convention, valid elsewhere; the course uses the one stated."
        )
    lines += [line for mistake in mistakes for line in _reason(mistake)]
    lines += _not_right_either(question, public, left)
    right = right_parts(question, found)
    if right:
        lines.append(f"Right parts: {', '.join(right)}.")
    lines += _where(question, found)
    if not slow:
        lines += too_slow.others(question, found)
    lines += causes
    if own_function:
        lines.append(
            f"It matches finite differences of your own {own_function}: a correct "
            "derivative of a wrong function."
        )
        lines.append(f"Next: fix {own_function}; the first error is there.")
    elif mistakes:
        lines.append(mistakes[0].next_step)
    elif slow:
        lines.append(too_slow.next_step(question, found))
    else:
        steps = next_step(question, trial, first, pattern)
        if related and UNEXPLAINED in steps:
            steps = [related.next_step]
        # The last resort: where something is known, it says nothing.
        known_of_it = causes or placed or right or _is_of_one_case(question, found)
        lines += [each for each in steps if each != UNEXPLAINED or not known_of_it]
    return "\n".join(line for line in lines if line)


def _reason(mistake: Mistake) -> list[str]:
    """Why a mistake is one, and which other question asks for the part that it is in."""
    part = [f"It is in the part of the work that `{mistake.of}` asks for."] if mistake.of else []
    return [*part, mistake.why]


def told(found: Wrong) -> tuple[Trial, Difference]:
    """The trial that a message describes, and its first difference.

    A public one if there is one, and rather one that came to its end than one that was stopped.

    Args:
        found: every wrong trial with its differences; not empty.
    """
    trial, differences = min(
        found, key=lambda pair: (not pair[0].public, pair[1][0].outcome in _STOPPED)
    )
    return trial, differences[0]


def _label(outcome: Outcome) -> str:
    return "" if outcome is Outcome.VALUES else str(outcome)


def _pattern(question: Question, public: Wrong, part: str) -> patterns.Pattern | None:
    """What is true of this part in every wrong public case; None if nothing is known."""
    same_part = [
        (difference, question.sizes(trial.inputs))
        for trial, differences in public
        for difference in differences
        if difference.part == part
    ]
    return patterns.describe(same_part, part or _call(question))


def _place(question: Question, public: Wrong, part: str) -> str:
    """Where this part departs in the wrong public cases; empty if it is wrong all over."""
    same_part = _of_part(public, part)
    return place(same_part, part or _call(question)) if same_part else ""


def _related(question: Question, public: Wrong, first: str) -> patterns.Pattern | None:
    """How the first wrong part, or else another one, relates to what is right and to the inputs."""
    parts = [each.part for _, differences in public for each in differences]
    for part in dict.fromkeys([first, *parts]):
        if known := relate(_of_part(public, part), part or _call(question), question.sizes):
            return known
    return None


def _of_part(public: Wrong, part: str) -> list[tuple[Trial, Difference]]:
    return [
        (trial, difference)
        for trial, differences in public
        for difference in differences
        if difference.part == part
    ]


def _is_of_one_case(question: Question, found: Wrong) -> bool:
    """Whether all cases but one are right, whose name then says what is special about it."""
    return len(question.cases) > 2 and len({trial.case for trial, _ in found}) == 1


def _not_right_either(question: Question, public: Wrong, left: Sequence[str]) -> list[str]:
    """The wrong parts that no mistake explains, and what is known of them."""
    if not left:
        return []
    known = [pattern.sentence for part in left if (pattern := _pattern(question, public, part))]
    return [" ".join([f"Not right either: {', '.join(left)}.", *known])]


def _observed(
    question: Question, trial: Trial, first: Difference, pattern: patterns.Pattern | None
) -> list[str]:
    match first.outcome:
        case Outcome.NOT_ATTEMPTED:
            if not question.parameters:
                return [f"`{question.calls}` has no value yet."]
            return ["The cell still contains its stub, or returns nothing."]
        case Outcome.MISSING:
            reason = f": {_plain(first.detail)}" if first.detail else ""
            return [f"`{question.calls}` is not defined when its check runs{reason}."]
        case Outcome.CRASHED if trial.public:
            return [f"{first.detail or 'The function did not return'}."]
        case Outcome.RAISED:
            return _raised(trial)
        case Outcome.CHANGED_ARGUMENTS:
            return [
                f"The call changed its argument {first.detail}; "
                "functions in this course leave their arguments unchanged."
            ]
        case Outcome.WARNED:
            return [f"The values are right, but NumPy warned during the call: {first.detail}."]
    if not trial.public:
        return [f"The public cases are right; in a hidden one {_HIDDEN[first.outcome]}."]
    part = first.part or _call(question)
    if isinstance(first.expected, str):
        received = repr(first.yours) if isinstance(first.yours, str) else first.detail
        if not trial.inputs:
            return _choice(question, first, received)
        return [f"{patterns.start(part)}: expected {first.expected!r}, received {received}."]
    known = pattern.sentence if pattern else ""
    if first.outcome is Outcome.DTYPE or not isinstance(first.yours, np.ndarray):
        return [f"{patterns.start(part)}: {first.detail}.", known]
    if first.outcome is Outcome.SHAPE:
        return [f"{patterns.start(part)}: {first.detail}.", known]
    return [known or _count(part, first), _evidence(part, trial, first)]


def _choice(question: Question, first: Difference, received: str) -> list[str]:
    """What was received in place of a letter; naming the right one would give it away."""
    listed = letters(question, first.expected)
    if not listed or str(first.yours).strip().lower() in listed:
        return []
    *others, last = listed
    wanted = f"one of the letters {', '.join(others)} and {last}"
    return [f"{question.calls}: expected {wanted}, received {received}."]


def _call(question: Question) -> str:
    """The answer in the student's own symbols, such as `sigmoid(z)`."""
    call = f"{question.name}({', '.join(question.parameters)})"
    plain = question.drive is None and question.parameters and len(call) <= 32
    return call if plain else "the result"


def _raised(trial: Trial) -> list[str]:
    answer = trial.answer
    if _is_unusable(trial):
        if trial.public:
            return [f"What it returned is {answer.error}."]
        return ["The public cases are right; on a hidden one it returned something unusable."]
    if not trial.public:
        name = answer.error.partition(":")[0]
        known = isinstance(getattr(builtins, name, None), type)
        what = name if known else "an exception"
        place = f", at {answer.quoted}" if answer.quoted else ""
        return [f"The public cases are right; on a hidden one it raised {what}{place}."]
    place = f", at {answer.line}" if answer.line else ""
    return [f"It raised {_plain(answer.error)}{place}."]


def _plain(error: str) -> str:
    """An exception's text without its module, Python's suggestions and the full stop.

    The next step says what Python suggests.
    """
    return _SUGGESTED.sub("", _MODULE.sub(r"\1", error)).rstrip(".")


def _is_unusable(trial: Trial) -> bool:
    """Whether the call returned, but what it returned cannot be measured."""
    return trial.answer.error.startswith(UNUSABLE)


def _count(part: str, difference: Difference) -> str:
    yours, expected = difference.yours, difference.expected
    if difference.outcome is Outcome.NOT_FINITE:
        bad = ~np.isfinite(yours) & np.isfinite(expected)
        names = {"nan" if np.isnan(v) else "inf" for v in yours[bad]}
        found = " and ".join(sorted(names))
        return f"{patterns.start(part)} contains {found} where numbers are expected."
    if yours.ndim == 0:
        return ""
    wrong_count = int(np.sum(~np.isclose(yours, expected, rtol=1e-10, atol=0.0, equal_nan=True)))
    if not wrong_count:
        return f"{patterns.start(part)} differs by slightly more than rounding error."
    return f"{patterns.start(part)} differs in {wrong_count} of {yours.size} entries."


def _evidence(part: str, trial: Trial, difference: Difference) -> str:
    yours, expected = difference.yours, difference.expected
    index = _worst(yours, expected)
    place = f"[{', '.join(map(str, index))}]" if index else ""
    left, reference = numbers(yours[index], expected[index])
    given = "" if difference.part else _given(trial, yours.shape, index)
    name = "result" if part == "the result" else part
    return f"  {name}{place}: yours {left}, expected {reference}{given}"


def _worst(yours: Any, expected: Any) -> tuple[int, ...]:
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(yours.astype(np.float64) - expected.astype(np.float64))
    gap = np.where(np.isnan(gap), np.inf, gap)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(gap)), yours.shape))


def _given(trial: Trial, shape: tuple[int, ...], index: tuple[int, ...]) -> str:
    """The inputs at the same index, as ` (z[0, 1] = -1000)`; empty if none has that shape."""
    same = [
        f"{name}[{', '.join(map(str, index))}] = {float(value[index]):.4g}"
        for name, value in trial.inputs.items()
        if isinstance(value, np.ndarray) and value.shape == shape and index
    ]
    return f" ({', '.join(same)})" if same else ""


def _where(question: Question, found: Wrong) -> list[str]:
    """Which cases are right and which are not; nothing if all are wrong."""
    bad = {trial.case for trial, _ in found}
    good = [name for name in question.cases if name not in bad]
    not_yet = [name for name in question.cases if name in bad]
    return [f"Right: {', '.join(good)}. Not yet: {', '.join(not_yet)}."] if good else []


def numbers(left: Any, reference: Any) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to tell them apart, and at least four."""
    for digits in (4, 6, 9, 12, 17):
        # Adding 0 turns -0 into 0: showing the sign of zero would only confuse.
        pair = f"{float(left) + 0.0:.{digits}g}", f"{float(reference) + 0.0:.{digits}g}"
        if pair[0] != pair[1]:
            return pair
    return pair
