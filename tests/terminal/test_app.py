"""The installed app, used with keys in a terminal."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size

from tests.course import WRITTEN
from tests.strange_files import STRANGE
from tests.terminal.conftest import Open, in_lab
from tests.terminal.screen import COMMAND, LEFT, Terminal, epoch
from tui.terminal.resizing import message

SLOW = pytest.mark.slow


def number_after(word: str, text: str) -> float:
    found = re.search(rf"{re.escape(word)}\s+([−\d.]+)", text)
    assert found, f"no number behind {word!r} in\n{text}"
    return float(found[1].replace("−", "-"))


def test_a_lesson_from_the_first_key_to_the_last(terminal: Open) -> None:
    app = terminal()
    app.play(
        ("", "The course"),
        ("j" * WRITTEN.index("linear-regression") + "\r", "1 Concept"),
        ("2", "ŷ = w·x + b", "ready"),
        ("s", "paused", "epoch 1/"),
    )
    app.send(" ")
    app.until(lambda text: epoch(text) > 20)
    early = number_after("L = mean((ŷ − y)²)", app.text)
    app.until(lambda text: epoch(text) > 60)
    assert number_after("L = mean((ŷ − y)²)", app.text) < early
    app.play((" ", "paused"))
    app.send("\x1b[C")  # next higher value
    app.until(lambda text: re.search(r"learning rate\s+0\.02", text))
    held = epoch(app.text)
    app.send("s")
    app.until(lambda text: epoch(text) == held + 1)
    app.play(
        ("r", "ready", "epoch 0/"),
        ("?", "Make one step", "scroll · esc closes"),
        ("\x1b[6~", "logarithmic"),  # page down
        ("\x1b", "!esc closes"),
        ("c", "linear-regression.py", "from torch import nn", "--set learning_rate=0.02"),
        ("\t", "engine/trainers/linear_regression.py"),
        ("\x1b", "The course"),
    )
    app.quit()


def test_q_in_the_middle_of_a_training_and_the_end_of_its_terminal_end_everything(
    terminal: Open,
) -> None:
    for quits in (True, False):
        app = in_lab(terminal, "parameters")
        app.play(("]" * 12, "full speed"), (" ",))
        app.until(lambda text: epoch(text) > 100)
        if quits:
            app.quit()
        else:  # without a controlling terminal there is no SIGHUP
            assert app.hang_up() == 128 + signal.SIGHUP
        with pytest.raises(ProcessLookupError):
            os.killpg(app.process.pid, 0)  # no process of its group is left


def test_too_small_a_terminal_says_which_size_it_needs_and_ctrl_c_is_no_accident(
    terminal: Open,
) -> None:
    app = terminal(columns=40, rows=10)
    app.play(("", "80×22", "40×10"))
    app.resize(80, 22)
    app.play(("", "The course"), ("\x03", "Press q to quit"))
    app.resize(60, 20)
    app.until("60×20")
    app.quit()


def test_diverged_then_made_smaller_in_the_middle_of_a_training_and_larger_again(
    terminal: Open,
) -> None:
    app = in_lab(terminal, "linear-regression")
    app.play(("\r", "new learning rate:"))
    app.send("1e6\r")
    app.until(lambda text: re.search(r"learning rate\s+1,?000,?000", text))
    app.play((" ", "diverged", "learning rate"), ("r", "ready"), ("\r", "new learning rate:"))
    app.play(("0.01\r ", "playing"))
    app.until(lambda text: epoch(text) > 3)
    app.resize(40, 10)
    app.until("80×22")
    app.settle()  # training continues without painting
    lines = [line.strip() for line in app.text.splitlines()]
    assert [line for line in lines if line] == message(Size(40, 10))
    app.resize(120, 40)
    app.until(lambda text: "Loss surface" in text and epoch(text) > 3)
    app.quit()


def test_keys_that_come_before_pytorch_is_there_are_kept_and_so_is_the_progress(
    terminal: Open,
) -> None:
    installed = {"program": (COMMAND,)}
    app = terminal("--device", "cpu", columns=120, rows=40, **installed)
    app.until("The course")
    # The third control in the lab of parameters is the number of epochs.
    app.send("j" * WRITTEN.index("parameters") + "\r2jj\r\x01\x0b123\rss")
    app.until(lambda text: re.search(r"epoch 2/123\b", text))
    app.quit()
    app = terminal("linear-regression", "--device", "cpu")
    app.play(("", "1 Concept"), ("2sss", "epoch 3/1000"), ("\x1b", "◐ Parameters"))
    app.quit()


def test_a_home_that_cannot_be_written_is_said_and_the_app_works(
    terminal: Open, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "in-the-way")
    place = str(tmp_path / "in-the-way" / "state")
    app = terminal("gradient-by-hand", DLTUI_STATE_DIR=place, DLTUI_CONFIG_DIR=place)
    app.play(("", "progress is not kept"), ("t2", "ready"), ("s", "epoch 1/"))
    app.quit()
    after = app.output.rpartition(LEFT)[2].decode()
    assert "dltui: progress is not kept: Not a directory" in after


def test_what_lies_in_the_place_of_its_files_does_not_stop_it(
    terminal: Open, tmp_path: Path
) -> None:
    for number, make in enumerate(STRANGE.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        files = ("progress.jsonl", "settings.json")
        for file in files:
            make(folder / file)
        app = terminal(rows=40, DLTUI_STATE_DIR=str(folder), DLTUI_CONFIG_DIR=str(folder))
        app.play(("", "renamed", "The course"))
        app.quit()
        assert all(os.path.lexists(folder / f"{file}.bak") for file in files)


C_LOCALE = {"LANG": "C", "LC_ALL": "C"}
NO_UTF8 = {**C_LOCALE, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_where_not_all_can_be_shown_it_is_said_and_each_cell_stays_in_its_column(
    terminal: Open,
) -> None:
    for variables in (NO_UTF8, {"PYTHONIOENCODING": "ascii"}):
        app = terminal(**variables)
        app.until("not UTF-8")
        app.settle()
        assert app.output.isascii()
        assert "\\u" not in app.text
        border = next(line for line in app.text.splitlines() if "The course" in line)
        assert border.startswith("?? The course ????????")
        assert re.match(r"\?\? The course \?{20}  \d+ min", border), "columns are where they belong"
        app.quit()
    app = terminal(rows=40, **C_LOCALE)
    screen = app.until("export LC_ALL=")
    name, _, value = screen.partition("export ")[2].split()[0].partition("=")
    app.quit()
    app = terminal(rows=40, **{**C_LOCALE, name: value})  # after following the advice
    app.until("The course")
    app.settle()
    assert "UTF-8" not in app.text


SSH = "192.0.2.1 1 192.0.2.2 22"
ENVIRONMENTS = [{"TERM": "xterm"}, {"TERM": "screen"}, {"COLORTERM": "truecolor"}]


def test_any_number_of_colours_will_do_and_over_ssh_too(terminal: Open) -> None:
    for environment in ({"NO_COLOR": "1", "SSH_CONNECTION": SSH}, *ENVIRONMENTS):
        app = in_lab(terminal, "gradient-by-hand", **environment)
        app.play(("ss", "−7.8400"))
        app.quit()


def test_a_device_that_is_not_there_is_said_with_the_reason(terminal: Open) -> None:
    app = terminal("linear-regression", "--device", " CUDA:77", rows=40)
    unwrapped = lambda text: " ".join(text.replace("▌", "").split())  # noqa: E731  # over some lines
    app.until(lambda text: re.search("no device 'cuda:77' here: .*; dltui doctor", unwrapped(text)))
    app.play(("2", "ready"))  # uses the CPU instead


# Cells painted directly must equal those of a complete redraw.


def cells(terminal: Terminal) -> list[list[Any]]:
    """Return every character with its colours."""
    screen = terminal.screen
    return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]


def check_drawn_anew(app: Terminal) -> None:
    """Pause, then cover and uncover the lab, so that Textual redraws all of it."""
    app.play((" ", "paused"))
    app.settle()
    painted = cells(app)
    app.play(("?", "Keys"), ("\x1b", "paused", "!Keys"))
    app.settle()
    assert cells(app) == painted


@SLOW
def test_the_lab_after_many_frames_is_the_lab_drawn_anew(terminal: Open) -> None:
    for slug, columns, rows, colours in (
        ("parameters", 80, 22, {"NO_COLOR": "1"}),
        ("linear-regression", 80, 22, {"COLORTERM": "", "TERM": "xterm"}),
        ("linear-regression", 120, 40, {}),
    ):
        app = in_lab(terminal, slug, "--device", "cpu", columns=columns, rows=rows, **colours)
        app.send("]]]] ")
        app.until(lambda text: epoch(text) >= 15)
        check_drawn_anew(app)
        app.quit()


@SLOW
def test_frames_go_on_around_a_notice_and_fill_the_gap_after_it(terminal: Open) -> None:
    app = in_lab(terminal, "parameters", "--device", "cpu", columns=120, rows=40)
    app.send(" ")
    app.until(lambda text: epoch(text) >= 10)
    notice = "dltui run parameters"
    app.play(("y", notice))
    seen = epoch(app.text)
    app.until(lambda text: epoch(text) > seen + 20)
    assert notice in app.text
    app.play(("", f"!{notice}"))
    check_drawn_anew(app)
