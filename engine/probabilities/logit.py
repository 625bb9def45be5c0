"""One logit z: its probability, three losses and their gradients, and a training of it by each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, nn

LossFn: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""From z and the label, 0 or 1, of the same shape: a loss for each."""


def bce(z: Tensor, y: Tensor) -> Tensor:
    """−ln of the probability that the label got, computed from P."""
    loss: Tensor = nn.BCELoss(reduction="none")(torch.sigmoid(z), y)
    return loss


def bce_with_logits(z: Tensor, y: Tensor) -> Tensor:
    """The same, computed from z: P is never written down, so nothing is rounded away."""
    loss: Tensor = nn.BCEWithLogitsLoss(reduction="none")(z, y)
    return loss


def squared_error(z: Tensor, y: Tensor) -> Tensor:
    """(P − y)², as for a line: the loss that this lesson warns of."""
    loss: Tensor = nn.MSELoss(reduction="none")(torch.sigmoid(z), y)
    return loss


LOSSES: dict[str, LossFn] = {
    "BCELoss": bce,
    "BCEWithLogitsLoss": bce_with_logits,
    "squared error": squared_error,
}


def loss_and_gradient(loss_fn: LossFn, z: Tensor, label: int) -> tuple[Tensor, Tensor]:
    """The loss at each z, and ∂L/∂z there as `backward` gives it; both of the shape of z."""
    z = z.clone().requires_grad_()
    y = torch.full_like(z, label)
    loss = loss_fn(z, y)
    loss.sum().backward()  # each z has a loss of its own: their gradients do not mix
    assert z.grad is not None
    return loss.detach(), z.grad


class Training:
    """One logit that starts wrong, and is led to its label by one of the losses."""

    def __init__(self, loss_fn: LossFn, start: float, label: int, rate: float) -> None:
        self.loss_fn = loss_fn
        self.y = torch.tensor(float(label))
        self.z = torch.tensor(start, requires_grad=True)
        self.optimizer = torch.optim.SGD([self.z], lr=rate)

    def step(self) -> None:
        """Follow the gradient once."""
        loss = self.loss_fn(self.z, self.y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def probability(self) -> float:
        """P = σ(z), now."""
        return torch.sigmoid(self.z).item()

    def loss(self) -> float:
        """What the answer costs now."""
        return self.loss_fn(self.z, self.y).item()
