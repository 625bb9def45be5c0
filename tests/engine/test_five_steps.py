"""The five steps, compared with plain scripts, updates by hand and documented formulas."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engine.frame import State
from engine.pictures import FitsPicture, wave_losses
from engine.run import Run
from engine.trainer import Phase, Step
from engine.trainers.five_steps import FiveSteps, FiveStepsConfig, Wave
from tests.engine.conftest import Start, finish, until
from tests.engine.plain_scripts import loop

CPU = torch.device("cpu")
ORDER = ["data", "model", "loss", "optimizer", "loop"]
WAVE: dict[str, Any] = {"model": "wave", "learning_rate": 0.05, "epochs": 60}
KINDS = {
    "SGD": lambda weights: torch.optim.SGD(weights, lr=0.05),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.9),
    "RMSprop": lambda weights: torch.optim.RMSprop(weights, lr=0.05),
    "Adam": lambda weights: torch.optim.Adam(weights, lr=0.05),
}


def data(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    x = torch.linspace(-3, 3, 40).reshape(-1, 1)
    return x, torch.sin(1.5 * x) + 0.1 * torch.randn(x.size())


def train(
    model: nn.Module, optimizer: torch.optim.Optimizer, epochs: int, seed: int
) -> list[float]:
    """Return the losses of a plain training loop; the data draw no numbers of the model."""
    state = torch.get_rng_state()
    batch = data(seed)
    torch.set_rng_state(state)
    return loop(model, nn.functional.mse_loss, optimizer, [batch] * epochs)


def network(units: int) -> nn.Module:
    return nn.Sequential(nn.Linear(1, units), nn.Tanh(), nn.Linear(units, 1))


def made(**settings: Any) -> FiveSteps:
    return FiveSteps(FiveStepsConfig.of(settings), CPU)


def losses_of(trainer: FiveSteps) -> list[float]:
    return [step.loss.item() for step in trainer.steps()]


def heights(trainer: FiveSteps, name: str) -> list[float]:
    """Return the losses of one of the four models before each of its updates."""
    return trainer.picture().walk(name).heights[:-1].tolist()


def test_one_network_is_a_plain_script_to_the_last_bit(start: Start) -> None:
    for seed in (0, 7, 2**32 - 1):
        data(seed)
        model = network(8)
        expected = train(model, torch.optim.Adam(model.parameters(), lr=0.02), 120, seed)
        assert losses_of(made(seed=seed, epochs=120)) == expected
        assert losses_of(made(seed=seed, epochs=120, turn="update")) == expected
    run = start(FiveSteps, FiveStepsConfig(seed=seed, epochs=120))
    run.play()
    last = finish(run)
    assert (last.step, last.epoch, last.history.low.tolist()) == (120, 120, expected)


@pytest.mark.parametrize("turn", ["stage", "update"])
def test_each_seed_is_a_plain_script_with_that_seed(turn: str) -> None:
    trainer = made(compare="seeds", units=3, epochs=80, seed=5, turn=turn)
    least = losses_of(trainer)
    every = []
    for seed in (5, 6, 7, 8):
        # The first continues after drawing the data, as it does alone; the others set their seed.
        data(5) if seed == 5 else torch.manual_seed(seed)
        model = network(3)
        expected = train(model, torch.optim.Adam(model.parameters(), lr=0.02), 80, 5)
        assert heights(trainer, f"seed {seed}") == expected
        every.append(expected)
    assert least == np.min(every, axis=0).tolist()


def test_four_optimizers_go_from_one_start_as_torch_has_them() -> None:
    trainer = made(**WAVE, compare="optimizers", seed=3)
    least = losses_of(trainer)
    every = []
    paths = {walk.name: walk.path for walk in trainer.picture().walks}
    assert len({tuple(path[0]) for path in paths.values()}) == 1
    first = {name: abs(path[1, 0] - path[0, 0]) for name, path in paths.items()}
    assert first["Adam"] == pytest.approx(0.05, rel=1e-3)  # the rate, as the page says
    assert first["RMSprop"] == pytest.approx(10 * 0.05, rel=1e-3)
    for name, optimizer in KINDS.items():
        data(3)
        model = Wave()
        expected = train(model, optimizer(model.parameters()), 60, 3)
        assert heights(trainer, name) == expected
        assert losses_of(made(**WAVE, optimizer=name.lower(), seed=3)) == expected  # alone too
        every.append(expected)
    assert least == np.min(every, axis=0).tolist()


def gradients(path: np.ndarray) -> list[float]:
    """∂L/∂w of the wave at each position, by hand: mean of 2·(sin(w·x + b) − y)·cos(w·x + b)·x."""
    x, y = (tensor.double().numpy().ravel() for tensor in data(0))
    return [
        float(np.mean(2 * (np.sin(w * x + b) - y) * np.cos(w * x + b) * x))
        for w, b in path.tolist()
    ]


# The five steps, one at a time.


def test_the_five_come_one_after_the_other_and_lose_nothing() -> None:
    trainer, lit, names, losses = made(epochs=3), [], [], []
    for turn in trainer.turns():
        lit.append(trainer.picture().lit)
        if isinstance(turn, Step):
            losses.append(turn.loss.item())
        names.append("loop" if isinstance(turn, Step) else turn.name)
    assert lit == names == ORDER * 3
    assert losses == losses_of(made(epochs=3))
    turns = list(made(epochs=4, turn="update").turns())  # nothing in between
    assert [type(turn) for turn in turns] == [Step] * 4


def test_what_went_in_and_out_is_what_tensors_say() -> None:
    trainer = made(epochs=5, points=30, noise=0.0)
    turns = trainer.turns()
    x = torch.linspace(-3, 3, 30).reshape(-1, 1)
    y = torch.sin(1.5 * x)
    views = {view.name: view for view in trainer.picture().stages}
    assert list(views) == ORDER
    assert views["data"].given == "x, y (30, 1)"
    assert {view.numbers for view in views.values()} == {()}
    before = [weight.detach().clone() for weight in trainer.learners[0].model.parameters()]
    output = trainer.learners[0].model(x)
    loss = nn.functional.mse_loss(output, y)
    slopes = torch.autograd.grad(loss, list(trainer.learners[0].model.parameters()))

    list(islice(turns, 2))
    assert _view(trainer, "data").numbers == ("x₁ = −3.00", f"y₁ = {y[0].item():.3f}")
    model = _view(trainer, "model")
    assert (model.taken, model.given) == ("x (30, 1)", "ŷ (30, 1)")
    assert model.numbers == (_signed(f"ŷ₁ = {output[0].item():.3f}"), "25 weights")
    next(turns)
    assert _view(trainer, "loss").numbers[0] == f"L = {loss.item():.4f}"
    assert _view(trainer, "loss").given == "L ()"
    next(turns)
    slope = math.sqrt(sum(float(slope.square().sum()) for slope in slopes))
    moved = math.sqrt(
        sum(
            float((now.detach() - then).square().sum())
            for now, then in zip(trainer.learners[0].model.parameters(), before, strict=True)
        )
    )
    assert _view(trainer, "optimizer").numbers == (f"moved {moved:.4f}", f"slope {slope:.3f}")
    assert moved > 0
    assert isinstance(next(turns), Step)
    loop = _view(trainer, "loop")
    assert (loop.taken, loop.given) == ("update 1", "4 to go")
    after = nn.functional.mse_loss(trainer.learners[0].model(x), y).item()
    assert loop.numbers == (f"L is {after:.4f}", f"was {loss.item():.4f}")


@pytest.mark.parametrize("compare", ["nothing", "seeds", "optimizers"])
@pytest.mark.parametrize("model", ["network", "wave"])
def test_at_every_stage_all_numbers_are_of_one_update(model: str, compare: str) -> None:
    """Numbers of later stages are not shown, even if the previous update had them."""
    trainer = made(model=model, compare=compare, optimizer="momentum", epochs=3, seed=3)
    formulas = [line.formula for line in trainer.equations(None)]
    weight = trainer.learners[0].weight
    for place, turn in enumerate(trainer.turns()):
        update, stage = divmod(place, len(ORDER))
        picture = trainer.picture()
        assert isinstance(turn, Phase | Step)
        assert turn.epoch == update + 1
        assert [bool(view.numbers) for view in picture.stages] == [i <= stage for i in range(5)]
        assert _view(trainer, "loop").taken == f"update {update + 1}"
        equations = trainer.equations(None)
        assert [line.formula for line in equations] == formulas
        for line in equations:
            assert line.result
            known = line.phase == "forward" or stage >= 2 + (line.phase != "loss")
            assert (line.result == "to come") == (not known)
        if stage == 0:
            before = weight.flatten()[0].item()
        if compare == "nothing":
            if model == "network":
                assert equations[0].formula == "w = W₁[0,0]"
                assert equations[0].result == _signed(f"{before:.4f}")
            if stage >= 3:
                assert equations[-1].result == _signed(f"{weight.flatten()[0].item():.4f}")
        elif stage >= 3:  # the Loss panel shows the losses of the same update
            shown = [f"{one.losses.high[-1]:.4f}" for one in picture.walks if one.losses]
            assert shown == [line.result for line in equations if line.phase == "loss"]
    if compare == "seeds":  # of four models it says whose numbers these are
        for name in ORDER[1:]:
            assert "of seed 3" in _view(trainer, name).numbers


def _view(trainer: FiveSteps, name: str) -> Any:
    return next(view for view in trainer.picture().stages if view.name == name)


def _signed(text: str) -> str:
    return text.replace("-", "−")


def test_a_single_step_of_a_run_is_one_of_the_five(start: Start) -> None:
    run = start(FiveSteps, FiveStepsConfig(epochs=2))
    for update in (0, 1):
        for name in ORDER:
            run.step()
            until(lambda name=name: lit(run) == name)
            done = name == "loop"
            assert (run.frame.state, run.frame.step) == (State.PAUSED, update + done)
            assert run.frame.epoch == update + 1  # the epoch of the update in progress
            assert len(run.frame.history) == update + done
            numbers = {view.name: view.numbers for view in run.frame.picture.stages}
            shown = next(e.result for e in run.frame.equations if e.formula.startswith("L ="))
            early = name in ("data", "model")  # the last update's loss belongs to no panel
            assert numbers["loss"][:1] == (() if early else (f"L = {shown}",))
            assert shown != "to come" or early
            assert numbers["loop"][1:] == ((f"was {shown}",) if done else ())
    run.step()
    assert finish(run).state is State.FINISHED


def test_what_a_turn_is_changes_in_the_middle_of_an_update(start: Start) -> None:
    run = start(FiveSteps, FiveStepsConfig(epochs=3))
    for turn, shows, step in (("update", "data", 0), ("stage", "loop", 1), ("update", "data", 1)):
        run.step()
        until(lambda shows=shows: lit(run) == shows)
        assert run.frame.step == step
        run.adjust("turn", turn)


def lit(run: Run) -> str:
    picture = run.frame.picture
    return picture.lit if isinstance(picture, FitsPicture) else ""


# The picture.


def test_the_map_has_the_loss_of_every_w_and_b() -> None:
    rng = np.random.default_rng(0)
    x, y, w, b = rng.normal(size=9), rng.normal(size=9), rng.normal(size=4), rng.normal(size=3)
    direct = [[np.mean((np.sin(one * x + other) - y) ** 2) for one in w] for other in b]
    assert wave_losses(x, y, w, b) == pytest.approx(np.array(direct))


def test_the_heights_of_a_walk_are_the_losses_at_its_positions() -> None:
    trainer = made(**WAVE, compare="optimizers", initial_w=2.0, initial_b=2.0)
    losses_of(trainer)
    picture = trainer.picture()
    for walk in picture.walks:
        at = [wave_losses(picture.x, picture.y, p[:1], p[1:])[0, 0] for p in walk.path]
        assert walk.heights == pytest.approx(at, abs=1e-5)
        assert walk.loss == trainer.metrics()[f"loss_{walk.name.lower()}"]
        assert walk.distances()[0] == 0
        expected = math.dist(walk.path[0], walk.path[-1])
        assert walk.distances()[-1] == pytest.approx(expected)


def test_pictures_are_copies_and_their_curves_those_of_the_models() -> None:
    trainer = made(compare="seeds", units=3, epochs=40)
    steps = trainer.steps()
    next(steps)
    picture = trainer.picture()
    curve, path = picture.walks[0].curve.copy(), picture.walks[0].path.copy()
    grid = torch.tensor(picture.grid, dtype=torch.float32).reshape(-1, 1)
    with torch.no_grad():
        now = trainer.learners[0].model(grid).flatten().double().numpy()
    assert curve == pytest.approx(now)
    list(steps)
    assert (picture.walks[0].curve == curve).all()
    assert (picture.walks[0].path == path).all()
    assert not (trainer.picture().walks[0].curve == curve).all()


def test_the_numbers_of_adams_step_are_the_ones_it_made() -> None:
    trainer = made(**WAVE, optimizer="adam", initial_w=-1.0, initial_b=-0.5)
    list(islice(trainer.steps(), 2))
    lines = {line.formula: line for line in trainer.equations(None)}
    path = trainer.picture().walks[0].path
    slopes = gradients(path[:2])
    mean = 0.9 * 0.1 * slopes[0] + 0.1 * slopes[1]
    square = 0.999 * 0.001 * slopes[0] ** 2 + 0.001 * slopes[1] ** 2
    rule = lines["Δw = −η·m′/√v′"]
    along, across = mean / (1 - 0.9**2), math.sqrt(square / (1 - 0.999**2))
    assert rule.numbers == _signed(f"-0.05·({along:.4f})/{across:.4f}")
    assert rule.result == _signed(f"{path[2, 0] - path[1, 0]:.4f}")
    assert lines["g = ∂L/∂w"].result == _signed(f"{slopes[1]:.4f}")
    assert lines["w ← w + Δw"].result == _signed(f"{path[2, 0]:.4f}")


def test_a_unit_that_is_dead_divides_by_epsilon() -> None:
    """PyTorch adds 1e-8 to the root: without it, the line would show 0 / 0."""
    for kind, rate, formula in (
        ("adam", "0.02", "Δw = −η·m′/(√v′ + ε)"),
        ("rmsprop", "0.01", "Δw = −η·g/(√s + ε)"),
    ):
        trainer = made(activation="relu", units=1, optimizer=kind, learning_rate=float(rate))
        with torch.no_grad():
            next(trainer.learners[0].model.parameters()).zero_()
            trainer.learners[0].model[0].bias.fill_(-1.0)
        list(islice(trainer.steps(), 3))
        rule = {line.formula: line for line in trainer.equations(None)}[formula]
        assert (rule.numbers, rule.result) == (f"−{rate}·0.0000/(0.0000 + 1e−08)", "0.0000")


# Predictions and settings.


def test_the_models_that_are_lost_end_the_run_only_if_none_is_left(start: Start) -> None:
    settings = {"compare": "optimizers", "learning_rate": 0.5, "epochs": 300}
    run = start(FiveSteps, FiveStepsConfig.of(settings))
    run.play()
    last = finish(run)
    assert (last.state, last.step) == (State.FINISHED, 300)
    assert isinstance(last.picture, FitsPicture)
    lost = [walk.name for walk in last.picture.walks if not math.isfinite(walk.loss)]
    assert lost == ["SGD", "momentum"]
    assert max(len(walk.path) for walk in last.picture.walks) <= 260
    settings = {"compare": "seeds", "optimizer": "sgd", "learning_rate": 5, "epochs": 300}
    run = start(FiveSteps, FiveStepsConfig.of(settings))
    run.play()
    assert finish(run).state is State.DIVERGED


def test_it_answers_with_the_best_of_four_also_where_one_is_lost() -> None:
    trainer = made(compare="seeds", units=2, epochs=60)
    losses_of(trainer)
    metrics = trainer.metrics()
    by_seed = [metrics[f"loss_seed_{seed}"] for seed in range(4)]
    assert (metrics["best"], metrics["worst"]) == (min(by_seed), max(by_seed))
    best = trainer.learners[by_seed.index(min(by_seed))].model
    assert trainer.predict(1) == best(torch.tensor([[1.0]])).item()
    next(best.parameters()).data.fill_(torch.nan)
    assert math.isnan(trainer.metrics()["worst"])
    assert math.isfinite(trainer.metrics()["best"])
    assert math.isfinite(trainer.predict(1))


def test_the_parameters_are_named_as_the_formulas_name_them() -> None:
    wave = made(**WAVE, initial_w=2.0, initial_b=-1.0)
    assert wave.parameters() == {"w": 2.0, "b": -1.0}
    named = made(units=3).parameters()
    assert list(named) == ["W1", "b1", "W2", "b2"]
    assert [np.size(value) for value in named.values()] == [3, 3, 3, 1]
    four = made(**WAVE, compare="seeds", seed=4).parameters()
    assert list(four)[:3] == ["w_seed_4", "b_seed_4", "w_seed_5"]


def test_a_live_rate_reaches_all_and_momentum_its_own() -> None:
    trainer = made(compare="optimizers")
    trainer.adjust("learning_rate", 0.5)
    trainer.adjust("momentum", 0.3)
    groups = [one.optimizer.param_groups[0] for one in trainer.learners]
    assert [group["lr"] for group in groups] == [0.5] * 4
    assert [group["momentum"] for group in groups[:3]] == [0, 0.3, 0]
    trainer.adjust("turn", "update")
    assert all(isinstance(turn, Step) for turn in islice(trainer.turns(), 3))
    with pytest.raises(ValueError, match="units"):
        trainer.adjust("units", 3)
