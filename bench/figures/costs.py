"""Costs: processor time of a frame and at rest, memory and output; uses Linux's /proc."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figure import Figure, Target
from bench.lab import Options, epoch, lab, opened
from bench.terminal import FRAME, Terminal

EARLY, MIDDLE, LATE = 1_000, 100_000, 1_000_000


def measure_frames(options: Options) -> Iterator[Figure]:
    """Measure the UI thread's milliseconds per frame, and the memory growth in megabytes."""
    with lab("linear-regression", options, epochs=10_000_000) as app:
        app.send(" ")
        app.until(lambda text: epoch(text) >= EARLY)
        early = frame_cost(app, options.seconds)
        app.until(lambda text: epoch(text) >= MIDDLE)
        before = resident_megabytes(app.process.pid)
        while epoch(app.text) < LATE:
            time.sleep(1)  # rarely: a terminal emulator in Python uses half a core
            app.skip()
        late = frame_cost(app, options.seconds)
        grown = resident_megabytes(app.process.pid) - before
    yield Figure("frame, after 1,000 steps", "ms", Target(6), [early], early)
    yield Figure("frame, after 1,000,000 steps", "ms", Target(6), [late], late)
    yield Figure("  late over early", "", Target(1.1), [late / early], late / early)
    yield Figure("memory grown, step 100,000 to 1,000,000", "MB", Target(5), [grown], grown)


def frame_cost(app: Terminal, seconds: float) -> float:
    """Return the milliseconds of the UI thread's processor time per frame."""
    main = app.process.pid
    began, worked = time.perf_counter(), thread_seconds(main, main)
    time.sleep(seconds)
    ended, worked = time.perf_counter(), thread_seconds(main, main) - worked
    frames = sum(p.data.count(FRAME) for p in app.pieces if began <= p.at < ended)
    return worked / frames * 1000


LABS = (
    "gradient-by-hand",
    "parameters",
    "linear-regression",
    "decision-boundary",
    "dataloader",
)
REMOTE = {"SSH_CONNECTION": "1 2 3 4"}
SIZES: dict[str, tuple[float, dict[str, Any]]] = {
    "80×24, SSH's 4 frames a second": (
        12,
        {"columns": 80, "rows": 24, "environment": REMOTE},
    ),
    "120×40, 10 frames a second": (20, {}),
}


def measure_output(options: Options) -> Iterator[Figure]:
    """Measure the kilobytes per second, the maximum over the labs, at both paces."""
    for name, (bound, how) in SIZES.items():
        rates = {
            f"{slug} at {'full speed' if full else 'its pace'}": rate(slug, options, full, how)
            for slug in LABS
            for full in (False, True)
        }
        most = max(rates, key=lambda label: rates[label])
        samples = list(rates.values())
        yield Figure(f"output, {name}", "kB/s", Target(bound), samples, rates[most], most)


def rate(slug: str, options: Options, full_speed: bool, how: dict[str, Any]) -> float:
    """Return the kilobytes per second from the first step on."""
    with lab(slug, options, epochs=1_000_000, full_speed=full_speed, **how) as app:
        time.sleep(1)
        began = app.send(" ")
        time.sleep(options.seconds)
        ended = time.perf_counter()
        return app.bytes_between(began, ended) / (ended - began) / 1000


AT_REST = Target(1.0)


def measure_rest(options: Options) -> Iterator[Figure]:
    """Measure the processor use at rest, in percent of a core."""
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
    """Return the figure of the share of a core in use from now on."""
    time.sleep(1)
    began, worked = time.perf_counter(), processor_seconds(app.process.pid)
    time.sleep(options.seconds)
    ended, worked = time.perf_counter(), processor_seconds(app.process.pid) - worked
    share = worked / (ended - began) * 100
    sent = app.bytes_between(began, ended) / (ended - began)
    return Figure(name, "% of a core", AT_REST, [share], share, f"{sent:.0f} bytes/s sent")


def thread_seconds(process: int, thread: int) -> float:
    """Return the processor time of a thread in seconds; the main thread's id is the process id."""
    ran = Path(f"/proc/{process}/task/{thread}/schedstat").read_text().split()[0]
    return int(ran) / 1e9


def processor_seconds(process: int) -> float:
    """Return the processor time of all living threads in seconds."""
    tasks = Path(f"/proc/{process}/task")
    return sum(thread_seconds(process, int(thread.name)) for thread in tasks.iterdir())


def resident_megabytes(process: int) -> float:
    """Return the resident memory in 10⁶ bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"no VmRSS for process {process}")
