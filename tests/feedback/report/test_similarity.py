"""Are copies found despite new names and comments, and is common code ignored?"""

from __future__ import annotations

from autograder.feedback.report.similarity import fingerprints, pairs
from tests.feedback.classes import report, verdict

LOOP = """
def dense_backward(dout, X, W):
    rows, columns = X.shape
    kernel = np.zeros_like(W)
    for row in range(rows):
        for column in range(columns):
            kernel[column] += X[row, column] * dout[row]
    blame = np.stack([W @ each for each in dout])
    return blame, kernel, dout.sum(axis=0)
"""
COPY = """
def dense_backward(dout, X, W):
    '''My own work.'''
    n, d = X.shape   # sizes
    g = np.zeros_like(W)
    for i in range(n):
        for j in range(d):
            g[j] += X[i, j] * dout[i]
    back = np.stack([W @ row for row in dout])
    return back, g, dout.sum(axis=0)
"""
OTHER = """
def dense_backward(dout, X, W):
    first = np.einsum("nm,dm->nd", dout, W)
    second = np.einsum("nd,nm->dm", X, dout)
    third = np.add.reduce(dout, axis=0)
    assert first.shape == X.shape and second.shape == W.shape and third.ndim == 1
    return first, second, third
"""
SHORT = "def relu_backward(dout, z):\n    return dout * (z > 0)"


def students(*names: str) -> list:
    return [report(name) for name in names]


def test_is_a_copy_with_new_names_found():
    cells = {"ada": LOOP, "bob": COPY, "eve": OTHER}
    found = pairs(students(*cells), {who: {"dense_backward": c} for who, c in cells.items()}, [])
    assert [(pair.first, pair.second) for pair in found] == [("ada", "bob")]
    assert found[0].codes[0].cell == "dense_backward" and found[0].codes[0].alike > 0.95
    assert found[0].codes[0].students == 2 and not found[0].answers


def test_is_the_course_s_own_code_ignored():
    cells = {"ada": {"dense_backward": LOOP}, "bob": {"dense_backward": COPY}}
    assert pairs(students(*cells), cells, [{"dense_backward": LOOP}]) == []


def test_are_short_right_answers_and_common_code_ignored():
    names = [f"s{number}" for number in range(9)]
    short = {name: {"relu_backward": SHORT} for name in names[:2]}
    assert pairs(students(*short), short, []) == []
    common = {name: {"dense_backward": LOOP} for name in names}
    assert pairs(students(*common), common, []) == []


def test_does_only_a_rare_unexplained_answer_make_a_pair():
    odd = verdict("tanh_backward", answered="ab12", message="tanh_backward\nodd")
    known = verdict("relu_backward", "gate-from-the-blame", "cd34")
    common = verdict("relative_error", answered="ef56")
    made = [report("ada", odd, known, common), report("bob", odd, known, common)]
    made += [report(f"s{number}", common) for number in range(9)]
    (pair,) = pairs(made, {}, [])
    assert (pair.first, pair.second) == ("ada", "bob")
    assert [(each.question, each.students) for each in pair.answers] == [("tanh_backward", 2)]


def test_do_functions_and_numbers_matter_but_not_names_and_comments():
    assert fingerprints(LOOP) == fingerprints(COPY)
    assert fingerprints(LOOP) != fingerprints(LOOP.replace("zeros_like", "ones_like"))
    assert fingerprints(LOOP) != fingerprints(LOOP.replace("axis=0", "axis=1"))
    assert fingerprints("def broken(:") == fingerprints("\x00") == frozenset()
    assert fingerprints("(" * 5000 + ")" * 5000) == frozenset()
    assert fingerprints("x = " + "-" * 9000 + "1") == frozenset()
