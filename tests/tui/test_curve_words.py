"""What the labs of curves say of a moment: true wherever the keys lead, and never cut off."""

from __future__ import annotations

import textwrap

import pytest

from tests.tui.curve_stages import played
from tui.labs.probabilities import ProbabilityState as LogitStage
from tui.labs.probabilities import describe as said_of_logit
from tui.labs.softmax import SoftmaxState as LogitsStage
from tui.labs.softmax import describe as said_of_logits


def of_logit(scene: str, *typed: str, steps: int = 0) -> str:
    return said_of_logit(played(LogitStage(scene), typed, steps).look)


def of_logits(scene: str, *typed: str) -> str:
    return said_of_logits(played(LogitsStage(scene), typed).look)


@pytest.mark.parametrize("scene", ["cross-entropy", "gradients", "saturation"])
@pytest.mark.parametrize("label", [0, 1])
def test_a_half_is_neither_right_nor_wrong(scene: str, label: int) -> None:
    words = of_logit(scene, "z = 0", f"y = {label}").lower()
    assert "undecided" in words
    assert not words.startswith(("wrong", "right"))
    assert ": wrong" not in words


@pytest.mark.parametrize(
    ("start", "rate", "steps", "words"),
    [
        (-6, 1, 1, "Each logit follows"),
        (-6, 1, 50, "still creeps"),
        (-6, 1, 210, "is on its way"),
        (-6, 1, 214, "at step 7 with cross-entropy, at step 214 with squared error. It was hardly"),
        (0, 1, 1, "at step 1 with cross-entropy, at step 1 with squared error. Start farther"),
        (2, 1, 5, "more than a half at the start"),
    ],
)
def test_the_race_is_told_as_it_went(start: int, rate: int, steps: int, words: str) -> None:
    assert words in of_logit("race", f"z = {start}", f"rate = {rate}", steps=steps)


def test_losses_that_differ_on_screen_are_not_called_the_same() -> None:
    assert "the same loss" in of_logit("saturation", "z = 10", "y = 0")
    assert "begin to part" in of_logit("saturation", "z = 16", "y = 0")  # 15.94 and 16


@pytest.mark.parametrize(
    ("z", "words"),
    [
        ("[60, 20, 0, -40]", "All three agree"),
        ("[100, 20]", "becomes ∞, and ∞/∞"),
        ("[100, -100]", "ln(softmax) has a P that is exactly 0"),
        ("[88, 88, 88]", "The sum of all eᶻ is beyond float32"),  # each is 1.65·10³⁸
        ("[-110, -110]", "0/0 is not a number"),
        ("[-50, -104]", "e to the lowest z becomes 0"),
        ("[0, -110]", "A P below 10⁻⁴⁵"),
    ],
)
def test_what_overflows_is_told_by_its_own_reason(z: str, words: str) -> None:
    assert words in of_logits("overflow", f"z = {z}")


def test_all_that_share_the_lead_are_named() -> None:
    assert of_logits("bars", "z = [2, 1, 2, 2]").startswith("cat, fox and hen share the lead")
    assert "cat and dog share the lead at any T" in of_logits("temperature", "z = [2, 2, 1]")
    assert "hen leads at any T" in of_logits("temperature", "z = [2, 2, 1, 3]")


def test_what_rounding_changes_is_not_called_unchanged() -> None:
    stage = LogitsStage("shift")
    told = set()
    for tenth in range(1, 40):
        stage.type(f"c = {tenth / 10}")
        same = stage.look.p == stage.look.plain
        assert ("but for rounding" in said_of_logits(stage.look)) is not same
        told.add(same)
    assert told == {True, False}


@pytest.mark.parametrize(
    "words",
    [
        of_logit("race", "z = -8", steps=1510),
        of_logit("race", "z = 0", steps=1),
        of_logit("race", "z = 8", steps=3),
        of_logit("saturation", "z = 16", "y = 0"),
        of_logit("gradients", "z = -8"),
        of_logits("overflow", "z = [500, -500, 0, 0, 0]"),
        of_logits("overflow", "z = [88, 88, 88]"),
        of_logits("shift", "c = -79.9"),
        of_logits("temperature", "z = [2, 2, 2, 2, 1]", "T = 0.158"),
    ],
)
def test_there_is_room_for_every_word(words: str) -> None:
    assert len(textwrap.wrap(words, 78)) <= 3
    assert len(textwrap.wrap(words, 118)) <= 2
