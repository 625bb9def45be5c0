"""Every exercise of the course: its form, its programs, and what a learner must know before it."""

from __future__ import annotations

import ast
import builtins
import random
from collections.abc import Iterator

import pytest

from engine.exercises.runner import Runner
from lessons.catalog import entries
from lessons.exercises import BUG_HUNT, all_exercises, exercises, find
from lessons.lesson import TrainingLesson
from tests.exercises.small import mutant, running, small
from tests.exercises.table import faults, form

SLUGS = [exercise.slug for exercise in all_exercises()]
SAMPLE = random.Random(0).sample(SLUGS, 4)
"""The exercises whose programs run in the quick tests."""
KINDS = (
    *(ast.ClassDef, ast.FunctionDef, ast.Yield, ast.Return, ast.For, ast.While, ast.With, ast.If),
    *(ast.Lambda, ast.ListComp, ast.Try, ast.Subscript, ast.JoinedStr, ast.AugAssign),
)
"""Kinds of syntax that a learner has to know."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with running() as runner:
        yield runner


@pytest.mark.parametrize("slug", SLUGS)
def test_the_form_is_right(slug: str) -> None:
    assert list(form(find(slug))) == []


@pytest.mark.parametrize("slug", SAMPLE)
def test_a_sample_is_judged_right(slug: str, runner: Runner) -> None:
    assert list(faults(find(slug), runner)) == []


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_every_program_is_judged_right(slug: str, runner: Runner) -> None:
    assert list(faults(find(slug), runner)) == []


def test_the_checks_find_what_is_wrong(runner: Runner) -> None:
    solution = small().solution
    wrong = small(
        kind="fault",
        given=solution,
        correct=(solution.replace("1.0, [2.0]", "3.0, [2.0]"),),
        mutants=(mutant("same", solution), mutant("lost", solution, look="nowhere")),
    )
    found = "\n".join(faults(wrong, runner))
    for words in (
        "the given program is solved", "must behave like a mutant", "correct program 1 is wrong",
        "mutant same is solved", "mutant lost: no line matches Look: nowhere",
    ):  # fmt: skip
        assert words in found
    found = "\n".join(form(wrong))
    for words in ("three other correct", "runs with python", "3 or 4 answers"):
        assert words in found


def constructs(program: str) -> set[str]:
    """Return what a program uses: `nn.Linear`, `.backward()`, `print()`, `class` and so on."""
    tree = ast.parse(program)
    modules = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, KINDS):
            found.add(type(node).__name__)
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            found.add(name if name.partition(".")[0] in modules else f".{node.attr}")
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in modules or hasattr(builtins, name):
                found.add(f"{name}()")
    return found


def test_constructs_are_found() -> None:
    program = "from torch import nn\nm = nn.Linear(1, len(x))\nwith m: y = m.weight.grad\n"
    assert constructs(program) == {"nn.Linear", "len()", "With", ".weight", ".grad"}


def test_an_empty_file_needs_nothing_that_was_not_written_before() -> None:
    slug = "batches/from-empty"
    if slug not in SLUGS:
        pytest.skip("this exercise is not written yet")
    known = {
        each
        for before in SLUGS[: SLUGS.index(slug)]
        for each in constructs(find(before).solution)
    }  # fmt: skip
    needed = constructs(find(slug).solution)
    assert {"nn.Linear", "torch.optim.SGD", ".backward", ".zero_grad", "Yield"} <= needed
    assert needed - known == set()


@pytest.mark.parametrize("slug", [*(entry.slug for entry in entries()), BUG_HUNT])
def test_every_lesson_has_exercises(slug: str) -> None:
    lesson = next((entry.load() for entry in entries() if entry.slug == slug), None)
    at_least = 2 if isinstance(lesson, TrainingLesson) else 1
    assert len(exercises(slug)) >= at_least
