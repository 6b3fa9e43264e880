"""Reference values: computed by Keras once, then stored.

Public cases have a fixed seed. Their values are part of the package, so students need no
TensorFlow. Hidden cases are seeded by the course's secret. Their values are computed on the
grader's machine and stay in the course directory.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.metadata
import inspect
import io
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from autograder.errors import MissingReference, ProtocolError, QuestionError
from autograder.output.files import write_whole
from autograder.questions import places, time_limit
from autograder.questions.define import Case, Inputs, Question
from autograder.questions.time_limit import at_most
from autograder.questions.tolerance import allowance
from autograder.records import Expected
from autograder.tree import Tree, leaves, map_tree, to_tree
from autograder.tree import pack as pack_tree
from autograder.tree import unpack as unpack_tree
from course_lib.quiet import import_keras

PUBLIC_SECRET = b""
SAMPLES = 4
"""How often a reference is computed in float32 to measure its rounding error."""

_SIZED = (np.ndarray, int, float)

References = dict[tuple[str, str], Expected]
"""Expected answers by (question, case)."""


def inputs(question: Question, case: Case, secret: bytes) -> Inputs:
    """The case's inputs: public ones for `PUBLIC_SECRET`, else the course's hidden ones.

    Args:
        question: the question that the case belongs to.
        case: the case to draw.
        secret: the course's secret; everyone in the class gets the same inputs.

    Returns:
        Arguments by name, in the order of the question's signature.
    """
    return draw(question, case, seed_of(question, case, secret))


def seed_of(question: Question, case: Case, secret: bytes) -> bytes:
    """The seed of one case's inputs; it reveals neither the secret nor any other seed."""
    label = f"{question.week}/{question.name}/{case.name}".encode()
    return hmac.new(secret, label, hashlib.sha256).digest()


def draw(question: Question, case: Case, seed: bytes) -> Inputs:
    """The case's inputs on a machine that knows the seed but not the secret; see `inputs`."""
    rng = np.random.default_rng(int.from_bytes(seed, "big"))
    with at_most(time_limit.CASE_SECONDS, f"{question.name}: the case {case.name}"):
        given = case.make(rng)
    if seed != seed_of(question, case, PUBLIC_SECRET):
        given |= case.hidden
    return question.arrange(given)


def compute(question: Question, given: Inputs) -> Expected:
    """The reference answer in float64, and how much of a difference rounding explains.

    Args:
        question: the question whose reference is called.
        given: the case's inputs, float64.

    Returns:
        The expected tree and the allowance of every leaf.

    Raises:
        MissingReference: when the reference needs Keras and it is not installed.
        QuestionError: when the reference overflows in float32, so that it has no tolerance, or
            does not end.
    """
    try:
        if question.parameters and _may_use_keras(question):
            import_keras()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exact = _referred(question, given)
            coarse = [
                _referred(question, single_precision(given, rng))
                for rng in map(np.random.default_rng, range(SAMPLES))
            ]
    except ImportError as error:
        raise MissingReference(
            f"{question.name}: its reference values are computed by Keras, which is not "
            f"installed here ({error}); install the `keras` extra"
        ) from error
    terms = sum(np.size(leaf) for leaf in leaves(given) if isinstance(leaf, _SIZED))
    rounding = _allowances(exact, coarse, terms)
    if any(map(np.isinf, leaves(rounding))):
        raise QuestionError(
            f"{question.name}: the reference is finite in float64 but overflows in float32; "
            "choose smaller inputs, so that its rounding error can be measured"
        )
    return Expected(exact, rounding)


def _referred(question: Question, given: Inputs) -> Tree:
    what = f"{question.name}: the reference"
    with at_most(time_limit.REFERENCE_SECONDS, what, question.seconds):
        return to_tree(_plain(question.reference(**given)))


def _may_use_keras(question: Question) -> bool:
    """False for a week of a course's own in NumPy alone, which nobody installs Keras for."""
    folder = Path(inspect.getfile(question.reference)).parent
    if not places.is_own(folder):
        return True
    texts = (path.read_text(encoding="utf-8") for path in places.code_files(folder))
    words = ("keras", "tensorflow", "course_lib", "questions.week")
    return any(word in text for text in texts for word in words)


def public(questions: Iterable[Question], stem: str) -> References:
    """The values of a week's public cases, which are part of the package or of the course's week.

    Raises:
        MissingReference: when the file is missing or was made from other questions.
    """
    folder = places.folder_of(stem)
    command = "autograder validate " if places.is_own(folder) else "make references WEEK="
    next_step = f"run `{command}{stem[:6]}`"
    return carried(questions, PUBLIC_SECRET, places.values_of(folder), next_step)


