# Two commands for everybody:   make demo   (grades a demo class)   make test   (passes all tests)
# Both set everything up first, in a virtual environment of their own.

PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready

.PHONY: demo test test-all check references assignments picture clean bubblewrap

demo: $(READY) bubblewrap
	$(BIN)/autograder demo

# Two processes, whatever the machine: each may come to hold a gigabyte, and what it tests has
# clocks that a machine full of tests would upset. Each takes half of the tests in their order,
# so that what a module's tests share is made once; who is done first takes half of what is left.
# One thread of NumPy's for each: on small matrices more of them only wait for each other. Bytecode
# is written even where the machine turns that off, or every process would compile the grader again.
TESTS := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= \
  $(BIN)/python -m pytest --numprocesses 2 --dist worksteal

test: $(READY) bubblewrap
	$(TESTS)

# Everything: laws on three secrets, all weeks in Jupyter and recomputed by Keras, long training,
# thousands of random examples in place of hundreds; an hour.
test-all: $(READY) bubblewrap
	EXHAUSTIVE=1 $(TESTS)

# What a change should pass before it is committed, in about a minute: style, types, and the tests
# that need neither Keras's values nor a sandbox nor half a second; two parameters of each.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(TESTS) -q --few 2 -m "not slow and not bubblewrap"

# The reference values of public cases and of hints, computed by Keras, and the students' notebooks:
# of all weeks, or of some, as in `make references assignments WEEK=week06`.
references: $(READY)
	$(BIN)/python -m autograder.questions $(WEEK)
	$(BIN)/python -m autograder.release.make_small_cases $(WEEK)

assignments: $(READY)
	$(BIN)/python -m autograder.release $(WEEK)

# The README's picture of feedback, as a browser (Chromium) shows it today.
picture: $(READY) bubblewrap
	$(BIN)/python -m benchmarks.feedback_picture

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11 to 3.13 is needed; $(PYTHON) is another. Try: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing NumPy, Keras, TensorFlow and nbgrader into .venv (a few minutes, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[grading,keras,canvas,cluster,serve,lti-test,dev]'
	@touch $(READY)

# The sandbox. Where it cannot be installed, the grader says what it does instead.
bubblewrap:
	@command -v bwrap >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing bubblewrap, the sandbox"; \
	  { apt-get update && apt-get install --yes bubblewrap; } >/dev/null; \
	else \
	  echo "bubblewrap is missing, so submissions run with process limits alone."; \
	  echo "Install it for real isolation: apt-get, dnf or pacman install bubblewrap"; \
	fi

clean:
	rm -rf .venv demo-course .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
