"""`python -m autograder.release`: regenerate the students' notebooks in `assignments/`."""

from autograder.release.generate import SOLUTIONS, make_assignments

for path in make_assignments(SOLUTIONS.parent):
    print(path)
