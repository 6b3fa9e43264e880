"""Does the students' package say what the whole grader says, and can it be used anywhere?"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.answer import MISSING, Answer, ask, conditions_met
from autograder.judging.judge import Judge
from autograder.questions import catalogue, packaged, references
from autograder.questions.choice import opened_text
from autograder.questions.define import Inputs, Question
from autograder.release.student_package.pack_question import pack_question
from autograder.release.student_package.write import DATA, contents
from tests.conftest import EXHAUSTIVE, source
from tests.laws.test_no_answers import sources

WEEKS = [catalogue.week(stem) for stem in catalogue.stems()]
QUESTIONS = [(week, question) for week in WEEKS for question in week.questions.values()]
# The mistakes of the rest train networks or draw many numbers.
BRIEF = [
    (week, question)
    for week, question in QUESTIONS
    if not question.seconds and question.calls != "train" and week.name not in ("week04", "week14")
]
TRIED = QUESTIONS if EXHAUSTIVE else BRIEF[::6]
# What works in a browser, beside the standard library; scikit-learn brings SciPy.
LIBRARIES = {"numpy", "matplotlib", "cycler", "sklearn", "scipy", "IPython"}
NOT_IN_A_BROWSER = {
    "fcntl",
    "resource",
    "subprocess",
    "threading",
    "multiprocessing",
    "concurrent",
    "signal",
    "socket",
    "ssl",
    "termios",
    "pwd",
    "grp",
    "ctypes",
    "curses",
    "sqlite3",
}
KERAS = {"keras", "tensorflow", "jax", "torch"}
"""Only for a lesson's comparisons, inside functions, where it is installed."""
RUN = ["week05"]
"""A lesson that runs in a second."""


@cache
def whole(stem: str) -> Judge:
    week = catalogue.week(stem)
    return Judge(week.questions, references.public(week.questions.values(), stem))


@pytest.mark.parametrize(("week", "question"), TRIED, ids=[question.name for _, question in TRIED])
def test_are_its_verdicts_those_of_the_whole_grader(week, question):
    """For every catalogued mistake and alternative, word for word."""
    judge = whole(week.stem)
    light = light_judge(judge, question)
    answers = judge.answers_of_mistakes(question)
    for other in question.alternatives.values():
        answers[other.name] = [
            ask(other.formula, question.handed(probe.inputs), question.drive, conditions_met)
            for probe in judge.probes[question.name]
        ]
    for name, given in answers.items():
        expected = judge.judge(question.name, given, answers_of_first_mistakes(judge))
        verdict = light.judge(question.name, given, answers_of_first_mistakes(judge))
        assert verdict == expected, name


def light_judge(judge: Judge, question: Question) -> Judge:
    """A judge from data, of a question and the one that it differentiates."""
    names = [question.name, *([question.derivative.of] if question.derivative else [])]
    found = [packaged.read(pack_question(judge, name)) for name in names]
    questions = {name: each for one in found for name, each in one.questions.items()}
    public = {key: value for one in found for key, value in one.public.items()}
    mistaken = {name: value for one in found for name, value in one.mistaken.items()}
    return Judge(questions, public, mistaken=mistaken)


def answers_of_first_mistakes(judge: Judge):
    """Answers when the judge asks again: those of a student whose every function is wrong."""

    def ask_again(question: Question, given: Sequence[Inputs], _: Sequence[str]) -> list[Answer]:
        mistakes = judge.questions[question.name].mistakes.values()
        formula = next((each.formula for each in mistakes if not each.at), MISSING)
        return [ask(formula, question.handed(each), question.drive) for each in given]

    return ask_again


@cache
def choices() -> dict[str, bytes]:
    """The files of a package that holds multiple-choice questions alone."""
    return contents(
        [
            replace(
                week,
                questions={
                    name: each for name, each in week.questions.items() if not each.parameters
                },
            )
            for week in WEEKS
        ]
    )


@pytest.mark.slow
def test_can_no_right_letter_be_read():
    """Neither in the data of a question, nor by the name of a wrong choice anywhere."""
    index = json.loads(choices()[f"{DATA}/{packaged.INDEX_FILE}"])
    named = [name for week in index.values() for name in week]
    assert len(named) > 50
    for name in named:
        kept = packaged.unpacked(choices()[f"{DATA}/{name}.npz"])
        right, wrong = kept.pop("seals")
        because = kept.pop("because")
        assert kept == {"name": name, "week": kept["week"]}
        question = catalogue.question(name)
        assert opened_text(name, question.reference(), because) == question.because
        assert list(wrong) == sorted(wrong) and right not in wrong
        reference = catalogue.question(name).reference
        assert not any(reference() == text for text in (right, *wrong))
    everything = b"".join(choices().values())
    for name in named:
        for letter in "abc":
            assert f"{name}-{letter}".replace("_", "-").encode() not in everything
        assert catalogue.question(name).because.encode() not in everything


def imported(text: str) -> Iterator[tuple[str, bool]]:
    """The libraries that a source imports, and whether it does so when it is itself imported."""
    tree = ast.parse(text)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from ((name.partition(".")[0], id(node) not in inside) for name in names)


@pytest.mark.slow
def test_does_it_import_nothing_that_a_browser_lacks():
    """Pyodide has neither processes nor threads, and of libraries the usual ones."""
    own = {"autograder", "course_lib"}
    for place, text in sources().items():
        for name, at_once in imported(text):
            assert name not in NOT_IN_A_BROWSER, f"{place} imports {name}"
            allowed = LIBRARIES | own | set(sys.stdlib_module_names)
            allowed |= set() if at_once else KERAS
            assert name in allowed, f"{place} imports {name}"


def test_are_its_files_those_of_a_pure_python_wheel():
    """Python and data alone, and nothing of the catalogue of questions."""
    for path in choices():
        assert Path(path).suffix in {".py", ".npz", ".json"}
        assert not path.startswith(("autograder/questions/week", "autograder/questions/catalogue"))
        assert not path.startswith(("autograder/grading", "autograder/release", "solutions"))


@pytest.mark.slow
@pytest.mark.parametrize("name", catalogue.stems() if EXHAUSTIVE else RUN)
def test_does_a_whole_lesson_pass_with_the_package_alone(name, tmp_path):
    """Where there is neither the grader nor a clone of it, every check says that all is right."""
    week = catalogue.week(name)
    for path, content in contents([week]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    cells = [cell for cell in source(week.stem).cells if cell.cell_type == "code"]
    graded = [cell.source for cell in cells if "experiment" not in cell.metadata.get("tags", [])]
    (tmp_path / "lesson.py").write_text("\n\n".join(map(in_python, graded)))
    run = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "import autograder; assert sys.argv[1] in autograder.__file__\n"
        "import matplotlib; matplotlib.use('agg')\n"
        "in_a_notebook = autograder.check\n"
        "autograder.check = lambda name: print(in_a_notebook(name), flush=True)\n"
        "exec(compile(open('lesson.py').read(), 'lesson.py', 'exec'), globals())\n"
    )
    done = subprocess.run(
        # Without `site`, the checkout is not on the path.
        [sys.executable, "-S", "-c", run, str(tmp_path), str(Path(np.__file__).parents[1])],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    for question in week.questions:
        said = done.stdout.split(f"{question}\n", 1)
        assert len(said) == 2 and " right" in said[1].split("\n")[0], question


def in_python(cell: str) -> str:
    """A cell without what only IPython understands."""
    return "\n".join(line for line in cell.splitlines() if not line.startswith(("%", "!")))
