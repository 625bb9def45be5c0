"""The digits lab: a drawing pad beside the training, and the substitute data set."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.frame import State
from lessons.lesson import Control, Preset, TrainingLesson
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.app import DltuiApp
from tui.charts import ChartKind
from tui.labs import mnist
from tui.labs.mnist import MnistLab
from tui.labs.pad import PadScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.controls import ControlList
from tui.widgets.painted import Painted
from tui.widgets.pictures import Chart

NARROW, WIDE = (80, 22), (120, 40)
CHARTS = ("digits", "confusion", "weights", "activations")
SMALL = {"width": 32, "depth": 1, "batch_size": 32}
DIGITS = {**SMALL, "data": "digits", "learning_rate": 0.05, "epochs": 60}


class Digits(TrainingLesson):
    """A small network on small digits, to test the lab and not the training."""

    @property
    def concept(self) -> str:
        return "# Digits"


def lesson(**settings: object) -> Digits:
    return Digits(
        slug="mnist",
        title="Digits",
        minutes=1,
        lab="mnist",
        source="engine.trainers.mnist",
        trainer="Mnist",
        pace=20,
        charts=CHARTS,
        presets=(Preset(name="small", title="small", settings={**SMALL, **settings}),),
        controls=(Control("epochs", (1, 10), "."), Control("validation", (0, 10_000), ".")),
        challenges=(),
    )


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the titles of the drawn charts."""
    titles: list[str] = []
    real = ChartKind.draw

    def spy(self: ChartKind, *arguments: object) -> object:
        titles.append(self.title)
        return real(self, *arguments)

    monkeypatch.setattr(ChartKind, "draw", spy)
    return titles


@pytest.fixture(autouse=True)
def many_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


async def open_lab(
    pilot: Pilot[None], course: TrainingLesson | None = None, **settings: object
) -> MnistLab:
    started = pilot.app
    assert isinstance(started, DltuiApp)
    started._environment_loader.start()
    shown = course or lesson(**settings)
    await started.push_screen(
        LessonScreen(shown, started._progress, started._environment, started._runner, 10.0)
    )
    await pilot.press("2")
    lab = started.screen.query_one(MnistLab)
    await until(pilot, lambda: lab.picture is not None)
    return lab


async def write(pilot: Pilot[None]) -> PadScreen:
    """Open the pad, and draw a line."""
    await pilot.press("w")
    await until(pilot, lambda: isinstance(pilot.app.screen, PadScreen))
    await pilot.press("space", *["down"] * 6, "space")
    assert isinstance(pilot.app.screen, PadScreen)
    return pilot.app.screen


def expected(pad: PadScreen) -> str:
    return str(pad.query_one("#answer", Static).render())


def seen(pad: PadScreen) -> int:
    """Return how many lines of the network's input contain ink."""
    paper = (18, 18, 20)
    return sum(
        any(tuple(piece.style.bgcolor.triplet) != paper for piece in strip if piece.style)
        for strip in pad.query_one("#seen", Painted).strips
    )


def steps(pilot: Pilot[None]) -> int:
    """Return the step of the network that answers on the pad."""
    found = re.search(r"this run, after ([\d,]+) steps?\b", screen_text(pilot.app))
    return int(found[1].replace(",", "")) if found else -1


