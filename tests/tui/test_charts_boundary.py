"""The charts of the decision boundary and the network, as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.frame import Frame
from engine.pictures import BoundaryPicture, Layer
from tests.tui.chart_frames import DARK, braille, canvas, cell, cells, draw, losses, near
from tui.charts import CHARTS
from tui.charts.style import ChartStyle


def layer(weights: list[list[float]], bias: list[float], gradient: float | None = 0.5) -> Layer:
    values = np.array(weights, dtype=np.float64)
    slope = None if gradient is None else np.full(values.shape, gradient)
    return Layer(values, np.array(bias, dtype=np.float64), slope)


def plane(*layers: Layer, **changes: Any) -> Frame:
    """Return two points of each class at x₁ = ±1, and the boundary x₁ = 0.25."""
    fields: dict[str, Any] = {
        "x": np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]),
        "labels": np.array([0.0, 0.0, 1.0, 1.0]),
        "layers": layers or (layer([[4.0, 0.0]], [-1.0]),),
        "activation": "tanh",
        "right": 4,
    }
    return replace(losses([1.0]), picture=BoundaryPicture(**{**fields, **changes}))


@pytest.mark.parametrize("size", [(40, 8), (80, 30)])
def test_each_class_has_its_mark_at_its_place(size: tuple[int, int]) -> None:
    lines = draw("boundary", plane(), *size)
    for x, glyph in ((-1, "○"), (1, "●")):
        assert all(near(lines, x, y, glyph) for y in (-1, 1)), "the legend hides no point"


def test_the_line_stands_where_p_is_half() -> None:
    lines = draw("boundary", plane(), 80, 30)
    _, column = cell(lines, 0.25, 0.0)
    crossed = {row for row, at in braille(lines) if abs(at - column) <= 1.5}
    assert crossed >= set(range(8, canvas(lines)[2]))
    legend = {at for _, at in cells(lines, "⠒")}
    assert all(abs(at - column) <= 1.5 or at in legend for _, at in braille(lines))


def test_a_slanted_line_goes_through_the_cells_it_should() -> None:
    lines = draw("boundary", plane(layer([[1.0, 2.0]], [0.0])), 80, 30)
    drawn = set(braille(lines))
    for x in np.linspace(-1.1, 1.1, 40):
        row, column = cell(lines, float(x), -float(x) / 2)
        assert any(abs(at[0] - row) <= 1.5 and abs(at[1] - column) <= 1.5 for at in drawn)


def test_the_ground_is_shaded_by_the_probability() -> None:
    drawn = CHARTS["boundary"].draw(plane(), 80, 30, DARK)
    papers = drawn.backgrounds[12]
    left, right = papers[10], papers[-5]
    assert left != right
    assert -1 not in (left, right)
    lightly = CHARTS["boundary"].draw(plane(), 80, 30, ChartStyle.light())
    assert lightly.backgrounds[12][10] != left


def test_what_is_right_is_counted_and_what_is_wrong_is_crossed_out_when_asked() -> None:
    frame = plane(labels=np.array([0.0, 1.0, 1.0, 1.0]), right=3)
    lines = draw("boundary", frame, 80, 30, residuals=True)
    assert "3 of 4 right" in "\n".join(lines)
    assert near(lines, -1, 1, "✕")
    assert cells(draw("boundary", frame, 80, 30), "✕") == []


def network(value: float, activation: str) -> Frame:
    """Return a network with this number among its weights."""
    first, last = layer([[value, 1.0]] * 3, [0.0] * 3), layer([[1.0, value, 2.0]], [value])
    return plane(first, last, activation=activation)


def hidden(units: int) -> tuple[Layer, Layer]:
    rng = np.random.default_rng(units)
    first = Layer(rng.normal(size=(units, 2)), np.zeros(units), None)
    return first, Layer(rng.normal(size=(1, units)), np.zeros(1), None)


def test_an_edge_below_zero_is_dotted_and_one_above_is_solid() -> None:
    dots = [
        sum(
            bin(ord(lines[row][at]) - 0x2800).count("1")
            for row, at in braille(lines)
            if row not in (0, len(lines) - 1)
        )
        for lines in (
            draw("network", plane(layer([[sign, sign]], [0.0])), 60, 20) for sign in (1.0, -1.0)
        )
    ]
    assert dots[0] > 2 * dots[1] > 0


def test_gradients_take_the_place_of_weights_when_asked() -> None:
    frame = plane(layer([[4.0, 0.0]], [0.0], gradient=0.125))
    assert "|w| ≤ 4.000" in "\n".join(draw("network", frame, 60, 12))
    assert "|∂L/∂w| ≤ 0.125" in "\n".join(draw("network", frame, 60, 12, residuals=True))
    before = plane(layer([[4.0, 0.0]], [0.0], gradient=None))
    assert "none yet" in "\n".join(draw("network", before, 60, 12, residuals=True))


def test_the_network_has_a_node_for_each_number_and_counts_what_has_no_room() -> None:
    for units in (1, 3, 5):
        lines = draw("network", plane(*hidden(units)), 60, 20)
        assert len(cells(lines, "●")) == 2 + units + 1
        text = "\n".join(lines)
        assert all(name in text for name in ("x₁", "x₂", "P", "weights"))
    lines = draw("network", plane(*hidden(32)), 60, 10)
    assert len(cells(lines, "●")) == 2 + 8 + 1
    assert "+24" in "\n".join(lines)
