"""The challenges on one logit: met where they say so, and by nothing near it."""

from __future__ import annotations

import pytest

from lessons.catalog import find
from tui.stages.probability import Stage

LESSON = find("probabilities").load()
MET = {
    "nine": [("odds", ["odds = 9"], 0), ("odds", ["P = 0.9"], 0)],
    "asleep": [("gradients", ["z = -6"], 0), ("gradients", ["y = 0", "z = 6"], 0)],
    "arrived": [
        ("race", ["rate = 5"], 60),
        ("race", ["z = -3"], 60),
        ("race", ["y = 0", "z = 2.5"], 60),
    ],
    "lost": [("saturation", ["y = 0", "z = 17"], 0), ("saturation", ["z = -100"], 0)],
}
MISSED = {
    "nine": [
        ("odds", ["odds = 8.5"], 0),
        ("odds", ["P = 0.1"], 0),  # one to nine
        ("sigmoid", ["odds = 9"], 0),
    ],
    "asleep": [
        ("gradients", ["z = -4"], 0),
        ("gradients", ["z = 6"], 0),  # right, and both are small
        ("cross-entropy", ["z = -6"], 0),
    ],
    "arrived": [
        ("race", [], 60),  # cross-entropy has long arrived
        ("race", ["z = 3"], 60),  # the start was right
        ("race", ["z = -3"], 0),
    ],
    "lost": [
        ("saturation", ["y = 0", "z = 16"], 0),
        ("saturation", ["z = -50"], 0),  # faint, and not lost
        ("saturation", ["z = 100"], 0),  # right: there is nothing to learn
    ],
}


def check(slug: str, scene: str, typed: list[str], steps: int) -> bool:
    (challenge,) = [each for each in LESSON.challenges if each.slug == slug]
    stage = Stage(scene)
    for text in typed:
        stage.type(text)
    for _ in range(steps):
        stage.step()
    assert challenge.check is not None
    return challenge.check(stage.look)


@pytest.mark.parametrize(("slug", "way"), [(slug, way) for slug in MET for way in MET[slug]])
def test_a_challenge_is_met(slug: str, way: tuple[str, list[str], int]) -> None:
    assert check(slug, *way)


@pytest.mark.parametrize(("slug", "way"), [(slug, way) for slug in MISSED for way in MISSED[slug]])
def test_a_challenge_is_not_met_by_what_is_near(slug: str, way: tuple[str, list[str], int]) -> None:
    assert not check(slug, *way)


def test_no_scene_meets_one_as_it_begins() -> None:
    assert {each.slug for each in LESSON.challenges} == MET.keys() == MISSED.keys()
    for preset in LESSON.presets:
        look = Stage(preset.name).look
        assert not any(each.check(look) for each in LESSON.challenges if each.check)
