"""The training lab: effects of the keys on the run and on the screen."""

from __future__ import annotations

import errno
import json
import shlex

from textual.events import Key
from textual.widgets import ContentSwitcher, Input, Static

from engine.frame import State
from lessons.script import NotExported
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.cli import main
from tui.experiment import PACES
from tui.progress import Progress
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList, Controls
from tui.widgets.equations import Equations
from tui.widgets.pictures import Chart
from tui.widgets.status_bar import StatusBar


async def test_step_makes_one_step_and_writes_it_in_numbers() -> None:
    async with app("gradient-by-hand").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        shown = lab.query_one(Equations).text
        # w = 1 and the sample (1, 2): ŷ = 1, L = (1 − 2)² = 1, ∂L/∂w = 2·(1 − 2)·1 = −2.
        assert "−2.0000" in shown
        assert "1.0200" in shown
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 2)
        # w = 1.02 and the sample (2, 4): ∂L/∂w = 2·(2.04 − 4)·2 = −7.84.
        assert "−7.8400" in lab.query_one(Equations).text


async def test_keys_play_hold_reset_and_change_the_run() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.step >= 5)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.state is State.PAUSED)
        first = lab.frame.history.low[:5].tolist()
        await pilot.press("r")
        await until(pilot, lambda: lab.frame.step == 0 and lab.frame.state is State.READY)
        await pilot.press(*"sssss")
        await until(pilot, lambda: lab.frame.step == 5)
        assert lab.frame.history.low.tolist() == first
        # Another seed begins another run.
        start = lab.frame.picture.start
        controls = lab.query_one(ControlList)
        controls.highlighted = controls.get_option_index("seed")
        await pilot.press("right")
        await until(pilot, lambda: lab.frame.picture and lab.frame.settings["seed"] == 1)
        assert lab.frame.picture.start != start
        bar = pilot.app.screen.query_one(StatusBar)
        await until(pilot, lambda: bar.news.strip() == "seed changed: the run begins again")
        await pilot.press("1", "2")
        await until(pilot, lambda: "begins again" not in bar.news)
        await pilot.press("left")  # no step was made: nothing is lost, and nothing said
        await until(pilot, lambda: lab.frame.picture and lab.frame.settings["seed"] == 0)
        assert not bar.news
        # The learning rate changes while the run goes on.
        await pilot.press("home")
        await pilot.press("s", "s")
        await until(pilot, lambda: lab.frame.step == 2)
        await pilot.press("right")
        await until(pilot, lambda: "learning_rate" in lab.frame.changed)
        assert lab.frame.step == 2
        assert lab.frame.settings["learning_rate"] == 0.02
        await pilot.press("down", "enter", *"x1", "enter")  # refused with the name of the control
        await until(pilot, lambda: "momentum = 'x1' is not allowed" in screen_text(pilot.app))


async def test_the_pace_goes_up_to_unthrottled_and_down_to_one() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press(*["right_square_bracket"] * 15)
        assert lab.experiment.pace is None
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        assert lab.frame.step == 1000
        bar = pilot.app.screen.query_one(StatusBar)
        for key in ("space", "s"):  # neither discards the run
            await pilot.press("1", "2")  # another page clears the answer to the key
            await until(pilot, lambda: "begins again" not in bar.news)
            lab.post_message(lab.Met(lab.lesson.challenges[0]))
            await pilot.press(key)
            await until(pilot, lambda: bar.news.strip() == "finished · r begins again")
            assert lab.frame.step == lab.experiment.frame.step == 1000
        await pilot.press("r")
        await until(pilot, lambda: lab.frame.step == 0 and lab.frame.state is State.READY)
        await until(pilot, lambda: not bar.news)  # it was about the previous run
        await pilot.press(*["left_square_bracket"] * 15)
        assert lab.experiment.pace == 1


