"""The two ways in which the digits lesson makes its batches: how fast, and whether as good."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bench.epochs import training
from bench.figure import Figure, Target
from bench.lab import Options

EPOCHS = 3
"""After so many the accuracies are compared."""
FASTER = Target(3, at_least=True)
APART = Target(0.3)
"""In points of a hundred."""
SHARED = Path(__file__).parents[3] / "shared" / "data"
"""Where MNIST may lie beside the checkout; it is read there unless somebody says otherwise."""


def measure(options: Options) -> Iterator[Figure]:
    """An epoch of each way in turns, so that what else the machine does falls on both alike."""
    if SHARED.is_dir():
        os.environ.setdefault("DLTUI_DATA_DIR", str(SHARED))
    with (
        training("indexed", options.device) as fast,
        training("dataloader", options.device) as slow,
    ):
        pairs = [(next(fast), next(slow)) for _ in range(max(EPOCHS, options.rounds))]
    ratios = [theirs.seconds / ours.seconds for ours, theirs in pairs]
    ours, theirs = pairs[EPOCHS - 1]
    least = [min(epoch.seconds for epoch in way) for way in zip(*pairs, strict=True)]
    remark = f"at best {least[1]:.2f} s and {least[0]:.2f} s: {ours.data}, {ours.threads} threads"
    yield Figure.median("indexed over DataLoader, an epoch", "×", FASTER, ratios, remark)
    apart = 100 * abs(ours.accuracy - theirs.accuracy)
    reached = f"{ours.accuracy:.2%} and {theirs.accuracy:.2%} after {EPOCHS} epochs"
    yield Figure("accuracy apart", "points", APART, (apart,), apart, remark=reached)
