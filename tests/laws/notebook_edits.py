"""What happens to notebooks between a student's Jupyter and the grader, as a table of edits.

Each edit changes a solved notebook, as JSON, and leaves its answers right. What it writes itself
contains the word KEPT, and solutions that need it fail without it.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import nbformat

from tests.conftest import REPOSITORY, source

KEPT = "kept_by_me"
ANSWER = "Each bill is passed back once and shared by all weights, as I saw with 13,002 of them."
HELPER = f"def {KEPT}(x):\n    return 2 * x"
USE = f"assert {KEPT}(4) == 8\n"

Cell = dict[str, Any]
Document = dict[str, Any]
Edit = Callable[[Document], None]

EDITS: dict[str, Edit] = {}


def edit(change: Edit) -> Edit:
    """Put an edit into the table."""
    EDITS[change.__name__] = change
    return change


def stamp(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


def kind_of(cell: Cell) -> str:
    if "experiment" in cell["metadata"].get("tags", ()):
        return "experiment"
    flags = tuple(stamp(cell).get(key, False) for key in ("solution", "grade", "locked"))
    kinds = {
        (True, False, False): "solution",
        (True, True, False): "written",
        (False, True, True): "check",
        (False, False, True): "locked",
    }
    return kinds.get(flags, cell["cell_type"])


def places(document: Document, *kinds: str) -> list[int]:
    return [index for index, cell in enumerate(document["cells"]) if kind_of(cell) in kinds]


def cells_of(document: Document, *kinds: str) -> list[Cell]:
    return [document["cells"][index] for index in places(document, *kinds)]


def own(source: str, kind: str = "code") -> Cell:
    cell: Cell = {"id": uuid.uuid4().hex[:8], "cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"execution_count": 7, "outputs": []} if kind == "code" else {})


def strip(cell: Cell, **metadata: Any) -> None:
    cell.pop("id", None)
    cell["metadata"] = metadata


def answered(document: Document) -> Document:
    """With an answer to the written question in its own cell."""
    for cell in cells_of(document, "written"):
        cell["source"] = cell["source"].replace("*Your answer here.*", ANSWER)
    return document


# --- what platforms lose -----------------------------------------------


@edit
def untouched(document: Document) -> None:
    pass


@edit
def ids_regenerated(document: Document) -> None:
    for cell in document["cells"]:
        cell["id"] = uuid.uuid4().hex[:8]


@edit
def metadata_stripped(document: Document) -> None:
    for cell in document["cells"]:
        cell["metadata"] = {}


@edit
def ids_and_metadata_lost(document: Document) -> None:
    document["nbformat_minor"] = 4
    for cell in document["cells"]:
        strip(cell)


@edit
def format_4_4(document: Document) -> None:
    document["nbformat_minor"] = 4
    for cell in document["cells"]:
        cell.pop("id")


@edit
def format_3(document: Document) -> None:
    old = nbformat.convert(nbformat.from_dict(document), 3)
    document.clear()
    document.update(json.loads(json.dumps(old)))


@edit
def saved_by_colab(document: Document) -> None:
    document["nbformat_minor"] = 0
    document["metadata"] = {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    for cell in document["cells"]:
        strip(cell, id=uuid.uuid4().hex[:12], colab={"base_uri": "https://localhost:8080/"})


@edit
def saved_by_colab_with_stamps(document: Document) -> None:
    for cell in document["cells"]:
        strip(cell, **cell["metadata"], id=uuid.uuid4().hex[:12], outputId="b3")


@edit
def saved_by_kaggle(document: Document) -> None:
    for cell in document["cells"]:
        strip(cell, _uuid=uuid.uuid4().hex, _cell_guid="1", trusted=True, tags=["collapsed"])


@edit
def saved_by_deepnote(document: Document) -> None:
    """Every paragraph becomes a block of its own."""
    cells = []
    for cell in document["cells"]:
        parts = (
            cell["source"].split("\n\n") if cell["cell_type"] == "markdown" else [cell["source"]]
        )
        for part in parts:
            block = own(part, cell["cell_type"])
            strip(block, cell_id=uuid.uuid4().hex, deepnote_cell_type="text-cell-p")
            cells.append(block)
    document["cells"] = cells


@edit
def windows_line_ends(document: Document) -> None:
    for cell in document["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n") + "\r\n"


@edit
def reformatted_on_save(document: Document) -> None:
    """As by black or ruff in VS Code: quotes, blank lines, ends of lines."""
    for cell in cells_of(document, "locked", "experiment", "check"):
        cell["source"] = cell["source"].replace('"', "'").replace("\n\n\n", "\n\n") + "  \n"


# --- cells copied, deleted, moved, merged and split -----------------------------------------------


@edit
def every_cell_twice(document: Document) -> None:
    document["cells"] = [copy.deepcopy(cell) for cell in document["cells"] for _ in range(2)]


@edit
def locked_cells_deleted(document: Document) -> None:
    document["cells"] = [c for c in document["cells"] if kind_of(c) != "locked"]


@edit
def checks_deleted(document: Document) -> None:
    document["cells"] = [c for c in document["cells"] if kind_of(c) != "check"]


@edit
def only_answers_left(document: Document) -> None:
    document["cells"] = cells_of(document, "solution", "written")


@edit
def experiments_moved_to_the_end(document: Document) -> None:
    moved = cells_of(document, "experiment")
    document["cells"] = [c for c in document["cells"] if kind_of(c) != "experiment"] + moved


@edit
def checks_moved_to_the_end(document: Document) -> None:
    moved = cells_of(document, "check")
    document["cells"] = [c for c in document["cells"] if kind_of(c) != "check"] + moved


def merge(document: Document, first: int, *, keep: int = 0) -> None:
    """Merge two cells; the one at `keep` gives its metadata and id."""
    pair = document["cells"][first : first + 2]
    source = "\n\n".join(cell["source"] for cell in pair)
    document["cells"][first : first + 2] = [pair[keep] | {"source": source}]


def pairs(document: Document, first: str, second: str) -> Iterator[int]:
    """The places where a cell of one kind stands above one of another, from below."""
    for index in reversed(range(len(document["cells"]) - 1)):
        above, below = document["cells"][index : index + 2]
        if kind_of(above) == first and kind_of(below) == second:
            yield index


@edit
def answers_merged_with_their_checks(document: Document) -> None:
    for index in pairs(document, "solution", "check"):
        merge(document, index)


@edit
def checks_merged_with_their_answers(document: Document) -> None:
    for index in pairs(document, "solution", "check"):
        merge(document, index, keep=1)


@edit
def checks_merged_with_the_next_answers(document: Document) -> None:
    for index in pairs(document, "check", "solution"):
        merge(document, index)


@edit
def locked_cells_merged(document: Document) -> None:
    for index in pairs(document, "locked", "locked"):
        merge(document, index)


@edit
def locked_cells_merged_and_a_helper_added(document: Document) -> None:
    for index in pairs(document, "locked", "locked"):
        merge(document, index)
    helper_in_a_locked_cell(document)


@edit
def locked_cells_merged_with_experiments(document: Document) -> None:
    for index in pairs(document, "locked", "experiment"):
        merge(document, index)


@edit
def every_answer_in_one_cell(document: Document) -> None:
    first, *others = places(document, "solution")
    source = [document["cells"][index]["source"] for index in (first, *others)]
    document["cells"][first]["source"] = "\n\n\n".join(source)
    for index in reversed(others):
        del document["cells"][index]


@edit
def answers_split(document: Document) -> None:
    """A line of the student's own, then the answer, with the metadata of both or of the first."""
    for number, index in enumerate(reversed(places(document, "solution"))):
        cell = document["cells"][index]
        rest = own(cell["source"])
        if number % 2:
            rest["metadata"] = copy.deepcopy(cell["metadata"])
        cell["source"] = f"{KEPT}_{number} = {number}"
        document["cells"].insert(index + 1, rest)


