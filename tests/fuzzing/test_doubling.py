"""Does reading twice as much take at most twice as long? Steps are counted, nothing is timed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from autograder.feedback import formulas, markdown, page, sanitize
from autograder.feedback.report import people
from autograder.feedback.sanitize import MAX_CELL, MAX_NOTEBOOK, disarm_text, shown
from autograder.grading import not_run
from autograder.intake import (
    decode,
    definitions,
    edited,
    experiments,
    file_kinds,
    names,
    read,
    recognise,
    released,
    restore,
    week_of,
    written,
)
from autograder.intake.collect import attempts, platforms
from autograder.output import text as texts
from autograder.sandbox import responses
from autograder.sandbox.inside import shell, wire
from tests.conftest import EXHAUSTIVE, one_in
from tests.fuzzing.steps import Steps, steps

SIZES = [20, 40, 80, 160] if EXHAUSTIVE else [20, 40, 80]
MARKS = "\u0315\u0300"
"""Marks that Unicode wants in the other order."""


def assert_linear(counted: Callable[[int], int]) -> None:
    counted(SIZES[0])  # what is loaded or compiled once
    counts = [counted(size) for size in SIZES]
    assert is_linear(counts), counts


def is_linear(counts: list[int]) -> bool:
    """Whether twice the size costs about twice the steps, at most."""
    return all(more <= 2.3 * less for less, more in zip(counts, counts[1:], strict=False))


def text_cell(source: str, **more: Any) -> dict[str, Any]:
    return {"cells": [{"cell_type": "markdown", "metadata": {}, "source": source, **more}]}


def display(kind: str, data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {kind: data}, "metadata": {}}


def notebook(*cells: Any, form: int = 4) -> bytes:
    if form == 4:
        return json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        ).encode()
    sheets = [{"cells": cells, "metadata": {}}]
    old = {"nbformat": form, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    return json.dumps(old).encode()


def frame(*outputs: Any) -> bytes:
    return wire.encode({"cell": 0, "outputs": list(outputs), "error": ""})


def heading(**more: Any) -> dict[str, Any]:
    return {"cell_type": "heading", "level": 1, "metadata": {}, "source": "x", **more}


def recorded(*written: str) -> None:
    recorder = shell.Recorder()
    recorder.start(10**6, 10**6)
    for each in written:
        recorder.write("stdout", each)
    recorder.finish()


READERS: dict[str, Callable[[int], Callable[[], object]]] = {
    "a picture of spaces": lambda n: lambda: shown([display("image/png", " " * n + "!")]),
    "a picture on lines": lambda n: lambda: shown([display("image/png", "eA==\n" * n)]),
    "an attachment of spaces": lambda n: (
        lambda: disarm_text(text_cell("x", attachments={"a": {"image/png": " " * n + "!"}}), ())
    ),
    "many displays": lambda n: lambda: shown([display("text/html", "x")] * n),
    "many kinds": lambda n: (
        lambda: shown(
            [
                {
                    "output_type": "display_data",
                    "data": {str(i): "x" for i in range(n)},
                    "metadata": {},
                }
            ]
        )
    ),
    "a cell's result": lambda n: (
        lambda: responses.cell_result(
            frame(*[display("application/x+json", {"a": ["b\x1b"] * n})]), 0
        )
    ),
    "a kind of much json": lambda n: (
        lambda: responses.cell_result(frame(display("application/" + "+json" * n + "+json", [])), 0)
    ),
    "a traceback": lambda n: (
        lambda: responses.cell_result(
            frame(
                {"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["\x1b["] * n}
            ),
            0,
        )
    ),
    "what is printed": lambda n: lambda: recorded(*["\x1b[0;0", "0;\x1b["] * n),
    "a name": lambda n: lambda: texts.fold("a" + MARKS * 10 * n),
    "a text in a report": lambda n: lambda: people._plain("a" + MARKS * 10 * n),
    "a notebook": lambda n: (
        lambda: read.parse_notebook(
            notebook(*[{"cell_type": "code", "id": "cell-1" + "x" * 20, "source": ["a\n"]}] * n)
        )
    ),
    "a damaged notebook": lambda n: lambda: read_damaged("<<<<<< " * n + "\n<<<<<<" * n),
    "a notebook with commas too many": lambda n: (
        lambda: read.parse_notebook(b'{"cells": [' + b'{"source": "a\\n, ]"},' * n + b"],}}")
    ),
    "a notebook that ends in the middle": lambda n: (
        lambda: read_damaged('"cells": [{"source": "' + '\\"' * n)
    ),
    "checks of no week": lambda n: (
        lambda: week_of.is_of(read.parse_notebook(notebook(*[CHECKS] * n)), frozenset({"x"}))
    ),
    "tags of an old format": lambda n: (
        lambda: read.parse_notebook(
            notebook(heading(metadata={"tags": [1, "a", *range(n), *map(str, range(n))]}), form=3)
        )
    ),
    "cells of an old format": lambda n: (
        lambda: read.parse_notebook(notebook(*[heading()] * n, form=3))
    ),
}

LOCKED = {
    "id": "setup",
    "cell_type": "code",
    "metadata": {"nbgrader": {"grade_id": "setup", "locked": True}},
    "source": "import numpy as np\nLEAK = 0.1\n",
}
QUESTION = {
    "id": "why",
    "cell_type": "markdown",
    "metadata": {"nbgrader": {"grade_id": "why", "solution": True, "grade": True}},
    "source": "## Why?\n\nYour answer.",
}
STUB = {
    "id": "solution-relu",
    "cell_type": "code",
    "metadata": {"nbgrader": {"grade_id": "solution-relu", "solution": True}},
    "source": "def relu(z):\n    pass",
}
NAMELESS = {"id": "", "metadata": {}}
TEXT = {"cell_type": "raw", "source": "Why?"}
RECEIVED = released.Released(read.parse_notebook(notebook(LOCKED, STUB, QUESTION)))


def restored(*cells: Any) -> Callable[[], object]:
    return lambda: restore.restore(read.parse_notebook(notebook(*cells)), RECEIVED)


READERS |= {
    "copies of a read-only cell": lambda n: restored(*[LOCKED | {"source": "x = 1"}] * n),
    "a long read-only cell": lambda n: restored(LOCKED | {"source": "x = 1\n# b\n" * n}),
    "one that is no Python": lambda n: restored(LOCKED | {"source": "print 1\n% a\n" * n}),
    "cells that define an answer": lambda n: restored(*[STUB | NAMELESS] * n),
    "many texts": lambda n: restored(QUESTION, *[TEXT] * n),
    "texts above a question": lambda n: restored(*[TEXT] * n, QUESTION),
    "copies of a question": lambda n: restored(*[QUESTION] * n),
    "cells alike": lambda n: restored(*[LOCKED | NAMELESS] * n),
}

CHECKS = {"cell_type": "code", "source": 'check("a")\n' * 3 + "check(" * 3}

MARKDOWN = [
    *("*", "a*", "*a ", "**a ", "_a ", "[", "]", "![", "[a](", "](", "[a]:", "]:", "a]: "),
    *(
        "\n",
        " ",
        " \n",
        "\t",
        "> ",
        ">\n",
        "- ",
        "1. ",
        "# ",
        "#\n",
        "|a",
        "`",
        "``` ",
        "~",
        "~~~a\n",
    ),
    *("$", "$$", "\\\\[", "\\\\(", "\\begin{a}", "\\", "&", "&#", "<", "<a ", "< ", "!", "![a "),
    *("\r", "é", "[a]: #b\n", "![a](attachment:a", "](attachment:a.png)", '[a]: #b "', "]: #\n\t"),
    "![a](attachment:a.png)",
]


def read_damaged(content: str) -> None:
    with pytest.raises(read.UnreadableNotebook):
        read.parse_notebook(b"{" + content.encode())


MODULES = (
    *(sanitize, responses, shell, texts, people, read, restore, attempts, platforms),
    *(decode, file_kinds, week_of, formulas, markdown, page),
    *(definitions, edited, experiments, names, not_run, recognise, released, written),
)


@pytest.mark.parametrize("name", READERS)
def test_does_a_reader_take_steps_in_proportion_to_what_it_reads(name):
    assert_linear(lambda size: steps(READERS[name](size), *MODULES))


@pytest.mark.slow
@pytest.mark.parametrize("end", ["b", "]\n!"])
@pytest.mark.parametrize("unit", MARKDOWN)
def test_is_markdown_disarmed_in_proportion_to_its_length(unit, end):
    picture = {"a.png": {"image/png": "eA=="}}

    def disarm(size: int) -> Callable[[], object]:
        return lambda: disarm_text(text_cell(f"a{unit * size}{end}", attachments=picture), ())

    assert_linear(lambda size: steps(disarm(size), sanitize, texts))


def patterns() -> dict[str, re.Pattern[str]]:
    """Every regular expression that these modules keep and search texts with."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern) and name not in ("_TARGET", "_DEFINITION")
    }


