"""Is a question that comes from data the question that was packed?"""

from __future__ import annotations

import dataclasses
import json
from functools import cache

import numpy as np
import pytest

from autograder.errors import UnknownName
from autograder.judging.judge import Judge
from autograder.questions import catalogue, packaged, references
from autograder.release.student_package.pack_question import pack_question

BY_ITSELF = {"reference", "module", "cases", "mistakes", "alternatives", "few_mistakes"} | {
    "composition"
}
FUNCTIONS = {"drive", "measured_by", "figured_by"}


@cache
def judge_of(week):
    week = catalogue.week(week)
    return Judge(week.questions, references.public(week.questions.values(), week.stem))


@pytest.fixture
def judge():
    return judge_of("week02")


@pytest.mark.parametrize("name", ["sigmoid_grad", "dense_forward", "softmax"])
def test_has_it_the_same_fields(name):
    judge = judge_of(catalogue.question(name).week)
    found = packaged.read(pack_question(judge, name))
    question, again = judge.questions[name], found.questions[name]
    for each in dataclasses.fields(question):
        if each.name not in BY_ITSELF | FUNCTIONS:
            assert getattr(again, each.name) == getattr(question, each.name), each.name
        elif each.name in FUNCTIONS:
            same = (getattr(again, each.name) is None) == (getattr(question, each.name) is None)
            assert same, each.name
    for mistake in question.mistakes.values():
        kept = again.mistakes[mistake.name]
        assert (kept.paragraphs, kept.at, kept.rows, kept.convention, kept.of) == (
            mistake.paragraphs,
            mistake.at,
            mistake.rows,
            mistake.convention,
            mistake.of,
        )
    light = Judge(found.questions, found.public, mistaken=found.mistaken)
    for one, two in zip(light.probes[name], judge.probes[name], strict=True):
        assert one.inputs.keys() == two.inputs.keys()
        assert all(np.array_equal(one.inputs[key], two.inputs[key]) for key in one.inputs)


def test_is_a_question_loaded_with_those_it_refers_to(judge, tmp_path, monkeypatch):
    monkeypatch.setattr(packaged, "FOLDER", tmp_path)
    for name in ("sigmoid", "sigmoid_grad", "tanh_grad", "tanh"):
        (tmp_path / f"{name}.npz").write_bytes(pack_question(judge, name))
    names = {"sigmoid": "sigmoid", "sigmoid_grad": "sigmoid_grad"}
    assert not packaged.is_here()
    (tmp_path / packaged.INDEX_FILE).write_text(json.dumps({"week02": names}))
    packaged.index.cache_clear()
    assert packaged.is_here()
    assert list(packaged.load("sigmoid_grad").questions) == ["sigmoid_grad", "sigmoid"]
    with pytest.raises(UnknownName, match=r"holds week02; did you mean 'sigmoid'"):
        packaged.load("sigmod")
    packaged.index.cache_clear()
