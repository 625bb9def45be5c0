"""The challenges in the plane: met by what the hints say, and by nothing less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache

import pytest
import torch

from engine.config import Setting
from engine.frame import Frame, State
from engine.history import Diverged, History
from engine.run import train
from engine.trainers.decision_boundary import DecisionBoundary, DecisionBoundaryConfig
from lessons.decision_boundary.lesson import rolls, solves_spiral, solves_xor
from tests.lessons.runs import untouched

SLUG = "decision-boundary"
CHECKS = (rolls, solves_xor, solves_spiral)
Check = Callable[[Frame], bool]
Settings = dict[str, Setting]
XOR: Settings = {"data": "xor", "learning_rate": 0.1}
SPIRAL: Settings = {"data": "spiral", "learning_rate": 0.1, "epochs": 5000}

MET: list[tuple[Check, Settings]] = [
    (rolls, {"momentum": 0.98}),
    (solves_xor, {**XOR, "hidden_layers": 1, "units": 3}),
    (solves_xor, {**XOR, "hidden_layers": 1, "units": 2, "seed": 4}),
    (solves_spiral, {**SPIRAL, "hidden_layers": 2}),
    (solves_spiral, {**SPIRAL, "hidden_layers": 1, "units": 16}),
    (solves_spiral, {**SPIRAL, "hidden_layers": 2, "activation": "relu"}),
]
MISSED: list[tuple[Check, Settings]] = [
    (rolls, {"momentum": 0.8}),
    (rolls, {"learning_rate": 0.1}),
    (rolls, {"momentum": 0.98, "seed": 3}),
    (rolls, {"momentum": 0.98, "stop_above": 0.9}),
    (rolls, {"epochs": 100, "data": "overlap"}),
    (solves_xor, XOR),
    (solves_xor, {**XOR, "hidden_layers": 1, "units": 8}),
    (solves_xor, {**XOR, "hidden_layers": 1, "units": 3, "data": "clouds"}),
    (solves_xor, {**XOR, "hidden_layers": 1, "units": 3, "points": 4}),
    (solves_spiral, SPIRAL),
    (solves_spiral, {**SPIRAL, "hidden_layers": 2, "activation": "sigmoid"}),
    (solves_spiral, {**SPIRAL, "hidden_layers": 2, "points": 20}),
]


def frame(**settings: Setting) -> Frame:
    """The last frame of the training with these settings."""
    return _frame(tuple(sorted(settings.items())))


@cache
def _frame(settings: tuple[tuple[str, Setting], ...]) -> Frame:
    trainer = DecisionBoundary(DecisionBoundaryConfig.of(dict(settings)), torch.device("cpu"))
    history, state = History(), State.FINISHED
    try:
        for _ in train(trainer, history, lambda: False):
            pass
    except Diverged:
        state = State.DIVERGED
    return replace(
        untouched(SLUG),
        state=state,
        settings=asdict(trainer.config),
        history=history.snapshot(),
        step=history.steps,
        loss=history.loss,
        picture=trainer.picture(),
    )


@pytest.mark.parametrize(("check", "settings"), MET)
def test_can_be_met(check: Check, settings: Settings) -> None:
    assert check(frame(**settings)) is True


@pytest.mark.parametrize(("check", "settings"), MISSED)
def test_is_not_met_by_the_wrong_means(check: Check, settings: Settings) -> None:
    assert check(frame(**settings)) is False


@pytest.mark.parametrize("state", list(State))
def test_a_frame_with_nothing_in_it_meets_nothing(state: State) -> None:
    empty = replace(untouched(SLUG), state=state)
    for check in CHECKS:
        assert not check(empty)
        assert not check(replace(empty, settings={}))
        assert not check(replace(frame(epochs=1), state=state))


def test_the_clouds_must_have_been_stopped_and_the_rate_have_stayed() -> None:
    done = frame(momentum=0.98)
    assert not rolls(replace(done, state=State.PLAYING))
    assert not rolls(replace(done, changed=frozenset({"learning_rate"})))
