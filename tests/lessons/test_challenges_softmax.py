"""The challenges on a few logits: met where they say so, and by nothing near it."""

from __future__ import annotations

import pytest

from lessons.catalog import find
from tui.stages.softmax import Stage

LESSON = find("softmax").load()
MET = {
    "even": [("bars", ["z = [3, 3, 3, 3]"], 0), ("bars", ["z = [-2, -2]"], 0)],
    "sharpened": [("temperature", ["T = 0.1"], 0)],
    "learnt": [("cross-entropy", [], 120), ("cross-entropy", ["y = hen"], 120)],
    "overflown": [("overflow", ["cat = 100"], 0), ("overflow", ["dog = 90", "hen = -100"], 0)],
}
MISSED = {
    "even": [
        ("bars", ["z = [0, 0, 0]"], 0),
        ("bars", ["z = [3, 3, 2.9]"], 0),
        ("shift", ["z = [3, 3]"], 0),
    ],
    "sharpened": [
        ("temperature", ["T = 0.5"], 0),
        ("temperature", ["z = [9, 0]"], 0),  # sure before, at T = 1
        ("bars", ["z = [9, 0]"], 0),
    ],
    "learnt": [
        ("cross-entropy", [], 5),
        ("cross-entropy", ["dog = 10"], 0),  # by hand
        ("bars", [], 120),
    ],
    "overflown": [
        ("overflow", ["z = [100, 90]"], 0),  # no P has become 0
        ("overflow", ["z = [50, -60]"], 0),  # no power is too large
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
