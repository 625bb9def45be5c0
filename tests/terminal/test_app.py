"""The app as a person has it: the installed command, keys only, the screen read back."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size

from tests.course import WRITTEN
from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tui.terminal.resizing import message

SIZES = [(80, 22), (120, 40)]
LEFT_THE_SCREEN = b"\x1b[?1049l"


def number_after(word: str, text: str) -> float:
    """The number that stands behind the word on the screen."""
    found = re.search(rf"{re.escape(word)}\s+([−\d.]+)", text)
    assert found, f"no number behind {word!r} in\n{text}"
    return float(found[1].replace("−", "-"))


def epoch(text: str) -> int:
    found = re.search(r"epoch (\d+)/", text)
    return int(found[1]) if found else 0


def in_lab(terminal: Open, *arguments: str, **how: Any) -> Terminal:
    """The command in the lab of a lesson, ready to play."""
    app = terminal(*arguments, **how)
    app.until("1 Concept")
    app.send("2")
    app.until("ready")
    return app


def quit_app(terminal: Terminal) -> float:
    """Press q; the seconds until the process has ended, having left the terminal as it was."""
    began = time.monotonic()
    terminal.send("q")
    assert terminal.end() == 0
    seconds = time.monotonic() - began
    assert LEFT_THE_SCREEN in terminal.output
    assert terminal.left_on() == []
    return seconds


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_lesson_from_the_first_key_to_the_last(terminal: Open, columns: int, rows: int) -> None:
    app = terminal(columns=columns, rows=rows)
    app.until("The course")
    app.send("j" * WRITTEN.index("linear-regression") + "\r")
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "ŷ = w·x + b" in text and "ready" in text)

    app.send("s")
    app.until(lambda text: "paused" in text and epoch(text) == 1)
    app.send(" ")
    app.until(lambda text: epoch(text) > 20)
    early = number_after("L = mean((ŷ − y)²)", app.text)
    app.until(lambda text: epoch(text) > 60)
    assert number_after("L = mean((ŷ − y)²)", app.text) < early
    app.send(" ")
    app.until("paused")

    app.send("\x1b[C")  # one value up
    app.until(lambda text: re.search(r"learning rate\s+0\.02", text))
    held = epoch(app.text)
    app.send("s")
    app.until(lambda text: epoch(text) == held + 1)
    app.send("r")
    app.until(lambda text: "ready" in text and "epoch 0/" in text)
    app.send("c")
    app.until("engine/trainers/linear_regression.py")
    app.until("from torch import nn")
    app.send("\x1b")
    app.until("The course")
    quit_app(app)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_q_in_the_middle_of_a_training_ends_everything(
    terminal: Open, columns: int, rows: int
) -> None:
    app = in_lab(terminal, "parameters", columns=columns, rows=rows)
    app.send("]" * 12)
    app.until("full speed")
    app.send(" ")
    app.until(lambda text: epoch(text) > 100)
    group = app.process.pid
    quit_app(app)
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)  # no process of its group is left


def test_it_goes_with_its_terminal(terminal: Open) -> None:
    app = terminal("parameters")  # its session has no controlling terminal: nobody tells it
    app.until("1 Concept")
    app.send("2")
    app.until("ready")
    app.send(" ")
    app.until(lambda text: epoch(text) > 10)
    assert app.hang_up() == 128 + signal.SIGHUP


@pytest.mark.parametrize("lesson", ["gradient-by-hand", "parameters", "linear-regression"])
def test_a_rate_of_a_million_says_diverged_and_the_lab_lives_on(
    terminal: Open, lesson: str
) -> None:
    app = terminal(lesson)
    app.until("1 Concept")
    app.send("2")
    app.until("ready")
    app.send("\r")
    app.until("new learning rate:")
    app.send("1e6\r")
    app.until(lambda text: re.search(r"learning rate\s+1,?000,?000", text))
    app.send(" ")
    app.until(lambda text: "diverged" in text and "learning rate" in text)
    app.send("r")
    app.until("ready")
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)


def test_a_terminal_that_is_too_small_says_which_size_it_needs(terminal: Open) -> None:
    app = terminal(columns=40, rows=10)
    app.until(lambda text: "80×22" in text and "40×10" in text)
    app.resize(80, 22)
    app.until("The course")
    app.resize(60, 20)
    app.until("60×20")
    quit_app(app)


def test_made_smaller_in_the_middle_of_a_training_and_larger_again(terminal: Open) -> None:
    app = in_lab(terminal, "linear-regression")
    app.send(" ")
    app.until(lambda text: epoch(text) > 3)
    app.resize(40, 10)
    app.until("80×22")
    app.settle()  # the training goes on, and nothing of it is painted
    lines = [line.strip() for line in app.text.splitlines()]
    assert [line for line in lines if line] == message(Size(40, 10))
    app.resize(120, 40)
    app.until(lambda text: "Loss surface" in text and epoch(text) > 3)
    quit_app(app)


def test_progress_is_there_the_next_day(terminal: Open) -> None:
    first = terminal("parameters")
    first.until("1 Concept")
    first.send("\x1b")
    first.until(lambda text: "◐ Parameters" in text)
    quit_app(first)
    second = terminal()
    second.until(lambda text: "◐ Parameters" in text)
    quit_app(second)


def test_a_home_that_cannot_be_written_is_said_and_the_app_works(
    terminal: Open, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    app = terminal(
        "gradient-by-hand",
        DLTUI_STATE_DIR=str(in_the_way / "state"),
        DLTUI_CONFIG_DIR=str(in_the_way / "config"),
    )
    app.until("progress is not kept")
    app.send("t2")
    app.until("ready")
    app.send("s")
    app.until(lambda text: epoch(text) == 1)
    quit_app(app)


C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("variables", [C_LOCALE, {"PYTHONIOENCODING": "ascii"}])
def test_where_not_all_can_be_shown_it_is_said_and_each_cell_stays_in_its_column(
    terminal: Open, variables: dict[str, str]
) -> None:
    app = terminal(**variables)
    app.until("not UTF-8")
    app.settle()
    assert app.output.isascii()
    assert "\\u" not in app.text
    border = next(line for line in app.text.splitlines() if "The course" in line)
    assert border.startswith("?? The course ????????")
    assert re.match(r"\?\? The course \?{20}  \d+ min", border), "columns are where they belong"
    quit_app(app)


@pytest.mark.parametrize(
    "environment",
    [{"NO_COLOR": "1"}, {"TERM": "xterm"}, {"TERM": "screen"}, {"COLORTERM": "truecolor"}],
)
def test_any_number_of_colours_will_do(terminal: Open, environment: dict[str, str]) -> None:
    app = in_lab(terminal, "gradient-by-hand", **environment)
    app.send("ss")
    app.until(lambda text: "−7.8400" in text)
    quit_app(app)


def test_over_ssh_there_are_fewer_frames(terminal: Open) -> None:
    app = in_lab(terminal, "gradient-by-hand", SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22")
    app.send("ss")
    app.until(lambda text: "−7.8400" in text)
    quit_app(app)


def test_ctrl_c_is_no_accident_and_no_traceback(terminal: Open) -> None:
    app = terminal()
    app.until("The course")
    app.send("\x03")
    app.until("Press q to quit")
    os.kill(app.process.pid, signal.SIGTERM)
    app.end()
    assert b"Traceback" not in app.output


def test_help_shows_the_keys_of_the_lab(terminal: Open) -> None:
    app = in_lab(terminal, "linear-regression")
    app.send("?")
    app.until(lambda text: "Make one step" in text and "scroll · esc closes" in text)
    app.send("\x1b[6~")  # a page down
    app.until("logarithmic")
    app.send("\x1b")
    app.until(lambda text: "esc closes" not in text)
    quit_app(app)
