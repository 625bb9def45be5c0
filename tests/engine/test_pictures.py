"""Pictures of a line: its path and the loss surface."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.history import Path
from engine.pictures import LinePicture


def test_the_walk_keeps_its_first_position_and_its_last_in_bounded_room() -> None:
    for steps in (0, 1, 7, 8, 9, 100, 1000):
        path = Path(capacity=8)
        weight = torch.zeros(1, 2)
        for step in range(steps):
            weight.fill_(step)
            path.add(weight[:, :1], weight[:, 1:])
        weight.fill_(steps)
        walked = path.positions(weight)
        assert len(walked) <= 8 + 2  # plus the start and end of the last step
        assert walked[0].tolist() == [0, 0]
        assert walked[-1].tolist() == [steps, steps]
        assert path.reached().tolist() == walked[:, 0].tolist()
        assert len(set(np.diff(walked[:-2, 0]))) <= 1  # evenly thinned
        assert (path.last is None) == (not steps)
        if path.last is not None:
            assert walked[-2].tolist() == path.last.tolist() == [steps - 1, steps - 1]


def test_positions_are_copies() -> None:
    path, weight = Path(), torch.zeros(2)
    path.add(weight)
    walked = path.positions(weight)
    weight += 1
    assert path.last is not None
    assert walked.tolist() == [[0, 0], [0, 0]]
    assert path.last.tolist() == [0, 0]


def line(reduction: str = "mean", parameters: int = 2) -> LinePicture:
    generator = np.random.default_rng(4)
    x, y = generator.normal(size=12), generator.normal(size=12)
    return LinePicture(x, y, 0, 0, (0, 0), np.zeros((1, parameters)), reduction=reduction)


def test_the_loss_surface_is_the_loss_of_every_line() -> None:
    for reduction, total in (("mean", np.mean), ("sum", np.sum)):
        picture = line(reduction)
        w, b = np.meshgrid(np.linspace(-5, 5, 7), np.linspace(-9, 9, 5))
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
