"""Is the cell found in which a student defines an answer?"""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.intake.definitions import Definitions, target_of
from autograder.intake.released import Released
from tests.tiny_course import release_tiny_week

DEFINED = "def relu(z):\n    return z * (z > 0)"


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Released:
    return Released(release_tiny_week(tmp_path_factory.mktemp("repository")))


def cell(source: str, kind: str = "code") -> Any:
    return nbformat.from_dict({"cell_type": kind, "source": source})


def last(released: Released, *cells: tuple[str, Any], in_text: bool = False) -> int | None:
    stub = released.cells["solution-relu"]
    return Definitions(released, 1_000).last(cells, stub, in_text=in_text)


def test_is_the_name_that_a_stub_defines_read_from_it(released):
    assert target_of(released.cells["solution-relu"]) == "relu"
    assert target_of(released.cells["solution-best_bend"]) == "best_bend"
    assert target_of(cell("# nothing")) == ""


@pytest.mark.parametrize(
    "source",
    [
        DEFINED,
        f"{DEFINED}\n\n\n{DEFINED}",
        "relu = lambda z: z",
        "relu: object = abs",
        "from model import relu",
        "a, relu = 1, abs",
        "try:\n    from model import relu\nexcept ImportError:\n    pass",
        f"%matplotlib inline\n{DEFINED}",
        f"{DEFINED}\nprint 'Python 2'",
    ],
)
def test_is_it_found_however_it_is_defined(released, source):
    assert last(released, ("", cell(source))) == 0
    assert Definitions(released, 1_000).has(source, "relu")
    assert not Definitions(released, 1_000).has(source.replace("relu", "elu"), "relu")
    assert last(released, ("solution-best_bend", cell(source)), ("", cell("x = 1"))) == 0


def test_do_the_last_cell_and_those_of_the_student_alone_count(released):
    mine = ("", cell(DEFINED))
    assert last(released, mine, mine, ("", cell("relu(3)"))) == 1
    for name in ("setup", "relu"):
        assert last(released, (name, cell(DEFINED))) is None
    stub = released.cells["solution-relu"]
    assert last(released, ("solution-relu", stub), ("", stub)) is None


def test_does_a_function_in_a_text_cell_count_where_it_is_asked_for(released):
    text = ("", cell(DEFINED, "markdown"))
    assert last(released, text) is None
    assert last(released, text, ("", cell("relu", "raw")), in_text=True) == 0
    assert last(released, ("", cell(DEFINED)), text, in_text=True) == 0


def test_is_what_is_too_long_to_be_parsed_searched_for_words(released):
    long = "#" * 2_000
    assert last(released, ("", cell(f"{DEFINED}\n{long}"))) == 0
    assert last(released, ("", cell(f"a, relu = 1, abs\n{long}"))) is None
