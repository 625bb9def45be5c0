"""The lab of graphs in a real terminal: keys only, the screen read back, nothing left running."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.processes import alive
from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tests.terminal.test_app import quit_app

SIZES = [(80, 22), (120, 40)]
PROC = Path("/proc")
needs_proc = pytest.mark.skipif(not (PROC / "self/task").exists(), reason="reads /proc")


def open_lab(terminal: Open, columns: int, rows: int, **environment: str) -> Terminal:
    app = terminal("graphs", columns=columns, rows=rows, **environment)
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "space: measure" in text and "8 operations ran" in text)
    return app


def rows(text: str) -> dict[str, str]:
    """What each way saw and answers, by its name; and which of them is looked at."""
    found = re.findall(r"^\W* (▶| ) (eager|traced|compiled) +(.*?)[ │]*$", text, re.MULTILINE)
    ways = {way: " ".join(told.split()) for _, way, told in found}
    return ways | {"way": next((way for sign, way, _ in found if sign == "▶"), "")}


def saw(app: Terminal, way: str, words: str) -> None:
    """Wait until the row of this way says so."""
    app.until(lambda text: words in rows(text).get(way, ""))


def go_to(app: Terminal, program: str) -> None:
    app.send("p")
    app.until(lambda text: f" {program} · " in text.splitlines()[0])


@pytest.mark.parametrize(("columns", "rows_"), SIZES)
def test_every_program_on_its_inputs_three_ways(terminal: Open, columns: int, rows_: int) -> None:
    app = open_lab(terminal, columns, rows_)
    app.until("neg = -x")
    app.send("i")
    app.until("input: six numbers")

    go_to(app, "branch")  # x = 0.5, 1, 1.5, 2: a sum above 0, so x · 2
    saw(app, "eager", "= [1, 2, 3, 4]")
    saw(app, "traced", "✗ TraceError")
    app.send("i")  # the same numbers below 0: x − 1
    saw(app, "eager", "= [−1.5, −2, −2.5, −3]")
    app.send("w")
    app.until("symbolically traced variables cannot be used as inputs")
    assert re.search(r"✗ +if x.sum\(\) > 0", app.text)  # the line at which tracing ended

    go_to(app, "where")
    saw(app, "traced", "✓ [1, 2, 3, 4]")
    app.send("i")
    saw(app, "traced", "✓ [−1.5, −2, −2.5, −3]")
    app.send("v")
    app.until("call_function")

    go_to(app, "loop")
    app.send("i")
    app.until("times = 3")
    saw(app, "traced", "✗ ")  # frozen at two rounds: it refuses three, and says so

    go_to(app, "centre")
    saw(app, "traced", "✓ [−0.75, −0.25, 0.25, 0.75]")  # x − 1.25
    app.send("i")  # after eval() it is x − 0.5, which the traced graph does not know
    saw(app, "eager", "= [0, 0.5, 1, 1.5]")
    saw(app, "traced", "✗ [−0.75, −0.25, 0.25, 0.75] wrong")
    app.until("not a word about it")

    go_to(app, "halve")
    saw(app, "eager", "= [0.25, 0.5, 0.75, 1]")  # 2, 4, 6, 8 halved three times
    app.send("w")
    app.until("Not compiled yet")
    app.send("w")
    app.until(lambda text: rows(text)["way"] == "eager")
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)


def descendants(process: int) -> set[int]:
    """The processes that this one has started, and those that they have."""
    found = set()
    for task in (PROC / str(process) / "task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found


@needs_proc
@pytest.mark.parametrize(
    ("columns", "rows_", "stage"),
    [(80, 22, "in a process of its own"), (120, 40, "seeing what the compiler sees")],
)
def test_q_in_the_middle_of_a_measurement_leaves_nothing(
    terminal: Open, tmp_path: Path, columns: int, rows_: int, stage: str
) -> None:
    folder = tmp_path / "compilers"
    folder.mkdir()
    app = open_lab(terminal, columns, rows_, TMPDIR=str(folder))
    app.send("ww ")
    app.until("measuring smooth")
    if columns == 80:
        app.send("v")  # from the costs back to the graph
    saw(app, "compiled", stage)
    started = descendants(app.process.pid)
    assert started
    assert list(folder.glob("dltui-compile-*"))
    quit_app(app)
    assert [process for process in started if alive(process)] == []
    assert list(folder.glob("dltui-compile-*")) == []


@needs_proc
def test_giving_up_and_another_size_in_the_middle_of_a_measurement(terminal: Open) -> None:
    app = open_lab(terminal, 80, 22, NO_COLOR="1")
    app.send(" ")
    app.until("measuring smooth")
    app.resize(60, 20)
    app.until("60×20")
    app.resize(120, 40)
    app.until(lambda text: "measuring smooth" in text and "Challenges" in text)
    go_to(app, "branch")  # a measurement goes on while another program is looked at
    app.until("measuring smooth")
    app.send("\x1b")
    app.until(lambda text: "measuring" not in text.splitlines()[-2])
    assert descendants(app.process.pid) == set()
    app.send("\x1b")
    app.until("The course")
    quit_app(app)
