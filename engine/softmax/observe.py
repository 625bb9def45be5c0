"""Looks at a vector of logits through PyTorch; knows no screen."""

from __future__ import annotations

import math

import torch

from engine.softmax.logits import WAYS, descend, gradient, probabilities, three_losses
from engine.softmax.look import Given, Look, Numbers
from engine.softmax.scenes import COLDEST, HOTTEST, Scene

POINTS = 201
RATE = 1.0
"""η of the steps in the scene of cross-entropy."""


def observe(scene: Scene, given: Given, steps: int = 0) -> Look:
    """All numbers at these logits, in 32 bits."""
    before = torch.tensor(given.z, dtype=torch.float32)
    z, y = before + given.shift, torch.tensor(given.label)
    temperatures = _temperatures() if scene.moves == "temperature" else ()
    return Look(
        scene=scene,
        given=given,
        z=_numbers(z),
        p=_numbers(probabilities(z, given.temperature)),
        plain=_numbers(probabilities(before)),
        ways={name: _numbers(way(z)) for name, way in WAYS.items()},
        losses={name: loss.item() for name, loss in three_losses(z, y).items()},
        gradient=_numbers(gradient(z, y)),
        temperatures=temperatures,
        curves=tuple(
            zip(*(_numbers(probabilities(z, each)) for each in temperatures), strict=True)
        ),
        steps=steps,
    )


def stepped(z: Numbers, label: int) -> Numbers:
    """The logits after one step against the gradient of the label's loss."""
    return _numbers(descend(torch.tensor(z, dtype=torch.float32), torch.tensor(label), RATE))


def _temperatures() -> Numbers:
    """From the coldest to the hottest, evenly in their logarithm."""
    low, high = math.log10(COLDEST), math.log10(HOTTEST)
    return tuple(10 ** (low + (high - low) * place / (POINTS - 1)) for place in range(POINTS))


def _numbers(values: torch.Tensor) -> Numbers:
    return tuple(values.tolist())
