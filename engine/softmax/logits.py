"""A vector of logits: softmax, its logarithm in three ways, and the loss; knows no screen."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def probabilities(z: Tensor, temperature: float = 1.0) -> Tensor:
    """eᶻ/Σeᶻ, from logits that are first divided by the temperature; shape of z."""
    return torch.softmax(z / temperature, dim=0)


def by_formula(z: Tensor) -> Tensor:
    """ln(eᶻ/Σeᶻ), just as it is written: eᶻ grows beyond all float32 numbers from 88.73 on."""
    powers = torch.exp(z)
    return torch.log(powers / powers.sum())


def log_of_softmax(z: Tensor) -> Tensor:
    """The logarithm of the finished probabilities: one that has become 0 gives −∞."""
    return torch.log(torch.softmax(z, dim=0))


def log_softmax(z: Tensor) -> Tensor:
    """z − ln Σeᶻ in one go, with the largest z taken out first: nothing overflows."""
    return torch.log_softmax(z, dim=0)


WAYS = {"log_softmax": log_softmax, "ln(softmax)": log_of_softmax, "ln(eᶻ/Σeᶻ)": by_formula}


def three_losses(z: Tensor, y: Tensor) -> dict[str, Tensor]:
    """−ln of the probability of class y, a whole number, three ways; z has shape (classes,)."""
    by_hand = -torch.log(torch.softmax(z, dim=0)[y])
    nll = nn.NLLLoss()(torch.log_softmax(z, dim=0), y)
    cross_entropy = nn.CrossEntropyLoss()(z, y)
    return {"−ln P(y)": by_hand, "NLLLoss": nll, "CrossEntropyLoss": cross_entropy}


def gradient(z: Tensor, y: Tensor) -> Tensor:
    """∂L/∂z of the cross-entropy, from `backward`: P − y, with y as 1 at its class and 0 else."""
    z = z.clone().requires_grad_()
    loss = nn.CrossEntropyLoss()(z, y)
    loss.backward()
    assert z.grad is not None
    return z.grad


def descend(z: Tensor, y: Tensor, rate: float) -> Tensor:
    """The logits after one step against the gradient."""
    return z - rate * gradient(z, y)
