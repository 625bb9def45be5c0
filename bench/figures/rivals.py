"""Our steps against those of what people use today: Lightning, and a screen written naively."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, Target
from bench.figures.steps import watched
from bench.lab import Options
from bench.rivals.environment import ROOT, python
from bench.terminal import set_size

SLUG = "linear-regression"
RIVALS = {"lightning_progress": 8_000, "textual_plotext_screen": 60_000}
"""Each with the steps that it takes some seconds for."""
TARGET = Target(1.5, at_least=True)


def measure(options: Options) -> Iterator[Figure]:
    """How many times theirs our steps are, pair by pair."""
    try:
        executable = python()
    except RuntimeError as error:
        reason = str(error).splitlines()[-1]
        for rival in RIVALS:
            yield Figure(f"steps over {rival}", "×", TARGET, remark=f"no environment: {reason}")
        return
    for rival, steps in RIVALS.items():
        ratios = [
            watched(SLUG, options)[0] / speed(executable, rival, steps, options)
            for _ in range(options.rounds)
        ]
        yield Figure.median(f"steps over {rival}", "×", TARGET, ratios)


def speed(executable: Path, rival: str, steps: int, options: Options) -> float:
    """The rival's steps a second, in a terminal of its own."""
    with tempfile.NamedTemporaryFile("r") as out:
        command = [str(executable), "-m", f"bench.rivals.{rival}"]
        command += ["--steps", str(steps), "--device", options.device, "--out", out.name]
        master, slave = pty.openpty()
        set_size(slave, 120, 40)
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=environment
        )
        os.close(slave)
        _drain(master)
        process.wait()
        return float(json.loads(out.read())["steps_per_second"])


def _drain(master: int) -> None:
    """Read what it draws until it has ended."""
    try:
        while os.read(master, 65536):
            pass
    except OSError:
        pass
    finally:
        os.close(master)
