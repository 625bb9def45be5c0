"""The probabilities and softmax labs by keyboard: scenes, typing and playing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from engine.probability_scenes import SCENES as LOGIT_SCENES
from engine.softmax_scenes import SCENES as LOGITS_SCENES
from tests.tui.conftest import app, until
from tests.tui.scene_labs import explanation, open_lab, to_scene
from tests.tui.screen_text import screen_text
from tui.labs.curves import Board, CurvesLab
from tui.labs.probabilities import ProbabilitiesLab
from tui.labs.softmax import SoftmaxLab
from tui.terminal import painter
from tui.widgets.challenges import Challenges
from tui.widgets.equations import Equations
from tui.widgets.key_footer import KeyFooter
from tui.widgets.status_bar import StatusBar

NARROW, WIDE = (80, 22), (120, 40)


def met(lab: CurvesLab[Any]) -> str:
    """Return how many challenges are met, for example `1/4`."""
    found = re.search(r"\d/\d", str(lab.query_one(Challenges).border_title))
    assert found is not None
    return found[0]


class Terminal:
    """Records what is written to it."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def write(self, text: str) -> None:
        self.sent.append(re.sub(r"\x1b\[[\d;]*[Hm]", "", text))


@pytest.mark.parametrize(
    ("lesson", "kind", "scenes"),
    [
        pytest.param("probabilities", ProbabilitiesLab, LOGIT_SCENES, id="probabilities"),
        pytest.param("softmax", SoftmaxLab, LOGITS_SCENES, id="softmax"),
    ],
)
async def test_every_scene_opens_and_answers_to_the_arrows(
    lesson: str,
    kind: type[CurvesLab[Any]],
    scenes: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with app(lesson).run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, kind, scenes)
        board = lab.query_one(Board)
        for size, columns, rows in ((NARROW, 78, 3), (WIDE, 118, 2)):
            await pilot.resize_terminal(*size)
            await to_scene(pilot, lab, scenes, next(iter(scenes)))
            await until(pilot, lambda: len(board.strips) == board.content_size.height)
            room = board.content_size
            for scene in scenes.values():
                await to_scene(pilot, lab, scenes, scene.name)
                assert board.has_focus
                seen, before = set(), lab.state.text
                for key in ("right", "pagedown", "home"):
                    await pilot.press(key)
                    seen.add("\n".join(strip.text for strip in board.strips))
                    assert explanation(lab)
                    assert len(wrap(explanation(lab), columns)) <= rows
                    assert board.content_size == room  # only the point moves
                assert len(seen) >= (2 if size == NARROW else 3)  # a move may stay in a cell
                assert lab.state.text != before
                screen = screen_text(pilot.app)
                assert scene.title in screen
                assert lab.query_one(Equations).text.splitlines()[0].split()[-1] in screen
                if size == NARROW:
                    await every_frame_is_sent_in_one_piece(pilot, lab, monkeypatch)
        assert lab.status.finished
        await pilot.press("p", "b", "b", "r")  # the first one, then back to the second last
        assert lab.status.preset == list(scenes)[-2]
        before = lab.state.text
        await pilot.press("right")
        assert lab.state.text != before
        await pilot.press("r")
        assert lab.state.text == before


