"""Each scene of softmax as text, in every size, without app."""

from __future__ import annotations

from itertools import product

import pytest

from engine.softmax_scenes import SCENES
from tests.tui.chart_frames import DARK, braille, cells
from tui.charts.softmax import draw
from tui.labs.softmax import SoftmaxState


def drawn(stage: SoftmaxState, width: int = 72, height: int = 31) -> list[str]:
    lines = draw(stage.look, width, height, DARK).text()
    assert [len(line) for line in lines] == [width] * height
    return lines


def lengths(lines: list[str], name: str) -> list[int]:
    """Return the lengths of the bars of a class, from the top."""
    return [line.count("█") for line in lines if f" {name}" in line[:8]]


def test_every_scene_fills_its_room_with_two_to_five_classes() -> None:
    for name, size in product(SCENES, ((44, 15), (44, 8), (30, 11), (16, 5), (200, 60), (0, 0))):
        stage = SoftmaxState(name)
        for vector in ("z = [1, -2]", "z = [5, 4, 3, 2, -9]"):
            stage.type(vector)
            for direction in (-1, 1):
                stage.end(direction)
                drawn(stage, *size)


def test_logits_and_shares_stand_one_above_the_other() -> None:
    stage = SoftmaxState("bars")
    lines = drawn(stage, 44, 15)
    text = "\n".join(lines)
    for number in ("2.00", "−1.00", "0.6439", "0.2369", "0.0871", "0.0321"):
        assert number in text
    cat, dog = (lengths(lines, name) for name in ("cat", "dog"))
    assert cat[0] == pytest.approx(2 * dog[0], abs=1)
    assert cat[1] == pytest.approx(2.718 * dog[1], abs=2)
    assert cells(lines, "▸") == [(1, 0), (9, 0)]
    stage.choose(1)
    assert cells(drawn(stage, 44, 15), "▸") == [(2, 0), (10, 0)]


def test_a_shift_moves_the_logits_only() -> None:
    stage = SoftmaxState("shift")
    before = drawn(stage)
    stage.type("c = 3")
    after = drawn(stage)
    half = next(row for row, line in enumerate(after) if "softmax" in line)
    assert before[:half] != after[:half]
    assert before[half:] == after[half:]
    assert not cells(after, "▸")


def test_the_curves_over_the_temperature_carry_a_point_each() -> None:
    stage = SoftmaxState("temperature")
    lines = drawn(stage)
    assert braille(lines)
    column = cells(lines, "┊")[0][1]
    points = [line[column] for line in lines[16:] if line[column] in "●◆▲■"]
    assert points == list("●◆▲■")  # the most probable first
    for name in ("cat", "dog", "fox"):  # beside the curves, with space on both sides
        assert any(f" {name} " in line[:60] for line in lines[16:]), name
    stage.end(1)
    right = [line[-1] for line in drawn(stage)[16:] if line[-1] in "●◆▲■"]
    assert 1 <= len(right) <= 2  # equal curves cover each other


def test_the_gradient_of_the_label_goes_the_other_way() -> None:
    lines = drawn(SoftmaxState("cross-entropy"))
    title = next(row for row, line in enumerate(lines) if "P − y for dog" in line)
    dog, cat = (
        next(line for line in lines[title:] if f" {name}" in line[:8]) for name in ("dog", "cat")
    )
    assert dog.rindex("█") < cat.index("█")
    assert "−0.7631" in dog
    assert "0.6439" in cat
    assert "dog●" in dog


def test_without_room_for_three_blocks_the_logits_are_left_out() -> None:
    stage = SoftmaxState("cross-entropy")
    assert any("logits" in line for line in drawn(stage, 44, 15))
    stage.type("z = [1, 2, 3, 4, 5]")
    lines = drawn(stage, 44, 15)
    assert not any("logits" in line for line in lines)
    assert any("softmax" in line for line in lines)


def test_what_is_no_number_is_said_in_words() -> None:
    stage = SoftmaxState("overflow")
    stage.type("cat = 100")
    rows = {line.split()[0]: line for line in drawn(stage, 44, 15)[11:]}
    assert rows["cat"].split() == ["cat", "0", "0", "not", "a", "number"]
    assert rows["fox"].split() == ["fox", "−100.00", "−99.98", "−∞"]
    assert rows["hen"].split() == ["hen", "−140.00", "−∞", "−∞"]
    assert "needs a larger screen" in " ".join(" ".join(drawn(stage, 40, 15)).split())
    assert "not a number" in " ".join(" ".join(drawn(stage, 44, 7)).split())
