"""What a frame costs and what memory grows to, early in a long training and late."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import process
from bench.figure import Figure, Target
from bench.lab import Options, epoch, lab
from bench.terminal import FRAME, Terminal

EARLY, MIDDLE, LATE = 1_000, 100_000, 1_000_000


def measure(options: Options) -> Iterator[Figure]:
    """Milliseconds of the UI thread a frame, and megabytes."""
    with lab("linear-regression", options, epochs=10_000_000) as app:
        app.send(" ")
        app.until(lambda text: epoch(text) >= EARLY)
        early = frame_cost(app, options.seconds)
        app.until(lambda text: epoch(text) >= MIDDLE)
        before = process.resident_megabytes(app.process.pid)
        while epoch(app.text) < LATE:
            time.sleep(1)  # read seldom: a terminal emulator in Python takes half a core
            app.skip()
        late = frame_cost(app, options.seconds)
        grown = process.resident_megabytes(app.process.pid) - before
    yield Figure("frame, after 1,000 steps", "ms", Target(6), [early], early)
    yield Figure("frame, after 1,000,000 steps", "ms", Target(6), [late], late)
    yield Figure("  late over early", "", Target(1.1), [late / early], late / early)
    yield Figure("memory grown, step 100,000 to 1,000,000", "MB", Target(5), [grown], grown)


def frame_cost(app: Terminal, seconds: float) -> float:
    """Milliseconds that the UI thread works for each frame that it sends."""
    main = app.process.pid
    began, worked = time.perf_counter(), process.thread_seconds(main, main)
    time.sleep(seconds)
    ended, worked = time.perf_counter(), process.thread_seconds(main, main) - worked
    frames = sum(p.data.count(FRAME) for p in app.pieces if began <= p.at < ended)
    return worked / frames * 1000
