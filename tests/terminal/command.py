"""The command line as another program uses it: in this process, or installed, behind pipes."""

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
    """`dltui` in this process, with its output captured."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Its output and its errors, after it ended with that exit code."""
        self._capsys.readouterr()
        assert cli.main(list(words)) == code, (words, self._capsys.readouterr())
        return self._capsys.readouterr()

    def output(self, *words: str, code: int = 0) -> str:
        """Its output; it may print no error."""
        output, errors = self(*words, code=code)
        assert errors == "", words
        return output

    def events(self, *words: str, code: int = 0) -> list[Any]:
        """The objects that it prints with --json, one on each line."""
        lines = self(*words, "--json", code=code)[0].splitlines()
        return [json.loads(line, parse_constant=pytest.fail) for line in lines]

    def refused(self, *words: str) -> str:
        """The one line on stderr with which it refuses the words, before it printed anything."""
        output, errors = self(*words, code=2)
        assert (output, errors.count("\n")) == ("", 1), words
        line = errors.removesuffix("\n")
        assert line.isprintable(), words
        assert line.startswith("dltui: "), words
        return line

    def check_refused(self, table: list[tuple[list[str], str]], *before: str) -> None:
        """Each of the words in the table, after those before, is refused for its reason."""
        for words, reason in table:
            assert reason in self.refused(*before, *words), words


def start(*words: str, env: dict[str, str], **streams: Any) -> subprocess.Popen[str]:
    """Start the installed `dltui`; its output can be read line by line."""
    return subprocess.Popen(
        [COMMAND, *words],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=streams.get("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def dltui(*words: str, env: dict[str, str]) -> tuple[int, str, str]:
    """Run the installed `dltui` to its end: its exit code, its output and its errors."""
    process = start(*words, env=env)
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output, errors
