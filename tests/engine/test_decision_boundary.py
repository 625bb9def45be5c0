"""The decision boundary, compared with plain PyTorch, finite differences and its known shapes."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from engine.config import Setting
from engine.datasets.points import moons
from engine.history import Diverged, History
from engine.run import train
from engine.trainers.decision_boundary import DecisionBoundary, DecisionBoundaryConfig
from tests.engine.test_step_in_numbers import evaluate, of_phase

CPU = torch.device("cpu")
SHAPES = ("clouds", "overlap", "moons", "circles", "xor", "spiral")


def made(**settings: Setting) -> DecisionBoundary:
    return DecisionBoundary(DecisionBoundaryConfig.of(settings), CPU)


def script(seed: int) -> tuple[list[float], list[float], int | None]:
    """Train as a plain script; return the losses, w and b, and the step of the early stop."""
    torch.manual_seed(seed)
    n = torch.ones(100, 2)
    x0 = torch.normal(1.7 * n, 1) + 1
    x1 = torch.normal(-1.7 * n, 1) + 1
    x = torch.cat([x0, x1])
    y = torch.cat([torch.zeros(100, 1), torch.ones(100, 1)])
    model = nn.Linear(2, 1)
    criterion = nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    losses, stopped = [], None
    for iteration in range(1000):
        p = torch.sigmoid(model(x))
        loss = criterion(p, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if iteration % 20 == 0 and ((p >= 0.5) == (y == 1)).sum().item() > 198:
            stopped = iteration
            break
    return losses, [*model.weight.flatten().tolist(), model.bias.item()], stopped


@pytest.mark.parametrize("seed", [0, 3, 10])
def test_the_losses_are_a_plain_scripts_to_the_last_bit(seed: int) -> None:
    trainer = made(seed=seed)
    losses = [step.loss.item() for step in trainer.steps()]
    layer = trainer.linear()[0]
    weights = [*layer.weight.flatten().tolist(), layer.bias.item()]
    assert (losses, weights, trainer.stopped_at) == script(seed)


def test_the_figures_of_seed_10() -> None:
    trainer = made()
    losses = [step.loss.item() for step in trainer.steps()]
    assert trainer.metrics() == {"accuracy": 0.995, "stopped_at": 380}
    assert losses[-1] == pytest.approx(0.04928, abs=5e-6)
    parameters = trainer.parameters()
    assert parameters["w"] == pytest.approx([-1.41394, -1.47688], abs=5e-6)
    assert parameters["b"] == pytest.approx(1.92616, abs=5e-6)


def test_a_network_gives_the_losses_of_a_plain_script() -> None:
    trainer = made(
        data="moons", hidden_layers=2, units=5, activation="relu", epochs=60, stop_above=1.0
    )
    losses = [step.loss.item() for step in trainer.steps()]
    torch.manual_seed(10)
    x, y = moons(points=200, device=CPU)
    model = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    expected = []
    for _ in range(60):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    assert losses == expected


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("points", [4, 5, 200])
def test_every_shape_has_both_classes_and_finite_points(shape: str, points: int) -> None:
    picture = made(data=shape, points=points).picture()
    assert picture.x.shape == (points, 2)
    assert np.isfinite(picture.x).all()
    assert int(np.sum(picture.labels == 0)) == points // 2
    assert int(np.sum(picture.labels == 1)) == points - points // 2


def test_the_shapes_are_what_they_are_called() -> None:
    ring = made(data="circles", points=1000).picture()
    radius = np.hypot(*ring.x.T)
    assert radius[ring.labels == 0].mean() == pytest.approx(2.6, abs=0.1)
    assert radius[ring.labels == 1].mean() == pytest.approx(1.0, abs=0.1)
    quadrants = made(data="xor", points=1000).picture()
    differ = quadrants.x[:, 0] * quadrants.x[:, 1] < 0
    assert np.mean(differ == (quadrants.labels == 1)) > 0.99
    arms = made(data="spiral", points=1000).picture()
    turned = np.abs(arms.x[:500] + arms.x[500:])
    assert np.median(turned) < 0.1


@pytest.mark.parametrize(
    "settings", [{}, {"data": "spiral", "hidden_layers": 2}, {"momentum": 0.0}]
)
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_the_picture_says_of_any_place_what_the_model_says(
    settings: dict[str, Setting], activation: str
) -> None:
    trainer = made(**settings, activation=activation)
    list(islice(trainer.steps(), 15))
    picture = trainer.picture()
    with torch.no_grad():
        expected = trainer.model(trainer.x).flatten().numpy()
    assert picture.log_odds(picture.x) == pytest.approx(expected, abs=1e-5)
    assert picture.accuracy() == trainer.metrics()["accuracy"]
    kept = [layer.weights.copy() for layer in picture.layers]
    list(islice(trainer.steps(), 5))
    for layer, before in zip(picture.layers, kept, strict=True):
        assert np.array_equal(layer.weights, before)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("steps", [1, 2, 30])
def test_the_numbers_on_screen(momentum: float, steps: int) -> None:
    trainer = made(momentum=momentum)
    made_steps = list(islice(trainer.steps(), steps))
    equations, picture = trainer.equations(made_steps[-1]), trainer.picture()
    before = trainer.path.last
    assert before is not None
    at = before.double().numpy()

    def loss(w: np.ndarray) -> float:
        p = 1 / (1 + np.exp(-(picture.x @ w[:2] + w[2])))
        return float(-np.mean(np.where(picture.labels == 1, np.log(p), np.log(1 - p))))

    h = 1e-5
    slopes = [(loss(at + h * way) - loss(at - h * way)) / (2 * h) for way in np.eye(3)]
    shown = [evaluate(line.result) for line in of_phase(equations, "backward")]
    assert shown == pytest.approx(slopes, abs=1e-4)
    assert evaluate(of_phase(equations, "loss")[0].result) == pytest.approx(loss(at), abs=1e-4)
    now = [*picture.layers[0].weights[0], *picture.layers[0].bias]
    updates = of_phase(equations, "update")
    assert [evaluate(line.result) for line in updates] == pytest.approx(now, abs=1e-4)
    line = updates[0]
    assert evaluate(line.numbers) == pytest.approx(evaluate(line.result), abs=2e-4)
    share = of_phase(equations, "check")[0]
    assert eval(share.numbers) == pytest.approx(evaluate(share.result), abs=1e-4)
    assert share.numbers == f"{picture.right}/{len(picture.x)}"


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_before_the_first_step_there_is_no_gradient(layers: int) -> None:
    trainer = made(hidden_layers=layers)
    first = trainer.equations(None)
    assert {line.result for line in of_phase(first, "backward")} == {"none yet"}
    assert all(layer.gradient is None for layer in trainer.picture().layers)
    step = next(trainer.steps())
    then = trainer.equations(step)
    assert len(of_phase(then, "backward")) == (3 if layers == 0 else layers + 1)
    assert "none yet" not in {line.result for line in then}
    norms = [evaluate(line.result) for line in of_phase(then, "backward")]
    if layers:
        gradients = [layer.gradient for layer in trainer.picture().layers]
        assert norms == pytest.approx([np.linalg.norm(g) for g in gradients], rel=1e-2)


def test_a_network_that_blows_up_is_a_divergence_and_no_error() -> None:
    trainer = made(data="spiral", hidden_layers=3, activation="relu", learning_rate=1000.0)
    with pytest.raises(Diverged):
        list(train(trainer, History(), lambda: False))
    assert not math.isnan(trainer.metrics()["accuracy"])


def test_a_line_stays_finite_at_any_rate() -> None:
    trainer = made(learning_rate=1e9, momentum=1.0)
    list(train(trainer, History(), lambda: False))
    assert all(math.isfinite(value) for value in trainer.picture().log_odds(trainer.picture().x))


def test_a_large_network_keeps_its_weights_to_itself() -> None:
    assert set(made(hidden_layers=1, units=3).parameters()) == {"W1", "b1", "W2", "b2"}
    assert made(hidden_layers=2, units=16).parameters() == {}


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_layers": -1},
        {"units": 0},
        {"activation": "step"},
        {"stop_above": 99.0},
        {"points": 2},
    ],
)
def test_what_is_not_allowed_is_refused_by_name(settings: dict[str, Setting]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        made(**settings)
