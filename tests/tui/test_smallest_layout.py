"""Full labs on the smallest terminal: hidden content can be scrolled to."""

from __future__ import annotations

from textwrap import wrap

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from lessons.catalog import entries, find
from lessons.lesson import TrainingLesson
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.labs.training import Notice, TrainingLab
from tui.terminal.resizing import MINIMUM
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList, Controls, choices
from tui.widgets.equations import Equations


async def test_what_a_control_does_is_readable_while_a_value_is_typed() -> None:
    for size, lessons in ((MINIMUM, entries()), ((110, MINIMUM[1]), [find("dataloader")])):
        async with app().run_test(size=size) as pilot:
            for entry in lessons:
                if isinstance(entry.load(), TrainingLesson):
                    await check_controls(pilot, entry.slug)


async def check_controls(pilot: Pilot[None], lesson: str) -> None:
    """Type into the control with the longest help, with all formulas of the lesson on screen."""
    pilot.app.action_open_lesson(lesson)
    await until(pilot, lambda: getattr(pilot.app.screen, "lesson", None) is find(lesson).load())
    lab = await open_lab(pilot)
    await until(pilot, lambda: lab.frame is not None)
    lab.action_step()
    await until(pilot, lambda: lab.frame.step or lab.frame.picture)
    challenges = lab.query_one(Challenges)
    room = challenges.region.width - challenges.styles.gutter.width
    room -= challenges.styles.scrollbar_size_vertical  # below a notice of two lines
    for challenge in lab.lesson.challenges:
        assert cell_len(f"○ {challenge.text}") <= room, challenge.text
    controls = lab.query_one(Controls)
    names, about = controls.query_one(ControlList), controls.query_one("#about", Static)
    shown = {str(option.id) for option in names.options}
    known = [control for control in lab.lesson.controls if control.name in shown]
    expected = {one.name: controls._reason(one.name) or one.help for one in known}
    longest = max(known, key=lambda control: len(expected[control.name] + choices(control)))
    names.highlighted = names.get_option_index(longest.name)
    controls.enter()
    await pilot.press("enter")
    await until(pilot, lambda: whole(about, expected[longest.name]))
    await pilot.press("escape")


def whole(about: Static, text: str) -> bool:
    """Return whether the text is on screen and no line of it is cut."""
    around = [parent for parent in about.ancestors if isinstance(parent, Widget)]
    lines = wrap(str(about.render()), about.content_size.width or 1, break_on_hyphens=False)
    return (
        text in str(about.render())
        and about.content_size.height == len(lines)
        and all(parent.region.contains_region(about.region) for parent in around)
    )


@pytest.mark.parametrize("lesson", ["decision-boundary", "dataloader", "mnist"])
async def test_each_panel_shows_its_essential_lines(lesson: str) -> None:
    async with app(lesson).run_test(size=MINIMUM) as pilot:
        lab = await open_lab(pilot)
        lab.action_step()
        await until(pilot, lambda: lab.frame.step == 1)
        notice = lab.query_one("#notice", Notice)
        for words in ("", "a notice of two lines, " * 4):
            notice.update(words)
            notice.display = bool(words)
            await until(pilot, lambda words=words: bool(notice.size.height) == bool(words))
            await until(pilot, lambda: fits(lab))
            assert "too small" not in screen_text(pilot.app)


def fits(lab: TrainingLab) -> bool:
    """Return whether each side panel has at least two lines and is inside the lab."""
    challenges, controls = lab.query_one(Challenges), lab.query_one(ControlList)
    height = challenges.scrollable_content_region.height
    return (
        challenges.region.bottom <= lab.region.bottom
        and lab.query_one(Equations).region.bottom <= challenges.region.y
        and min(height, controls.size.height) >= 2
        and height + challenges.max_scroll_y >= challenges.option_count
    )
