"""The command in this process or in a terminal, away from the learner's own folders."""

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
    """Folders of the test's own, by the variables that name them."""
    return {
        f"DLTUI_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "STATE", "DATA")
    }


@pytest.fixture
def main(
    folders: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Main:
    """`dltui` in this process."""
    for name, folder in folders.items():
        monkeypatch.setenv(name, folder)
    return Main(capsys)


@pytest.fixture
def terminal(folders: dict[str, str]) -> Iterator[Open]:
    """Open terminals; each is closed, and its process ended, after the test."""
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
    """The command in the lab of a lesson, once these words are there."""
    app = terminal(*arguments, **how)
    app.play(("", "1 Concept"), ("2", words))
    return app
