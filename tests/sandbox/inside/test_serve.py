"""Are cells run, functions held at their checks, and questions asked of them afterwards?"""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

from autograder.answer import Status
from autograder.double_precision import FLOAT32
from autograder.sandbox.session import Ask, Cell, Hold, Sandbox, encode_asks
from autograder.tree import Opaque, Tree
from tests.sandbox.notebooks import Outside, ask_all, run_cell, text_of
from tests.test_answer import SILENCED

SETTINGS = ("seterr", "a call", "filter", "an exception of the filter", "an exception of NumPy")


def test_a_function_is_asked_as_it_stood_at_its_check(sandbox: Sandbox) -> None:
    """Does a later definition leave a held function alone, and a missing one stay missing?"""
    steps = [
        Cell(0, "from autograder import check\ndef f(x):\n    return 2 * x\ncheck('f')"),
        Hold(1, "f", "f"),
        Hold(1, "g", "g"),
        Cell(2, "def f(x):\n    return 0\ndef g():\n    return 1"),
    ]
    asks = encode_asks([Ask(0, "f", "", {"x": np.arange(3.0)}), Ask(1, "g", "", {})])
    for _ in range(2):
        with sandbox.open(steps) as session:
            answers = session.ask(asks)
            assert answers[0].value.tolist() == [0.0, 2.0, 4.0]
            assert answers[1].status is Status.MISSING
            usage = session.close()
            assert usage.cpu_seconds > 0 and usage.peak_memory > 2**20


def test_an_answer_says_what_happened(sandbox: Sandbox) -> None:
    """Do changed arguments, warnings, exceptions and strange values come out as facts?"""
    source = """
        import numpy as np
        def changes(x, y):
            x += 1
            return np.exp(y)
        def raises(x):
            raise ValueError(x.shape)
        def strange():
            return {'a': object(), 'b': [1, 2]}
    """
    arguments = {"x": np.ones(2), "y": np.array([1e5])}
    asks = [
        Ask(0, "changes", "", arguments),
        Ask(1, "raises", "", {"x": np.ones(2)}),
        Ask(2, "strange", "", {}),
        Ask(3, "changes", "def drive(f, n):\n    return [f(np.ones(1), 0.0 * n)] * n", {"n": 2}),
    ]
    answers = ask_all(sandbox, textwrap.dedent(source), asks)
    assert answers[0].changed == ("x",) and answers[0].warned == ("overflow in exp",)
    assert answers[1].error == "ValueError: (2,)" and "raise ValueError" in answers[1].line
    assert answers[2].value["a"] == Opaque("object") and answers[2].value["b"].tolist() == [1, 2]
    assert np.array_equal(np.array(answers[3].value), np.ones(2))


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_settings_of_the_notebook_count(sandbox: Sandbox, settings: str) -> None:
    """Do its own settings for warnings decide in each case, and those at its check?"""
    steps = [
        Cell(0, "import math, warnings\nimport numpy as np"),
        Cell(1, SILENCED[settings]),
        Hold(2, "f", "f"),
        Cell(3, "np.seterr(all='warn')\nwarnings.simplefilter('default')"),
        Cell(4, "def g(x): return np.exp(1000 * x)"),
        Hold(5, "g", "g"),
    ]
    x = {"x": np.array([1.0, -2.0])}
    with sandbox.open(steps) as session:
        asks = [Ask(n, name, "", x) for n, name in enumerate(("f", "g", "f", "g"))]
        answers = session.ask(asks)
    assert {answer.status for answer in answers.values()} == {Status.RETURNED}
    warned = [answers[n].warned for n in range(4)]
    assert warned == [(), ("overflow in exp",), (), ("overflow in exp",)]


def test_what_is_printed_while_asked_is_dropped(sandbox: Sandbox) -> None:
    """Can a hidden input reach the notebook's outputs?"""
    source = "seen = []\ndef f(x):\n    print(x)\n    seen.append(x)\n    display(x)"
    with sandbox.open([Cell(0, source), Hold(1, "f", "f")]) as session:
        session.ask([Ask(0, "f", "", {"x": 41.5})])
        assert session.cells[0].outputs == ()


