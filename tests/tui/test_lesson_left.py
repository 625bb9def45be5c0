"""A lesson after returning to the home screen: paused, reopened unchanged, closed by another."""

from __future__ import annotations

import gc
import threading
import weakref

from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Input

from engine.frame import State
from lessons.catalog import find
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.labs.curves import CurvesLab
from tui.labs.dataloader import DataLoaderLab
from tui.labs.graphs import GraphsLab
from tui.labs.lab import Lab
from tui.labs.training import TrainingLab
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList


async def leave(pilot: Pilot[None]) -> None:
    """Return to the home screen."""
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def open_again(pilot: Pilot[None]) -> LessonScreen:
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
    assert isinstance(pilot.app.screen, LessonScreen)
    return pilot.app.screen


async def playing_lab(pilot: Pilot[None]) -> TrainingLab:
    """Return a lab with a playing run, and with another preset and rate than the first."""
    lab = await open_lab(pilot)
    await pilot.press("p", "right", "space")
    await until(pilot, lambda: lab.frame.step > 0)
    return lab


async def test_the_training_is_held_and_goes_on_where_it_was_until_another_closes_it() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await playing_lab(pilot)
        run, config, first = lab.experiment.run, lab.experiment.config, pilot.app.screen
        await leave(pilot)
        assert run.state is State.PAUSED
        await until(pilot, lambda: run.resting)
        step = run.frame.step
        screen = await open_again(pilot)
        assert screen.query_one(TrainingLab) is lab
        assert screen.query_one(ContentSwitcher).current == "lab"
        assert isinstance(pilot.app.focused, ControlList)
        assert (lab.experiment.run, lab.experiment.config) == (run, config)
        assert lab.experiment.preset is lab.lesson.presets[1]
        assert run.frame.step == step
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.step > step)
        for _ in range(4):  # again and again
            await leave(pilot)
            assert len(pilot.app.screen_stack) == 2
            await open_again(pilot)
        assert pilot.app.screen.query_one(TrainingLab) is lab

        await leave(pilot)
        await pilot.press("down")
        second = await open_again(pilot)
        assert second.lesson.slug == "loss-reduction"
        assert run.state is State.STOPPED
        await until(pilot, lambda: not first.is_attached)

        await leave(pilot)
        await pilot.press("up")
        third = await open_again(pilot)
        assert third is not first
        assert third.lesson.slug == "linear-regression"
        assert third.query_one(ContentSwitcher).current == "concept"


async def test_quitting_from_the_course_ends_the_training_that_is_held() -> None:
    trainings = lambda: [t for t in threading.enumerate() if "training" in t.name]  # noqa: E731
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await playing_lab(pilot)
        assert trainings()
        run = lab.experiment.run
        await leave(pilot)
        # A size and a theme that changed meanwhile apply to the lesson.
        dark = pilot.app.screen.styles.background
        await pilot.press("t")
        await until(pilot, lambda: pilot.app.screen.styles.background != dark)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        screen = await open_again(pilot)
        await until(pilot, lambda: screen.has_class("-wide"))
        assert screen.styles.background == pilot.app.screen_stack[-2].styles.background
        await until(pilot, lambda: "Loss" in screen_text(pilot.app))
        assert "Fit" in screen_text(pilot.app)
        await leave(pilot)
        await pilot.press("q")
    assert run.state is State.STOPPED
    assert not trainings()


async def test_a_challenge_that_was_met_stands_in_the_course_and_in_the_lab_again() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await leave(pilot)
        await until(pilot, lambda: "challenges 0/" in screen_text(pilot.app))
        lab.post_message(Lab.Met(lab.lesson.challenges[-1]))  # a frame that arrives after the key
        await until(pilot, lambda: "challenges 1/" in screen_text(pilot.app))
        await open_again(pilot)
        lab._set("learning_rate", 0.19)
        lab.experiment.change_pace(+20)
        await pilot.press("space")
        progress = pilot.app._progress
        await until(pilot, lambda: len(progress.of("linear-regression").challenges) > 1)
        await leave(pilot)
        await until(pilot, lambda: "challenges 2/" in screen_text(pilot.app))
        await open_again(pilot)
        options = lab.query_one(Challenges).options
        assert " ".join(str(option.prompt) for option in options).count("✓") == 2


async def test_a_lesson_that_was_closed_leaves_nothing_in_memory() -> None:
    async with app("gradient-by-hand").run_test(size=(80, 22)) as pilot:
        await open_lab(pilot)  # before: the import freezes all objects in `gc`
        await leave(pilot)
        await pilot.press("down")
        widgets = weakref.WeakSet((await open_again(pilot)).walk_children())
        await playing_lab(pilot)
        await leave(pilot)
        await pilot.press("down")
        await open_again(pilot)

        def gone() -> bool:
            gc.collect()
            return not widgets

        await until(pilot, gone)


async def test_what_is_typed_plays_or_is_measured_is_given_up() -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        for slug in ("autograd", "tensors", "softmax", "probabilities", "graphs", "dataloader"):
            pilot.app.action_open_lesson(slug)
            lesson = find(slug).load()
            shown = lambda: getattr(pilot.app.screen, "lesson", None)  # noqa: E731
            await until(pilot, lambda: shown() is lesson)  # noqa: B023
            await until(pilot, lambda: pilot.app.screen.query(Lab) and pilot.app.focused)
            await pilot.press("2")
            lab = pilot.app.screen.query_one(Lab)
            await until(pilot, lambda lab=lab: lab.ready)
            if isinstance(lab, GraphsLab | DataLoaderLab):
                graphs = isinstance(lab, GraphsLab)
                measures = lambda: lab.state.measuring if graphs else lab.timing  # noqa: B023, E731
                await pilot.press("space" if graphs else "m")
                await until(pilot, measures)
                await pilot.app.run_action("screen.back")
                await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
                assert not measures()
                continue
            await pilot.press("enter", "x")
            await until(pilot, lambda: isinstance(pilot.app.focused, Input))
            await pilot.app.run_action("screen.back")
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
            pilot.app.action_open_lesson(slug)
            await until(pilot, lambda: shown() is lesson)  # noqa: B023
            await until(pilot, lambda: pilot.app.focused is not None)
            assert not isinstance(pilot.app.focused, Input)
            if isinstance(lab, CurvesLab):
                await pilot.press("space")
                await until(pilot, lambda lab=lab: lab.playing)
                await leave(pilot)
                assert not lab.playing
                pilot.app.action_open_lesson(slug)
                await until(pilot, lambda: shown() is lesson)  # noqa: B023
                assert pilot.app.screen.query_one(CurvesLab) is lab
