"""Speak to the grader in the sandbox's place: frames that the student's code writes itself."""

from __future__ import annotations

from tests.attacks.attack import cheat, harm

GROUP = "forge the answer"

# A cell that finds the socket over which answers leave, and packs frames as the sandbox does.
CHANNEL = """
import json, os, stat, struct
def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
SOCKETS = [number for number in range(3, 256) if is_socket(number)]
def frame(tree, payload=b"", claimed=None):
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    length = len(payload) if claimed is None else claimed
    return struct.pack("<4sIQ", b"nnfs", len(text), length) + text + payload
def say(*frames):
    for number in SOCKETS:
        os.write(number, b"".join(frames))
def answer(number, value, **other):
    fields = dict(id=number, status="returned", value=value, error="", line="", seconds=0.0)
    return ["dict", {**fields, "changed": ["list", []], "warned": ["list", []], **other}]
"""

cheat(
    GROUP,
    "answers-before-asked",
    "sends the end of the notebook and answers to every question before it is asked",
    CHANNEL
    + """
zeros = ["array", "<f8", [7, 5]]
say(frame(["dict", {"sealed": True}]))
say(*[frame(answer(n, zeros), bytes(280)) for n in range(200)])
""",
)
cheat(
    GROUP,
    "answers-twice",
    "sends an answer of its own before the one that the sandbox sends",
    CHANNEL
    + """
def relu_backward(dout, z):
    for number in range(200):
        say(frame(answer(number, ["array", "<f8", list(z.shape)]), (0 * z).tobytes()))
    return 0 * z
""",
)
cheat(
    GROUP,
    "answers-with-points",
    "puts points, verdicts and another student's name into its answers",
    CHANNEL
    + """
forged = dict(points=1000, max_points=1, outcome="right", student="zoe", mistake="")
def relu_backward(dout, z):
    for number in range(200):
        say(frame(answer(number, True, **forged)))
    return {"points": 1000, "outcome": "right"}
""",
)
cheat(
    GROUP,
    "grandchild-answers",
    "forks, kills its parent, and goes on talking from the child",
    """
import os, signal
if os.fork() == 0:
    os.setsid()
    os.kill(os.getppid(), signal.SIGKILL)
def relu_backward(dout, z):
    if os.fork() == 0:
        os.kill(os.getppid(), signal.SIGKILL)
    return 0 * z
""",
)
harm(
    GROUP,
    "frame-too-long",
    "announces a frame of 4 exabytes",
    CHANNEL + "say(frame([], claimed=2**62))",
)
harm(
    GROUP,
    "nested-ten-thousand-deep",
    "sends JSON nested ten thousand deep",
    CHANNEL + "say(frame(b'[' * 10_000 + b']' * 10_000))",
)
harm(
    GROUP,
    "impossible-sizes",
    "sends arrays of NaN, negative, endless and overflowing sizes",
    CHANNEL
    + """
for size in (b"NaN", b"-1", b"1e400", b"9223372036854775807", b"9" * 5000):
    say(frame(b'["array","<f8",[' + size + b"," + size + b"]]", bytes(64)))
""",
)
harm(
    GROUP,
    "object-array",
    "sends an array of Python objects, in which a pickle waits",
    CHANNEL
    + """
import pickle
class Bomb:
    def __reduce__(self): return (os.system, ("touch /tmp/unpickled",))
data = pickle.dumps(Bomb())
say(frame(["array", "|O", [1]], data))
""",
)
harm(
    GROUP,
    "returns-a-pickle",
    "returns objects that run code where somebody copies, compares, prints or unpickles them",
    """
import os
import numpy as np
class Bomb:
    def run(self, *a, **k): raise SystemExit("the grader ran this")
    __reduce__ = __eq__ = __repr__ = __str__ = __len__ = __iter__ = __array__ = run
def relu_backward(dout, z):
    return np.array([Bomb()] * len(z), dtype=object)
""",
)
harm(
    GROUP,
    "garbage-to-every-descriptor",
    "writes garbage to every open descriptor",
    """
import os
for number in range(3, 256):
    try:
        os.write(number, bytes(range(256)) * 40)
    except OSError:
        pass
""",
)
harm(
    GROUP,
    "answers-of-sixty-megabytes",
    "answers every case of a question with as much as an answer may hold",
    """
import numpy as np
def relu_backward(dout, z):
    return np.zeros(60 * 2**17)
""",
)
harm(
    GROUP,
    "endless-tree",
    "returns a dict that holds itself, and a list that grows while it is read",
    """
endless = {}
endless["again"] = endless
def relu_backward(dout, z):
    return [endless, [[]] * 10_000]
""",
)
harm(
    GROUP,
    "hostile-names",
    "returns dicts and classes whose names are markup, half characters and 10,000 letters long",
    """
Odd = type("<script>x</script>", (), {})
def relu_backward(dout, z):
    return {"\\ud800": Odd(), "<script>": z, "x" * 10_000: z, "\\x1b[2J": z}
""",
)