async def test_a_digit_is_read_while_the_training_goes_on(drawn: list[str]) -> None:
    async with app().run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot)
        # One of several pictures is visible at a time, and numbered.
        shown = lambda: [chart.id for chart in lab.query(Chart) if chart.display]  # noqa: E731
        for name in (*CHARTS, CHARTS[0]):
            await until(pilot, lambda name=name: shown() == [f"chart-{name}", "chart-loss"])
            assert f" · {CHARTS.index(name) + 1}/4" in screen_text(pilot.app)
            await pilot.press("v")
        await pilot.press("v", "v", "v")
        await pilot.resize_terminal(*NARROW)  # the important keys are visible there too
        await until(pilot, lambda: "q quit" in screen_text(pilot.app).splitlines()[-1])
        footer = screen_text(pilot.app).splitlines()[-1]
        assert all(key in footer for key in ("space play", "v view", "w draw", "? help"))
        pad = await write(pilot)
        await until(pilot, lambda: "No network has learned yet" in expected(pad))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.query(MnistLab))
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.step >= 3)
        await pilot.press("w")  # the drawing is kept
        await until(pilot, lambda: isinstance(pilot.app.screen, PadScreen))
        pad = pilot.app.screen
        assert isinstance(pad, PadScreen)
        await until(pilot, lambda: expected(pad).startswith("It says"))
        assert seen(pad) == 14  # all lines: unlike MNIST, the substitute digits have no margin
        # All of the answer is visible after a new size behind the help.
        await pilot.press("question_mark")
        await until(pilot, lambda: pilot.app.screen is not pad)
        await pilot.resize_terminal(*WIDE)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is pad)
        whole = re.compile(r"9 .*\d%│")
        await until(pilot, lambda: whole.search(screen_text(pilot.app)) is not None)
        first = steps(pilot)
        assert first >= 3
        drawn.clear()
        await until(pilot, lambda: steps(pilot) >= first + 5)
        assert drawn == []  # hidden charts are not drawn
        assert lab.frame.state is State.PLAYING
        await pilot.press("escape")
        await until(pilot, lambda: "Hardest digits" in drawn)


async def test_the_network_of_an_earlier_day_answers_until_another_has_begun() -> None:
    async with app().run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, epochs=1)
        lab.experiment.change_pace(+20)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        right = lab.picture.test_accuracy
    async with app().run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        pad = await write(pilot)
        await until(pilot, lambda: expected(pad).startswith("It says"))
        who = f"the network of an earlier run, {right:.1%} of the test images right"
        assert who in screen_text(pilot.app)
        await pilot.press("escape", "s")
        await until(pilot, lambda: lab.frame.step == 1)
        await write(pilot)
        await until(pilot, lambda: steps(pilot) == 1)
    # Loaded weights answer before the first step.
    async with app().run_test(size=NARROW) as pilot:
        await open_lab(pilot, start="saved")
        pad = await write(pilot)
        await until(pilot, lambda: expected(pad).startswith("It says"))
        assert steps(pilot) == 0


async def test_a_file_that_is_no_network_is_refused_in_words(own_folders: Path) -> None:
    networks = own_folders / "state" / "networks"
    networks.mkdir(parents=True)
    (networks / "digits-dense-32x1-relu.pt").write_bytes(b"not a network")
    async with app().run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, validation=0)
        pad = await write(pilot)
        notes = lambda: " ".join(note.message for note in pilot.app._notifications)  # noqa: E731
        await until(pilot, lambda: "it was not used" in notes())
        assert "digits-dense-32x1-relu.pt" in notes()
        await until(pilot, lambda: "No network has learned yet" in expected(pad))
        assert lab.frame.state is State.READY


async def test_what_stands_in_is_said_with_the_key_that_fetches_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    class Fetch(ModalScreen[bool]):
        BINDINGS: ClassVar = [Binding("y", "dismiss(True)"), Binding("n", "dismiss(False)")]

        def __init__(self, name: str) -> None:
            super().__init__()
            asked.append(name)

    monkeypatch.setattr(mnist, "FetchScreen", Fetch)
    async with app().run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, data="fashion-mnist")
        notes = ("Fashion-MNIST is not here", "Press f to fetch it")
        await until(
            pilot, lambda: all(words in " ".join(screen_text(pilot.app).split()) for words in notes)
        )
        run = lab.experiment.run
        await pilot.press("f")
        await until(pilot, lambda: asked == ["fashion-mnist"])
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen.query(MnistLab))
        assert lab.experiment.run is run  # not applied: nothing changes
        await pilot.press("f", "y")
        await until(pilot, lambda: lab.experiment.run is not run)


