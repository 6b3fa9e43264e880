"""A first function, worth nothing, to practise with."""

from __future__ import annotations

from typing import Any

from autograder.questions.define import Inputs, Rng, question


@question(points=0)
def greet_robot(name: str) -> Any:
    """A greeting with the robot's name in it: "Hello, Mia. Do you see a cat?" for "Mia".

    Args:
        name: the robot's name, text.

    Returns:
        The greeting as text. Upper and lower case are not told apart.
    """
    return f"Hello, {name}. Do you see a cat?"


def named(rng: Rng, *parts: str) -> Inputs:
    """A robot's name, with a serial number so that no two are alike."""
    return {"name": f"{' '.join(parts)}-{rng.integers(100, 1_000_000)}"}


@greet_robot.case("one-word", weight=2)
def _(rng: Rng) -> Inputs:
    return named(rng, str(rng.choice(["Mia", "Rob", "Ada", "Tik"])))


@greet_robot.case("two-words")
def _(rng: Rng) -> Inputs:
    return named(rng, "Cat", str(rng.choice(["Spotter", "Finder", "Friend"])))


@greet_robot.case("letters-from-elsewhere")
def _(rng: Rng) -> Inputs:
    return named(rng, str(rng.choice(["Zoë", "Jürgen", "Łucja", "Søren"])))


@greet_robot.alternative("by-addition")
def _(name: str) -> Any:
    return "Hello, " + name + ". Do you see a cat?"


@greet_robot.alternative("in-capitals")
def _(name: str) -> Any:
    return f"HELLO, {name}. DO YOU SEE A CAT?"


@greet_robot.mistake("braces-without-f")
def _(name: str) -> Any:
    """Without an f before the quotes, braces are ordinary characters: "{name}" stays as it is.

    Python replaces {name} with its value only in a string that begins with f".

    Check: print the greeting; do you see braces?
    """
    return "Hello, {name}. Do you see a cat?"


@greet_robot.mistake("same-name-for-every-robot", rows="N12")
def _(name: str) -> Any:
    """The robot's name arrives in the argument name; this greeting calls every robot Mia.

    The docstring's example shows one robot. The check and the grader use other names too.

    Check: greet_robot("Rob") should greet Rob.
    """
    return "Hello, Mia. Do you see a cat?"


@greet_robot.mistake("greeting-without-the-question")
def _(name: str) -> Any:
    """The greeting has two sentences, as the docstring shows; here the second one is missing.

    A check compares the whole answer. It reads what you wrote, not what you meant.

    Check: compare your answer with the docstring's example, word by word.
    """
    return f"Hello, {name}."


@greet_robot.mistake("name-left-out")
def _(name: str) -> Any:
    """The robot's name belongs between "Hello, " and the full stop; here it is missing.

    Next: put the argument name into the string.
    """
    return "Hello. Do you see a cat?"


@greet_robot.mistake("name-only")
def _(name: str) -> Any:
    """This is only the name; the answer is the whole greeting.

    Check: compare your answer with the docstring's example, word by word.
    """
    return name
