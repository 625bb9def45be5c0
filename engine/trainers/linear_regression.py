"""The trainer of linear regression with `nn.Linear`, `MSELoss` and `SGD`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import nn

from engine.config import DRAWN, SOME, Config, Coordinate, Epochs, Momentum, Range, Rate, Seed, When
from engine.datasets.points import noisy_line, six_points
from engine.history import Path
from engine.trainer import Step
from engine.trainers.sgd import LineTrainer

OWN_LINE = When(data="line")
"""The condition under which the settings of the line have an effect."""


@dataclass(frozen=True, kw_only=True)
class LinearRegressionConfig(Config):
    """Hyperparameters of `LinearRegression`."""

    seed: Annotated[Seed, DRAWN | When(data="line", noise=SOME)] = 0
    """The seed of torch's random numbers: the same seed gives the same run."""

    learning_rate: Rate = 0.01
    """η: the step size along the gradient."""
    momentum: Momentum = 0.0
    """The share of the last step's velocity that is kept."""
    epochs: Epochs = 1000
    """Passes over the data; each is one step, since all points are used at once."""
    reduction: Literal["mean", "sum"] = "mean"
    """Whether the loss is the mean or the sum of the squared errors."""
    initial_w: Coordinate | None = None
    """The initial slope; None leaves it to `nn.Linear`."""
    initial_b: Coordinate | None = None
    """The initial intercept; None leaves it to `nn.Linear`."""
    data: Literal["six-points", "line"] = "six-points"
    """Six fixed points, or points around a line with the settings below."""
    points: Annotated[int, Range(2, 10_000), OWN_LINE] = 100
    """The number of points around the line."""
    slope: Annotated[float, Range(-1000, 1000), OWN_LINE] = 3.0
    """The slope of the line behind the points, which w should approach."""
    intercept: Annotated[float, Range(-1000, 1000), OWN_LINE] = 10.0
    """The intercept of the line behind the points, which b should approach."""
    noise: Annotated[float, Range(0, 1000), OWN_LINE] = 1.0
    """The standard deviation of the noise on y."""
    low: Annotated[Coordinate, OWN_LINE] = -2.0
    """The smallest x."""
    high: Annotated[Coordinate, OWN_LINE] = 12.0
    """The largest x."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")


class LinearRegression(LineTrainer[LinearRegressionConfig]):
    """Finds the line ŷ = w·x + b with the least squared error."""

    Config = LinearRegressionConfig

    def __init__(self, config: LinearRegressionConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        self.x, self.y = self.points(device)

        # 2. Model
        self.model = nn.Linear(in_features=1, out_features=1)
        if config.initial_w is not None:
            nn.init.constant_(self.model.weight, config.initial_w)
        if config.initial_b is not None:
            nn.init.constant_(self.model.bias, config.initial_b)
        self.model.to(device)
        self.w, self.b = self.model.weight, self.model.bias

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

    def points(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the inputs and the targets, each (points, 1)."""
        config = self.config
        if config.data == "six-points":
            return six_points(device)
        return noisy_line(
            slope=config.slope,
            intercept=config.intercept,
            noise=config.noise,
            points=config.points,
            low=config.low,
            high=config.high,
            device=device,
        )