def carried(questions: Iterable[Question], secret: bytes, path: Path, next_step: str) -> References:
    """Values that were computed on another machine, perhaps with other library versions.

    Args:
        questions: the week's questions.
        secret: the secret with which their cases were drawn.
        path: the file that `carry` wrote.
        next_step: what to do if values are missing; the end of the error message.

    Raises:
        MissingReference: when the file is missing or was made from other questions.
    """
    stored = _read(path)
    found: References = {}
    for question in questions:
        for case in question.cases.values():
            if not question.parameters:
                found[question.name, case.name] = compute(question, {})
            elif (key := _key(question, case, secret)) in stored:
                found[question.name, case.name] = stored[key]
            else:
                raise MissingReference(
                    f"{path.name} has no values for the current version of {question.name}, case "
                    f"{case.name}; {next_step}"
                )
    return found


def hidden(questions: Iterable[Question], secret: bytes, cache_file: Path) -> References:
    """The values of a week's hidden cases, from the course's cache if they are there.

    Args:
        questions: the week's questions.
        secret: the course's secret.
        cache_file: the `.npz` file that stores them, written atomically with mode 0600.
    """
    stored = _read(cache_file)
    found: References = {}
    fresh: dict[str, Expected] = {}
    for question in questions:
        for case in question.cases.values():
            key = _key(question, case, secret, _versions())
            if not question.parameters:
                found[question.name, case.name] = compute(question, {})
                continue
            if key not in stored:
                stored[key] = fresh[key] = compute(question, inputs(question, case, secret))
            found[question.name, case.name] = stored[key]
    if fresh:
        _write(cache_file, stored)
    return found


def write_public(questions: Iterable[Question], stem: str) -> Path:
    """Compute the values of a week's public cases and write them where `public` reads them."""
    path = places.values_of(places.folder_of(stem))
    carry(questions, PUBLIC_SECRET, path, mode=0o644)
    return path


def carry(questions: Iterable[Question], secret: bytes, path: Path, mode: int = 0o600) -> None:
    """Compute values and write them to a file that another machine reads with `carried`."""
    values = {
        _key(question, case, secret): compute(question, inputs(question, case, secret))
        for question in questions
        if question.parameters
        for case in question.cases.values()
    }
    _write(path, values, mode)


def _key(question: Question, case: Case, secret: bytes, versions: str = "") -> str:
    decides = f"{question.source}\n{case.name}\n{versions}"
    digest = hmac.new(secret, decides.encode(), hashlib.sha256)
    return f"{question.name}:{case.name}:{digest.hexdigest()[:16]}"


@cache
def _versions() -> str:
    """What computes references and their rounding: library versions, and our own source."""
    found = [hashlib.sha256(Path(inspect.getfile(allowance)).read_bytes()).hexdigest()]
    for library in ("keras", "tensorflow", "tensorflow-cpu", "numpy"):
        try:
            found.append(f"{library} {importlib.metadata.version(library)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _plain(value: Any) -> Any:
    """Tensors inside tuples, lists and dicts as NumPy arrays."""
    known = (str, np.ndarray, np.generic, int, float)
    return map_tree(lambda leaf: leaf if isinstance(leaf, known) else np.asarray(leaf), value)


def single_precision(value: Any, rng: np.random.Generator | None = None) -> Any:
    """The same inputs with every float64 array rounded to float32.

    Args:
        value: an array, or arrays in dicts and tuples.
        rng: where given, every number is also moved by half a unit in the last place.
    """

    def rounded(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray) or leaf.dtype != np.float64:
            return leaf
        moved = leaf if rng is None else leaf * (1 + rng.choice([-1, 1], leaf.shape) * 2.0**-24)
        return moved.astype(np.float32)

    return map_tree(rounded, value)


def _allowances(exact: Tree, coarse: list[Tree], terms: int) -> Tree:
    def allowed(leaf: Any, *samples: Any) -> float:
        return 0.0 if isinstance(leaf, str) else allowance(leaf, list(samples), terms)

    return map_tree(allowed, exact, *coarse)


def _write(path: Path, values: dict[str, Expected], mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, pack(values), mode)


def pack(values: Mapping[str, Expected]) -> bytes:
    """Expected answers as the bytes of an `.npz` file."""
    tree = {key: [each.value, each.rounding] for key, each in sorted(values.items())}
    text, buffers = pack_tree(tree)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        tree=np.frombuffer(text, np.uint8),
        arrays=np.frombuffer(b"".join(buffers), np.uint8),
    )
    return file.getvalue()


def unpack(content: bytes) -> dict[str, Expected]:
    """The expected answers that `pack` packed; empty if they are in an older format.

    Raises:
        OSError, EOFError, ValueError, BadZipFile, ProtocolError: when the content is damaged.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        if "tree" not in stored:
            return {}
        text, payload = stored["tree"].tobytes(), memoryview(stored["arrays"].tobytes())
    return {key: Expected(*pair) for key, pair in unpack_tree(text, payload).items()}


def _read(path: Path) -> dict[str, Expected]:
    if not path.exists():
        return {}
    try:
        return unpack(path.read_bytes())
    except (OSError, EOFError, ValueError, TypeError, BadZipFile, ProtocolError) as error:
        raise MissingReference(
            f"{path} cannot be read ({error}); delete it, and its values are computed again"
        ) from error
