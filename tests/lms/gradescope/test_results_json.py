"""Does results.json hold what Gradescope's format allows, and the leaderboard of a capstone?"""

from __future__ import annotations

import json
import math

import pytest

from autograder.lms.gradescope import results_json
from autograder.records import Outcome, Report, Verdict

TOP = {
    "score",
    "execution_time",
    "output",
    "output_format",
    "test_output_format",
    "test_name_format",
    "visibility",
    "stdout_visibility",
    "extra_data",
    "tests",
    "leaderboard",
}
TEST = {
    "score",
    "max_score",
    "status",
    "name",
    "name_format",
    "number",
    "output",
    "output_format",
    "visibility",
}


def report(**fields):
    verdicts = (
        Verdict("relu", 4.0, 4.0, Outcome.RIGHT, "relu · 4 of 4"),
        Verdict("tanh", 1.5, 3.0, Outcome.VALUES, "tanh · <b>", "dz", "upstream-ignored"),
    )
    return Report("", "week06", verdicts, isolation="user", **fields)


def test_is_a_graded_submission_written_as_gradescope_documents_it():
    metadata = results_json.Metadata("7", ("ada@uni.example",), 7.0, 2)
    written = results_json.results(report(), metadata, {"why": 10.0})
    assert set(written) <= TOP and all(set(test) == TEST for test in written["tests"])
    assert written["score"] == sum(test["score"] for test in written["tests"]) == 5.5
    assert [test["status"] for test in written["tests"]] == ["passed", "failed"]
    assert {test["visibility"] for test in written["tests"]} == {"visible"}
    assert written["extra_data"]["misconceptions"] == [
        {
            "question": "tanh",
            "misconception": "upstream-ignored",
            "part": "dz",
            "points_lost": 1.5,
        }
    ]
    assert "unprivileged user" in written["output"] and "graded manually" in written["output"]
    assert "leaderboard" not in written
    json.dumps(written, allow_nan=False)


def test_are_points_that_do_not_fit_said():
    metadata = results_json.Metadata(total_points=50.0)
    assert "50 points in Gradescope" in results_json.results(report(), metadata, {})["output"]


def test_is_a_capstone_on_the_leaderboard():
    figures = (("Accuracy", 0.982), ("Parameters", 4000.0), ("Strange", math.nan))
    verdict = Verdict("train_capstone", 16.0, 16.0, Outcome.RIGHT, "", figures=figures)
    written = results_json.results(Report("", "week14", (verdict,)), results_json.Metadata(), {})
    assert written["leaderboard"] == [
        {"name": "Accuracy", "value": 0.982, "order": "desc"},
        {"name": "Parameters", "value": 4000.0, "order": "asc"},
    ]


def test_is_an_unreadable_file_explained():
    written = results_json.results(
        report(unreadable="The file is empty."), results_json.Metadata(), {}
    )
    assert "The file is empty." in written["output"]


def test_is_the_metadata_read(tmp_path):
    path = tmp_path / "submission_metadata.json"
    metadata = {
        "id": 12,
        "assignment": {"title": "Week 6", "total_points": "90.0"},
        "users": [{"id": 1, "email": "ada@uni.example", "name": "Ada"}, {"id": 2, "name": "Bo"}],
        "previous_submissions": [{}, {}],
    }
    path.write_text(json.dumps(metadata))
    expected = results_json.Metadata("12", ("ada@uni.example", "Bo"), 90.0, 2)
    assert results_json.read_metadata(path) == expected


@pytest.mark.parametrize("text", ["", "[]", "{", '{"users": 3, "assignment": []}', "\xff"])
def test_is_damaged_metadata_no_failure(text, tmp_path):
    path = tmp_path / "submission_metadata.json"
    path.write_bytes(text.encode("latin-1"))
    assert results_json.read_metadata(path) == results_json.Metadata()
    assert results_json.read_metadata(tmp_path / "none") == results_json.Metadata()
