"""Charts of bars with numbers, and tables: confusion matrix, time of a step, loader throughput."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from engine.frame import Frame
from engine.pictures import Array, Counts, DigitsPicture, TablePicture
from engine.throughput import SIZES, SLOW_SIZE, WORKERS, Throughput, plan
from tui.charts.axis import DECIMALS, Axis, Scale, rounded
from tui.charts.canvas import Canvas, Drawing, NotYet, chart, packed, shows, words
from tui.charts.plot import Plot
from tui.charts.style import RGB, ChartStyle

# Names and rows.


def short(names: Sequence[str], longest: int) -> tuple[str, ...]:
    """Return each name in at most `longest` cells, at least one, cut with an ellipsis.

    A canvas puts one character in one cell. A name with characters that take two cells, or none,
    would shift the rest of the line, and right-to-left letters may reverse it; such a name is
    replaced by its place, counted from 1, as are names that would be cut alike.
    """
    plain = (
        name if name and all(map(_one_cell, name)) else f"#{place}"
        for place, name in enumerate(names, start=1)
    )
    longest = max(longest, 1)
    cut = [name if len(name) <= longest else f"{name[: longest - 1]}…" for name in plain]
    places = [f"#{place}" for place in range(1, len(cut) + 1)]
    return tuple(
        place if cut.count(name) > 1 and len(place) <= longest else name
        for name, place in zip(cut, places, strict=True)
    )


def _one_cell(letter: str) -> bool:
    wide = unicodedata.east_asian_width(letter) in "WF"
    mark = unicodedata.category(letter).startswith("M")  # includes variation selectors
    leftwards = unicodedata.bidirectional(letter) in ("R", "AL", "AN")
    return letter.isprintable() and not (wide or mark or leftwards)


def rows_axis(labels: Sequence[str], gap: int, rows: int) -> Axis:
    """Return a vertical axis with a label in each `gap`th row; row r is the value −r."""
    last = max(rows - 1, 1)
    ticks = tuple((1 - index * gap / last, label) for index, label in enumerate(labels))
    return Axis(-last, 0.0, ticks)


# Probabilities as bars.

EIGHTHS = " ▏▎▍▌▋▊▉"
NUMBER = 5
"""Cells of a number with the space before it."""


def bars(shares: Array, names: Sequence[str], width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw a row for each share: its name, its bar, its number; the greatest is highlighted.

    If not all fit, the greatest are shown in their original order, and below them the number of the
    others with the sum of their shares.
    """
    canvas = Canvas(width, height)
    shares = rounded(shares).clip(0, 1)
    order, shown = _ranked(shares, height)
    room = max(width - NUMBER - 3, 0)
    label = min(max((len(name) for name in names), default=0), max(room // 2, 1))
    length = width - NUMBER - label - 1
    if length < 1:
        return canvas
    for row, index in enumerate(np.sort(order[:shown]).tolist()):
        share = float(shares[index])
        colour = style.points if index == order[0] else style.line
        canvas.write(row, 0, names[index][:label].rjust(label), style.text)
        # A tiny share keeps a sliver: it is not zero.
        full, rest = divmod(max(round(share * length * 8), 1) if share > 0 else 0, 8)
        canvas.write(row, label + 1, "█" * full + EIGHTHS[rest].strip(), colour)
        canvas.write(row, width - NUMBER, percent(share).rjust(NUMBER), style.text)
    text = f"{len(order) - shown} more"
    if shown < min(height, len(order)) and len(text) + NUMBER <= width:
        rest_share = float(shares[order[shown:]].sum())
        canvas.write(height - 1, 0, text, style.dim)
        canvas.write(height - 1, width - NUMBER, percent(rest_share).rjust(NUMBER), style.dim)
    return canvas


def greatest_bar(shares: Array, height: int) -> int:
    """Return the row in which `bars` draws the greatest share."""
    order, shown = _ranked(rounded(shares).clip(0, 1), height)
    return int((order[:shown] < order[0]).sum())


def _ranked(shares: Array, height: int) -> tuple[Counts, int]:
    """Return the indices, greatest share first, and how many of them get a row."""
    order = np.argsort(-np.nan_to_num(shares), kind="stable")
    # A single row has no room for the line about the others.
    return order, height if height < 2 or len(order) <= height else height - 1


def percent(share: float) -> str:
    """Return a probability in whole percent; 0% and 100% only if it is exactly that."""
    if share != share:  # the network diverged
        return "nan"
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


# Bars of positive and negative numbers.

LEAST_BAR = 8
"""The minimum number of cells for bars."""
THICKEST = 3
"""The maximum number of rows of a bar."""


@dataclass(frozen=True, slots=True)
class SignedBar:
    """A number to draw as a bar."""

    name: str
    value: float
    text: str
    """The number as text, at the right."""
    colour: RGB
    chosen: bool = False
    """Whether the keys change this number."""


def signed_bars(
    bars: Sequence[SignedBar], low: float, high: float, width: int, height: int, style: ChartStyle
) -> Canvas:
    """Draw a row or more for each bar, on a scale from low to high; each begins at 0.

    Numbers other than 0 are at least a sliver, and bars that are too long are cut.
    """
    canvas = Canvas(width, height)
    left = max(len(bar.name) for bar in bars) + 3
    room = width - left - max(len(bar.text) for bar in bars) - 2
    each = height // len(bars)
    if room < LEAST_BAR or each < 1:
        return words("too small", width, height, style)
    thick = max(1, min(each - 1, THICKEST))
    zero = round(round(-low / (high - low), DECIMALS) * room) if low < 0 else 0
    across, down = Axis(0, room - 1, ()), rows_axis((), 1, height)
    plot = Plot(room, height, across, down, style, axes=False)
    for index, bar in enumerate(bars):
        top = index * each
        middle = top + thick // 2
        canvas.write(middle, 0, f"{'▸' if bar.chosen else ' '} {bar.name}", bar.colour)
        canvas.write(middle, width - len(bar.text) - 1, bar.text, style.text)
        cells = round(bar.value * room / (high - low), DECIMALS)
        for row in range(top, top + thick):
            _signed_bar(plot, cells, zero, -row, bar.colour)
    canvas.part(np.s_[:], np.s_[left : left + room]).lay(plot.canvas)
    return canvas


def _signed_bar(plot: Plot, cells: float, zero: int, y: float, colour: RGB) -> None:
    """Draw a bar to the left or right of `zero`, its length rounded to half a cell."""
    negative = cells < 0
    room = zero if negative else plot.columns - zero
    if not cells or not room:
        plot.points(min(zero, plot.columns - 1), y, plot.style.dim, "│")
        return
    full, half = divmod(round(2 * float(np.clip(abs(cells), 0, room))), 2)
    ends = (zero - full, zero - 1) if negative else (zero, zero + full - 1)
    if full:
        plot.bar(*ends, y, colour)
    if half or not full:
        cap = zero - full - 1 if negative else zero + full
        glyphs = "▕▐" if negative else "▏▌"
        plot.points(cap, y, colour, glyphs[half])


# Confusion matrix.

DEPTH = 0.42
"""The share of colour in the background of a cell that contains a whole class."""
LONGEST = 14
"""The most cells for the name of a class."""
CORNERS = ("actual/predicted", "actual")
"""A label for the sides: rows are actual. If neither fits, there is no table."""
RIGHT = "✓"
"""The sign before the number of correct predictions: colour alone is not enough."""


@runtime_checkable
class HasConfusion(Protocol):
    """A picture with a confusion matrix."""

    @property
    def confusion(self) -> NDArray[np.int64]:
        """The number of predictions, shape (classes, classes): rows actual, columns predicted."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""


@chart
def draw_confusion(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw a row for each actual class and a column for each predicted one.

    If not all cells fit, the most frequent mistakes are listed instead.
    """
    picture = frame.picture
    if not isinstance(picture, HasConfusion):
        return frame.message or "nothing to see yet"
    if len(picture.classes) < 2:
        return "a number is predicted here: there are no classes"
    if not picture.confusion.any():
        return NotYet("nothing was evaluated yet")
    names = short(picture.classes, LONGEST)
    age = f", {evaluated(picture)}" if isinstance(picture, DigitsPicture) else ""
    tables = (_Table(picture.confusion, names, corner, width, height) for corner in CORNERS)
    table = next((table for table in tables if table.fits), None)
    if table is not None:
        return table.draw(age, style)
    return _mistakes(picture.confusion, names, age, width, height, style)


NOT_EVALUATED = "no evaluation yet: it comes with the first step"


def evaluated(picture: DigitsPicture) -> str:
    """Return which images were evaluated last, and when."""
    return f"{picture.part}, {picture.age}"


class _Table:
    """A confusion matrix: cells of one size, as large as the space allows."""

    def __init__(
        self,
        counts: NDArray[np.int64],
        names: tuple[str, ...],
        corner: str,
        width: int,
        height: int,
    ) -> None:
        self.counts, self.names, self.width, self.height = counts, names, width, height
        self.corner, self.left = corner, max(map(len, (corner, *names))) + 1
        self.across = min((width - self.left) // len(names), 18)
        self.down = min((height - 1) // len(names), 5)
        digits = len(str(counts.max()))
        self.fits = self.down >= 1 and self.across >= max(digits + 1, 3)
        self.marked = self.across >= digits + 4
        """Whether there is room for a sign before the numbers of correct predictions."""

    def draw(self, age: str, style: ChartStyle) -> Canvas:
        """Draw the whole table, and a summary below it."""
        canvas = Canvas(self.width, self.height)
        canvas.write(0, 0, self.corner.rjust(self.left - 1), style.dim)
        for column, name in enumerate(short(self.names, self.across - 1)):
            start = self._start(column) + (self.across - len(name)) // 2
            canvas.write(0, start, name, style.text)
        totals = np.maximum(self.counts.sum(axis=1), 1)
        for row, name in enumerate(self.names):
            top = 1 + row * self.down
            canvas.write(top + (self.down - 1) // 2, 0, name.rjust(self.left - 1), style.text)
            for column, count in enumerate(self.counts[row].tolist()):
                self._cell(canvas, row, column, count, count / float(totals[row]), style)
        below = 1 + self.down * len(self.names)
        if below < self.height:
            text = _head(self.counts, age, self.width, "rows: actual · columns: predicted · ")
            canvas.write(below, 0, text, style.dim)
        return canvas

    def _start(self, column: int) -> int:
        return self.left + column * self.across

    def _cell(
        self, canvas: Canvas, row: int, column: int, count: int, share: float, style: ChartStyle
    ) -> None:
        """Draw a count on a background for its share of the row, with the percentage if it fits."""
        right, room, start = row == column, self.across - 1, self._start(column)
        top = 1 + row * self.down
        middle = top + (self.down - 1) // 2
        ground = style.tint(style.minimum if right else style.residual, DEPTH * share)
        canvas.backgrounds[top : top + self.down, start : start + room] = packed(ground)
        text = str(count) if count or right else "·"
        if right and self.marked:
            text = f"{RIGHT} {text}"
        colour = style.text if count or right else style.dim
        canvas.write(middle, start + (room - len(text)) // 2, text, colour)
        percentage = f"{share:.0%}"
        if self.down >= 3 and count and len(percentage) <= room:
            at = start + (room - len(percentage)) // 2
            canvas.write(middle + 1, at, percentage, style.text)


def _mistakes(
    counts: NDArray[np.int64],
    names: tuple[str, ...],
    age: str,
    width: int,
    height: int,
    style: ChartStyle,
) -> Canvas:
    canvas = Canvas(width, height)
    lines = [(_head(counts, age, width, after="; the commonest mistakes:"), style.text)]
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[: height - 1]
    most = max(int(wrong.max()), 1)
    for actual, predicted in zip(*np.unravel_index(order, counts.shape), strict=True):
        count = int(wrong[actual, predicted])
        if count:
            text = f"{names[actual]} taken for {names[predicted]}".ljust(min(26, width - 8))
            bar = "█" * round(count / most * max(width - len(text) - 8, 0))
            lines.append((f"{text} {count:>5,} {bar}", style.residual))
    for row, (text, colour) in enumerate(lines[:height]):
        canvas.write(row, 0, text[:width], colour)
    return canvas


def _head(
    counts: NDArray[np.int64], age: str, width: int, before: str = "", after: str = ""
) -> str:
    """Return the number of correct predictions, their images and age, as far as it fits."""
    right, every = f"{int(np.trace(counts)):,}", f"{int(counts.sum()):,}"
    text = f"{RIGHT} {right} of {every} right"
    brief = f"{RIGHT} {right}/{every}"
    texts = (f"{before}{text}{age}{after}", f"{text}{age}", f"{brief}{age}", text, brief)
    return next((one for one in texts if len(one) <= width), brief[:width])


# Time of the parts of a step, with each of two pipelines.

THIS, OTHER = "▀", "▄"
PIPELINES = ("indexed", "dataloader")
TIME_NUMBER = 14
"""Cells of each of the two numbers of a row."""


@chart
def draw_time(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw a row for each part of a step: this run's bar above that of the other pipeline."""
    picture = frame.picture
    if not isinstance(picture, DigitsPicture):
        return frame.message or "nothing to see yet"
    if not picture.seconds:
        return NotYet("no step yet")
    this, other = dict(picture.seconds), dict(picture.other)
    parts = list(this)[: max(height - 3, 1)]
    room = width - 2 * TIME_NUMBER
    if room < max(map(len, parts)) + 6:
        return "too small"
    longest = 1000 * max([*this.values(), *other.values()])
    axis = rows_axis(parts, 1, len(parts))
    plot = Plot(room, len(parts) + 2, Scale("ms", 0, longest), axis, style)
    for row, part in enumerate(parts):
        _time_bars(plot, 1000 * this[part], 1000 * other.get(part, 0), -row)
    canvas = Canvas(width, height)
    canvas.part(np.s_[1 : len(parts) + 3], np.s_[:room]).lay(plot.canvas)
    names = sorted(PIPELINES, key=lambda name: name != picture.pipeline)
    sums = [sum(one.values()) for one in (this, other)]
    epochs = [f"{step * picture.batches:.3g} s" if step else "–" for step in sums]
    steps = [_milliseconds(step or None) for step in sums]
    lines = [
        (f"{THIS} {names[0]}", f"{OTHER} {names[1]}", (style.line, style.points)),
        *((_milliseconds(this[p]), _milliseconds(other.get(p)), (style.text,) * 2) for p in parts),
        (f"a step {steps[0]}", steps[1], (style.text,) * 2),
        (f"epoch {epochs[0]}", epochs[1], (style.text,) * 2),
    ]
    canvas.write(0, 0, "ms a step", style.dim)
    for row, (mine, others, colours) in enumerate(lines[:height]):
        for column, text, colour in zip(
            (room, room + TIME_NUMBER), (mine, others), colours, strict=True
        ):
            canvas.write(row, column, text.rjust(TIME_NUMBER)[:TIME_NUMBER], colour)
    if len(lines) < height:
        canvas.write(len(lines), 0, _compared(picture, sums, names[1])[:width], style.text)
    return canvas


def _time_bars(plot: Plot, this: float, other: float, y: float) -> None:
    """Draw two bars of half a row each, at least one cell long unless they are 0."""
    cells = [int(plot.column(value)) for value in (this, other)]
    both = min(cells) if other else -1
    values = plot.x.values(plot.columns)
    if both >= 0:
        colours = plot.style.line, plot.style.points
        plot.bar(0, float(values[both]), y, colours[0], THIS, background=colours[1])
    longer, glyph = (this, THIS) if cells[0] >= cells[1] or not other else (other, OTHER)
    colour = plot.style.line if glyph == THIS else plot.style.points
    if max(cells) > both:
        plot.bar(float(values[both + 1]), longer, y, colour, glyph)


def _compared(picture: DigitsPicture, sums: list[float], other: str) -> str:
    """Return a sentence that compares the two pipelines."""
    if not picture.other:
        return f"train the same with pipeline {other} too"
    slow = picture.pipeline if sums[0] > sums[1] else other
    return f"{slow} takes {max(sums) / min(sums):.1f} times as long"


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.2f}"


# Samples a second, by workers and batch size.

NAME, CELL = 10, 8
COLUMNS = (*((size, False) for size in SIZES), (SLOW_SIZE, True))
FASTEST = "◂"
"""The sign after the highest number of a column: colour alone is not enough."""


@shows(TablePicture)
def draw_throughput(picture: TablePicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw samples per second: rows are numbers of workers, columns batch sizes."""
    results = picture.throughput
    if not results and not picture.timing:
        if picture.timing_stopped:
            return "stopped before the first measurement; m: time the loader again"
        return "m: time the loader on this machine (half a minute)"
    cell = min((width - NAME) // len(COLUMNS), CELL + 4)
    if cell < CELL or height < len(WORKERS) + 3:
        return "too small for this table"
    canvas = Canvas(width, height)
    canvas.write(0, 0, "samples/s", style.dim)
    canvas.write(0, NAME, "in memory".rjust(cell * len(SIZES) - 1), style.dim)
    canvas.write(0, NAME + cell * len(SIZES), "1 ms".rjust(cell - 1), style.dim)
    canvas.write(1, 0, "batch of", style.dim)
    found = {(each.workers, each.batch_size, each.slow): each for each in results}
    complete = len(results) == len(plan())
    for column, (size, slow) in enumerate(COLUMNS):
        at, best = NAME + column * cell, _fastest(results, size, slow)
        canvas.write(1, at, f"{size:,} ".rjust(cell), style.dim)
        for row, workers in enumerate(WORKERS, start=2):
            each = found.get((workers, size, slow))
            marked = each is not None and complete and each is best
            text = _samples(each.samples) if each else "…" if picture.timing else "·"
            text = f"{text}{FASTEST if marked else ' '}".rjust(cell)
            canvas.write(row, at, text, style.points if marked else style.text)
    for row, workers in enumerate(WORKERS, start=2):
        canvas.write(row, 0, "1 worker" if workers == 1 else f"{workers} workers", style.text)
    lines = [f"measuring: {len(found)} of {len(plan())}; m stops it"] if picture.timing else []
    if picture.timing_stopped:
        lines.append(f"stopped at {len(found)} of {len(plan())}; m: again from the start")
    lines += [*_speedups(results), "1 ms: a sample that takes 1 ms to make"]
    for row, text in enumerate(lines, start=len(WORKERS) + 2):
        if row < height and len(text) <= width:
            canvas.write(row, 0, text, style.dim)
    return canvas


def _samples(samples: float) -> str:
    """Return samples per second in at most seven characters."""
    return f"{samples / 1e6:.2f}M" if samples >= 999_999.5 else f"{samples:,.0f}"


def _fastest(results: Sequence[Throughput], size: int, slow: bool) -> Throughput | None:
    column = [each for each in results if (each.batch_size, each.slow) == (size, slow)]
    return max(column, key=lambda each: each.samples, default=None)


def _speedups(results: Sequence[Throughput]) -> list[str]:
    """Return a sentence on the effect of workers in memory, and one for slow samples."""
    lines = []
    for size, slow in ((32, False), (SLOW_SIZE, True)):
        alone = _fastest([each for each in results if not each.workers], size, slow)
        best = _fastest([each for each in results if each.workers], size, slow)
        if alone and best:
            times = best.samples / alone.samples
            workers = "1 worker is" if best.workers == 1 else f"{best.workers} workers are"
            # 16× as slow is clearer than 0.061× as fast.
            fast = f"{times:.2g}× as fast" if times >= 0.5 else f"{1 / times:.2g}× as slow"
            lines.append(f"{'1 ms' if slow else 'in memory'}: {workers} {fast}")
    return lines
