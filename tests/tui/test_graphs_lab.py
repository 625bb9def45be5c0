"""The lab of graphs: what each key shows, what is measured, and that nothing is left of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from engine.programs import measuring
from engine.programs.catalog import PROGRAMS, find
from engine.programs.compiled import watch
from engine.programs.lines import DONE, to_line
from engine.programs.sights import (
    Compiling,
    Failure,
    Problem,
    Result,
    Timing,
    Way,
)
from tests.processes import alive
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.labs.graphs import GraphsLab
from tui.progress import Progress
from tui.screens.home import HomeScreen
from tui.widgets.diagram import Diagram
from tui.widgets.program_source import ProgramSource
from tui.widgets.reading import Reading
from tui.widgets.status_bar import StatusBar
from tui.widgets.ways import Ways

SIZES = [(80, 22), (120, 40)]
LARGE = 1_000_000
QUICK = [
    Timing(Way.EAGER, 4, 10.0, 9.0, 12.0),
    Timing(Way.TRACED, 4, 12.0, 11.0, 14.0),
    Timing(Way.EAGER, LARGE, 3000.0, 2800.0, 3600.0),
    Timing(Way.TRACED, LARGE, 3100.0, 2900.0, 3500.0),
]
SLOW = [
    Compiling(4, 9.5, ("cpp_fused_exp_0",)),
    Timing(Way.COMPILED, 4, 19.0, 18.0, 20.0),
    Compiling(LARGE, 2.1, ("cpp_fused_exp_0",)),
    Timing(Way.COMPILED, LARGE, 500.0, 400.0, 600.0),
]
NO_COMPILER = Failure(
    Way.COMPILED, Problem("InductorError", "No working C++ compiler", "Install one: apt.")
)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the folders of measurements are made."""
    folder = tmp_path / "measurements"
    folder.mkdir()
    monkeypatch.setattr(measuring.tempfile, "tempdir", str(folder))
    return folder


