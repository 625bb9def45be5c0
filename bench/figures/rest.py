"""What the app costs while nothing happens in it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import process
from bench.figure import Figure, Target
from bench.lab import Options, lab, opened
from bench.terminal import Terminal

TARGET = Target(1.0)


def measure(options: Options) -> Iterator[Figure]:
    """Percent of a core."""
    with opened("--device", options.device) as app:
        app.until("The course")
        app.until(lambda text: "lessons begun" in text and "probing" not in text)  # torch is in
        yield at_rest("at rest, on the course", app, options)
        app.send("\r")
        app.until("1 Concept")
        yield at_rest("at rest, on a page", app, options)
    with lab("linear-regression", options, epochs=10_000_000) as app:
        app.send(" ")
        time.sleep(2)
        app.send(" ")
        app.until("paused")
        yield at_rest("at rest, paused in a lab", app, options)


def at_rest(name: str, app: Terminal, options: Options) -> Figure:
    """The share of a core that it takes from now on."""
    time.sleep(1)
    began, worked = time.perf_counter(), process.seconds(app.process.pid)
    time.sleep(options.seconds)
    ended, worked = time.perf_counter(), process.seconds(app.process.pid) - worked
    share = worked / (ended - began) * 100
    sent = app.bytes_between(began, ended) / (ended - began)
    return Figure(name, "% of a core", TARGET, [share], share, f"{sent:.0f} bytes/s sent")
