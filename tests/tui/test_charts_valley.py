from __future__ import annotations

import math

import numpy as np

from engine.frame import Frame
from tests.tui.chart_frames import DARK, braille, cell, cells, draw, near, pictured
from tui.charts import CHARTS


def stepped(*path: float, sample: int | None = 0, **changes: object) -> Frame:
    """Return one weight on (1, 2), (2, 4), (3, 6), starting at 1: the minimum loss is at w = 2."""
    x = np.array([1.0, 2.0, 3.0])
    walk = np.array(path, dtype=float).reshape(-1, 1)
    fields = {"x": x, "y": 2 * x, "w": path[-1], "b": 0.0, "start": (1.0, 0.0), "path": walk}
    return pictured(**{**fields, "sample": sample, **changes})


def test_the_point_and_where_the_step_leads_stand_at_their_cells() -> None:
    # Sample (3, 6) at w = 1: loss 9, gradient 2·(3 − 6)·3 = −18; with η = 0.02, w = 1.36.
    lines = draw("valley", stepped(1.0, 1.36, sample=2), 76, 17)
    assert near(lines, 1.0, 9.0, "●")
    assert near(lines, 1.36, (3 * 1.36 - 6) ** 2, "○")
    assert "slope −18.0000" in "\n".join(lines)


def test_the_slope_that_is_said_is_that_before_the_update() -> None:
    for frame, slope in (
        (stepped(1.0, 1.02), "−2.0000"),
        (stepped(1.0, 1.1, sample=None, reduction="mean"), "−9.3333"),  # the loss over all samples
        (stepped(1.0, 1.1, sample=None, reduction="sum"), "−28.0000"),
    ):
        assert f"slope {slope}" in "\n".join(draw("valley", frame, 76, 17))
    text = "\n".join(draw("valley", stepped(1.0, sample=None), 60, 12))  # no step yet
    assert "slope" not in text
    assert "w now" in text
    for w in (math.nan, math.inf, -math.inf):
        assert "no longer a number" in "".join(draw("valley", stepped(1.0, w), 60, 12))


def test_the_tangent_and_the_bottom_of_the_parabola_are_where_they_should_be() -> None:
    for frame, at in (
        (stepped(1.0, 1.36, sample=2), (1.2, 9 - 18 * 0.2)),
        (stepped(1.0), (2.0, 0.0)),
    ):
        lines = draw("valley", frame, 76, 17)
        row, column = cell(lines, *at)
        assert any(abs(at[0] - row) <= 1 and abs(at[1] - column) <= 1 for at in braille(lines))


def test_the_window_keeps_still_and_then_narrows() -> None:
    far, same, near = (draw("valley", stepped(*([w] * 5)), 60, 12)[-1] for w in (1.0, 1.6, 1.999))
    assert far == same
    assert far != near
    assert "2.0" in near


def test_divergence_widens_the_window() -> None:
    lines = draw("valley", stepped(1.0, -3e10, 5e12), 60, 12)
    assert cells(lines, "●")
    assert "10¹" in lines[-1]


def test_the_last_steps_are_joined_so_that_a_zigzag_is_visible() -> None:
    """At a rate of 0.19 with all three samples w jumps from one side of 2 to the other."""
    path = [1.0]
    for _ in range(20):
        path.append(path[-1] - 0.19 * 2 * (path[-1] - 2) * 14 / 3)
    lines = draw("valley", stepped(*path, sample=None), 76, 20)
    hops = [at for at in cells(lines, "∘·") if "last" not in lines[at[0]][at[1] : at[1] + 10]]
    middle = cell(lines, 2.0, 0.0)[1]
    assert {column < middle for _, column in hops} == {True, False}
    assert 3 <= len(hops) <= 14, "the last fifteen steps, those in sight"
    kept = CHARTS["valley"].draw(stepped(*path, sample=None), 76, 20, DARK)
    colours = {int(kept.foregrounds[at]) for at in hops}
    assert len(colours) > 1, "the older a step, the fainter"
