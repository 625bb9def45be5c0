"""Steps kept: the watched lab against the same trainer in a bare loop."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.bare import steps_per_second
from bench.figure import Figure, Target
from bench.lab import Options, epochs, lab

LABS = {"linear-regression": 0.90, "decision-boundary": 0.90}
"""The labs whose steps are full batches, so that the epoch on screen counts them; the targets."""
FIVE_PLACES = 99_999
"""Up to here the screen shows every epoch; from here on thousands of them."""


def measure(options: Options) -> Iterator[Figure]:
    """A figure a lab, and how often it was drawn meanwhile."""
    for slug, target in LABS.items():
        kept, rates = [], []
        for _ in range(options.rounds):
            bare = steps_per_second(slug, options.device, options.seconds)
            speed, frames = watched(slug, options)
            kept.append(speed / bare)
            rates.append(frames)
        name = f"steps kept, {slug}"
        yield Figure.median(name, "", Target(target, at_least=True), kept, f"bare {bare:,.0f}/s")
        yield Figure.median(f"  frames a second meanwhile, {slug}", "", None, rates)


def watched(slug: str, options: Options) -> tuple[float, float]:
    """Steps a second at full speed with all panels in sight, and frames a second."""
    with lab(slug, options, epochs=FIVE_PLACES) as app:
        app.skip()
        app.send(" ")
        time.sleep(options.seconds + 1)
        seen = [(at, epoch) for at, epoch in epochs(app) if 5_000 < epoch < FIVE_PLACES]
    (first, low), (last, high) = seen[0], seen[-1]
    return (high - low) / (last - first), (len(seen) - 1) / (last - first)
