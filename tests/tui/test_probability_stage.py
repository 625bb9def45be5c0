"""The stage of one logit: strides, ends, labels, what may be typed, and the race; no screen."""

from __future__ import annotations

import math

import pytest

from engine.probability_scenes import SCENES
from tests.tui.curve_stages import refuses
from tui.labs.probabilities import LAST, ProbabilityState


def test_an_arrow_goes_to_the_next_round_number() -> None:
    stage = ProbabilityState("sigmoid")
    assert (stage.look.z, stage.text) == (1.0, "z = 1")
    for strides, large, z in ((1, False, 1.1), (-1, False, 1.0), (-1, True, 0.0), (-1, True, -1.0)):
        assert stage.move(strides, large=large)
        assert stage.look.z == z
    stage.type("z = 0.25")
    stage.move(1)
    assert stage.look.z == 0.3
    stage.type("z = -0.25")
    stage.move(-1, large=True)
    assert stage.look.z == -1.0


@pytest.mark.parametrize("name", SCENES)
def test_no_key_leads_beyond_the_ends_and_each_stride_counts(name: str) -> None:
    stage = ProbabilityState(name)
    scene = stage.scene
    stage.end(-1)
    low = stage.look.z
    assert not stage.move(-1)
    assert not stage.move(-1, large=True)
    assert stage.look.z == low
    strides = 0
    while stage.move(1):
        strides += 1
    assert strides == (98 if scene.moves == "P" else round(2 * scene.reach / scene.small))
    assert stage.look.z == pytest.approx(-low)
    assert stage.ended or stage.racing


def test_among_the_odds_the_keys_move_p() -> None:
    stage = ProbabilityState("odds")
    assert stage.text == "P = 0.5"
    stage.move(1)
    assert stage.text == "P = 0.51"
    stage.move(1, large=True)
    assert stage.text == "P = 0.6"
    assert stage.look.odds == pytest.approx(1.5)
    stage.end(1)
    assert stage.text == "P = 0.99"
    assert stage.look.odds == pytest.approx(99, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "z"),
    [
        ("2", 2.0),
        ("z=2", 2.0),
        (" z = −2.5 ", -2.5),
        ("P = 0.9", math.log(9)),
        ("odds = 9", math.log(9)),
        ("odds = 1", 0.0),
        ("1e-3", 0.001),
    ],
)
def test_a_place_may_be_typed(text: str, z: float) -> None:
    stage = ProbabilityState("cross-entropy")
    stage.type(text)
    assert stage.look.z == pytest.approx(z)


def test_a_bare_number_is_what_the_keys_move() -> None:
    stage = ProbabilityState("odds")
    stage.type("0.75")
    assert stage.look.odds == pytest.approx(3)


@pytest.mark.parametrize(
    ("scene", "text", "words"),
    [
        ("sigmoid", "z = 100", "from −8 to 8 here; the scene saturation"),
        ("saturation", "z = 1000", "from −120 to 120 here"),
        ("sigmoid", "P = 1", "at 0 and 1 z is infinite"),
        ("odds", "2", "at 0 and 1 z is infinite"),
        ("sigmoid", "odds = 0", "odds go from"),
        ("sigmoid", "y = 1", "there are z, P, odds"),
        ("race", "rate = 0", "above 0 and at most 1,000"),
        ("race", "rate = 1e9", "above 0 and at most 1,000"),
        ("sigmoid", "rate = 1", "there are z, P, odds"),
        ("cross-entropy", "y = 2", "a label is 0 or 1"),
        ("cross-entropy", "", "a number stands here"),
        ("cross-entropy", "z =", "a number stands here"),
        ("cross-entropy", "nan", "a number stands here"),
        ("cross-entropy", "inf", "a number stands here"),
        ("cross-entropy", "1_000", "a number stands here"),
        ("cross-entropy", "z = 1; z", "a number stands here"),
        ("cross-entropy", "1e999", "z goes from"),
        ("cross-entropy", "[red]3[/red]", "a number stands here"),
        ("cross-entropy", "z = \x1b[31m", "control character"),
    ],
)
def test_what_cannot_be_taken_changes_nothing_and_says_why(
    scene: str, text: str, words: str
) -> None:
    refuses(ProbabilityState(scene), text, words)


def test_the_label_is_flipped_and_typed_and_a_new_scene_begins_with_1() -> None:
    stage = ProbabilityState("cross-entropy")
    stage.flip()
    assert (stage.look.label, stage.look.z) == (0, -2.0)
    stage.type("y = 1")
    assert stage.look.label == 1
    stage.flip()
    stage.use("gradients")
    assert stage.look.label == 1


def test_the_race_goes_by_steps_and_begins_anew_from_another_start() -> None:
    stage = ProbabilityState("race")
    assert stage.look.race is not None
    assert stage.look.race.steps == 0
    for _ in range(7):
        assert stage.step()
    assert stage.look.race.steps == 7
    assert stage.look.z == -6  # the point is where it started
    stage.move(1)
    assert (stage.look.z, stage.look.race.steps) == (-5.9, 0)
    stage.step()
    stage.type("rate = 5")
    assert (stage.look.race.rate, stage.look.race.steps) == (5, 0)
    stage.reset()
    assert (stage.look.z, stage.look.race.rate) == (-6, 1)


def test_the_race_ends_and_can_be_run_again() -> None:
    stage = ProbabilityState("race")
    while stage.step():
        pass
    assert stage.look.race is not None
    assert stage.look.race.steps == LAST
    assert stage.ended
    stage.rewind()
    assert stage.look.race.steps == 0


def test_elsewhere_a_step_is_a_stride_and_the_end_is_at_the_right() -> None:
    stage = ProbabilityState("sigmoid")
    assert stage.look.race is None
    stage.step()
    assert stage.look.z == 1.1
    stage.end(1)
    assert stage.ended
    assert not stage.step()
    stage.rewind()
    assert stage.look.z == -8
