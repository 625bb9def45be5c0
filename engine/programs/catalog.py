"""Which programs there are, and what to feed them; knows no torch and no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.config import nearest


@dataclass(frozen=True, slots=True)
class Input:
    """What a program is called with."""

    name: str
    x: tuple[float, ...]
    arguments: Mapping[str, int] = field(default_factory=dict)
    """Further arguments, plain Python numbers."""
    training: bool = True
    """The mode that a module is in: `train()` or `eval()`; a function has none."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program of `engine.programs.examples`."""

    name: str
    """What it is called here."""
    code: str
    """What the function or the class is called in the file."""
    title: str
    """What it is an example of."""
    inputs: tuple[Input, ...]
    """At least two that go different ways. The first is the one that tracing sees."""

    def input(self, name: str) -> Input:
        """The input of that name.

        Raises:
            ValueError: there is none; the message offers the nearest.
        """
        by_name = {given.name: given for given in self.inputs}
        if name not in by_name:
            raise ValueError(f"{self.name} has no input {name!r}; {nearest(name, by_name)}")
        return by_name[name]


UP = (0.5, 1.0, 1.5, 2.0)
DOWN = (-0.5, -1.0, -1.5, -2.0)

PROGRAMS = (
    Program(
        "smooth",
        "smooth",
        "operations in a row",
        (Input("four numbers", UP), Input("six numbers", (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5))),
    ),
    Program(
        "branch",
        "branch",
        "an if on the data",
        (Input("sum above 0", UP), Input("sum below 0", DOWN)),
    ),
    Program(
        "where",
        "where",
        "the choice as an operation",
        (Input("sum above 0", UP), Input("sum below 0", DOWN)),
    ),
    Program(
        "loop",
        "loop",
        "a for loop that counts",
        (Input("2 rounds", UP, {"times": 2}), Input("3 rounds", UP, {"times": 3})),
    ),
    Program(
        "centre",
        "Centre",
        "an if on a setting",
        (Input("training", UP), Input("evaluation", UP, training=False)),
    ),
    Program(
        "halve",
        "halve",
        "a while loop on the data",
        (Input("large", (2.0, 4.0, 6.0, 8.0)), Input("small", (0.1, 0.2, 0.3, 0.4))),
    ),
)


def find(name: str) -> Program:
    """The program of that name.

    Raises:
        ValueError: there is none; the message offers the nearest.
    """
    by_name = {program.name: program for program in PROGRAMS}
    if name not in by_name:
        raise ValueError(f"no program {name!r}; {nearest(name, by_name)}")
    return by_name[name]