def test_a_replaced_function_is_answered_from_outside(sandbox: Sandbox) -> None:
    """Is only the named global replaced, only for its ask, and do errors arrive?"""
    source = "def g(x, y=1):\n    return x, y\ndef f(x):\n    a, b = g(x, y=2)\n    return a + b"

    def reply(name: str, arguments: list[Tree]) -> Tree:
        if arguments[0] > 5:
            raise ValueError("expected less")
        return ["tuple", [10 * arguments[0], 1.0]]

    outside = Outside(reply)
    asks = [
        Ask(0, "f", "", {"x": 3.0}, ("g",)),
        Ask(1, "f", "", {"x": 9.0}, ("g",)),
        Ask(2, "f", "", {"x": 3.0}),
    ]
    answers = ask_all(sandbox, source, asks, solution=outside)
    assert outside.calls == [("g", [3.0], {"y": 2}), ("g", [9.0], {"y": 2})]
    assert answers[0].value == 31.0
    assert answers[1].error == "RuntimeError: g: expected less"
    assert answers[2].value == 5.0


def test_is_a_function_replaced_in_tables_of_functions(sandbox: Sandbox) -> None:
    """For its ask alone; tables stay the objects that they were."""
    source = """
def g(x): return 1
def h(x): return 2
table, others, mine = {"g": (g, h), "list": [[g]]}, {"h": h}, [g] * 2_000
def f(x):
    return table["g"][0](x), table["g"][1](x), table["list"][0][0](x), others is same, mine[0](x)
same = others
"""
    asks = [Ask(0, "f", "", {"x": 3.0}, ("g",)), Ask(1, "f", "", {"x": 3.0})]
    answers = ask_all(sandbox, source, asks, solution=Outside(lambda name, arguments: 10))
    assert [list(map(float, answers[n].value)) for n in (0, 1)] == [
        [10, 2, 10, 1, 10],
        [1, 2, 1, 1, 1],
    ]


def test_a_forked_copy_does_not_answer(sandbox: Sandbox) -> None:
    """Does a cell that forks once have one result?"""
    result = run_cell(sandbox, "import os\nprint('once' if os.fork() else 'twice')")
    assert text_of(result) == "once\n" and result.error == ""


def test_a_function_is_asked_where_cells_run(sandbox: Sandbox) -> None:
    """Does a module of the student's own find IPython also when its function is asked?"""
    files = {"own.py": "def f(x):\n    return 2 * x if get_ipython().user_ns['a'] else 0\n"}
    with sandbox.open([Cell(0, "from own import f\na = 1\nf(1)"), Hold(1, "f", "f")], files) as own:
        assert own.cells[0].outputs[0]["data"]["text/plain"] == "2"
        assert own.ask([Ask(7, "f", "", {"x": 1.0})])[7].value == 2.0


def test_float32_means_float64_where_it_is_replaced(sandbox: Sandbox) -> None:
    """Is float32 another type for its ask alone?"""
    source = "import numpy as np\ndef f(x):\n    return x.astype('float32') * np.float32(1)"
    asks = [
        Ask(0, "f", "", {"x": np.ones(2)}, (FLOAT32,)),
        Ask(1, "f", "", {"x": np.ones(2)}),
    ]
    answers = ask_all(sandbox, source, asks)
    assert answers[0].value.dtype == np.float64
    assert answers[1].value.dtype == np.float32


COUNTER = """
count, seen = 0, []
def f(x):
    global count
    count += 1
    seen.append(x)
    return count, len(seen)
def g():
    return count, len(seen)
"""


def test_does_state_last_from_case_to_case_but_not_to_other_questions(sandbox: Sandbox) -> None:
    """Every visit begins with what the check saw, also that of the hidden cases."""
    steps = [Cell(0, COUNTER), Hold(1, "f", "f"), Cell(2, "f(0)"), Hold(3, "g", "g")]
    asks = [
        Ask(0, "f", "", {"x": 1}),
        Ask(1, "f", "", {"x": 2}),
        Ask(2, "g", "", {}),
        Ask(3, "f", "", {"x": 3}),
        Ask(4, "f", "", {"x": 4}, hidden=True),
    ]
    with sandbox.open(steps) as session:
        answers = session.ask([*asks[:4]]) | session.ask(asks[4:])
    values = [[int(each) for each in answers[number].value] for number in range(5)]
    assert values == [[1, 1], [2, 2], [1, 1], [1, 1], [1, 1]]


