"""A small exercise, and a runner that starts PyTorch once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from engine.exercises.exercise import Exercise, Mutant
from engine.exercises.runner import Runner

SOLUTION = '''"""Two updates."""


def train():
    yield 2.0, [1.0]
    yield 1.0, [2.0]
'''


def small(**facts: Any) -> Exercise:
    """Return an exercise with these fields."""
    exercise = Exercise(
        lesson="batches", name="small", title="Small", kind="hole", task="Write it.",
        given="pass\n", gap=(1, 2), solution=SOLUTION, correct=(), mutants=(),
        hints=("one", "two", "three"),
    )  # fmt: skip
    return replace(exercise, **facts)


def mutant(name: str, program: str = "", look: str = "") -> Mutant:
    return Mutant(name, program, f"It is {name}.", look)


@contextmanager
def running() -> Iterator[Runner]:
    """Return a runner, which is closed at the end."""
    runner = Runner()
    try:
        yield runner
    finally:
        runner.close()
