"""Pictures: the path and the loss surface, which share no weights with the trainer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.history import Path
from engine.pictures import LinePicture
from engine.trainer import Trainer
from engine.trainers.gradient_by_hand import GradientByHand
from engine.trainers.linear_regression import LinearRegression
from engine.trainers.parameters import Parameters

KINDS = [GradientByHand, LinearRegression, Parameters]


@pytest.mark.parametrize("steps", [0, 1, 7, 8, 9, 100, 1000])
def test_the_walk_keeps_its_first_position_and_its_last_in_bounded_room(steps: int) -> None:
    path = Path(capacity=8)
    weight = torch.zeros(1, 2)
    for step in range(steps):
        weight.fill_(step)
        path.add(weight[:, :1], weight[:, 1:])
    weight.fill_(steps)
    walked = path.positions(weight)
    assert len(walked) <= 8 + 2  # plus the start and end of the last step
    if steps:
        assert walked[-2].tolist() == [steps - 1, steps - 1]
    assert walked[0].tolist() == [0, 0]
    assert walked[-1].tolist() == [steps, steps]
    strides = np.diff(walked[:-2, 0])
    assert len(set(strides)) <= 1  # evenly thinned
    if steps:
        assert path.last is not None
        assert path.last.tolist() == [steps - 1, steps - 1]
    else:
        assert path.last is None


def test_positions_are_copies() -> None:
    path, weight = Path(), torch.zeros(2)
    path.add(weight)
    walked = path.positions(weight)
    weight += 1
    assert path.last is not None
    assert walked.tolist() == [[0, 0], [0, 0]]
    assert path.last.tolist() == [0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_shares_no_memory_with_the_training(kind: type[Trainer[Any]]) -> None:
    trainer = kind(kind.Config(), torch.device("cpu"))
    steps = trainer.steps()
    next(steps)
    picture = trainer.picture()
    kept = [array.copy() for array in (picture.x, picture.y, picture.path)]
    position, parameters = (picture.w, picture.b), trainer.parameters()
    with torch.no_grad():
        for tensor in (trainer.x, trainer.y, trainer.w):  # type: ignore[attr-defined]
            tensor += 1
    for _ in range(600):
        next(steps, None)
    for array, before in zip((picture.x, picture.y, picture.path), kept, strict=True):
        assert np.array_equal(array, before)
        assert array.dtype == np.float64
    assert (picture.w, picture.b) == position
    assert trainer.parameters() != parameters


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_knows_where_the_walk_began_and_where_it_is(kind: type[Trainer[Any]]) -> None:
    config = kind.Config.of({"initial_w": 2.5})
    trainer = kind(config, torch.device("cpu"))
    first = trainer.picture()
    assert len(first.path) == 1
    assert first.start[0] == first.path[0, 0] == first.w == 2.5
    for _ in trainer.steps():
        pass
    last = trainer.picture()
    assert last.start == first.start
    assert last.path[0].tolist() == first.path[0].tolist()
    assert last.path[-1].tolist() == list(trainer.parameters().values())
    assert len(last.path) <= 513


def test_by_hand_the_picture_names_the_sample_of_the_step() -> None:
    trainer = GradientByHand(GradientByHand.Config(), torch.device("cpu"))
    samples = [trainer.picture().sample]
    for _, _ in zip(range(4), trainer.steps(), strict=False):
        samples.append(trainer.picture().sample)
    assert samples == [None, 0, 1, 2, 0]


def line(reduction: str = "mean", parameters: int = 2) -> LinePicture:
    generator = np.random.default_rng(4)
    x, y = generator.normal(size=12), generator.normal(size=12)
    return LinePicture(x, y, 0, 0, (0, 0), np.zeros((1, parameters)), reduction=reduction)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_loss_surface_is_the_loss_of_every_line(reduction: str) -> None:
    picture = line(reduction)
    w, b = np.meshgrid(np.linspace(-5, 5, 7), np.linspace(-9, 9, 5))
    total = {"mean": np.mean, "sum": np.sum}[reduction]
    brute = [
        [total((picture.x * w[i, j] + b[i, j] - picture.y) ** 2) for j in range(7)]
        for i in range(5)
    ]
    assert picture.loss_at(w, b) == pytest.approx(np.array(brute))


def test_least_squares_is_where_that_surface_is_lowest() -> None:
    for picture in (line(), line(parameters=1)):
        w, b = picture.least_squares()
        least = picture.loss_at(np.array(w), b)
        assert picture.path.shape[1] == 2 or b == 0
        for step in (-1e-3, 1e-3):
            assert picture.loss_at(np.array(w + step), b) > least
            if picture.path.shape[1] == 2:
                assert picture.loss_at(np.array(w), b + step) > least
