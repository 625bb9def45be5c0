"""Every lab of curves: each of its scenes by keyboard, in both sizes."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import pytest

from engine.probability_scenes import SCENES as OF_ONE_LOGIT
from engine.softmax_scenes import SCENES as OF_A_FEW
from tests.tui.conftest import app, until
from tests.tui.scene_labs import open_lab, told
from tests.tui.screen_text import screen_text
from tui.labs.curves import Board, CurvesLab
from tui.labs.probabilities import ProbabilitiesLab
from tui.labs.softmax import SoftmaxLab
from tui.widgets.equations import Equations

NARROW, WIDE = (80, 22), (120, 40)


@pytest.mark.parametrize("size", [NARROW, pytest.param(WIDE, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("lesson", "kind", "scenes"),
    [
        pytest.param("probabilities", ProbabilitiesLab, OF_ONE_LOGIT, id="probabilities"),
        pytest.param("softmax", SoftmaxLab, OF_A_FEW, id="softmax"),
    ],
)
async def test_every_scene_opens_and_answers_to_the_arrows(
    lesson: str, kind: type[CurvesLab[Any]], scenes: Mapping[str, Any], size: tuple[int, int]
) -> None:
    async with app(lesson).run_test(size=size) as pilot:
        lab = await open_lab(pilot, kind, scenes)
        first = lab.status.preset
        board = lab.query_one(Board)
        room = board.content_size
        for scene in scenes.values():
            await until(pilot, lambda scene=scene: lab.status.preset == scene.name)
            assert board.has_focus
            seen, before = set(), lab.state.text
            for key in ("right", "pagedown", "home"):
                await pilot.press(key)
                seen.add("\n".join(strip.text for strip in board.strips))
                assert told(lab)
                columns, rows = (78, 3) if size == NARROW else (118, 2)
                assert len(wrap(told(lab), columns)) <= rows
                assert board.content_size == room  # nothing moves but the point
            assert len(seen) >= (2 if size == NARROW else 3)  # a small move may be below a cell
            assert lab.state.text != before
            screen = screen_text(pilot.app)
            assert scene.title in screen
            assert lab.query_one(Equations).text.splitlines()[0].split()[-1] in screen
            await pilot.press("p")
        await until(pilot, lambda: lab.status.preset == first)
        assert lab.status.finished
