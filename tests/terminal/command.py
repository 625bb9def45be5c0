"""The installed command as another program starts it: no terminal, only pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("dltui")
PATIENCE = 600


def start(*words: str, env: dict[str, str], **streams: Any) -> subprocess.Popen[str]:
    """Start `dltui`; its output can be read line by line."""
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
    """Run `dltui` to its end: its exit code, its output and its errors."""
    process = start(*words, env=env)
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output, errors
