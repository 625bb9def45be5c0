"""The stage of softmax: strides, ends, classes, labels, what may be typed, steps; no screen."""

from __future__ import annotations

import pytest

from engine.softmax_scenes import SCENES
from tests.tui.curve_stages import refuses
from tui.labs.softmax import LAST, SoftmaxState


def test_an_arrow_moves_the_chosen_logit_and_no_other() -> None:
    stage = SoftmaxState("bars")
    assert stage.text == "cat = 2"
    stage.choose(1)
    stage.move(1)
    assert stage.given.z == (2.0, 1.1, 0.0, -1.0)
    stage.move(-1, large=True)
    assert stage.given.z == (2.0, 1.0, 0.0, -1.0)
    stage.choose(-1)
    stage.choose(-1)
    assert stage.text == "hen = −1"  # before the first comes the last


@pytest.mark.parametrize("name", SCENES)
def test_no_key_leads_beyond_the_ends(name: str) -> None:
    stage = SoftmaxState(name)
    for direction in (-1, 1):
        stage.end(direction)
        end = stage.given
        assert not stage.move(direction)
        assert not stage.move(direction, large=True)
        assert stage.given == end
        assert stage.move(-direction)


def test_among_the_shifts_all_logits_move_together() -> None:
    stage = SoftmaxState("shift")
    for _ in range(5):
        stage.move(1, large=True)
    assert stage.text == "c = 5"
    assert stage.look.z == (7, 6, 5, 4)
    assert stage.look.p == pytest.approx(stage.look.plain, abs=1e-6)


def test_the_temperature_climbs_by_factors() -> None:
    stage = SoftmaxState("temperature")
    assert stage.text == "T = 1"
    for _ in range(20):
        stage.move(1)
    assert stage.text == "T = 10"
    for _ in range(10):
        stage.move(-1, large=True)
    assert stage.text == "T = 0.1"
    stage.end(-1)
    assert stage.text == "T = 0.05"
    strides = 0
    while stage.move(1):
        strides += 1
    assert strides == 66  # 20 to a power of ten, from 10^(−26/20) to 10^(40/20)
    assert stage.ended


@pytest.mark.parametrize(
    ("scene", "text", "z"),
    [
        ("bars", "dog = 3", (2.0, 3.0, 0.0, -1.0)),
        ("bars", "3", (3.0, 1.0, 0.0, -1.0)),
        ("bars", "z = [1, −2.5]", (1.0, -2.5)),
        ("bars", " z=[ 1,2 , 3,4,5 ] ", (1.0, 2.0, 3.0, 4.0, 5.0)),
        ("overflow", "cat = 500", (500.0, 20.0, 0.0, -40.0)),
    ],
)
def test_logits_may_be_typed(scene: str, text: str, z: tuple[float, ...]) -> None:
    stage = SoftmaxState(scene)
    stage.type(text)
    assert stage.given.z == z


def test_each_scene_takes_what_it_is_about() -> None:
    stage = SoftmaxState("temperature")
    stage.type("0.5")
    assert stage.given.temperature == 0.5
    stage.use("shift")
    stage.type("c = -10")
    assert stage.given.shift == -10
    stage.use("cross-entropy")
    stage.type("y = hen")
    assert stage.given.label == 3
    stage.type("z = [1, 2]")  # there is no hen any more
    assert stage.given.label == 1


@pytest.mark.parametrize(
    ("scene", "text", "words"),
    [
        ("bars", "dog = 11", "from −10 to 10 here; the scene overflow"),
        ("overflow", "dog = 501", "from −500 to 500 here"),
        ("bars", "owl = 1", "there are z, cat, dog, fox, hen"),
        ("bars", "T = 1", "T is not to be set here"),
        ("bars", "y = cat", "y is not to be set here"),
        ("temperature", "T = 0", "it would divide by 0"),
        ("temperature", "T = 1e9", "from 0.05 to 100"),
        ("shift", "c = 81", "from −80 to 80"),
        ("cross-entropy", "y = cow", "one of cat, dog, fox, hen"),
        ("bars", "z = 1", "in brackets"),
        ("bars", "z = [ ]", "2 to 5 logits are taken, and not 0"),
        ("bars", "z = [1]", "2 to 5 logits are taken, and not 1"),
        ("bars", "z = [1, 2, 3, 4, 5, 6]", "and not 6"),
        ("bars", "z = [1, x]", "a number stands here"),
        ("bars", "z = [1,, 2]", "a number stands here"),
        ("bars", "z = [nan, 1]", "a number stands here"),
        ("bars", "", "a number stands here"),
        ("bars", "dog = 1e999", "a logit goes from"),
        ("bars", "[red]3[/red]", "a number stands here"),
        ("bars", "dog = \x1b[31m", "control character"),
    ],
)
def test_what_cannot_be_taken_changes_nothing_and_says_why(
    scene: str, text: str, words: str
) -> None:
    refuses(SoftmaxState(scene), text, words)


def test_steps_against_the_gradient_count_and_end() -> None:
    stage = SoftmaxState("cross-entropy")
    before = stage.look.p[1]
    assert stage.step()
    assert stage.look.steps == 1
    assert stage.look.p[1] > before
    stage.move(1)
    assert stage.look.steps == 0  # another start
    start = stage.given.z
    while stage.step():
        pass
    assert stage.ended
    assert 100 < stage.look.steps <= LAST
    assert stage.look.p[1] > 0.99
    stage.rewind()
    assert (stage.look.steps, stage.given.z) == (0, start)


def test_five_classes_run_to_the_end_and_begin_again() -> None:
    stage = SoftmaxState("cross-entropy")
    stage.type("z = [1, 2, 3, 4, 5]")
    stage.type("y = owl")
    while stage.step():
        pass
    stage.rewind()
    assert (stage.given.z, stage.given.label) == ((1, 2, 3, 4, 5), 4)
    assert not stage.ended


def test_a_step_leads_back_from_the_end_and_never_beyond_it() -> None:
    stage = SoftmaxState("cross-entropy")
    stage.type("z = [10, -10, -10]")
    assert stage.step()  # as sure and as wrong as can be: there is a gradient
    cat, dog, fox = stage.given.z
    assert (cat, dog) == pytest.approx((9, -9), abs=1e-4)
    assert fox == -10
    stage.type("z = [-10, 10]")
    while stage.step():
        pass
    assert stage.given.z == (-10, 10)


def test_labels_go_round() -> None:
    stage = SoftmaxState("cross-entropy")
    labels = []
    for _ in range(4):
        stage.relabel()
        labels.append(stage.given.label)
    assert labels == [2, 3, 0, 1]


def test_elsewhere_a_step_is_a_stride() -> None:
    stage = SoftmaxState("bars")
    assert stage.step()
    assert stage.text == "cat = 2.1"
    stage.end(1)
    assert stage.ended
    assert not stage.step()
    stage.rewind()
    assert stage.text == "cat = −10"
