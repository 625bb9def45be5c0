"""The trainer of linear regression with a model of two `nn.Parameter`s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import nn

from engine.config import DRAWN, SOME, Config, Coordinate, Epochs, Momentum, Range, Rate, Seed, When
from engine.datasets.points import noisy_line
from engine.history import Path
from engine.trainer import Step
from engine.trainers.sgd import LineTrainer


@dataclass(frozen=True, kw_only=True)
class ParametersConfig(Config):
    """Hyperparameters of `Parameters`."""

    seed: Annotated[Seed, DRAWN | When(noise=SOME)] = 0
    """The seed of torch's random numbers: the same seed gives the same run."""

    learning_rate: Rate = 1e-3
    """η: the step size along the gradient."""
    momentum: Momentum = 0.0
    """The share of the last step's velocity that is kept."""
    epochs: Epochs = 20_000
    """Passes over the data; each is one step, since all points are used at once."""
    reduction: Literal["mean", "sum"] = "mean"
    """Whether the loss is the mean or the sum of the squared errors."""
    initial_w: Coordinate | None = None
    """The initial slope; None draws it from N(0, 1)."""
    initial_b: Coordinate | None = None
    """The initial intercept; None draws it from N(0, 1)."""
    points: Annotated[int, Range(2, 10_000)] = 100
    """The number of points around the line, for x from -2 to 12."""
    slope: Annotated[float, Range(-1000, 1000)] = 3.0
    """The slope of the line behind the points, which w should approach."""
    intercept: Annotated[float, Range(-1000, 1000)] = 10.0
    """The intercept of the line behind the points, which b should approach."""
    noise: Annotated[float, Range(0, 1000)] = 1.0
    """The standard deviation of the noise on y."""


class LinearModel(nn.Module):
    """The model ŷ = w·x + b. As `nn.Parameter`s, w and b are in `parameters()`."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.randn(1, 1))
        self.b = nn.Parameter(torch.randn(1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return ŷ, shape (points, 1), for x, shape (points, 1)."""
        return x @ self.w + self.b


class Parameters(LineTrainer[ParametersConfig]):
    """Finds the slope and the intercept behind a hundred noisy points."""

    Config = ParametersConfig

    def __init__(self, config: ParametersConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        self.x, self.y = noisy_line(
            slope=config.slope,
            intercept=config.intercept,
            noise=config.noise,
            points=config.points,
            low=-2,
            high=12,
            device=device,
        )

        # 2. Model
        self.model = LinearModel()
        if config.initial_w is not None:
            nn.init.constant_(self.model.w, config.initial_w)
        if config.initial_b is not None:
            nn.init.constant_(self.model.b, config.initial_b)
        self.model.to(device)
        self.w, self.b = self.model.w, self.model.b

        # 3. Loss function
        self.loss_fn = nn.MSELoss(reduction=config.reduction)

        # 4. Optimizer
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=config.learning_rate, momentum=config.momentum
        )
        self.path = Path()

    def steps(self) -> Iterator[Step]:
        # 5. Loop
        for epoch in range(1, self.config.epochs + 1):
            prediction = self.model(self.x)
            loss = self.loss_fn(prediction, self.y)
            self.optimizer.zero_grad()
            loss.backward()
            self.path.add(self.w, self.b)
            self.optimizer.step()
            yield Step(step=epoch, epoch=epoch, loss=loss.detach())