async def test_values_are_typed_refused_and_clicked() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        expected = lab.query_one("#reason", Static)
        for text in ("fast", "-1", "0", "nan", "1e99", "[red]"):
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.focused, Input))
            pilot.app.focused.value = text
            await pilot.press("enter")
            await until(pilot, lambda: lab.query_one(Controls).has_class("-refused"))
            assert "learning rate" in str(expected.render())
            assert "above 0" in str(expected.render())
            assert lab.experiment.config.learning_rate == 0.01
            await pilot.press("7")  # replaces the refused text
            assert pilot.app.focused.value == "7"
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.focused, ControlList))
        await pilot.press("enter", "home", "shift+end", "delete", *"0.05", "enter")
        await until(pilot, lambda: lab.experiment.config.learning_rate == 0.05)
        assert isinstance(pilot.app.focused, ControlList)
        # All keys may be posted before any is handled.
        for key in ("enter", "1", "e", "6", "enter"):  # all posted before any is handled
            character = key if len(key) == 1 else None
            pilot.app.post_message(Key(key, character))
        await until(pilot, lambda: lab.experiment.config.learning_rate == 1e6)
        assert isinstance(pilot.app.focused, ControlList)
        assert pilot.app.screen.query_one(ContentSwitcher).current == "lab"
        # Another page ends the input.
        await pilot.press("enter")
        assert isinstance(pilot.app.focused, Input)
        pilot.app.screen.action_show("concept")
        await pilot.press("2")
        assert isinstance(pilot.app.focused, ControlList)
        assert not lab.query_one(Controls).editing
        await pilot.click(ControlList, offset=(3, 2))
        await pilot.pause()
        assert lab.query_one(ControlList).highlighted == 2
        assert not lab.query_one(Controls).editing


async def test_a_run_that_diverges_says_what_to_try_and_pictures_take_turns() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        panels = lab.query("#controls, #equations, #challenges, .picture")
        places = [panel.region for panel in panels]
        lab._set("learning_rate", 1e6)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.state is State.DIVERGED)
        notice = lab.query_one("#message", Static)
        await until(pilot, lambda: notice.display)
        await until(pilot, lambda: notice.region)
        assert [panel.region for panel in panels] == places  # none of them moves
        loss = lab.query_one("#chart-loss")
        await until(pilot, lambda: "diverged at step" in screen_text(pilot.app))  # in the chart
        assert (loss.region.bottom, notice.region.bottom) == (notice.region.y, lab.region.bottom)
        assert "diverged" in str(notice.render())
        assert "learning rate" in str(notice.render())
        assert "diverged" in pilot.app.screen.query_one(StatusBar).text
        assert len(lab.frame.history) > 0
        await pilot.press("r")
        await until(pilot, lambda: lab.frame.state is State.READY)
        assert not notice.display
        shown = lambda: [c.id for c in lab.query(Chart) if c.display]  # noqa: E731
        assert shown() == ["chart-fit", "chart-loss"]
        await pilot.press("v")
        await until(pilot, lambda: shown() == ["chart-surface", "chart-loss"])
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: shown() == ["chart-fit", "chart-surface", "chart-loss"])


async def test_a_challenge_that_is_met_is_marked_and_kept(own_folders) -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        lab._set("learning_rate", 0.19)
        lab.experiment.change_pace(+20)
        await pilot.press("space")
        challenges = lab.query_one(Challenges)
        prompts = lambda: " ".join(str(option.prompt) for option in challenges.options)  # noqa: E731
        await until(pilot, lambda: "✓" in prompts())
    kept = Progress(own_folders / "state" / "progress.jsonl").of("linear-regression")
    assert len(kept.challenges) == 1


async def test_the_copied_command_gives_the_settings_on_screen() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("p", "right", "y")
        await until(pilot, lambda: pilot.app.clipboard)
        assert pilot.app.clipboard == (
            "dltui run linear-regression --preset double --set learning_rate=0.02"
            " --seed 0 --device cpu"
        )
        assert lab.experiment.preset.name == "double"


