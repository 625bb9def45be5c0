"""The trainer of one weight, one sample at a time, with the update written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import torch

from engine.config import SOME, Config, Epochs, Range, Rate, Seed, When
from engine.datasets.points import noisy_line
from engine.equations import Equation, factor, number, plain
from engine.frame import NamedParameters
from engine.history import Path
from engine.pictures import LinePicture
from engine.trainer import ModelStates, Step, Trainer
from engine.trainers.sgd import copied


@dataclass(frozen=True, kw_only=True)
class GradientByHandConfig(Config):
    """Hyperparameters of `GradientByHand`."""

    seed: Annotated[Seed, When(noise=SOME)] = 0
    """The seed of torch's random numbers: the same seed gives the same run."""

    learning_rate: Rate = 0.01
    """η: the step size along the gradient."""
    epochs: Epochs = 100
    """Passes over the data; each makes one step per sample."""
    initial_w: Annotated[float, Range(-1e6, 1e6)] = 1.0
    """The initial weight."""
    points: Annotated[int, Range(1, 1000)] = 3
    """The number of samples, at x = 1, 2, 3, …"""
    slope: Annotated[float, Range(-1000, 1000)] = 2.0
    """The slope of the line behind the samples, which w should approach."""
    intercept: Annotated[float, Range(-1000, 1000)] = 0.0
    """The intercept of that line; the model w·x has none and cannot fit it."""
    noise: Annotated[float, Range(0, 1000)] = 0.0
    """The standard deviation of the noise on y."""


class GradientByHand(Trainer[GradientByHandConfig]):
    """Finds w in ŷ = w·x: autograd computes the gradient, and the update is written by hand."""

    Config = GradientByHandConfig
    live = frozenset({"learning_rate"})

    def __init__(self, config: GradientByHandConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        self.x, self.y = noisy_line(
            slope=config.slope,
            intercept=config.intercept,
            noise=config.noise,
            points=config.points,
            low=1,
            high=config.points,
            device=device,
        )

        # 2. Model: ŷ = w·x
        self.w = torch.tensor([config.initial_w], device=device, requires_grad=True)
        self.sample: int | None = None
        self.path = Path()

    # 3. Loss function
    def loss(self, prediction: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the squared error of one sample; shapes (1,) to (1,)."""
        return (prediction - y) ** 2

    # 4. Optimizer
    def descend(self) -> None:
        """Make one step against the gradient. `no_grad`: the update is not part of the graph."""
        assert self.w.grad is not None
        with torch.no_grad():
            self.w -= self.config.learning_rate * self.w.grad

    def steps(self) -> Iterator[Step]:
        # 5. Loop
        step = 0
        for epoch in range(1, self.config.epochs + 1):
            for sample, (x, y) in enumerate(zip(self.x, self.y, strict=True)):
                prediction = self.w * x
                loss = self.loss(prediction, y)
                self.w.grad = None  # backward() adds to the existing gradient
                loss.backward()
                self.sample = sample
                self.path.add(self.w)
                self.descend()
                step += 1
                yield Step(step, epoch, loss.detach().squeeze())

    def picture(self) -> LinePicture:
        return LinePicture(
            x=copied(self.x.flatten()),
            y=copied(self.y.flatten()),
            w=self.w.item(),
            b=0.0,
            start=(self.config.initial_w, 0.0),
            path=self.path.positions(self.w),
            sample=self.sample,
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        formulas = (
            ("forward", "ŷ = w·x"),
            ("loss", "L = (ŷ − y)²"),
            ("backward", "∂L/∂w = 2·(ŷ − y)·x"),
            ("update", "w ← w − η·∂L/∂w"),
        )
        if step is None or self.sample is None or self.path.last is None or self.w.grad is None:
            return tuple(Equation(*formula, "…", number(None)) for formula in formulas)
        w, x, y = self.path.last.item(), self.x[self.sample].item(), self.y[self.sample].item()
        rate, gradient = self.config.learning_rate, self.w.grad.item()
        numbers = (
            (f"{number(w)}·{plain(x)}", number(w * x)),
            (f"({number(w * x)} − {factor(y)})²", number(step.loss.item())),
            (f"2·({number(w * x)} − {factor(y)})·{plain(x)}", number(gradient)),
            (f"{number(w)} − {plain(rate)}·{factor(gradient)}", number(self.w.item())),
        )
        return tuple(Equation(*a, *b) for a, b in zip(formulas, numbers, strict=True))

    def parameters(self) -> NamedParameters:
        return {"w": self.w.item()}

    def states(self) -> ModelStates:
        return {"": {"w": self.w}}

    def predict(self, x: float) -> float:
        return (self.w * x).item()
