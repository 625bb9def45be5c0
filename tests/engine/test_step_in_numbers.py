"""The equations on screen compared with hand calculation, differences and their own terms."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from engine.config import Setting
from engine.equations import Equation, number
from engine.pictures import LinePicture
from engine.trainer import Trainer
from engine.trainers.batches import Batches
from engine.trainers.decision_boundary import DecisionBoundary
from engine.trainers.gradient_by_hand import GradientByHand
from engine.trainers.linear_regression import LinearRegression
from engine.trainers.logistic_regression import LogisticRegression
from engine.trainers.loss_reduction import LossReduction
from engine.trainers.parameters import Parameters

CASES: list[tuple[type[Trainer[Any]], dict[str, Setting]]] = [
    (LinearRegression, {"reduction": "sum"}),
    (LinearRegression, {"momentum": 0.9, "initial_w": -3.0, "initial_b": 4.0}),
    (LinearRegression, {"data": "line", "points": 20, "learning_rate": 0.003, "seed": 5}),
    (Parameters, {}),
    (Parameters, {"momentum": 0.5, "slope": -3.0}),
    (LogisticRegression, {"momentum": 0.9}),
    (LogisticRegression, {"data": "overlap"}),
    (DecisionBoundary, {"momentum": 0.0}),
    (DecisionBoundary, {"momentum": 0.9}),
]


def after(steps: int, kind: type[Trainer[Any]], settings: dict[str, Setting]) -> Any:
    """Return a trainer after this number of steps, and its equations."""
    trainer = kind(kind.Config.of(settings), torch.device("cpu"))
    return trainer, trainer.equations(list(islice(trainer.steps(), steps))[-1])


def evaluate(text: str) -> float:
    """Evaluate the text like a calculator."""
    text = re.sub(
        "×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
        lambda power: "e" + power[1].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")),
        text,
    )
    return float(eval(text.translate(str.maketrans({"−": "-", "·": "*", "²": "**2"}))))


def of_phase(equations: tuple[Equation, ...], phase: str) -> list[Equation]:
    return [equation for equation in equations if equation.phase == phase]


def last_step(trainer: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the parameters in the last forward pass, and those after it."""
    if isinstance(trainer, DecisionBoundary):
        (layer,) = trainer.picture().layers
        return trainer.path.last.double().numpy(), np.array([*layer.weights[0], *layer.bias])
    before, now = trainer.path.positions(trainer.w, trainer.b)[-2:]
    return before, now


def loss_of(picture: Any, at: np.ndarray) -> float:
    """Return the loss with these parameters, the last of which is the intercept, by its formula."""
    z = picture.x.reshape(len(picture.x), -1) @ at[:-1] + at[-1]
    if isinstance(picture, LinePicture):
        errors = (z - picture.y) ** 2
        return float(errors.sum() if picture.reduction == "sum" else errors.mean())
    return float(np.mean(np.where(picture.labels == 1, np.log1p(np.exp(-z)), np.log1p(np.exp(z)))))


@pytest.mark.parametrize(("kind", "settings"), CASES)
def test_the_gradients_are_slopes_of_the_loss_and_the_update_is_the_sum_that_it_says(
    kind: type[Trainer[Any]], settings: dict[str, Setting]
) -> None:
    for steps in (1, 2, 30):
        trainer, equations = after(steps, kind, settings)
        picture, (before, now) = trainer.picture(), last_step(trainer)
        shifts = 1e-5 * np.eye(len(before))
        slopes = [
            (loss_of(picture, before + shift) - loss_of(picture, before - shift)) / 2e-5
            for shift in shifts
        ]
        shown = [evaluate(line.result) for line in of_phase(equations, "backward")]
        assert shown == pytest.approx(slopes, rel=1e-3, abs=1e-4)
        loss = of_phase(equations, "loss")[0]
        assert evaluate(loss.result) == pytest.approx(loss_of(picture, before), rel=1e-3, abs=1e-4)
        for line, start, end in zip(of_phase(equations, "update"), before, now, strict=True):
            assert line.result == number(end)
            if line.numbers:  # of a plane, only the first update is written out
                assert line.numbers.startswith(number(start))
                assert evaluate(line.numbers) == pytest.approx(end, abs=2e-4)
        for line, moved in zip(of_phase(equations, "velocity"), before - now, strict=False):
            velocity = moved / trainer.config.learning_rate
            assert line.formula.startswith("v ← μ·v + ∂L/∂")
            assert evaluate(line.result) == pytest.approx(velocity, rel=1e-3, abs=0.01)
            assert evaluate(line.numbers) == pytest.approx(velocity, rel=1e-3, abs=0.01)
        if settings.get("momentum") and steps > 1:
            assert of_phase(equations, "update")[0].formula.endswith(" − η·v")
        if kind is LogisticRegression:
            p, odds = (evaluate(line.result) for line in of_phase(equations, "predict"))
            z = now @ [3.5, 1]
            assert p == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-4)
            assert odds == pytest.approx(p / (1 - p), rel=0.02)
        if kind is DecisionBoundary:
            (share,) = of_phase(equations, "check")
            assert share.numbers == f"{picture.right}/{len(picture.x)}"
            assert eval(share.numbers) == pytest.approx(evaluate(share.result), abs=1e-4)


