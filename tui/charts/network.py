"""A small network as its nodes and weights, or its gradients; knows no widget."""

from __future__ import annotations

import numpy as np

from engine.equations import number
from engine.pictures import Array, BoundaryPicture, Layer
from tui.charts.axis import rounded
from tui.charts.boundary import ground
from tui.charts.canvas import Canvas, Where, stroke
from tui.charts.relief import mix
from tui.charts.shows import shows
from tui.charts.style import ChartStyle

NODE = "●"
MOST = 80
"""Of more edges between two layers, only the largest are drawn."""
FAINTEST = 0.25
"""The share of its colour that the smallest edge keeps."""
SIDE = 4
"""Cells at the left and at the right for the names of inputs and output."""


@shows(BoundaryPicture)
def draw(picture: BoundaryPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """Every weight as an edge, solid where positive and dotted where negative; the larger, the
    brighter. With `residuals` the edges are the gradients of the last step instead."""
    canvas = Canvas(width, height)
    columns = np.rint(np.linspace(SIDE, width - 1 - SIDE, len(picture.layers) + 1)).astype(np.intp)
    nodes = [picture.layers[0].weights.shape[1], *(len(layer.bias) for layer in picture.layers)]
    rows = [_rows(count, height - 2) for count in nodes]
    for index, layer in enumerate(picture.layers):
        values = layer.gradient if look.residuals else layer.weights
        if values is not None:
            _edges(canvas, values, columns[index : index + 2], rows[index : index + 2], look)
    for column, places, count in zip(columns, rows, nodes, strict=True):
        canvas.stamp(places, np.full(len(places), column), NODE, look.text)
        if len(places) < count:
            canvas.write(0, column - 1, f"+{count - len(places)}", look.dim)
    for row, name in zip(rows[0], ("x₁", "x₂"), strict=True):
        canvas.write(int(row), 1, name, look.text)
    canvas.write(int(rows[-1][0]), width - SIDE + 1, "P", look.text)
    _captions(canvas, picture.layers, columns, look)
    return canvas


def _rows(count: int, height: int) -> Where:
    """The rows of the nodes of one layer, below the first row; what has no room is left out."""
    shown = min(count, height)
    return 1 + np.floor((np.arange(shown) + 0.5) * height / shown).astype(np.intp)


def _edges(
    canvas: Canvas, values: Array, columns: Where, rows: list[Where], look: ChartStyle
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
        colour = look.line if value < 0 else look.points
        share = FAINTEST + (1 - FAINTEST) * abs(value) / largest
        canvas.dot(down[every], across[every], mix(ground(look), colour, share))


def _captions(canvas: Canvas, layers: tuple[Layer, ...], columns: Where, look: ChartStyle) -> None:
    """What the edges are, and below each layer the largest absolute value of what is drawn."""
    height, width = canvas.glyphs.shape
    title, subject = ("gradients", "|∂L/∂w|") if look.residuals else ("weights", "|w|")
    text = f"{title}: ⠒⠒ above 0, ⠂⠐ below"
    if len(text) <= width:
        canvas.write(0, 0, text, look.dim)
    for index, layer in enumerate(layers):
        values = layer.gradient if look.residuals else layer.weights
        size = None if values is None else float(np.abs(values).max())
        middle = int(columns[index] + columns[index + 1]) // 2
        largest = f"≤ {number(size, 3)}"
        for caption in (f"{subject} {largest}", largest):
            if len(caption) < columns[index + 1] - columns[index]:
                canvas.write(height - 1, middle - len(caption) // 2, caption, look.dim)
                break
