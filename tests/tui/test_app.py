"""The app: theme, palette, help, size, speed, and the import of PyTorch in the background."""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import engine.device
import engine.run
import tui.app
from engine.device import Device, Devices
from engine.frame import State
from lessons.catalog import Entry
from tests.full_disk import Disk
from tests.tui.conftest import PATIENCE, app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.app import DltuiApp
from tui.environment import EnvironmentLoader
from tui.labs.training import TrainingLab
from tui.palette import Palette, key_commands
from tui.screens.code import CodeView
from tui.screens.help import HelpScreen
from tui.screens.home import Contents, HomeScreen
from tui.screens.lesson import LessonScreen
from tui.watching import Pulse
from tui.widgets.page import Page
from tui.widgets.status_bar import StatusBar

CPU, GPU = Device("cpu", "the processor"), Device("cpu:0", "something faster")


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Block the import of torch until the gate opens."""
    opened = threading.Event()

    def import_slowly() -> None:
        # Imports repeatedly, so that the thread can be aborted at any of them.
        while not opened.wait(0.005):
            with pytest.raises(ModuleNotFoundError):
                importlib.import_module("a_module_that_is_not_there")

    monkeypatch.setattr(engine.run, "warm_up", import_slowly)
    yield opened
    opened.set()


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch):
    """Return a function that sets the devices found by the probe."""

    def find(*working: Device, problems: tuple[str, ...] = ()) -> None:
        monkeypatch.setattr(engine.device, "probe", lambda **_: Devices(working, problems))

    return find


async def screen_of(pilot, kind):
    """Wait until a screen of this class is on top and ready."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    await until(pilot, lambda: pilot.app.screen.is_mounted)
    return pilot.app.screen


async def in_the_lab(pilot) -> TrainingLab:
    """Show the lab on screen, ready or not."""
    await screen_of(pilot, LessonScreen)
    await until(pilot, lambda: pilot.app.focused is not None)
    await pilot.press("2")
    return pilot.app.screen.query_one(TrainingLab)


def notices(pilot) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)


# Theme.


async def test_t_changes_the_theme_and_it_is_kept(own_folders: Path) -> None:
    file = own_folders / "config" / "settings.json"
    async with app().run_test(size=(80, 22)) as pilot:
        await screen_of(pilot, HomeScreen)
        assert pilot.app.current_theme.dark
        assert not file.exists()  # a default theme is not saved
        await pilot.press("t")
        await until(pilot, lambda: not pilot.app.current_theme.dark)
        assert json.loads(file.read_text()) == {"theme": "textual-light"}
        assert app().theme == "textual-light"  # the next time
        await pilot.press("t")
        await until(pilot, lambda: pilot.app.theme == "textual-dark")
        assert app().theme == "textual-dark"
        file.unlink()
        file.parent.rmdir()
        file.parent.write_text("in the way")
        await pilot.press("t")
        await until(pilot, lambda: not pilot.app.current_theme.dark)
        await until(pilot, lambda: "settings are not kept" in notices(pilot))
    file.parent.unlink()
    file.parent.mkdir()
    for unknown in ("of-another-version", "", "[red]"):
        file.write_text(json.dumps({"theme": unknown}))
        assert app().theme == "textual-dark"


# The app's own files.


