"""The trainer of one line twice: with the sum and with the mean of the squared errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import nn

from engine.config import DRAWN, SOME, Config, Coordinate, Epochs, Range, Rate, Seed, When
from engine.datasets.points import noisy_line
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.history import Diverged, History, Path
from engine.pictures import LineWalk, WalksPicture
from engine.trainer import ModelStates, Step
from engine.trainers.sgd import SgdTrainer, copied, gradient, update


@dataclass(frozen=True, kw_only=True)
class LossReductionConfig(Config):
    """Hyperparameters of `LossReduction`."""

    seed: Annotated[Seed, DRAWN | When(noise=SOME)] = 0
    """The seed of torch's random numbers: the same seed gives the same run."""

    learning_rate: Rate = 0.01
    """η of the model trained with the sum."""
    mean_learning_rate: Rate = 0.01
    """η of the model trained with the mean."""
    epochs: Epochs = 1000
    """Passes over the data; each is one step of both models, with all points."""
    points: Annotated[int, Range(2, 10_000)] = 3
    """The number of points, evenly spaced from x = 1 to x = 3: the N of the sum."""
    noise: Annotated[float, Range(0, 1000)] = 0.0
    """The standard deviation of the noise on y."""
    slope: Annotated[float, Range(-1000, 1000)] = 2.0
    """The slope of the line behind the points, which w should approach."""
    intercept: Annotated[float, Range(-1000, 1000)] = 0.0
    """The intercept of the line behind the points, which b should approach."""
    initial_w: Coordinate | None = None
    """The initial slope of both models; None leaves it to `nn.Linear`."""
    initial_b: Coordinate | None = None
    """The initial intercept of both models; None leaves it to `nn.Linear`."""


class LossReduction(SgdTrainer[LossReductionConfig]):
    """Trains two models with the same data and start, by the sum and by the mean of the errors."""

    Config = LossReductionConfig
    live = frozenset({"learning_rate", "mean_learning_rate"})

    def __init__(self, config: LossReductionConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        self.x, self.y = noisy_line(
            slope=config.slope,
            intercept=config.intercept,
            noise=config.noise,
            points=config.points,
            low=1,
            high=3,
            device=device,
        )

        # 2. Model: one for the sum, and a copy of it for the mean
        self.sum_model = nn.Linear(in_features=1, out_features=1)
        if config.initial_w is not None:
            nn.init.constant_(self.sum_model.weight, config.initial_w)
        if config.initial_b is not None:
            nn.init.constant_(self.sum_model.bias, config.initial_b)
        self.sum_model.to(device)
        self.mean_model = deepcopy(self.sum_model)

        # 3. Loss function: the only difference between the two models
        self.sum_loss = nn.MSELoss(reduction="sum")
        self.mean_loss = nn.MSELoss(reduction="mean")

        # 4. Optimizer
        self.sum_optimizer = torch.optim.SGD(self.sum_model.parameters(), lr=config.learning_rate)
        self.mean_optimizer = torch.optim.SGD(
            self.mean_model.parameters(), lr=config.mean_learning_rate
        )
        self.sum_path, self.mean_path = Path(), Path()
        batch = 1 if device.type == "cpu" else 64
        self.mean_history = History(batch=batch, name="the mean's loss")

    def steps(self) -> Iterator[Step]:
        # 5. Loop
        for epoch in range(1, self.config.epochs + 1):
            loss = self.sum_loss(self.sum_model(self.x), self.y)
            self.sum_optimizer.zero_grad()
            loss.backward()
            self.sum_path.add(self.sum_model.weight, self.sum_model.bias)
            self.sum_optimizer.step()

            mean_loss = self.mean_loss(self.mean_model(self.x), self.y)
            self.mean_optimizer.zero_grad()
            mean_loss.backward()
            self.mean_path.add(self.mean_model.weight, self.mean_model.bias)
            self.mean_optimizer.step()

            self.mean_history.add(mean_loss.detach())
            yield Step(step=epoch, epoch=epoch, loss=loss.detach())

    def picture(self) -> WalksPicture:
        losses = self._mean_losses().snapshot()
        walks = tuple(
            LineWalk(
                name=name,
                w=model.weight.item(),
                b=model.bias.item(),
                path=path.positions(model.weight, model.bias),
                losses=losses if name == "mean" else None,
                updates=losses.steps or 0,
            )
            for name, model, path in (
                ("sum", self.sum_model, self.sum_path),
                ("mean", self.mean_model, self.mean_path),
            )
        )
        w, b = walks[0].path[0].tolist()
        return WalksPicture(copied(self.x.flatten()), copied(self.y.flatten()), (w, b), walks)

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        """Return both losses and the updates of both slopes; the intercepts change likewise."""
        sum_loss = None if step is None else step.loss.item()
        mean_loss = None if step is None else self._mean_losses().loss
        return (
            Equation("sum", "Lₛ = sum((ŷ − y)²)", "", number(sum_loss)),
            *_moved("wₛ", self.sum_model.weight, self.sum_path, self.sum_optimizer),
            Equation("mean", "Lₘ = mean((ŷ − y)²)", "", number(mean_loss)),
            *_moved("wₘ", self.mean_model.weight, self.mean_path, self.mean_optimizer),
        )

    def parameters(self) -> NamedParameters:
        return {
            "w_sum": self.sum_model.weight.item(),
            "b_sum": self.sum_model.bias.item(),
            "w_mean": self.mean_model.weight.item(),
            "b_mean": self.mean_model.bias.item(),
        }

    def states(self) -> ModelStates:
        models = {"sum": self.sum_model, "mean": self.mean_model}
        return {name: model.state_dict(keep_vars=True) for name, model in models.items()}

    def predict(self, x: float) -> float:
        """Return the prediction of the line trained with the sum."""
        return _predict(self.sum_model, x)

    def metrics(self) -> Mapping[str, float]:
        """Return the predictions of both lines at x = 4."""
        return {
            "prediction_sum": _predict(self.sum_model, 4),
            "prediction_mean": _predict(self.mean_model, 4),
        }

    def optimizers(self, name: str) -> tuple[torch.optim.Optimizer]:
        return (self.sum_optimizer if name == "learning_rate" else self.mean_optimizer,)

    def _mean_losses(self) -> History:
        """Return the losses up to the last step; one that is not finite ends the run later."""
        with suppress(Diverged):
            self.mean_history.flush()
        return self.mean_history


def _predict(model: nn.Linear, x: float) -> float:
    return (model.weight * x + model.bias).item()


def _moved(
    name: str, w: torch.Tensor, path: Path, optimizer: torch.optim.Optimizer
) -> tuple[Equation, ...]:
    """Return the gradient of one slope, and its SGD update."""
    before = None if path.last is None else float(path.last[0])
    slope = Equation("backward", f"∂L/∂{name}", "", number(gradient(w)))
    return slope, *update(name, w, before, optimizer)
