"""Are a cell's outputs recorded in their order, and never more of them than it may show?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.inside.outputs import Recorder, Stream, plain, representations, text_of

WRITES = st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text("ab\n", max_size=8)))
NOTE = "[The rest of this cell's output was cut.]"


def recorded(writes: list[tuple[str, str]], text: int = 1_000) -> list[dict[str, Any]]:
    recorder = Recorder()
    recorder.start(text, 0)
    for stream, words in writes:
        recorder.write(stream, words)
    return recorder.finish()


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


@given(WRITES)
def test_is_every_text_recorded_once_and_in_order(writes):
    """Also with neighbours of one stream joined, as Jupyter joins them."""
    outputs = recorded(writes)
    assert "".join(output["text"] for output in outputs) == "".join(text for _, text in writes)
    names = [output["name"] for output in outputs]
    assert all(left != right for left, right in zip(names, names[1:], strict=False))


@given(WRITES, st.integers(0, 40))
def test_is_no_more_text_recorded_than_the_limit(writes, limit):
    everything = "".join(text for _, text in writes)
    shown = "".join(output["text"] for output in recorded(writes, limit))
    assert shown == everything if len(everything) <= limit else NOTE in shown
    assert shown.partition(f"\n{NOTE}")[0] == everything[:limit]


def test_is_a_representation_left_out_that_exceeds_its_limit():
    recorder = Recorder()
    recorder.start(20, 10)
    recorder.add(display(**{"text/plain": "a figure", "image/png": "x" * 11}))
    recorder.add(display(**{"image/png": "x" * 10}))
    (first, second, note) = recorder.finish()
    assert first["data"] == {"text/plain": "a figure"}
    assert second["data"] == {"image/png": "x" * 10}
    assert NOTE in note["text"]


def test_is_a_picture_in_text_counted_as_text():
    recorder = Recorder()
    recorder.start(5, 1_000)
    recorder.add(display(**{"image/svg+xml": "<svg></svg>"}))
    (note,) = recorder.finish()
    assert NOTE in note["text"]


def test_is_a_long_traceback_replaced_by_its_last_line():
    recorder = Recorder()
    recorder.start(30, 0)
    error = {"output_type": "error", "ename": "ValueError", "evalue": "\x1b[31mno\x1b[0m"}
    recorder.add({**error, "traceback": ["x" * 31]})
    assert recorder.finish()[0]["traceback"] == ["ValueError: no"]


def test_is_nothing_recorded_before_a_cell_and_after_it():
    recorder = Recorder()
    recorder.write("stdout", "before")
    recorder.start(100, 100)
    recorder.write("stdout", "\x1b[1mwithin\x1b[0m")
    outputs = recorder.finish()
    recorder.write("stdout", "after")
    recorder.add(display(**{"text/plain": "after"}))
    assert outputs == [{"output_type": "stream", "name": "stdout", "text": "within"}]


def test_are_earlier_outputs_dropped_by_clear():
    recorder = Recorder()
    recorder.start(100, 100)
    recorder.write("stdout", "1 %")
    recorder.clear()
    recorder.write("stdout", "2 %")
    assert [output["text"] for output in recorder.finish()] == ["2 %"]


def test_are_earlier_outputs_kept_until_there_is_something_new():
    """With `wait=True`; also at the end of the cell."""
    recorder = Recorder()
    recorder.start(100, 100)
    recorder.write("stdout", "1 %")
    recorder.clear(wait=True)
    recorder.write("stdout", "2 %")
    recorder.clear(wait=True)
    assert [output["text"] for output in recorder.finish()] == ["2 %"]


def test_is_a_display_updated_by_its_name_and_within_the_limits():
    recorder = Recorder()
    recorder.start(10, 100)
    recorder.add(display(**{"text/plain": "a"}), "known")
    recorder.update(display(**{"text/plain": "b"}), "known")
    recorder.update(display(**{"text/plain": "c"}), "unknown")
    assert [output["data"] for output in recorder.finish()] == [{"text/plain": "b"}]
    recorder.start(2, 100)
    recorder.add(display(**{"text/plain": "a"}), "known")
    recorder.update(display(**{"text/plain": 50 * "b"}), "known")
    assert recorder.finish()[0]["data"] == {"text/plain": "b"}


def test_does_a_stream_behave_like_standard_output():
    recorder = Recorder()
    recorder.start(100, 0)
    stream = Stream("stdout", recorder)
    assert print("a", 1, file=stream) is None
    with pytest.raises(TypeError, match="must be str, not bytes"):
        stream.write(b"a")  # type: ignore[arg-type]
    assert stream.writable() and stream.name == "<stdout>"
    assert recorder.finish()[0]["text"] == "a 1\n"


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("given_data", "stored"),
    [
        ({"image/png": b"\x00\x01"}, {"image/png": "AAE="}),
        ({"text/plain": "\x1b[31mred\x1b[0m"}, {"text/plain": "red"}),
        ({"application/json": {"a": (1, None)}}, {"application/json": {"a": [1, None]}}),
        ({"text/plain": 3}, {"text/plain": "3"}),
        ({"text/html": Unprintable()}, {"text/html": "Unprintable"}),
    ],
)
def test_is_data_stored_in_nbformats_form(given_data, stored):
    assert representations(given_data) == stored


def test_are_values_that_json_lacks_replaced_by_their_text():
    assert plain({1: [True, 2.5, "a", {3}]}) == {"1": [True, 2.5, "a", "{3}"]}
    assert len(text_of("x" * 20_000)) == 10_000
