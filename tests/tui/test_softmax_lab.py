"""The lab of softmax: every scene by keyboard, what is typed, what plays, both sizes."""

from __future__ import annotations

from textwrap import wrap

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from engine.softmax.scenes import SCENES
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.labs.curve_desk import Board
from tui.labs.softmax import SoftmaxLab
from tui.widgets.challenges import Challenges
from tui.widgets.equations import Equations

NARROW, WIDE = (80, 24), (120, 40)
NAMES = list(SCENES)


async def open_lab(pilot: Pilot[None], scene: str = "bars") -> SoftmaxLab:
    await until(pilot, lambda: pilot.app.screen.query(SoftmaxLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(SoftmaxLab)
    await until(pilot, lambda: lab.stage is not None)
    await pilot.press(*"p" * NAMES.index(scene))
    await until(pilot, lambda: lab.standing.preset == scene)
    return lab


def told(lab: SoftmaxLab) -> str:
    return str(lab.query_one("#told", Static).render())


@pytest.mark.parametrize("size", [NARROW, pytest.param(WIDE, marks=pytest.mark.slow)])
async def test_every_scene_opens_and_answers_to_the_arrows(size) -> None:
    async with app("softmax").run_test(size=size) as pilot:
        lab = await open_lab(pilot)
        board = lab.query_one(Board)
        room = board.content_size
        for scene in SCENES.values():
            await until(pilot, lambda scene=scene: lab.standing.preset == scene.name)
            assert board.has_focus
            seen, before = set(), lab.stage.text
            for key in ("right", "pagedown", "home"):
                await pilot.press(key)
                seen.add("\n".join(strip.text for strip in board.strips))
                assert told(lab)
                columns, rows = (78, 3) if size == NARROW else (118, 2)
                assert len(wrap(told(lab), columns)) <= rows
                assert board.content_size == room  # nothing moves but the point
            assert len(seen) >= 3
            assert lab.stage.text != before
            screen = screen_text(pilot.app)
            assert scene.title in screen
            assert lab.query_one(Equations).text.splitlines()[0].split()[-1] in screen
            await pilot.press("p")
        await until(pilot, lambda: lab.standing.preset == "bars")
        assert lab.standing.finished


async def test_b_goes_back_and_r_begins_anew() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("b")
        assert lab.standing.preset == "overflow"
        await pilot.press("down", "l")
        assert lab.stage.given.z == (60, 40, 0, -40)
        await pilot.press("r")
        assert lab.stage.given.z == (60, 20, 0, -40)


async def test_classes_are_chosen_and_typed_and_refused() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("down", "j", "up", "right")
        assert lab.stage.text == "dog = 1.1"
        await pilot.press("enter", *"z = [0, 0, 0]", "enter")
        await until(pilot, lambda: lab.stage.look.p == pytest.approx([1 / 3] * 3))
        assert "equal logits" in told(lab)
        await pilot.press("e", *"hen = 1", "enter")
        await until(pilot, lambda: "hen is not to be set" in screen_text(pilot.app))
        assert lab.query_one(Input).has_focus
        await pilot.press("escape")
        assert lab.query_one(Board).has_focus
        assert lab.query_one(Input).value == "dog = 0"


async def test_no_class_is_chosen_where_all_move_and_no_label_where_there_is_none() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "shift")
        before = lab.stage.given
        await pilot.press("down", "t", "s")
        assert lab.stage.given == before
        await pilot.press("p", "p", "t")
        assert lab.stage.given.label == 2
        assert "The label is fox" in told(lab)


async def test_steps_run_and_hold_and_meet_the_challenge() -> None:
    async with app("softmax").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot, "cross-entropy")
        await pilot.press("s", "s")
        assert lab.standing.progress.endswith("step 2")
        await pilot.press(*["right_square_bracket"] * 3, "space")
        assert "▶ 200 a second" in lab.standing.state
        await until(pilot, lambda: "1/4" in str(lab.query_one(Challenges).border_title))
        assert max(map(abs, lab.stage.look.gradient)) < 0.01
        if lab.playing:
            await pilot.press("space")
        assert not lab.playing


async def test_the_temperature_wanders_to_its_end() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "temperature")
        await pilot.press("end", "left", "left", "space")
        await until(pilot, lambda: not lab.playing)
        assert lab.stage.text == "T = 100"
        assert "whatever its logit says" in told(lab)
        await pilot.press("home")
        assert "takes all" in told(lab)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_overflows_is_said_in_words(size) -> None:
    async with app("softmax").run_test(size=size) as pilot:
        lab = await open_lab(pilot, "overflow")
        await pilot.press("l", "l")
        await until(pilot, lambda: "not a number" in screen_text(pilot.app))
        assert "log_softmax never computes either" in " ".join(told(lab).split())
