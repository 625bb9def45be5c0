"""Repeated resizing during training, also to sizes that are too small."""

from __future__ import annotations

import random
import re

import pytest

from tests.terminal.conftest import Open, in_lab
from tests.terminal.screen import Terminal, epoch

BEFORE, TOO_SMALL = (100, 30), (40, 10)
PAUSES = (0.0, 0.004, 0.01, 0.02, 0.03, 0.06)
"""Seconds between two sizes: some arrive together, some during layout."""


def resize_often(app: Terminal, count: int, seed: int) -> None:
    """Set this number of random sizes, then the original one.

    Every other pair is a size that is too small, and the one before it.
    """
    draw = random.Random(seed)
    for number in range(count):
        size = draw.randint(1, 300), draw.randint(1, 100)
        app.resize(*((size, size, TOO_SMALL, BEFORE)[number % 4]))
        app.discard(draw.choice(PAUSES))
    app.resize(*BEFORE)


def without_figures(text: str) -> str:
    """Remove what changes by itself: the memory of the device."""
    return re.sub(r"[\d.]+/[\d.]+ GiB", "", text)


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.slow)])
def test_the_course_is_as_it_was_after_many_sizes(terminal: Open, count: int) -> None:
    app = terminal(columns=BEFORE[0], rows=BEFORE[1])
    app.play(("", "cpu "), ("jj", "Autograd"))
    app.settle()
    before = without_figures(app.text)
    resize_often(app, count, seed=1)
    app.until(lambda text: without_figures(text) == before)
    app.play(("?", "esc closes"))
    app.quit()


@pytest.mark.parametrize(
    ("lesson", "count"),
    [
        ("linear-regression", 60),
        *(
            pytest.param(lesson, 500, marks=pytest.mark.slow)
            for lesson in ("linear-regression", "parameters", "dataloader", "five-steps")
        ),
    ],
)
def test_a_training_goes_on_through_many_sizes(terminal: Open, lesson: str, count: int) -> None:
    app = in_lab(terminal, lesson, columns=BEFORE[0], rows=BEFORE[1])
    app.send("]]]] ")  # slowly enough that training does not end before the resizing
    app.until(lambda text: epoch(text) > 1)
    before = epoch(app.text)
    resize_often(app, count, seed=2)
    app.until(lambda text: epoch(text) > before and "Controls" in text and "q quit" in text)
    app.play(("?", "esc closes"), ("\x1b", "!esc closes"), ("r", "ready", "epoch 0/"))
    app.quit()
