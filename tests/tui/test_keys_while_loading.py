"""Keys pressed before PyTorch is loaded wait, and have the same effect as in an open lab."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict, replace
from itertools import product
from typing import Any

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot

import tui.environment
from engine.device import Device
from engine.programs.results import Way
from lessons.catalog import entries
from lessons.lesson import TrainingLesson
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.app import DltuiApp
from tui.bindings import key_actions
from tui.labs.autograd import AutogradLab, Inputs
from tui.labs.curves import CurvesLab
from tui.labs.graphs import GraphsLab, Ways
from tui.labs.lab import MOST_KEYS, Environment, KeptKeys, Lab, starting_text
from tui.labs.tensors import TensorsLab
from tui.labs.training import TrainingLab
from tui.palette import key_commands
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.controls import Controls
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.key_footer import KeyFooter
from tui.widgets.status_bar import StatusBar

CPU = Device("cpu", "the processor")
ENVIRONMENT = Environment(CPU, (CPU,))
SIZE = (80, 22)
ELSEWHERE = set("q123ct?") | {"escape", "ctrl+q"}
"""Keys with a meaning outside the lab."""


def pressed(kept: KeptKeys, *names: str) -> list[str]:
    """Return those of the keys that act at once."""
    keys = [Key(name, name if len(name) == 1 else None) for name in names]
    return [key.key for key in keys if not kept.keep(key, key.key in ELSEWHERE)]


def taken(kept: KeptKeys) -> list[str]:
    return [event.key if isinstance(event, Key) else event.text for event in kept.take()]


def test_what_means_something_elsewhere_acts_at_once_unless_it_is_a_letter_of_a_line() -> None:
    for opens, names, acting in (
        ("enter", "s s 1 2 p q tab", "1 2 q"),
        ("enter e", "e q 1 e enter 1 q", ""),  # the line may be refused and still be open
        ("enter e", "e q enter 1 escape 1 q", "1 q"),
        ("enter e", "e q 1 e escape 1 q", "1 q"),
        ("enter", "enter 1 ctrl+q", "ctrl+q"),  # never typed into a line
        ("", "enter q", "q"),  # no line is open
        ("enter e", "tab enter q", "q"),  # enter is for the challenges, which have the focus then
        ("enter e", "tab shift+tab enter q e", ""),
        ("enter", "enter 1 tab q", "q"),
    ):
        kept, rest = KeptKeys(frozenset(opens.split())), names.split()
        assert pressed(kept, *names.split()) == acting.split()
        for name in reversed(acting.split()):  # each acted when it was pressed last
            rest.pop(len(rest) - 1 - rest[::-1].index(name))
        assert len(kept) == len(rest)
        assert taken(kept) == rest
        assert not len(kept)
        assert pressed(kept, "q") == ["q"]  # no open line remains


def test_pasted_text_is_kept_and_of_too_many_keys_the_first_are() -> None:
    kept = KeptKeys(frozenset({"enter"}))
    pressed(kept, "enter")
    assert kept.keep(Paste("q = 1"), acts_now=False)
    assert taken(kept) == ["enter", "q = 1"]
    assert pressed(kept, "enter", *"a" * MOST_KEYS) == []
    assert kept.full
    assert pressed(kept, "b", "escape", "q") == ["escape", "q"]
    assert taken(kept) == ["enter", *"a" * (MOST_KEYS - 1)]


def test_the_text_of_the_starting_box() -> None:
    for seconds, keys, text in (
        (0, 0, "starting PyTorch…"),
        (2, 0, "starting PyTorch, 2 s"),
        (2, 1, "starting PyTorch, 2 s\n1 key waits for it\nkept: p s"),
        (3, 12, "starting PyTorch, 3 s\n12 keys wait for it\nkept: p s"),
        (
            3,
            MOST_KEYS,
            f"starting PyTorch, 3 s\n{MOST_KEYS} keys wait for it, no more fit\nkept: p s",
        ),
    ):
        assert starting_text("starting PyTorch", seconds, keys, "p s") == text


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test decide when PyTorch is ready."""
    monkeypatch.setattr(tui.environment.EnvironmentLoader, "start", lambda _: None)


def arrives(pilot: Pilot[None]) -> None:
    """Make PyTorch ready."""
    opened = pilot.app
    assert isinstance(opened, DltuiApp)
    opened._be_ready(ENVIRONMENT)


