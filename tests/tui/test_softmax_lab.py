"""The lab of softmax by keyboard: what is typed, what plays, what overflows."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from engine.softmax_scenes import SCENES
from tests.tui.conftest import app, until
from tests.tui.scene_labs import open_lab, told
from tests.tui.screen_text import screen_text
from tui.labs.curves import Board
from tui.labs.softmax import SoftmaxLab
from tui.widgets.challenges import Challenges

NARROW, WIDE = (80, 22), (120, 40)


async def test_b_goes_back_and_r_begins_anew() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, SoftmaxLab, SCENES)
        await pilot.press("b")
        assert lab.status.preset == "overflow"
        await pilot.press("down", "l")
        assert lab.state.given.z == (60, 40, 0, -40)
        await pilot.press("r")
        assert lab.state.given.z == (60, 20, 0, -40)


async def test_classes_are_chosen_and_typed_and_refused() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, SoftmaxLab, SCENES)
        await pilot.press("down", "j", "up", "right")
        assert lab.state.text == "dog = 1.1"
        await pilot.press("enter", *"z = [0, 0, 0]", "enter")
        await until(pilot, lambda: lab.state.look.p == pytest.approx([1 / 3] * 3))
        assert "equal logits" in told(lab)
        await pilot.press("e", *"hen = 1", "enter")
        await until(pilot, lambda: "hen is not to be set" in screen_text(pilot.app))
        assert lab.query_one(Input).has_focus
        await pilot.press("escape")
        assert lab.query_one(Board).has_focus
        assert lab.query_one(Input).value == "dog = 0"


async def test_no_class_is_chosen_where_all_move_and_no_label_where_there_is_none() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, SoftmaxLab, SCENES, "shift")
        before = lab.state.given
        await pilot.press("down", "a", "s")
        assert lab.state.given == before
        await pilot.press("p", "p", "a")
        assert lab.state.given.label == 2
        assert "The label is fox" in told(lab)


async def test_steps_run_and_hold_and_meet_the_challenge() -> None:
    async with app("softmax").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot, SoftmaxLab, SCENES, "cross-entropy")
        await pilot.press("s", "s")
        assert lab.status.progress.endswith("step 2")
        await pilot.press(*["right_square_bracket"] * 3, "space")
        assert "▶ 200 a second" in lab.status.state
        await until(pilot, lambda: "1/4" in str(lab.query_one(Challenges).border_title))
        assert max(map(abs, lab.state.look.gradient)) < 0.01
        if lab.playing:
            await pilot.press("space")
        assert not lab.playing


async def test_the_temperature_wanders_to_its_end() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, SoftmaxLab, SCENES, "temperature")
        await pilot.press("end", "left", "left", "space")
        await until(pilot, lambda: not lab.playing)
        assert lab.state.text == "T = 100"
        assert "whatever its logit says" in told(lab)
        await pilot.press("home")
        assert "takes all" in told(lab)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_overflows_is_said_in_words(size) -> None:
    async with app("softmax").run_test(size=size) as pilot:
        lab = await open_lab(pilot, SoftmaxLab, SCENES, "overflow")
        await pilot.press("l", "l")
        await until(pilot, lambda: "not a number" in screen_text(pilot.app))
        assert "log_softmax never computes either" in " ".join(told(lab).split())
