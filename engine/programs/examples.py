"""Small programs in plain PyTorch that are run, traced and compiled."""

from __future__ import annotations

import torch
from torch import nn


def smooth(x: torch.Tensor) -> torch.Tensor:
    """Compute a smooth function of each element in a row of operations."""
    return torch.exp(-x * x) * torch.sin(3 * x) + 0.1 * x


def branch(x: torch.Tensor) -> torch.Tensor:
    """Choose with an `if` on the data."""
    if x.sum() > 0:
        return x * 2
    return x - 1


def where(x: torch.Tensor) -> torch.Tensor:
    """Make the same choice with an operation: both sides are computed, one is taken."""
    return torch.where(x.sum() > 0, x * 2, x - 1)


def loop(x: torch.Tensor, times: int) -> torch.Tensor:
    """Repeat in a `for` loop with a Python number of rounds."""
    for _ in range(times):
        x = x + torch.sin(x)
    return x


class Centre(nn.Module):
    """Branches on a setting of the module, as batch normalisation does."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Subtract the mean of this batch, or the mean that training would have stored."""
        if self.training:
            return x - x.mean()
        return x - 0.5


def halve(x: torch.Tensor) -> torch.Tensor:
    """Repeat in a `while` loop whose number of rounds depends on the data."""
    while x.abs().max() > 1:
        x = x / 2
    return x
