"""The trainer of logistic regression on one feature: the sigmoid of a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import nn

from engine.config import Config, Epochs, LabOnly, Momentum, Range, Rate, When
from engine.datasets.points import overlapping_labels, six_labels
from engine.equations import Equation, number, plain, plus
from engine.frame import NamedParameters
from engine.history import Path
from engine.pictures import CurvePicture
from engine.trainer import Step
from engine.trainers.sgd import SgdTrainer, copied, gradient, update


@dataclass(frozen=True, kw_only=True)
class LogisticRegressionConfig(Config):
    """Hyperparameters of `LogisticRegression`."""

    learning_rate: Rate = 0.01
    """η: the step size along the gradient."""
    momentum: Momentum = 0.0
    """The share of the last step's velocity that is kept."""
    epochs: Epochs = 1000
    """Passes over the data; each is one step, since all points are used at once."""
    loss: Literal["BCELoss", "BCEWithLogitsLoss"] = "BCELoss"
    """Whether the loss is computed from P = σ(z), or from z itself, which is safer."""
    data: Literal["six-points", "overlap"] = "six-points"
    """Six points that a threshold can separate, or two classes that overlap."""
    points: Annotated[int, Range(2, 10_000), When(data="overlap")] = 100
    """The total number of points if the classes overlap."""
    gap: Annotated[float, Range(0, 100), When(data="overlap")] = 2.0
    """The distance between the centres of the two classes; each has standard deviation 1."""
    at: Annotated[float, Range(-1e6, 1e6), LabOnly] = 3.5
    """The x at which the probability and the odds are shown."""


class LogisticRegression(SgdTrainer[LogisticRegressionConfig]):
    """Finds how P = σ(w·x + b), the probability of label 1, depends on x."""

    Config = LogisticRegressionConfig
    live = frozenset({"learning_rate", "momentum", "at"})

    def __init__(self, config: LogisticRegressionConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        self.x, self.y = self.points(device)

        # 2. Model
        self.model = nn.Linear(in_features=1, out_features=1)
        self.model.to(device)
        self.w, self.b = self.model.weight, self.model.bias

        # 3. Loss function
        self.loss_fn = nn.BCELoss() if config.loss == "BCELoss" else nn.BCEWithLogitsLoss()

        # 4. Optimizer
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=config.learning_rate, momentum=config.momentum
        )
        self.path = Path()

    def steps(self) -> Iterator[Step]:
        # 5. Loop
        for epoch in range(1, self.config.epochs + 1):
            z = self.model(self.x)
            if self.config.loss == "BCELoss":
                loss = self.loss_fn(torch.sigmoid(z), self.y)
            else:
                loss = self.loss_fn(z, self.y)
            self.optimizer.zero_grad()
            loss.backward()
            self.path.add(self.w, self.b)
            self.optimizer.step()
            yield Step(step=epoch, epoch=epoch, loss=loss.detach())

    def points(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the inputs and the labels, each (points, 1)."""
        if self.config.data == "six-points":
            return six_labels(device)
        return overlapping_labels(points=self.config.points, gap=self.config.gap, device=device)

    def picture(self) -> CurvePicture:
        w, b = self.path.positions(self.w, self.b)[0].tolist()
        return CurvePicture(
            x=copied(self.x).ravel(),
            labels=copied(self.y).ravel(),
            w=self.w.item(),
            b=self.b.item(),
            start=(w, b),
            at=self.config.at,
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        w, b = self.w.item(), self.b.item()
        if step is not None and self.path.last is not None:
            w, b = self.path.last.tolist()
        loss = None if step is None else step.loss.item()
        # The current curve, at the x of the setting `at`.
        x, picture = plain(self.config.at), self.picture()
        z, p = float(picture.log_odds(picture.at)), float(picture.probability(picture.at))
        return (
            Equation("forward", "z = w·x + b", f"{number(w)}·x {plus(b)}", ""),
            Equation("forward", "P = σ(z)", "1/(1 + e⁻ᶻ)", ""),
            Equation("loss", "L = −mean(ln P(label))", "", number(loss)),
            Equation("backward", "∂L/∂w = mean((P − y)·x)", "", number(gradient(self.w))),
            Equation("backward", "∂L/∂b = mean(P − y)", "", number(gradient(self.b))),
            *update("w", self.w, None if step is None else w, self.optimizer),
            *update("b", self.b, None if step is None else b, self.optimizer),
            Equation("predict", f"P({x}) = σ(z)", f"σ({number(z)})", number(p)),
            Equation("predict", f"odds({x}) = P/(1 − P)", "", number(picture.odds(picture.at))),
        )

    def parameters(self) -> NamedParameters:
        return {"w": self.w.item(), "b": self.b.item()}

    def predict(self, x: float) -> float:
        """Return P, the probability of label 1 at x."""
        return torch.sigmoid(self.w * x + self.b).item()

    def metrics(self) -> Mapping[str, float]:
        """Return `accuracy`, the share of points on their side of P = 0.5, and `threshold`."""
        picture = self.picture()
        threshold = picture.threshold()
        accuracy = {"accuracy": picture.right() / len(picture.x)}
        return accuracy if threshold is None else {**accuracy, "threshold": threshold}
