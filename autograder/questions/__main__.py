"""`python -m autograder.questions`: compute and ship every public case's reference values."""

from autograder.questions import catalogue, references

for week in catalogue.weeks():
    path = references.write_public(week.questions.values(), week.stem)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} kB")
