"""The challenges on the S curve: met by what the hints say, and by nothing less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.config import Setting
from engine.frame import State
from lessons.logistic_regression.lesson import all_right, best_curve, comes_loose
from tests.lessons.runs import untouched, walk

SLUG = "logistic-regression"
CHECKS = (all_right, best_curve, comes_loose)
Settings = dict[str, Setting]
OVERLAP: Settings = {"data": "overlap"}
SAFE: Settings = {"learning_rate": 100.0, "loss": "BCEWithLogitsLoss"}

MET = [
    (all_right, {"momentum": 0.8}),
    (all_right, {"momentum": 0.95, "epochs": 500}),
    (best_curve, {**OVERLAP, "learning_rate": 3.0}),
    (best_curve, {**OVERLAP, "learning_rate": 1.0, "momentum": 0.8, "epochs": 100}),
    (comes_loose, SAFE),
    (comes_loose, {**SAFE, "learning_rate": 1e6}),
]
MISSED = [
    (all_right, {"momentum": 0.5}),
    (all_right, {"learning_rate": 0.1}),
    (all_right, {"epochs": 20_000}),
    (best_curve, {**OVERLAP, "learning_rate": 0.5}),
    (best_curve, {**OVERLAP, "learning_rate": 5.0}),
    (best_curve, {"learning_rate": 3.0}),
    (best_curve, {**OVERLAP, "learning_rate": 3.0, "gap": 0.0}),
    (comes_loose, {"learning_rate": 100.0}),
    (comes_loose, {"learning_rate": 20.0}),
    (comes_loose, {**SAFE, "data": "overlap"}),
]


@pytest.mark.parametrize(("check", "settings"), MET)
def test_can_be_met(check, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    assert check(walk(SLUG, **settings).frame) is True


@pytest.mark.parametrize(("check", "settings"), MISSED)
def test_is_not_met_by_the_wrong_means(check, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    assert check(walk(SLUG, **settings).frame) is False


@pytest.mark.parametrize("state", list(State))
def test_a_frame_with_nothing_in_it_meets_nothing(state: State) -> None:
    frame = replace(untouched(SLUG), state=state)
    begun = walk(SLUG, epochs=1).frame
    for check in CHECKS:
        assert not check(frame)
        assert not check(replace(frame, settings={}))
        assert not check(begun)


@pytest.mark.parametrize(("check", "settings"), [(all_right, MET[0][1]), (comes_loose, SAFE)])
def test_a_rate_changed_on_the_way_does_not_count(check, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    frame = walk(SLUG, **settings).frame
    assert not check(replace(frame, changed=frozenset({"learning_rate"})))
