"""Synthetic points: shapes, noise and random draws; numbers in words."""

from __future__ import annotations

from math import sqrt

import pytest
import torch

from engine.datasets.points import Data, noisy_line, six_points
from engine.numerals import counted

CPU = torch.device("cpu")


def line(points: int = 5, noise: float = 0.0, device: torch.device = CPU) -> Data:
    return noisy_line(
        slope=-3, intercept=0.5, noise=noise, points=points, low=-2, high=2, device=device
    )


def test_the_points_without_noise() -> None:
    x, y = six_points(CPU)
    assert x.shape == y.shape == (6, 1)
    assert x.flatten().tolist() == pytest.approx([1, 2, 0.5, 2.5, 2.6, 3.1])
    assert y.flatten().tolist() == pytest.approx([3.7, 4.6, 1.65, 5.68, 5.98, 6.95])
    for points in (1, 2, 5, 100):
        x, y = line(points)
        assert x.shape == y.shape == (points, 1)
        assert x[0] == -2
        if points > 1:
            assert x[-1] == 2
            distances = x.diff(dim=0).flatten().tolist()
            assert distances == pytest.approx([4 / (points - 1)] * (points - 1), abs=5e-7)
        assert torch.equal(y, -3 * x + 0.5)


def test_the_noise_is_normal_with_the_deviation_asked_for() -> None:
    n = 10_000
    for sigma in (0.1, 1.0, 25.0):
        torch.manual_seed(1)
        x, y = line(n, noise=sigma)
        noise = ((y - (-3 * x + 0.5)) / sigma).double()
        assert abs(noise.mean()) < 4 / sqrt(n)
        assert abs(noise.std() - 1) < 4 / sqrt(2 * n)
        for quantile in (0.5, 1.0, 2.0):  # as often above as in the normal distribution
            share = (noise.abs() > quantile).double().mean()
            expected = torch.special.erfc(torch.tensor(quantile / sqrt(2)))
            assert abs(share - expected) < 4 * sqrt(0.25 / n)


def test_without_noise_nothing_is_drawn_and_the_data_is_on_the_device() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    line(noise=0)
    six_points(CPU)
    assert torch.equal(torch.get_rng_state(), before)
    line(noise=1)
    assert not torch.equal(torch.get_rng_state(), before)
    meta = torch.device("meta")
    for x, y in (line(noise=1, device=meta), six_points(meta)):
        assert x.device == y.device == meta


def test_counts_in_words() -> None:
    assert [counted(n, "row") for n in (0, 1, 2, 1234)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "1,234 rows",
    ]
    assert [counted(n, "class", "classes") for n in (1, 3)] == ["1 class", "3 classes"]
