"""Looks at a logit through PyTorch, and runs the race of two; knows no screen."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch

from engine.pictures import Array
from engine.probabilities.logit import LOSSES, Training, loss_and_gradient
from engine.probabilities.look import Curve, Curves, Look, LossAt, Race, Walk
from engine.probabilities.scenes import Scene

POINTS = 601
"""Of a curve: two for each column of a wide screen, and more."""
RACERS = ("BCEWithLogitsLoss", "squared error")


def observe(scene: Scene, z: float, label: int, race: Race | None = None) -> Look:
    """All numbers at this z, in 32 bits."""
    here = torch.tensor(z, dtype=torch.float32)
    losses = {}
    for name, loss_fn in LOSSES.items():
        loss, gradient = loss_and_gradient(loss_fn, here, label)
        losses[name] = LossAt(loss.item(), gradient.item())
    p, odds = torch.sigmoid(here).item(), torch.exp(here).item()
    return Look(scene, z, label, p, odds, losses, curves(scene.reach, label), race)


@lru_cache(maxsize=8)
def curves(reach: float, label: int) -> Curves:
    """Every curve over z, from −reach to reach."""
    z = torch.linspace(-reach, reach, POINTS)
    losses = {name: loss_and_gradient(loss_fn, z, label) for name, loss_fn in LOSSES.items()}
    return Curves(
        z=_array(z),
        p=_array(torch.sigmoid(z)),
        losses={name: Curve(*map(_array, both)) for name, both in losses.items()},
    )


class Racing:
    """Two logits that start at the same wrong place: one step of the race is one of each."""

    def __init__(self, start: float, label: int, rate: float) -> None:
        self._rate = rate
        self._trainings = {name: Training(LOSSES[name], start, label, rate) for name in RACERS}
        self._p: dict[str, list[float]] = {name: [] for name in RACERS}
        self._loss: dict[str, list[float]] = {name: [] for name in RACERS}
        self._note()

    def step(self) -> None:
        """A step of each."""
        for training in self._trainings.values():
            training.step()
        self._note()

    def look(self) -> Race:
        """How far both have come."""
        walks = {name: Walk(np.array(self._p[name]), np.array(self._loss[name])) for name in RACERS}
        return Race(self._rate, walks)

    def _note(self) -> None:
        for name, training in self._trainings.items():
            self._p[name].append(training.probability())
            self._loss[name].append(training.loss())


def _array(values: torch.Tensor) -> Array:
    return values.numpy().astype(np.float64)
