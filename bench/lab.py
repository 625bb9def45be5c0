"""The lab of a lesson, operated by key presses."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.bare import GOES_ON
from bench.terminal import Terminal

EPOCH = re.compile(r"epoch ([\d.]+)(k|M|)/")
PROMPT = re.compile(r"(?:new |\b(?=your CSV))([\w ]+): ")
"""The line in which a value is typed, and the label of its control."""
FACTORS = {"": 1, "k": 1_000, "M": 1_000_000}
KEYS = 200
"""The number of keys that are measured."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    device: str = "cpu"
    rounds: int = 5
    seconds: float = 5.0
    """The duration of each measurement."""


@contextmanager
def opened(*arguments: str, **how: Any) -> Iterator[Terminal]:
    """Start `dltui` in a terminal with temporary folders."""
    with TemporaryDirectory() as folder, Terminal(*arguments, folder=Path(folder), **how) as app:
        yield app


@contextmanager
def lab(
    slug: str, options: Options, epochs: int | None = None, full_speed: bool = True, **how: Any
) -> Iterator[Terminal]:
    """Open the lab of a lesson, ready to play."""
    with opened(slug, "--device", options.device, **how) as app:
        app.until("1 Concept")
        app.send("2")
        app.until("ready")
        if epochs is not None:
            set_control(app, "epochs", str(epochs))
            if slug in GOES_ON:
                name, value = GOES_ON[slug]
                set_control(app, name.replace("_", " "), f"{value:g}")
        if full_speed:
            app.send("]" * 12)
            app.until("full speed")
        yield app


def set_control(app: Terminal, label: str, value: str) -> None:
    """Type a value for the control with that label."""
    for _ in range(30):
        app.send("\r")
        app.until(PROMPT.search)
        found = PROMPT.search(app.text)
        if found and found[1] == label:
            app.send(f"{value}\r")
            app.until(lambda text: not PROMPT.search(text) and value in text)
            return
        app.send("\x1b")
        app.until(lambda text: not PROMPT.search(text))
        app.send("j")
        time.sleep(0.1)  # enter must be processed before the next key
    raise LookupError(f"no control {label!r} in\n{app.text}")


def epoch(text: str) -> int:
    """Return the epoch in the first line."""
    found = EPOCH.search(text)
    return round(float(found[1]) * FACTORS[found[2]]) if found else 0


def highlight(app: Terminal) -> tuple[str, ...]:
    """Return the background colours of the controls, which show the highlighted one."""
    lines = enumerate(app.screen.display)
    rows = [row for row, line in lines if re.search("learning rate|momentum|epochs  ", line)]
    return tuple(app.screen.buffer[row][app.screen.columns - 20].bg for row in rows)


def epochs(app: Terminal) -> list[tuple[float, int]]:
    """Return the time at which each epoch appeared in the output not processed yet."""
    seen: list[tuple[float, int]] = []
    for at in app.looks():
        now = epoch(app.text)
        if now and (not seen or seen[-1][1] != now):
            seen.append((at, now))
    return seen


def measured_keys(
    app: Terminal, highlight: Callable[[Terminal], tuple[object, ...]]
) -> tuple[list[float], str]:
    """Press j and k in turn; return the sorted response times, and a remark on missing answers.

    A key is answered when the highlight has changed; an empty one is only partly painted.
    """
    app.skip()
    before = highlight(app)
    pressed = []
    for number in range(KEYS):
        pressed.append(app.send("jk"[number % 2]))
        time.sleep(random.uniform(0.06, 0.16))
    time.sleep(0.5)
    took = sorted(_answers(app, pressed, highlight, before))
    return took, "" if len(took) == KEYS else f"{KEYS - len(took)} keys had no answer"


def _answers(
    app: Terminal,
    pressed: list[float],
    highlight: Callable[[Terminal], tuple[object, ...]],
    before: tuple[object, ...],
) -> Iterator[float]:
    """Yield the response time of each key."""
    waiting = iter(pressed)
    at = next(waiting)
    for now in app.looks():
        after = highlight(app)
        if after and after != before:
            before = after
            yield now - at
            at = next(waiting, now)


def percentile(took: list[float], share: float) -> float:
    """Return the value below which this share of the sorted values lies."""
    return took[min(round(share * len(took)), len(took) - 1)]
