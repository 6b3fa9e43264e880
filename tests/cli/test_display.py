"""Is what `grade` prints short for a large class, and still valid JSON when interrupted?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.cli.display import ClassTable, bar, print_json


def line(number: int, **changes: Any) -> dict[str, Any]:
    """One submission: every tenth has a wrong gate, the others are right."""
    wrong = number % 10 == 0
    answer = {
        "points": 0.0 if wrong else 6.0,
        "outcome": "values" if wrong else "right",
        "mistake": "gate-from-the-blame" if wrong else "",
    }
    return {
        "student": f"s{number:05}",
        "points": answer["points"],
        "max_points": 6.0,
        "seconds": 0.1,
        "unreadable": "",
        "problems": [],
        "stopped": 0,
        "isolation": "bubblewrap",
        "kept": False,
        "judged_again": False,
        "questions": {"relu_backward": answer, "tanh_backward": {**answer, "outcome": "right"}},
        **changes,
    }


def table_of(count: int, **changes: Any) -> ClassTable:
    table = ClassTable("week06")
    for number in range(count):
        table.add(line(number, **changes))
    return table


def printed(table: ClassTable, capsys: Any, **options: Any) -> str:
    table.print(**options)
    return " ".join(capsys.readouterr().out.split())


def test_does_every_submission_have_a_row(capsys):
    text = printed(table_of(200), capsys)
    assert all(f"s{number:05}" in text for number in range(200))


def test_is_a_large_class_summarised_by_its_findings(capsys):
    table = table_of(1000)
    table.add(line(1, student="ada", unreadable="The file is empty."))
    table.add(line(2, student="bob", stopped=1))
    text = printed(table, capsys)
    assert "gate-from-the-blame 100 of 1002" in text and "all right 901 of 1002" in text
    assert "2 with problems, including:" in text and "ada" in text and "bob" in text
    assert "s00010" not in text and "`autograder report week06`" in text


@pytest.mark.parametrize("changes", [{}, {"stopped": 1}, {"unreadable": "The file is empty."}])
def test_is_memory_independent_of_the_class_size(changes):
    def size(count: int) -> int:
        fields = vars(table_of(count, **changes)).values()
        return sum(len(each) for each in fields if hasattr(each, "__len__"))

    assert size(5000) == size(1000)


def test_does_the_last_line_say_what_was_regraded_and_what_was_run(capsys):
    table = table_of(3, judged_again=True)
    table.add(line(4))
    assert "3 were regraded from saved answers, 1 were run." in printed(table, capsys)
    assert "regraded" not in printed(table_of(3), capsys)
    told = printed(table_of(3), capsys, regraded=True)
    assert "0 were regraded from saved answers, 3 were run." in told


@pytest.mark.parametrize("count", [0, 1, 3])
def test_is_the_document_written_as_lines_come(capsys, count):
    seen = []

    def lines() -> Iterator[dict[str, Any]]:
        for number in range(count):
            yield line(number)
            seen.append(capsys.readouterr().out)

    print_json("week06", lines())
    document = "".join([*seen, capsys.readouterr().out])
    assert json.loads(document) == {"week": "week06", "submissions": list(map(line, range(count)))}
    assert all(f"s{number:05}" in text for number, text in enumerate(seen))


@pytest.mark.parametrize("count", [0, 2])
def test_is_an_interrupted_document_still_valid_json(capsys, count):
    def lines() -> Iterator[dict[str, Any]]:
        yield from map(line, range(count))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        print_json("week06", lines())
    sys.stdout.flush()
    out = capsys.readouterr().out
    assert (len(json.loads(out)["submissions"]) if out else 0) == count


def test_does_a_bar_pass_everything_on_and_print_on_stderr_alone(capsys):
    assert list(bar("Writing")([3, 1, 2])) == [3, 1, 2]
    assert list(bar("Writing")([])) == []
    assert capsys.readouterr().out == ""