def test_every_line_of_the_step_by_hand() -> None:
    for steps in (1, 2, 3, 50):
        _, equations = after(steps, GradientByHand, {})
        w = 1.0
        for step in range(steps):
            before, x = w, float(step % 3 + 1)
            prediction, y = before * x, 2 * x
            gradient = 2 * (prediction - y) * x
            w = before - 0.01 * gradient
        by_hand = prediction, (prediction - y) ** 2, gradient, w
        assert [evaluate(line.result) for line in equations] == pytest.approx(by_hand, abs=1e-4)
        for line in equations:
            assert evaluate(line.numbers) == pytest.approx(evaluate(line.result), abs=2e-3)


def test_the_numbers_of_a_sum_and_a_mean_side_by_side() -> None:
    settings = {"noise": 1.0, "points": 5, "mean_learning_rate": 0.03}
    for steps in (1, 2, 40):
        trainer, equations = after(steps, LossReduction, settings)
        picture = trainer.picture()
        for walk, total, phase, index, rate in (
            (picture.walks[0], np.sum, "sum", 0, 0.01),
            (picture.walks[1], np.mean, "mean", 1, 0.03),
        ):
            w, b = walk.path[-2]
            residual = w * picture.x + b - picture.y
            slope = total(2 * residual * picture.x)
            loss = of_phase(equations, phase)[0]
            assert evaluate(loss.result) == pytest.approx(total(residual**2), rel=1e-3)
            shown = of_phase(equations, "backward")[index]
            assert evaluate(shown.result) == pytest.approx(slope, rel=1e-3, abs=1e-4)
            update = of_phase(equations, "update")[index]
            assert evaluate(update.numbers) == pytest.approx(w - rate * slope, abs=2e-4)
            assert evaluate(update.result) == pytest.approx(walk.w, abs=1e-4)


def test_the_numbers_of_three_batch_sizes() -> None:
    torch.manual_seed(0)
    torch.randn(100, 1), torch.nn.Linear(1, 1)
    orders = [torch.randperm(100).numpy() for _ in range(3)]
    for steps in (1, 9, 10, 25):
        trainer, equations = after(steps, Batches, {})
        picture, (epoch, place) = trainer.picture(), divmod(steps - 1, 10)
        batch = orders[epoch][place * 10 :][:10]
        seen = {"single": batch[-1:], "mini": batch, "full": np.arange(100)}
        backward = of_phase(equations, "backward")
        for shown, (name, points) in zip(backward, seen.items(), strict=True):
            path = picture.walk(name).path
            if len(path) == 1:
                assert shown.result == "none yet"
                continue
            w, b = path[-2]
            residual = w * picture.x[points] + b - picture.y[points]
            slope = np.mean(2 * residual * picture.x[points])
            assert evaluate(shown.result) == pytest.approx(slope, rel=1e-3, abs=2e-4)
            if name == "mini":
                loss = evaluate(of_phase(equations, "mini")[0].result)
                assert loss == pytest.approx(np.mean(residual**2), rel=1e-3)
        (move,) = of_phase(equations, "update")
        assert evaluate(move.numbers) == pytest.approx(picture.walk("mini").w, abs=2e-4)
        assert [line.formula for line in of_phase(equations, "cost")] == [
            f"single: {steps * 10} updates",
            f"mini: {steps} update{'s' * (steps != 1)}",
            f"full: {steps // 10} update{'s' * (steps // 10 != 1)}",
        ]


def test_once_momentum_is_turned_off_the_step_follows_the_gradient_again() -> None:
    trainer = LinearRegression(LinearRegression.Config.of({"momentum": 0.9}), torch.device("cpu"))
    steps = trainer.steps()
    next(steps)
    trainer.adjust("momentum", 0.0)
    equations = trainer.equations(next(steps))
    gradient, update = of_phase(equations, "backward")[0], of_phase(equations, "update")[0]
    assert update.formula == "w ← w − η·∂L/∂w"
    assert gradient.result in update.numbers
    assert evaluate(update.numbers) == pytest.approx(evaluate(update.result), abs=2e-4)
