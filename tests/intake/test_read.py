"""Is every file either a notebook or one calm sentence?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import UnreadableNotebook
from autograder.intake import read
from autograder.intake.read import parse_notebook, read_notebook


def document(**changes: Any) -> dict[str, Any]:
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": []}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]} | changes


def parse(value: Any) -> Any:
    return parse_notebook(json.dumps(value).encode())


WHOLE = json.dumps(document(), indent=1).encode()
CONFLICT = WHOLE.replace(b' "metadata": {}', b'<<<<<<< HEAD\n "metadata": {}', 1)

UNREADABLE = {
    "empty": (b"", "empty"),
    "white space": (b" \n\t", "empty"),
    "web page": (b"\n<!DOCTYPE html><title>Sign in</title>", "web page"),
    "zip": (b"PK\x03\x04....", "zip archive"),
    "latin-1": (b'{"nbformat": 4, "x": "\xe4"}', "UTF-8"),
    "binary": (b"\x89PNG\r\n\x00\xff", "UTF-8"),
    "python": (b"import numpy as np", "does not begin as one"),
    "conflict": (CONFLICT, "merge conflict"),
    "cut": (WHOLE[:-40], "ends in the middle"),
    "cut in a string": (WHOLE[: WHOLE.index(b"x = 1") + 3], "ends in the middle"),
    "broken": (WHOLE.replace(b'"cells":', b'"cells"'), "not valid JSON"),
    "list": (b"[1, 2]", "JSON but not"),
    "number": (b"7", "JSON but not"),
    "other JSON": (b'{"name": "package"}', "no format number"),
    "format as text": (b'{"nbformat": "4", "cells": []}', "no format number"),
    "format true": (b'{"nbformat": true, "cells": []}', "no format number"),
    "future": (b'{"nbformat": 5, "cells": []}', "format 5"),
    "no cells": (b'{"nbformat": 4}', "list of cells"),
    "cells no list": (b'{"nbformat": 4, "cells": {"a": 1}}', "list of cells"),
    "old and broken": (b'{"nbformat": 2, "worksheets": 3}', "old format 2"),
    "bomb of lists": (b'{"nbformat": 4, "cells": ' + b"[" * 100_000, "nested"),
    "small bomb": (
        b'{"nbformat": 4, "cells": [], "metadata": {"x": ' + b"[" * 80 + b"]" * 80 + b"}}",
        "nested",
    ),
    "huge number": (b'{"nbformat": ' + b"4" * 5_000 + b', "cells": []}', "digits"),
    "many cells": (b'{"nbformat": 4, "cells": [' + b"{}," * 6_000 + b"{}]}", "6001 cells"),
}


@pytest.mark.parametrize(("content", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_is_what_is_no_notebook_told_in_a_sentence(content, reason):
    with pytest.raises(UnreadableNotebook, match=r"\.$") as caught:
        parse_notebook(content)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value) and "!" not in str(caught.value)


def test_is_a_file_that_is_not_there_told(tmp_path):
    with pytest.raises(UnreadableNotebook, match="no file week.ipynb"):
        read_notebook(tmp_path / "week.ipynb")


def test_is_a_folder_told_by_what_it_holds(tmp_path):
    with pytest.raises(UnreadableNotebook, match="no notebook"):
        read_notebook(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.ipynb").touch()
    with pytest.raises(UnreadableNotebook, match="2 notebooks"):
        read_notebook(tmp_path)


def test_is_a_pipe_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(UnreadableNotebook, match="regular file"):
        read_notebook(tmp_path / "pipe.ipynb")


def test_is_a_file_of_200_megabytes_refused_without_reading_it(tmp_path):
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(UnreadableNotebook, match="200 MB"):
        read_notebook(path)


def test_are_outputs_dropped_and_sources_joined():
    deep = json.loads("[" * 80 + "]" * 80)
    outputs = [{"text": "x"}, {"data": deep}]
    cell = {"cell_type": "code", "source": ["a = 1\n", "b = 2", 3], "outputs": outputs}
    notebook = parse(document(cells=[cell]))
    assert notebook.cells[0].source == "a = 1\nb = 2"
    assert notebook.cells[0].outputs == []
    nbformat.validate(notebook)


@pytest.mark.parametrize(
    "cell",
    [
        {},
        {"cell_type": "code"},
        {"cell_type": "heading", "source": None, "metadata": []},
        {"cell_type": "markdown", "source": 4, "attachments": {"a": 1}},
        {"cell_type": ["code"], "id": 7},
    ],
)
def test_are_missing_and_wrong_fields_repaired(cell):
    notebook = parse(document(cells=[cell, "no cell", None, document()["cells"][0]]))
    nbformat.validate(notebook)
    assert notebook.cells[-1].source == "x = 1"


def test_is_a_notebook_without_its_format_number_read():
    raw = document()
    del raw["nbformat"], raw["nbformat_minor"], raw["metadata"]
    nbformat.validate(parse(raw))


def test_do_cells_get_ids_of_their_own():
    cells = [{"cell_type": "raw", "id": name} for name in ("a", "a", "cell-1", "b b", "c" * 65)]
    ids = [cell.id for cell in parse(document(cells=cells)).cells]
    assert ids[0] == "a" and len(set(ids)) == 5


def test_is_a_future_minor_version_read():
    assert parse(document(nbformat_minor=9)).nbformat_minor == 5


@pytest.mark.parametrize("major", [2, 3])
def test_are_old_formats_upgraded(major):
    cell = {"cell_type": "code", "language": "python", "input": ["x = 1"], "outputs": []}
    if major == 3:
        cell["metadata"] = {}
    sheet = {"cells": [cell, {"cell_type": "markdown", "source": "text"}]}
    notebook = parse({"nbformat": major, "metadata": {"name": ""}, "worksheets": [sheet]})
    assert [cell.source for cell in notebook.cells] == ["x = 1", "text"]
    nbformat.validate(notebook)


def test_is_half_a_surrogate_pair_replaced_and_a_whole_one_kept():
    cell = {"cell_type": "code", "source": "a = '\ud800'"}
    whole = {"cell_type": "code", "source": "b = '\U0001f600'"}
    half, pair = parse(document(cells=[cell, whole])).cells
    assert half.source == "a = '?'"
    assert pair.source == "b = '\U0001f600'"


@given(st.text(), st.dictionaries(st.text(), st.integers(-(2**63), 2**63) | st.floats(-1e9, 1e9)))
def test_do_both_readers_of_json_agree(source, metadata):
    """A byte order mark is no JSON: behind it the same notebook is read by Python's own reader."""
    content = json.dumps(document(metadata=metadata, cells=[{"source": source}])).encode()
    assert parse_notebook(content) == parse_notebook(b"\xef\xbb\xbf" + content)


