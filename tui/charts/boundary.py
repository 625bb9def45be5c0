"""Charts of a classifier of two classes: its decision boundary in the plane, and its network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.equations import number
from engine.pictures import Array, BoundaryPicture, Layer, sigmoid
from tui.charts.axis import Scale, padded, rounded
from tui.charts.canvas import Canvas, Cells, Where, half_blocks, packed, shows, stroke
from tui.charts.curves import ONE, ZERO
from tui.charts.plot import LegendEntry, Plot, Taken
from tui.charts.style import ChartStyle
from tui.charts.surface import edges

WRONG = "✕"
MARKS = tuple(map(ord, (ZERO, ONE, WRONG)))
SHADES = 16
"""The number of colours for probabilities: few enough that neighbours share one colour code."""
SURE = 1e3
"""Log-odds are clipped to ± this: beyond it they are practically certain, and sums stay finite."""
DEPTH = 0.42
"""The share of a class's colour in the background at P = 0 or 1: the marks must stay visible."""


@dataclass(frozen=True, slots=True)
class BoundaryGround:
    """The parts of the chart that stay the same while the boundary moves."""

    axes: Plot
    points: Canvas
    """The points, drawn over everything but the legend."""
    legend: Canvas
    named: Taken
    """The cells of the legend."""
    grid: Array
    """The centre of every half cell, shape (2·rows·columns, 2)."""


