"""Draws the pictures in the README from the running app: `make picture`."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot

from tui.labs.lab import Lab

HERE = Path(__file__).parent
LabT = TypeVar("LabT", bound=Lab)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app work until the condition holds."""
    while not condition():
        await pilot.pause(0.1)


@asynccontextmanager
async def opened(
    kind: type[LabT], slug: str, size: tuple[int, int], picture: str
) -> AsyncIterator[tuple[Pilot[None], LabT]]:
    """The lab of a lesson; at the end, what is seen is kept under the name of the picture."""
    from tui.app import DltuiApp

    app = DltuiApp(lesson=slug, device="cpu")
    async with app.run_test(size=size) as pilot:
        await pilot.press("2")
        lab = app.screen.query_one(kind)
        await until(pilot, lambda: lab.status.preset)
        yield pilot, lab
        await pilot.pause(1)
        app.save_screenshot(picture, path=str(HERE))


async def draw_training() -> None:
    """Train for a while at a pace that can be watched."""
    from tui.labs.training import TrainingLab

    async with opened(TrainingLab, "linear-regression", (120, 40), "lab.svg") as (pilot, lab):
        await pilot.press("space", *["right_square_bracket"] * 2)
        await until(pilot, lambda: lab.frame and lab.frame.step >= 150)
        await pilot.press("space")


async def draw_graph() -> None:
    """Walk the graph of a neuron back as far as the product of its first two inputs."""
    from tui.labs.autograd import AutogradLab

    async with opened(AutogradLab, "autograd", (144, 30), "autograd.svg") as (pilot, _):
        await pilot.press("p", "p", "p", *["s"] * 7)


SEVEN = ("up",) * 8 + ("left",) * 5 + ("space",) + ("right",) * 10 + ("down", "down", "left") * 8
"""The keys that write a seven, from the middle of the sheet."""


async def draw_sheet() -> None:
    """Train on the digits that need no download, and write a seven."""
    from engine.frame import State
    from tui.labs.mnist import MnistLab

    async with opened(MnistLab, "mnist", (100, 24), "sheet.svg") as (pilot, lab):
        while lab.status.preset != "digits":
            await pilot.press("p")
        await pilot.press("space", *["right_square_bracket"] * 12)
        await until(pilot, lambda: lab.frame and lab.frame.state is State.FINISHED)
        await pilot.press("w", *SEVEN, "space")


async def draw_exercise() -> None:
    """Run a program that never clears its gradients."""
    from lessons.exercises import find
    from tui.app import DltuiApp
    from tui.exercise_file import ExerciseFile
    from tui.screens.write import WriteView

    exercise = find("linear-regression/training-step")
    file = ExerciseFile.of(exercise)
    file.create()
    program = next(m.program for m in exercise.mutants if m.name == "no-zero-grad")
    file.path.write_text(program, encoding="utf-8")
    app = DltuiApp(lesson=exercise.lesson, device="cpu")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("4")
        view = app.screen.query_one(WriteView)
        await pilot.press("space")
        await until(pilot, lambda: view.verdict is not None)
        await pilot.pause(1)
        app.save_screenshot("write.svg", path=str(HERE))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "STATE", "DATA"):
            os.environ[f"DLTUI_{name}_DIR"] = folder
        asyncio.run(draw_training())
        asyncio.run(draw_graph())
        asyncio.run(draw_sheet())
        asyncio.run(draw_exercise())
