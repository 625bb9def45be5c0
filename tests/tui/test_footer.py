"""The footer of every screen: all its keys work, and no important key is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from textual.actions import parse
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input

from lessons.lesson import TrainingLesson
from tests.tui.conftest import app, until
from tui.app import DltuiApp
from tui.bindings import key_actions
from tui.labs.lab import Lab
from tui.labs.training import TrainingLab
from tui.palette import key_commands
from tui.screens.help import groups
from tui.screens.lesson import LessonScreen
from tui.widgets.challenges import Challenges
from tui.widgets.key_footer import Item, KeyFooter, fitting, footer_items
from tui.widgets.status_bar import StatusBar

NARROW, WIDE = (80, 22), (120, 40)
PINNED = [Item(("escape",), "back", pinned=True), Item(("q",), "quit", pinned=True)]


# Fitting keys into the width.


def texts(items: list[Item]) -> list[str]:
    return [f"{item.label} {item.text}" for item in items]


def test_what_leads_out_of_a_place_stays_however_little_room_there_is() -> None:
    items = [Item(("s",), "step"), Item(("p",), "preset"), *PINNED]
    assert texts(fitting(items, 80)) == ["s step", "p preset", "esc back", "q quit"]
    assert texts(fitting(items, 31)) == ["s step", "p preset", "esc back", "q quit"]
    assert texts(fitting(items, 30)) == ["s step", "esc back", "q quit"]
    assert texts(fitting(items, 10)) == ["esc back", "q quit"]


def test_a_shorter_one_takes_the_room_that_a_longer_one_cannot_use() -> None:
    items = [Item(("s",), "a long description"), Item(("p",), "go"), *PINNED]
    assert texts(fitting(items, 20)) == ["p go", "esc back", "q quit"]


def test_keys_of_a_group_stand_together_under_one_description() -> None:
    assert Item(("left", "right"), "go", gap="").label == "←→"
    assert Item(("question_mark",), "help").label == "?"
    assert Item(("ctrl+q",), "quit").label == "ctrl+q"


# Every visible key, on every page, with every focus.


class Recorder(DltuiApp):
    """An app that, while `records` is set, records the actions of keys instead of running them."""

    records = False

    def __init__(self, lesson: str) -> None:
        super().__init__(lesson=lesson, device="cpu")
        self.ran: list[str] = []

    async def run_action(
        self,
        action: str,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        if not self.records:
            return await super().run_action(action, default_namespace, namespaces)
        place, name, parameters = parse(action)
        node = {"app": self, "screen": self.screen}.get(place, default_namespace or self)
        if not node.check_action(name, parameters):
            return False
        self.ran.append(action)
        return True


async def footer_of(pilot) -> KeyFooter:
    """Return the footer of the screen when it is up to date."""
    screen = pilot.app.screen
    footer = screen.query_one(KeyFooter)

    def current() -> bool:
        items = footer_items(key_actions(screen))
        return footer.items == fitting(items, screen.size.width)

    await pilot.pause()
    await until(pilot, current)
    return footer


def check_shown(screen: Screen[object], items: list[Item]) -> None:
    """Check that nothing is cut off, and that quit and back are shown."""
    where = f"{screen} with the focus on {screen.focused}"
    assert len(" ".join(texts(items))) <= screen.size.width, where
    typing = isinstance(screen.focused, Input)
    assert (("ctrl+q",) if typing else ("q",)) in [i.keys for i in items if i.text == "quit"], where
    assert [item.text for item in items if item.keys == ("escape",)], where
    for item in items:
        assert item.text, f"{item} says nothing: {where}"


async def check_pressed(pilot, items: list[Item]) -> None:
    """Check that each key runs an action with the description or group that is shown."""
    screen = pilot.app.screen
    expected = {}
    for key, active in screen.active_bindings.items():
        group = active.binding.group
        expected[key] = (
            active.binding.action,
            group.description if group else active.binding.description,
        )
    pilot.app.records = True
    for item in items:
        for key in item.keys:
            action, text = expected[key]
            pilot.app.ran.clear()
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.ran)  # a key may wait for the previous one
            assert pilot.app.ran[:1] == [action], f"{key} with the focus on {screen.focused}"
            assert text == item.text
    pilot.app.records = False


async def lesson_lab(pilot, slug: str) -> Lab:
    """Open the lab of the lesson and return it."""
    pilot.app.action_open_lesson(slug)
    await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
    screen = pilot.app.screen
    assert screen.lesson.slug == slug
    await until(pilot, lambda: screen.focused is not None)
    await pilot.press("2")
    lab = screen.query_one(Lab)
    await until(pilot, lambda: lab.status.device)
    if isinstance(screen.lesson, TrainingLesson):
        await until(pilot, lambda: lab.frame is not None)
    return lab


QUICK = ("linear-regression", "probabilities")
SLOW = ("dataloader", "mnist", "tensors", "autograd", "graphs", "softmax")
"""A lesson for each other kind of lab."""
SLUGS = [*QUICK, *(pytest.param(slug, marks=pytest.mark.slow) for slug in SLOW)]


@pytest.mark.parametrize("slug", SLUGS)
async def test_every_key_of_the_footer_works_whatever_has_the_focus(slug: str) -> None:
    pressed = set()
    async with Recorder(slug).run_test(size=NARROW) as pilot:

        async def look_around(page: str) -> None:
            """Check the footer for each focus, and press its keys once per kind of focus."""
            for widget in list(screen.focus_chain):
                screen.set_focus(widget)
                items = (await footer_of(pilot)).items
                check_shown(screen, items)
                if (page, type(widget)) not in pressed:
                    pressed.add((page, type(widget)))
                    await check_pressed(pilot, items)

        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        lab = await lesson_lab(pilot, slug)
        screen = pilot.app.screen
        await look_around("lab")
        if slug not in QUICK and not isinstance(screen.lesson, TrainingLesson):
            for preset in screen.lesson.presets[1:]:
                lab.use_preset(preset.name)
                await look_around("lab")
        await pilot.resize_terminal(*WIDE)
        await look_around("wide lab")
        for key in "13":
            await pilot.press(key)
            await look_around(key)
        await pilot.resize_terminal(*NARROW)
        await look_around("3")
    assert {page for page, _ in pressed} == {"lab", "wide lab", "1", "3"}


# Important keys are shown.


async def shown(pilot) -> str:
    return "  ".join(texts((await footer_of(pilot)).items))


async def until_shown(pilot, start: str) -> None:
    footer = pilot.app.screen.query_one(KeyFooter)
    await until(pilot, lambda: "  ".join(texts(footer.items)).startswith(start))


async def test_enter_on_a_challenge_is_the_hint_and_v_is_shown_where_it_switches() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await lesson_lab(pilot, "tensors")
        assert "⏎ type" in await shown(pilot)
        assert "v view" in await shown(pilot)
        await pilot.press("v")
        await until(pilot, lambda: lab.query_one(Challenges).has_focus)
        assert "⏎ hint" in await shown(pilot)
        assert "⏎ type" not in await shown(pilot)
        await pilot.resize_terminal(*WIDE)
        assert "v view" not in await shown(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert (await shown(pilot)).startswith("⏎ accept")
        assert (await shown(pilot)).endswith("esc cancel  ctrl+q quit")


IMPORTANT = {
    "linear-regression": "←→⏎ set  space play  s step  v view  p preset",
    "mnist": "←→⏎ set  space play  s step  v view  w draw  nb digit",
    "dataloader": "←→⏎ set  space play  s step  v view  m measure",
    "softmax": "↑↓←→ go  space play  ⏎ type  pb scene",
    "probabilities": "←→ go  hl far  space play  ⏎ type  pb scene",
    "autograd": "",
}


async def test_the_important_keys_are_shown_and_play_pauses_meanwhile() -> None:
    typing = "⏎ accept · esc cancel"
    async with app("autograd").run_test(size=NARROW) as pilot:
        for slug, keys in IMPORTANT.items():
            lab = await lesson_lab(pilot, slug)
            bar = pilot.app.screen.query_one(StatusBar)
            await until(pilot, lambda lab=lab: lab.ready)
            # The first frame of a run may precede its picture, which adds keys.
            await until_shown(pilot, keys)
            assert "space play" in await shown(pilot), slug
            assert (await shown(pilot)).endswith("esc back  ? help  q quit")
            if slug == "mnist":  # no key disappears while it plays: `pause` is longer
                items = footer_items(key_actions(pilot.app.screen))
                ready = [item.keys for item in fitting(items, 80)]
                items = [replace(i, text="pause") if i.text == "play" else i for i in items]
                assert [item.keys for item in fitting(items, 80)] == ready
            await pilot.press("space")
            await until(pilot, lambda lab=lab: lab.playing)
            assert "space pause" in await shown(pilot), slug
            assert "pause" in {command.name for command in key_commands(pilot.app.screen)}
            await pilot.press("space")
            await until(pilot, lambda lab=lab: not lab.playing)
            assert "space play" in await shown(pilot), slug
            trains, before = isinstance(lab, TrainingLab), bar.text
            await pilot.press("enter")
            assert await shown(pilot) == "⏎ accept  esc cancel  ctrl+q quit", slug
            assert trains or bar.text.endswith(typing), slug
            await pilot.press("escape")
            await until(pilot, lambda before=before: bar.text == before)  # noqa: B023
            if slug == "linear-regression":  # a click on a key presses it
                step, left = lab.frame.step, len("←→⏎ set space play ")
                await pilot.click(await footer_of(pilot), offset=(left + 3, 0))
                await until(pilot, lambda lab=lab, step=step: lab.frame.step == step + 1)


async def test_help_says_where_q_does_not_quit_and_names_what_suspends() -> None:
    async with app().run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: pilot.app.focused is not None)
        screen = pilot.app.screen
        for key in ("question_mark", "ctrl+p"):
            rows = {k: v for _, some in groups(key_actions(screen), ()) for k, v in some}
            assert "q is a letter: ctrl+q quits" in rows["q ctrl+q"]
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is not screen)
            assert "ctrl+z" in {k for a in key_actions(pilot.app.screen) for k in a.keys}
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is screen)
