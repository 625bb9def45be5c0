"""The graphs lab: effects of the keys, measurements, and no remaining processes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from engine.child import DONE, to_line
from engine.programs import PROGRAMS, find, measuring
from engine.programs.results import (
    CallTiming,
    CompileTime,
    ExplainedError,
    Measured,
    Way,
    WayFailure,
)
from engine.programs.ways import watch
from tests.processes import alive
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.labs.graphs import GraphsLab, ProgramSource, Reading, Ways
from tui.labs.graphs_state import GraphsState, describe, drawing, listing
from tui.labs.graphs_state import rows as rows_of
from tui.progress import Progress
from tui.screens.home import HomeScreen
from tui.widgets.challenges import Challenges
from tui.widgets.diagram import Diagram
from tui.widgets.status_bar import StatusBar

NARROW, WIDE = (80, 22), (120, 40)
LARGE = 1_000_000
QUICK = [
    CallTiming(Way.EAGER, 4, 10.0, 9.0, 12.0),
    CallTiming(Way.TRACED, 4, 12.0, 11.0, 14.0),
    CallTiming(Way.EAGER, LARGE, 3000.0, 2800.0, 3600.0),
    CallTiming(Way.TRACED, LARGE, 3100.0, 2900.0, 3500.0),
]
SLOW = [
    CompileTime(4, 9.5, ("cpp_fused_exp_0",)),
    CallTiming(Way.COMPILED, 4, 19.0, 18.0, 20.0),
    CompileTime(LARGE, 2.1, ("cpp_fused_exp_0",)),
    CallTiming(Way.COMPILED, LARGE, 500.0, 400.0, 600.0),
]
NO_COMPILER = WayFailure(
    Way.COMPILED, ExplainedError("InductorError", "No working C++ compiler", "Install one: apt.")
)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which measurements create their folders."""
    folder = tmp_path / "measurements"
    folder.mkdir()
    monkeypatch.setattr(measuring.tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def child(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a script that replaces the measuring process."""
    script = folders.with_name("child.py")
    monkeypatch.setattr(measuring, "COMMAND", (sys.executable, str(script)))
    return script


def sending(*results: Measured, ends: bool) -> str:
    """Return a script that sends these results, and then ends or waits."""
    text = "".join(f"{line}\n" for line in [*map(to_line, results), *[DONE] * ends])
    wait = 0 if ends else 600
    return f"import time; print({text!r}, end='', flush=True); time.sleep({wait})"


async def open_lab(pilot: Pilot[None]) -> GraphsLab:
    await until(pilot, lambda: pilot.app.screen.query(GraphsLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(GraphsLab)
    await until(pilot, lambda: lab.ready)
    await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
    return lab


def rows(lab: GraphsLab) -> dict[str, str]:
    """Return the line of each way, by its name."""
    prompts = [str(option.prompt) for option in lab.query_one(Ways).options]
    return dict(prompt[2:].split(maxsplit=1) for prompt in prompts)


def description(lab: GraphsLab) -> str:
    return " ".join(str(lab.query_one("#what", Static).render()).split())


def source(lab: GraphsLab) -> dict[str, str]:
    """Return the mark before each line of the program, by line."""
    lines = str(lab.query_one(ProgramSource).render()).splitlines()
    return {line[3:].strip(): line[:3].strip() for line in lines}


def drawn(lab: GraphsLab) -> str:
    return lab.query_one(Diagram).text


def status(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(StatusBar).text


async def reads(pilot: Pilot[None], *words: str) -> None:
    """Wait until these texts are on screen, with any spacing."""
    await until(
        pilot, lambda: all(each in " ".join(screen_text(pilot.app).split()) for each in words)
    )


ANSWERS = (
    # x = 0.5, 1, 1.5, 2: the sum is above 0, so x · 2. −x: below 0, so x − 1.
    ("branch", 0, "= [1, 2, 3, 4]", "✗ TraceError"),
    ("branch", 1, "= [−1.5, −2, −2.5, −3]", "✗ TraceError"),
    ("where", 1, "= [−1.5, −2, −2.5, −3]", "✓ [−1.5, −2, −2.5, −3]"),
    ("loop", 1, "= [", "✗ AssertionError"),
    # x − 0.5 in evaluation; the traced graph subtracts the mean, 1.25.
    ("centre", 0, "= [−0.75, −0.25, 0.25, 0.75]", "✓ [−0.75, −0.25, 0.25, 0.75]"),
    ("centre", 1, "= [0, 0.5, 1, 1.5]", "✗ [−0.75, −0.25, 0.25, 0.75]  wrong"),
)


def test_answers_and_graphs_of_each_way_in_words() -> None:
    def boxes(way: Way) -> str:
        return " ".join(" ".join(box.lines) for box in drawing(state.look, way)[0])

    for name, place, eager, traced in ANSWERS:
        state = GraphsState(name, "cpu")
        for _ in range(place):
            state.next_input()
        shown = [str(row) for row in rows_of(state.look, Way.EAGER)]
        assert eager in shown[0]
        assert shown[1].rstrip().endswith(traced)
        if name == "branch":
            drawn = boxes(Way.EAGER)
            assert ("mul = x * 2" in drawn, "sub = x - 1" in drawn) == (not place, bool(place))
        if name == "where":
            assert "where(gt, mul, sub)" in boxes(Way.TRACED)
            assert "a Proxy" in boxes(Way.TRACED)
            assert "True" not in boxes(Way.TRACED)
        if name == "loop":
            assert "times has been specialized to have value 2" in str(
                describe(state.look, Way.TRACED)
            )
    assert "not a word about it" in str(describe(state.look, Way.TRACED))


async def test_answers_lines_and_graphs_of_each_way() -> None:
    # Two ways chosen in quick succession once alternated forever.
    choices: list[int] = []

    def keep(message: Message) -> None:
        if isinstance(message, Ways.Gone):
            choices.append(message.row)

    async with app("graphs").run_test(size=WIDE, message_hook=keep) as pilot:
        lab = await open_lab(pilot)
        for size in (WIDE, NARROW):
            await pilot.resize_terminal(*size)
            for program in PROGRAMS:
                lab.use_preset(program.name)
                for given in program.inputs:
                    for words in (given.name, program.title, "x = [", "Graph · eager"):
                        await until(pilot, lambda words=words: words in screen_text(pilot.app))
                    lines = screen_text(pilot.app).splitlines()
                    assert all(len(line) <= size[0] for line in lines)
                    lab.action_input()

        lab.use_preset("branch")
        ran = {"if x.sum() > 0:": "▸", "return x * 2": "▸", "return x - 1": ""}
        assert source(lab).items() >= ran.items()
        await pilot.press("i")
        assert (source(lab)["return x * 2"], source(lab)["return x - 1"]) == ("", "▸")
        # Tracing fails: the error and its explanation replace the graph.
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.focused, Reading))
        assert source(lab)["if x.sum() > 0:"] == "✗"
        await reads(pilot, "TraceError: symbolically traced variables cannot be used as inputs to")
        await reads(pilot, "a Proxy, which has a name but no numbers")
        lab.use_preset("loop")
        lab.action_input()
        await reads(pilot, "refuses another: trace once for each")  # complete to its last word
        lab.use_preset("centre")
        lab.action_input()
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Reading))
        await reads(pilot, "call_method", "Tensor.mean", "def forward(self", "return sub")
        await pilot.press("v")
        await until(pilot, lambda: not isinstance(pilot.app.focused, Reading))

        lab.use_preset("halve")
        await pilot.press("w", "w")
        assert lab.state.way is Way.EAGER
        # 8 / 2 / 2 / 2 = 1: three rounds, and a fourth check that ends the loop.
        assert source(lab)["while x.abs().max() > 1:"] == "4×"
        assert source(lab)["x = x / 2"] == "3×"
        await pilot.press("p")
        assert lab.state.look.program.name == "smooth"
        lab.action_way()
        lab.action_way()
        for _ in range(5):
            await pilot.pause()
        assert choices == []
        assert lab.state.way is Way.COMPILED
        lab.query_one(Ways).focus()
        await pilot.press("up")
        await until(pilot, lambda: lab.state.way is Way.TRACED)
        assert set(choices) == {1}
        await pilot.press("w")
        await until(pilot, lambda: lab.state.way is Way.COMPILED)
        assert lab.query_one(Ways).highlighted == 2
        await pilot.press("escape")  # no measurement is running
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_a_measurement_fills_the_bars_and_the_compiled_way(
    child: Path, folders: Path, own_folders: Path
) -> None:
    child.write_text(sending(*QUICK, watch(find("smooth")), *SLOW, ends=True))
    async with app("graphs").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        assert "space: measure" in status(pilot)
        await pilot.press("space")
        await until(pilot, lambda: not lab.state.measuring)
        for size in (NARROW, WIDE):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "earned back after" in screen_text(pilot.app))
            text = screen_text(pilot.app)
            for words in (
                "4 numbers · compiled 2.0× as slow",  # 18 against 9
                "1,000,000 numbers · compiled 7.0× as fast",  # 400 against 2,800
                "never earned back",
                "earned back after 880 calls",  # 2.1 s / (2,800 − 400) µs = 875
            ):
                assert words in text
        assert "measured" in status(pilot)
        await pilot.press("w", "w")
        assert rows(lab)["compiled"].startswith("2 graphs")
        assert "This input made graph 1 of 2" in description(lab)
        assert "guards hold: x: float32, cpu, 1-D" in description(lab)
        await pilot.press("i")
        assert "This input made graph 2 of 2, since a guard failed" in description(lab)
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        assert lab._polling is None
        await pilot.press("r")
        assert "space" in rows(lab)["compiled"]
        # A graph break is drawn with Python between the graphs.
        lab.use_preset("branch")
        lab.state.put(("branch", "cpu"), (watch(find("branch")),))
        lab.renew()
        assert rows(lab)["compiled"].startswith("3 graphs + Python")
        for words in ("graph 1", "graph 2", "graph 3", "Python", "decides"):
            assert words in drawn(lab)
        assert "This input made graphs 1 and 2 of 3." in description(lab)
        assert "a graph break" in description(lab)
        await pilot.press("i")
        assert "graph 3 of 3: Python came to lines that had not run before" in description(lab)
    assert list(folders.iterdir()) == []
    kept = Progress(own_folders / "state" / "progress.jsonl").of("graphs")
    assert kept.challenges == {"slower", "break"}  # compiled again too, but for another length
    assert kept.finished


def test_the_listing_says_which_input_each_graph_was_made_for() -> None:
    state = GraphsState("smooth", "cpu")
    state.put(("smooth", "cpu"), (watch(find("smooth")),))
    for chosen, other in (("four numbers", "six numbers"), ("six numbers", "four numbers")):
        assert state.look.given.name == chosen
        text = str(listing(state.look, Way.COMPILED))
        assert f"made for this input, {chosen}" in text
        assert f"made for another input, {other}" in text
        state.next_input()
    state.use("where")
    state.put(("where", "cpu"), (watch(find("where")),))
    assert "graph 1 of 1, to be used again" in str(describe(state.look, Way.COMPILED))
    state.next_input()
    assert "No new graph" in str(describe(state.look, Way.COMPILED))


async def test_results_come_one_by_one_and_giving_up_leaves_no_process_and_no_folder(
    child: Path, folders: Path
) -> None:
    child.write_text(sending(*QUICK, ends=False))

    async def measured() -> int:
        """Wait for the first results, and return the id of the measuring process."""
        await pilot.press("space")
        await until(pilot, lambda: lab.state.look.results)
        process = lab.state.measurement._child.pid
        assert alive(process)
        assert list(folders.iterdir()) != []
        return process

    async with app("graphs").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        assert lab._polling is None  # no timer while idle
        # Results are shown when they arrive, even while another program is shown.
        await pilot.press("space", "p")
        assert lab.state.look.program.name == "branch"
        assert "measuring smooth" in status(pilot)
        await until(pilot, lambda: lab.state._results.get(("smooth", "cpu")))
        assert lab.state.look.results == ()
        lab.use_preset("smooth")
        await until(pilot, lambda: "3,100" in screen_text(pilot.app))
        assert "seeing what the compiler sees" in screen_text(pilot.app)
        assert "space: give up" in status(pilot)
        await until(pilot, lambda: "space give up" in screen_text(pilot.app).splitlines()[-1])
        await pilot.press("space")
        await until(pilot, lambda: "given up · space: again" in status(pilot))
        assert lab._polling is None
        assert "3,100" in screen_text(pilot.app)  # existing results stay
        for key in ("space", "escape", "r"):
            process = await measured()
            await pilot.press(key)
            await until(pilot, lambda process=process: not alive(process))
            assert lab.is_attached
            assert list(folders.iterdir()) == []
        process = await measured()
        pilot.app.screen.action_back()
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await until(pilot, lambda: not alive(process))
        assert list(folders.iterdir()) == []
        await pilot.press("enter", "2")
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram | Challenges))
        process = await measured()
        await pilot.press("q")
    assert not alive(process)
    assert list(folders.iterdir()) == []


async def test_what_fails_says_why_and_can_be_measured_again(child: Path) -> None:
    async with app("graphs").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        child.write_text("raise SystemExit('the cat [sat] on the keys')")
        await pilot.press("space")
        await until(pilot, lambda: "the cat [sat] on the keys" in screen_text(pilot.app))
        child.write_text(sending(*QUICK, watch(find("smooth")), NO_COMPILER, ends=True))
        await pilot.press("space")
        for size in (NARROW, WIDE):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "Install one: apt." in screen_text(pilot.app))
            text = screen_text(pilot.app)
            assert "the cat" not in text
            assert "InductorError: No working C++ compiler" in text
            assert "3,100" in text
        await until(pilot, lambda: not lab.state.measuring)
        await pilot.press("w", "w")
        assert rows(lab)["compiled"].startswith("2 graphs")
        assert "could not be compiled here" in description(lab)

        def gone(*_: object, **__: object) -> None:
            raise OSError("unstartable")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(measuring.tempfile, "mkdtemp", gone)
            await pilot.press("space")
        await until(pilot, lambda: "unstartable" in screen_text(pilot.app))
        assert not lab.state.measuring
