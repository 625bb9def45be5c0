"""The learner's editor: which one, at which line, and where it opens."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size

from tui.terminal import editor
from tui.terminal.editor import NoEditor, open_editor

FILE = Path("/a folder/program.py")


class FakeApp:
    """An app of this size that makes room for an editor."""

    def __init__(self, columns: int = 200, rows: int = 50) -> None:
        self.size = Size(columns, rows)
        self.suspended = 0

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.suspended += 1
        yield


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record the commands that are started, without tmux, zellij or a chosen editor."""
    for name in ("TMUX", "ZELLIJ", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        commands.append(list(command))
        return subprocess.CompletedProcess(command, 3 if "fails" in command else 0)

    monkeypatch.setattr(editor.subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "missing" else f"/bin/{name}")
    return commands


def opened(app: FakeApp, line: int = 7) -> str:
    return open_editor(app, FILE, line)  # type: ignore[arg-type]


def test_the_editor_is_the_chosen_one_and_opens_at_the_line(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = FakeApp()
    opened(app)
    monkeypatch.setenv("EDITOR", "code --wait")
    opened(app)
    monkeypatch.setenv("VISUAL", "'/a b/vim' -n")
    opened(app)
    assert started == [
        ["nano", "+7", str(FILE)],
        ["code", "--wait", str(FILE)],  # does not know +LINE
        ["/a b/vim", "-n", "+7", str(FILE)],
    ]
    assert app.suspended == 3
    monkeypatch.setenv("VISUAL", "vim fails")
    assert opened(app) == "vim ended with exit code 3; enter edits here"


def test_an_editor_that_is_not_there_is_explained(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for value, words in (("missing", "EDITOR is 'missing'"), ("vi 'x", "EDITOR cannot be read")):
        monkeypatch.setenv("EDITOR", value)
        with pytest.raises(NoEditor, match=words):
            opened(FakeApp())
    monkeypatch.delenv("EDITOR")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NoEditor, match="set EDITOR"):
        opened(FakeApp())
    assert started == []


def test_a_pane_opens_only_where_the_app_keeps_room(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux,1,0")
    for columns, rows, split in ((200, 50, "-h"), (120, 50, "-v"), (120, 40, None)):
        app = FakeApp(columns, rows)
        opened(app)
        assert app.suspended == (split is None)
        command = started.pop()
        assert command[:3] == (["tmux", "split-window", split] if split else command[:3])
        assert command[-1] == ("nano +7 '/a folder/program.py'" if split else str(FILE))
    monkeypatch.delenv("TMUX")
    monkeypatch.setenv("ZELLIJ", "0")
    opened(FakeApp())
    assert started.pop()[:4] == ["zellij", "run", "--direction", "right"]


def test_without_an_answer_from_tmux_the_editor_opens_in_place(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/ended,1,0")
    run = editor.subprocess.run

    def fail(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        if command[0] == "tmux":
            raise subprocess.CalledProcessError(1, command)
        return run(command, **options)

    monkeypatch.setattr(editor.subprocess, "run", fail)
    app = FakeApp()
    assert opened(app) == ""
    assert app.suspended == 1
    assert started == [["nano", "+7", str(FILE)]]
