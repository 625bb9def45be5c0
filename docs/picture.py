"""Draws the pictures in the README from the running app: `make picture`."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


async def draw_training() -> None:
    """Open the lab, train for a while at a pace that can be watched, and keep what is seen."""
    from tui.app import DltuiApp
    from tui.labs.training import TrainingLab

    app = DltuiApp(lesson="linear-regression", device="cpu")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        lab = app.screen.query_one(TrainingLab)
        while lab.experiment is None:
            await pilot.pause(0.1)
        await pilot.press("space", *["right_square_bracket"] * 2)
        while lab.frame is None or lab.frame.step < 150:
            await pilot.pause(0.1)
        await pilot.press("space")
        await pilot.pause(0.5)
        app.save_screenshot("lab.svg", path=str(HERE))


async def draw_graph() -> None:
    """Walk the graph of a neuron back as far as the product of its first two inputs."""
    from tui.app import DltuiApp
    from tui.labs.autograd import AutogradLab

    app = DltuiApp(lesson="autograd", device="cpu")
    async with app.run_test(size=(144, 30)) as pilot:
        await pilot.press("2")
        lab = app.screen.query_one(AutogradLab)
        while lab.dissection is None:
            await pilot.pause(0.1)
        await pilot.press("p", "p", "p", *["s"] * 7)
        await pilot.pause(0.5)
        app.save_screenshot("autograd.svg", path=str(HERE))


SEVEN = ("up",) * 8 + ("left",) * 5 + ("space",) + ("right",) * 10 + ("down", "down", "left") * 8
"""The keys that write a seven, from the middle of the sheet."""


async def draw_sheet() -> None:
    """Train on the digits that need no download, and write a seven."""
    from engine.frame import State
    from tui.app import DltuiApp
    from tui.labs.mnist import MnistLab

    app = DltuiApp(lesson="mnist", device="cpu")
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.press("2")
        lab = app.screen.query_one(MnistLab)
        while lab.experiment is None:
            await pilot.pause(0.1)
        while lab.experiment.preset.name != "digits":
            await pilot.press("p")
        await pilot.press("space", *["right_square_bracket"] * 12)
        while lab.frame is None or lab.frame.state is not State.FINISHED:
            await pilot.pause(0.2)
        await pilot.press("w", *SEVEN, "space")
        await pilot.pause(1)
        app.save_screenshot("sheet.svg", path=str(HERE))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "STATE", "DATA"):
            os.environ[f"DLTUI_{name}_DIR"] = folder
        asyncio.run(draw_training())
        asyncio.run(draw_graph())
        asyncio.run(draw_sheet())
