"""How soon things are there: the first screen, a lab, and the shell again after `q`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import partial

from bench.figure import Figure, Target
from bench.lab import Options, lab, opened
from bench.terminal import Terminal
from lessons.catalog import entries

CONTENTS = 34
"""The columns of the table of contents."""
LESSON = re.compile(r"│ [○◐✓] (.*?) +(\d+/\d+)?[ │]*$")
"""The line of a lesson, with what is done of it; that of a chapter with the same title is other."""
TRAINING = "Linear regression"
"""The lesson whose lab is opened."""


def measure(options: Options) -> Iterator[Figure]:
    """Seconds, the median of several starts."""
    rounds = range(options.rounds)
    answers, pages = zip(*(first_screen() for _ in rounds), strict=True)
    yield Figure.median("first screen that answers a key", "s", Target(0.5), answers)
    yield Figure.median("and its page has followed", "s", None, pages)
    cold, warm = zip(*(labs(options) for _ in rounds), strict=True)
    yield Figure.median("lab to its first loss, torch not in", "s", Target(2.5), cold)
    yield Figure.median("lab to its first loss, torch in", "s", Target(0.3), warm)
    yield Figure.median("quit amid training", "s", Target(0.3), [leave(options) for _ in rounds])


def first_screen() -> tuple[float, float]:
    """From the command until a key has moved the highlight, and until the page has followed."""
    first, second = titles()[:2]
    with opened() as app:
        app.until(partial(lit, app, first))
        app.send("j")
        answered = app.until(partial(lit, app, second))
        followed = app.until(lambda _: headed(app, second))
        return answered - app.started, followed - app.started


def lit(app: Terminal, title: str, _: object = None) -> bool:
    """Whether the line of that lesson, in the table of contents, is lit."""
    lines = [LESSON.match(line[:CONTENTS]) for line in app.screen.display]
    names = [line and line[1] for line in lines]
    if title not in names:
        return False
    # What it is compared with lies below the last lesson.
    row, plain = names.index(title), app.screen.lines // 2 + 5
    return bool(app.screen.buffer[row][4].bg != app.screen.buffer[plain][4].bg)


def titles() -> list[str]:
    """The lessons that can be opened, in order."""
    return [entry.title for entry in entries() if entry.written]


def headed(app: Terminal, title: str) -> bool:
    """Whether the page beside the table of contents begins with that title."""
    return any(title in app.screen.display[row][CONTENTS:] for row in range(6))


def labs(options: Options) -> tuple[float, float]:
    """From enter on a lesson to its first loss drawn: right after the start, and once more."""
    here = titles().index(TRAINING)
    with opened("--device", options.device) as app:
        app.until("The course")
        for title in titles()[1 : here + 1]:
            go(app, "j", title)
        cold = to_first_loss(app)
        back(app)
        # Another lesson closes this one, which would else be there as it was left.
        go(app, "k", titles()[here - 1])
        app.send("\r")
        app.until("1 Concept")
        back(app)
        go(app, "j", TRAINING)
        time.sleep(1)
        app.skip()
        return cold, to_first_loss(app)


def go(app: Terminal, key: str, title: str) -> None:
    """Move the highlight to the lesson next to the one that has it."""
    app.send(key)
    app.until(partial(lit, app, title))


def back(app: Terminal) -> None:
    """Leave the lesson."""
    app.send("\x1b")
    app.until("The course")


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
