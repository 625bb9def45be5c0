"""Labs with much to show on the smallest terminal: what is cut off can be scrolled to."""

from __future__ import annotations

import pytest

from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.labs.training import Notice, TrainingLab
from tui.terminal.resizing import MINIMUM
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList
from tui.widgets.equations import Equations


@pytest.mark.parametrize("lesson", ["decision-boundary", "dataloader", "mnist"])
async def test_each_panel_shows_its_essential_lines(lesson: str) -> None:
    async with app(lesson).run_test(size=MINIMUM) as pilot:
        lab = await open_lab(pilot)
        lab.action_step()
        await until(pilot, lambda: lab.frame.step == 1)
        notice = lab.query_one(Notice)
        for words in ("", "a notice of two lines, " * 4):
            notice.update(words)
            notice.display = bool(words)
            await until(pilot, lambda words=words: bool(notice.size.height) == bool(words))
            await until(pilot, lambda: fits(lab))
            assert "too small" not in screen_text(pilot.app)


def fits(lab: TrainingLab) -> bool:
    """Whether each panel at the side has at least two lines, and lies within the lab."""
    challenges, controls = lab.query_one(Challenges), lab.query_one(ControlList)
    height = challenges.scrollable_content_region.height
    return (
        challenges.region.bottom <= lab.region.bottom
        and lab.query_one(Equations).region.bottom <= challenges.region.y
        and min(height, controls.size.height) >= 2
        and height + challenges.max_scroll_y >= challenges.option_count
    )