async def lesson_of(pilot: Pilot[None]) -> Lab:
    """Return the lab of the lesson on screen, which shows its concept page."""
    await until(pilot, lambda: pilot.app.screen.query(Lab) and pilot.app.focused)
    return pilot.app.screen.query_one(Lab)


async def starting_lab(pilot: Pilot[None], lesson: str) -> Lab:
    """Open the lesson anew, as if PyTorch were not loaded yet, and return its lab."""
    opened = pilot.app
    assert isinstance(opened, DltuiApp)
    await until(pilot, lambda: opened.screen.is_mounted and opened.focused)
    if isinstance(opened.screen, LessonScreen):
        opened.screen.action_back()
        await until(pilot, lambda: isinstance(opened.screen, HomeScreen))
    opened._close_lesson()
    opened._lesson = None
    opened._environment = asyncio.get_running_loop().create_future()
    opened.action_open_lesson(lesson)
    await until(pilot, lambda: isinstance(opened.screen, LessonScreen))
    lab = await lesson_of(pilot)
    assert not lab.ready
    return lab


async def send(pilot: Pilot[None], *keys: str | Paste) -> None:
    """Send keys at once, without waiting for their effects, and wait until all are received."""
    for key in keys:
        character = {"space": " ", "period": "."}.get(str(key), key)
        printed = character if len(str(character)) == 1 else None
        typed = Key(str(key), str(printed) if printed else None)
        pilot.app.post_message(Paste(key.text) if isinstance(key, Paste) else typed)
    await pilot.pause()


async def settled(pilot: Pilot[None], lab: Lab) -> None:
    """Wait until every key has had its effect and nothing is running."""
    opened = pilot.app
    assert isinstance(opened, DltuiApp)
    await until(pilot, lambda: lab.ready and not opened._keys and not len(lab._kept))
    if isinstance(lab, TrainingLab):
        await until(pilot, lambda: lab.experiment.run.resting)
        await until(pilot, lambda: lab.frame.step == lab.experiment.run.frame.step)
    await pilot.pause()


def state_of(lab: Lab) -> dict[str, Any]:
    """Return everything that keys change in a lab."""
    seen: dict[str, Any] = {"preset": lab.status.preset, "progress": lab.status.progress}
    seen |= {"focus": lab.screen.focused.id if lab.screen.focused else None}
    for line in lab.query(ExpressionLine):
        seen |= {"line": line._input.value, "refused": line.has_class("-refused")}
    if isinstance(lab, TrainingLab):
        experiment = lab.experiment
        seen |= asdict(experiment.config)
        seen |= {"pace": experiment.pace, "step": lab.frame.step, "chart": lab._pictures._chosen}
    elif isinstance(lab, AutogradLab):
        seen["position"] = lab.state.look.position
    elif isinstance(lab, GraphsLab):
        seen |= {"way": lab.state.way, "input": lab.state.look.given.name}
    elif isinstance(lab, TensorsLab):
        seen |= {"scene": lab.state.scene.name, "text": lab.state.text}
    elif isinstance(lab, CurvesLab):
        seen |= {"text": lab.state.text}
    return seen


TYPED = ("home", "shift+end", "delete")
"""Clears a line."""