class Child:
    """Stands in for the process that measures: brings these results, and then ends or waits."""

    def __init__(self, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._script = folders.with_name("child.py")
        monkeypatch.setattr(measuring, "COMMAND", (sys.executable, str(self._script)))

    def brings(self, *results: Result, ends: bool) -> None:
        lines = [to_line(result) for result in results] + [DONE] * ends
        text = "\n".join(lines) + "\n"
        self._script.write_text(
            f"import time; print({text!r}, end='', flush=True); time.sleep({0 if ends else 600})"
        )


@pytest.fixture
def child(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Child:
    return Child(folders, monkeypatch)


async def open_lab(pilot: Pilot[None]) -> GraphsLab:
    await until(pilot, lambda: pilot.app.screen.query(GraphsLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(GraphsLab)
    await until(pilot, lambda: lab.comparison is not None)
    await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
    return lab


async def go_to(pilot: Pilot[None], lab: GraphsLab, name: str) -> None:
    while lab.comparison.look.program.name != name:
        await pilot.press("p")


def rows(lab: GraphsLab) -> dict[str, str]:
    """The line of each way, by its name."""
    prompts = [str(option.prompt) for option in lab.query_one(Ways).options]
    return dict(prompt[2:].split(maxsplit=1) for prompt in prompts)


def shown(lab: GraphsLab, selector: str) -> str:
    return str(lab.query_one(selector, Static).render())


def source(lab: GraphsLab) -> dict[str, str]:
    """What stands before each line of the program."""
    lines = str(lab.query_one(ProgramSource).render()).splitlines()
    return {line[3:].strip(): line[:3].strip() for line in lines}


def state(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(StatusBar).text


@pytest.mark.parametrize("size", SIZES)
async def test_every_program_opens_with_both_inputs(size: tuple[int, int]) -> None:
    async with app("graphs").run_test(size=size) as pilot:
        lab = await open_lab(pilot)
        for program in PROGRAMS:
            await go_to(pilot, lab, program.name)
            for given in program.inputs:
                await until(pilot, lambda given=given: given.name in screen_text(pilot.app))
                text = screen_text(pilot.app)
                assert program.title in text
                assert "x = [" in text
                assert "Graph · eager" in text
                assert all(len(line) <= size[0] for line in text.splitlines())
                await pilot.press("i")
        await pilot.press("p")
        assert lab.comparison.look.program.name == "smooth"


async def test_the_answers_are_those_of_the_programs() -> None:
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "branch")
        # x = 0.5, 1, 1.5, 2: their sum is above 0, so x · 2; −x: below, so x − 1.
        assert rows(lab)["eager"].split("= ")[1] == "[1, 2, 3, 4]"
        await pilot.press("i")
        assert rows(lab)["eager"].split("= ")[1] == "[−1.5, −2, −2.5, −3]"
        assert "TraceError" in rows(lab)["traced"]
        await go_to(pilot, lab, "where")
        await pilot.press("i")
        assert rows(lab)["traced"].split("✓ ")[1] == "[−1.5, −2, −2.5, −3]"
        await go_to(pilot, lab, "centre")
        assert "✓" in rows(lab)["traced"]
        await pilot.press("i")
        # x − 0.5 in evaluation; what was traced takes away the mean, 1.25.
        assert rows(lab)["eager"].split("= ")[1] == "[0, 0.5, 1, 1.5]"
        assert rows(lab)["traced"].split("✗ ")[1] == "[−0.75, −0.25, 0.25, 0.75]  wrong"
        await pilot.press("w")
        assert "not a word about it" in shown(lab, "#what")


async def test_the_lines_that_ran_are_marked_for_each_way() -> None:
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "branch")
        ran = {"if x.sum() > 0:": "▸", "return x * 2": "▸", "return x - 1": ""}
        assert source(lab).items() >= ran.items()
        await pilot.press("i")
        assert source(lab)["return x * 2"] == ""
        assert source(lab)["return x - 1"] == "▸"
        await pilot.press("w")
        assert source(lab)["if x.sum() > 0:"] == "✗"
        await go_to(pilot, lab, "halve")
        await pilot.press("w", "w")
        # 8 / 2 / 2 / 2 = 1: three rounds, and a fourth look that ends it.
        assert source(lab)["while x.abs().max() > 1:"] == "4×"
        assert source(lab)["x = x / 2"] == "3×"


async def test_a_program_that_cannot_be_traced_shows_the_error_and_what_it_means() -> None:
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "branch")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.focused, Reading))
        text = " ".join(screen_text(pilot.app).split())
        assert "TraceError: symbolically traced variables cannot be used as inputs to" in text
        assert "a Proxy, which has a name but no numbers" in text
        await go_to(pilot, lab, "where")
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        assert "where(gt, mul, sub)" in lab.query_one(Diagram).text


async def test_an_input_that_the_traced_graph_refuses_shows_its_error() -> None:
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "loop")
        await pilot.press("i", "w")
        assert "AssertionError" in rows(lab)["traced"]
        assert "times has been specialized to have value 2" in shown(lab, "#what")
        text = " ".join(screen_text(pilot.app).split())
        assert "refuses another: trace once for each" in text  # to its last word


async def test_the_eager_graph_has_values_and_the_traced_one_has_none() -> None:
    async with app("graphs").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "branch")
        drawn = lab.query_one(Diagram).text
        assert "mul = x * 2" in drawn
        assert "True" in drawn
        await pilot.press("i")
        assert "sub = x - 1" in lab.query_one(Diagram).text
        assert "mul" not in lab.query_one(Diagram).text
        await go_to(pilot, lab, "where")
        await pilot.press("w")
        drawn = lab.query_one(Diagram).text
        assert "a Proxy" in drawn
        assert "True" not in drawn


