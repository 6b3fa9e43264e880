"""Is an answer in words found wherever it stands, and a person asked where it may be one?"""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.intake.released import Released
from autograder.intake.restore import restore
from tests.tiny_course import release_tiny_week

ANSWER = "Without bends a pile of layers is one linear map, and XOR is out of reach."


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Any:
    return release_tiny_week(tmp_path_factory.mktemp("repository"))


def cell(kind: str, source: str, **more: Any) -> Any:
    outputs = {"outputs": [], "execution_count": None} if kind == "code" else {}
    plain = {"id": "mine", "cell_type": kind, "metadata": {}, "source": source}
    return nbformat.from_dict(plain | outputs | more)


def restored(released: Any, place: int, *cells: Any) -> tuple[Any, Any]:
    """The notebook with cells of the student's own at a place, and the written question."""
    submitted = nbformat.from_dict(released)
    submitted.cells[place:place] = cells
    notebook, _ = restore(submitted, Released(released))
    return notebook, next(each for each in notebook.cells if each.id == "why_bends")


END = 11
"""The written question is the last of eleven cells."""


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("answer", [ANSWER, "42."])
def test_is_text_right_below_the_question_its_answer(released, kind, answer):
    notebook, question = restored(released, END, cell(kind, answer), cell(kind, "More."))
    assert question.source == f"{released.cells[-1].source}\n\n{answer}\n\nMore."
    assert len(notebook.cells) == len(released.cells)


def test_comes_a_picture_along(released):
    pictures = {"a.png": {"image/png": "eA=="}}
    answer = cell("markdown", "![](attachment:a.png)", attachments=pictures)
    _, question = restored(released, END, answer)
    assert question.attachments == pictures
    _, question = restored(released, 1, answer)
    assert question.source != released.cells[-1].source


@pytest.mark.parametrize("place", [0, 3, END - 1])
@pytest.mark.parametrize(
    "other",
    [
        cell("markdown", ANSWER),
        cell("raw", ANSWER),
        cell("code", ANSWER),
        cell("code", f"# {ANSWER}"),
        cell("code", f'"""{ANSWER}"""'),
        cell("code", f'answer = "{ANSWER}"'),
        cell("code", f'print("{ANSWER}")'),
    ],
    ids=lambda each: f"{each.cell_type} {each.source[:3]}",
)
def test_is_a_person_asked_to_read_prose_anywhere(released, place, other):
    notebook, question = restored(released, place, other)
    assert question.source.startswith(released.cells[-1].source)
    assert "Without bends a pile" in question.source
    assert other.source in [each.source for each in notebook.cells]


def test_is_a_person_asked_to_read_a_text_of_the_courses_with_an_answer_in_it(released):
    submitted = nbformat.from_dict(released)
    submitted.cells[5].source += f"\n\n{ANSWER}"
    notebook, notes = restore(submitted, Released(released))
    assert "Without bends a pile" in notebook.cells[-1].source
    assert notes == [
        "The cell why_bends holds no answer, but there is text elsewhere; a person looks."
    ]


@pytest.mark.parametrize(
    "other",
    [
        cell("code", "x = relu(3)\nprint(x)"),
        cell("code", "# try a larger step"),
        cell("markdown", "## Part 2"),
        cell("markdown", ""),
        cell("code", "%config InlineBackend.figure_format = 'retina' and so on"),
    ],
    ids=lambda each: each.source[:8],
)
def test_does_code_or_a_heading_elsewhere_leave_the_question_unanswered(released, other):
    _, question = restored(released, 3, other)
    assert question == released.cells[-1]


def test_is_an_answer_in_its_place_left_as_it_is(released):
    submitted = nbformat.from_dict(released)
    submitted.cells[-1].source = ANSWER
    submitted.cells.append(cell("markdown", "More."))
    notebook, notes = restore(submitted, Released(released))
    assert [each.source for each in notebook.cells[-2:]] == [ANSWER, "More."]
    assert notes == []


@pytest.mark.parametrize("place", [0, END])
def test_are_copies_of_the_courses_own_texts_no_answer(released, place):
    """Deepnote makes a cell of every paragraph, and whole cells are copied by accident."""
    copies = [cell("markdown", each.source) for each in released.cells[:5:2] + released.cells[-1:]]
    _, question = restored(released, place, *copies)
    assert question == released.cells[-1]


def test_does_an_answer_count_below_a_question_that_lost_its_last_line(released):
    submitted = nbformat.from_dict(released)
    submitted.cells[-1].source = submitted.cells[-1].source.partition("\n")[0]
    submitted.cells += [cell("markdown", ANSWER), cell("code", "1 + 1", id="other")]
    notebook, _ = restore(submitted, Released(released))
    assert notebook.cells[-2].source.endswith(ANSWER)


def test_is_a_person_asked_to_read_what_was_written_into_a_read_only_cell_or_an_experiment(
    released,
):
    for name in ("setup", "relu", "experiment-1"):
        submitted = nbformat.from_dict(released)
        edited = next(each for each in submitted.cells if each.id == name)
        edited.source = f"{edited.source}\n{ANSWER}"
        notebook, _ = restore(submitted, Released(released))
        assert "Without bends a pile" in notebook.cells[-1].source, name
    edited.source = "x = 3\n# with a larger step it would not converge at all"
    assert restore(submitted, Released(released))[0].cells[-1] == released.cells[-1]
