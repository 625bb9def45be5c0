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
from engine.trainer import Trainer
from engine.trainers.gradient_by_hand import GradientByHand, GradientByHandConfig
from engine.trainers.linear_regression import LinearRegression
from engine.trainers.parameters import Parameters
from engine.trainers.sgd import LineTrainer
from tests.engine.conftest import Start, look, until

LINES = [
    (LinearRegression, {}),
    (LinearRegression, {"reduction": "sum"}),
    (LinearRegression, {"momentum": 0.9, "initial_w": -3.0, "initial_b": 4.0}),
    (LinearRegression, {"data": "line", "points": 20, "learning_rate": 0.003, "seed": 5}),
    (Parameters, {}),
    (Parameters, {"momentum": 0.5, "slope": -3.0}),
]
every_line = pytest.mark.parametrize(("kind", "settings"), LINES)


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


@every_line
@pytest.mark.parametrize("steps", [1, 2, 30])
def test_the_gradients_are_the_slopes_of_the_loss(
    kind: type[LineTrainer[Any]], settings: dict[str, Setting], steps: int
) -> None:
    trainer, equations = after(steps, kind, settings)
    picture = trainer.picture()
    w, b = picture.path[-2]  # the position of the last forward pass
    total = {"mean": np.mean, "sum": np.sum}[picture.reduction]

    def loss(w: float, b: float) -> float:
        return float(total((w * picture.x + b - picture.y) ** 2))

    h = 1e-5
    slopes = (
        (loss(w + h, b) - loss(w - h, b)) / (2 * h),
        (loss(w, b + h) - loss(w, b - h)) / (2 * h),
    )
    shown = [evaluate(equation.result) for equation in of_phase(equations, "backward")]
    assert shown == pytest.approx(slopes, rel=1e-3, abs=1e-4)
    assert evaluate(of_phase(equations, "loss")[0].result) == pytest.approx(loss(w, b), rel=1e-3)


@every_line
@pytest.mark.parametrize("steps", [1, 2, 30])
def test_the_update_is_the_sum_that_it_says(
    kind: type[LineTrainer[Any]], settings: dict[str, Setting], steps: int
) -> None:
    trainer, equations = after(steps, kind, settings)
    before, now = trainer.picture().path[-2:]
    updates = of_phase(equations, "update")
    for update, start, end in zip(updates, before, now, strict=True):
        assert update.numbers.startswith(number(start))
        assert update.result == number(end)
        assert evaluate(update.numbers) == pytest.approx(end, abs=2e-4)


def test_with_momentum_the_step_follows_the_velocity() -> None:
    """v ← 0.9·v + ∂L/∂w, then w ← w − η·v: two steps by hand."""
    x = np.array([1, 2, 0.5, 2.5, 2.6, 3.1])
    y = np.array([3.7, 4.6, 1.65, 5.68, 5.98, 6.95])
    w, b, velocity = -3.0, 4.0, 0.0
    for _ in range(2):
        gradients = np.mean(2 * (w * x + b - y) * x), np.mean(2 * (w * x + b - y))
        velocity = 0.9 * velocity + np.array(gradients)
        before = w
        w, b = np.array([w, b]) - 0.01 * velocity
    settings = {"momentum": 0.9, "initial_w": -3.0, "initial_b": 4.0}
    _, equations = after(2, LinearRegression, settings)
    update, sum_ = of_phase(equations, "update")[0], of_phase(equations, "velocity")[0]
    assert sum_.formula == "v ← μ·v + ∂L/∂w"
    assert evaluate(sum_.numbers) == pytest.approx(velocity[0], abs=1e-3)
    assert evaluate(sum_.result) == pytest.approx(velocity[0], abs=1e-3)
    assert update.formula == "w ← w − η·v"
    assert evaluate(update.numbers.split("·")[1]) == pytest.approx(velocity[0], abs=1e-3)
    assert (evaluate(update.numbers.split(" − ")[0]), evaluate(update.result)) == pytest.approx(
        (before, w), abs=1e-4
    )


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


@pytest.mark.parametrize("steps", [1, 2, 3, 50])
def test_every_line_of_the_step_by_hand(steps: int) -> None:
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


@pytest.mark.parametrize("kind", [GradientByHand, LinearRegression, Parameters])
def test_before_the_first_step_there_are_formulas_and_no_gradient(kind: type[Trainer[Any]]) -> None:
    trainer = kind(kind.Config(), torch.device("cpu"))
    first = trainer.equations(None)
    assert {line.result for line in of_phase(first, "backward")} == {"none yet"}
    then = trainer.equations(next(iter(trainer.steps())))
    assert [line.phase for line in first] == [line.phase for line in then]


@pytest.mark.parametrize(
    ("kind", "config"), [(GradientByHand, GradientByHandConfig()), (LinearRegression, None)]
)
def test_a_rate_changed_while_paused_is_not_the_rate_of_the_step_before(
    kind: type[Trainer[Any]], config: Any, start: Start
) -> None:
    run = start(kind, config or kind.Config())
    run.step()
    until(lambda: run.frame.step == 1)
    before = run.frame.equations
    run.adjust("learning_rate", 0.005)
    until(lambda: run.frame.settings["learning_rate"] == 0.005)
    assert look(run).equations == before
    run.step()
    until(lambda: run.frame.step == 2)
    assert "0.005·" in of_phase(run.frame.equations, "update")[0].numbers


@pytest.mark.parametrize("kind", [GradientByHand, LinearRegression, Parameters])
def test_a_training_gone_to_infinity_still_has_words_for_it(kind: type[Trainer[Any]]) -> None:
    _, equations = after(300, kind, {"learning_rate": 1e6})
    assert "not a number" in {line.result for line in equations}