@shows(BoundaryPicture)
def draw(picture: BoundaryPicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the points on shaded probabilities, the line P = 0.5, and the number that is right."""
    ground = _ground(picture.x.tobytes(), picture.labels.tobytes(), width, height, style)
    plot = ground.axes.again()
    canvas, inner = plot.canvas, plot.inner
    z = np.nan_to_num(picture.log_odds(ground.grid)).clip(-SURE, SURE)
    z = z.reshape(2 * plot.rows, plot.columns)
    down, across = np.nonzero(edges(_finer(_finer(z).T).T >= 0))
    inner.dot(down, across, style.path)
    canvas.lay(ground.points)
    if style.residuals:
        wrong = picture.x[(picture.log_odds(picture.x) >= 0) != (picture.labels == 1)]
        rows, columns = plot.row(wrong[:, 1]), plot.column(wrong[:, 0])
        inner.stamp(rows.astype(np.intp), columns.astype(np.intp), WRONG, style.residual)
    canvas.lay(ground.legend)
    plot.caption(
        [("", f"{picture.right} of {len(picture.x)} right", style.text)],
        [(column, row) for column in (-2, 1) for row in (-1, *range(plot.rows))],
        np.isin(inner.glyphs, MARKS) | ground.named,
    )
    plot.canvas  # noqa: B018  the text becomes cells, above the background
    steps = np.rint(rounded(sigmoid(z)) * (SHADES - 1)).astype(np.intp)
    shades = _shades(style)
    inner.lay_under(half_blocks(shades[steps[::2]], shades[steps[1::2]]))
    return canvas


@lru_cache(maxsize=4)
def _ground(x: bytes, labels: bytes, width: int, height: int, style: ChartStyle) -> BoundaryGround:
    points, classes = np.frombuffer(x).reshape(-1, 2), np.frombuffer(labels)
    ranges = [padded(float(column.min()), float(column.max()), 0.08) for column in points.T]
    axes = Plot(width, height, Scale("x₁", *ranges[0]), Scale("x₂", *ranges[1]), style)
    marks, names = axes.blank(), axes.blank()
    xs, ys = points.T
    for label, glyph, colour in ((0, ZERO, style.line), (1, ONE, style.points)):
        marks.points(xs[classes == label], ys[classes == label], colour, glyph)
    entries: list[LegendEntry] = [
        (ZERO, "label 0", style.line),
        (ONE, "label 1", style.points),
        ("⠒⠒", "P = 0.5", style.path),
    ]
    if style.residuals:
        entries.append((WRONG, "wrong", style.residual))
    # The legend leaves room for the number of points that are right.
    right = axes.x.values(axes.columns)[-20:]
    taken = np.append(xs, right), np.append(ys, np.full(len(right), axes.y.low))
    names.legend(entries, taken)
    across = axes.x.values(axes.columns)
    halves = (np.arange(2 * axes.rows) + 0.5) / 2 - 0.5
    down = axes.y.high - halves / max(axes.rows - 1, 1) * (axes.y.high - axes.y.low)
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    return BoundaryGround(axes, marks.canvas, names.canvas, names.drawn, grid)


def _finer(z: Array) -> Array:
    """Return twice as many rows, interpolated a quarter of a row to either side of each."""
    around = np.concatenate([2 * z[:1] - z[1:2], z, 2 * z[-1:] - z[-2:-1]])
    rows = np.stack([0.25 * around[:-2] + 0.75 * z, 0.75 * z + 0.25 * around[2:]], axis=1)
    return rows.reshape(-1, z.shape[1])


@lru_cache(maxsize=4)
def _shades(style: ChartStyle) -> Cells:
    """Return the background colours from P = 0 to P = 1."""
    colours = [
        style.tint(style.points if p > 0.5 else style.line, DEPTH * abs(2 * p - 1))
        for p in np.linspace(0, 1, SHADES)
    ]
    return np.array([packed(colour) for colour in colours], dtype=np.int32)


# The network as nodes and edges.

NODE = "●"
MOST = 80
"""The most edges between two layers; of more, only the largest are drawn."""
FAINTEST = 0.25
"""The share of its colour that the smallest edge keeps."""
SIDE = 4
"""Cells at the left and right for the names of the inputs and the output."""


@shows(BoundaryPicture)
def draw_network(picture: BoundaryPicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw weights, or with `residuals` gradients, as edges: larger ones brighter.

    Positive values are solid lines, negative ones dotted.
    """
    canvas = Canvas(width, height)
    columns = np.rint(np.linspace(SIDE, width - 1 - SIDE, len(picture.layers) + 1)).astype(np.intp)
    nodes = [picture.layers[0].weights.shape[1], *(len(layer.bias) for layer in picture.layers)]
    rows = [_rows(count, height - 2) for count in nodes]
    for index, layer in enumerate(picture.layers):
        values = layer.gradient if style.residuals else layer.weights
        if values is not None:
            _edges(canvas, values, columns[index : index + 2], rows[index : index + 2], style)
    for column, places, count in zip(columns, rows, nodes, strict=True):
        canvas.stamp(places, np.full(len(places), column), NODE, style.text)
        if len(places) < count:
            canvas.write(0, column - 1, f"+{count - len(places)}", style.dim)
    for row, name in zip(rows[0], ("x₁", "x₂"), strict=True):
        canvas.write(int(row), 1, name, style.text)
    canvas.write(int(rows[-1][0]), width - SIDE + 1, "P", style.text)
    _captions(canvas, picture.layers, columns, style)
    return canvas


def _rows(count: int, height: int) -> Where:
    """Return the rows of a layer's nodes, below the first row; nodes without room are left out."""
    shown = min(count, height)
    return 1 + np.floor((np.arange(shown) + 0.5) * height / shown).astype(np.intp)


def _edges(
    canvas: Canvas, values: Array, columns: Where, rows: list[Where], style: ChartStyle
) -> None:
    shown = values[: len(rows[1]), : len(rows[0])]
    shown = np.where(np.isfinite(shown), shown, 0)
    largest = float(np.abs(shown).max()) or 1.0
    order = np.argsort(rounded(np.abs(shown) / largest), axis=None, kind="stable")[-MOST:]
    for to, start in zip(*np.unravel_index(order, shown.shape), strict=True):
        value = float(shown[to, start])
        corners = np.array([rows[0][start], rows[1][to]])
        down, across = stroke(2 * columns.astype(np.float64) + 1, 4 * corners + 1.5)
        every = slice(None, None, 3 if value < 0 else 1)
        colour = style.line if value < 0 else style.points
        share = FAINTEST + (1 - FAINTEST) * abs(value) / largest
        canvas.dot(down[every], across[every], style.tint(colour, share))


def _captions(canvas: Canvas, layers: tuple[Layer, ...], columns: Where, style: ChartStyle) -> None:
    """Write what the edges show, and below each layer the largest absolute value drawn."""
    height, width = canvas.glyphs.shape
    title, subject = ("gradients", "|∂L/∂w|") if style.residuals else ("weights", "|w|")
    text = f"{title}: ⠒⠒ above 0, ⠂⠐ below"
    if len(text) <= width:
        canvas.write(0, 0, text, style.dim)
    for index, layer in enumerate(layers):
        values = layer.gradient if style.residuals else layer.weights
        size = None if values is None else float(np.abs(values).max())
        middle = int(columns[index] + columns[index + 1]) // 2
        largest = f"≤ {number(size, 3)}"
        for caption in (f"{subject} {largest}", largest):
            if len(caption) < columns[index + 1] - columns[index]:
                canvas.write(height - 1, middle - len(caption) // 2, caption, style.dim)
                break
