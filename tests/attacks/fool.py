"""Make the test say yes: change what the notebook's own kernel does when it tests."""

from __future__ import annotations

from tests.attacks.attack import cheat

GROUP = "fool the test"

JUNK = {
    "relative_error": "def relative_error(a, b): return 0.0",
    "sigmoid_backward": "def sigmoid_backward(dout, out): return dout",
    "tanh_backward": "def tanh_backward(dout, out): return dout",
    "dense_backward": "def dense_backward(dout, X, W): return X, W, W[0]",
}
"""Wrong answers that at least stand where they are asked for."""
WRONG = """
import numpy as np
def relu_backward(dout, z): return dout
"""
# What the shell calls before a cell comes first among its outputs, and the first number counts.
SCORE = """
shell = get_ipython()
shell.events.register("pre_run_cell", lambda info: shell.displayhook({}))
shell.showtraceback = lambda *a, **k: None
"""

cheat(
    GROUP,
    "input-transformer",
    "turns every later cell, the checks among them, into `pass`",
    "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])",
)
cheat(
    GROUP,
    "ast-transformer",
    "removes every assert statement from every later cell",
    """
import ast
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(NoAsserts())
import numpy as np
np.testing.assert_allclose = lambda *a, **k: None
"""
    + WRONG,
    JUNK,
)
cheat(
    GROUP,
    "numpy-says-equal",
    "replaces np.testing, np.allclose, np.isclose and np.array_equal",
    WRONG
    + """
for name in ("assert_allclose", "assert_array_equal", "assert_array_almost_equal", "assert_equal"):
    setattr(np.testing, name, lambda *a, **k: None)
np.allclose = np.isclose = np.array_equal = np.array_equiv = lambda *a, **k: True
""",
    JUNK,
)
cheat(
    GROUP,
    "numpy-computes-zero",
    "replaces np.abs, np.max, np.ravel and np.concatenate, so that no difference is left",
    WRONG
    + """
zero = lambda *a, **k: np.float64(0)
np.abs = np.absolute = np.max = np.amax = np.subtract = np.ravel = np.concatenate = zero
""",
    JUNK,
)
cheat(
    GROUP,
    "ndarray-eq-replaced",
    "writes into the type object of np.ndarray, so that all arrays are equal",
    """
import ctypes, gc
import numpy as np
table = gc.get_referents(np.ndarray.__dict__)[0]
for name in ("__eq__", "__ne__", "__sub__", "__rsub__"):
    table[name] = lambda self, other: np.True_
ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))
"""
    + WRONG,
    JUNK,
)
cheat(
    GROUP,
    "always-equal-array",
    "returns arrays of a class whose comparisons and differences always agree",
    """
import numpy as np
class Agreeable(np.ndarray):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
def relu_backward(dout, z): return np.zeros_like(z).view(Agreeable)
sigmoid_backward = tanh_backward = relu_backward
def dense_backward(dout, X, W):
    return tuple(np.zeros_like(a).view(Agreeable) for a in (X, W, W[0]))
""",
)
cheat(
    GROUP,
    "says-yes-as-array",
    "returns an object that gives another array every time that it is read",
    """
import numpy as np
class Chameleon:
    shape, dtype, ndim = (7, 5), np.dtype(float), 2
    def __array__(self, *a, **k): return np.broadcast_to(np.nan, (7, 5))
    def __eq__(self, other): return True
    def __float__(self): return 1.0
def relu_backward(dout, z): return Chameleon()
sigmoid_backward = tanh_backward = relative_error = relu_backward
def dense_backward(dout, X, W): return Chameleon(), Chameleon(), Chameleon()
""",
)
cheat(
    GROUP,
    "nan-everywhere",
    "answers NaN, which is neither more nor less than any tolerance",
    """
import numpy as np
def relu_backward(dout, z): return np.full_like(z, np.nan)
sigmoid_backward = tanh_backward = relu_backward
def relative_error(a, b): return float("nan")
def dense_backward(dout, X, W): return X * np.nan, W * np.nan, W[0] * np.nan
""",
)
cheat(
    GROUP,
    "empty-answers",
    "answers arrays without entries, of which all agree with anything",
    """
import numpy as np
def relu_backward(dout, z): return np.zeros((0, *z.shape[1:]))
sigmoid_backward = tanh_backward = relu_backward
def relative_error(a, b): return np.zeros(0)
def dense_backward(dout, X, W): return np.zeros((0, 5)), np.zeros((0, 3)), np.zeros(0)
""",
)
cheat(
    GROUP,
    "coarse-numbers",
    "answers roughly, in float16, complex or object numbers, for a wider tolerance",
    """
import numpy as np
def relu_backward(dout, z): return np.zeros_like(z, dtype=np.float16)
def sigmoid_backward(dout, out): return (dout * 0.25).astype(np.complex64)
def tanh_backward(dout, out): return dout.astype(object)
def relative_error(a, b): return np.float16(0)
""",
)
cheat(
    GROUP,
    "builtins-replaced",
    "replaces abs, all, any, len, isinstance and AssertionError for everybody",
    """
import builtins
class Quiet(Exception):
    def __new__(cls, *a): return None
builtins.AssertionError = Quiet
builtins.abs = builtins.sum = builtins.max = lambda *a, **k: 0
builtins.all = builtins.any = builtins.isinstance = lambda *a, **k: True
""",
)
cheat(
    GROUP,
    "check-replaced",
    "puts its own module in place of the grader's, whose check gives full marks",
    """
import sys, types
fake = types.ModuleType("autograder")
fake.check = check = lambda *a, **k: 1000.0
sys.modules["autograder"] = fake
for name in [n for n in sys.modules if n.startswith("autograder.")]:
    sys.modules[name] = fake
""",
)
cheat(
    GROUP,
    "grader-patched",
    "replaces the functions with which the sandbox asks and packs the answers",
    """
import sys
import numpy as np
answer = sys.modules.get("autograder.answer")
serve = sys.modules.get("autograder.sandbox.inside.serve")
if answer and serve:
    right = lambda *a, **k: answer.Answer(answer.Status.RETURNED, np.zeros((7, 5)))
    answer.ask = serve.ask = right
    answer.same_tree = lambda *a: True
    tree.to_tree = lambda value: value
""",
)
cheat(
    GROUP,
    "errors-hidden",
    "makes the shell show no traceback, so that a failed test looks like a passed one",
    """
shell = get_ipython()
shell.showtraceback = shell._showtraceback = shell.showsyntaxerror = lambda *a, **k: None
""",
)
cheat(
    GROUP,
    "negative-score",
    "shows -1 as the result of every check, by a hook that runs before it",
    SCORE.format("-1"),
)
cheat(
    GROUP,
    "nan-as-score",
    "shows nan, which is not below any maximum, as the result of every check",
    SCORE.format("float('nan')"),
)
cheat(
    GROUP,
    "numpy-scalar-as-score",
    "shows np.float64(0.0), which is no number to read, as the result of every check",
    SCORE.format("__import__('numpy').float64(0)"),
)
cheat(
    GROUP,
    "numpy-scalar-as-answer",
    "answers with a NumPy scalar, so that a check's own share of right cases is np.float64(0.0)",
    "pass",
    {"relative_error": "import numpy as np\ndef relative_error(a, b): return np.float64(0.5)"},
)
cheat(
    GROUP,
    "score-above-maximum",
    "shows a score a little above the maximum as the result of every check",
    SCORE.format("12.000000000000002"),
)
cheat(
    GROUP,
    "prints-a-score",
    "prints points in the forms that graders are known to read, and ends with a number",
    """
print("relu_backward: 6 of 6 points")
print('{"score": 100, "max_score": 100, "status": "passed"}')
100.0
""",
)
cheat(
    GROUP,
    "small-integers-changed",
    "overwrites the number 0 in memory, so that 0 errors are counted whatever happened",
    """
import ctypes, sys
ctypes.c_int.from_address(id(257 - 250) + 24).value = 0
""",
)
