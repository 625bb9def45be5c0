"""The training of every exercise with a wrong `yield`: the verdict must say what is wrong."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator

import pytest

from engine.exercises.runner import Runner
from lessons.exercises import all_exercises, find
from tests.exercises.small import running
from tests.exercises.table import verdict

SLUGS = [exercise.slug for exercise in all_exercises() if exercise.trains]
SAMPLE = ["gradient-by-hand/backward", *random.Random(1).sample(SLUGS, 2)]
"""The exercises that the quick tests try."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with running() as runner:
        yield runner


class Yields(ast.NodeTransformer):
    """Replaces the statements of a training that yield."""

    def __init__(self, replace: Callable[[ast.Tuple], str]) -> None:
        self._replace = replace

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if not isinstance(node.value, ast.Yield):
            return node
        assert isinstance(node.value.value, ast.Tuple)
        return ast.parse(self._replace(node.value.value)).body[0]


def with_yield(program: str, replace: Callable[[ast.Tuple], str]) -> str:
    """Return a program in which other code stands for what `train` yields."""
    tree = ast.parse(program)
    for index, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name == "train":
            tree.body[index] = Yields(replace).visit(node)
    return ast.unparse(ast.fix_missing_locations(tree))


def below(program: str) -> str:
    """Return a program whose `yield` is below the outermost loop."""
    pairs: list[str] = []
    changed = with_yield(program, lambda pair: pairs.append(ast.unparse(pair)) or "pass")
    tree = ast.parse(changed)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "train":
            node.body += ast.parse(f"yield {pairs[0]}").body
    return ast.unparse(tree)


def sometimes(program: str) -> str:
    """Return a program that yields after every second update."""
    changed = with_yield(program, lambda pair: f"if next(turn) % 2:\n    yield {ast.unparse(pair)}")
    return f"{changed}\nimport itertools\nturn = itertools.count()\n"


def part(number: int) -> Callable[[ast.Tuple], str]:
    return lambda pair: f"yield {ast.unparse(pair.elts[number])}"


VARIANTS: dict[str, tuple[Callable[[str], str], str]] = {
    "below the loop": (below, r"train\(\) yields once and not .*: yield is below the loop"),
    "under a condition": (sometimes, r"the same loop and without a condition"),
    "returned": (
        lambda program: with_yield(program, lambda pair: f"return {ast.unparse(pair)}"),
        r"train\(\) returned a tuple; it must yield: yield loss, model",
    ),
    "forgotten": (
        lambda program: with_yield(program, lambda _: "pass"),
        r"train\(\) returned nothing; it must yield \(loss, model\) after each update",
    ),
    "the loss alone": (
        lambda program: with_yield(program, part(0)),
        r"train\(\) yielded a (float|Tensor); it must yield a pair: yield loss, model",
    ),
    "the loss as a number alone": (
        lambda program: with_yield(
            program, lambda pair: f"yield float({ast.unparse(pair.elts[0])})"
        ),
        r"train\(\) yielded a float; it must yield a pair: yield loss, model",
    ),
    "the model alone": (
        lambda program: with_yield(program, part(1)),
        r"train\(\) yielded an? \w+; it must yield a pair|a number of the model: yield loss, model|"
        r"the yielded loss is .*: yield loss, model|train\(\) must yield loss, \(w, b\)",
    ),
    "swapped": (
        lambda program: with_yield(
            program, lambda pair: f"yield {', '.join(ast.unparse(e) for e in pair.elts[::-1])}"
        ),
        r"the yielded loss is .*: yield loss, model|a number of the model: yield loss, model",
    ),
    "nothing": (
        lambda program: with_yield(program, lambda _: "yield"),
        r"train\(\) yielded nothing; it must yield a pair: yield loss, model",
    ),
    "the class": (
        lambda program: with_yield(
            program, lambda pair: "yield {}, type({})".format(*map(ast.unparse, pair.elts))
        ),
        r"train\(\) yielded the class \w+; it must yield the trained model",
    ),
    "the method": (
        lambda program: with_yield(
            program, lambda pair: f"yield {ast.unparse(pair.elts[0])}.__float__, [1.0]"
        ),
        r"the function __float__, which is not called",
    ),
}  # fmt: skip
"""Wrong ways to yield: what makes them of a program, and what must be said."""


def check(slug: str, runner: Runner) -> None:
    exercise = find(slug)
    for name, (change, words) in VARIANTS.items():
        judged = verdict(exercise, change(exercise.solution), runner)
        if exercise.by_values and judged.status == "solved":
            assert name in ("below the loop", "under a condition")  # only the values count
            continue
        assert judged.status in ("wrong", "error"), (name, judged)
        assert judged.fault is not None or re.search(words, judged.message), (name, judged.message)


@pytest.mark.parametrize("slug", SAMPLE)
def test_a_wrong_yield_of_a_sample_is_explained(slug: str, runner: Runner) -> None:
    check(slug, runner)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_a_wrong_yield_is_explained(slug: str, runner: Runner) -> None:
    check(slug, runner)
