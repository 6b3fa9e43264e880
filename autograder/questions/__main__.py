"""`python -m autograder.questions [WEEK ...]`: compute the reference values of public cases.

Without a week, those of all weeks. They are written to `autograder/questions/public/`.
"""

import sys

from autograder.errors import AutograderError
from autograder.questions import catalogue, references

try:
    for week in catalogue.chosen(sys.argv[1:]):
        path = references.write_public(week.questions.values(), week.stem)
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} kB", flush=True)
except AutograderError as error:
    sys.exit(f"autograder: {error}")
