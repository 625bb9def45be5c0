"""Small programs to run, to trace and to compile, in plain PyTorch."""

from __future__ import annotations

import torch
from torch import nn


def smooth(x: torch.Tensor) -> torch.Tensor:
    """Each number on its own, one operation after another."""
    return torch.exp(-x * x) * torch.sin(3 * x) + 0.1 * x


def branch(x: torch.Tensor) -> torch.Tensor:
    """An if that looks at the data."""
    if x.sum() > 0:
        return x * 2
    return x - 1


def where(x: torch.Tensor) -> torch.Tensor:
    """The same choice as an operation: both sides are computed, one is taken."""
    return torch.where(x.sum() > 0, x * 2, x - 1)


def loop(x: torch.Tensor, times: int) -> torch.Tensor:
    """A for loop that counts with a Python number."""
    for _ in range(times):
        x = x + torch.sin(x)
    return x


class Centre(nn.Module):
    """An if on a setting of the module: batch normalisation has this one."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Take away the mean of this batch, or the mean that training would have kept."""
        if self.training:
            return x - x.mean()
        return x - 0.5


def halve(x: torch.Tensor) -> torch.Tensor:
    """A while loop: how many rounds it takes depends on the data."""
    while x.abs().max() > 1:
        x = x / 2
    return x
