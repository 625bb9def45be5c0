from __future__ import annotations

import math

import numpy as np
import pytest

from tests.tui.chart_frames import DARK, canvas, cell, draw, near, pictured
from tui.charts import CHARTS


def test_start_minimum_and_position_stand_at_their_cells() -> None:
    walk = np.array([[0.0, 0.0], [0.5, 1.0], [1.7, -0.8]])
    for size in ((44, 11), (76, 17), (60, 20)):
        lines = draw("surface", pictured(path=walk, w=1.7, b=-0.8), *size)
        assert near(lines, 0, 0, "○")
        assert near(lines, 1, 0, "✚"), "the least squares of (0, 0) … (4, 4)"
        assert near(lines, 1.7, -0.8, "●")
        assert any(line.strip().startswith("b┤") for line in lines[:2])
        assert lines[-1].endswith("w")


def test_the_path_is_drawn_between_the_positions() -> None:
    still, walked = np.array([[0.0, 0.0]]), np.array([[0.0, 0.0], [0.0, 1.6]])
    before = CHARTS["surface"].draw(pictured(path=still, w=0.0, b=0.0), 60, 21, DARK)
    after = CHARTS["surface"].draw(pictured(path=walked, w=0.0, b=1.6), 60, 21, DARK)
    lines = after.text()
    (top, column), (bottom, _) = cell(lines, 0, 1.6), cell(lines, 0, 0)
    for row in range(math.ceil(top) + 1, int(bottom)):
        assert lines[row] != before.text()[row]
        assert any(0x2800 < ord(letter) < 0x2900 for letter in lines[row][int(column) - 1 :][:3])


def test_the_map_stays_while_the_walk_goes_on() -> None:
    drawn = []
    for w, b in ((0.1, 0.1), (1.0, 0.0), (1e9, -1e9)):
        lines = draw("surface", pictured(path=np.array([[0, 0], [w, b]]), w=w, b=b), 60, 12)
        drawn.append([line[: canvas(lines)[0]] for line in lines] + [lines[-1]])
    assert drawn[0] == drawn[1] == drawn[2]


def test_loss_grows_away_from_the_minimum_along_every_way() -> None:
    frame = pictured(path=np.array([[0.0, 0.0]]), w=0.0, b=0.0)
    drawn = CHARTS["surface"].draw(frame, 76, 17, DARK)
    left, _, rows = canvas(drawn.text())
    shades = brightness(drawn.backgrounds[:rows, left:])
    assert shades.min(axis=1).argmin() == pytest.approx(7, abs=1)
    assert shades[0, -1] > shades[7, 37]
    assert shades[14, 3] > shades[7, 37]


def brightness(colours: np.ndarray) -> np.ndarray:
    """Return the sum of red, green and blue of each cell."""
    return (colours >> 16) + (colours >> 8 & 0xFF) + (colours & 0xFF)


def test_a_walk_off_the_map_and_a_single_weight_are_said_in_words() -> None:
    for w in (50.0, math.nan, math.inf, -math.inf, 1e308):
        walk = np.array([[0.0, 0.0], [0.5, 0.5], [w, w]])
        text = "\n".join(draw("surface", pictured(path=walk, w=w, b=w), 60, 12))
        assert "the path has left this map" in text, w
    usual = draw("surface", pictured(), 60, 12)
    assert "left" not in "\n".join(usual)
    assert draw("surface", pictured(reduction="sum"), 60, 12) == usual
    one = pictured(path=np.array([[1.0]]), b=0.0)
    assert "one weight" in "".join(draw("surface", one, 60, 12))
