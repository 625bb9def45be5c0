"""The challenges on one logit and on a few: met where they say so, and by nothing near it."""

from __future__ import annotations

import pytest

from lessons.catalog import find
from tests.lessons.challenges import cases, checked, met
from tests.tui.curve_states import played
from tui.labs.curves import CurveState
from tui.labs.probabilities import ProbabilityState
from tui.labs.softmax import SoftmaxState

STAGES: dict[str, type[CurveState]] = {"probabilities": ProbabilityState, "softmax": SoftmaxState}
Way = tuple[str, list[str], int]
"""A scene, what is typed there, and how many steps are made then."""

MET: dict[tuple[str, str], list[Way]] = {
    ("probabilities", "nine"): [("odds", ["odds = 9"], 0), ("odds", ["P = 0.9"], 0)],
    ("probabilities", "asleep"): [
        ("gradients", ["z = -6"], 0),
        ("gradients", ["y = 0", "z = 6"], 0),
    ],
    ("probabilities", "arrived"): [
        ("race", ["rate = 5"], 60),
        ("race", ["z = -3"], 60),
        ("race", ["y = 0", "z = 2.5"], 60),
    ],
    ("probabilities", "lost"): [
        ("saturation", ["y = 0", "z = 17"], 0),
        ("saturation", ["z = -100"], 0),
    ],
    ("softmax", "even"): [("bars", ["z = [3, 3, 3, 3]"], 0), ("bars", ["z = [-2, -2]"], 0)],
    ("softmax", "sharpened"): [("temperature", ["T = 0.1"], 0)],
    ("softmax", "learnt"): [("cross-entropy", [], 120), ("cross-entropy", ["y = hen"], 120)],
    ("softmax", "overflown"): [
        ("overflow", ["cat = 100"], 0),
        ("overflow", ["dog = 90", "hen = -100"], 0),
    ],
}
MISSED: dict[tuple[str, str], list[Way]] = {
    ("probabilities", "nine"): [
        ("odds", ["odds = 8.5"], 0),
        ("odds", ["P = 0.1"], 0),  # one to nine
        ("sigmoid", ["odds = 9"], 0),
    ],
    ("probabilities", "asleep"): [
        ("gradients", ["z = -4"], 0),
        ("gradients", ["z = 6"], 0),  # right, and both are small
        ("cross-entropy", ["z = -6"], 0),
    ],
    ("probabilities", "arrived"): [
        ("race", [], 60),  # cross-entropy has long arrived
        ("race", ["z = 3"], 60),  # the start was right
        ("race", ["z = -3"], 0),
    ],
    ("probabilities", "lost"): [
        ("saturation", ["y = 0", "z = 16"], 0),
        ("saturation", ["z = -50"], 0),  # faint, and not lost
        ("saturation", ["z = 100"], 0),  # right: there is nothing to learn
    ],
    ("softmax", "even"): [
        ("bars", ["z = [0, 0, 0]"], 0),
        ("bars", ["z = [3, 3, 2.9]"], 0),
        ("shift", ["z = [3, 3]"], 0),
    ],
    ("softmax", "sharpened"): [
        ("temperature", ["T = 0.5"], 0),
        ("temperature", ["z = [9, 0]"], 0),  # sure before, at T = 1
        ("bars", ["z = [9, 0]"], 0),
    ],
    ("softmax", "learnt"): [
        ("cross-entropy", [], 5),
        ("cross-entropy", ["dog = 10"], 0),  # by hand
        ("bars", [], 120),
    ],
    ("softmax", "overflown"): [
        ("overflow", ["z = [100, 90]"], 0),  # no P has become 0
        ("overflow", ["z = [50, -60]"], 0),  # no power is too large
    ],
}


def meets(lesson: str, challenge: str, way: Way) -> bool:
    scene, typed, steps = way
    return met(lesson, challenge, played(STAGES[lesson](scene), typed, steps).look)


@pytest.mark.parametrize(("lesson", "challenge", "way"), cases(MET))
def test_a_challenge_is_met(lesson: str, challenge: str, way: Way) -> None:
    assert meets(lesson, challenge, way)


@pytest.mark.parametrize(("lesson", "challenge", "way"), cases(MISSED))
def test_a_challenge_is_not_met_by_what_is_near(lesson: str, challenge: str, way: Way) -> None:
    assert not meets(lesson, challenge, way)


@pytest.mark.parametrize("lesson", STAGES)
def test_no_scene_meets_one_as_it_begins(lesson: str) -> None:
    tried = {challenge for of, challenge in MET if of == lesson}
    assert {each.slug for each in find(lesson).load().challenges} == checked(lesson) == tried
    assert MET.keys() == MISSED.keys()
    for preset in find(lesson).load().presets:
        assert not any(meets(lesson, challenge, (preset.name, [], 0)) for challenge in tried)
