"""Fixtures that run the command in this process or in a terminal, with their own folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.command import Main
from tests.terminal.screen import COMMAND, Terminal

Open = Callable[..., Terminal]


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


@pytest.fixture
def terminal(folders: dict[str, str]) -> Iterator[Open]:
    """Return a function that opens terminals, which are closed after the test."""
    with ExitStack() as stack:

        def open_terminal(
            *arguments: str,
            columns: int = 80,
            rows: int = 22,
            program: Sequence[str | Path] = (COMMAND,),
            folder: Path | None = None,
            **env: str,
        ) -> Terminal:
            return stack.enter_context(
                Terminal(
                    *arguments,
                    columns=columns,
                    rows=rows,
                    environment={**folders, **env},
                    program=program,
                    folder=folder,
                )
            )

        yield open_terminal


def in_lab(terminal: Open, *arguments: str, words: str = "ready", **how: Any) -> Terminal:
    """Open the lab of a lesson and wait for these words."""
    app = terminal(*arguments, **how)
    app.play(("", "1 Concept"), ("2", words))
    return app
