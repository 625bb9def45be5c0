"""The trainer of the lesson on the five steps, for one model or for four."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import nn

from engine.config import (
    DRAWN,
    SOME,
    Config,
    Coordinate,
    Epochs,
    LabOnly,
    Momentum,
    Range,
    Rate,
    Seed,
    When,
)
from engine.trainer import Phase, Step
from engine.trainers.fitting import CurveLearner, FittingTrainer

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}
OPTIMIZERS = {"sgd": "SGD", "momentum": "momentum", "rmsprop": "RMSprop", "adam": "Adam"}
SEEDS = 4
"""The number of models with different seeds when seeds are compared."""


@dataclass(frozen=True, kw_only=True)
class FiveStepsConfig(Config):
    """Hyperparameters of `FiveSteps`."""

    seed: Annotated[Seed, When(model="network") | DRAWN | When(noise=SOME)] = 0
    """The seed of torch's random numbers: the same seed gives the same run."""

    learning_rate: Rate = 0.02
    """η: the step size."""
    turn: Annotated[Literal["stage", "update"], LabOnly] = "stage"
    """Whether a turn is one of the five steps, or a whole update."""
    compare: Literal["nothing", "seeds", "optimizers"] = "nothing"
    """The difference between four compared models; with `nothing` there is one model."""
    model: Literal["network", "wave"] = "network"
    """A network with one hidden layer, or ŷ = sin(w·x + b)."""
    units: Annotated[int, Range(1, 64), When(model="network")] = 8
    activation: Annotated[Literal["tanh", "relu", "sigmoid"], When(model="network")] = "tanh"
    optimizer: Annotated[
        Literal["sgd", "momentum", "rmsprop", "adam"], When(compare=("nothing", "seeds"))
    ] = "adam"
    """The optimizer, unless optimizers are compared."""
    momentum: Annotated[Momentum, When(optimizer="momentum") | When(compare="optimizers")] = 0.9
    """The share of the last step's velocity that SGD with momentum keeps."""
    epochs: Epochs = 500
    """Passes over the data; each is one update, since all points are used at once."""
    points: Annotated[int, Range(2, 10_000)] = 40
    """The number of points, from x = −3 to x = 3."""
    frequency: Annotated[float, Range(0, 10)] = 1.5
    """The frequency of the curve behind the points, sin(frequency·x)."""
    noise: Annotated[float, Range(0, 10)] = 0.1
    """The standard deviation of the noise on y."""
    initial_w: Annotated[Coordinate | None, When(model="wave")] = None
    """The initial w of the wave; None leaves it to `nn.Linear`."""
    initial_b: Annotated[Coordinate | None, When(model="wave")] = None
    """The initial b of the wave; None leaves it to `nn.Linear`."""


class Wave(nn.Module):
    """The model ŷ = sin(w·x + b) with two weights."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return ŷ for x, both of shape (points, 1)."""
        return torch.sin(self.inner(x))


class FiveSteps(FittingTrainer):
    """Fits a curve: data, model, loss function, optimizer, loop."""

    Config = FiveStepsConfig

    def __init__(self, config: FiveStepsConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        x = torch.linspace(-3, 3, config.points).reshape(-1, 1)
        y = torch.sin(config.frequency * x) + config.noise * torch.randn(x.size())
        self.x, self.y = x.to(device), y.to(device)

        # 2. Model: one, or four that differ in their seed or not at all
        models = {"": self.make_model().to(device)}
        if config.compare == "seeds":
            models = {f"seed {config.seed}": models[""]}
            for seed in range(config.seed + 1, config.seed + SEEDS):
                torch.manual_seed(seed)
                models[f"seed {seed}"] = self.make_model().to(device)
        elif config.compare == "optimizers":
            models = {name: deepcopy(models[""]) for name in OPTIMIZERS}

        # 3. Loss function
        self.loss_fn = nn.MSELoss()

        # 4. Optimizer: one for each model
        self.learners = []
        for name, model in models.items():
            kind = name if name in OPTIMIZERS else config.optimizer
            optimizer = self.make_optimizer(kind, model)
            called = OPTIMIZERS.get(name, name) or config.model
            self.learners.append(CurveLearner(called, kind, model, optimizer))

    def loop(self) -> Iterator[Step | Phase]:
        # 5. Loop
        for epoch in range(1, self.config.epochs + 1):
            x, y = self.x, self.y
            yield Phase("data", epoch)
            for one in self.learners:
                one.output = one.model(x)
            yield Phase("model", epoch)
            for one in self.learners:
                one.loss = self.loss_fn(one.output, y)
            yield Phase("loss", epoch)
            for one in self.learners:
                one.optimizer.zero_grad()
                one.loss.backward()
                one.note()
                one.optimizer.step()
            yield Phase("optimizer", epoch, updated=True)
            yield Step(step=epoch, epoch=epoch, loss=self.least_loss())

    def make_model(self) -> nn.Module:
        """Return an untrained model that maps x, shape (points, 1), to ŷ, the same shape."""
        config = self.config
        if config.model == "wave":
            wave = Wave()
            if config.initial_w is not None:
                nn.init.constant_(wave.inner.weight, config.initial_w)
            if config.initial_b is not None:
                nn.init.constant_(wave.inner.bias, config.initial_b)
            return wave
        return nn.Sequential(
            nn.Linear(1, config.units), ACTIVATIONS[config.activation](), nn.Linear(config.units, 1)
        )

    def make_optimizer(self, kind: str, model: nn.Module) -> torch.optim.Optimizer:
        """Return an optimizer of that kind for the weights of this model."""
        weights, rate = model.parameters(), self.config.learning_rate
        if kind == "sgd":
            return torch.optim.SGD(weights, lr=rate)
        if kind == "momentum":
            return torch.optim.SGD(weights, lr=rate, momentum=self.config.momentum)
        if kind == "rmsprop":
            return torch.optim.RMSprop(weights, lr=rate)
        return torch.optim.Adam(weights, lr=rate)
