from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.frame import State
from engine.pictures import LossHistory
from tests.tui.chart_frames import braille, canvas, cell, cells, draw, losses, ticks


def test_before_the_first_step_it_says_what_to_press_or_that_it_is_on_its_way() -> None:
    for state in (State.READY, State.PAUSED, State.PLAYING):
        text = "".join(draw("loss", losses([], state=state), 44, 10))
        assert ("no steps yet: press s or space" in text) == (state is not State.PLAYING)
        assert ("the first step is on its way" in text) == (state is State.PLAYING)


def test_the_last_loss_is_written_and_stands_at_its_cell() -> None:
    # Ten steps on an axis from 0 to 10, losses on an axis from 0 to 8: the last is in the middle.
    lines = draw("loss", losses([8, 8, 8, 8, 8, 8, 8, 8, 8, 4]), 44, 11)
    left, columns, rows = canvas(lines)
    assert "loss 4.0000" in lines[0]
    assert cells(lines, "●") == [((rows - 1) // 2, left + columns - 1)]
    assert lines[-1].endswith("10 steps")  # the heading counts epochs


def test_a_spike_in_a_million_steps_reaches_the_top_row() -> None:
    low, high = np.full(1000, 0.5), np.full(1000, 0.5)
    high[613] = 100.0
    history = LossHistory(np.arange(1000.0) * 1000 + 1, low, high, 1000)
    frame = replace(losses([0.5]), history=history, step=1_000_000)
    lines = draw("loss", frame, 76, 17)
    left, columns, rows = canvas(lines)
    expected = left + math.floor(613_001 / 1_000_000 * (columns - 1) + 0.5)
    top = [column for row, column in braille(lines) if row == 0 and lines[0][column] != "●"]
    assert top == [expected]
    assert {row for row, column in braille(lines) if column == expected} == set(range(rows))


def test_neither_a_spike_nor_a_dip_is_thinned_away_however_many_steps() -> None:
    rng = np.random.default_rng(0)
    values = rng.uniform(4, 5, 5000)
    values[[777, 3333]] = 9.9, 0.1
    lines = draw("loss", losses(values.tolist()), 60, 20)
    rows = {row for row, _ in braille(lines)}
    assert {round(cell(lines, 777, 9.9)[0]), round(cell(lines, 777, 0.1)[0])} <= rows


def decades(lines: list[str], power: float) -> float:
    """Return the row of a power of ten, interpolated between the ticks."""
    (low, first), *_, (high, last) = ticks(lines)[1]
    share = (power - math.log10(low)) / (math.log10(high) - math.log10(low))
    return first + share * (last - first)


def test_powers_of_ten_make_a_straight_line_on_a_logarithmic_scale() -> None:
    lines = draw("loss", losses([10.0**-k for k in range(11)]), 60, 20, logarithmic=True)
    columns = canvas(lines)[1]
    for row, column in braille(lines):
        step = (column - cell(lines, 0, 1.0)[1]) / (cell(lines, 12, 1.0)[1] - cell(lines, 0, 1)[1])
        assert row == pytest.approx(decades(lines, 2 - 12 * step), abs=1.6)
    assert len(braille(lines)) > columns // 2
    assert any("10⁻⁴" in line for line in lines)


def test_a_logarithmic_scale_lays_zeros_at_the_bottom() -> None:
    lines = draw("loss", losses([1.0, 0.1, 0.0, 0.0, -1.0]), 44, 12, logarithmic=True)
    assert cells(lines, "●")[0][0] == canvas(lines)[2] - 1
    assert "no loss above 0" in "".join(draw("loss", losses([0.0, 0.0]), 60, 9, logarithmic=True))


def test_after_divergence_the_history_stays_and_the_word_is_there() -> None:
    frame = losses([4.0**k for k in range(60)], state=State.DIVERGED)
    lines = draw("loss", replace(frame, loss=math.inf), 44, 10)
    assert "diverged at step 61" in lines[0]
    assert len(braille(lines)) > 30
    left, _, _ = canvas(lines)
    assert lines[0].index("diverged") < left + 5, "the curve is high at the right: the note is left"
    falling = draw("loss", losses([9, 5, 2, 1, 1, 1, 1, 1, 1, 1]), 44, 10)
    assert falling[0].endswith("loss 1.0000")


def test_the_steps_axis_seldom_moves_while_training_goes_on() -> None:
    axes = {draw("loss", losses([1.0] * steps), 60, 10)[-1] for steps in range(100, 1000, 10)}
    assert len(axes) <= 11
