"""Our steps against those of what people use today: Lightning, and a screen written naively."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure, Target
from bench.figures.steps import watched
from bench.lab import Options
from bench.rivals.environment import python
from bench.terminal import Terminal

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
    """The rival's steps a second, in a terminal like ours."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        what = ["-m", f"bench.rivals.{rival}", "--steps", str(steps)]
        how = ["--device", options.device, "--out", str(out)]
        with Terminal(*what, *how, folder=Path(folder), command=executable) as terminal:
            terminal.wait()
        return float(json.loads(out.read_text())["steps_per_second"])
