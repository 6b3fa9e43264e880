"""Functions of two arguments that raise, one for each kind of exception that students meet."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

SHAPES = {
    "broadcast": "X + np.ones(4)",
    "matrix-product": "X @ W.T",
    "dot-product": "np.dot(X, W.T)",
    "assigned-array": "out = np.zeros((7, 4))\nout[:] = X",
    "reshape": "X.reshape(4, 8)",
    "concatenate": "np.concatenate([X, W])",
    "stack": "np.stack([X, W])",
    "transpose": "X.transpose(0, 1, 2)",
    "axis": "X.sum(axis=2)",
    "einsum": "np.einsum('nd,nk->dk', X, W)",
    "too-many-indices": "X[0, 0, 0]",
    "mask": "X[np.array([True, False])]",
    "inverse-of-a-rectangle": "np.linalg.inv(X)",
    "in-place-broadcast": "X += np.ones((7, 5, 5))",
}
"""Faults in which shapes are the matter."""

OTHERS = {
    # Names
    "misspelled-argument": "x @ W",
    "no-numpy": "del globals()['np']\nnp.exp(X)",
    "unknown-name": "helper_above(X)",
    "name-of-an-if": "if X is None:\n    out = 1\nout",
    # Attributes
    "attribute-of-None": "[3, 1].sort().shape",
    "shape-of-a-list": "[1, 2].shape",
    "transpose-of-a-list": "[[1, 2]].T",
    "sum-of-a-float": "(2.0).sum()",
    "method-of-a-list": "[1].apend(2)",
    "function-as-a-method": "X.exp()",
    "misspelled-method": "X.reshap(35)",
    "no-such-attribute-of-an-array": "X.weights",
    "key-as-an-attribute": "{'W1': X}.W1",
    "np-float": "X.astype(np.float)",
    "np-int": "X.astype(np.int)",
    "np-bool": "X.astype(np.bool8)",
    "np-float_": "np.float_(1)",
    "np-Inf": "np.Inf",
    "np-product": "np.product(X)",
    "misspelled-function": "np.maximun(X, 0)",
    "no-function-of-numpy": "np.backpropagate(X)",
    "no-function-of-math": "import math\nmath.softmax(1)",
    "attribute-of-a-function": "np.ones.shape",
    "attribute-never-set": "class Layer:\n    pass\nLayer().weights",
    # Calls
    "too-few-arguments": "def inner(a, b):\n    return a\ninner(X)",
    "too-many-arguments": "def inner(a):\n    return a\ninner(X, W)",
    "unknown-keyword": "def inner(a):\n    return a\ninner(a=X, axis=0)",
    "arguments-of-a-class": "class Layer:\n    def __init__(self, W):\n        pass\nLayer(X, W)",
    "brackets-for-an-index": "X(0)",
    "module-called": "import math\nmath(1)",
    "number-called": "2.0(X)",
    "None-called": "None(X)",
    "None-in-arithmetic": "None + 1",
    "None-indexed": "None[0]",
    "None-unpacked": "a, b = None",
    "function-indexed": "np.exp[X]",
    "float-indexed": "2.0[0]",
    "number-iterated": "for x in 3:\n    pass",
    "length-of-a-number": "len(2.0)",
    "number-unpacked": "a, b = 2.0",
    "list-with-two-indices": "[[1, 2], [3, 4]][0, 1]",
    "float-as-an-index-of-a-list": "[1, 2][1.0]",
    "range-of-a-float": "range(7 / 2)",
    "tuple-assigned": "(1, 2)[0] = 3",
    "array-as-a-key": "{X: 1}",
    # Arithmetic
    "shape-in-two-arguments": "np.zeros(3, 4)",
    "math-of-an-array": "import math\nmath.exp(X)",
    "float-of-an-array": "float(X)",
    "list-times-float": "[1, 2] * 0.5",
    "list-minus-number": "[1, 2] - 1",
    "text-plus-number": "'1' + 1",
    "text-in-numpy": "np.exp('1')",
    "dict-plus-number": "{} + 1",
    "integers-in-place": "A = np.arange(3)\nA -= 0.5",
    "ufunc-of-objects": "np.exp(np.array([{}], dtype=object))",
    # Values
    "ragged-rows": "np.array([[1, 2], [3]])",
    "row-into-an-entry": "out = np.zeros(3)\nout[0] = [1, 2]",
    "if-of-an-array": "if X > 0:\n    pass",
    "too-many-values": "a, b = 1, 2, 3",
    "too-few-values": "a, b = [1]",
    "read-only": "A = np.broadcast_to(1.0, (3,))\nA[0] = 2",
    "log-of-0": "import math\nmath.log(0.0)",
    "text-to-float": "float('one')",
    "nan-to-int": "int(float('nan'))",
    "infinity-to-int": "int(float('inf'))",
    "largest-of-none": "np.zeros(0).max()",
    "negative-power": "np.arange(3) ** -1",
    "own-ValueError": "raise ValueError('no')",
    "far-too-nested": "a = []\nfor _ in range(100):\n    a = [a, 1]\nreturn a",
    # Indices and keys
    "index-beyond": "X[7]",
    "index-into-nothing": "np.zeros(0)[0]",
    "index-beyond-a-list": "[1][1]",
    "float-as-an-index": "X[2.0]",
    "labels-of-floats": "X[np.array([0.0, 1.0])]",
    "index-of-a-number": "X[0, 0][0]",
    "no-such-key": "{'W1': 1}['w1']",
    # Arithmetic and memory
    "division-by-0": "1 / 0",
    "overflow": "import math\nmath.exp(1000)",
    "numpy-told-to-raise": "with np.errstate(all='raise'):\n    np.exp(1e4 * np.ones(2))",
    "singular-matrix": "np.linalg.inv(np.zeros((2, 2)))",
    "nan-in-a-decomposition": "np.linalg.eigvals(np.full((2, 2), np.nan))",
    "memory": "np.ones((10**6, 10**6, 10**3))",
    # The course of the program
    "recursion": "def inner():\n    return inner()\ninner()",
    "own-assert": "assert X.sum() == 0, 'sum'",
    "assert-of-numpy": "np.testing.assert_allclose(X, X + 1)",
    "nothing-left": "next(iter([]))",
    "exit": "raise SystemExit",
    "changed-while-looped": "d = {1: 1}\nfor k in d:\n    d[k + 1] = 1",
    "own-RuntimeError": "raise RuntimeError('no')",
    "own-exception": "class Odd(Exception):\n    pass\nraise Odd('no')",
    "warning-as-error": "raise DeprecationWarning('old')",
    # Libraries, files, input
    "library-not-installed": "import torchvision_of_mine",
    "no-such-function-to-import": "from math import softmax",
    "no-such-file": "open('/no/such/file')",
    "is-a-folder": "open('/')",
    "input": "raise EOFError('input() is not available while a notebook is graded')",
    "no-network": "raise ConnectionRefusedError(111, 'Connection refused')",
    "not-allowed": "raise PermissionError(13, 'Permission denied')",
    "refused": "raise PermissionError(1, 'Operation not permitted')",
    "another-program": "import subprocess\nsubprocess.run(['false'], check=True)",
    "read-only-folder": "raise OSError(30, 'Read-only file system', '/etc/x')",
    "name-resolution": "import socket\nraise socket.gaierror(-3, 'Temporary failure')",
    "no-such-character": "'\\N{SNOWMAN}'.encode('ascii')",
    # Source that is not Python
    "source-misspelled": "exec('retrun 1 2')",
    "source-unclosed": "exec('f(1')",
    "source-quotes": "exec('a = \"x')",
    "source-colon": "exec('if True\\n    pass')",
    "source-indentation": "exec('if True:\\npass')",
    "source-tabs": "exec('if True:\\n        a = 1\\n\\tb = 2')",
    "source-quotes-of-a-word-processor": "exec('a = \\u201cx\\u201d')",
    "source-return": "exec('return 1')",
}
"""Faults in which they are not."""


_STATEMENTS = ("raise", "return", "for", "del", "import", "from", "if", "assert", "with", "class")


def function(body: str) -> Callable[..., Any]:
    """A function of X (7, 5) and W (5, 3) with these lines; a last expression is returned."""
    *lines, last = body.splitlines()
    if not last.startswith((" ", *_STATEMENTS)) and not re.match(r"[\w, \[\]():]+ [-+]?= ", last):
        last = f"return {last}"
    source = "\n    ".join(["def f(X, W):", *lines, last])
    namespace: dict[str, Any] = {"np": np}
    with warnings.catch_warnings():
        # Python warns of some of these faults, as it should.
        warnings.simplefilter("ignore")
        exec(compile(source, "cell", "exec"), namespace)
    made: Callable[..., Any] = namespace["f"]
    return made