async def test_what_lies_in_the_place_of_its_files_is_said_and_so_is_a_full_disk(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An aborted import of PyTorch would break later tests.
    monkeypatch.setattr(EnvironmentLoader, "start", lambda _: None)
    monkeypatch.setattr(tui.app, "RETRY_SECONDS", 0.05)
    (own_folders / "config").mkdir()
    (own_folders / "state").mkdir()
    (own_folders / "config" / "settings.json").write_bytes(b"[" * 100_000)
    os.mkfifo(own_folders / "state" / "progress.jsonl")
    async with app().run_test(size=(80, 22)) as pilot:
        await screen_of(pilot, HomeScreen)
        await until(pilot, lambda: "renamed to settings.json.bak" in notices(pilot))
        await until(pilot, lambda: "renamed to progress.jsonl.bak" in notices(pilot))
        disk = Disk(monkeypatch, room=0)
        pilot.app._progress.add("tensors", "opened")
        await until(pilot, lambda: "No space left on device" in notices(pilot))
        pilot.app._progress.add("tensors", "finished")
        disk.room = 20  # not enough
        await until(pilot, lambda: not disk.room)
        assert notices(pilot).count("No space left on device") == 1
        disk.room = 10_000
        await until(pilot, lambda: "progress is kept again" in notices(pilot))
        assert len((own_folders / "state" / "progress.jsonl").read_bytes().splitlines()) == 2
        disk.room = 0
        pilot.app._progress.add("tensors", "answer", "dim")
        assert "No space left on device" in pilot.app.save_progress()
        disk.room = 10_000
        assert pilot.app.save_progress() == ""
    assert len((own_folders / "state" / "progress.jsonl").read_bytes().splitlines()) == 3


# The command palette and the help.


def commands(pilot) -> list[str]:
    return [command.name for command in key_commands(pilot.app.screen)]


async def help_text(pilot) -> str:
    below = pilot.app.screen
    await pilot.press("question_mark")
    await screen_of(pilot, HelpScreen)
    await until(pilot, lambda: "esc closes" in screen_text(pilot.app))
    text = screen_text(pilot.app)
    await pilot.press("escape")
    await until(pilot, lambda: pilot.app.screen is below)
    return text


async def test_help_and_palette_have_the_keys_that_work_now_and_no_others(gate) -> None:
    make_one_step, filter_lessons, read_on = "Make one step", "filter", "read on: One screen"
    in_lab = {"play", "step", "reset", "slower", "faster", "preset", "log", "copy"}
    async with app("linear-regression").run_test(size=(120, 50)) as pilot:
        await screen_of(pilot, LessonScreen)
        await until(pilot, lambda: pilot.app.focused is not None)
        assert not in_lab & set(commands(pilot))
        concept = await help_text(pilot)
        assert read_on in concept
        assert make_one_step not in concept
        assert filter_lessons not in concept

        lab = await in_the_lab(pilot)
        early = await help_text(pilot)
        assert make_one_step in early
        assert "kept until PyTorch is loaded" in early
        assert read_on not in early
        gate.set()
        await until(pilot, lambda: lab.ready)
        later = await help_text(pilot)
        assert "kept until" not in later
        assert "Move to the next device" not in later  # there is only one
        assert later.count(make_one_step) == 1
        listed = commands(pilot)
        assert in_lab <= set(listed)
        assert "device" not in listed
        assert len(listed) == len(set(listed))
        # A chosen command of the palette runs.
        await pilot.press("ctrl+p")
        await screen_of(pilot, Palette)
        await pilot.press(*"step")
        await until(pilot, lambda: "Make one step, and show it (s)" in screen_text(pilot.app))
        await pilot.press("enter")
        await screen_of(pilot, LessonScreen)
        await until(pilot, lambda: lab.frame.step == 1)

        await pilot.press("escape")
        await screen_of(pilot, HomeScreen)
        home = await help_text(pilot)
        assert filter_lessons in home
        assert make_one_step not in home


async def test_the_device_key_works_where_there_is_a_choice(probed) -> None:
    probed(CPU, GPU)
    async with DltuiApp("linear-regression", device="cpu").run_test(size=(120, 50)) as pilot:
        lab = await open_lab(pilot)
        assert notices(pilot) == ""  # no notification without a problem
        assert "Move to the next device" in await help_text(pilot)
        bar = lambda: pilot.app.screen.query_one(StatusBar).text  # noqa: E731
        await until(pilot, lambda: bar().startswith("cpu the processor"))
        await pilot.press("d")
        assert lab.experiment.device is GPU
        await until(pilot, lambda: bar().startswith("cpu:0 something faster"))
        await pilot.press("d")
        assert lab.experiment.device is CPU


# The first screen.


async def test_a_lesson_opens_at_once_and_needs_no_torch(gate) -> None:
    async with app("parameters").run_test(size=(80, 22)) as pilot:
        screen = await screen_of(pilot, LessonScreen)
        assert screen.lesson.slug == "parameters"
        bar = screen.query_one(StatusBar)
        assert bar.text.startswith("probing for devices…")
        assert "probing" in screen_text(pilot.app)
        await pilot.press("3")
        assert "class ParametersConfig" in screen.query_one(CodeView)._file.read_text()
        await pilot.press("escape")
        home = await screen_of(pilot, HomeScreen)
        assert home.query_one(Contents).highlighted_option.id == "parameters"
        gate.set()
        await until(pilot, lambda: home.query_one(StatusBar).text.startswith("cpu "))


async def test_a_lesson_that_is_not_written_is_highlighted_in_the_course(to_come: Entry) -> None:
    async with app(to_come.slug).run_test(size=(80, 22)) as pilot:
        home = await screen_of(pilot, HomeScreen)
        await until(pilot, lambda: "not written yet" in home.query_one(Page).source)
        assert home.query_one(Contents).highlighted_option.id == to_come.slug
        assert to_come.title in home.query_one(Page).source


# Speed.


async def test_the_charts_are_drawn_less_often_over_ssh(monkeypatch) -> None:
    for variable, fps, rate in (
        (None, None, 10),
        ("SSH_CONNECTION", None, 4),
        ("SSH_TTY", 20.0, 20),
        (None, 2.0, 2),
    ):
        with monkeypatch.context() as remote:
            if variable:
                remote.setenv(variable, "192.0.2.1 1 192.0.2.2 22")
            opened = DltuiApp("gradient-by-hand", device="cpu", fps=fps)
        assert opened._fps == rate
        assert (opened.animation_level == "none") == (variable is not None)
    asked: list[float] = []  # by the lab

    class Spied(Pulse):
        def __init__(self, fps: float, sent: Callable[[], int]) -> None:
            asked.append(fps)
            super().__init__(fps, sent)

    monkeypatch.setattr("tui.watching.Pulse", Spied)
    async with opened.run_test(size=(80, 22)) as pilot:
        await open_lab(pilot)
        assert asked == [rate]


# Importing PyTorch.


async def test_play_before_torch_is_there_plays_as_soon_as_it_is(gate) -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await in_the_lab(pilot)
        await pilot.press("space")
        assert lab.experiment is None
        await until(pilot, lambda: "starting PyTorch" in screen_text(pilot.app))
        gate.set()
        await until(pilot, lambda: lab.ready and lab.experiment.run.state is State.PLAYING)
        await until(pilot, lambda: lab.frame.step > 1)
        assert "starting PyTorch" not in screen_text(pilot.app)


async def test_a_lesson_left_before_torch_is_there_does_not_begin_to_train(gate) -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await in_the_lab(pilot)
        await pilot.press("space", "escape")
        await screen_of(pilot, HomeScreen)
        gate.set()
        await until(pilot, lambda: lab.experiment is not None)
        assert lab.experiment.run.state is State.READY


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_quitting_while_setting_up_ends_its_thread(gate) -> None:
    setting_up = lambda: [t for t in threading.enumerate() if t.name == "setting up"]  # noqa: E731
    finders = list(sys.meta_path)
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        await screen_of(pilot, LessonScreen)
        await until(pilot, setting_up)
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running)
    assert not gate.is_set()
    for thread in setting_up():
        thread.join(PATIENCE)
    assert setting_up() == []
    assert sys.meta_path == finders
    assert pilot.app.return_code == 0


async def test_a_device_that_does_not_work_or_is_missing_is_reported(probed) -> None:
    probed(CPU, problems=("cuda:0 does not work: the [fan] fell off",))
    async with DltuiApp("linear-regression", device="auto").run_test(
        size=(80, 22), notifications=True
    ) as pilot:
        lab = await open_lab(pilot)
        assert "the [fan] fell off" in notices(pilot)
        await until(pilot, lambda: "the [fan]" in screen_text(pilot.app))
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
    probed(CPU)
    async with DltuiApp("linear-regression", device="cuda:7").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        assert "no device 'cuda:7' here" in notices(pilot)
        assert "auto, cpu" in notices(pilot)
        assert lab.experiment.device is CPU