def test_are_pasted_pictures_kept_and_other_attachments_not():
    attachments = {"p.png": {"image/png": "aGk="}, "x": {"text/html": "<script>"}, "y": 3}
    cell = {"cell_type": "markdown", "source": "", "attachments": attachments}
    (read,) = parse(document(cells=[cell])).cells
    assert read.attachments == {"p.png": {"image/png": "aGk="}}


def test_is_a_byte_order_mark_understood(tmp_path):
    path = Path(tmp_path, "a.ipynb")
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE)
    assert len(read_notebook(path).cells) == 1


@pytest.mark.slow
@given(
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["code", 4]),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["nbformat", "cells", "metadata", "cell_type", "source", "id"]),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_does_nothing_else_ever_come_out(content):
    try:
        nbformat.validate(parse_notebook(content))
    except UnreadableNotebook as error:
        assert str(error)


def old_format(**cell: Any) -> bytes:
    """A notebook in format 3 with one heading."""
    heading = {"cell_type": "heading", "level": 1, "metadata": {}, "source": "x", **cell}
    sheets = [{"cells": [heading], "metadata": {}}]
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("level", "source"),
    [(3, "### x"), (10**11, "# x"), ("2", "# x"), (-1, "# x"), (None, "# x"), ([], "# x")],
)
def test_is_a_heading_of_an_old_format_as_deep_as_headings_are(level, source):
    assert parse_notebook(old_format(level=level)).cells[0].source == source


def test_are_tags_of_an_old_format_left_out_before_nbformat_compares_them(monkeypatch):
    seen = []
    upgrade = read.nbformat.convert
    monkeypatch.setattr(
        read.nbformat, "convert", lambda old, to: seen.append(str(old)) or upgrade(old, to)
    )
    tags = [number if number % 2 else str(number) for number in range(2_000)]
    (cell,) = parse_notebook(old_format(metadata={"tags": tags, "kept": 1})).cells
    assert cell.metadata == {"kept": 1} and "1998" not in seen[0]
