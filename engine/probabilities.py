"""The probability of one logit z, three losses, their gradients, and training with each loss."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from engine.pictures import Array
from engine.probability_scenes import (
    LogitCurves,
    LogitLoss,
    LogitWalk,
    LossAt,
    LossRace,
    ProbabilityLook,
    ProbabilityScene,
)

LossFn: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""Returns the loss for each z and label, 0 or 1; all of the same shape."""
POINTS = 601
"""The number of points of a curve: at least two for each column of a wide screen."""
RACERS = ("BCEWithLogitsLoss", "squared error")


LOSSES: dict[str, LossFn] = {
    # −ln of the probability of the label, computed from P
    "BCELoss": lambda z, y: nn.BCELoss(reduction="none")(torch.sigmoid(z), y),
    # the same, computed from z: P is never rounded
    "BCEWithLogitsLoss": nn.BCEWithLogitsLoss(reduction="none"),
    # (P − y)², as for a line: the loss that this lesson warns about
    "squared error": lambda z, y: nn.MSELoss(reduction="none")(torch.sigmoid(z), y),
}


def loss_and_gradient(loss_fn: LossFn, z: Tensor, label: int) -> tuple[Tensor, Tensor]:
    """Return the loss at each z, and ∂L/∂z there from `backward`; both of the shape of z."""
    z = z.clone().requires_grad_()
    y = torch.full_like(z, label)
    loss = loss_fn(z, y)
    loss.sum().backward()  # each z has its own loss, so their gradients do not mix
    assert z.grad is not None
    return loss.detach(), z.grad


class LogitTraining:
    """One logit that starts wrong and is trained with one of the losses."""

    def __init__(self, loss_fn: LossFn, start: float, label: int, rate: float) -> None:
        self.loss_fn = loss_fn
        self.y = torch.tensor(float(label))
        self.z = torch.tensor(start, requires_grad=True)
        self.optimizer = torch.optim.SGD([self.z], lr=rate)
        self.p: list[float] = []
        self.losses: list[float] = []
        self.note()

    def step(self) -> None:
        """Make one step against the gradient."""
        loss = self.loss_fn(self.z, self.y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.note()

    def note(self) -> None:
        """Append the current P = σ(z) and loss."""
        self.p.append(torch.sigmoid(self.z).item())
        self.losses.append(self.loss_fn(self.z, self.y).item())


class RunningRace:
    """Two logits with the same wrong start, trained step by step with different losses."""

    def __init__(self, start: float, label: int, rate: float) -> None:
        self._rate = rate
        self._trainings = {name: LogitTraining(LOSSES[name], start, label, rate) for name in RACERS}

    def step(self) -> None:
        for training in self._trainings.values():
            training.step()

    def look(self) -> LossRace:
        """Return the probabilities and losses of both so far."""
        walks = {
            name: LogitWalk(np.array(training.p), np.array(training.losses))
            for name, training in self._trainings.items()
        }
        return LossRace(self._rate, walks)


def observe(
    scene: ProbabilityScene, z: float, label: int, race: LossRace | None = None
) -> ProbabilityLook:
    """Return everything that the lab shows at this z, in float32."""
    here = torch.tensor(z, dtype=torch.float32)
    losses = {}
    for name, loss_fn in LOSSES.items():
        loss, gradient = loss_and_gradient(loss_fn, here, label)
        losses[name] = LossAt(loss.item(), gradient.item())
    p, odds = torch.sigmoid(here).item(), torch.exp(here).item()
    return ProbabilityLook(scene, z, label, p, odds, losses, curves(scene.reach, label), race)


@lru_cache(maxsize=8)
def curves(reach: float, label: int) -> LogitCurves:
    """Return every curve over z, from −reach to reach."""
    z = torch.linspace(-reach, reach, POINTS)
    losses = {name: loss_and_gradient(loss_fn, z, label) for name, loss_fn in LOSSES.items()}
    return LogitCurves(
        z=_array(z),
        p=_array(torch.sigmoid(z)),
        losses={name: LogitLoss(*map(_array, both)) for name, both in losses.items()},
    )


def _array(values: Tensor) -> Array:
    return values.numpy().astype(np.float64)
