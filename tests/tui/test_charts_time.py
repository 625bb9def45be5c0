"""The accuracy and time of a digit-reading network, drawn as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.frame import Frame, State
from tests.tui.chart_frames import draw
from tests.tui.digit_frames import digits

THIS = (("load", 0.001), ("normalise", 0.0005), ("forward", 0.002), ("backward", 0.004))
OTHER = (("load", 0.016), ("normalise", 0.004), ("forward", 0.002), ("backward", 0.008))


def timed(**changes: Any) -> Frame:
    fields = {"seconds": THIS, "other": OTHER, "batches": 100, "pipeline": "indexed"}
    return digits(**{**fields, **changes})


def scored(*accuracies: float, epochs: int = 10) -> Frame:
    frame = digits(accuracies=np.array(accuracies), confusion=np.diag([90] * 10))
    return replace(frame, settings={"epochs": epochs})


def test_the_numbers_of_both_pipelines_stand_beside_the_bars() -> None:
    lines = draw("time", timed(), 60, 12)
    assert "▀ indexed" in lines[0]
    assert "▄ dataloader" in lines[0]
    assert lines[1].strip().startswith("load┤")
    assert lines[1].split()[-2:] == ["1.00", "16.00"]
    assert lines[5].split()[-4:] == ["a", "step", "7.50", "30.00"]
    assert lines[6].split()[-5:] == ["epoch", "0.75", "s", "3", "s"]
    assert "dataloader takes 4.0 times as long" in lines[7]
    slow = [(name, 12 * seconds) for name, seconds in OTHER]
    narrow = draw("time", timed(other=slow), 44, 9)  # in a terminal of 80 columns
    assert narrow[7].rstrip() == "dataloader takes 48.0 times as long"
    assert " epoch 0.75 s" in narrow[6]  # apart from the unit of the axis


def test_a_bar_is_as_long_as_its_part_takes() -> None:
    lines = draw("time", timed(), 76, 12)
    bars = [(line.count("▀"), line.count("▀") + line.count("▄")) for line in lines[1:5]]
    longest = bars[0][1] - 1  # besides the cell of 0, in which every bar begins
    for (_, this), (_, other), bar in zip(THIS, OTHER, bars, strict=True):
        assert bar[0] == pytest.approx(1 + this / 0.016 * longest, abs=1)
        assert bar[1] == pytest.approx(1 + max(this, other) / 0.016 * longest, abs=1)


def test_with_one_pipeline_or_before_the_first_step_it_says_what_is_missing() -> None:
    for pipeline, other in (("indexed", "dataloader"), ("dataloader", "indexed")):
        lines = draw("time", timed(other=(), pipeline=pipeline), 60, 12)
        assert lines[1].split()[-2:] == ["1.00", "–"]
        assert f"train the same with pipeline {other} too" in lines[7]
    for state, expected in ((State.READY, "no step yet: press s"), (State.PLAYING, "on its way")):
        frame = replace(timed(seconds=()), state=state, step=0)
        assert expected in "".join(draw("time", frame, 60, 12))


def test_the_accuracy_rises_and_the_best_is_named() -> None:
    lines = draw("accuracy", scored(0.1, 0.9, 0.98, 0.97), 60, 15)
    assert "97.00% of 900 right" in " ".join(lines)
    assert "best 98.00%, epoch 2" in " ".join(lines)
    marks = {mark: row for row, line in enumerate(lines) for mark in "◆" if mark in line[:30]}
    dots = [row for row, line in enumerate(lines) if "●" in line[:30]]
    assert marks["◆"] == min([*dots, marks["◆"]])


def test_the_accuracy_says_of_which_images_it_is_and_when() -> None:
    """It is the accuracy of the last epoch, even if the next epoch has evaluated a sample."""
    frame = scored(0.1, 0.9, 0.98)
    for changes, shown, hidden in (
        (
            {"held_part": "validation", "age": "epoch 3, step 20"},
            "validation, after epoch 2",
            "test",
        ),
        ({"held_part": "test"}, "test, after epoch 2", "validation"),
        (
            {
                "held_part": "validation",
                "part": "test",
                "age": "at the end",
                "test_accuracy": 0.971,
            },
            "validation, after epoch 2",
            "test, ",
        ),
    ):
        text = " ".join(
            draw("accuracy", replace(frame, picture=replace(frame.picture, **changes)), 60, 15)
        )
        assert shown in text
        assert hidden not in text
        assert ("test 97.10% right, at the end" in text) == ("test_accuracy" in changes)
    before = scored(0.1)
    text = " ".join(draw("accuracy", before, 60, 15))
    assert "test, before epoch 1" in text


def test_on_a_logarithmic_axis_it_is_the_share_that_is_wrong() -> None:
    lines = draw("accuracy", scored(0.1, 0.9, 0.98, 0.97), 60, 15, logarithmic=True)
    text = " ".join(lines)
    assert "3.00% of 900 wrong" in text
    assert "best 2.00%, epoch 2" in text
    assert "10⁻¹" in text
    assert "10¹┤" not in text
