"""An attempt from its start to its verdict: which programs run, and what can be drawn meanwhile."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.exercises.attempt import Attempt
from engine.exercises.exercise import Exercise
from engine.exercises.judge import Verdict
from engine.exercises.runner import Limits, Runner
from engine.pictures import BoundaryPicture, LinePicture
from tests.exercises.small import SOLUTION, mutant, running, small

PATIENT = Limits(120, 240)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with running() as runner:
        yield runner


@pytest.fixture
def attempt(runner: Runner, tmp_path: Path) -> Callable[[Exercise, str], Attempt]:
    def begin(exercise: Exercise, program: str) -> Attempt:
        return Attempt(exercise, program, tmp_path / "small.py", runner, PATIENT)

    return begin


Begin = Callable[[Exercise, str], Attempt]


def until(attempt: Attempt, condition: Callable[[], object]) -> None:
    end = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < end
        if not attempt.poll():
            time.sleep(0.005)


def judged(attempt: Attempt) -> Verdict:
    until(attempt, lambda: attempt.verdict)
    assert attempt.verdict is not None
    return attempt.verdict


def program(*losses: float, more: str = "") -> str:
    """Return a program with these losses, whose parameter is the number of the update."""
    lines = [f"    yield {loss}, [{n}]" for n, loss in enumerate(losses, 1)]
    return "\n".join(["def train():", *lines, more, ""])


def test_an_attempt_ends_with_the_verdict_and_the_losses_of_both(attempt: Begin) -> None:
    first = attempt(small(), SOLUTION.replace("2.0, [1.0]", "4 / 2, [1]"))
    assert judged(first).status == "solved"
    assert first.started
    assert list(first.losses) == list(first.reference) == [2.0, 1.0]
    second = attempt(small(), program(2.0, 7.0))
    assert list(second.reference) == [2.0, 1.0]  # known already
    assert judged(second).message.startswith("Update 2: your loss is 7.0000, expected 1.0000.")
    assert list(second.losses) == [2.0, 7.0]


def test_mutants_are_tried_until_one_agrees_in_everything(attempt: Begin) -> None:
    optimizer = (
        "import torch\nw = torch.ones(1, requires_grad=True)\n"
        "optimizer = torch.optim.SGD([w], lr=0.0)\n"
    )
    step = f"{optimizer}def train():\n    yield 5, [1]\n    optimizer.step()\n    yield 5, [2]\n"
    no_step = step.replace("    optimizer.step()\n", "")
    mutants = (mutant("other", program(9.0)), mutant("step", step), mutant("no step", no_step))
    exercise = small(mutants=mutants)
    # Both have the same losses; the calls of step() tell them apart.
    assert judged(attempt(exercise, no_step + "x = 1\n")).fault == "no step"
    assert judged(attempt(exercise, step + "x = 1\n")).fault == "step"
    # Where none agrees exactly, the first with the same losses is named.
    twice = step.replace("optimizer.step()\n", "optimizer.step(); optimizer.step()\n")
    assert judged(attempt(exercise, twice)).fault == "step"
    # The losses of a training that never moves say nothing about its bug.
    still = tuple(replace(each, program=each.program.replace("[2]", "[1]")) for each in mutants)
    motionless = attempt(replace(exercise, mutants=still), twice.replace("[2]", "[1]"))
    assert judged(motionless).fault is None
    assert judged(attempt(exercise, program(3.0, 4.0))).fault is None


def test_a_verdict_names_a_line_that_calls_nothing_and_a_definition(attempt: Begin) -> None:
    verdict = judged(attempt(small(), program(2.0, 7.0, more="    [].clear")))
    assert verdict.message.startswith("Update 2: your loss is 7.0000, expected 1.0000.")
    assert verdict.message.endswith(
        "Line 4 names `[].clear` but does not call it: write `[].clear()`."
    )
    assert verdict.line == 4
    source = "class A:\n    def f():\n        return 1\n\n\ndef train():\n    yield A().f(), [1]\n"
    verdict = judged(attempt(small(), source))
    assert verdict.message.endswith("Line 2 defines f without self: write `def f(self):`")
    assert (verdict.line, verdict.trace) == (2, ((7, "train"),))


def test_a_bug_is_named_only_if_the_losses_begin_as_those_of_its_mutant(attempt: Begin) -> None:
    probe = "def probe(program):\n    yield 'it falls', [l for l, _ in program.train()][1] < 1\n"
    rising = mutant("rising", program(2.0, 3.0))
    facts = {"solution": program(2.0, 0.5), "probe": probe, "by_values": True}
    hole = small(mutants=(rising,), **facts)
    bug = replace(hole, kind="fault")
    assert judged(attempt(hole, program(4.0, 5.0))).fault == "rising"
    assert judged(attempt(bug, program(4.0, 5.0))).fault is None
    assert judged(attempt(bug, program(2.0, 3.0) + "x = 1\n")).fault == "rising"


def test_a_stopped_attempt_has_no_verdict(attempt: Begin, runner: Runner) -> None:
    endless = attempt(small(), "def train():\n    while True:\n        yield 1, [1]\n")
    until(endless, lambda: len(endless.losses))
    endless.stop()
    assert not runner.busy
    assert judged(attempt(small(), SOLUTION)).status == "solved"
    assert endless.verdict is None


def test_a_process_that_dies_is_not_blamed_on_the_program(attempt: Begin, runner: Runner) -> None:
    endless = "def train():\n    while True:\n        yield 1, [1]\n"
    fresh = small(solution=program(8.0, 6.0))  # a solution that has not run yet
    runner.wait(runner.run(SOLUTION, Path("small.py"), limits=PATIENT))
    blocker = runner.run(endless, Path("small.py"), limits=PATIENT)
    waiting = attempt(fresh, program(8.0, 6.0))
    until(waiting, lambda: len(blocker.recorder.losses))
    assert runner._child is not None
    assert runner._child.pid is not None
    os.kill(runner._child.pid, signal.SIGKILL)
    verdict = judged(waiting)
    assert verdict.status == "error"
    assert "The solution did not run" in verdict.message
    assert judged(attempt(fresh, program(8.0, 6.0))).status == "solved"  # it was not remembered


LINE = """
import torch

