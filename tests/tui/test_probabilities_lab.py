"""The lab of probabilities: every scene by keyboard, what is typed, what plays, both sizes."""

from __future__ import annotations

from textwrap import wrap

import pytest
from textual.pilot import Pilot
from textual.widgets import Footer, Input, Static
from textual.widgets._toast import Toast

from engine.probabilities.scenes import SCENES
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.labs.curve_desk import Board
from tui.labs.probabilities import ProbabilitiesLab
from tui.widgets.challenges import Challenges
from tui.widgets.equations import Equations

NARROW, WIDE = (80, 24), (120, 40)
NAMES = list(SCENES)


async def open_lab(pilot: Pilot[None], scene: str = "sigmoid") -> ProbabilitiesLab:
    await until(pilot, lambda: pilot.app.screen.query(ProbabilitiesLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(ProbabilitiesLab)
    await until(pilot, lambda: lab.stage is not None)
    await pilot.press(*"p" * NAMES.index(scene))
    await until(pilot, lambda: lab.standing.preset == scene)
    return lab


def told(lab: ProbabilitiesLab) -> str:
    return str(lab.query_one("#told", Static).render())


@pytest.mark.parametrize("size", [NARROW, pytest.param(WIDE, marks=pytest.mark.slow)])
async def test_every_scene_opens_and_answers_to_the_arrows(size) -> None:
    async with app("probabilities").run_test(size=size) as pilot:
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
        await until(pilot, lambda: lab.standing.preset == "sigmoid")
        assert lab.standing.finished


async def test_b_goes_back_and_r_begins_anew() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("b")
        assert lab.standing.preset == "saturation"
        await pilot.press("b", "l", "t")
        assert lab.standing.preset == "race"
        assert (lab.stage.look.z, lab.stage.look.label) == (-5, 0)
        await pilot.press("r")
        assert (lab.stage.look.z, lab.stage.look.label) == (-6, 1)


async def test_a_place_is_typed_or_refused_and_the_keys_come_back() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("enter", *"P = 0.9", "enter")
        await until(pilot, lambda: lab.standing.progress == "z = 2.1972")
        assert lab.query_one(Board).has_focus
        await pilot.press("e", *"z = 99", "enter")
        await until(pilot, lambda: "from −8 to 8" in screen_text(pilot.app))
        assert lab.query_one(Input).has_focus
        assert lab.stage.look.odds == pytest.approx(9, rel=1e-5)
        await pilot.press("escape")
        await until(pilot, lambda: "from −8 to 8" not in screen_text(pilot.app))
        assert lab.query_one(Input).value == "z = 2.1972"
        assert lab.query_one(Board).has_focus
        await pilot.press("left")
        assert lab.stage.look.z == 2.1


async def test_the_label_counts_only_where_there_is_a_loss() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "odds")
        await pilot.press("t", "s")
        assert lab.stage.look.label == 1
        assert "label" not in lab.standing.progress
        await pilot.press("p", "t")
        assert lab.stage.look.label == 0
        assert "label 0" in lab.standing.progress
        assert "The label is 0" in told(lab)


async def test_the_race_runs_and_holds_and_keeps_its_footer() -> None:
    async with app("probabilities").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot, "race")
        await pilot.press("s", "s", "s")
        assert lab.standing.progress == "z = −6 · label 1 · step 3"
        await pilot.press("space", "right_square_bracket")
        assert lab.playing
        assert "▶ 50 a second" in lab.standing.state
        await until(pilot, lambda: lab.stage.look.race.steps > 20)
        keys = pilot.app.screen.query_one(Footer).children
        assert keys
        await until(pilot, lambda: lab.stage.look.race.steps > 40)
        assert list(pilot.app.screen.query_one(Footer).children) == list(keys)
        await pilot.press("space")
        assert not lab.playing
        held = lab.stage.look.race.steps
        await pilot.press("s")
        assert lab.stage.look.race.steps == held + 1


async def test_the_point_wanders_to_the_end_and_stops() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("end", "left", "left", "space")
        await until(pilot, lambda: not lab.playing)
        assert lab.stage.look.z == 8
        await pilot.press("space")  # from the end, begin at the left one
        await until(pilot, lambda: lab.stage.look.z < -6)
        assert lab.playing
        for key in ("right", "p", "1"):
            await pilot.press(key)
            assert not lab.playing, key
            await pilot.press("2", "space")
            assert lab.playing


@pytest.mark.slow
async def test_challenges_are_met_by_what_the_keys_do() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "odds")
        title = lambda: str(lab.query_one(Challenges).border_title)  # noqa: E731
        await pilot.press("enter", *"odds = 9", "enter")
        await until(pilot, lambda: "1/4" in title())
        await pilot.press("p", "p", "home")
        await until(pilot, lambda: "2/4" in title())
        await pilot.press("p", *"lll", "enter", *"rate = 10", "enter", *"s" * 12)
        await until(pilot, lambda: "3/4" in title())
        await pilot.press("p", "t", "end")
        await until(pilot, lambda: "4/4" in title())


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_challenge_that_is_met_hides_no_word_and_no_curve(size) -> None:
    async with app("probabilities").run_test(size=size, notifications=True) as pilot:
        lab = await open_lab(pilot, "saturation")
        await pilot.press("t", "end")
        await until(pilot, lambda: "challenge met" in screen_text(pilot.app))
        await pilot.pause()
        (toast,) = pilot.app.screen.query(Toast)
        for shown in (lab.query_one("#told"), lab.query_one(Board), lab.query_one(Challenges)):
            assert not toast.region.overlaps(shown.region)


async def test_another_size_and_another_theme_draw_anew() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "cross-entropy")
        board = lab.query_one(Board)
        before = board.strips
        pilot.app.theme = "textual-light"
        await until(pilot, lambda: board.strips != before)
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: len(board.strips) > 25)
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: len(board.strips) == board.content_size.height < 17)
        assert board.strips[0].cell_length == board.content_size.width


async def test_nothing_happens_before_pytorch_is_there() -> None:
    pilot_app = app("probabilities")
    async with pilot_app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: pilot.app.screen.query(ProbabilitiesLab))
        lab = pilot.app.screen.query_one(ProbabilitiesLab)
        stage, lab.stage = lab.stage, None
        for action in ("move", "far", "end", "flip", "step", "play", "edit", "scene", "reset"):
            assert not lab.check_action(action, ())
        lab.stage = stage
