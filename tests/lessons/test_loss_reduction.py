"""Sum or mean: the challenges by hand of runs, and each figure of the page by its run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.config import Setting
from engine.frame import State
from lessons.catalog import find
from tests.lessons.figures import curvatures, number, says, says_question
from tests.lessons.runs import untouched, walk

SLUG = "loss-reduction"
Settings = dict[str, Setting]

MET: dict[str, list[Settings]] = {
    "same-path": [
        {"mean_learning_rate": 0.03},
        {"points": 10, "mean_learning_rate": 0.1},
        {"learning_rate": 0.005, "mean_learning_rate": 0.015, "seed": 4},
    ],
    "sum-diverges": [{"points": 20}, {"points": 1000}],
    "quick-mean": [{"mean_learning_rate": 0.1}, {"mean_learning_rate": 0.15, "epochs": 300}],
}
MISSED: dict[str, list[Settings]] = {
    "same-path": [
        {"mean_learning_rate": 0.031},
        {"points": 10, "mean_learning_rate": 0.03},
        {"learning_rate": 1e-7, "mean_learning_rate": 1e-7},  # neither moves
        {"initial_w": 2.0, "initial_b": 0.0},  # both begin where they would end
    ],
    "sum-diverges": [
        {"points": 10},
        {"learning_rate": 0.1},
        {"mean_learning_rate": 1.0},
        {"points": 20, "epochs": 100},  # growing, and not yet beyond all numbers
    ],
    "quick-mean": [
        {"mean_learning_rate": 0.05},
        {"mean_learning_rate": 0.18},
        {"learning_rate": 0.05},
        {"initial_w": 2.0, "initial_b": 0.0},
    ],
}


def met(challenge: str, frame: Any) -> bool:
    check = next(one.check for one in find(SLUG).load().challenges if one.slug == challenge)
    assert check is not None
    return check(frame)


def cases(table: dict[str, list[Settings]]) -> list[tuple[str, Settings]]:
    return [(slug, settings) for slug, runs in table.items() for settings in runs]


def test_every_check_has_its_runs() -> None:
    checked = {one.slug for one in find(SLUG).load().challenges if one.check}
    assert checked == set(MET) == set(MISSED)


@pytest.mark.parametrize(("challenge", "settings"), cases(MET))
def test_can_be_met(challenge: str, settings: Settings) -> None:
    assert met(challenge, walk(SLUG, **settings).frame) is True


@pytest.mark.parametrize(("challenge", "settings"), cases(MISSED))
def test_is_not_met_by_the_wrong_means(challenge: str, settings: Settings) -> None:
    assert met(challenge, walk(SLUG, **settings).frame) is False


@pytest.mark.parametrize("preset", [preset.name for preset in find(SLUG).load().presets])
def test_no_preset_meets_a_challenge(preset: str) -> None:
    frame = walk(SLUG, **find(SLUG).load().preset(preset).settings).frame
    assert [challenge for challenge in MET if met(challenge, frame)] == []


@pytest.mark.parametrize("challenge", MET)
@pytest.mark.parametrize("state", list(State))
def test_a_run_that_has_hardly_begun_meets_nothing(challenge: str, state: State) -> None:
    assert met(challenge, replace(untouched(SLUG), state=state)) is False
    begun = walk(SLUG, epochs=1).frame
    assert met(challenge, replace(begun, state=State.PLAYING, settings={})) is False


@pytest.mark.parametrize("challenge", ["same-path", "sum-diverges"])
def test_a_rate_that_was_changed_on_the_way_does_not_count(challenge: str) -> None:
    frame = walk(SLUG, **MET[challenge][0]).frame
    assert not met(challenge, replace(frame, changed=frozenset({"mean_learning_rate"})))


def test_page_what_a_thousand_epochs_reach() -> None:
    for epoch in (1, 10, 100, 1000):
        both = walk(SLUG, epochs=epoch).trainer.metrics()
        third = walk(SLUG, epochs=epoch, mean_learning_rate=0.03).trainer.metrics()
        row = both["prediction_sum"], both["prediction_mean"], third["prediction_mean"]
        says(SLUG, f"{epoch} " + " ".join(f"{value:.5f}" for value in row))


def test_page_the_first_step() -> None:
    x, (w, b) = np.array([1.0, 2.0, 3.0]), walk(SLUG, epochs=1).weights[0][:2]
    slopes = 2 * (w * x + b - 2 * x) * x
    total, mean = number(slopes.sum(), 4), number(slopes.mean(), 4)
    says(SLUG, f"is {total}, that of the mean {mean}: a third")


@pytest.mark.parametrize("points", [3, 20, 100])
def test_page_the_limits(points: int) -> None:
    limit = 2 / curvatures(np.linspace(1, 3, points))[1]
    says(SLUG, f"{points} {limit:.4f} {limit / points:.4f}")


@pytest.mark.parametrize(("rate", "grows"), [(0.06, False), (0.061, True)])
def test_page_the_limit_of_the_sum(rate: float, grows: bool) -> None:
    losses = walk(SLUG, learning_rate=rate).losses
    assert bool(losses[-1] > losses[0]) is grows


def test_page_with_more_points_the_sum_diverges() -> None:
    for points, said in ((20, "after 369 steps"), (50, "with 50 points after 29")):
        run = walk(SLUG, points=points)
        assert run.frame.state is State.DIVERGED
        assert said.split()[-1 if points == 50 else 1] == str(run.frame.step)
        says(SLUG, said)


def test_page_ten_points_arrive_sooner() -> None:
    three, ten = walk(SLUG), walk(SLUG, points=10)
    assert ten.first_below(1e-6) < three.first_below(1e-6)


def test_page_the_noisy_losses() -> None:
    run = walk(SLUG, **find(SLUG).load().preset("noisy").settings)
    mean = run.frame.picture.walk("mean").losses.low[-1]
    assert (f"{run.losses[-1]:.0f}", f"{mean:.2f}") == ("105", "1.05")
    says(SLUG, "about 105 and 1.05")


def test_questions() -> None:
    longer = walk(SLUG, epochs=3000).trainer.metrics()["prediction_mean"]
    says_question(SLUG, "better", f"{longer:.5f}")
    fifty = walk(SLUG, points=50, learning_rate=0.0002, mean_learning_rate=0.01)
    assert met("same-path", fifty.frame)