@pytest.mark.parametrize("size", SIZES)
async def test_the_listing_has_the_words_of_fx_and_its_code(size: tuple[int, int]) -> None:
    async with app("graphs").run_test(size=size) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "centre")
        await pilot.press("w", "v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Reading))
        text = screen_text(pilot.app)
        for words in ("call_method", "Tensor.mean", "def forward(self", "return sub"):
            assert words in text
        await pilot.press("v")
        await until(pilot, lambda: not isinstance(pilot.app.focused, Reading))


async def test_rows_that_are_shown_tell_nobody_of_a_wish() -> None:
    # Two ways shown one right after the other once swung to and fro for ever.
    wishes: list[int] = []
    async with app("graphs").run_test(size=(80, 22), message_hook=_keep(wishes)) as pilot:
        lab = await open_lab(pilot)
        lab.action_way()
        lab.action_way()
        for _ in range(5):
            await pilot.pause()
        assert wishes == []
        assert lab.comparison.way is Way.COMPILED
        lab.query_one(Ways).focus()
        await pilot.press("up")
        await until(pilot, lambda: lab.comparison.way is Way.TRACED)
        assert set(wishes) == {1}  # that one is a wish


def _keep(wishes: list[int]) -> Callable[[Message], None]:
    """Write down which rows were wished for, whoever receives it."""

    def keep(message: Message) -> None:
        if isinstance(message, Ways.Gone):
            wishes.append(message.row)

    return keep


async def test_arrows_on_the_rows_choose_the_way() -> None:
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        lab.query_one(Ways).focus()
        await pilot.press("down")
        await until(pilot, lambda: lab.comparison.way is Way.TRACED)
        await pilot.press("w")
        await until(pilot, lambda: lab.comparison.way is Way.COMPILED)
        assert lab.query_one(Ways).highlighted == 2


@pytest.mark.parametrize("size", SIZES)
async def test_a_measurement_fills_the_bars_and_the_compiled_way(
    size: tuple[int, int], child: Child, folders: Path, own_folders: Path
) -> None:
    child.brings(*QUICK, watch(find("smooth")), *SLOW, ends=True)
    async with app("graphs").run_test(size=size) as pilot:
        lab = await open_lab(pilot)
        assert "space: measure" in state(pilot)
        await pilot.press("space")
        await until(pilot, lambda: not lab.comparison.measuring)
        await until(pilot, lambda: "earned back after" in screen_text(pilot.app))
        text = screen_text(pilot.app)
        assert "4 numbers · compiled 2.0× as slow" in text  # 18 against 9
        assert "1,000,000 numbers · compiled 7.0× as fast" in text  # 400 against 2,800
        assert "never earned back" in text
        assert "earned back after 880 calls" in text  # 2.1 s / (2,800 − 400) µs = 875
        assert "measured" in state(pilot)
        await pilot.press("w", "w")
        assert rows(lab)["compiled"].startswith("2 graphs")
        assert "guards hold: x: float32, cpu, 1-D" in " ".join(shown(lab, "#what").split())
        await pilot.press("i")
        assert "since a guard failed" in shown(lab, "#what")
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        assert lab._watching is None
        await pilot.press("r")
        assert "space" in rows(lab)["compiled"]
    assert list(folders.iterdir()) == []
    kept = Progress(own_folders / "state" / "progress.jsonl").of("graphs")
    assert kept.challenges == {"slower"}  # compiled again too, but for a length
    assert kept.finished


async def test_a_graph_break_is_drawn_with_python_between() -> None:
    async with app("graphs").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "branch")
        lab.comparison._results["branch", "cpu"] = (watch(find("branch")),)
        lab.comparison._renew()
        await pilot.press("w", "w")
        assert rows(lab)["compiled"].startswith("3 graphs + Python")
        drawn = lab.query_one(Diagram).text
        assert drawn.index("graph 1") >= 0
        assert all(words in drawn for words in ("graph 2", "graph 3", "Python", "decides"))
        assert "a graph break" in " ".join(shown(lab, "#what").split())
        await pilot.press("i")
        assert "lines that had not run before" in shown(lab, "#what")


async def test_each_result_is_shown_when_it_comes_and_nothing_is_looked_at_after(
    child: Child,
) -> None:
    child.brings(*QUICK, ends=False)
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        assert lab._watching is None  # at rest, no timer
        await pilot.press("space")
        await until(pilot, lambda: "3,100" in screen_text(pilot.app))
        assert "seeing what the compiler sees" in screen_text(pilot.app)
        assert "measuring smooth" in state(pilot)
        assert "space: give up" in state(pilot)
        assert "space give up" in screen_text(pilot.app).splitlines()[-1]
        await pilot.press("space")
        await until(pilot, lambda: "given up · space: again" in state(pilot))
        assert lab._watching is None
        assert "3,100" in screen_text(pilot.app)  # what has come stays


