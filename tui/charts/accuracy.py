"""The share of the test images that is right, test by test; knows no network and no widget."""

from __future__ import annotations

from typing import cast

import numpy as np

from engine.frame import Frame
from engine.pictures import Array, DigitsPicture
from tui.charts.axis import Axis, linear, logarithmic, round_up
from tui.charts.canvas import Canvas
from tui.charts.plot import Plot, too_small, words
from tui.charts.style import ChartStyle

MARK, BEST = "●", "◆"


def draw(frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
    """A mark for each test over its epoch, epoch 0 being the network before its training.

    Where the loss is drawn on a logarithmic axis, this is the share that is wrong, likewise: from
    98% to 99% half of the mistakes go, which a plain axis hardly shows.
    """
    if too_small(width, height):
        return words("too small", width, height, look)
    picture = frame.picture
    if not isinstance(picture, DigitsPicture):
        return words(frame.message or "nothing to see yet", width, height, look)
    if not len(picture.accuracies):
        return words("no test yet: it comes with the first step", width, height, look)
    values = 1 - picture.accuracies if look.logarithmic else picture.accuracies
    epochs = np.arange(len(values), dtype=np.float64)
    planned = cast("int", frame.settings.get("epochs", 1))
    last = round_up(max(planned if len(values) <= planned else len(values), 5))
    x = linear(0, last, width // 10).named("epochs", 8 / width)
    y = _axis(values, height // 3, look)
    plot = Plot(width, height, x, y, look)
    places = x.place(epochs), y.place(values)
    plot.curve(*places, look.line)
    plot.marks(*places, look.line, MARK)
    best = int(picture.accuracies.argmax())
    plot.mark(places[0][best], places[1][best], look.minimum, BEST)
    _captions(plot, picture, best, places, look)
    return plot.canvas


def _axis(values: Array, ticks: int, look: ChartStyle) -> Axis:
    """What the network reaches fills the axis; where it began it may lie below it."""
    if look.logarithmic:
        # At least from 10% to all: below all right, of which there is no logarithm, there is none.
        least = min(max(float(values.min()), 1e-4), 0.09)
        return logarithmic(least, 1.0, ticks)
    learned = values[1:] if len(values) > 1 else values
    low = float(np.floor(learned.min() * 20 + 1e-9) / 20)
    return linear(max(min(low, 0.95), 0.0), 1.0, ticks)


def _captions(
    plot: Plot, picture: DigitsPicture, best: int, places: tuple[Array, Array], look: ChartStyle
) -> None:
    """At the right, below the curve or above it: where it is not."""
    images = int(picture.confusion.sum())
    last, most = float(picture.accuracies[-1]), float(picture.accuracies[best])
    if look.logarithmic:
        last, most = 1 - last, 1 - most
    said = "wrong" if look.logarithmic else "right"
    lines = [
        (MARK, f"{last:.2%} of {images:,} {said}", look.line),
        (BEST, f"best {most:.2%}, epoch {best}", look.minimum),
    ]
    width = max(len(text) for _, text, _ in lines) + 3
    tops = [plot.rows - len(lines), 0]
    if look.logarithmic:  # what is wrong falls, and leaves room above
        tops.reverse()
    top = min(tops, key=lambda top: _hidden(plot, *places, width, range(top, top + len(lines))))
    for row, (mark, text, colour) in enumerate(lines):
        plot.note(plot.columns - width, top + row, mark, colour)
        plot.note(plot.columns - width + 2, top + row, text, look.text)


def _hidden(plot: Plot, x: Array, y: Array, width: int, rows: range) -> int:
    """In how many of the last columns the curve would lie under words in these rows."""
    columns = np.linspace(0, 1, plot.columns)[-width - 1 :]
    columns = columns[columns <= x[-1] + 0.5 / plot.columns]
    curve = plot.row(np.interp(columns, x, y))
    return int(np.count_nonzero((curve >= rows[0]) & (curve <= rows[-1])))
