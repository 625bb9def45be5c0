"""The data sets: each a function that gives (x, y) on a device; knows no model."""

from __future__ import annotations

from typing import TypeAlias

import torch

Data: TypeAlias = tuple[torch.Tensor, torch.Tensor]
"""Inputs and targets, each of shape (points, 1)."""

SIX_X = (1.0, 2.0, 0.5, 2.5, 2.6, 3.1)
SIX_Y = (3.7, 4.6, 1.65, 5.68, 5.98, 6.95)


def six_points(device: torch.device) -> Data:
    """Six measured-looking points near y = 1.84·x + 1.17, none of them on a line."""
    x, y = torch.tensor(SIX_X).reshape(-1, 1), torch.tensor(SIX_Y).reshape(-1, 1)
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
    """Points at even distances on y = slope·x + intercept + noise·N(0, 1).

    The noise is drawn on the CPU from torch's global generator, whatever the device, so that
    one seed means one data set; none is drawn where `noise` is 0.
    """
    x = torch.linspace(low, high, points).reshape(points, 1)
    y = slope * x + intercept
    if noise:
        y = y + noise * torch.randn(x.size())
    return x.to(device), y.to(device)