EFFECTS: dict[str, tuple[list[str | Paste], dict[str, Any]]] = {
    "linear-regression": (
        ["p", "down", "down", "enter", *TYPED, *"123", "enter", "s", "s", "v", "up", "right"],
        {"preset": "double", "step": 2, "epochs": 123, "momentum": 0.2, "chart": 1},
    ),
    "dataloader": (
        ["p", "s", "down", "right", "right_square_bracket"],
        {"preset": "seed", "step": 0, "optimizer": "adam", "pace": 20},
    ),
    "mnist": (["n", "n", "b", "n"], {"preset": "digits", "digit": 2}),
    # Lines that are refused at first stay open, and accept letters that open pages elsewhere.
    "tensors": (
        ["p", "n", "n", "enter", *TYPED, *"x[9]", "enter", *TYPED, *"x * 2", "enter", "down"],
        {"scene": "features", "text": "x * 2", "refused": False, "focus": "result"},
    ),
    "autograd": (
        ["s", "s", "b", "p", "e", *TYPED, *"x*q+", "enter", "end", *"c", "enter", "s", "s"],
        {"preset": "your own", "line": "x*q+c", "refused": False, "position": 2},
    ),
    "graphs": (
        ["p", "i", "w"],
        {"preset": "branch", "way": Way.TRACED, "input": "sum below 0", "focus": "instead"},
    ),
    "probabilities": (
        [
            *("right", "p", "h", "enter", *TYPED, Paste("P = 7"), "enter", *"23qct", "enter"),
            *("escape", "e", *TYPED, *"P = ", "enter", "end", *"0.1", "enter", "right"),
        ],
        {"preset": "odds", "text": "P = 0.11", "line": "P = 0.11", "refused": False},
    ),
    "softmax": (
        [
            *("p", "right", "b", "e", *TYPED, *"dogg = 2", "enter", "escape", "down", "e", *TYPED),
            *(*"z = [2,", "enter", "end", *" 1, 0]", "enter", "down", "end", "left"),
        ],
        {"preset": "bars", "text": "fox = 9.9", "line": "fox = 9.9", "refused": False},
    ),
}
"""Keys for a lab of each kind, and their effects in a lab that was open before."""


async def test_keys_have_the_same_effect_as_in_an_open_lab() -> None:
    async with app().run_test(size=SIZE) as pilot:
        for lesson, (keys, effects) in EFFECTS.items():
            lab = await starting_lab(pilot, lesson)
            await send(pilot, "2", *keys)
            await until(pilot, lambda: not pilot.app._keys)
            assert len(lab._kept) == len(keys)
            assert not lab.ready
            arrives(pilot)
            await settled(pilot, lab)
            seen = state_of(lab)
            assert {name: seen.get(name) for name in effects} == effects, lesson


async def test_from_the_course_into_a_step_in_one_piece() -> None:
    async with app().run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and pilot.app.focused)
        await send(pilot, "enter", "2", "p", "n")
        await until(pilot, lambda: pilot.app.screen.query(TensorsLab))
        lab = pilot.app.screen.query_one(TensorsLab)
        await until(pilot, lambda: len(lab._kept) == 2)
        arrives(pilot)
        await settled(pilot, lab)
        assert lab.status.preset == lab._lesson.presets[1].name
        assert lab.state.tried == 0


