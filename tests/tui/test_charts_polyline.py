"""Which points of a line are drawn, and that a figure is read the same in one and more colours."""

from __future__ import annotations

import numpy as np
import pytest

from engine.pictures import Array
from tests.tui.chart_frames import DARK
from tui.charts.axis import Scale
from tui.charts.plot import Plot
from tui.charts.polyline import STRAIGHT, bends, corners

RNG = np.random.default_rng(0)
ACROSS = np.linspace(0, 1, 120)
SHAPES = {
    "level": np.full(120, 0.5),
    "falling": np.exp(-6 * ACROSS),
    "symmetric": (2 * ACROSS - 1) ** 2,
    "wave": 0.5 + 0.4 * np.sin(9 * ACROSS),
    "walk": np.cumsum(RNG.normal(size=120)) / 40 + 0.5,
    "noise": RNG.random(120),
    "spike": np.where(np.arange(120) == 77, 1.0, 0.1),
}


def distances(points: Array, kept: Array) -> Array:
    """Return the distance of every point from the line through those that are kept."""
    found = np.full(len(points), np.inf)
    for start, end in zip(points[kept[:-1]], points[kept[1:]], strict=True):
        share = ((points - start) * np.conj(end - start)).real / max(abs(end - start) ** 2, 1e-300)
        found = np.minimum(found, np.abs(points - start - share.clip(0, 1) * (end - start)))
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_a_line_through_its_corners_passes_all_its_points(name: str) -> None:
    for width, height in ((20, 5), (140, 44), (400, 200)):
        points = width * ACROSS + 1j * height * SHAPES[name]
        kept = bends(points)
        assert kept[[0, -1]].tolist() == [0, len(points) - 1]
        assert (np.diff(kept) > 0).all()
        assert distances(points, kept).max() < STRAIGHT
        noise = 1e-13 * RNG.normal(size=120)  # the last bits of a coordinate change no corner
        assert bends(points + noise + 1j * noise).tolist() == kept.tolist()


def test_smooth_lines_have_few_corners_and_points_in_one_place_two() -> None:
    for name, most in (("level", 2), ("spike", 5), ("falling", 15), ("symmetric", 25)):
        assert len(bends(140 * ACROSS + 44j * SHAPES[name])) <= most, name
    assert bends(np.full(9, 3 + 4j)).tolist() == [0, 8]


def test_the_lowest_and_the_highest_point_of_a_column_stay() -> None:
    x, y = np.linspace(0, 1, 5000), RNG.random(5000)
    kept = corners(x, y, 60, 20)
    assert len(kept) <= 2 * 61
    for column in range(59):
        there = np.flatnonzero(np.floor(x * 60) == column)
        assert {there[y[there].argmin()], there[y[there].argmax()]} <= set(kept.tolist())


def test_a_figure_of_one_colour_has_the_same_cells_as_one_of_two() -> None:
    x, y = Scale("", 0, 1), Scale("", 0, 1)
    for width, height in ((20, 6), (47, 11), (90, 30)):
        for shape in SHAPES.values():
            one, two = (Plot(width, height, x, y, DARK) for _ in range(2))
            for plot in (one, two):
                plot.line(ACROSS, shape, DARK.line)
                plot.points(ACROSS[5], shape[5], DARK.line, "●")
            two.points([], [], DARK.path)
            two.points(0.5, 2, DARK.path)  # outside: a second colour without a dot
            for part in ("glyphs", "foregrounds", "backgrounds"):
                assert (getattr(one.canvas, part) == getattr(two.canvas, part)).all()


def test_a_mark_on_top_stays_above_another_plot() -> None:
    plot = Plot(20, 6, Scale("", 0, 1), Scale("", 0, 1), DARK, axes=False)
    above = plot.blank()
    plot.points([0, 1], [0, 0], DARK.sample, "◆")
    above.points([0, 0.5, 1], [0, 0, 1], DARK.points, "●")
    plot.lay(above, on_top="◆")
    lines = plot.canvas.text()
    assert lines[0].index("●") == 19
    assert lines[-1][0] + lines[-1][-1] == "◆◆"
    assert lines[-1].count("●") == 1
