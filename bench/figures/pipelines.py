"""The two ways in which the digits lesson makes its batches: how fast, and whether as good."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bench.epochs import epochs
from bench.figure import Figure, Target
from bench.lab import Options

EPOCHS = 3
FASTER = Target(3, at_least=True)
APART = Target(0.3)
"""In points of a hundred."""
SHARED = Path(__file__).parents[3] / "shared" / "data"
"""Where MNIST may lie beside the checkout; it is read there unless somebody says otherwise."""


def measure(options: Options) -> Iterator[Figure]:
    """The fastest epoch of each way, and the accuracies after the last."""
    if SHARED.is_dir():
        os.environ.setdefault("DLTUI_DATA_DIR", str(SHARED))
    fast, slow = (epochs(way, options.device, EPOCHS) for way in ("indexed", "dataloader"))
    ours, theirs = min(fast.seconds), min(slow.seconds)  # the rest is what else went on meanwhile
    ratios = [s / f for f, s in zip(fast.seconds, slow.seconds, strict=True)]
    remark = f"{theirs:.2f} s and {ours:.2f} s: {fast.data}, {fast.threads} threads"
    name = "indexed over DataLoader, an epoch"
    yield Figure(name, "×", FASTER, ratios, theirs / ours, remark)
    apart = 100 * abs(fast.accuracies[-1] - slow.accuracies[-1])
    reached = f"{fast.accuracies[-1]:.2%} and {slow.accuracies[-1]:.2%} after {EPOCHS} epochs"
    yield Figure("accuracy apart", "points", APART, (apart,), apart, remark=reached)