async def test_the_copied_command_ends_with_the_numbers_on_screen(capsys) -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("right", *"ss")  # the first change is the initial value
        await until(pilot, lambda: lab.frame.step == 2)
        await pilot.press("right", "right", "left", "y")
        await until(pilot, lambda: pilot.app.clipboard)
        start = "dltui run linear-regression --preset six-points --set learning_rate=0.02"
        end = "--seed 0 --device cpu"
        assert pilot.app.clipboard == f"{start} --set learning_rate=0.05@3 {end}"
        await pilot.press(*"sss")
        await until(pilot, lambda: lab.frame.step == 5)
        await pilot.press("enter", "home", "shift+end", "delete", *"0.0123456789012", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, ControlList))
        await pilot.press("down", "right")
        await pilot.press(*["right_square_bracket"] * 15, "space")
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        await pilot.press("y")
        changes = "learning_rate=0.05@3 --set learning_rate=0.0123456789012@6 --set momentum=0.2@6"
        await until(
            pilot,
            lambda: (
                print(pilot.app.clipboard)
                or pilot.app.clipboard == f"{start} --set {changes} {end}"
            ),
        )
        command, loss = pilot.app.clipboard, lab.frame.loss
        parameters = lab.frame.parameters
    capsys.readouterr()
    assert main([*shlex.split(command)[1:], "--json"]) == 0
    event = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (event["loss"], event["parameters"]) == (loss, parameters)


async def test_a_run_is_exported_into_a_new_file(own_folders, monkeypatch) -> None:
    folder = own_folders / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        bar = pilot.app.screen.query_one(StatusBar)
        await pilot.press("x")
        await until(pilot, lambda: bar.news.strip() == "script: ./linear-regression.py")
        first = (folder / "linear-regression.py").read_text()
        assert first == lab.experiment.plan().script()
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        await pilot.press("right", "x", "x")  # the second time, the file is there
        await until(pilot, lambda: bar.news.strip() == "script: ./linear-regression-2.py")
        await until(pilot, lambda: not [one for one in lab.workers if not one.is_finished])
        second = (folder / "linear-regression-2.py").read_text()
        assert "if step == 2:" in second
        assert "learning_rate=0.02@2" in second.splitlines()[0]
        names = [path.name for path in folder.iterdir()]
        assert sorted(names) == ["linear-regression-2.py", "linear-regression.py"]

        why = "is not writable"
        monkeypatch.setattr("tui.script_file.why_not_writable", lambda _: why)
        (own_folders / "state" / "linear-regression.py").write_text("mine")
        await pilot.press("x")
        other = own_folders / "state" / "linear-regression-2.py"
        await until(pilot, lambda: bar.news.strip() == f"script: {other}")
        assert other.read_text() == second


async def test_why_a_run_is_not_exported_is_said(own_folders, monkeypatch) -> None:
    def refuse(*_: object) -> str:
        raise NotExported("no script [yet]: momentum = 0.5 needs learning_rate = 1")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        notes: list[str] = []
        lab.notify = lambda message, **_: notes.append(message)
        for place, broken, why in (
            ("tui.plan.script", refuse, "no script [yet]: momentum = 0.5 needs learning rate = 1"),
            ("tui.script_file.write_whole", full, "No space left on device"),
        ):
            with monkeypatch.context() as patched:
                patched.chdir(own_folders)
                patched.setattr(place, broken)
                await pilot.press("x")
                await until(pilot, lambda: why in notes)  # noqa: B023
        lab._exports = False  # a lesson without a template
        lab.refresh_bindings()
        await until(pilot, lambda: "x" not in pilot.app.screen.active_bindings)


async def test_a_trainer_that_fails_is_said_and_the_app_lives_on(monkeypatch) -> None:
    from engine.trainers.linear_regression import LinearRegression

    def break_down(_: LinearRegression):
        raise RuntimeError("the cat [sat] on the keys")
        yield

    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        monkeypatch.setattr(LinearRegression, "steps", break_down)
        await pilot.press("r", "space")
        await until(pilot, lambda: lab.frame.state is State.FAILED)
        notice = lab.query_one("#notice", Static)
        await until(pilot, lambda: "the cat [sat] on the keys" in str(notice.render()))
        monkeypatch.undo()
        await pilot.press("r", "s")
        await until(pilot, lambda: lab.frame.step == 1)


async def test_a_run_that_ends_out_of_sight_is_there_when_the_lab_is_back() -> None:
    async with app("linear-regression").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space", "1")
        assert lab.frame.state is not State.FINISHED
        lab.action_pace(len(PACES))
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        await pilot.press("2")
        await until(pilot, lambda: "loss 0.1244" in screen_text(pilot.app))
        assert "1.8419" in lab.query_one(Equations).text  # w after a thousand epochs
