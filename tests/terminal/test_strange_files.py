"""The installed command where its own files, its locale or its device are not what it needs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strange_files import STRANGE
from tests.terminal.conftest import Open


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE.keys())
def test_what_lies_in_the_place_of_its_files_does_not_stop_it(
    make: Callable[[Path], None], terminal: Open, folders: dict[str, str]
) -> None:
    for name, file in (("STATE", "progress.jsonl"), ("CONFIG", "settings.json")):
        folder = Path(folders[f"DLTUI_{name}_DIR"])
        folder.mkdir()
        make(folder / file)
    app = terminal(rows=40)
    app.until(lambda text: "renamed" in text and "The course" in text)
    app.send("q")
    assert app.end() == 0
    assert os.path.lexists(Path(folders["DLTUI_STATE_DIR"]) / "progress.jsonl.bak")
    assert os.path.lexists(Path(folders["DLTUI_CONFIG_DIR"]) / "settings.json.bak")


def test_what_cannot_be_kept_is_said_when_it_ends(terminal: Open, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in-the-way")
    app = terminal("gradient-by-hand", DLTUI_STATE_DIR=str(tmp_path / "in-the-way" / "state"))
    app.until("progress is not kept")
    app.send("q")
    assert app.end() == 0
    after = app.output.rpartition(b"\x1b[?1049l")[2].decode()
    assert "dltui: progress is not kept: Not a directory" in after


def test_the_advice_about_the_locale_helps(terminal: Open) -> None:
    environment = {"LANG": "C", "LC_ALL": "C"}
    app = terminal(rows=40, **environment)
    screen = app.until(lambda text: "export LC_ALL=" in text)
    name, _, value = screen.partition("export ")[2].split()[0].partition("=")
    app.send("q")
    app.end()
    app = terminal(rows=40, **{**environment, name: value})
    app.until("The course")
    app.settle()
    assert "UTF-8" not in app.text


def test_a_device_that_is_not_there_is_said_with_the_reason(terminal: Open) -> None:
    app = terminal("linear-regression", "--device", " CUDA:77", rows=40)
    told = lambda text: " ".join(text.replace("▌", "").split())  # noqa: E731  # over some lines
    app.until(lambda text: re.search("no device 'cuda:77' here: .*; dltui doctor", told(text)))
    app.send("2")
    app.until("ready")  # on the CPU, which takes its place
