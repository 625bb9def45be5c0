"""The page on the loader: each figure by the run that it quotes, or by hand."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
import torch

from engine.pictures.table import TablePicture
from engine.trainers.dataloader import DataLoaderConfig, TableLearner
from lessons.catalog import find
from tests.lessons.figures import number, says

SLUG = "dataloader"


@cache
def run(name: str) -> tuple[TablePicture, TablePicture]:
    """The picture after the first step, and after the last."""
    settings = find(SLUG).load().preset(name).settings
    trainer = TableLearner(DataLoaderConfig.of(dict(settings)), torch.device("cpu"))
    steps = trainer.steps()
    next(steps)
    first = trainer.picture()
    for _ in steps:
        pass
    return first, trainer.picture()


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("seed", "0.01"),
        ("standardised", "0.01"),
        ("mended", "1.0"),
        ("adam", "0.01"),
        ("saturated", "1.0"),
    ],
)
def test_what_training_reaches(name: str, rate: str) -> None:
    first, last = run(name)
    gradient = number(first.gradients[0][1], 4)
    score = number(float(last.measures.validation_score[-1]), 4)
    loss = number(float(last.measures.train_loss[-1]), 4)
    says(SLUG, f"{name} {rate} {gradient} {score} {loss}")


def test_the_stuck_ones_say_benign_to_everybody() -> None:
    for name in ("seed", "standardised", "saturated"):
        confusion = run(name)[1].confusion
        assert confusion[:, 0].sum() == 0
        assert confusion.sum() == 142
    says(SLUG, f"Benign: {run('seed')[1].score_to_beat:.4f}")
    assert run("mended")[1].confusion[:, 0].sum() > 0


def test_the_gradient_shrinks_on_its_way_back() -> None:
    first, _ = run("standardised")
    (_, _), (_, second), (_, third) = first.gradients
    says(SLUG, f"it is {third:.4f} in layer 3, {second:.4f} in layer 2")


def test_saturated_sigmoids_pass_on_no_gradient() -> None:
    says(SLUG, "there the first gradient ends below 10⁻¹⁵")
    assert run("saturated")[1].gradients[0][1] < 1e-15


def test_the_slope_of_a_sigmoid_is_a_quarter_at_most() -> None:
    p = 1 / (1 + np.exp(-np.linspace(-20, 20, 4001)))
    assert (p * (1 - p)).max() == pytest.approx(1 / 4)
    assert p[-1] * (1 - p[-1]) < 1e-8


def test_it_learns_by_heart() -> None:
    measures = run("mended")[1].measures
    least = int(measures.validation_loss.argmin())
    low, high = (float(measures.validation_loss[place]) for place in (least, -1))
    says(SLUG, f"least at epoch {least}, {low:.4f}; at epoch 100 it is {high:.4f}")
    assert measures.train_loss[-1] < measures.train_loss[least]


def test_how_many_samples_and_batches_there_are() -> None:
    first, _ = run("mended")
    assert first.belt.batches == math.ceil(427 / 32) == 14
    says(SLUG, f"here {427 % 32} of {len(first.belt.seen)}", f"the last {427 % 32} never come")
    _, last = run("in-order")
    assert not last.belt.seen[-11:].any()
    assert last.belt.seen[:-11].all()


def test_the_areas_of_tumours_are_about_a_thousand() -> None:
    table = DataLoaderConfig().table()
    areas = table.x[:, table.names.index("worst area")]
    assert 500 < np.median(areas) < 1000 < np.quantile(areas, 0.8)
