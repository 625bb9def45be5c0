"""How large a layer's gradient is, so that layers of any size compare; knows no trainer."""

from __future__ import annotations

from math import sqrt

import torch


def rms(weight: torch.Tensor) -> float | None:
    """The root mean square of its gradient: how large that of one weight typically is.

    The length of the gradient grows with the number of the weights: that of a wide layer, of
    whose weights each has a small gradient, is above that of a narrow one. None before the
    first step.
    """
    gradient = weight.grad
    return None if gradient is None else gradient.norm().item() / sqrt(gradient.numel())
