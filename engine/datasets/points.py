"""Generated points: functions that return (x, y) on a device.

Random numbers come from torch's global generator on the CPU for every device, so that one seed
gives one data set.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import torch

Data: TypeAlias = tuple[torch.Tensor, torch.Tensor]
"""Inputs and targets, each of shape (points, 1) unless stated otherwise."""

SIX_X = (1.0, 2.0, 0.5, 2.5, 2.6, 3.1)
SIX_Y = (3.7, 4.6, 1.65, 5.68, 5.98, 6.95)
SIX_LABELS = (1.0, 1.0, 0.0, 1.0, 1.0, 1.0)


def six_points(device: torch.device) -> Data:
    """Return six points near y = 1.84·x + 1.17, not exactly on a line."""
    x, y = torch.tensor(SIX_X).reshape(-1, 1), torch.tensor(SIX_Y).reshape(-1, 1)
    return x.to(device), y.to(device)


def six_labels(device: torch.device) -> Data:
    """Return the x of the six points with labels: only the smallest x, 0.5, has label 0."""
    x, y = torch.tensor(SIX_X).reshape(-1, 1), torch.tensor(SIX_LABELS).reshape(-1, 1)
    return x.to(device), y.to(device)


def noisy_line(
    *,
    slope: float,
    intercept: float,
    noise: float,
    points: int,
    low: float,
    high: float,
    device: torch.device,
) -> Data:
    """Return evenly spaced points on y = slope·x + intercept + noise·N(0, 1).

    No random number is drawn if `noise` is 0.
    """
    x = torch.linspace(low, high, points).reshape(points, 1)
    y = slope * x + intercept
    if noise:
        y = y + noise * torch.randn(x.size())
    return x.to(device), y.to(device)


def overlapping_labels(*, points: int, gap: float, device: torch.device) -> Data:
    """Return half of the points from N(2 − gap/2, 1), label 0, the others from N(2 + gap/2, 1).

    If the number is odd, label 1 has one more.
    """
    y = (torch.arange(points) >= points // 2).float().reshape(points, 1)
    x = 2 + gap * (y - 0.5) + torch.randn(points, 1)
    return x.to(device), y.to(device)


def clouds(*, points: int, reach: float, device: torch.device) -> Data:
    """Return two round clouds on the diagonal: label 0 around 1 + reach, 1 around 1 − reach.

    The inputs have shape (points, 2) here and below.
    """
    zeros = torch.ones(points // 2, 2)
    ones = torch.ones(points - points // 2, 2)
    x = torch.cat([torch.normal(reach * zeros, 1) + 1, torch.normal(-reach * ones, 1) + 1])
    return _labelled(x, device)


def moons(*, points: int, device: torch.device) -> Data:
    """Return two interlocking crescents, which no straight line separates."""
    upper = math.pi * torch.rand(points // 2)
    lower = math.pi * torch.rand(points - points // 2)
    zeros = torch.stack([2 * torch.cos(upper) - 1, 2 * torch.sin(upper) - 0.5], dim=1)
    ones = torch.stack([1 - 2 * torch.cos(lower), 0.5 - 2 * torch.sin(lower)], dim=1)
    return _labelled(torch.cat([zeros, ones]) + 0.2 * torch.randn(points, 2), device)


def circles(*, points: int, device: torch.device) -> Data:
    """Return a ring, label 0, around a disc, label 1."""
    turn = 2 * math.pi * torch.rand(points)
    radius = torch.cat([torch.full((points // 2,), 2.6), torch.full((points - points // 2,), 1.0)])
    x = torch.stack([radius * torch.cos(turn), radius * torch.sin(turn)], dim=1)
    return _labelled(x + 0.25 * torch.randn(points, 2), device)


def xor(*, points: int, device: torch.device) -> Data:
    """Return a cloud in each quadrant: label 1 if the two inputs have different signs."""
    half, sign = points // 2, torch.where(torch.arange(points) % 2 == 0, 1.0, -1.0)
    other = torch.where(torch.arange(points) < half, sign, -sign)
    x = 1.6 * torch.stack([sign, other], dim=1)
    return _labelled(x + 0.5 * torch.randn(points, 2), device)


def spiral(*, points: int, device: torch.device) -> Data:
    """Return two spiral arms of one and a half turns around the centre, half a turn apart."""
    zeros, ones = (torch.linspace(0.3, 3, n) for n in (points // 2, points - points // 2))
    arms = [
        sign * torch.stack([r * torch.cos(3.7 * r), r * torch.sin(3.7 * r)], dim=1)
        for sign, r in ((1, zeros), (-1, ones))
    ]
    return _labelled(torch.cat(arms) + 0.06 * torch.randn(points, 2), device)


def _labelled(x: torch.Tensor, device: torch.device) -> Data:
    """Return the points with labels: 0 for the first half, 1 for the others."""
    labels = (torch.arange(len(x)) >= len(x) // 2).float().reshape(-1, 1)
    return x.to(device), labels.to(device)
