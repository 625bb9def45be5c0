"""The lab of graphs in a real terminal: keys only, the screen read back, nothing left running."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes import alive
from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tests.terminal.test_app import quit_app

PROC = Path("/proc")
needs_proc = pytest.mark.skipif(not (PROC / "self/task").exists(), reason="reads /proc")


def open_lab(terminal: Open, columns: int, rows: int, **environment: str) -> Terminal:
    app = terminal("graphs", columns=columns, rows=rows, **environment)
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "space: measure" in text and "8 operations ran" in text)
    app.until("neg = -x")
    return app


def go_to(app: Terminal, program: str) -> None:
    app.send("p")
    app.until(lambda text: f" {program} · " in text.splitlines()[0])


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
    app.until(stage)
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
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)