async def test_keys_with_a_meaning_elsewhere_act_at_once_and_the_rest_waits() -> None:
    async with app().run_test(size=SIZE) as pilot:
        lab = await starting_lab(pilot, "linear-regression")
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        theme = pilot.app.theme
        await send(pilot, "2", "s", "t", "s", "1")
        await until(pilot, lambda: screen._heading.part == "concept")
        assert pilot.app.theme != theme
        await send(pilot, "2", "question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        arrives(pilot)
        await until(pilot, lambda: lab.ready)
        await pilot.pause()
        assert lab.frame is None or lab.frame.step == 0
        assert len(lab._kept) == 2  # they wait while another screen covers the lab
        await send(pilot, "escape", "s")
        await settled(pilot, lab)
        assert lab.frame.step == 3
        # A key pressed as the lab opens comes behind those that waited.
        lab = await starting_lab(pilot, "linear-regression")
        await send(pilot, "2", "down", "down", "enter", *TYPED, *"12")
        await until(pilot, lambda: len(lab._kept) == 8)
        arrives(pilot)
        await until(pilot, lambda: lab.ready)
        await send(pilot, "3", "enter")  # a digit of the value, not the code page
        await settled(pilot, lab)
        assert lab.experiment.config.epochs == 123
        # A command of the palette is kept too.
        lab = await starting_lab(pilot, "probabilities")
        await pilot.press("2")
        step = next(c for c in key_commands(lab.screen) if c.name == "next")
        step.run()
        await until(pilot, lambda: len(lab._kept) == 1)
        arrives(pilot)
        await settled(pilot, lab)
        assert lab.status.preset == lab._lesson.presets[1].name


async def test_leaving_drops_what_waited_and_of_too_many_keys_the_first_are_kept() -> None:
    async with app().run_test(size=SIZE) as pilot:
        lab = await starting_lab(pilot, "linear-regression")
        await send(pilot, "2", "s", "s", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        arrives(pilot)
        await until(pilot, lambda: lab.experiment is not None)
        pilot.app.action_open_lesson("linear-regression")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        await send(pilot, "2")
        await settled(pilot, lab)
        assert lab.frame.step == 0

        lab = await starting_lab(pilot, "linear-regression")
        await send(pilot, "2", "s", "s", *["right"] * MOST_KEYS, "enter")
        await until(pilot, lambda: not pilot.app._keys)
        assert len(lab._kept) == MOST_KEYS
        await until(pilot, lambda: "no more fit" in screen_text(pilot.app))
        arrives(pilot)
        await until(pilot, lambda: lab.ready and not pilot.app._keys and not len(lab._kept))
        assert lab.experiment.config.learning_rate == 1.0  # the last value of the control
        await send(pilot, "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_in_a_line_that_is_typed_while_loading_letters_are_letters() -> None:
    async with app().run_test(size=SIZE) as pilot:
        lab = await starting_lab(pilot, "autograd")
        footer, bar = lab.screen.query_one(KeyFooter), lab.screen.query_one(StatusBar)
        text = lambda: "  ".join(f"{item.label} {item.text}" for item in footer.items)  # noqa: E731
        await send(pilot, "2", "enter", *"q?123ct", "escape")
        await until(pilot, lambda: len(lab._kept) == 9)
        assert pilot.app.is_running
        assert isinstance(pilot.app.screen, LessonScreen)
        await send(pilot, "escape")  # no line is open any more
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))

        lab = await starting_lab(pilot, "autograd")
        footer, bar = lab.screen.query_one(KeyFooter), lab.screen.query_one(StatusBar)
        await pilot.press("2", "s", "e", *"x*q")
        await until(pilot, lambda: text() == "⏎ accept  esc cancel  ctrl+q quit")
        assert bar.text.endswith("⏎ accept · esc cancel")
        await until(pilot, lambda: "kept: s e x*q" in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: "q quit" in text() and "space play" in text())
        assert "accept" not in bar.text
        await pilot.press("e", "q")
        arrives(pilot)
        await until(pilot, lambda: lab.ready and not lab._kept)
        await until(pilot, lambda: lab.line._input.value == "q")


async def test_without_pytorch_the_keys_are_dropped_and_the_reason_is_shown() -> None:
    async with app("linear-regression").run_test(size=SIZE) as pilot:
        lab = await lesson_of(pilot)
        await send(pilot, "2", "s", "enter", "5")
        await until(pilot, lambda: len(lab._kept) == 3)
        pilot.app._be_told("no torch")
        await until(pilot, lambda: "PyTorch cannot be used: no torch" in screen_text(pilot.app))
        assert not len(lab._kept)
        assert "starting" not in screen_text(pilot.app)
        await pilot.press("s", "enter", "5", "1")  # keys have their usual meaning again
        assert pilot.app.screen._heading.part == "concept"


def actions(lab: Lab) -> list[tuple[Any, str]]:
    """Return every action of a key in the lab, with its widget."""
    widgets = [lab, *lab.walk_children()]
    return [
        (widget, binding.action)
        for widget in widgets
        for kind in type(widget).__mro__
        for binding in tui_bindings(kind)
    ]


def tui_bindings(kind: type) -> list[Any]:
    return list(vars(kind).get("BINDINGS", ())) if kind.__module__.startswith("tui.") else []


KNOWN = {
    "linear-regression": ["learning rate +0.01", "epochs +1000", "data +six-points", "w +random"],
    "dataloader": ["learning rate +0.01", "epochs +100"],
    "mnist": ["learning rate +0.05", "data +digits"],  # the MNIST images are not installed
    "tensors": ["─x─", "A single number: a loss"],
    "autograd": [r"› x\*y\*z", "a = x · y", "∂ none yet"],
    "graphs": ["smooth: operations in a row", "def smooth", "input: four numbers · x = "],
    "probabilities": ["› z = ", "from any number"],
    "softmax": ["› cat = 2", "from logits"],
}
"""A lesson of each kind of lab, and texts that it shows before PyTorch is loaded, as patterns."""


QUICK = ["linear-regression", "autograd", "softmax"]
GROUPS = [QUICK, pytest.param(sorted({*KNOWN} - {*QUICK}), marks=pytest.mark.slow)]


@pytest.mark.parametrize("lessons", GROUPS, ids=["quick", "others"])
async def test_a_starting_lab_shows_what_is_known_and_nothing_raises_in_it(
    lessons: list[str],
) -> None:
    async with app().run_test(size=SIZE) as pilot:
        for lesson in lessons:
            patterns = KNOWN[lesson]
            await pilot.resize_terminal(*SIZE)
            lab = await starting_lab(pilot, lesson)
            await pilot.press("2", "p", "s")
            await until(pilot, lambda: "2 keys wait for it" in screen_text(pilot.app))
            for known in patterns:
                await until(pilot, lambda known=known: re.search(known, screen_text(pilot.app)))
            text = screen_text(pilot.app)
            assert "starting PyTorch" in text
            assert "kept: p s" in text
            assert "loading PyTorch …" in text or lesson == "autograd"  # which needs none
            panels = [each for each in lab.children if each is not lab._starting and each.display]
            lowest = max(each.region.bottom for each in panels)
            assert lowest == lab.region.bottom, "the box takes room"
            assert lab._lesson.starting_preset()[0].name in text.splitlines()[0]
            known = actions(lab)
            assert len(known) > 8
            for widget, action in known:
                await pilot.app.run_action(action, widget)  # as the footer or the palette would
            lab.put_down()
            lab.enter()
            for event in messages():
                lab.post_message(event)
            pilot.app.action_dark()
            await pilot.resize_terminal(120, 40)
            for row, column in product((3, 12, 30, 37), (3, 60, 110)):
                await pilot.click(offset=(column, row))
            assert pilot.app.is_running
            assert not lab.ready
            arrives(pilot)
            await until(pilot, lambda lab=lab: lab.ready)
            await until(pilot, lambda: "starting PyTorch" not in screen_text(pilot.app))
            assert lab.screen.query_one(StatusBar).device.startswith("cpu")


@pytest.mark.parametrize("lessons", GROUPS, ids=["quick", "others"])
async def test_footer_and_help_name_the_keys_that_are_kept(lessons: list[str]) -> None:
    async with app().run_test(size=(120, 60)) as pilot:
        for lesson in lessons:
            await keys_are_named(pilot, await starting_lab(pilot, lesson))


async def keys_are_named(pilot: Pilot[None], lab: Lab) -> None:
    await pilot.press("2")
    footer = lab.screen.query_one(KeyFooter)
    text = lambda: "  ".join(f"{item.label} {item.text}" for item in footer.items)  # noqa: E731
    await until(pilot, lambda: "⏎ hint" not in text() and "preset" in all_keys(lab))
    while_loading, actions = text(), all_keys(lab)
    focused = lab.screen.focused
    await pilot.press("question_mark")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
    await until(pilot, lambda: "kept until PyTorch is loaded" in screen_text(pilot.app))
    arrives(pilot)
    await until(pilot, lambda: lab.ready)
    await until(pilot, lambda: "kept until" not in screen_text(pilot.app))
    await pilot.press("escape")
    await settled(pilot, lab)
    assert lab.screen.focused is focused
    # Some keys appear with the first frame, such as the one for the pad.
    await until(pilot, lambda: (text(), all_keys(lab)) == (while_loading, actions))


def all_keys(lab: Lab) -> dict[str, str]:
    return {action.binding.action: action.names for action in key_actions(lab.screen)}


def test_the_settings_of_a_preset_are_known_without_its_trainer() -> None:
    lessons = [entry.load() for entry in entries() if entry.written]
    trainings = [lesson for lesson in lessons if isinstance(lesson, TrainingLesson)]
    assert len(trainings) > 8
    for lesson in trainings:
        kind = lesson.load_trainer().Config
        for preset in lesson.presets:
            assert lesson.settings(preset) == asdict(kind.of(dict(preset.settings))), lesson.slug
    assert replace(lesson, source="engine.nothing").settings(lesson.presets[0]) == {}
    assert replace(lesson, trainer="Nobody").settings(lesson.presets[0]) == {}


def messages() -> list[Any]:
    """Return the messages that widgets of a lab may post."""
    return [
        Controls.Typed("learning_rate", "0.1"),
        Controls.Changed("learning_rate", 0.1),
        ExpressionLine.Typed("x + 1"),
        ExpressionLine.Settled(),
        Inputs.Turned("x"),
        Ways.Gone(1),
    ]
