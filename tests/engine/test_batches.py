"""Training with three batch sizes, compared with plain scripts, closed forms and differences."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engine.history import Path
from engine.trainers.batches import Batches, BatchesConfig
from tests.engine.conftest import Start, finish
from tests.engine.test_step_in_numbers import evaluate, of_phase

CPU = torch.device("cpu")


def script(
    size: int, seed: int, epochs: int, points: int = 100, rate: float = 0.05, shuffle: bool = True
) -> tuple[list[float], tuple[float, float]]:
    """Return the batch losses and the parameters of a plain script with one batch size."""
    torch.manual_seed(seed)
    x = torch.linspace(-2, 2, points).reshape(-1, 1)
    y = 3 * x + 10 + torch.randn(points, 1)
    model = nn.Linear(1, 1)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(points) if shuffle else torch.arange(points)
        if size >= points:  # all in order: another order of a sum changes its last bits
            order = torch.arange(points)
        for start in range(0, points, size):
            batch = order[start : start + size]
            loss = criterion(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses, (model.weight.item(), model.bias.item())


def trained(**settings: Any) -> tuple[Batches, list[float]]:
    trainer = Batches(BatchesConfig.of(settings), CPU)
    return trainer, [step.loss.item() for step in trainer.steps()]


@pytest.mark.parametrize("seed", [0, 10, 2**32 - 1])
@pytest.mark.parametrize(("size", "points"), [(10, 100), (32, 100), (7, 20), (1, 5)])
def test_each_is_a_plain_script_to_the_last_bit(seed: int, size: int, points: int) -> None:
    trainer, losses = trained(seed=seed, epochs=6, batch_size=size, points=points)
    mini = script(size, seed, 6, points)
    assert losses == mini[0]
    ends = (script(each, seed, 6, points)[1] for each in (1, size, points))
    assert list(trainer.parameters().values()) == [value for end in ends for value in end]


def test_unshuffled_is_a_plain_script_as_well() -> None:
    trainer, losses = trained(epochs=4, shuffle="never")
    assert losses == script(10, 0, 4, shuffle=False)[0]
    parameters = trainer.parameters()
    single = script(1, 0, 4, shuffle=False)[1]
    assert (parameters["w_single"], parameters["b_single"]) == single


def test_a_run_gives_them_too(start: Start) -> None:
    run = start(Batches, BatchesConfig(epochs=5))
    run.play()
    assert finish(run).history.low.tolist() == script(10, 0, 5)[0]


def test_every_epoch_shows_every_point_once_to_each() -> None:
    trainer, losses = trained(epochs=3, batch_size=32)
    assert len(losses) == 3 * 4
    walks = {walk.name: walk for walk in trainer.picture().walks}
    assert [walks[name].updates for name in ("single", "mini", "full")] == [300, 12, 3]
    assert {walk.samples for walk in walks.values()} == {300}
    assert all(walk.seconds > 0 for walk in walks.values())
    assert walks["single"].seconds > walks["full"].seconds  # a hundred times as many updates


def test_the_full_batch_goes_where_a_quadratic_says() -> None:
    """Gradient descent on a quadratic has a closed form: e(t) = (1 − η·H)ᵗ·e(0)."""
    trainer, _ = trained()
    picture = trainer.picture()
    x, full = picture.x, picture.walk("full")
    best = np.polyfit(x, picture.y, 1)
    hessian = 2 * np.array([[np.mean(x * x), x.mean()], [x.mean(), 1]])
    error = np.linalg.matrix_power(np.eye(2) - 0.05 * hessian, 60) @ (full.path[0] - best)
    assert np.array([full.w, full.b]) == pytest.approx(best + error, abs=1e-4)


def test_all_sizes_come_close_to_the_least_squares_line() -> None:
    trainer, _ = trained()
    least = trainer.picture().least_loss()
    losses = trainer.metrics()
    assert losses["loss_full"] == pytest.approx(least, abs=1e-3)
    assert losses["loss_mini"] == pytest.approx(least, abs=0.02)
    assert losses["loss_single"] == pytest.approx(least, abs=0.5)


def test_without_noise_even_single_samples_come_to_rest() -> None:
    losses = trained(noise=0.0)[0].metrics()
    assert losses["loss_single"] < 1e-9


def test_a_batch_of_all_points_is_the_full_batch() -> None:
    trainer, _ = trained(batch_size=100)
    picture = trainer.picture()
    assert picture.walk("mini").path == pytest.approx(picture.walk("full").path, abs=1e-5)


def test_a_batch_larger_than_the_data_is_all_of_it() -> None:
    trainer, losses = trained(batch_size=500, points=7, epochs=2)
    assert len(losses) == 2
    assert [walk.updates for walk in trainer.picture().walks] == [14, 2, 2]


def test_the_losses_are_those_over_all_points_along_the_path() -> None:
    trainer, _ = trained(epochs=30)
    picture = trainer.picture()
    for walk in picture.walks:
        assert walk.losses is not None
        brute = [np.mean((w * picture.x + b - picture.y) ** 2) for w, b in walk.path]
        assert walk.losses.low == pytest.approx(np.array(brute))
        assert walk.losses.first[0] == 1
        assert walk.losses.first[-1] == walk.updates + 1
        assert (np.diff(walk.losses.first) > 0).all()


@pytest.mark.parametrize("steps", [0, 1, 7, 8, 9, 100, 1000])
def test_a_path_knows_when_it_was_where(steps: int) -> None:
    path, weight = Path(capacity=8), torch.zeros(1)
    for step in range(steps):
        weight.fill_(step)
        path.add(weight)
    if steps:
        weight.fill_(steps)
        assert path.reached().tolist() == path.positions(weight).flatten().tolist()
    else:
        assert path.reached().tolist() == [0]


@pytest.mark.parametrize("steps", [1, 9, 10, 25])
def test_the_numbers_of_the_step(steps: int) -> None:
    trainer = Batches(BatchesConfig(), CPU)
    step = list(islice(trainer.steps(), steps))[-1]
    equations, picture = trainer.equations(step), trainer.picture()
    torch.manual_seed(0)
    torch.randn(100, 1), nn.Linear(1, 1)
    orders = [torch.randperm(100) for _ in range(3)]
    batch = orders[(steps - 1) // 10][(steps - 1) % 10 * 10 :][:10].numpy()
    seen = {"single": batch[-1:], "mini": batch, "full": np.arange(100)}
    for shown, (name, points) in zip(of_phase(equations, "backward"), seen.items(), strict=True):
        path = picture.walk(name).path
        if len(path) == 1:
            assert shown.result == "none yet"
            continue
        w, b = path[-2]
        residual = w * picture.x[points] + b - picture.y[points]
        assert evaluate(shown.result) == pytest.approx(
            np.mean(2 * residual * picture.x[points]), rel=1e-3, abs=2e-4
        )
        if name == "mini":
            loss = of_phase(equations, "mini")[0]
            assert evaluate(loss.result) == pytest.approx(np.mean(residual**2), rel=1e-3)
    (move,) = of_phase(equations, "update")
    assert evaluate(move.numbers) == pytest.approx(picture.walk("mini").w, abs=2e-4)
    assert [line.formula for line in of_phase(equations, "cost")] == [
        f"single: {steps * 10} updates",
        f"mini: {steps} update{'s' * (steps != 1)}",
        f"full: {steps // 10} update{'s' * (steps // 10 != 1)}",
    ]


def test_before_the_first_step_there_are_no_numbers() -> None:
    trainer = Batches(BatchesConfig(), CPU)
    first = [line for line in trainer.equations(None) if line.phase != "cost"]
    assert {line.result for line in first} == {"none yet"}
    picture = trainer.picture()
    assert all(walk.path.tolist() == [list(picture.start)] for walk in picture.walks)


def test_the_rate_is_live_for_all_three() -> None:
    trainer = Batches(BatchesConfig(points=4, batch_size=2), CPU)
    steps = trainer.steps()
    next(steps)
    trainer.adjust("learning_rate", 1e-15)  # too small to change a float32
    before = trainer.parameters()
    next(steps)
    assert trainer.parameters() == before


def test_who_diverges_does_not_end_the_others() -> None:
    trainer, losses = trained(learning_rate=0.5)
    picture = trainer.picture()
    assert not math.isfinite(picture.walk("single").w)
    assert picture.walk("full").w == pytest.approx(3, abs=0.5)
    assert np.isfinite(losses).all()
    assert len(trainer.equations(None)) == 8


def test_the_picture_is_a_copy() -> None:
    trainer = Batches(BatchesConfig(initial_w=2.5), CPU)
    picture = trainer.picture()
    assert picture.start[0] == 2.5
    kept = [picture.x.copy(), *(walk.path.copy() for walk in picture.walks)]
    with torch.no_grad():
        for tensor in (trainer.x, trainer.single.model.weight, trainer.full.model.bias):
            tensor += 1
    now = [picture.x, *(walk.path for walk in picture.walks)]
    assert all(np.array_equal(a, b) for a, b in zip(now, kept, strict=True))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"batch_size": 0}, "batch_size = 0"),
        ({"batch_size": 2.5}, "batch_size = 2.5"),
        ({"shuffle": "yes"}, "shuffle = 'yes' is not allowed: it must be one of each-epoch, never"),
        ({"low": 2.0}, "low = 2.0 must be below high = 2.0"),
        ({"points": 1}, "points = 1"),
    ],
)
def test_bad_settings_are_refused_in_words(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        BatchesConfig.of(settings)
