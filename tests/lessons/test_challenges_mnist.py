"""The challenges of the digits: met by what the hints say, and by nothing less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import pytest
import torch

from engine.config import Setting
from engine.frame import Frame, State
from engine.trainers.mnist import Mnist, MnistConfig
from lessons.catalog import find
from lessons.mnist.lesson import convolves, mends_sigmoids, reads, vanishes
from tests.lessons.runs import untouched

SLUG = "mnist"
CHECKS = (reads, convolves, vanishes, mends_sigmoids)
Check = Callable[[Frame], bool]
Settings = dict[str, Setting]
SIXTY: Settings = {"learning_rate": 0.05, "epochs": 60}

MET: list[tuple[Check, Settings]] = [
    (reads, SIXTY),
    (convolves, {**SIXTY, "network": "convolutional"}),
    (vanishes, {"activation": "sigmoid", "epochs": 1}),
    (mends_sigmoids, {**SIXTY, "activation": "sigmoid", "depth": 1}),
]
MISSED: list[tuple[Check, Settings]] = [
    (reads, {"epochs": 10}),
    (convolves, SIXTY),
    (convolves, {"epochs": 2, "network": "convolutional"}),
    (vanishes, {"epochs": 2}),
    (vanishes, {"epochs": 2, "activation": "tanh"}),
    (mends_sigmoids, {**SIXTY, "epochs": 10}),
    (mends_sigmoids, {"activation": "sigmoid", "epochs": 10}),
]


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path))
    torch.set_num_threads(1)


def ended(settings: Settings) -> Frame:
    """The last frame of a training on the digits."""
    return _ended(tuple(sorted(settings.items())))


@cache
def _ended(settings: tuple[tuple[str, Setting], ...]) -> Frame:
    config = MnistConfig.of({"data": "digits", **dict(settings)})
    trainer = Mnist(config, torch.device("cpu"))
    steps = sum(1 for _ in trainer.steps())
    return replace(
        untouched(SLUG),
        state=State.FINISHED,
        settings=asdict(config),
        step=steps,
        epoch=config.epochs,
        picture=trainer.picture(),
    )


@pytest.mark.parametrize(("check", "settings"), MET)
def test_met(check: Check, settings: Settings) -> None:
    assert check(ended(settings))


@pytest.mark.parametrize(("check", "settings"), MISSED)
def test_missed(check: Check, settings: Settings) -> None:
    assert not check(ended(settings))


@pytest.mark.parametrize("check", CHECKS)
def test_a_run_that_has_not_begun_meets_nothing(check: Check) -> None:
    assert not check(untouched(SLUG))


def test_clothes_are_no_digits() -> None:
    frame = ended({"epochs": 1})
    picture = replace(frame.picture, data="fashion-mnist", test_accuracy=0.99)
    assert not reads(replace(frame, picture=picture))
    assert reads(replace(frame, picture=replace(picture, data="mnist")))


def test_every_check_is_that_of_a_challenge() -> None:
    assert {challenge.check for challenge in find(SLUG).load().challenges} == set(CHECKS)
