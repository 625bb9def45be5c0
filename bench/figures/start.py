"""How soon things are there: the first screen, a lab, and the shell again after `q`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from bench.figure import Figure, Target
from bench.lab import Options, lab, opened
from bench.terminal import Terminal


def measure(options: Options) -> Iterator[Figure]:
    """Seconds, the median of several starts."""
    rounds = range(options.rounds)
    yield Figure.median("first screen", "s", Target(0.5), [first_screen() for _ in rounds])
    cold, warm = zip(*(labs(options) for _ in rounds), strict=True)
    yield Figure.median("lab to its first loss, torch not in", "s", Target(2.5), cold)
    yield Figure.median("lab to its first loss, torch in", "s", Target(0.3), warm)
    yield Figure.median("quit amid training", "s", Target(0.3), [leave(options) for _ in rounds])


def first_screen() -> float:
    """From the command to a browser that answers a key."""
    with opened() as app:
        app.until("The course")
        app.send("j")
        return app.until("nn.Parameter") - app.started  # it stands on the next lesson's page


def labs(options: Options) -> tuple[float, float]:
    """From enter on a lesson to its first loss drawn: right after the start, and once more."""
    with opened("--device", options.device) as app:
        app.until("The course")
        cold = to_first_loss(app)
        app.send("\x1b")
        app.until("The course")
        time.sleep(1)
        app.skip()
        return cold, to_first_loss(app)


def to_first_loss(app: Terminal) -> float:
    """Enter, the lab, play: as fast as somebody who knows the keys."""
    pressed = app.send("\r")
    app.until("1 Concept")
    app.send("2")
    app.until("Controls")
    app.send(" ")
    return app.until(lambda text: re.search(r"─ Loss [\s\S]*loss \d", text)) - pressed


def leave(options: Options) -> float:
    """From `q` to the end of the process."""
    with lab("linear-regression", options, epochs=10_000_000) as app:
        app.send(" ")
        time.sleep(1)
        pressed = app.send("q")
        return app.wait() - pressed
