"""The trainer of one line with three batch sizes at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from time import perf_counter
from typing import Annotated, Literal

import numpy as np
import torch
from torch import nn

from engine.config import DRAWN, SOME, Config, Coordinate, Epochs, Range, Rate, Seed, When
from engine.datasets.points import noisy_line
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.history import Path
from engine.numerals import counted
from engine.pictures import LinePicture, LineWalk, LossHistory, WalksPicture
from engine.trainer import ModelStates, Step
from engine.trainers.sgd import SgdTrainer, copied, gradient, update


@dataclass(frozen=True, kw_only=True)
class BatchesConfig(Config):
    """Hyperparameters of `Batches`."""

    seed: Annotated[Seed, DRAWN | When(noise=SOME) | When(shuffle="each-epoch")] = 0
    """The seed of torch's random numbers: the same seed gives the same run."""

    learning_rate: Rate = 0.05
    """η of all three models: the step size along the gradient."""
    batch_size: Annotated[int, Range(1, 10_000)] = 10
    """The number of points in a mini-batch."""
    epochs: Epochs = 60
    """Passes over the data: how often each of the three models uses every point."""
    shuffle: Literal["each-epoch", "never"] = "each-epoch"
    """Whether the order of the points is new in every epoch, or always by increasing x."""
    points: Annotated[int, Range(2, 10_000)] = 100
    """The number of points around the line."""
    noise: Annotated[float, Range(0, 1000)] = 1.0
    """The standard deviation of the noise on y."""
    slope: Annotated[float, Range(-1000, 1000)] = 3.0
    """The slope of the line behind the points, which w should approach."""
    intercept: Annotated[float, Range(-1000, 1000)] = 10.0
    """The intercept of the line behind the points, which b should approach."""
    low: Coordinate = -2.0
    """The smallest x."""
    high: Coordinate = 2.0
    """The largest x; with 12, as in other lessons, the loss is a narrow valley and b is slow."""
    initial_w: Coordinate | None = None
    """The initial slope of all models; None leaves it to `nn.Linear`."""
    initial_b: Coordinate | None = None
    """The initial intercept of all models; None leaves it to `nn.Linear`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise ValueError(f"low = {self.low} must be below high = {self.high}")


class BatchLearner:
    """A model with its optimizer, and the cost of its training so far."""

    def __init__(self, model: nn.Linear, learning_rate: float) -> None:
        self.model = deepcopy(model)
        # 3. Loss function
        self.loss_fn = nn.MSELoss()
        # 4. Optimizer
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=learning_rate)
        self.path = Path()
        self.updates = self.samples = 0
        self.seconds = 0.0

    def learn(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Make one update from one batch; x and y have shape (samples, 1).

        The clock measures only this thread: on a GPU, the time to submit the work. For a model of
        two numbers that is the time of an update, since the GPU is mostly idle.
        """
        began = perf_counter()
        loss: torch.Tensor = self.loss_fn(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.path.add(self.model.weight, self.model.bias)
        self.optimizer.step()
        self.seconds += perf_counter() - began
        self.updates += 1
        self.samples += len(x)
        return loss.detach()


class Batches(SgdTrainer[BatchesConfig]):
    """Trains three models on the same points in the same order: per update one, a few or all."""

    Config = BatchesConfig
    live = frozenset({"learning_rate"})

    def __init__(self, config: BatchesConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data
        self.x, self.y = noisy_line(
            slope=config.slope,
            intercept=config.intercept,
            noise=config.noise,
            points=config.points,
            low=config.low,
            high=config.high,
            device=device,
        )

        # 2. Model: all three start from a copy of this one
        model = nn.Linear(in_features=1, out_features=1)
        if config.initial_w is not None:
            nn.init.constant_(model.weight, config.initial_w)
        if config.initial_b is not None:
            nn.init.constant_(model.bias, config.initial_b)
        model.to(device)

        # 3. Loss function and 4. Optimizer: each learner has its own
        self.single = BatchLearner(model, config.learning_rate)
        self.mini = BatchLearner(model, config.learning_rate)
        self.full = BatchLearner(model, config.learning_rate)
        self.learners = {"single": self.single, "mini": self.mini, "full": self.full}

    def steps(self) -> Iterator[Step]:
        """Train; a step is one mini-batch, during which `single` makes one update per sample."""
        # 5. Loop
        step = 0
        for epoch in range(1, self.config.epochs + 1):
            order = self.order()
            for batch in order.split(self.config.batch_size):
                x, y = self.x[batch], self.y[batch]
                for sample in range(len(batch)):
                    self.single.learn(x[sample : sample + 1], y[sample : sample + 1])
                loss = self.mini.learn(x, y)
                if self.mini.samples == epoch * len(order):  # the last batch of the epoch
                    self.full.learn(self.x, self.y)
                step += 1
                yield Step(step=step, epoch=epoch, loss=loss)

    def order(self) -> torch.Tensor:
        """Return the order of the points in the next epoch, drawn on the CPU for every device."""
        if self.config.shuffle == "never":
            return torch.arange(self.config.points)
        return torch.randperm(self.config.points)

    def picture(self) -> WalksPicture:
        x, y = copied(self.x.flatten()), copied(self.y.flatten())
        walks = tuple(self._walk(name, x, y) for name in self.learners)
        w, b = walks[0].path[0].tolist()
        return WalksPicture(x, y, (w, b), walks)

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        """Return the gradients, the update of the mini-batch model, and the cost of each model."""
        loss, mini, learners = None if step is None else step.loss.item(), self.mini, self.learners
        before = None if mini.path.last is None else float(mini.path.last[0])
        slopes = {name: gradient(one.model.weight) for name, one in learners.items()}
        return (
            Equation("mini", "L = mean((ŷ − y)²)", "", number(loss)),
            *(Equation("backward", f"∂L/∂w {name}", "", number(w)) for name, w in slopes.items()),
            *update("w", mini.model.weight, before, mini.optimizer),
            *(
                Equation(
                    "cost", f"{name}: {counted(one.updates, 'update')}", "", f"{one.seconds:.3f} s"
                )
                for name, one in learners.items()
            ),
        )

    def parameters(self) -> NamedParameters:
        return {
            f"{sign}_{name}": parameter.item()
            for name, learner in self.learners.items()
            for sign, parameter in (("w", learner.model.weight), ("b", learner.model.bias))
        }

    def states(self) -> ModelStates:
        return {name: one.model.state_dict(keep_vars=True) for name, one in self.learners.items()}

    def predict(self, x: float) -> float:
        """Return the prediction of the line trained with mini-batches."""
        return (self.mini.model.weight * x + self.mini.model.bias).item()

    @property
    def prediction(self) -> str:
        return "y of the line trained with mini-batches"

    def metrics(self) -> Mapping[str, float]:
        """Return the loss over all points and the total update seconds of each model."""
        losses, seconds = {}, {}
        for name, learner in self.learners.items():
            with torch.no_grad():
                losses[f"loss_{name}"] = learner.loss_fn(learner.model(self.x), self.y).item()
            seconds[f"seconds_{name}"] = learner.seconds
        return losses | seconds

    def optimizers(self, name: str) -> list[torch.optim.Optimizer]:  # noqa: ARG002
        return [learner.optimizer for learner in self.learners.values()]

    def _walk(self, name: str, x: np.ndarray, y: np.ndarray) -> LineWalk:
        """Return the path of one model, and the loss over all points along it."""
        learner = self.learners[name]
        w, b = learner.model.weight, learner.model.bias
        path = learner.path.positions(w, b)
        line = LinePicture(x, y, w.item(), b.item(), (path[0, 0], path[0, 1]), path)
        with np.errstate(all="ignore"):  # the loss of a model that diverged is not finite
            losses = line.loss_at(path[:, 0], path[:, 1])
        return LineWalk(
            name=name,
            w=line.w,
            b=line.b,
            path=path,
            losses=LossHistory(learner.path.reached() + 1, losses, losses),
            updates=learner.updates,
            samples=learner.samples,
            seconds=learner.seconds,
        )
