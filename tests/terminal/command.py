"""Runs `dltui` in this process, or as the installed command with pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tui import cli

COMMAND = Path(sys.executable).with_name("dltui")
PATIENCE = 600


class Main:
    """Runs `dltui` in this process and captures its output."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run it, check the exit code, and return its output and errors."""
        self._capsys.readouterr()
        assert cli.main(list(words)) == code, (words, self._capsys.readouterr())
        return self._capsys.readouterr()

    def output(self, *words: str, code: int = 0) -> str:
        """Run it without errors and return its output."""
        output, errors = self(*words, code=code)
        assert errors == "", words
        return output

    def events(self, *words: str, code: int = 0) -> list[Any]:
        """Run it and return the JSON objects that it prints, one per line."""
        lines = self(*words, "--json", code=code)[0].splitlines()
        return [json.loads(line, parse_constant=pytest.fail) for line in lines]

    def refused(self, *words: str) -> str:
        """Return the single line on stderr that refuses the words; nothing else is printed."""
        output, errors = self(*words, code=2)
        assert (output, errors.count("\n")) == ("", 1), words
        line = errors.removesuffix("\n")
        assert line.isprintable(), words
        assert line.startswith("dltui: "), words
        return line

    def check_refused(self, table: list[tuple[list[str], str]], *before: str) -> None:
        """Check that each command in the table is refused with its reason."""
        for words, reason in table:
            assert reason in self.refused(*before, *words), words


def start(*words: str, env: dict[str, str], **streams: Any) -> subprocess.Popen[str]:
    """Start the installed `dltui` with line-buffered output."""
    return subprocess.Popen(
        [COMMAND, *words],
        env={**os.environ, **env},
        cwd=streams.get("cwd"),
        stdin=subprocess.DEVNULL,
        stdout=streams.get("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def dltui(*words: str, env: dict[str, str], cwd: Path | None = None) -> tuple[int, str, str]:
    """Run the installed `dltui`; return exit code, output and errors."""
    process = start(*words, env=env, cwd=cwd)
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output, errors
