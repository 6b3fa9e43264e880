"""The module that `import autograder` finds inside the sandbox: its functions do nothing."""


def check(*_names: object, **_options: object) -> None:
    """Return at once; the grader asks the question after the notebook has been run."""


def check_all(*_names: object, **_options: object) -> None:
    """Return at once, for it is for students alone; so is what follows."""


def again(*_names: object, **_options: object) -> None:
    """Return at once."""


def explain(*_names: object, **_options: object) -> None:
    """Return at once."""


def submit(*_names: object, **_options: object) -> None:
    """Return at once."""
