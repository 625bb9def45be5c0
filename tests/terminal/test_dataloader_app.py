"""The lab of the loader in a real terminal: the belt, a table of one's own, workers, the timing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.processes import alive
from tests.terminal.conftest import Open
from tests.terminal.test_app import epoch, quit_app
from tests.terminal.test_run_dataloader import workers_of

SIZES = [(80, 22), (120, 40)]


def side(text: str) -> str:
    """What stands in the panels on the right, whose lines break according to the width."""
    lines = text.splitlines()
    left = lines[1].index("Controls")
    return " ".join(" ".join(line[left:].strip("│ ") for line in lines).split())


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_learner_trains_on_a_table_of_her_own(
    terminal: Open, columns: int, rows: int, tmp_path: Path
) -> None:
    lines = [f"{i % 7},{i % 5},{('no', 'yes')[i % 7 > 3]}" for i in range(80)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,kind", *lines]))
    app = terminal("dataloader", columns=columns, rows=rows)
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "427 samples, 14 batches" in text and "ready" in text)
    app.send("s")
    app.until(lambda text: "batch 1 of 14" in text and "█" in text)

    app.send("\x1b[B" * 4)  # down to the file
    app.settle()
    app.send("\r")
    app.until("your CSV:")
    app.send(f"{tmp_path}/mine.cs\r")
    app.until(lambda text: "no such file" in side(text))
    app.send("v\r")
    app.until("60 samples, 2 batches")
    app.send(" ")
    app.until(lambda text: epoch(text) >= 2)
    app.send("v")
    app.until(lambda text: "Train and validation" in text and "epochs" in text)
    app.send("vv")
    app.until(lambda text: re.search(r"yes.*✓|✓.*yes", text.replace("\n", " ")))
    app.send("c")
    app.until("engine/trainers/dataloader.py")
    quit_app(app)


def test_q_while_workers_start_ends_at_once_and_leaves_none(terminal: Open) -> None:
    app = terminal("dataloader", columns=80, rows=22)
    app.until("1 Concept")
    app.send("2")
    app.until("14 batches")
    app.send("pppppp")
    app.until("workers ·")
    app.send(" ")
    app.until("the workers are starting")
    family = workers_of(app.process.pid)
    assert len(family) >= 2
    assert quit_app(app) < 3
    assert not any(map(alive, family))


def test_m_times_the_loader_and_q_ends_it(terminal: Open) -> None:
    app = terminal("dataloader", columns=80, rows=22)
    app.until("1 Concept")
    app.send("2")
    app.until("14 batches")
    app.send("m")
    app.until("measuring: 0 of 16")
    app.until(lambda text: re.search(r"0 workers +[\d,]+ ", text) is not None)
    quit_app(app)