@edit
def answers_split_and_merged_with_their_checks(document: Document) -> None:
    for index in pairs(document, "solution", "check"):
        merge(document, index)
    answers_split(document)


# --- cells of another type -----------------------------------------------


def retype(document: Document, to: str, *kinds: str) -> None:
    for cell in cells_of(document, *kinds):
        cell["cell_type"] = to
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        if to == "code":
            cell |= {"outputs": [], "execution_count": None}


@edit
def answers_are_text(document: Document) -> None:
    retype(document, "markdown", "solution", "check")


@edit
def locked_cells_are_raw(document: Document) -> None:
    retype(document, "raw", "locked", "check", "experiment")


@edit
def written_answer_in_code(document: Document) -> None:
    retype(document, "code", "written", "markdown")


@edit
def written_answer_is_raw_and_its_stamp_lost(document: Document) -> None:
    retype(document, "raw", "written")
    for cell in cells_of(document, "written"):
        strip(cell)


# --- the student's code in cells of the course's -----------------------------------------------


def needs_helper(document: Document, after: int = 0) -> Cell:
    """Let the first answer below a place fail without the helper; the answer's cell."""
    index = next(index for index in places(document, "solution") if index >= after)
    cell: Cell = document["cells"][index]
    cell["source"] = USE + cell["source"]
    return cell


