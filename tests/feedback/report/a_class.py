"""A graded class of five with everything that a report has to show, and readers of its files."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course import directory
from autograder.records import Outcome
from autograder.release import generate
from tests.feedback.classes import WEEK, keep, report, unreadable, verdict

SCRIPT = "<script>alert(1)</script>"
FRAME = "<iframe srcdoc=q onload=boo>"
NAMES = {
    "ada17": ("Ada", "Lovelace"),
    "bob18": ("Bob", f"O'Neil {FRAME}"),
    "eve19": ("Ève", "=HYPERLINK(1)"),
    "kim20": ("Kim", "Mustermann"),
    "max21": ("Max", "Dot"),
    "zoe22": ("Zoë", "Absent"),
}
GATE = "gate-from-the-blame"
CODE = "def relu_backward(dout, z):\n    return dout * (dout > 0)  # by Mustermann"
NAMING = "def relu_backward(dout, z):\n    mustermann = dout * (dout > 0)\n    return mustermann"
HOSTILE = f'def tanh_backward(dout, out):\n    return "{SCRIPT}</code></pre><img src=x onerror=y>"'
LONG = """
def dense_backward(dout, X, W):
    kernel = np.zeros_like(W)
    for row in range(len(X)):
        for column in range(X.shape[1]):
            kernel[column] += 1.5 * X[row, column] * dout[row]
    blame = np.stack([W @ each for each in dout])
    return blame, kernel, dout.sum(axis=0)
"""


def make(root: Path) -> None:
    """Create the course at `root`: names in the gradebook, reports as grading saves them."""
    opened = directory.init(root)
    generate.release(opened, WEEK)
    with Gradebook(opened.db_url) as gradebook:
        for name, (first, last) in NAMES.items():
            address = f"{name}@example.edu"
            gradebook.add_student(name, first_name=first, last_name=last, email=address)
    gate = verdict("relu_backward", GATE, "a1")
    odd = verdict(
        "dense_backward", answered="b2", message=f"dense_backward\n  {SCRIPT} {{{{ 1 }}}}"
    )
    raised = verdict("mlp_loss_and_grads", answered="d4", outcome=Outcome.RAISED)
    keep(
        opened,
        [
            report("ada17", gate, odd),
            report("bob18", gate, odd, verdict("sigmoid_backward", outcome=Outcome.TIMED_OUT)),
            report("eve19", verdict("tanh_backward", "square-missing", "c3"), raised, stopped=2),
            report("kim20", gate, raised),
            unreadable("max21", f"The file of Mustermann is no notebook {SCRIPT}."),
        ],
        {
            "ada17": {"relu_backward": NAMING, "dense_backward": LONG},
            "bob18": {"relu_backward": CODE, "dense_backward": LONG.replace("row", "line")},
            "eve19": {"tanh_backward": HOSTILE},
            "kim20": {"relu_backward": CODE},
        },
    )


class Page(HTMLParser):
    """The page as another reader sees it: elements with their attributes, and the text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._silent = tag == "style"

    def handle_data(self, data):
        self.text += "" if self._silent else data

    def attributes(self, name):
        return [found[name] or "" for _, found in self.elements if name in found]

    def count(self, tag):
        return sum(found == tag for found, _ in self.elements)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
