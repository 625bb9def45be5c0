"""The trainer of a linear model or small network that separates two classes in the plane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import torch
from torch import nn

from engine.config import Config, Epochs, Momentum, Range, Rate, Seed, When
from engine.datasets.points import circles, clouds, moons, spiral, xor
from engine.history import Path
from engine.trainer import Step
from engine.trainers.sgd import BoundaryTrainer

CHECK_EVERY = 20
"""The number of steps between two checks of the accuracy."""
ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}

HIDDEN = When(hidden_layers=Range(1, 4))
"""The condition under which the settings of hidden layers have an effect."""


@dataclass(frozen=True, kw_only=True)
class DecisionBoundaryConfig(Config):
    """Hyperparameters of `DecisionBoundary`."""

    seed: Seed = 10
    """The seed of torch's random numbers: the same seed gives the same run."""
    learning_rate: Rate = 0.01
    """η: the step size along the gradient."""
    momentum: Momentum = 0.9
    """The share of the last step's velocity that is kept."""
    epochs: Epochs = 1000
    """The most passes over the data; each is one step, since all points are used at once."""
    stop_above: Annotated[float, Range(0, 1)] = 0.99
    """The accuracy above which the training stops; 1 never stops it."""
    hidden_layers: Annotated[int, Range(0, 4)] = 0
    """The number of hidden layers; with 0 the boundary is a line."""
    units: Annotated[int, Range(1, 64), HIDDEN] = 8
    activation: Annotated[Literal["tanh", "relu", "sigmoid"], HIDDEN] = "tanh"
    data: Literal["clouds", "overlap", "moons", "circles", "xor", "spiral"] = "clouds"
    """The arrangement of the points of the two classes."""
    points: Annotated[int, Range(4, 10_000)] = 200
    """The number of points, half of them in each class."""


class DecisionBoundary(BoundaryTrainer[DecisionBoundaryConfig]):
    """Finds where in the plane P of label 1 exceeds P of label 0."""

    Config = DecisionBoundaryConfig

    def __init__(self, config: DecisionBoundaryConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        self.x, self.y = self.points(device)

        # 2. Model
        sizes = [2] + [config.units] * config.hidden_layers
        hidden: list[nn.Module] = []
        for inputs, outputs in pairwise(sizes):
            hidden += [nn.Linear(inputs, outputs), ACTIVATIONS[config.activation]()]
        self.model = nn.Sequential(*hidden, nn.Linear(sizes[-1], 1))
        self.model.to(device)
        self.activation = config.activation

        # 3. Loss function
        # A network can diverge, and BCELoss raises an error if P is nan.
        self.loss_fn = nn.BCEWithLogitsLoss() if config.hidden_layers else nn.BCELoss()

        # 4. Optimizer
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=config.learning_rate, momentum=config.momentum
        )
        self.path = Path(capacity=2)

    def steps(self) -> Iterator[Step]:
        # 5. Loop
        for epoch in range(1, self.config.epochs + 1):
            z = self.model(self.x)
            output = z if self.config.hidden_layers else torch.sigmoid(z)
            loss = self.loss_fn(output, self.y)
            self.optimizer.zero_grad()
            loss.backward()
            self.path.add(*self.model.parameters())
            self.optimizer.step()
            self.z = z.detach()
            yield Step(step=epoch, epoch=epoch, loss=loss.detach())
            # A script counts from 0 and checks at 0, 20, 40, …; only this waits for the device.
            if (epoch - 1) % CHECK_EVERY == 0 and self.good_enough(self.z):
                self.stopped_at = epoch - 1
                return

    def good_enough(self, z: torch.Tensor) -> bool:
        """Whether enough points are right: compared as a count, since 0.99 has no exact float."""
        return self.right(z) > round(self.config.stop_above * len(self.x), 6)

    def points(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the inputs, shape (points, 2), and the labels, shape (points, 1)."""
        shape, points = self.config.data, self.config.points
        if shape == "clouds":
            return clouds(points=points, reach=1.7, device=device)
        if shape == "overlap":
            return clouds(points=points, reach=0.7, device=device)
        shapes = {"moons": moons, "circles": circles, "xor": xor, "spiral": spiral}
        return shapes[shape](points=points, device=device)
