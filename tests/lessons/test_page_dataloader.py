"""Figures of the page on the data loader, checked by runs or by hand."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import r2_score

from engine.trainers.dataloader import DataLoaderConfig, TableLearner
from lessons.catalog import find
from tests.lessons.figures import number, says

SLUG = "dataloader"


@cache
def run(name: str) -> Any:
    """Train a preset to its end; return pictures and the weights of the first layer."""
    settings = find(SLUG).load().preset(name).settings
    trainer = TableLearner(DataLoaderConfig.of(dict(settings)), torch.device("cpu"))
    weight = trainer.linear()[0].weight
    start = weight.detach().double().numpy().copy()
    steps = trainer.steps()
    next(steps)
    first = trainer.picture()
    count = 1 + sum(1 for _ in steps)
    # The typical change of a weight: the root mean square.
    moved = float(np.sqrt(np.mean((weight.detach().double().numpy() - start) ** 2)))
    return SimpleNamespace(
        first=first, last=trainer.picture(), steps=count, start=start, moved=moved
    )


def check_row(name: str, rate: str) -> None:
    trained, measures = run(name), run(name).last.measures
    rms = trained.last.gradients[0][1]
    gradient = "< 10⁻¹⁵" if rms < 1e-15 else number(rms, 4)
    score = number(float(measures.validation_score[-1]), 4)
    loss = number(float(measures.train_loss[-1]), 4)
    says(SLUG, f"{name} {rate} {gradient} {number(trained.moved, 4)} {score} {loss}")


def test_what_mended_reaches_and_that_it_learns_by_heart() -> None:
    check_row("mended", "1.0")
    trained = run("mended")
    measures = trained.last.measures
    least = int(measures.validation_loss.argmin())
    low, high = (float(measures.validation_loss[place]) for place in (least, -1))
    says(SLUG, f"least at epoch {least}, {low:.4f} (◆); at epoch 100 it is {high:.4f}")
    assert measures.train_loss[-1] < measures.train_loss[least]
    assert trained.last.confusion[:, 0].sum() > 0
    assert trained.moved > 1 / math.sqrt(30)  # nn.Linear's range for 30 inputs
    assert trained.first.belt.batches == math.ceil(427 / 32) == 14
    says(SLUG, f"here {427 % 32} of {len(trained.first.belt.seen)}", f"the last {427 % 32} never")


@pytest.mark.slow
def test_what_the_others_reach() -> None:
    for name, rate in (("seed", "0.01"), ("standardised", "0.01"), ("adam", "0.01")):
        check_row(name, rate)
    check_row("saturated", "1.0")
    for name in ("seed", "standardised", "saturated"):  # stuck runs predict benign for all
        confusion = run(name).last.confusion
        assert confusion[:, 0].sum() == 0
        assert confusion.sum() == 142
    says(SLUG, f"Benign: {run('seed').last.score_to_beat:.4f}")
    trained = run("standardised")
    (_, first), (_, second), (_, third) = trained.first.gradients
    says(
        SLUG,
        f"layer 3 typically gets {third:.4f}, one of layer 2 {second:.4f}, "
        f"one of layer 1 {first:.4f}",
        f"All {trained.steps:,} of them move a weight of layer 1 by {trained.moved:.4f}",
        f"anywhere within ±{1 / math.sqrt(30):.2f}",
    )
    assert np.abs(trained.start).max() == pytest.approx(1 / math.sqrt(30), abs=0.01)
    saturated = run("saturated")  # saturated sigmoids have no gradient
    assert saturated.last.gradients[0][1] < 1e-15 < saturated.first.gradients[0][1]
    last = run("in-order").last
    assert not last.belt.seen[-11:].any()
    assert last.belt.seen[:-11].all()


def test_the_slope_of_a_sigmoid_is_a_quarter_at_most_and_areas_are_about_a_thousand() -> None:
    p = 1 / (1 + np.exp(-np.linspace(-20, 20, 4001)))
    assert (p * (1 - p)).max() == pytest.approx(1 / 4)
    assert p[-1] * (1 - p[-1]) < 1e-8
    trainer = TableLearner(DataLoaderConfig(optimizer="sgd"), torch.device("cpu"))
    assert max(layer.weight.detach().abs().max().item() for layer in trainer.linear()) < 1 / 2
    table = DataLoaderConfig().table()
    areas = table.x[:, table.names.index("worst area")]
    assert 500 < np.median(areas) < 1000 < np.quantile(areas, 0.8)


def test_a_number_to_predict_has_a_scale_and_a_score(tmp_path: Path) -> None:
    """The scaling uses only the training part, and R² equals that of scikit-learn."""
    x = np.random.default_rng(0).normal(size=(120, 2))
    rows = np.column_stack([x, 50 + 9 * x[:, 0]])
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(f"{v:.6f}" for v in row) for row in rows))
    for standardise in ("yes", "no"):
        config = DataLoaderConfig(csv=str(path), epochs=2, standardise=standardise)
        trainer = TableLearner(config, torch.device("cpu"))
        assert trainer.train.y.mean().item() == pytest.approx(0, abs=1e-6)
        assert trainer.train.y.std(correction=0).item() == pytest.approx(1, abs=1e-5)
        assert abs(trainer.validation.y.mean().item()) > 1e-3
    with torch.no_grad():
        answers = trainer.model(trainer.validation.x)
    expected = r2_score(trainer.validation.y, answers)
    assert trainer.picture().measures.validation_score[-1] == pytest.approx(expected, abs=1e-5)
    mean = trainer.validation.y.mean().expand_as(trainer.validation.y)
    assert r2_score(trainer.validation.y, mean) == pytest.approx(0, abs=1e-6)
    says(SLUG, "**R²** = 1 − Σ(y − ŷ)²/Σ(y − mean)²", "brought to mean 0 and deviation 1")
