"""The panels, the bars and each scene of one logit as text, in every size, without app."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engine.probability_scenes import SCENES
from tests.tui.chart_frames import DARK, braille, cells
from tui.charts.axis import Scale
from tui.charts.curves import Panel, stacked
from tui.charts.curves import PanelCurve as Line
from tui.charts.curves import PanelPoint as Point
from tui.charts.probability import draw
from tui.charts.tables import SignedBar as Bar
from tui.charts.tables import signed_bars
from tui.labs.probabilities import ProbabilityState

BLUE = DARK.line


def drawn(stage: ProbabilityState, width: int = 72, height: int = 31) -> list[str]:
    lines = draw(stage.look, width, height, DARK).text()
    assert [len(line) for line in lines] == [width] * height
    return lines


def panel(**changes: object) -> Panel:
    x = np.linspace(0, 10, 50)
    fields: dict[str, object] = {
        "x": Scale("x", 0.0, 10.0),
        "y": Scale("y", 0.0, 10.0),
        "curves": [Line("up", x, x, BLUE)],
        **changes,
    }
    return Panel(**fields)  # type: ignore[arg-type]


def text(*panels: Panel, width: int = 40, height: int = 12) -> list[str]:
    return stacked(panels, width, height, DARK).text()


def test_a_guided_point_is_led_to_both_axes() -> None:
    lines = text(panel(points=[Point(8.0, 4.0, BLUE, "here", guided=True)]))
    ((row, column),) = cells(lines, "◆")
    assert {column for _, column in cells(lines, "┊")} == {column}
    assert {row for row, _ in cells(lines, "╌")} == {row}
    assert max(row for row, _ in cells(lines, "┊")) == 9  # down to the axis
    assert min(column for _, column in cells(lines, "╌")) == lines[0].index("┤") + 1


def test_the_words_of_a_point_stand_where_they_hide_nothing() -> None:
    flat = np.full(50, 4.0)
    on_it = panel(curves=[Line("", np.linspace(0, 10, 50), flat, BLUE)])
    curve = len(braille(text(on_it)))
    lines = text(panel(curves=on_it.curves, points=[Point(5.0, 4.0, BLUE, "here")]))
    assert len(braille(lines)) == curve - 1  # only the point's own cell
    assert any("here" in line for line in lines)
    crowded = text(panel(points=[Point(5.0, 5.0, BLUE, "n" * 60)]))
    assert not any("nn" in line for line in crowded)


def test_a_point_beyond_the_panel_is_marked_at_its_edge() -> None:
    for y, glyph, row in ((99.0, "▲", 0), (-99.0, "▼", 9), (5.0, "●", None)):
        ((found, _),) = cells(text(panel(points=[Point(5.0, y, BLUE, glyph="●")])), glyph)
        assert row is None or found == row
    stage = ProbabilityState("odds")
    stage.end(1)
    lines = drawn(stage)
    assert cells(lines, "▲")
    assert any("99.00" in line for line in lines)


def test_the_axes_of_two_panels_stand_in_one_column() -> None:
    small = panel(y=Scale("a long name", -0.5, 0.5), curves=[])
    lines = text(small, panel(), width=60, height=20)
    corners = cells(lines, "└")
    assert len(corners) == 2
    assert len({column for _, column in corners}) == 1


def test_without_room_for_two_there_is_one_and_then_words() -> None:
    assert len(cells(text(panel(), panel(), height=8), "└")) == 1
    assert "too small" in " ".join(text(panel(), panel(), height=4))
    assert stacked([panel()], 0, 0, DARK).text() == []


def bar(value: float, text: str = "0") -> Bar:
    return Bar("a", value, text, BLUE)


def test_bars_grow_from_0_to_both_sides_in_proportion() -> None:
    lines = signed_bars([bar(-1.0), bar(0.5), bar(0.0)], -1, 1, 47, 3, DARK).text()
    left, right = (line.count("█") for line in lines[:2])
    assert left == pytest.approx(2 * right, abs=1)
    assert lines[0].rindex("█") < lines[1].index("█")
    assert "█" not in lines[2]
    assert "│" in lines[2]


def test_what_is_not_0_is_seen_and_what_is_too_much_stays_inside() -> None:
    lines = signed_bars([bar(1e-9), bar(-1e-9), bar(50.0), bar(-np.inf)], -1, 1, 47, 4, DARK).text()
    assert "▏" in lines[0]
    assert "▕" in lines[1]
    assert lines[2].count("█") == lines[3].count("█") == 20
    assert [len(line) for line in lines] == [47] * 4
    for width, count in ((40, 5), (12, 1)):
        assert "too small" in " ".join(
            signed_bars([bar(1.0)] * count, -1, 1, width, 4, DARK).text()
        )


def test_every_scene_fills_its_room_from_end_to_end() -> None:
    for name, size in product(SCENES, ((44, 15), (44, 8), (30, 11), (16, 5), (200, 60), (0, 0))):
        stage = ProbabilityState(name)
        for direction in (-1, 1):
            stage.end(direction)
            for _ in range(2):
                if stage.scene.labelled:
                    stage.flip()
                lines = drawn(stage, *size)
                assert cells(lines, "◆▲▼█") or braille(lines) or size[0] <= 16


def test_the_point_stands_on_the_sigmoid_at_its_height() -> None:
    stage = ProbabilityState("sigmoid")
    stage.type("P = 0.8")
    lines = drawn(stage)
    (row, column), (_, below) = cells(lines, "◆")
    assert "0.8┤" in lines[row]
    assert any("P = 0.8000" in line for line in lines[row - 1 : row + 2])
    assert column == below
    stage.type("z = 0")
    lines = drawn(stage)
    ruler = next(line for line in lines if line.endswith(" z"))
    assert ruler[cells(lines, "◆")[0][1]] == "0"


def test_the_label_decides_which_curve_the_loss_is_on() -> None:
    stage = ProbabilityState("cross-entropy")
    stage.type("P = 0.1")
    before = cells(drawn(stage), "◆")[0]
    stage.flip()
    after = cells(drawn(stage), "◆")[0]
    assert after[1] == before[1]
    assert after[0] > before[0]  # right, and with less loss: farther down


def test_two_gradients_stand_side_by_side() -> None:
    stage = ProbabilityState("gradients")
    lines = drawn(stage)
    entropy, squared = (
        next(line for line in lines if line.startswith(f"  {name} ")) for name in BARS
    )
    assert entropy.count("█") > 20 * max(squared.count("█"), 1)
    assert "−0.9820" in entropy
    assert "−0.0347" in squared
    low = drawn(stage, 44, 8)
    assert not any("entropy " in line for line in low if "█" in line)


BARS = ("entropy", "squared")


def test_the_race_is_drawn_from_its_start_on() -> None:
    stage = ProbabilityState("race")
    assert len(cells(drawn(stage), "●◆")) >= 3  # both at the same position in the probability panel
    for _ in range(60):
        stage.step()
    lines = drawn(stage)
    entropy, squared = (cells(lines, glyph)[0] for glyph in "●◆")
    assert entropy[0] < squared[0]  # nearer to its label
    assert entropy[1] == squared[1]


def test_the_saturated_loss_leaves_the_true_one() -> None:
    stage = ProbabilityState("saturation")
    stage.flip()
    stage.type("z = 60")
    lines = drawn(stage)
    here = cells(lines, "●")[-1][1]
    logits, bce = ([at for at in cells(lines, glyph) if at[1] == here] for glyph in "●◆")
    assert bce[0][0] < logits[0][0]  # 100 above 60
    assert bce[1][0] > logits[1][0]  # a gradient of 0 below one of 1


def test_in_a_small_panel_the_gradient_that_bceloss_loses_is_told_from_the_other() -> None:
    lines = drawn(ProbabilityState("saturation"), 44, 12)[
        7:
    ]  # the lower panel, far away from label 1
    (lost,) = (row for row, line in enumerate(lines) if "┤⠐⠤" in line or "0┤" in line)
    (kept,) = (row for row, line in enumerate(lines) if "◆" in line)
    assert lost < kept
