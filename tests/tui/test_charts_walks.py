"""Charts that compare several models: each has its marker, and none hides another."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.frame import Frame, State
from engine.pictures import LineWalk, WalksPicture
from tests.tui.chart_frames import braille, canvas, cell, cells, draw, history, losses, near

KINDS = ("lines", "paths", "loss", "samples", "seconds")
MARKS = "▲■◆"


def walker(name: str, w: float, b: float, values: list[float] | None, **changes: Any) -> LineWalk:
    """Return a model that moved straight from (0, 0) to (w, b)."""
    path = np.array([[0.0, 0.0], [w, b]])
    one = LineWalk(name, w, b, path, None if values is None else history(values), 10, 100, 1.0)
    return replace(one, **changes)


def compared(*walks: LineWalk, **changes: Any) -> Frame:
    """Return points (0, 0), (1, 1), …, (4, 4) and these models; the frame's losses are 8 … 4."""
    x = np.arange(5.0)
    picture = WalksPicture(x, x.copy(), (0.0, 0.0), walks)
    return replace(losses([8, 8, 8, 8, 8, 8, 8, 8, 8, 4]), picture=picture, **changes)


TWO = walker("sum", 1.0, 0.0, None), walker("mean", 0.5, 1.0, [6.0] * 10)
THREE = *TWO, walker("third", 1.2, -1.0, [2.0] * 10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(40, 10), (80, 30)])
def test_every_training_has_a_marker_and_a_name(kind: str, size: tuple[int, int]) -> None:
    apart = walker("sum", 0.8, 0.7, None), walker("mean", 0.5, 1.0, [0.5] * 10), THREE[2]
    lines = draw(kind, compared(*apart), *size)
    for mark, name in zip(MARKS, ("sum", "mean", "third"), strict=True):
        assert any(mark in line.split(name)[0][-3:] for line in lines if name in line), name
        assert len(cells(lines, mark)) >= 2, "one in the legend, one at least in the picture"
    if kind == "lines":  # also where two lines are one
        lines = draw(kind, compared(TWO[0], replace(TWO[0], name="mean")), *size)
        assert min(len(cells(lines, mark)) for mark in "▲■") >= 3


def test_the_lines_go_where_they_should() -> None:
    """ŷ = 1·x passes through the points, which have the mark of a point."""
    lines = draw("lines", compared(walker("sum", 1.0, 0.0, None)), 76, 17)
    points = [at for at in cells(lines, "●") if "points" not in lines[at[0]][at[1] : at[1] + 10]]
    assert len(points) == 5
    line = set(braille(lines)) | set(cells(lines, "▲"))
    for row, column in points:
        assert {(row + down, column + side) for down in (-1, 0, 1) for side in (-1, 1)} & line


@pytest.mark.parametrize("kind", ["lines", "paths"])
def test_the_window_stays_while_they_move_and_who_left_it_is_named(kind: str) -> None:
    drawn = [draw(kind, compared(walker("sum", w, 1.0, None)), 60, 12) for w in (0.1, 0.5, 1.0)]
    assert len({(lines[-1], lines[-2]) for lines in drawn}) == 1
    for w in (1e30, math.inf, math.nan, -1e308):
        path = np.array([[0.0, 0.0], [w, w]])
        far = replace(walker("mean", 0.5, 1.0, [2.0]), w=w, b=w, path=path)
        text = "\n".join(draw(kind, compared(TWO[0], far), 60, 14))
        assert "mean" in text.partition("off the")[2]
    lines = draw(kind, compared(*TWO), 76, 17)
    assert "off the" not in "\n".join(lines)
    if kind == "paths":  # each stands on the map where its parameters are
        assert near(lines, 1.0, 0.0, "▲")
        assert near(lines, 0.5, 1.0, "■")


def test_the_last_loss_of_each_stands_at_its_height_and_is_written() -> None:
    lines = draw("loss", compared(*TWO), 60, 11)
    assert near(lines, 10, 4.0, "▲")
    assert near(lines, 10, 6.0, "■")
    assert "▲ sum 4.0000" in lines[0]
    assert "■ mean 6.0000" in lines[1]
    assert lines[-1].endswith("updates")
    lines = draw("loss", compared(*TWO, state=State.DIVERGED), 60, 11)
    assert any("diverged at step 11" in line for line in lines)


def test_uneven_numbers_of_updates_share_a_logarithmic_axis() -> None:
    """10 and 1,000 updates: the short curve takes a third of the axis, not a hundredth."""
    long = walker("mean", 0.5, 1.0, [2.0] * 1000, updates=1000)
    lines = draw("loss", compared(TWO[0], long), 76, 12)
    left, columns, _ = canvas(lines)
    short = max(column for row, column in cells(lines, "▲") if row > 1)
    assert (short - left) / (columns - 1) == pytest.approx(1 / 3, abs=0.02)
    assert "10²" in lines[-1]


def test_a_spike_is_not_thinned_away() -> None:
    values = [1.0] * 5000
    values[777] = 9.9
    lines = draw("loss", compared(TWO[0], walker("mean", 0.5, 1.0, values)), 60, 20)
    row = round(cell(lines, 777, 9.9)[0])
    assert row in {at for at, _ in braille(lines)}


def spent(name: str, updates: int, samples: int, seconds: float) -> LineWalk:
    """Return a model with this number of updates at these costs, and losses of 8 and then 3."""
    return walker(
        name,
        0.5,
        1.0,
        [8.0] * (updates > 1) + [3.0] * max(updates - 1, 1),
        updates=updates,
        samples=samples,
        seconds=seconds,
    )


def test_over_samples_each_curve_ends_where_its_samples_do() -> None:
    """100 samples in ten updates, 50 in one: on a linear axis half is the middle."""
    frame = compared(spent("mini", 10, 100, 0.1), spent("full", 1, 50, 0.01))
    lines = draw("samples", frame, 60, 12)
    left, columns, _ = canvas(lines)
    ends = {mark: max(at for row, at in cells(lines, mark) if row > 1) for mark in "▲■"}
    assert ends == {"▲": left + columns - 1, "■": left + math.floor((columns - 1) / 2 + 0.5)}
    assert lines[-1].endswith("samples")


def test_over_seconds_uneven_times_share_a_logarithmic_axis() -> None:
    """The axis has three decades, from the first update of each at 10⁻³ s to 1 s."""
    frame = compared(spent("single", 1000, 1000, 1.0), spent("full", 10, 1000, 0.01))
    lines = draw("seconds", frame, 62, 12)
    left, columns, _ = canvas(lines)
    assert max(at for row, at in cells(lines, "▲") if row > 1) == left + columns - 1
    end = max(at for row, at in cells(lines, "■") if row > 1)
    assert (end - left) / (columns - 1) == pytest.approx(1 / 3, abs=0.02)
    assert lines[-1].endswith("seconds")


@pytest.mark.parametrize("kind", ["samples", "seconds"])
def test_what_has_not_begun_has_a_loss_and_no_curve(kind: str) -> None:
    begun, waiting = spent("single", 20, 20, 0.1), spent("full", 1, 0, 0.0)
    waiting = replace(waiting, updates=0)
    for walks in ((begun, waiting), (waiting, begun), (waiting,)):
        for size in ((23, 19), (60, 12), (16, 5)):
            draw(kind, compared(*walks), *size)
    lines = draw(kind, compared(begun, waiting), 60, 12)
    assert "■ full 3.0000" in lines[1]
    assert [row for row, _ in cells(lines, "■")] == [1]
