"""Hints, met challenges and notifications: where they are shown, and what they never cover."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets._toast import Toast

from lessons.catalog import find
from lessons.lesson import Challenge, TrainingLesson
from tests.course import WRITTEN
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.labs.lab import Lab
from tui.screens.concept import Choices, ConceptView, QuestionBox
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList
from tui.widgets.key_footer import KeyFooter
from tui.widgets.status_bar import Heading, StatusBar

COMMAND = 'dltui run autograd --set "expression=mean((w*x + b - y)**2)" ' + '--set "x=[1, 2]" ' * 5
SIZES = ((80, 22), (120, 40), (200, 55))
QUICK = ("linear-regression", "graphs", "autograd", "softmax")
"""Lessons with most kinds of lab; of the others only the texts are checked."""


async def in_lab(pilot: Pilot[None], slug: str) -> Lab:
    """Show the lab of the lesson; a training does a step, so that it has all its formulas."""
    if isinstance(find(slug).load(), TrainingLesson):
        lab = await open_lab(pilot)
        while lab.frame.step == 0:  # in some lessons an update has several steps
            before = lab.frame
            await pilot.press("s")
            await until(pilot, lambda before=before: lab.frame is not before)
        return lab
    await until(pilot, lambda: pilot.app.screen.query(Lab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(Lab)
    await until(pilot, lambda: lab.status.preset)
    return lab


async def reach_challenges(pilot: Pilot[None], lab: Lab) -> Challenges:
    """Focus the challenges; if they are hidden, `v` shows them."""
    challenges = lab.query_one(Challenges)
    for _ in range(3):
        if not challenges.size:
            await pilot.press("v")
            await pilot.pause()
    await until(pilot, lambda: challenges.size)
    challenges.focus()
    await until(pilot, lambda: challenges.has_focus)
    return challenges


def shown(challenges: Challenges) -> str:
    """Return the text of the panel on one line; empty if it is partly hidden."""
    parents = [parent for parent in challenges.ancestors if isinstance(parent, Widget)]
    if not all(parent.region.contains_region(challenges.region) for parent in parents):
        return ""
    rows = range(challenges.scrollable_content_region.height)
    return " ".join(" ".join(challenges.render_line(row).text.split()) for row in rows)


def title(challenges: Challenges) -> str:
    return str(challenges.border_title)


# Every lab.


@pytest.mark.parametrize("slug", QUICK)
async def test_in_every_lab_nothing_is_covered_and_tab_goes_round(slug: str) -> None:
    async with app(slug).run_test(size=SIZES[0], notifications=True) as pilot:
        lab = await in_lab(pilot, slug)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            panel = await reach_challenges(pilot, lab)
            challenges = [one for one in find(slug).load().challenges if one.question is None]
            if size != SIZES[0]:  # on larger terminals the longest one is enough
                challenges = [max(challenges, key=lambda one: len(one.hint))]
            for challenge in challenges:
                await hint_is_in_sight(pilot, panel, challenge)
            await notice_covers_nothing(pilot, lab)
        assert lab.query_one(Challenges) in await round_trip(pilot)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(pilot.app.focused, ConceptView))
        boxes = [stop.parent for stop in await round_trip(pilot) if isinstance(stop, Choices)]
        assert boxes == list(pilot.app.screen.query(QuestionBox))  # in their order


@pytest.mark.slow
async def test_the_hints_of_every_other_lesson_are_in_sight_on_a_small_screen() -> None:
    async with app().run_test(size=SIZES[0], notifications=True) as pilot:
        for slug in set(WRITTEN) - set(QUICK):
            pilot.app.action_open_lesson(slug)
            lesson = find(slug).load()
            await until(pilot, lambda lesson=lesson: shown_lesson(pilot) is lesson)
            lab = await in_lab(pilot, slug)
            panel = await reach_challenges(pilot, lab)
            for challenge in lesson.challenges:
                if challenge.question is None:
                    await hint_is_in_sight(pilot, panel, challenge)
            await notice_covers_nothing(pilot, lab)
            assert panel in await round_trip(pilot)


def shown_lesson(pilot: Pilot[None]) -> object:
    """Return the lesson on screen once its page has the focus."""
    screen = pilot.app.screen
    return isinstance(screen, LessonScreen) and screen.focused and screen.lesson


async def hint_is_in_sight(pilot: Pilot[None], panel: Challenges, challenge: Challenge) -> None:
    """Enter shows the whole hint below its challenge, and escape hides it."""
    panel.highlighted = panel.get_option_index(challenge.slug)
    await pilot.press("enter")
    await until(pilot, lambda: f"{challenge.text} {challenge.hint}" in shown(panel))
    place = panel.region
    assert not pilot.app._notifications
    await pilot.press("escape")
    await until(pilot, lambda: panel.hinted is None)
    if panel.screen.has_class("-wide"):  # there is room to keep: no panel moves
        await until(pilot, lambda: panel.region == place)


async def notice_covers_nothing(pilot: Pilot[None], lab: Lab) -> None:
    """The longest notification, a command to copy, leaves the important panels visible."""
    lab.notify(COMMAND, title="copied", timeout=60, markup=False)
    screen = pilot.app.screen
    await until(pilot, lambda: screen.query(Toast) and screen.query_one(Toast).region)
    toast = screen.query_one(Toast)
    kept: list[Widget] = [screen.query_one(kind) for kind in (Heading, StatusBar, KeyFooter)]
    for widget in (
        *kept,
        *lab.query(Challenges),
        *lab.query("#reason, #description, #explanation, #what, #line"),
    ):
        over = toast.region.overlaps(widget.region)
        assert not over, f"{toast.region} lies over {widget!r} at {widget.region}"
    pilot.app.clear_notifications()
    await until(pilot, lambda: not screen.query(Toast))


async def round_trip(pilot: Pilot[None]) -> list[Widget | None]:
    """Return the focused widget after each tab until the first one; none traps the focus."""
    start = pilot.app.focused
    stops = [start]
    for _ in range(30):
        await pilot.press("tab")
        if pilot.app.focused is start:
            return stops
        stops.append(pilot.app.focused)
    raise AssertionError(f"tab never came back to {start}: {stops}")


# Hints.


async def test_a_hint_stays_until_another_is_chosen_or_escape_closes_it() -> None:
    async with app("linear-regression").run_test(size=SIZES[0]) as pilot:
        lab = await in_lab(pilot, "linear-regression")
        lesson = pilot.app.screen
        first, second, third, *_ = lab.lesson.challenges
        challenges = await reach_challenges(pilot, lab)
        await pilot.press("home", "enter")
        assert challenges.hinted == first.slug
        await pilot.press("s", "p", "2")  # the lab changes, and the hint stays
        assert challenges.hinted == first.slug
        challenges.focus()
        await pilot.press("j", "j", "k", "enter")
        assert challenges.hinted == second.slug
        await until(pilot, lambda: second.hint[:20] in screen_text(pilot.app))
        assert first.hint[:20] not in screen_text(pilot.app)
        assert "esc: close hint" in title(challenges)
        await pilot.press("enter")
        assert challenges.hinted is None
        assert "enter: hint" in title(challenges)
        await pilot.click(challenges, offset=(4, 3))  # the third row below the border
        await until(pilot, lambda: third.hint in shown(challenges))
        # Escape ends typing, then closes the hint, then leaves.
        lab.query_one(ControlList).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.focused, ControlList))
        assert lab.has_hint
        assert lesson.active_bindings["escape"].binding.description == "close hint"
        await pilot.press("escape")
        await until(pilot, lambda: not lab.has_hint)
        assert pilot.app.screen is lesson
        assert lesson.active_bindings["escape"].binding.description == "back"
        # On the page it leaves, although a hint is open in the lab.
        challenges.focus()
        await pilot.press("home", "enter", "1", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert lab.has_hint


async def test_escape_closes_the_hint_before_it_gives_up_a_measurement() -> None:
    async with app("graphs").run_test(size=SIZES[1]) as pilot:
        lab: Any = await in_lab(pilot, "graphs")
        await reach_challenges(pilot, lab)
        await pilot.press("home", "enter", "space")
        assert lab.state.look.measuring
        await pilot.press("escape")
        assert not lab.has_hint
        assert lab.state.look.measuring
        await pilot.press("escape")
        assert not lab.state.look.measuring
        assert isinstance(pilot.app.screen, LessonScreen)


# Challenges that are met, and challenges that are questions.


async def test_a_met_challenge_is_highlighted_and_that_of_a_question_opens_it() -> None:
    async with app("linear-regression").run_test(size=SIZES[0]) as pilot:
        lab = await in_lab(pilot, "linear-regression")
        challenges = lab.query_one(Challenges)
        status = pilot.app.screen.query_one(StatusBar)
        *_, met, asked = lab.lesson.challenges
        lab.post_message(Lab.Met(met))
        await until(pilot, lambda: f"✓ {met.text}" in shown(challenges))
        assert "challenge met" in title(challenges)
        assert "reverse" in str(challenges.get_option(met.slug).prompt.style)
        assert f"✓ challenge met: {met.text}" in status.text
        assert status.text.rstrip().endswith("paused")  # the state of the run stays there
        assert not pilot.app._notifications
        pilot.app.screen._end_news()
        assert "challenge met" not in title(challenges) + status.text
        assert f"✓ {met.text}" in str(challenges.get_option(met.slug).prompt)

        page = pilot.app.screen.query_one(ConceptView)
        for size in SIZES[::2]:
            await pilot.resize_terminal(*size)
            await pilot.press("2")
            await reach_challenges(pilot, lab)
            await pilot.press("end", "enter")
            await until(pilot, lambda: page.display)
            box = pilot.app.focused.parent
            assert isinstance(pilot.app.focused, Choices)
            assert isinstance(box, QuestionBox)
            assert box.question.slug == asked.question
            await until(pilot, lambda box=box: page.region.contains_region(box.region))
            text = screen_text(pilot.app)
            assert box.question.text.split("\n")[0][:40] in text
            assert "Hint: Press e in the lab" in text
        # Keys pressed right after enter go to the question.
        right = next(i for i, choice in enumerate(box.question.choices) if choice.right)
        await pilot.press("2")
        await reach_challenges(pilot, lab)
        await pilot.press("end", "enter", "home", *["down"] * right, "enter")
        assert box.has_class("-answered")
        await until(pilot, lambda: "✓ challenge met: say why" in status.text)
        await pilot.press("2")
        await until(pilot, lambda: "✓ say why the loss ends at 0.124" in screen_text(pilot.app))
        assert "challenge met" in title(lab.query_one(Challenges))


async def test_a_challenge_met_beside_a_long_hint_is_scrolled_into_sight() -> None:
    async with app("autograd").run_test(size=SIZES[0]) as pilot:
        lab = await in_lab(pilot, "autograd")
        challenges = await reach_challenges(pilot, lab)
        await pilot.press("home", "enter")
        await until(pilot, lambda: lab.has_hint)
        met = find("autograd").load().challenges[-1]
        lab.post_message(Lab.Met(met))
        await until(pilot, lambda: f"✓ {met.text}" in shown(challenges))


# Notifications.


async def test_a_notice_at_home_covers_no_lesson() -> None:
    async with app().run_test(size=SIZES[0], notifications=True) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        pilot.app.notify("progress is not kept: no space left on the device", timeout=60)
        await until(pilot, lambda: pilot.app.screen.query(Toast))
        await until(pilot, lambda: pilot.app.screen.query_one(Toast).region)
        toast = pilot.app.screen.query_one(Toast)
        assert not toast.region.overlaps(pilot.app.screen.query_one("#contents").region)
        assert not toast.region.overlaps(pilot.app.screen.query_one(StatusBar).region)