async def test_another_digit_goes_through_the_layers() -> None:
    async with app().run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, data="digits", epochs=1)
        run = lab.experiment.run
        held_out = lambda: lab.query_one(ControlList).get_option("validation").prompt.plain  # noqa: E731
        assert held_out().split() == ["validation", "10000", "→", "225", "here"]
        # No substitute: no notice, and no download.
        assert not lab.query_one("#notice").display
        assert not lab.check_action("fetch", ())
        await pilot.press("f")
        await pilot.pause()
        assert isinstance(pilot.app.screen, LessonScreen)
        await pilot.press("n", "n", "n")  # none waits for the previous chart
        await until(pilot, lambda: lab.picture.walk.index == 3)
        await until(pilot, lambda: "Activations · 4/4" in screen_text(pilot.app))
        await pilot.press("b", "b", "b")
        await until(pilot, lambda: lab.picture.walk.index == 0)
        assert lab.experiment.run is run
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        for key, index in (("n", 1), ("n", 2), ("b", 1), ("b", 0), ("b", 0), ("n", 1)):
            await pilot.press(key)
            await until(pilot, lambda index=index: lab.picture.walk.index == index)
            assert lab.frame.step == 1  # the run continues unchanged
        lab.experiment.change_pace(+20)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        run, before = lab.experiment.run, lab.picture.walk
        for key, index in (("n", 2), ("n", 3), ("b", 2), ("b", 1)):
            await pilot.press(key)
            await until(pilot, lambda index=index: lab.picture.walk.index == index)
            assert lab.frame.state is State.FINISHED
        assert held_out().split() == ["validation", "10000", "→", "225", "here"]
        assert np.array_equal(lab.picture.walk.probabilities, before.probabilities)
        assert lab.experiment.config.digit == 1
        assert lab.experiment.run is run


async def test_where_mnist_is_not_here_the_lab_starts_with_the_digits_until_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Fetch(ModalScreen[bool]):
        BINDINGS: ClassVar = [Binding("y", "dismiss(True)"), Binding("n", "dismiss(False)")]

        def __init__(self, name: str) -> None:
            super().__init__()
            assert name == "mnist"

    presets = (
        Preset(name="mnist", title="", settings=SMALL, needs="mnist"),
        Preset(name="other", title="", settings={**SMALL, "data": "kmnist"}, needs="kmnist"),
        Preset(name="digits", title="", settings=DIGITS),
    )
    monkeypatch.setattr(mnist, "FetchScreen", Fetch)
    async with app().run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, replace(lesson(), presets=presets))
        assert lab.experiment.preset.name == "digits"
        notes = "this starts with the preset digits. Press f to fetch it"
        await until(pilot, lambda: notes in " ".join(screen_text(pilot.app).split()))
        assert "MNIST is not here" in " ".join(screen_text(pilot.app).split())
        assert "--preset digits" in lab.experiment.command()
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, Fetch))
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen.query(MnistLab))
        assert lab.experiment.preset.name == "digits"
        await pilot.press("p")  # a chosen preset is applied, with its own note
        await until(pilot, lambda: lab.experiment.preset.name == "mnist" and lab._stands_in)
        await until(pilot, lambda: "digits stand in" in " ".join(screen_text(pilot.app).split()))
        # The note recommends the settings of the preset for these images, until they are set.
        advice = "set learning rate to 0.05 and epochs to 60"
        suits = lambda: advice in " ".join(screen_text(pilot.app).split())  # noqa: E731
        await until(pilot, suits)
        lab._set("learning_rate", 0.05)
        lab._set("epochs", 60)
        await until(pilot, lambda: lab.frame.settings["epochs"] == 60 and not suits())
        await pilot.press("p", "p")
        await until(pilot, lambda: lab.experiment.preset.name == "digits")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, Fetch))
        await pilot.press("y")
        await until(pilot, lambda: lab.experiment.preset.name == "mnist")
