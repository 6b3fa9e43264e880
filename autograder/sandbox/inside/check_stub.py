"""What `import autograder` finds inside the sandbox: a `check` that leaves the judging outside."""


def check(*_names: object, **_options: object) -> None:
    """Return at once; the question is asked when the notebook has ended."""
