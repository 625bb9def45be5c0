"""How much is sent to the terminal while a training is watched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from bench.figure import Figure, Target
from bench.lab import Options, lab

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


def measure(options: Options) -> Iterator[Figure]:
    """Kilobytes a second, the most of any lab, at its own pace and at full speed."""
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
    """Kilobytes a second from the first step on."""
    with lab(slug, options, epochs=1_000_000, full_speed=full_speed, **how) as app:
        time.sleep(1)
        began = app.send(" ")
        time.sleep(options.seconds)
        ended = time.perf_counter()
        return app.bytes_between(began, ended) / (ended - began) / 1000
