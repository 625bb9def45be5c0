"""From a key written to the terminal to the change it causes read back, beside a training."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from bench.figure import Figure, Target
from bench.lab import Options, highlight, lab
from bench.terminal import Terminal

KEYS = 200


def measure(options: Options) -> Iterator[Figure]:
    """The middle one of all answers, and the one that only one in a hundred is slower than."""
    with lab("linear-regression", options, epochs=10_000_000) as app:
        app.send(" ")
        time.sleep(1)
        app.skip()
        pressed = []
        for number in range(KEYS):
            pressed.append(app.send("jk"[number % 2]))
            time.sleep(random.uniform(0.06, 0.16))
        time.sleep(0.5)
        took = sorted(answers(app, pressed))
    remark = "" if len(took) == KEYS else f"{KEYS - len(took)} keys had no answer"
    for share, bound in ((0.5, 15), (0.99, 40)):
        value = took[min(round(share * len(took)), len(took) - 1)] * 1000
        name = f"key to its change, p{share * 100:.0f} of {KEYS}"
        yield Figure(name, "ms", Target(bound), [each * 1000 for each in took], value, remark)


def answers(app: Terminal, pressed: list[float]) -> Iterator[float]:
    """How long each key took: the highlight moves at each."""
    waiting = iter(pressed)
    at = next(waiting)
    before = highlight(app)
    for now in app.looks():
        after = highlight(app)
        if after != before:
            before = after
            yield now - at
            at = next(waiting, now)
