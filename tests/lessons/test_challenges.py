"""Every challenge can be met, is not met by itself, and cannot be met by the wrong means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.config import Setting
from engine.frame import Frame, LossHistory, State
from lessons.catalog import find
from tests.lessons.runs import untouched, walk

Settings = dict[str, Setting]

ONE_LINE = ("gradient-by-hand", "parameters", "linear-regression")
"""The lessons whose challenges are tried here; each of the others has a file of its own."""

MET: dict[tuple[str, str], list[Settings]] = {
    ("gradient-by-hand", "overshoot"): [
        {"learning_rate": 0.195},
        {"learning_rate": 0.2, "epochs": 200},
        {"learning_rate": 0.8, "points": 1},
    ],
    ("gradient-by-hand", "diverge"): [{"points": 20}],
    ("gradient-by-hand", "dead-on"): [
        {"learning_rate": 0.5},
        {"learning_rate": 0.125},
        {"learning_rate": 0.0556},
    ],
    ("parameters", "quick"): [
        {"learning_rate": 0.02, "epochs": 500},
        {"learning_rate": 0.023, "epochs": 2000},
    ],
    ("parameters", "rolling"): [
        {"learning_rate": 0.01, "momentum": 0.9, "epochs": 500},
        {"learning_rate": 0.01, "momentum": 0.9, "epochs": 5000},
    ],
    ("parameters", "edge"): [{"learning_rate": 0.0235, "epochs": 1000}],
    ("parameters", "sum"): [{"reduction": "sum"}],
    ("linear-regression", "quick"): [{"learning_rate": 0.1}, {"momentum": 0.9}],
    ("linear-regression", "rolling"): [
        {"learning_rate": 0.1, "momentum": 0.6},
        {"learning_rate": 0.2, "momentum": 0.5},
    ],
    ("linear-regression", "diverge"): [{"learning_rate": 0.19}],
}

MISSED: dict[tuple[str, str], list[Settings]] = {
    ("gradient-by-hand", "overshoot"): [
        {"learning_rate": 0.195, "epochs": 5},  # gone beyond, not yet there
        {"learning_rate": 0.195, "epochs": 500, "initial_w": 5.0},
        {"learning_rate": 0.25},
        {"learning_rate": 0.5},  # lands on it, never beyond
        {"initial_w": 3.0},
    ],
    ("gradient-by-hand", "diverge"): [{"learning_rate": 0.25}, {"points": 10}],
    ("gradient-by-hand", "dead-on"): [{"initial_w": 2.0}, {"initial_w": 1.999}, {"slope": 1.0}],
    ("parameters", "quick"): [
        {"learning_rate": 0.01, "momentum": 0.9, "epochs": 500},
        {"initial_w": 3.0, "initial_b": 10.0, "epochs": 500},
        {"learning_rate": 0.024, "epochs": 2000},
        {"learning_rate": 0.02, "noise": 0.0, "epochs": 500},
    ],
    ("parameters", "rolling"): [{"learning_rate": 0.023, "epochs": 1000}],
    ("parameters", "edge"): [
        {"learning_rate": 0.02, "epochs": 500},
        {"learning_rate": 0.024, "epochs": 2000},
        {"learning_rate": 0.0235, "epochs": 200},
        {"learning_rate": 0.0235, "momentum": 0.5, "epochs": 1000},
    ],
    ("parameters", "sum"): [{"learning_rate": 0.1, "reduction": "sum"}],
    ("linear-regression", "quick"): [
        {"learning_rate": 0.02},
        {"initial_w": 1.84, "initial_b": 1.17},
        {"data": "line", "noise": 0.0, "slope": 0.0, "intercept": 0.0},
    ],
    ("linear-regression", "rolling"): [{"learning_rate": 0.15}, {"learning_rate": 0.17}],
    ("linear-regression", "diverge"): [
        {"learning_rate": 0.2},
        {"learning_rate": 0.18},
        {"learning_rate": 0.05, "reduction": "sum"},
        {"learning_rate": 0.1, "data": "line"},
    ],
}


def met(slug: str, challenge: str, frame: Frame) -> bool:
    check = next(one.check for one in find(slug).load().challenges if one.slug == challenge)
    assert check is not None
    return check(frame)


def checked() -> list[tuple[str, str]]:
    return [
        (slug, challenge.slug)
        for slug in ONE_LINE
        for challenge in find(slug).load().challenges
        if challenge.check is not None
    ]


def cases(table: dict[tuple[str, str], list[Settings]]) -> list[object]:
    return [
        pytest.param(slug, challenge, settings, id=f"{slug}-{challenge}-{settings}")
        for (slug, challenge), runs in table.items()
        for settings in runs
    ]


def test_every_check_has_its_runs() -> None:
    assert set(checked()) == set(MET) == set(MISSED)


@pytest.mark.parametrize(("slug", "challenge", "settings"), cases(MET))
def test_can_be_met(slug: str, challenge: str, settings: Settings) -> None:
    assert met(slug, challenge, walk(slug, **settings).frame) is True


@pytest.mark.parametrize(("slug", "challenge", "settings"), cases(MISSED))
def test_is_not_met_by_the_wrong_means(slug: str, challenge: str, settings: Settings) -> None:
    assert met(slug, challenge, walk(slug, **settings).frame) is False


@pytest.mark.parametrize("slug", ONE_LINE)
def test_no_preset_meets_a_challenge(slug: str) -> None:
    lesson = find(slug).load()
    gifts = [
        (preset.name, challenge.slug)
        for preset in lesson.presets
        for challenge in lesson.challenges
        if challenge.check and challenge.check(walk(slug, **preset.settings).frame)
    ]
    assert gifts == []


@pytest.mark.parametrize(("slug", "challenge"), checked())
@pytest.mark.parametrize("state", list(State))
def test_a_frame_with_nothing_in_it_meets_nothing(slug: str, challenge: str, state: State) -> None:
    frame = replace(untouched(slug), state=state)
    if (challenge, state) in {("diverge", State.DIVERGED), ("sum", State.DIVERGED)}:
        return  # a divergence is told by the state alone
    assert met(slug, challenge, frame) is False
    assert met(slug, challenge, replace(frame, settings={})) is False


@pytest.mark.parametrize(("slug", "challenge"), checked())
def test_a_run_just_begun_meets_nothing(slug: str, challenge: str) -> None:
    begun = walk(slug, epochs=1).frame
    assert met(slug, challenge, replace(begun, state=State.PLAYING)) is False


@pytest.mark.parametrize(
    ("slug", "challenge"),
    [
        ("gradient-by-hand", "diverge"),
        ("parameters", "sum"),
        ("parameters", "edge"),
        ("linear-regression", "diverge"),
    ],
)
def test_a_rate_that_was_changed_on_the_way_does_not_count(slug: str, challenge: str) -> None:
    frame = walk(slug, **MET[slug, challenge][0]).frame
    assert not met(slug, challenge, replace(frame, changed=frozenset({"learning_rate"})))


def test_a_weight_on_its_way_through_the_goal_is_not_at_rest() -> None:
    frame = walk("gradient-by-hand", learning_rate=0.195).frame
    assert frame.picture is not None
    path = np.array([[1.0], [2.35], [1.2], [2.0]])
    passing = replace(frame, picture=replace(frame.picture, path=path))
    assert not met("gradient-by-hand", "overshoot", passing)


def test_an_early_loss_counts_in_a_long_run() -> None:
    """A thinned history knows the step only to a bucket; the bound leaves room for one."""
    frame = walk("parameters", **MET["parameters", "rolling"][1]).frame
    assert frame.history.stride > 1
    assert met("parameters", "rolling", frame)


def test_thirty_epochs_are_out_of_reach_for_a_constant_rate() -> None:
    """Otherwise the challenge would not be about momentum."""
    run = walk("linear-regression", epochs=1)
    x, y = run.trainer.x.flatten().double().numpy(), run.trainer.y.flatten().double().numpy()
    losses = []
    for rate in np.arange(0.01, 0.182, 0.001):
        w, b = run.weights[0]
        for _ in range(29):
            error = w * x + b - y
            w, b = w - rate * 2 * np.mean(error * x), b - rate * 2 * np.mean(error)
        losses.append(np.mean((w * x + b - y) ** 2))
    assert min(losses) > 0.1245


def test_empty_history_has_no_first_step() -> None:
    empty = LossHistory(np.array([]), np.array([]), np.array([]))
    assert empty.first_below(1.0) is None


@pytest.mark.parametrize("slug", ONE_LINE)
def test_a_rate_of_a_million_diverges(slug: str) -> None:
    assert walk(slug, learning_rate=1e6).frame.state is State.DIVERGED