x = torch.tensor([[1.0], [2.0]])
y = torch.tensor([[3.0], [5.0]])

def train():
    yield 2.0, [0.5, 0.25]
    yield 1.0, [2.0, 1.0]
"""


def test_the_picture_shows_the_parameters_of_the_learner(attempt: Begin) -> None:
    line = attempt(small(picture="line"), LINE)
    assert line.picture is None
    judged(line)
    picture = line.picture
    assert isinstance(picture, LinePicture)
    assert np.array_equal(picture.x, [1, 2])
    assert np.array_equal(picture.y, [3, 5])
    assert (picture.w, picture.b) == (2, 1)

    plane = attempt(
        small(picture="boundary"),
        "import torch\nx = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 3.0]])\n"
        "y = torch.tensor([0.0, 1.0, 1.0])\ndef train():\n    yield 1.0, [1.0, -1.0, -1.0]\n",
    )
    judged(plane)
    boundary = plane.picture
    assert isinstance(boundary, BoundaryPicture)
    # x₁ − x₂ − 1 is −1, 1 and −4: the first two points are on their side.
    assert boundary.right == 2


def test_other_data_or_parameters_have_no_picture(attempt: Begin) -> None:
    for kind in ("line", "boundary"):
        for change in (
            ("x = torch", "z = torch"), ("[[3.0], [5.0]]", "[[3.0]]"), ("[2.0, 1.0]", "[]"),
            ("y = torch", "y = 'text' or torch"), ("[2.0, 1.0]", "[1, 2, 3, 4, 5]"),
            ("x = torch.tensor", "x = list"),
        ):  # fmt: skip
            other = attempt(small(picture=kind), LINE.replace(*change))
            judged(other)
            assert other.picture is None, change