@pytest.mark.parametrize("way", ["space", "escape", "r", "back", "quit"])
async def test_giving_up_leaves_no_process_and_no_folder(
    way: str, child: Child, folders: Path
) -> None:
    child.brings(*QUICK, ends=False)
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space")
        await until(pilot, lambda: lab.comparison.look.results)
        process = lab.comparison._measuring._child.pid
        assert alive(process)
        assert list(folders.iterdir()) != []
        if way == "back":
            pilot.app.screen.action_back()
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        elif way == "quit":
            await pilot.press("q")
        else:
            await pilot.press(way)
            await until(pilot, lambda: not lab.comparison.measuring)
            assert lab.is_attached
        if way != "quit":
            await until(pilot, lambda: not alive(process))
    assert not alive(process)
    assert list(folders.iterdir()) == []


async def test_escape_goes_back_where_nothing_is_measured() -> None:
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        await open_lab(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_a_measurement_goes_on_while_another_program_is_looked_at(child: Child) -> None:
    child.brings(*QUICK, ends=False)
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space", "p")
        assert lab.comparison.look.program.name == "branch"
        assert "measuring smooth" in state(pilot)
        await until(pilot, lambda: lab.comparison._results.get(("smooth", "cpu")))
        assert lab.comparison.look.results == ()
        await go_to(pilot, lab, "smooth")
        assert len(lab.comparison.look.results) == 4


@pytest.mark.parametrize("size", SIZES)
async def test_without_a_compiler_the_reason_is_in_sight_and_the_rest_is_there(
    size: tuple[int, int], child: Child
) -> None:
    child.brings(*QUICK, watch(find("smooth")), NO_COMPILER, ends=True)
    async with app("graphs").run_test(size=size) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space")
        await until(pilot, lambda: "Install one: apt." in screen_text(pilot.app))
        text = screen_text(pilot.app)
        assert "InductorError: No working C++ compiler" in text
        assert "3,100" in text
        await pilot.press("w", "w")
        assert rows(lab)["compiled"].startswith("2 graphs")
        assert "could not be compiled here" in shown(lab, "#what")


async def test_a_measurement_that_breaks_down_is_told_and_can_be_made_again(child: Child) -> None:
    child._script.write_text("raise SystemExit('the cat [sat] on the keys')")
    async with app("graphs").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space")
        await until(pilot, lambda: "the cat [sat] on the keys" in screen_text(pilot.app))
        child.brings(*QUICK, watch(find("smooth")), *SLOW, ends=True)
        await pilot.press("space")
        await until(pilot, lambda: lab.comparison.look.measured and not lab.comparison.measuring)
        assert "the cat" not in screen_text(pilot.app)


async def test_a_real_measurement_brings_eager_and_traced_first(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    monkeypatch.setenv("CXX", os.devnull)  # no compiler: this takes seconds and not a minute
    async with app("graphs").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        await go_to(pilot, lab, "where")
        await pilot.press("space")
        await until(pilot, lambda: not lab.comparison.measuring)
        look = lab.comparison.look
        for way in (Way.EAGER, Way.TRACED):
            assert 0.1 < look.timing(way, 4).low < look.timing(way, LARGE).low
        assert look.compiled.graphs == 1
        assert look.failure(Way.COMPILED) is not None
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize("size", SIZES)
async def test_another_theme_before_pytorch_is_there(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    # There is no program to colour yet; the app once ended over it.
    monkeypatch.setattr(GraphsLab, "open", lambda *_: None)
    async with app("graphs").run_test(size=size) as pilot:
        await until(pilot, lambda: pilot.app.screen.query(GraphsLab))
        before = pilot.app.theme
        await pilot.press("2", *"wipvrd", "space", "t")
        assert pilot.app.theme != before
        await until(pilot, lambda: "starting PyTorch" in screen_text(pilot.app))
