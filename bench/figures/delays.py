"""Delays: a key, the first screen, a lab, quitting, and a terminal on a slow connection."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import partial

from bench.figure import Figure, Target
from bench.lab import KEYS, Options, epoch, highlight, lab, measured_keys, opened, percentile
from bench.terminal import Line, Terminal
from lessons.catalog import entries


def measure_keys(options: Options) -> Iterator[Figure]:
    """Measure the response times to keys: the median and the 99th percentile."""
    with lab("linear-regression", options, epochs=10_000_000) as app:
        app.send(" ")
        time.sleep(1)
        took, remark = measured_keys(app, highlight)
    for share, bound in ((0.5, 15), (0.99, 40)):
        value = percentile(took, share) * 1000
        name = f"key to its change, p{share * 100:.0f} of {KEYS}"
        yield Figure(name, "ms", Target(bound), [each * 1000 for each in took], value, remark)


CONTENTS = 34
"""The width of the table of contents in columns."""
LESSON = re.compile(r"│ [○◐✓] (.*?) +(\d+/\d+)?[ │]*$")
"""The line of a lesson with its progress; the line of a chapter looks different."""
TRAINING = "Linear regression"
"""The lesson whose lab is opened."""


def measure_start(options: Options) -> Iterator[Figure]:
    """Measure starting and quitting times in seconds, the medians of several runs."""
    rounds = range(options.rounds)
    answers, pages = zip(*(first_screen() for _ in rounds), strict=True)
    yield Figure.median("first screen that answers a key", "s", Target(0.5), answers)
    yield Figure.median("and its page has followed", "s", None, pages)
    cold, warm = zip(*(labs(options) for _ in rounds), strict=True)
    yield Figure.median("lab to its first loss, torch not in", "s", Target(2.5), cold)
    yield Figure.median("lab to its first loss, torch in", "s", Target(0.3), warm)
    yield Figure.median("quit amid training", "s", Target(0.3), [leave(options) for _ in rounds])


def first_screen() -> tuple[float, float]:
    """Return the seconds until a key moves the highlight, and until the page follows."""
    first, second = titles()[:2]
    with opened() as app:
        app.until(partial(lit, app, first))
        app.send("j")
        answered = app.until(partial(lit, app, second))
        followed = app.until(lambda _: headed(app, second))
        return answered - app.started, followed - app.started


def lit(app: Terminal, title: str, _: object = None) -> bool:
    """Whether the line of that lesson in the table of contents is highlighted."""
    lines = [LESSON.match(line[:CONTENTS]) for line in app.screen.display]
    names = [line and line[1] for line in lines]
    if title not in names:
        return False
    # Compared with a line below the last lesson.
    row, plain = names.index(title), app.screen.lines // 2 + 5
    return bool(app.screen.buffer[row][4].bg != app.screen.buffer[plain][4].bg)


def titles() -> list[str]:
    """Return the titles of the lessons that can be opened, in order."""
    return [entry.title for entry in entries() if entry.written]


def headed(app: Terminal, title: str) -> bool:
    """Whether the page beside the table of contents begins with that title."""
    return any(title in app.screen.display[row][CONTENTS:] for row in range(6))


def labs(options: Options) -> tuple[float, float]:
    """Return the seconds from enter on a lesson to its first loss: after the start, and again."""
    here = titles().index(TRAINING)
    with opened("--device", options.device) as app:
        app.until("The course")
        for title in titles()[1 : here + 1]:
            go(app, "j", title)
        cold = to_first_loss(app)
        back(app)
        # Opening another lesson closes this one, which would otherwise keep its state.
        go(app, "k", titles()[here - 1])
        app.send("\r")
        app.until("1 Concept")
        back(app)
        go(app, "j", TRAINING)
        time.sleep(1)
        app.skip()
        return cold, to_first_loss(app)


def go(app: Terminal, key: str, title: str) -> None:
    """Move the highlight to a neighbouring lesson."""
    app.send(key)
    app.until(partial(lit, app, title))


def back(app: Terminal) -> None:
    """Leave the lesson."""
    app.send("\x1b")
    app.until("The course")


def to_first_loss(app: Terminal) -> float:
    """Open the lab and play at once; return the seconds until a loss is drawn."""
    pressed = app.send("\r")
    app.until("1 Concept")
    app.send("2")
    app.until("Controls")
    app.send(" ")
    return app.until(lambda text: re.search(r"─ Loss [\s\S]*loss \d", text)) - pressed


def leave(options: Options) -> float:
    """Return the seconds from `q` to the end of the process."""
    with lab("linear-regression", options, epochs=10_000_000) as app:
        app.send(" ")
        time.sleep(1)
        pressed = app.send("q")
        return app.wait() - pressed


LINE = Line(bytes_per_second=16_000, delay=0.15)
SLOW_KEYS = 20
PACE = 100
SIZES = {
    "80×24, over SSH": {"columns": 80, "rows": 24, "environment": {"SSH_CONNECTION": "1 2 3 4"}},
    "120×40, 10 frames asked for": {},
}


def measure_slow_line(options: Options) -> Iterator[Figure]:
    """Measure the delays on a slow line; its delay in both directions, 0.3 s, is included."""
    for name, how in SIZES.items():
        with lab(
            "parameters", options, epochs=1_000_000, full_speed=False, line=LINE, **how
        ) as app:
            app.send("[")
            app.until(f"· {PACE}/s")
            time.sleep(2)
            app.skip()
            took = [answer(app, number) for number in range(SLOW_KEYS)]
            ages = staleness(app)
        yield Figure.median(f"slow line, key to answer, {name}", "s", Target(0.6), took)
        yield Figure(f"slow line, age of the frame, {name}", "s", Target(1), ages, max(ages))


def answer(app: Terminal, number: int) -> float:
    """Move the highlight to the next control or back during the run; return the seconds."""
    if not number:
        app.send(" ")
        app.until(lambda text: epoch(text) > 20)
    before = highlight(app)
    pressed = app.send("jk"[number % 2])
    took = app.until(lambda _: highlight(app) != before) - pressed
    time.sleep(0.4)
    return took


def staleness(app: Terminal) -> list[float]:
    """Return by how many seconds the epoch on screen lags behind, at many moments.

    The run is restarted at a constant pace, so the clock gives the current epoch. Time by which the
    run falls behind its pace is included.
    """
    app.send("r")
    app.until(lambda text: "epoch 0/" in text)
    time.sleep(1)
    began = app.send(" ") + LINE.delay
    time.sleep(8)
    app.skip()
    ages = []
    until = time.perf_counter() + 6
    while time.perf_counter() < until:
        time.sleep(0.05)
        app.skip()
        ages.append(time.perf_counter() - began - epoch(app.text) / PACE)
    return ages