def test_is_a_replaced_function_replaced_in_what_the_check_saw(sandbox: Sandbox) -> None:
    """A last cell that deletes it, and one question after the other."""
    steps = [
        Cell(0, "def g(x):\n    return x\ndef f(x):\n    return 1 + g(x)"),
        Hold(1, "f", "f"),
        Hold(2, "g", "g"),
        Cell(3, "%reset -f"),
    ]
    asks = [
        Ask(0, "f", "", {"x": 1.0}, ("g",)),
        Ask(1, "g", "", {"x": 1.0}),
        Ask(2, "f", "", {"x": 1.0}, ("g",)),
        Ask(3, "f", "", {"x": 1.0}),
    ]
    with sandbox.open(steps) as session:
        answers = session.ask(asks, Outside(lambda name, arguments: 100.0))
    assert [float(answers[number].value) for number in range(4)] == [101, 1, 101, 2]


def test_has_a_module_that_is_loaded_again_both_its_states(sandbox: Sandbox) -> None:
    """Each function of a student's own file as it was at its check."""
    write = "open('model.py', 'w').write('def g(): return {0}\\ndef {1}(): return g()\\n')\n"
    steps = [
        Cell(0, f"import sys; sys.path.append('.')\n{write.format(1, 'f')}from model import f"),
        Hold(1, "f", "f"),
        Cell(
            2,
            f"{write.format(22, 'h')}import importlib, model\nimportlib.reload(model)\n"
            "from model import h",
        ),
        Hold(3, "h", "h"),
    ]
    with sandbox.open(steps) as session:
        answers = session.ask([Ask(0, "f", "", {}), Ask(1, "h", "", {}), Ask(2, "f", "", {})])
    assert [int(answers[number].value) for number in range(3)] == [1, 22, 1]


def test_is_named_what_changes_after_a_check(sandbox: Sandbox) -> None:
    """Names that stand in the notebook, three of them at most; in every answer of the question."""
    source = "a = b = c = d = 1\ndef f(x):\n    return a + b + c + d + x\ndef g():\n    return a"
    steps = [
        Cell(0, source),
        Hold(1, "f", "f"),
        Cell(2, "a, b, c, d = 5, 6, 7, 8"),
        Hold(3, "g", "g"),
    ]
    asks = [
        Ask(0, "f", "", {"x": 1}),
        Ask(1, "g", "", {}),
        Ask(2, "f", "", {"x": 2}, hidden=True),
    ]
    with sandbox.open(steps) as session:
        answers = session.ask(asks)
    assert [answers[number].changed_later for number in range(3)] == [
        ("a", "b", "c"),
        (),
        ("a", "b", "c"),
    ]


def test_is_no_name_told_that_the_notebook_does_not_have(sandbox: Sandbox) -> None:
    """The process inside may send any identifiers."""
    forge = """
import gc
def f(): return 1
for each in gc.get_objects():
    if type(each).__name__ == 'Snapshots':
        type(each).end = lambda self: {'f': ['gc', 'secret_' + 'x', 'get_' + 'obj', 'f', 'a b']}
"""
    with sandbox.open([Cell(0, forge), Hold(1, "f", "f")]) as session:
        assert session.ask([Ask(0, "f", "", {})])[0].changed_later == ("gc", "f")


def test_does_a_stopped_event_loop_go_on(sandbox: Sandbox) -> None:
    """Also where a task of the cell ends it by an exception that is no error."""
    stop = "import asyncio\nasyncio.get_running_loop().stop()\nawait asyncio.sleep(0)"
    leave = "import asyncio\nasync def leave(): raise SystemExit\nt = asyncio.create_task(leave())"
    for source in (stop, leave):
        assert run_cell(sandbox, source).error == ""


def test_is_there_an_event_loop_wherever_it_may_be_used(sandbox: Sandbox) -> None:
    """Also for a file beside the notebook; others need not wait for the import of asyncio."""
    runs = "import asyncio\ndef runs(): return asyncio.get_running_loop().is_running()"
    with sandbox.open([Cell(0, "import own\nprint(own.runs())")], {"own.py": runs}) as session:
        assert text_of(session.cells[0]) == "True\n"
    quiet = "import sys\nprint('asyn' + 'cio' in sys.modules, 'numpy.random' in sys.modules)"
    assert text_of(run_cell(sandbox, quiet)) == "False False\n"
