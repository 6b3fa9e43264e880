"""What to do after an exception: a row for each kind.

The texts are those of Python 3.11 to 3.13 and of NumPy 2. Shapes are mentioned only where they are
the matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from autograder.judging.advice import names
from autograder.questions.define import Question

Step = str | Callable[[re.Match[str], Question], str]

ANY = "*"
INSTALLED = "NumPy, SciPy, Matplotlib and scikit-learn"

_NONE = (
    "find the call that returned None: a function without `return`, or a method such as `append` "
    "or `sort`, which changes a list and returns nothing."
)
_FINITE = (
    "find the first intermediate value that is nan or inf: from a division by 0, the log of 0, or "
    "exp of a large number."
)
_NO_NETWORK = "do without the network: the grader has none."

_TABLE: tuple[tuple[str, str, Step], ...] = (
    # Names
    (
        "NameError UnboundLocalError",
        r"cannot access \w+ variable '(\w+)'",
        "give `{0}` a value on every path to that line: an `if` or a loop may be skipped.",
    ),
    (
        "NameError",
        r"name 'np' is not defined",
        "keep the cell with `import numpy as np` above this one, and run it.",
    ),
    ("NameError", r"name '(\w+)' is not defined", names.undefined),
    ("NameError", "", "check the spelling of the name, and that a cell above defines it."),
    # Attributes
    ("AttributeError", r"'NoneType' object", _NONE),
    (
        "AttributeError",
        r"module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was removed",
        names.of_numpy,
    ),
    ("AttributeError", r"'(?:numpy\.)?ndarray' object has no attribute '(\w+)'", names.of_an_array),
    (
        "AttributeError",
        r"'(list|tuple|dict|float|int|bool|str)' object has no attribute '(\w+)'",
        names.of_a_plain_value,
    ),
    (
        "AttributeError",
        r"module '([\w.]+)' has no attribute '(\w+)'",
        "look up in the documentation of `{0}` how `{1}` is spelled.",
    ),
    (
        "AttributeError",
        r"'(?:function|method|builtin_function_or_method)' object",
        "call the function: its name needs round brackets before the dot.",
    ),
    (
        "AttributeError",
        r"has no attribute '(\w+)'",
        names.attribute,
    ),
    ("AttributeError", "", "print the value before the dot, and its type."),
    # Calls
    (
        "TypeError",
        r"([\w.]+)\(\) (?:takes|missing|got (?:an unexpected|multiple|some positional))",
        names.arguments,
    ),
    ("TypeError", r"^expected a function, received", names.no_function),
    ("TypeError", r"NoneType", _NONE),
    (
        "TypeError",
        r"'(?:numpy\.)?(?:ndarray|list|tuple|dict)' object is not callable",
        "use square brackets for an index: round brackets call a function.",
    ),
    (
        "TypeError",
        r"'module' object is not callable",
        "call a function of the module, such as `np.exp`.",
    ),
    (
        "TypeError",
        r"'([\w.]+)' object is not callable",
        "print the value before the round brackets: it is of type {0} there. An earlier line may "
        "have given a function's name to it.",
    ),
    # Indices of what has none
    (
        "TypeError",
        r"'(?:builtin_function_or_method|function|method|type|numpy\.ufunc)' object is not sub"
        r"scriptable",
        "use round brackets to call a function: square brackets take an index.",
    ),
    (
        "TypeError",
        r"is not subscriptable|has no len|is not iterable|unsized object|0-d array|non-iterable",
        "print that value just before the line: it is a single value there, without entries.",
    ),
    (
        "TypeError",
        r"(list|tuple) indices must be integers or slices, not tuple",
        "turn the {0} into an array with `np.asarray`: only an array takes several indices.",
    ),
    (
        "TypeError",
        r"indices must be integers|only integer scalar arrays|cannot be interpreted as an integer",
        "make it a whole number: `//` divides without decimals, and `int` drops them.",
    ),
    (
        "TypeError",
        r"does not support item",
        "build a list or an array instead: a tuple or a text cannot be changed.",
    ),
    (
        "TypeError",
        r"unhashable",
        "use a text or a number as the key; a list cannot be one.",
    ),
    # Types in arithmetic
    (
        "TypeError",
        r"Cannot interpret '.*' as a data type|data type .* not understood",
        "give the lengths as one argument, in brackets of their own: `np.zeros((3, 4))`.",
    ),
    (
        "TypeError",
        r"only (?:length-1|size-1|0-dimensional) arrays|must be real number, not .*ndarray",
        "use NumPy's function, such as `np.exp`: those of `math`, and `float`, take one number.",
    ),
    (
        "TypeError",
        r"multiply sequence|can only concatenate (?:list|tuple)|'(?:list|tuple)'",
        "turn the list into an array with `np.asarray`: a list has no elementwise arithmetic.",
    ),
    (
        "TypeError",
        r"not supported for the input types|loop of ufunc does not support",
        "print the dtype of each array on that line: one of them does not hold plain numbers.",
    ),
    (
        "TypeError",
        r"\bstr\b",
        "print the values on that line: one of them is a text, and a number is needed.",
    ),
    ("TypeError", "", "print the type of each value on that line."),
    (
        "UFuncTypeError _UFuncOutputCastingError _UFuncInputCastingError",
        r"from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        "an array of {1} cannot take {0} in place: make it an array of floats first with "
        "`.astype(float)`, or write `a = a - b` for `a -= b`.",
    ),
    (
        "UFuncTypeError _UFuncOutputCastingError _UFuncInputCastingError _UFuncNoLoopError "
        "_UFuncBinaryResolutionError",
        "",
        "print the dtype of each array on that line: one of them does not hold plain numbers.",
    ),
    # Shapes
    (
        "ValueError",
        r"operands could not be broadcast together with (?:remapped )?shapes (\(.*?\)) (\(.*?\))",
        "print the shapes of both arrays on that line, here {0} and {1}, and compare them with the "
        "docstring.",
    ),
    (
        "ValueError",
        r"^matmul|not aligned|core dimension",
        "print the shapes of both factors: the last axis of the left one has to be as long as the "
        "first axis of the right one.",
    ),
    (
        "ValueError",
        r"could not broadcast input array from shape (\(.*?\)) into shape (\(.*?\))",
        "print the shapes of what is assigned, here {0}, and of the place for it, here {1}.",
    ),
    (
        "ValueError",
        r"cannot reshape array of size (\d+)",
        "print the array's shape before the reshape: the new shape has to hold {0} entries too.",
    ),
    (
        "ValueError",
        r"all the input array|all input arrays",
        "print the shapes of the arrays that are joined.",
    ),
    (
        "ValueError",
        r"axes don't match|repeated axis",
        "print the array's shape, and name each of its axes once.",
    ),
    (
        "ValueError",
        r"broadcast|shape.?mismatch|einstein sum|operand has",
        "print the shapes of the arrays on that line, and compare them with the docstring.",
    ),
    (
        "AxisError",
        "",
        "print the array's shape: its axes are counted from 0, and it has fewer than you name.",
    ),
    # Other values
    (
        "ValueError",
        r"inhomogeneous|setting an array element with a sequence",
        "print the rows: they need equal lengths, and each entry of an array is one number.",
    ),
    (
        "ValueError",
        r"truth value of an array",
        "use `np.where`, `&` and `|`, or `np.any`: `if`, `and` and `or` need a single yes or no.",
    ),
    (
        "ValueError",
        r"(?:too many|not enough) values to unpack",
        "print what stands to the right of `=`, and write one name for each of its values.",
    ),
    ("ValueError", r"read-only", "copy the array before you write into it: `a = a.copy()`."),
    (
        "ValueError",
        r"math domain error|expected a (?:positive|nonnegative)",
        "print the argument: `math.log` needs a number above 0, and `math.sqrt` none below 0.",
    ),
    (
        "ValueError",
        r"could not convert string|invalid literal",
        "print the text that is converted: it is not a number.",
    ),
    ("ValueError OverflowError", r"cannot convert float (?:NaN|infinity)", _FINITE),
    (
        "ValueError",
        r"zero-size array|empty sequence|empty iterable|is empty|an empty",
        "print the array just before that line; it has no entries there.",
    ),
    ("ValueError", r"negative integer powers", "make the base a float: `2.0 ** -1`."),
    (
        "ValueError",
        r"the returned (?:value|arrays)",
        "return only what the docstring names under `Returns`.",
    ),
    # Indices and keys
    ("IndexError", r"out of bounds for axis \d+ with size (\d+)", names.beyond),
    (
        "IndexError",
        r"too many indices for array",
        "print the array's shape: it has fewer axes than there are indices.",
    ),
    ("IndexError", r"invalid index to scalar", "print that value: it is a single number there."),
    (
        "IndexError",
        r"boolean index did not match|could not be broadcast",
        "print the shapes of the array and of its index.",
    ),
    (
        "IndexError",
        r"only integers|of integer|valid indices",
        "use whole numbers as an index: `.astype(int)` converts labels, and `//` divides.",
    ),
    (
        "IndexError",
        "",
        "print the index and the length just before that line; indices begin at 0.",
    ),
    (
        "KeyError",
        "",
        "print the keys with `print(list(d))` for that dict; spelling and capital letters count.",
    ),
    # Arithmetic
    ("ZeroDivisionError", "", "print the divisor, and find the inputs for which it is 0."),
    (
        "OverflowError",
        "",
        "print the largest argument: float64 ends near 1.8e308, so exp overflows above 709.",
    ),
    (
        "FloatingPointError",
        "",
        "print the values on that line: NumPy raises because `np.seterr` or `np.errstate` says so.",
    ),
    (
        "LinAlgError",
        r"[Ss]ingular",
        "print the matrix: it has no inverse, because its rows depend on each other.",
    ),
    ("LinAlgError", r"square", "print the matrix's shape: it has to be square."),
    ("LinAlgError", r"dimension", "print the matrix's shape: it needs two axes."),
    ("LinAlgError", "", _FINITE),
    (
        "MemoryError _ArrayMemoryError",
        "",
        "find the array that is much larger than the arguments: a column and a row together "
        "broadcast to a whole matrix.",
    ),
    # The course of the program
    (
        "RecursionError",
        "",
        "find the arguments for which the function should return without calling itself, or use a "
        "loop.",
    ),
    (
        "AssertionError",
        "",
        "print both sides of the `assert`: it is a test of your own, and here it fails.",
    ),
    ("StopIteration", "", "use a `for` loop, or give `next` a default: there was nothing left."),
    ("SystemExit", "", "use `return`: `exit`, `quit` and `sys.exit` end the whole program."),
    ("NotImplementedError", "", "write the part that raises NotImplementedError."),
    ("RuntimeError", r"changed size during", "loop over a copy, such as `for key in list(d):`."),
    # Libraries, files, input
    (
        "ModuleNotFoundError",
        r"No module named '([\w.]+)'",
        f"do without `{{0}}`: {INSTALLED} are installed, and `pip` does not work while a notebook "
        "is graded. Put code of your own into the notebook.",
    ),
    (
        "ImportError",
        r"cannot import name '(\w+)'",
        "look up in the module's documentation how `{0}` is spelled, and where it stands.",
    ),
    ("ImportError", "", f"use {INSTALLED} alone: nothing else is installed here."),
    ("FileNotFoundError", "", "do without the file: the notebook alone is handed in."),
    (
        "PermissionError",
        r"Operation not permitted",
        "do without the network and other processes: the grader refuses them.",
    ),
    ("CalledProcessError", "", "do without other programs: the grader has Python alone."),
    ("PermissionError", "", "write to the notebook's own folder only."),
    ("ConnectionError gaierror URLError HTTPError TimeoutError", "", _NO_NETWORK),
    ("OSError", r"[Rr]ead-only", "write to the notebook's own folder only."),
    ("OSError", r"[Nn]etwork|resolution|unreachable", _NO_NETWORK),
    ("OSError", "", "do without files, processes and the network: the notebook runs on its own."),
    (
        "EOFError",
        "",
        "use the arguments in place of `input()`: nobody types while it is graded.",
    ),
    (
        "UnicodeError",
        "",
        "print `repr` of the text: it contains a character that this encoding does not have.",
    ),
    # Cells that are not Python
    (
        "TabError IndentationError",
        "",
        "indent all lines of a block equally: four spaces for each level, and no tabs.",
    ),
    (
        "SyntaxError",
        r"never closed|unmatched|does not match",
        "count the brackets on that line: one of them has no partner.",
    ),
    ("SyntaxError", r"unterminated", "close the quotes on that line."),
    ("SyntaxError", r"expected ':'", "end that line with a colon."),
    ("SyntaxError", r"invalid (?:character|non-printable)", "type that character again by hand."),
    ("SyntaxError", r"outside function", "indent that line, so that it belongs to the function."),
    (
        "SyntaxError",
        "",
        "correct that line, or the one above it; until then nothing in the cell runs.",
    ),
    # Everything else
    ("Warning", "", "find what it warns of: a filter in the notebook makes warnings exceptions."),
    (ANY, "", "find the line that raises it, and print the values that it uses."),
)

ROWS: dict[str, list[tuple[str, Step]]] = {}
"""For each exception's name its patterns and steps, the most specific first.

A pattern is searched for in the exception's text; `{0}` and `{1}` in a step are its groups, and a
function computes the step. `ANY` is every other exception.
"""
for _names, _pattern, _step in _TABLE:
    for _name in _names.split():
        ROWS.setdefault(_name, []).append((_pattern, _step))
