"""Samples a second, by workers and batch size, as a table; knows no widget and measures nothing."""

from __future__ import annotations

from engine.pictures import TablePicture
from engine.throughput import SIZES, SLOW_SIZE, WORKERS, Throughput, plan
from tui.charts.canvas import Canvas
from tui.charts.plot import words
from tui.charts.shows import shows
from tui.charts.style import ChartStyle

NAME, CELL = 10, 8
COLUMNS = (*((size, False) for size in SIZES), (SLOW_SIZE, True))
BEGIN = "m: time the loader on this machine (half a minute)"
BEST = "◂"
"""Behind the most samples a second of a column: not colour alone tells it."""
SLOW = "1 ms: a sample that takes 1 ms to make"


@shows(TablePicture)
def draw(picture: TablePicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """A row for each number of workers; the columns are batch sizes, and slow samples at last."""
    if not picture.throughput and not picture.timing:
        return words(BEGIN, width, height, look)
    cell = min((width - NAME) // len(COLUMNS), CELL + 4)
    if cell < CELL or height < len(WORKERS) + 3:
        return words("too small for this table", width, height, look)
    canvas = Canvas(width, height)
    _head(canvas, cell, look)
    complete = len(picture.throughput) == len(plan())
    found = {(each.workers, each.batch_size, each.slow): each for each in picture.throughput}
    for row, workers in enumerate(WORKERS):
        name = "1 worker" if workers == 1 else f"{workers} workers"
        canvas.write(row + 2, 0, name, look.text)
        for column, (size, slow) in enumerate(COLUMNS):
            each = found.get((workers, size, slow))
            best = each is not None and complete and each is _best(picture.throughput, size, slow)
            text = _number(each.samples) if each else "…" if picture.timing else "·"
            text = f"{text}{BEST if best else ' '}".rjust(cell)
            canvas.write(row + 2, NAME + column * cell, text, look.points if best else look.text)
    _foot(canvas, picture, len(found), look)
    return canvas


def _foot(canvas: Canvas, picture: TablePicture, found: int, look: ChartStyle) -> None:
    """How far it has come, what the workers bring, and what the last column is."""
    height, width = canvas.glyphs.shape
    lines = [f"measuring: {found} of {len(plan())}; m stops it"] if picture.timing else []
    lines += [*_said(picture.throughput), SLOW]
    for row, text in enumerate(lines, start=len(WORKERS) + 2):
        if row < height and len(text) <= width:
            canvas.write(row, 0, text, look.dim)


def _head(canvas: Canvas, cell: int, look: ChartStyle) -> None:
    canvas.write(0, 0, "samples/s", look.dim)
    canvas.write(0, NAME, "in memory".rjust(cell * len(SIZES) - 1), look.dim)
    canvas.write(0, NAME + cell * len(SIZES), "1 ms".rjust(cell - 1), look.dim)
    canvas.write(1, 0, "batch of", look.dim)
    for column, (size, _) in enumerate(COLUMNS):
        canvas.write(1, NAME + column * cell, f"{size:,} ".rjust(cell), look.dim)


def _number(samples: float) -> str:
    """In at most seven cells."""
    return f"{samples / 1e6:.2f}M" if samples >= 999_999.5 else f"{samples:,.0f}"


def _best(results: tuple[Throughput, ...], size: int, slow: bool) -> Throughput | None:
    """The fastest of a column."""
    of = [each for each in results if (each.batch_size, each.slow) == (size, slow)]
    return max(of, key=lambda each: each.samples, default=None)


def _said(results: tuple[Throughput, ...]) -> list[str]:
    """What the workers bring, in a sentence for rows in memory and one for slow samples."""
    said = []
    for size, slow in ((32, False), (SLOW_SIZE, True)):
        alone = next(
            (r for r in results if (r.workers, r.batch_size, r.slow) == (0, size, slow)), None
        )
        best = _best(tuple(each for each in results if each.workers), size, slow)
        if alone and best:
            times = best.samples / alone.samples
            what = "1 ms" if slow else "in memory"
            workers = "1 worker is" if best.workers == 1 else f"{best.workers} workers are"
            # 16× as slow says more than 0.061× as fast.
            fast = f"{times:.2g}× as fast" if times >= 0.5 else f"{1 / times:.2g}× as slow"
            said.append(f"{what}: {workers} {fast}")
    return said
