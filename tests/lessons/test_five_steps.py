"""The five steps: the challenges by hand of runs, and each figure of the page by its run."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache
from typing import Any

import pytest
import torch

from engine.config import Setting
from engine.frame import Frame, State
from engine.trainers.five_steps import FiveSteps, FiveStepsConfig
from lessons.catalog import find
from tests.lessons.challenges import cases, checked, met
from tests.lessons.figures import says
from tests.lessons.runs import untouched

SLUG = "five-steps"
Settings = dict[str, Setting]

SEEDS: Settings = {"compare": "seeds", "units": 2, "epochs": 2000}
WAVE: Settings = {"model": "wave", "compare": "optimizers", "learning_rate": 0.05, "epochs": 200}
LEFT: Settings = {**WAVE, "initial_w": -1.0, "initial_b": -0.5}
MET: dict[str, list[Settings]] = {
    "apart": [{**SEEDS, "seed": 2, "epochs": 500, "learning_rate": 0.1}],
    "alike": [{**SEEDS, "units": 3}],
    "valley": [{**LEFT, "learning_rate": 0.1}, {**LEFT, "initial_b": 0.0}],
    "upset": [{**WAVE, "initial_w": 2.0, "initial_b": 2.0}],
}
MISSED: dict[str, list[Settings]] = {
    "apart": [SEEDS, {**SEEDS, "epochs": 50, "seed": 1}],
    "alike": [{**SEEDS, "units": 3, "noise": 0.0, "epochs": 400}, {"epochs": 1000}],
    "valley": [{**WAVE, "initial_w": 1.5, "initial_b": 0.0}, {**LEFT, "initial_w": -3.0}],
    "upset": [{**WAVE, "initial_w": 1.5, "initial_b": 0.0}, {**WAVE, "compare": "seeds"}],
}


def run(**settings: Setting) -> Frame:
    """The last frame of a run with these settings; what is made at a time changes no end."""
    return _run(FiveStepsConfig.of({**settings, "turn": "update"}))


@cache
def _run(config: FiveStepsConfig) -> Frame:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        trainer = FiveSteps(config, torch.device("cpu"))
        steps = [step.loss.item() for step in trainer.steps()]
    finally:
        torch.set_num_threads(threads)
    return replace(
        untouched(SLUG),
        state=State.FINISHED,
        settings=asdict(trainer.config),
        step=len(steps),
        loss=steps[-1],
        picture=trainer.picture(),
    )


def preset(name: str, **more: Setting) -> Frame:
    return run(**{**find(SLUG).load().preset(name).settings, **more})


def ends(frame: Frame) -> list[str]:
    """The losses at the end, as the page writes them."""
    picture: Any = frame.picture
    return [f"{walk.loss:.4f}" for walk in picture.walks]


def test_every_check_has_its_runs() -> None:
    assert checked(SLUG) == set(MET) == set(MISSED)


@pytest.mark.parametrize(("challenge", "settings"), cases(MET))
def test_can_be_met(challenge: str, settings: Settings) -> None:
    frame = run(**settings)
    assert met(SLUG, challenge, frame) is True
    assert met(SLUG, challenge, replace(frame, state=State.PLAYING)) is False


@pytest.mark.parametrize(("challenge", "settings"), cases(MISSED))
def test_is_not_met_by_the_wrong_means(challenge: str, settings: Settings) -> None:
    assert met(SLUG, challenge, run(**settings)) is False


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(preset.name, marks=[pytest.mark.slow] * (preset.name == "bent-lines"))
        for preset in find(SLUG).load().presets
    ],
)
def test_no_preset_meets_a_challenge(name: str) -> None:
    assert [challenge for challenge in MET if met(SLUG, challenge, preset(name))] == []


@pytest.mark.parametrize("challenge", MET)
@pytest.mark.parametrize("state", list(State))
def test_a_run_that_has_hardly_begun_meets_nothing(challenge: str, state: State) -> None:
    assert met(SLUG, challenge, replace(untouched(SLUG), state=state)) is False


def test_another_curve_does_not_count() -> None:
    for challenge, (settings, *_) in MET.items():
        frame = run(**settings)
        for name, value in (("noise", 0.0), ("points", 5), ("frequency", 2.0)):
            other = replace(frame, settings={**frame.settings, name: value})
            assert met(SLUG, challenge, other) is False


def test_a_model_that_is_lost_is_no_worst() -> None:
    frame = run(**MET["apart"][0])
    picture: Any = frame.picture
    heights = picture.walks[0].heights.copy()
    heights[-1] = float("inf")
    lost = replace(picture, walks=(replace(picture.walks[0], heights=heights), *picture.walks[1:]))
    assert met(SLUG, "apart", replace(frame, picture=lost)) is False


# The page.


def test_page_one_by_one() -> None:
    assert f"{preset('one-by-one').loss:.4f}" == "0.0084"
    says(SLUG, ">>> round(loss.item(), 4) 0.0084")


def test_page_seeds() -> None:
    a, b, c, d = ends(preset("seeds"))
    says(SLUG, f"seeds 0 and 2 are at {a} and {c}, seeds 1 and 3 at {b} and {d}")
    says(SLUG, f"three units: {', '.join(ends(preset('seeds', units=3)))}")


@pytest.mark.slow
def test_page_more_epochs_do_not_help() -> None:
    _, b, _, d = ends(preset("seeds", epochs=20_000))
    says(SLUG, f"Ten times the epochs leave them at {b} and {d}")


@pytest.mark.slow
def test_page_bent_lines() -> None:
    frame = preset("bent-lines")
    says(SLUG, f"ReLU in place of tanh: {', '.join(ends(frame))}")
    picture: Any = frame.picture
    x = torch.linspace(-3, 3, 40).double()
    silent = []
    for walk in picture.walks:
        weights, biases = torch.tensor(walk.path[-1][:8]).reshape(2, 4)
        outputs = torch.relu(x[:, None] * weights + biases)
        silent += [walk.name] * int((outputs == 0).all(dim=0).any())
    assert silent == ["seed 2"]
    says(SLUG, "gives 0 at all points has no gradient and never comes back; seed 2 has one")


def test_page_optimizers() -> None:
    sgd, momentum, rmsprop, adam = ends(preset("optimizers"))
    assert (sgd, rmsprop) == (momentum, adam)
    says(SLUG, f"local optimum, {sgd}. RMSprop", f"the least loss, {adam}.")
    fast = preset("optimizers", learning_rate=0.1)
    says(SLUG, f"it ends at {ends(fast)[2]}, and still trembles")
    picture: Any = fast.picture
    last = picture.walk("RMSprop").path[-20:, 0]
    assert last.max() - last.min() > 0.05


def test_page_no_optimizer_is_best_everywhere() -> None:
    sgd, _, _, adam = ends(run(**MET["upset"][0]))
    assert sgd == ends(preset("optimizers"))[3]
    says(SLUG, f"From w = 2, b = 2 SGD finds the least loss, and Adam ends at {adam}.")


def test_page_starts() -> None:
    one, two, three, four = ends(preset("starts"))
    assert one == two == three
    says(SLUG, f"three end at {one}, one at {four}")


def test_page_race() -> None:
    names = ("SGD", "momentum", "RMSprop", "Adam")
    told = (f"{name} {loss}" for name, loss in zip(names, ends(preset("race")), strict=True))
    says(SLUG, ", ".join(told))


def test_page_the_true_curve() -> None:
    picture: Any = preset("one-by-one").picture
    true = ((torch.sin(1.5 * torch.tensor(picture.x)) - torch.tensor(picture.y)) ** 2).mean()
    says(SLUG, f"The true curve itself would have a loss of {true.item():.4f} here")
    assert all(float(loss) < true for loss in ends(preset("seeds", units=3)))