@edit
def helper_in_a_locked_cell(document: Document) -> None:
    cell = cells_of(document, "locked")[-1]
    cell["source"] += f"\n\n\n{HELPER}\n"
    needs_helper(document)


@edit
def import_above_a_locked_cell(document: Document) -> None:
    cell = cells_of(document, "locked")[0]
    cell["source"] = f"# mine: {KEPT}\nfrom math import sqrt as {KEPT}\n" + cell["source"]
    answer = needs_helper(document)
    answer["source"] = answer["source"].replace("(4) == 8", "(4) == 2")


@edit
def magic_and_helper_in_every_locked_cell(document: Document) -> None:
    for cell in cells_of(document, "locked"):
        cell["source"] = f"%matplotlib inline\n{cell['source']}\n{HELPER}"
    needs_helper(document)


@edit
def import_exchanged_in_a_locked_cell(document: Document) -> None:
    line = "from autograder import check"
    cell = next(each for each in cells_of(document, "locked") if line in each["source"])
    cell["source"] = cell["source"].replace(line, f"{line}  # {KEPT}\nimport math, time")
    cell["source"] = cell["source"].replace(
        "import numpy as np", f"import math as {KEPT}, numpy as np"
    )
    answer = needs_helper(document)
    answer["source"] = answer["source"].replace(f"{KEPT}(4) == 8", f"{KEPT}.sqrt(4) == 2 and time")


