"""What models that are fitted to a curve show of themselves: each of the five steps in numbers."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from engine.equations import NONE_YET, Equation, factor, number, plain
from engine.frame import NamedParameters
from engine.history import Path
from engine.numerals import counted
from engine.pictures import Fit, FitsPicture, LossHistory, StageView
from engine.trainer import Phase, Step
from engine.trainers.sgd import SgdTrainer, copied

PHASES = ("data", "model", "loss", "optimizer", "loop")
"""The five steps, in order."""
FIRST_WEIGHT = "W₁[0,0]"
"""The weight of a network that the formulas follow, which they call w."""
TO_COME = "to come"
"""What stands for a number that this update has not come to yet."""
PLACES = 241
"""At how many x a picture has the curves."""
RULES = {
    "sgd": "Δw = −η·g",
    "momentum": "Δw = −η·v",
    "rmsprop": "Δw = −η·g/√s",
    "adam": "Δw = −η·m′/√v′",
}
"""How each optimizer moves a weight; g is its gradient."""
KEPT: dict[str, dict[str, str]] = {
    "sgd": {},
    "momentum": {"momentum_buffer": "v ← μ·v + g"},
    "rmsprop": {"square_avg": "s ← 0.99·s + 0.01·g²"},
    "adam": {"exp_avg": "m ← 0.9·m + 0.1·g", "exp_avg_sq": "v ← 0.999·v + 0.001·g²"},
}
"""What each optimizer keeps of the gradients of a weight, by the names of `torch.optim`."""
LEAST = 5e-5
"""A share of a number that is too small to show in its four digits."""


class CurveLearner:
    """A model with its optimizer, and what the loop has made of it so far."""

    output: torch.Tensor
    """ŷ of the last forward pass, shape (points, 1)."""
    loss: torch.Tensor
    """The loss of that, shape ()."""

    def __init__(
        self, name: str, kind: str, model: nn.Module, optimizer: torch.optim.Optimizer
    ) -> None:
        """`kind` is that of the optimizer: sgd, momentum, rmsprop or adam."""
        self.name, self.kind = name, kind
        self.model, self.optimizer = model, optimizer
        self.path = Path(capacity=256)
        """Every position has the weights, and after them the loss there."""
        self.updates = 0

    def note(self) -> None:
        """Record the weights before they are moved, and the loss there."""
        self.path.add(*self.model.parameters(), self.loss)
        self.updates += 1

    @property
    def weight(self) -> torch.Tensor:
        """The tensor with the weight that the formulas follow: its first element."""
        return next(self.model.parameters())

    def weights(self) -> int:
        """How many there are."""
        return sum(weight.numel() for weight in self.model.parameters())

    def slope(self) -> float | None:
        """The length of the gradient of all weights; None before the first."""
        gradients = [weight.grad for weight in self.model.parameters() if weight.grad is not None]
        return torch.stack([g.norm() for g in gradients]).norm().item() if gradients else None

    def moved(self) -> float | None:
        """How far the last update moved all the weights; None before the first."""
        if self.path.last is None:
            return None
        now = torch.cat([weight.detach().flatten() for weight in self.model.parameters()])
        return float((now - self.path.last[:-1]).norm())

    def change(self) -> float | None:
        """How the last update changed the first weight; None before the first."""
        if self.path.last is None:
            return None
        return (self.weight.detach().flatten()[0] - self.path.last[0]).item()


class FittingTrainer(SgdTrainer[Any]):
    """Shows models among the points: the picture, the five steps, the formulas, the losses.

    A subclass sets `x` and `y`, both of shape (points, 1), the loss function and the learners;
    its `loop` yields a phase after each of the five steps but the last, and there a step.
    Pictures and equations are about one update: they leave out what it has not come to yet.
    """

    live = frozenset({"learning_rate", "momentum", "turn"})

    x: torch.Tensor
    y: torch.Tensor
    loss_fn: nn.Module
    learners: list[CurveLearner]
    lit = ""
    """The name of the one of the five steps that was made last."""

    @abstractmethod
    def loop(self) -> Iterator[Step | Phase]:
        """The fifth step, which repeats the first four."""

    def steps(self) -> Iterator[Step]:
        return (made for made in self._made() if isinstance(made, Step))

    def turns(self) -> Iterator[Step | Phase]:
        """One of the five steps at a time, or all five, as the setting `turn` says."""
        for made in self._made():
            if isinstance(made, Step) or self.config.turn == "stage":
                yield made

    def _made(self) -> Iterator[Step | Phase]:
        for made in self.loop():
            self.lit = "loop" if isinstance(made, Step) else made.name
            yield made

    def reached(self, phase: str) -> bool:
        """Whether the update under way has made this one of the five steps."""
        return self.lit != "" and PHASES.index(self.lit) >= PHASES.index(phase)

    def picture(self) -> FitsPicture:
        grid = torch.linspace(self.x.min().item(), self.x.max().item(), PLACES).reshape(-1, 1)
        return FitsPicture(
            x=copied(self.x.flatten()),
            y=copied(self.y.flatten()),
            grid=copied(grid.flatten()),
            walks=tuple(self._fit(one, grid.to(self.x.device)) for one in self.learners),
            wave=self.config.model == "wave",
            stages=self._stages(),
            lit=self.lit,
        )

    def _fit(self, one: CurveLearner, grid: torch.Tensor) -> Fit:
        with torch.no_grad():
            curve = copied(one.model(grid).flatten())
        walked = one.path.positions(*one.model.parameters(), self.loss_now(one))
        path, heights = walked[:, :-1], walked[:, -1]
        losses = LossHistory(one.path.reached()[:-1] + 1, heights[:-1], heights[:-1])
        alone = len(self.learners) == 1
        return Fit(one.name, curve, None if alone else losses, one.updates, path, heights)

    def _stages(self) -> tuple[StageView, ...]:
        """Data, model, loss, optimizer and loop; without numbers where one is still to come."""
        first, epochs = self.learners[0], self.config.epochs
        points, weights, alone = f"{tuple(self.x.shape)}", first.weights(), len(self.learners) == 1
        each = "" if alone else f" ×{len(self.learners)}"
        whose = () if alone else (f"of {first.name}",)
        output = first.output[0].item() if self.reached("model") else None
        before = None if first.path.last is None else first.path.last[-1].item()
        update = first.updates + (self.lit in PHASES[:3])  # the optimizer counts it
        views = (
            (
                "x, y = data",
                counted(len(self.x), "point"),
                f"x, y {points}",
                (f"x₁ = {number(self.x[0].item(), 2)}", f"y₁ = {number(self.y[0].item(), 3)}"),
            ),
            (
                "output = model(x)",
                f"x {points}",
                f"ŷ {points}{each}",
                (f"ŷ₁ = {number(output, 3)}", *whose, f"{weights} weights"),
            ),
            (
                "loss = loss_fn(output, y)",
                f"ŷ, y {points}",
                f"L (){each}",
                (f"L = {self._loss(first)}", *whose, "mean((ŷ − y)²)"),
            ),
            (
                "loss.backward(); optimizer.step()",
                f"{weights} gradients",
                f"{weights} weights{each}",
                (_moved(first), f"slope {number(first.slope(), 3)}", *whose),
            ),
            (
                f"for epoch in range({epochs}):",
                f"update {update:,}",
                f"{epochs - update:,} to go",
                (f"L is {number(self.loss_now(first).item())}", f"was {number(before)}", *whose),
            ),
        )
        return tuple(
            StageView(name, *view[:3], view[3] if self.reached(name) else ())
            for name, view in zip(PHASES, views, strict=True)
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:  # noqa: ARG002
        """The loss, and how the first weight was moved, as far as this update has come."""
        learners = self.learners
        named: tuple[Equation, ...] = ()
        if self.config.model == "network":
            start = learners[0].path.last if self.moved else learners[0].weight
            before = number(_first(start)) if len(learners) == 1 else "in each"
            named = (Equation("forward", f"w = {FIRST_WEIGHT}", "", before),)
        if len(learners) == 1:
            loss = Equation("loss", "L = mean((ŷ − y)²)", "", self._loss(learners[0]))
            return (*named, loss, *self._moves(learners[0]))
        differ = len({one.kind for one in learners}) > 1
        losses = (Equation("loss", f"L {one.name}", "", self._loss(one)) for one in learners)
        moves = (
            Equation(
                "update",
                f"{one.name}: {RULES[one.kind]}" if differ else f"Δw {one.name}",
                "",
                self._moved(one.change()),
            )
            for one in learners
        )
        return (*named, *losses, *moves)

    @property
    def moved(self) -> bool:
        """Whether the update under way has moved the weights."""
        return self.reached("optimizer")

    def _loss(self, one: CurveLearner) -> str:
        """The loss of the forward pass of the update under way."""
        return number(one.loss.item()) if self.reached("loss") else self._missing()

    def _moved(self, value: float | None, digits: int = 4) -> str:
        """A number that the optimizer has made, in the update under way."""
        return number(value, digits) if self.moved else self._missing()

    def _missing(self) -> str:
        return TO_COME if self.lit else NONE_YET

    def _moves(self, one: CurveLearner) -> tuple[Equation, ...]:
        """The first weight: its gradient g, what the optimizer keeps of it, and the step."""
        weight, kept = one.weight, one.optimizer.state[one.weight]
        values = {name: kept.get(name) for name in KEPT[one.kind]}
        memory = (
            Equation("memory", KEPT[one.kind][name], "", self._moved(_first(value), 5))
            for name, value in values.items()
            if value is not None or not kept
        )
        rule, numbers = _step(one) if self.moved else (RULES[one.kind], "…")
        return (
            Equation("backward", "g = ∂L/∂w", "", self._moved(_first(weight.grad))),
            *memory,
            Equation("update", rule, numbers, self._moved(one.change())),
            Equation("update", "w ← w + Δw", "", self._moved(_first(weight))),
        )

    def parameters(self) -> NamedParameters:
        """Every weight, with the name of its model where there are four: `w`, or `w_adam`."""
        letters = ("w", "b") if self.config.model == "wave" else ("W1", "b1", "W2", "b2")
        named: dict[str, float | list[float]] = {}
        for one in self.learners:
            end = "" if len(self.learners) == 1 else f"_{_key(one)}"
            for letter, weight in zip(letters, one.model.parameters(), strict=True):
                flat = weight.detach().flatten().tolist()
                named[f"{letter}{end}"] = flat[0] if len(flat) == 1 else flat
        return named

    def predict(self, x: float) -> float:
        """The prediction of the model with the least loss."""
        best = min(self.learners, key=lambda one: _numbers(self.loss_now(one)))
        with torch.no_grad():
            return float(best.model(torch.tensor([[float(x)]], device=self.x.device)))

    def metrics(self) -> Mapping[str, float]:
        """The loss of each model after the last update; of four, the best and the worst too."""
        losses = {f"loss_{_key(one)}": self.loss_now(one).item() for one in self.learners}
        if len(losses) == 1:
            return losses
        order = torch.tensor(list(losses.values()), dtype=torch.float64).sort().values.tolist()
        return losses | {"best": order[0], "worst": order[-1]}  # sorted, not a number comes last

    def optimizers(self, name: str) -> list[torch.optim.Optimizer]:
        learners = self.learners
        return [one.optimizer for one in learners if name != "momentum" or one.kind == "momentum"]

    def least_loss(self) -> torch.Tensor:
        """The loss of the last forward pass, shape (); of four, the least.

        So a run goes on as long as one of the models has not diverged.
        """
        losses = torch.stack([one.loss.detach() for one in self.learners])
        return losses[0] if len(losses) == 1 else _numbers(losses).min()

    def loss_now(self, one: CurveLearner) -> torch.Tensor:
        """The loss with the weights as they are, shape ()."""
        with torch.no_grad():
            loss: torch.Tensor = self.loss_fn(one.model(self.x), self.y)
        return loss


def _step(one: CurveLearner) -> tuple[str, str]:
    """The rule of the optimizer, and the same with the numbers of the last update.

    The formulas are those of the documentation of `torch.optim`: Adam divides both of its means
    by what they lack at the beginning, 1 − βᵗ, and RMSprop does not. The ε that both add to the
    root is written where it shows.
    """
    rule, weight = RULES[one.kind], one.weight
    if weight.grad is None:
        return rule, ""
    group, state = one.optimizer.param_groups[0], one.optimizer.state[weight]
    kept = {
        name: value.flatten()[0].item() for name, value in state.items() if name in KEPT[one.kind]
    }
    along, across = weight.grad.flatten()[0].item(), None
    if one.kind == "rmsprop":
        across = math.sqrt(kept["square_avg"])
    elif one.kind == "adam":
        slow, fast = (1 - beta ** state["step"].item() for beta in group["betas"])
        along, across = kept["exp_avg"] / slow, math.sqrt(kept["exp_avg_sq"] / fast)
    elif "momentum_buffer" in kept:
        along = kept["momentum_buffer"]
    moved = f"−{plain(group['lr'])}·{factor(along)}"
    if across is None:
        return rule, moved
    if group["eps"] < LEAST * across:
        return rule, f"{moved}/{number(across)}"
    above, _, root = rule.partition("/")
    return f"{above}/({root} + ε)", f"{moved}/({number(across)} + {plain(group['eps'])})"


def _first(tensor: torch.Tensor | None) -> float | None:
    """Its first element."""
    return None if tensor is None else tensor.detach().flatten()[0].item()


def _moved(one: CurveLearner) -> str:
    distance = one.moved()
    return "not moved yet" if distance is None else f"moved {number(distance)}"


def _numbers(losses: torch.Tensor) -> torch.Tensor:
    """The losses, with infinity where there is no number."""
    return losses.nan_to_num(nan=torch.inf, posinf=torch.inf)


def _key(one: CurveLearner) -> str:
    """The learner's name as a part of a longer one: `seed_0`, `sgd`."""
    return one.name.lower().replace(" ", "_")
