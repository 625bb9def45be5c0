"""Every challenge can be met, is not met by itself, and cannot be met by the wrong means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.frame import State
from engine.pictures import LossHistory
from lessons.catalog import find
from tests.lessons.challenge_runs import MET, MISSED, Settings
from tests.lessons.challenges import case, cases, checked, met
from tests.lessons.runs import untouched, walk

ONE_LINE = ("gradient-by-hand", "parameters", "linear-regression")
SEVERAL = ("loss-reduction", "batches")
"""Here several lines learn side by side, which takes long."""
LESSONS = (*ONE_LINE, *SEVERAL)
"""The lessons whose challenges are tried here; the others have files of their own."""
PRESETS = [(slug, preset.name) for slug in LESSONS for preset in find(slug).load().presets]


@pytest.mark.parametrize("slug", LESSONS)
def test_every_check_has_its_runs(slug: str) -> None:
    for table in (MET, MISSED):
        assert checked(slug) == {challenge for lesson, challenge in table if lesson == slug}


@pytest.mark.parametrize(("slug", "challenge", "settings"), cases(MET, slow=SEVERAL))
def test_can_be_met(slug: str, challenge: str, settings: Settings) -> None:
    assert met(slug, challenge, walk(slug, **settings).frame) is True


@pytest.mark.parametrize(("slug", "challenge", "settings"), cases(MISSED, slow=SEVERAL))
def test_is_not_met_by_the_wrong_means(slug: str, challenge: str, settings: Settings) -> None:
    assert met(slug, challenge, walk(slug, **settings).frame) is False


@pytest.mark.parametrize(("slug", "preset"), [case(*both, slow=SEVERAL) for both in PRESETS])
def test_no_preset_meets_a_challenge(slug: str, preset: str) -> None:
    frame = walk(slug, **find(slug).load().preset(preset).settings).frame
    assert [challenge for challenge in checked(slug) if met(slug, challenge, frame)] == []


@pytest.mark.parametrize(("slug", "challenge"), MET)
@pytest.mark.parametrize("state", list(State))
def test_a_frame_with_nothing_in_it_meets_nothing(slug: str, challenge: str, state: State) -> None:
    frame = replace(untouched(slug), state=state)
    if (challenge, state) in {("diverge", State.DIVERGED), ("sum", State.DIVERGED)}:
        return  # a divergence is told by the state alone
    assert met(slug, challenge, frame) is False
    assert met(slug, challenge, replace(frame, settings={})) is False


@pytest.mark.parametrize(("slug", "challenge"), MET)
def test_a_run_just_begun_meets_nothing(slug: str, challenge: str) -> None:
    begun = replace(walk(slug, epochs=1).frame, state=State.PLAYING)
    assert met(slug, challenge, begun) is False
    assert met(slug, challenge, replace(begun, settings={})) is False


@pytest.mark.parametrize(
    ("slug", "challenge", "rate"),
    [
        ("gradient-by-hand", "diverge", "learning_rate"),
        ("parameters", "sum", "learning_rate"),
        ("parameters", "edge", "learning_rate"),
        ("linear-regression", "diverge", "learning_rate"),
        case("loss-reduction", "same-path", "mean_learning_rate", slow=SEVERAL),
        case("loss-reduction", "sum-diverges", "mean_learning_rate", slow=SEVERAL),
    ],
)
def test_a_rate_that_was_changed_on_the_way_does_not_count(
    slug: str, challenge: str, rate: str
) -> None:
    frame = walk(slug, **MET[slug, challenge][0]).frame
    assert not met(slug, challenge, replace(frame, changed=frozenset({rate})))


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