@edit
def helper_in_an_emptied_locked_cell_without_ids(document: Document) -> None:
    cell = cells_of(document, "locked")[-1]
    kept = cell["source"].splitlines()[: len(cell["source"].splitlines()) * 2 // 3]
    cell["source"] = HELPER + "\n\n" + "\n".join(kept).partition("\ndef ")[0]
    needs_helper(document)
    for each in document["cells"]:
        strip(each)


@edit
def locked_functions_rewritten(document: Document) -> None:
    """The course's own function counts; what stood there is kept as text."""
    for cell in cells_of(document, "locked"):
        cell["source"] = cell["source"].replace("    return", f"    {KEPT} = 0 / 0\n    return")


@edit
def helper_in_a_check(document: Document) -> None:
    cells_of(document, "check")[0]["source"] += f"  # right, {KEPT}!\n\n{HELPER}"
    needs_helper(document, places(document, "check")[0])


@edit
def helper_in_an_experiment(document: Document) -> None:
    index = places(document, "experiment")[0]
    document["cells"][index]["source"] = f"{HELPER}\n\n" + document["cells"][index]["source"]
    needs_helper(document, index)


@edit
def helper_in_an_experiment_without_ids(document: Document) -> None:
    helper_in_an_experiment(document)
    saved_by_colab(document)


@edit
def helper_below_a_stopped_experiment(document: Document) -> None:
    """The lesson's experiment now fails, or never ends; what needs it is below."""
    index = places(document, "experiment")[0]
    document["cells"][index]["source"] = f"{HELPER}\n{KEPT}_too = 0\nraise ValueError"
    needs_helper(document, index)


@edit
def constant_of_an_unchanged_experiment(document: Document) -> None:
    """In Jupyter, where everything ran, an answer may use what an experiment defines."""
    index = places(document, "experiment")[0]
    source = document["cells"][index]["source"]
    name = next(
        line.partition(" = ")[0]
        for line in source.splitlines()
        if line.partition(" = ")[0].isidentifier() and " = " in line
    )
    number = next(number for number in places(document, "solution") if number > index)
    cell = document["cells"][number]
    cell["source"] = f"assert {name} is not None\n{cell['source']}"


@edit
def new_cells_of_code_and_text(document: Document) -> None:
    index = places(document, "solution")[0]
    document["cells"][index:index] = [own(f"My note: {KEPT}", "markdown"), own(HELPER)]
    needs_helper(document)


# --- answers in new cells -----------------------------------------------


def stubs(document: Document) -> list[tuple[int, str]]:
    """Put back every second answer's stub; places from below, and the answers."""
    found = []
    for index in reversed(places(document, "solution")[::2]):
        cell = document["cells"][index]
        found.append((index, cell["source"]))
        cell["source"] = cell["metadata"]["stub"]
    return found


@edit
def answers_above_their_stubs(document: Document) -> None:
    for index, answer in stubs(document):
        document["cells"].insert(index, own(answer))


@edit
def answers_below_their_stubs(document: Document) -> None:
    for index, answer in stubs(document):
        document["cells"].insert(index + 1, own(answer))


@edit
def answers_below_their_checks(document: Document) -> None:
    checks = set(places(document, "check"))
    for index, answer in stubs(document):
        check = next(each for each in sorted(checks) if each > index)
        document["cells"].insert(check + 1, own(answer))


@edit
def answers_below_their_checks_and_a_word_in_their_cells(document: Document) -> None:
    found = stubs(document)
    cells = document["cells"]
    for index, answer in found:
        cells[index]["source"] = f"# See below, {KEPT}."
        check = next(each for each in range(index, len(cells)) if kind_of(cells[each]) == "check")
        cells.insert(check + 1, own(answer))


@edit
def functions_in_text_and_ids_lost(document: Document) -> None:
    for cell in cells_of(document, "solution"):
        if cell["source"].startswith("def "):
            strip(cell)
            cell["cell_type"] = "markdown"
            del cell["outputs"], cell["execution_count"]


@edit
def answers_in_one_cell_at_the_end(document: Document) -> None:
    answers = [answer for _, answer in stubs(document)]
    document["cells"].append(own("\n\n\n".join(reversed(answers))))


@edit
def colab_code_in_the_first_locked_cell(document: Document) -> None:
    """What fails there stops nothing that stands below."""
    cell = cells_of(document, "locked")[0]
    drive = "from google.colab import drive\ndrive.mount('/content/drive')  # " + KEPT
    cell["source"] = f"!echo pip\n{drive}\n{cell['source']}\n\n\n{HELPER}\n"
    needs_helper(document)


@edit
def answers_in_cells_of_their_own(document: Document) -> None:
    for index, answer in stubs(document):
        document["cells"][index] = own(answer)


def written_elsewhere(document: Document, offset: int, kind: str, *, source: str = ANSWER) -> None:
    for index in reversed(places(document, "written")):
        cell = document["cells"][index]
        cell["source"] = cell["metadata"]["stub"]
        document["cells"].insert(max(index + offset, 0), own(source, kind))


@edit
def written_answer_below(document: Document) -> None:
    written_elsewhere(document, 1, "markdown")


@edit
def written_answer_below_and_everything_lost(document: Document) -> None:
    written_elsewhere(document, 1, "markdown")
    ids_and_metadata_lost(document)


@edit
def written_answer_below_as_raw(document: Document) -> None:
    written_elsewhere(document, 1, "raw")


@edit
def written_answer_below_as_code(document: Document) -> None:
    written_elsewhere(document, 1, "code")


@edit
def written_answer_below_as_comments(document: Document) -> None:
    written_elsewhere(document, 1, "code", source=f"# {ANSWER}")


@edit
def written_answer_below_as_a_string(document: Document) -> None:
    written_elsewhere(document, 1, "code", source=f'answer = """{ANSWER}"""')


@edit
def written_answer_above(document: Document) -> None:
    written_elsewhere(document, 0, "markdown")


@edit
def written_answer_at_the_top(document: Document) -> None:
    written_elsewhere(document, -10_000, "markdown")


@edit
def written_answer_in_the_next_text(document: Document) -> None:
    for index in places(document, "written"):
        cell = document["cells"][index]
        cell["source"] = cell["metadata"]["stub"]
        document["cells"][index + 1]["source"] += f"\n\n{ANSWER}"


@edit
def written_answer_in_a_copy(document: Document) -> None:
    for index in reversed(places(document, "written")):
        twin = copy.deepcopy(document["cells"][index])
        document["cells"][index]["source"] = twin["metadata"]["stub"]
        document["cells"].insert(index + 1, twin)


@edit
def written_answer_alone_is_left(document: Document) -> None:
    """The question was deleted."""
    for index in places(document, "written"):
        document["cells"][index] = own(ANSWER, "markdown")


@edit
def written_answer_split_from_its_question(document: Document) -> None:
    for index in reversed(places(document, "written")):
        cell = document["cells"][index]
        question, _, answer = cell["source"].rpartition("\n\n")
        cell["source"] = question
        document["cells"].insert(index + 1, copy.deepcopy(cell) | {"source": answer})


@edit
def written_answer_under_its_heading_alone(document: Document) -> None:
    for cell in cells_of(document, "written"):
        cell["source"] = cell["source"].partition("\n")[0] + f"\n\n{ANSWER}"
        strip(cell)


# --- cells of another week -----------------------------------------------


def another_week(document: Document) -> list[Cell]:
    """The solved cells of a week that shares names of cells with this one."""
    mine = {stamp(cell).get("grade_id") for cell in document["cells"]}
    other = "week03_forward" if "solution-log_softmax" not in mine else "week02_bends"
    cells: list[Cell] = solved(other)["cells"]
    return [cell for cell in cells if kind_of(cell) != "experiment"]


@edit
def another_week_pasted_below(document: Document) -> None:
    document["cells"] += another_week(document)


@edit
def another_weeks_locked_cells_pasted_above(document: Document) -> None:
    document["cells"][:0] = [c for c in another_week(document) if kind_of(c) != "written"]


def solved(stem: str) -> Document:
    """A week's notebook with every answer right; stubs are kept in the metadata."""
    path = REPOSITORY / "assignments" / stem / f"{stem}.ipynb"
    document: Document = json.loads(path.read_text())
    answers = {cell["id"]: cell["source"] for cell in source(stem).cells}
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"])
        if kind_of(cell) == "solution":
            cell["metadata"]["stub"] = cell["source"]
            cell["source"] = answers[cell["id"]]
        elif kind_of(cell) == "written":
            cell["metadata"]["stub"] = cell["source"]
    return answered(document)