UNITS = [
    *' =~<[\n_1aA(-+:/,"\\',
    "check('",
    "def ",
    "x\n",
    "def\n",
    "a ",
    "1_",
    "_1",
    "copy",
    " (1",
    "raise ",
    "a+",
    "\x1b[0;",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", patterns())
def test_does_no_regular_expression_start_over_again_and_again(name):
    """Each expression on runs of each unit, alone and after another one."""
    method = "fullmatch" if name in FULL else "every"
    for before in ("", "a_", "def", "application/") if EXHAUSTIVE else ("", "a_"):
        for unit in UNITS:
            assert_linear(
                lambda size, before=before, unit=unit: Steps(
                    patterns()[name], f"{before}{unit * size}!"
                ).every(method)
            )


FULL = {"responses._JSON_TYPE", "read._CELL_ID", "platforms._CANVAS", "platforms._MOODLE"}
FULL |= {"platforms._INBOUND", "decode._BEGUN"}
FULL |= {"formulas._ELEMENTS", "formulas._ATTRIBUTES", "markdown._ADDRESS", "markdown._PICTURE"}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"[A-Za-z0-9+/\s]*={0,2}\s*", lambda n: " " * n + "!"),
        (r"\s+$", lambda n: " " * n + "!"),
    ],
)
def test_does_the_count_tell_what_is_quadratic(pattern, text):
    """The first is what decided on base64 until it was found to stop whole classes."""
    method = "fullmatch" if "=" in pattern else "every"
    counts = [Steps(re.compile(pattern), text(size)).every(method) for size in SIZES]
    assert not is_linear(counts)
    whole = "a" + MARKS * 10
    assert not is_linear(
        [steps(lambda n=n: unicodedata.normalize("NFKC", whole * n)) for n in SIZES]
    )


