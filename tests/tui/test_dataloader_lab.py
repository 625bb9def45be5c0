"""The dataloader lab: own tables, and timing of the loader."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from engine.frame import State
from engine.throughput import Throughput, plan
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.labs import dataloader
from tui.labs.dataloader import DataLoaderLab
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList, Controls, complete

SIZES = [(80, 22), (120, 40)]
TABLE = "\n".join(
    ["a,b,kind", *(f"{i % 7},{i % 5 + i % 2},{('no', 'yes')[i % 2]}" for i in range(60))]
)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start the app in a folder with a table."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "tiny.csv").write_text(TABLE)
    (folder / "tiny.png").write_bytes(b"\x89PNG\0")
    (folder / "broken.csv").write_text("a,b\n1,2\nx y,1\noh,1\n4,2\n")
    monkeypatch.chdir(folder)
    return folder


async def take(pilot: Pilot[None], lab: DataLoaderLab, file: str) -> None:
    await type_in(pilot, "csv", file)
    await pilot.press("enter")
    await until(pilot, lambda: lab.experiment.config.csv == file)


async def type_in(pilot: Pilot[None], control: str, text: str) -> Input:
    controls = pilot.app.screen.query_one(ControlList)
    controls.focus()
    controls.highlighted = controls.get_option_index(control)
    await pilot.press("enter")
    line = pilot.app.screen.query_one("#controls Input", Input)
    await until(pilot, lambda: line.has_focus)
    line.value = ""
    await pilot.press(*({".": "full_stop", "/": "slash"}.get(c, c) for c in text))
    return line


async def test_a_file_is_refused_or_trained_on_and_presets_keep_it(table: Path) -> None:
    (table / "few.csv").write_text("\n".join(f"{i},{i % 2}" for i in range(8)))
    async with app("dataloader").run_test(size=SIZES[0]) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("s", "s")
        await until(pilot, lambda: lab.frame.step == 2)
        line = await type_in(pilot, "csv", "nothing.csv")
        for name, words in (
            ("nothing.csv", "type none for the built-in data"),
            ("broken.csv", "line 3, column 1 (a)"),
            ("tiny.png", "is binary data, not text"),
            (".", "is a folder"),
        ):
            line.value = name
            await pilot.press("enter")
            expected = pilot.app.screen.query_one("#controls #reason", Static)
            await until(pilot, lambda: words in str(expected.content))  # noqa: B023
            assert expected.region.height > 0
            assert expected.region.bottom <= pilot.app.size.height
        assert lab.frame.step == 2
        assert lab.experiment.config.csv is None
        await pilot.press("escape", "s")
        await until(pilot, lambda: lab.frame.step == 3)
        line = await type_in(pilot, "csv", "ti")  # the path is completed
        await until(pilot, lambda: line._suggestion == "tiny.csv")
        await pilot.press("right", "enter")
        await until(pilot, lambda: lab.frame.settings["csv"] == "tiny.csv")
        await until(pilot, lambda: lab.frame.picture is not None)
        assert lab.frame.picture.classes == ("no", "yes")
        assert len(lab.frame.picture.belt.seen) == 45
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        await until(pilot, lambda: "batch 1 of 2" in screen_text(pilot.app))
        await pilot.press("p")
        await until(pilot, lambda: lab.status.preset == "seed")
        assert lab.experiment.config.csv == "tiny.csv"
        assert lab.experiment.config.optimizer == "sgd"
        assert "--set csv=tiny.csv" in lab.experiment.command()
        # Presets that do not suit the table are skipped, and so are all if its file is gone.
        await pilot.resize_terminal(*SIZES[1])
        lab.use_preset(lab.lesson.presets[0].name)
        await take(pilot, lab, "few.csv")
        names = []
        for _ in lab.lesson.presets[1:]:
            await pilot.press("p")
            names.append(lab.experiment.preset.name)
        assert names == ["seed", "standardised", "saturated", "mended", "workers", "adam"]
        (table / "few.csv").unlink()
        await pilot.press("p")
        await until(pilot, lambda: "no such file" in screen_text(pilot.app))
        assert lab.status.preset == "adam"
        await pilot.press("r")
        await until(pilot, lambda: lab.frame.state is State.FAILED)
        await until(pilot, lambda: "no such file" in lab.frame.message)


async def test_what_the_table_is_and_what_was_left_out_is_said(table: Path) -> None:
    header = "[red]a[/red],\x1b[31mb,\\[bold]y"
    rows = TABLE.splitlines()[1:]
    (table / "evil.csv").write_text("\n".join([header, *rows, "1,,yes", ",2,no", "1,2,"]))
    task = "predicts kind: 2 classes (no, yes); 2 features; 60 rows, 15 held out"
    async with app("dataloader").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        await until(pilot, lambda: "predicts tumour: 2 classes" in screen_text(pilot.app))
        await take(pilot, lab, "tiny.csv")
        await until(pilot, lambda: task in screen_text(pilot.app))
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        await until(pilot, lambda: "predicts" not in screen_text(pilot.app))
        await take(pilot, lab, "evil.csv")  # markup and escape sequences are shown literally
        await until(pilot, lambda: lab.frame.note)
        await until(pilot, lambda: "[red]a[/red] 1" in screen_text(pilot.app))
        assert "\\x1b[31mb 1" in screen_text(pilot.app)
        await pilot.press("v", "v", "v", "s")
        await until(pilot, lambda: lab.frame.step == 1)


async def test_a_refused_file_is_taken_once_its_column_is_ignored(table: Path) -> None:
    lines = [f"n{place},{line}" for place, line in enumerate(TABLE.splitlines()[1:])]
    (table / "named.csv").write_text("\n".join(["first name,a,b,kind", *lines]))
    async with app("dataloader").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        await type_in(pilot, "csv", "named.csv")
        await pilot.press("enter")
        expected = pilot.app.screen.query_one("#controls #reason", Static)
        advice = 'set "ignore columns" to first name'
        await until(pilot, lambda: advice in str(expected.content))
        assert lab.experiment.config.csv is None
        await pilot.press("escape")
        # Controls for reading a file are in brackets without a file.
        controls = pilot.app.screen.query_one(ControlList)
        prompt = lambda: str(controls.get_option("ignore").prompt).split()[-1]  # noqa: E731
        assert prompt() == "none"
        lab._controls._idle = lab.experiment.config.idle()
        assert lab._controls._reason("ignore") == (
            'Ignore columns has no effect without a CSV of your own; choose one under "your CSV".'
        )
        lab._show_settings()
        for text, shown in (("none", "(none)"), ("named.csv", "none")):
            await type_in(pilot, "csv", text)
            await pilot.press("enter")
            await until(pilot, lambda shown=shown: prompt() == shown)
        await pilot.press("escape")
        assert "none (named.csv refused)" in str(controls.get_option("csv").prompt)
        await type_in(pilot, "ignore", "a")
        await pilot.press("enter")
        taken = "ignore columns is now a; still refused: named.csv"
        await until(pilot, lambda: str(expected.content).startswith(taken))
        assert not pilot.app.screen.query_one(Controls).editing
        assert expected.display
        await type_in(pilot, "ignore", "first name")
        await pilot.press("enter")
        await until(pilot, lambda: lab.experiment.config.csv == "named.csv")
        await until(pilot, lambda: "ignored: first name" in screen_text(pilot.app))
        assert lab.experiment.config.label is None
        await type_in(pilot, "label", "the last")  # the initial text of the input
        await pilot.press("enter")
        await until(pilot, lambda: not pilot.app.screen.query_one(Controls).editing)
        assert lab.experiment.config.label is None


@pytest.mark.usefixtures("table")
async def test_a_large_file_is_read_beside_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataloader, "LARGE", 10)
    async with app("dataloader").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        threads: list[bool] = []
        read = type(lab.experiment.config).but

        def noted(*given: Any) -> Any:
            threads.append(threading.current_thread() is threading.main_thread())
            return read(*given)

        monkeypatch.setattr(type(lab.experiment.config), "but", noted)
        line = await type_in(pilot, "csv", "tiny.csv")
        await pilot.press("enter")
        await until(pilot, lambda: lab.experiment.config.csv == "tiny.csv")
        await until(pilot, lambda: not line.has_focus)
        assert threads == [False, True]  # cached the second time
        line = await type_in(pilot, "csv", "broken.csv")
        await pilot.press("enter")
        expected = pilot.app.screen.query_one("#controls #reason", Static)
        await until(pilot, lambda: "line 3, column 1" in str(expected.content))
        assert lab.experiment.config.csv == "tiny.csv"
        assert line.has_focus


class Timed:
    """Replaces a measurement: the test sets its results."""

    made: ClassVar[list[Timed]] = []

    def __init__(self, features: int) -> None:
        self.features, self.results, self.failure = features, (), ""
        self.ended = self.started = self.closed = False
        self.made.append(self)

    def start(self) -> None:
        self.started = True

    def poll(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = self.ended = True


@pytest.fixture
def timings(monkeypatch: pytest.MonkeyPatch) -> list[Timed]:
    Timed.made = []
    monkeypatch.setattr(dataloader, "LoaderTiming", Timed)
    return Timed.made


def results(count: int) -> tuple[Throughput, ...]:
    return tuple(Throughput(*each, samples=777.0) for each in plan()[:count])


async def test_m_times_the_loader_and_stops_and_says_so(timings: list[Timed]) -> None:
    async with app("dataloader").run_test(size=SIZES[0], notifications=True) as pilot:

        async def shows(words: str) -> None:
            await until(pilot, lambda: words in screen_text(pilot.app))

        await open_lab(pilot)
        await pilot.press("m")
        await shows("measuring: 0 of 16")
        await pilot.press("m")
        assert timings[0].closed
        await shows("stopped before the first")
        await pilot.press("m")
        await shows("measuring: 0 of 16")
        assert timings[1].features == 30
        assert timings[1].started
        timings[1].results = results(3)
        await shows("measuring: 3 of 16")
        await pilot.press("m")
        await shows("stopped at 3 of 16")
        assert timings[1].closed
        assert screen_text(pilot.app).count("777") == 3  # existing results stay

        await pilot.press("m")
        await shows("measuring: 0 of 16")
        assert "stopped" not in screen_text(pilot.app)
        timings[2].results = results(3)
        await pilot.press("s")
        await shows("epoch 1/100")
        await shows("777")
        timings[2].results, timings[2].ended = results(16), True
        await until(pilot, lambda: timings[2].closed)
        await until(pilot, lambda: "measuring" not in screen_text(pilot.app))
        assert screen_text(pilot.app).count("777") == 16
        assert "stopped" not in screen_text(pilot.app)

        await pilot.resize_terminal(*SIZES[1])
        await pilot.press("m")
        await until(pilot, lambda: len(timings) == 4)
        timings[3].failure, timings[3].ended = "no more [processes]", True
        await shows("no more [processes]")
        assert timings[3].closed

        await pilot.press("m")
        await shows("measuring: 0 of 16")
        await pilot.press("escape")  # leaving the lesson ends the measurement
        await until(pilot, lambda: timings[4].closed)


async def test_every_picture_and_hint_comes_into_sight(table: Path) -> None:
    (table / "gaps.csv").write_text(TABLE + "\n1,,yes\n")
    async with app("dataloader").run_test(size=SIZES[1]) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        for size in reversed(SIZES):
            await pilot.resize_terminal(*size)
            for words in ("to come", "epochs", "30 → 6", "malignant", "m: time the loader"):
                await until(pilot, lambda: words in screen_text(pilot.app))  # noqa: B023
                await pilot.press("v")
        await take(pilot, lab, "gaps.csv")  # the notification takes two lines from the panels
        await until(pilot, lambda: "1 row with a missing value left out" in screen_text(pilot.app))
        # The sentence takes a line from the controls: the one just changed stays visible.
        await until(pilot, lambda: re.search(r"your CSV +gaps\.csv", screen_text(pilot.app)))
        rows = lab.query_one(Challenges)
        rows.focus()
        for hinted in lab.lesson.challenges:
            lab.show_hint(hinted.slug)
            for place, challenge in enumerate(lab.lesson.challenges):
                rows.highlighted = place
                words = [challenge.text]
                words += challenge.hint.split() if challenge is hinted else []
                await until(pilot, lambda words=words: in_panel(pilot, rows) >= set(words))
            lab.show_hint(None)


def in_panel(pilot: Pilot[None], rows: Challenges) -> set[str]:
    """Return the visible lines of the panel without their signs, and their texts."""
    x, y, _, height = rows.region
    lines = [line[x + 1 :].strip(" ○✓▁▂▃▄▅▆▇█") for line in screen_text(pilot.app).splitlines()]
    return {*lines[y : y + height], *" ".join(lines[y : y + height]).split()}


# Path completion, without an app.


def test_the_first_that_begins_so_is_offered_tables_first(table: Path) -> None:
    (table / "ta").mkdir()
    (table / "sub").mkdir()
    (table / "sub" / "x.csv").touch()
    (table / ".hidden.csv").touch()
    (table / "\x1bz.csv").touch()
    assert complete("tin") == "tiny.csv"
    assert complete("tiny.p") == "tiny.png"
    assert complete("t") == "ta/"
    assert complete("sub/") == "sub/x.csv"
    assert complete(f"{table}/su") == f"{table}/sub/"
    assert complete("./.h") == "./.hidden.csv"
    assert complete("./") == "./broken.csv"
    for nothing in ("", "q", "nowhere/x", "\x1b", "a\0b", "tiny.csv/"):
        assert complete(nothing) is None


def test_home_is_known_and_stays_as_it_was_typed(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(table))
    assert complete("~/ti") == "~/tiny.csv"
