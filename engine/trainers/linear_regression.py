"""Linear regression with `nn.Linear`, `MSELoss` and `SGD`."""

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
"""With which the settings of the line behind the points have an effect."""


@dataclass(frozen=True, kw_only=True)
class LinearRegressionConfig(Config):
    """Hyperparameters of `LinearRegression`."""

    seed: Annotated[Seed, DRAWN | When(data="line", noise=SOME)] = 0
    """Where torch's random numbers start: the same seed gives the same run."""

    learning_rate: Rate = 0.01
    """η: how far one step follows the gradient."""
    momentum: Momentum = 0.0
    """How much of the last step's direction the next one keeps."""
    epochs: Epochs = 1000
    """Passes over the data; each is one step, since all points are used at once."""
    reduction: Literal["mean", "sum"] = "mean"
    """Whether the loss is the mean or the sum of the squared errors."""
    initial_w: Coordinate | None = None
    """Where the slope starts; none leaves it to `nn.Linear`."""
    initial_b: Coordinate | None = None
    """Where the intercept starts; none leaves it to `nn.Linear`."""
    data: Literal["six-points", "line"] = "six-points"
    """Six fixed points, or points around a line of your own."""
    points: Annotated[int, Range(2, 10_000), OWN_LINE] = 100
    """How many points are drawn around the line."""
    slope: Annotated[float, Range(-1000, 1000), OWN_LINE] = 3.0
    """The slope of the line behind the points: what w should find."""
    intercept: Annotated[float, Range(-1000, 1000), OWN_LINE] = 10.0
    """The intercept of the line behind the points: what b should find."""
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
    """Find the line ŷ = w·x + b that lies closest to the points."""

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
        """The inputs and the targets, each (points, 1)."""
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
