"""The lab of the five steps: effects of the keys, and highlights."""

from __future__ import annotations

import re

from textual.pilot import Pilot

from engine.device import Device
from engine.frame import State
from engine.pictures import FitsPicture
from lessons.catalog import find
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.experiment import Experiment
from tui.labs.training import TrainingLab
from tui.widgets.controls import ControlList

SIZES = [(80, 22), (120, 40)]
FIVE = ["data", "model", "loss", "optimizer", "loop"]
PRESETS = [preset.name for preset in find("five-steps").load().presets]


def lit(lab: TrainingLab) -> str:
    assert lab.frame is not None
    picture = lab.frame.picture
    return picture.lit if isinstance(picture, FitsPicture) else ""


def marked(pilot: Pilot[None]) -> list[str]:
    """Return the texts after the mark of the active step."""
    return re.findall(r"▶\d (\w+)", screen_text(pilot.app))


async def test_s_lights_one_step_after_the_other() -> None:
    async with app("five-steps").run_test(size=SIZES[0]) as pilot:
        lab = await open_lab(pilot)
        await until(pilot, lambda: "1 data" in screen_text(pilot.app))
        assert marked(pilot) == []
        for update in (0, 1):
            await pilot.resize_terminal(*SIZES[update])
            for name in FIVE:
                await pilot.press("s")
                await until(pilot, lambda name=name: lit(lab) == name)
                await until(pilot, lambda name=name: marked(pilot) == [name])
                assert lab.frame is not None
                assert lab.frame.step == update + (name == "loop")
        shown = screen_text(pilot.app)
        assert "x, y (40, 1)" in shown
        assert "25 gradients" in shown
        assert "update 2" in shown
        # A step may also be a whole update.
        controls = lab.query_one(ControlList)
        controls.highlighted = controls.get_option_index("turn")
        controls.focus()
        await pilot.press("right")
        await until(pilot, lambda: lab.frame.settings["turn"] == "update")
        step = lab.frame.step
        await pilot.press("s", "s")
        await until(pilot, lambda: lab.frame.step == step + 2)
        assert lit(lab) == "loop"


async def test_every_preset_has_its_pace_and_its_pictures() -> None:
    async with app("five-steps").run_test(size=SIZES[0]) as pilot:
        lab = await open_lab(pilot)
        for name in [*PRESETS, PRESETS[0]]:
            assert lab.experiment is not None
            assert lab.experiment.preset.name == name
            assert lab.experiment.pace == lab.experiment.preset.pace
            run = lab.experiment.run
            await pilot.press("s")
            await until(pilot, lambda run=run: run.frame.state is State.PAUSED)
            for title in ("Five steps", "Curves", "Walks"):
                await until(pilot, lambda title=title: title in screen_text(pilot.app))
                await pilot.press("v")
            await pilot.press("p")
            await until(pilot, lambda run=run: lab.experiment.run is not run)


async def test_four_optimizers_on_the_map_and_momentum_gets_out_of_the_valley() -> None:
    async with app("five-steps").run_test(size=SIZES[0]) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("p", "p", "p", "v", "v")
        await pilot.press(*["right_square_bracket"] * 12, "space")
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        await until(pilot, lambda: "local optimum" in screen_text(pilot.app))
        shown = screen_text(pilot.app)
        assert "momentum 0.4955" in shown
        assert "★ Adam 0.0091" in shown
        assert all(mark in shown for mark in "○✚×")
        await pilot.resize_terminal(*SIZES[1])
        lab.query_one(ControlList).focus()
        await pilot.press("right")
        await until(pilot, lambda: lab.frame.settings["learning_rate"] == 0.1)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        await until(pilot, lambda: "✓ let momentum arrive" in screen_text(pilot.app))


def test_a_pace_of_the_learners_own_stays_where_a_preset_has_none() -> None:
    experiment = Experiment(find("linear-regression").load(), Device("cpu", "the processor"))
    experiment.change_pace(1)
    pace = experiment.pace
    experiment.use_preset()
    experiment.close()
    assert experiment.pace == pace
