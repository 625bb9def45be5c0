"""A terminal at the end of a slow line: how soon a key is answered, how old the frames are."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figure import Figure, Target
from bench.lab import Options, epoch, highlight, lab
from bench.terminal import Line, Terminal

LINE = Line(bytes_per_second=16_000, delay=0.15)
KEYS = 20
PACE = 100
SIZES = {
    "80×24, over SSH": {"columns": 80, "rows": 24, "environment": {"SSH_CONNECTION": "1 2 3 4"}},
    "120×40, 10 frames asked for": {},
}


def measure(options: Options) -> Iterator[Figure]:
    """Seconds; the line's own delay there and back, 0.3 s, is in them."""
    for name, how in SIZES.items():
        with lab(
            "parameters", options, epochs=1_000_000, full_speed=False, line=LINE, **how
        ) as app:
            app.send("[")
            app.until(f"· {PACE}/s")
            time.sleep(2)
            app.skip()
            took = [answer(app, number) for number in range(KEYS)]
            ages = staleness(app)
        yield Figure.median(f"slow line, key to answer, {name}", "s", Target(0.6), took)
        yield Figure(f"slow line, age of the frame, {name}", "s", Target(1), ages, max(ages))


def answer(app: Terminal, number: int) -> float:
    """While it plays, move the highlight to the next control, and back."""
    if not number:
        app.send(" ")
        app.until(lambda text: epoch(text) > 20)
    before = highlight(app)
    pressed = app.send("jk"[number % 2])
    took = app.until(lambda _: highlight(app) != before) - pressed
    time.sleep(0.4)
    return took


def staleness(app: Terminal) -> list[float]:
    """How far the epoch on screen lies behind the one at work, in seconds, at every moment.

    The training is told to start again, at a pace that it keeps: so the clock tells which epoch
    is at work. Where it falls behind its pace, that counts as age too.
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
