"""The probabilities of a vector of logits, three ways to compute their logarithm, and losses."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from engine.softmax_scenes import COLDEST, HOTTEST, Numbers, SoftmaxInput, SoftmaxLook, SoftmaxScene


def probabilities(z: Tensor, temperature: float = 1.0) -> Tensor:
    """Return eᶻ/Σeᶻ of the logits divided by the temperature; shape of z."""
    return torch.softmax(z / temperature, dim=0)


def log_probabilities(z: Tensor) -> dict[str, Tensor]:
    """Return ln P computed in three ways, each of the shape of z."""
    powers = torch.exp(z)  # overflows float32 from z = 88.73 on
    return {
        # z − ln Σeᶻ, with the largest z subtracted first: nothing overflows
        "log_softmax": torch.log_softmax(z, dim=0),
        # the logarithm of the probabilities: one that is rounded to 0 gives −∞
        "ln(softmax)": torch.log(torch.softmax(z, dim=0)),
        # the formula as it is written
        "ln(eᶻ/Σeᶻ)": torch.log(powers / powers.sum()),
    }


def three_losses(z: Tensor, y: Tensor) -> dict[str, Tensor]:
    """Return −ln of the probability of class y, an integer, in three ways; z: shape (classes,)."""
    by_hand = -torch.log(torch.softmax(z, dim=0)[y])
    nll = nn.NLLLoss()(torch.log_softmax(z, dim=0), y)
    cross_entropy = nn.CrossEntropyLoss()(z, y)
    return {"−ln P(y)": by_hand, "NLLLoss": nll, "CrossEntropyLoss": cross_entropy}


def gradient(z: Tensor, y: Tensor) -> Tensor:
    """Return ∂L/∂z of the cross-entropy from `backward`: P − y, with y one-hot."""
    z = z.clone().requires_grad_()
    loss = nn.CrossEntropyLoss()(z, y)
    loss.backward()
    assert z.grad is not None
    return z.grad


def stepped(z: Numbers, label: int, rate: float = 1.0) -> Numbers:
    """Return the logits after one step against the gradient of the label's loss."""
    before = torch.tensor(z, dtype=torch.float32)
    return _numbers(before - rate * gradient(before, torch.tensor(label)))


def observe(scene: SoftmaxScene, given: SoftmaxInput, steps: int = 0) -> SoftmaxLook:
    """Return everything that the lab shows of these logits, in float32."""
    before = torch.tensor(given.z, dtype=torch.float32)
    z, y = before + given.shift, torch.tensor(given.label)
    hot = scene.moves == "temperature"
    temperatures = tuple(np.geomspace(COLDEST, HOTTEST, 201).tolist()) if hot else ()
    curves = [_numbers(probabilities(z, each)) for each in temperatures]
    return SoftmaxLook(
        scene=scene,
        given=given,
        z=_numbers(z),
        p=_numbers(probabilities(z, given.temperature)),
        plain=_numbers(probabilities(before)),
        ways={name: _numbers(log_p) for name, log_p in log_probabilities(z).items()},
        losses={name: loss.item() for name, loss in three_losses(z, y).items()},
        gradient=_numbers(gradient(z, y)),
        temperatures=temperatures,
        curves=tuple(zip(*curves, strict=True)),
        steps=steps,
    )


def _numbers(values: Tensor) -> Numbers:
    return tuple(values.tolist())
