"""Fixtures that run the command in this process or in a terminal, with their own folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.command import Main
from tests.terminal.preloaded import Preloaded
from tests.terminal.screen import COMMAND, Terminal

Open = Callable[..., Terminal]
WAYS_TO_START = {"program", "script", "folder"}
"""Options of a terminal; the others are environment variables."""


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    """Return environment variables for folders of the test."""
    return {
        f"DLTUI_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "STATE", "DATA")
    }


@pytest.fixture
def main(
    folders: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Main:
    for name, folder in folders.items():
        monkeypatch.setenv(name, folder)
    return Main(capsys)


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    with Preloaded() as process:
        yield process


@pytest.fixture
def terminal(folders: dict[str, str], preloaded: Preloaded, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens terminals, which are closed after the test.

    Only with a `program`, such as the installed `COMMAND`, Python itself is started.
    """
    with ExitStack() as stack:

        def open_terminal(
            *arguments: str, columns: int = 80, rows: int = 22, **options: Any
        ) -> Terminal:
            if any(name.startswith(("LANG", "LC_", "PYTHON")) for name in options):
                options.setdefault("program", (COMMAND,))  # Python reads them at its start
            how = {name: options.pop(name) for name in WAYS_TO_START & options.keys()}
            if "program" not in how:  # a key may write a file into the current folder
                how.setdefault("folder", tmp_path)
            terminal = Terminal(
                *arguments,
                columns=columns,
                rows=rows,
                environment={**folders, **options},
                preloaded=preloaded,
                **how,
            )
            return stack.enter_context(terminal)

        yield open_terminal


def in_lab(terminal: Open, *arguments: str, words: str = "ready", **how: Any) -> Terminal:
    """Open the lab of a lesson and wait for these words."""
    app = terminal(*arguments, **how)
    app.play(("", "1 Concept"), ("2", words))
    return app