async def every_frame_is_sent_in_one_piece(
    pilot: Pilot[None], lab: CurvesLab[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it plays, the changed text and the changed description are sent together."""
    await pilot.pause()
    terminal = Terminal()
    with monkeypatch.context() as patched:
        patched.setattr(painter, "_driver_of", lambda _: terminal)
        for _ in range(6):
            line, words = lab.state.text, explanation(lab)
            terminal.sent.clear()
            lab.advance()
            await asyncio.sleep(0)  # until pending output is sent
            (frame,) = terminal.sent
            assert line == lab.state.text or lab.state.text in frame, lab.status.preset
            assert words == explanation(lab) or wrap(explanation(lab), 78)[0] in frame, (
                lab.status.preset
            )
    await pilot.press("r")


async def typed(pilot: Pilot[None], lab: CurvesLab[Any], wrong: str, words: str) -> None:
    """Check that this line is refused but kept, and that escape restores the previous one."""
    before = lab.state.text
    await pilot.press("e", *wrong, "enter")
    await until(pilot, lambda: words in screen_text(pilot.app))
    assert lab.query_one(Input).has_focus
    await pilot.press("escape")
    await until(pilot, lambda: words not in screen_text(pilot.app))
    assert lab.query_one(Input).value == lab.state.text == before
    assert lab.query_one(Board).has_focus


async def test_one_logit_by_keyboard() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, LOGIT_SCENES)
        lab.ready = False  # no key acts before PyTorch is loaded
        for action in ("move", "far", "end", "flip", "step", "play", "edit", "preset", "reset"):
            assert not lab.check_action(action, ())
        lab.ready = True
        # A position is typed or refused, and the focus returns to the board.
        await pilot.press("enter", *"P = 0.9", "enter")
        await until(pilot, lambda: lab.status.progress == "z = 2.1972")
        assert lab.query_one(Board).has_focus
        await typed(pilot, lab, "z = 99", "from −8 to 8")
        await pilot.press("left")
        assert lab.state.look.z == 2.1
        # The point moves to the end; playing again starts at the other end, until paused.
        await pilot.press("end", "left", "left", "space")
        await until(pilot, lambda: not lab.playing)
        assert lab.state.look.z == 8
        await pilot.press("space")
        await until(pilot, lambda: lab.state.look.z < -6)
        assert lab.playing
        for key in ("right", "p", "1"):
            await pilot.press(key)
            assert not lab.playing, key
            await pilot.press("2", "space")
            assert lab.playing
        # The label is needed only for a loss.
        await pilot.press("r", "a", "s")
        assert (lab.status.preset, lab.state.look.label) == ("odds", 1)
        assert "label" not in lab.status.progress
        # Playing meets no challenge, although it passes 9 to 1.
        status = pilot.app.screen.query_one(StatusBar)

        async def play_through() -> None:
            lab.state.rewind()
            while not lab.state.ended:
                lab.advance(1)
                assert met(lab) == "0/4"
            await pilot.pause()

        await play_through()
        past = "playing alone meets no challenge"
        await until(pilot, lambda: past in status.text)
        assert "cpu" not in status.text
        pilot.app.screen._end_news()  # as after some seconds
        await play_through()  # shown only once
        assert past not in status.text
        assert status.text.startswith("cpu")
        lab.hold()
        await play_through()  # playing another scene shows it again, until the scene changes
        await until(pilot, lambda: past in status.text)
        await pilot.press("p", "b")
        assert status.text.startswith("cpu")
        await pilot.press("end", *["left"] * 9)  # from 0.99 to 0.9, by hand
        await until(pilot, lambda: met(lab) == "1/4")
        await pilot.press("p", "a")
        assert lab.state.look.label == 0
        assert "label 0" in lab.status.progress
        assert "The label is 0" in explanation(lab)
        # Another theme and another size redraw the board.
        board = lab.query_one(Board)
        before = board.strips
        pilot.app.theme = "textual-light"
        await until(pilot, lambda: board.strips != before)
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: len(board.strips) > 25)
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: len(board.strips) == board.content_size.height < 17)
        assert board.strips[0].cell_length == board.content_size.width


async def test_the_race_runs_and_holds_and_keeps_its_footer() -> None:
    async with app("probabilities").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, LOGIT_SCENES, "race")
        await pilot.press("s", "s", "s")
        assert lab.status.progress == "z = −6 · label 1 · step 3"
        await pilot.press("space", "right_square_bracket")
        assert lab.playing
        assert "▶ 50 a second" in lab.status.state
        await until(pilot, lambda: lab.state.look.race.steps > 20)
        keys = pilot.app.screen.query_one(KeyFooter).items
        assert keys
        await until(pilot, lambda: lab.state.look.race.steps > 40)
        assert pilot.app.screen.query_one(KeyFooter).items is keys  # new items would flicker
        await pilot.press("space")
        assert not lab.playing
        held = lab.state.look.race.steps
        await pilot.press("s")
        assert lab.state.look.race.steps == held + 1
        await pilot.press("r", "l", "a")
        assert (lab.state.look.z, lab.state.look.label) == (-5, 0)
        await pilot.press("r")
        assert (lab.state.look.z, lab.state.look.label) == (-6, 1)


@pytest.mark.slow
async def test_challenges_are_met_by_what_the_keys_do() -> None:
    async with app("probabilities").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, ProbabilitiesLab, LOGIT_SCENES, "odds")
        for keys, count in (
            (("enter", *"odds = 9", "enter"), "1/4"),
            (("p", "p", "home"), "2/4"),
            (("p", *"lll", "enter", *"rate = 10", "enter", *"s" * 12), "3/4"),
            (("p", "a", "end"), "4/4"),
        ):
            await pilot.press(*keys)
            await until(pilot, lambda count=count: met(lab) == count)


async def test_a_few_logits_by_keyboard() -> None:
    async with app("softmax").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, SoftmaxLab, LOGITS_SCENES)
        await pilot.press("down", "j", "up", "right")
        assert lab.state.text == "dog = 1.1"
        await pilot.press("enter", *"z = [0, 0, 0]", "enter")
        await until(pilot, lambda: lab.state.look.p == pytest.approx([1 / 3] * 3))
        assert "equal logits" in explanation(lab)
        assert lab.state.text == "dog = 0"
        await typed(pilot, lab, "hen = 1", "hen is not to be set")
        # No class can be chosen if all move, and no label if there is none.
        await pilot.press("p")
        before = lab.state.given
        await pilot.press("down", "a", "s")
        assert lab.state.given == before
        # The temperature moves to its end.
        await pilot.press("p", "end", "left", "left", "space")
        await until(pilot, lambda: not lab.playing)
        assert lab.state.text == "T = 100"
        assert "whatever its logit says" in explanation(lab)
        await pilot.press("home")
        assert "takes all" in explanation(lab)
        await until(pilot, lambda: met(lab) == "1/4")
        # Steps play and pause, and meet the challenge.
        await pilot.press("p", "a")
        assert lab.state.given.label == 2
        assert "The label is fox" in explanation(lab)
        await pilot.press("s", "s")
        assert lab.status.progress.endswith("step 2")
        await pilot.press(*["right_square_bracket"] * 3, "space")
        assert "▶ 200 a second" in lab.status.state
        await until(pilot, lambda: met(lab) == "2/4")
        assert max(map(abs, lab.state.look.gradient)) < 0.01
        if lab.playing:
            await pilot.press("space")
        assert not lab.playing
        # Overflow is described on screens of both sizes.
        await pilot.press("p", "down", "l", "r")
        assert lab.state.given.z == (60, 20, 0, -40)
        await pilot.press("l", "l")
        for size in (NARROW, WIDE):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "not a number" in screen_text(pilot.app))
            assert "log_softmax never computes either" in " ".join(explanation(lab).split())
