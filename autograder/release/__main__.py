"""`python -m autograder.release [WEEK ...]`: regenerate the notebooks in `assignments/`.

Without a week, all of them.
"""

import sys

from autograder.errors import AutograderError
from autograder.questions import catalogue
from autograder.questions.places import SOLUTIONS
from autograder.release.generate import make_assignment

try:
    for week in catalogue.chosen(sys.argv[1:]):
        print(make_assignment(SOLUTIONS.parent, week), flush=True)
except AutograderError as error:
    sys.exit(f"autograder: {error}")