@pytest.mark.parametrize("text", ["a + b = c", "", " ", "a\nb", "[x](y)", "a__b"])
@pytest.mark.parametrize("pattern", [r"\s+", r"(a|b)+?\b", r"^[^\n]*+$", r"(?<!_)_(?!_)", r"(.)\1"])
def test_does_the_matcher_that_counts_find_what_re_finds(pattern, text):
    compiled = re.compile(pattern, re.MULTILINE)
    for at in range(len(text) + 1):
        found = compiled.match(text, at)
        mine = Steps(compiled, text).end(at)
        assert mine == (found.end() if found else None)


@pytest.mark.slow
@pytest.mark.parametrize("unit", one_in(3, [(unit,) for unit in MARKDOWN], by=lambda unit: unit))
def test_is_no_more_markdown_rendered_than_the_limit(unit, monkeypatch):
    """The renderers are others' code: what they are given is limited, however much there is."""
    given: list[int] = []

    def rendered(source: str, level: int, *_: object) -> markdown.Text:
        given.append(len(source))
        return markdown.Text("", level)

    monkeypatch.setattr(markdown, "_shared", rendered)
    monkeypatch.setattr(markdown, "_rendered", rendered)
    for factor in (1, 2, 4, 8):
        given.clear()
        cells = [text_cell(unit * (500 * factor))["cells"][0] for _ in range(40)]
        disarm_text({"cells": cells}, ())
        for cell in cells:
            markdown.text(cell["source"], 1, {})
        assert max(given, default=0) <= MAX_CELL and sum(given) <= MAX_NOTEBOOK
