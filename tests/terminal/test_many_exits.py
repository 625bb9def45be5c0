"""Ends at random moments of random lessons: every one is clean, and none hangs."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import pytest

from tests.course import WRITTEN
from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tests.terminal.test_leaving import (
    assert_clean,
    by_q,
    by_sighup,
    by_sigint,
    by_sigterm,
)

KEYS = ["2", "2 ", "2 ]]]]", "2s", "2p", "2?\x1b", "3", "1", "t", ""]
"""What was pressed before, in any lesson: its lab, a training, its code."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("way", "times"), [(by_q, 60), (by_sigint, 10), (by_sigterm, 10), (by_sighup, 10)]
)
def test_ends_at_random_moments(terminal: Open, way: Callable[[Terminal], int], times: int) -> None:
    loading, loaded = [], []
    for seed in range(times):
        source = random.Random(seed)
        app = terminal(WRITTEN[seed % len(WRITTEN)], "--device", "cpu")
        app.until("1 Concept")
        app.send(source.choice(KEYS))
        if source.random() < 0.7:
            app.until(is_loaded)
        app.wait(source.random())
        times_of = loaded if is_loaded(app.text) else loading
        began = time.monotonic()
        code = way(app)
        assert app.end() == code
        times_of.append(time.monotonic() - began)
        assert_clean(app)
    for name, seconds in (("PyTorch loads", loading), ("PyTorch is loaded", loaded)):
        if seconds:
            median, most = statistics.median(seconds), max(seconds)
            print(f"\n{name}: {len(seconds)} ends, median {median:.2f} s, longest {most:.2f} s")


def is_loaded(text: str) -> bool:
    """Whether the status bar names the device: PyTorch is loaded."""
    return "probing" not in text
