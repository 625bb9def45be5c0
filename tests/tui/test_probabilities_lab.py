"""The lab of probabilities by keyboard: what is typed, what plays, both sizes."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from engine.probability_scenes import SCENES
from tests.tui.conftest import app, until
from tests.tui.scene_labs import open_lab, told
from tests.tui.screen_text import screen_text
from tui.labs.curves import Board
from tui.labs.probabilities import ProbabilitiesLab
from tui.widgets.challenges import Challenges
from tui.widgets.key_footer import KeyFooter

NARROW, WIDE = (80, 22), (120, 40)


async def test_b_goes_back_and_r_begins_anew() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES)
        await pilot.press("b")
        assert lab.status.preset == "saturation"
        await pilot.press("b", "l", "a")
        assert lab.status.preset == "race"
        assert (lab.state.look.z, lab.state.look.label) == (-5, 0)
        await pilot.press("r")
        assert (lab.state.look.z, lab.state.look.label) == (-6, 1)


async def test_a_place_is_typed_or_refused_and_the_keys_come_back() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES)
        await pilot.press("enter", *"P = 0.9", "enter")
        await until(pilot, lambda: lab.status.progress == "z = 2.1972")
        assert lab.query_one(Board).has_focus
        await pilot.press("e", *"z = 99", "enter")
        await until(pilot, lambda: "from −8 to 8" in screen_text(pilot.app))
        assert lab.query_one(Input).has_focus
        assert lab.state.look.odds == pytest.approx(9, rel=1e-5)
        await pilot.press("escape")
        await until(pilot, lambda: "from −8 to 8" not in screen_text(pilot.app))
        assert lab.query_one(Input).value == "z = 2.1972"
        assert lab.query_one(Board).has_focus
        await pilot.press("left")
        assert lab.state.look.z == 2.1


async def test_the_label_counts_only_where_there_is_a_loss() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES, "odds")
        await pilot.press("a", "s")
        assert lab.state.look.label == 1
        assert "label" not in lab.status.progress
        await pilot.press("p", "a")
        assert lab.state.look.label == 0
        assert "label 0" in lab.status.progress
        assert "The label is 0" in told(lab)


async def test_the_race_runs_and_holds_and_keeps_its_footer() -> None:
    async with app("probabilities").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES, "race")
        await pilot.press("s", "s", "s")
        assert lab.status.progress == "z = −6 · label 1 · step 3"
        await pilot.press("space", "right_square_bracket")
        assert lab.playing
        assert "▶ 50 a second" in lab.status.state
        await until(pilot, lambda: lab.state.look.race.steps > 20)
        keys = pilot.app.screen.query_one(KeyFooter).items
        assert keys
        await until(pilot, lambda: lab.state.look.race.steps > 40)
        assert pilot.app.screen.query_one(KeyFooter).items is keys  # made anew, it would flicker
        await pilot.press("space")
        assert not lab.playing
        held = lab.state.look.race.steps
        await pilot.press("s")
        assert lab.state.look.race.steps == held + 1


async def test_the_point_wanders_to_the_end_and_stops() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES)
        await pilot.press("end", "left", "left", "space")
        await until(pilot, lambda: not lab.playing)
        assert lab.state.look.z == 8
        await pilot.press("space")  # from the end, begin at the left one
        await until(pilot, lambda: lab.state.look.z < -6)
        assert lab.playing
        for key in ("right", "p", "1"):
            await pilot.press(key)
            assert not lab.playing, key
            await pilot.press("2", "space")
            assert lab.playing


@pytest.mark.slow
async def test_challenges_are_met_by_what_the_keys_do() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES, "odds")
        title = lambda: str(lab.query_one(Challenges).border_title)  # noqa: E731
        await pilot.press("enter", *"odds = 9", "enter")
        await until(pilot, lambda: "1/4" in title())
        await pilot.press("p", "p", "home")
        await until(pilot, lambda: "2/4" in title())
        await pilot.press("p", *"lll", "enter", *"rate = 10", "enter", *"s" * 12)
        await until(pilot, lambda: "3/4" in title())
        await pilot.press("p", "a", "end")
        await until(pilot, lambda: "4/4" in title())


async def test_what_plays_by_itself_meets_no_challenge() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES, "odds")
        title = lambda: str(lab.query_one(Challenges).border_title)  # noqa: E731
        while not lab.state.ended:  # as a timer does after space; on its way it is at 9 to 1
            lab.advance(1)
            assert "0/4" in title()
        await pilot.press("end", *["left"] * 9)  # from 0.99 to 0.9, by hand
        await until(pilot, lambda: "1/4" in title())


async def test_another_size_and_another_theme_draw_anew() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, SCENES, "cross-entropy")
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
        lab.ready = False
        for action in ("move", "far", "end", "flip", "step", "play", "edit", "preset", "reset"):
            assert not lab.check_action(action, ())
        lab.ready = True
