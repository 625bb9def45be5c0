"""Figures of the page on MNIST, checked by runs; with the real images if available."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import pytest
import torch

from engine.config import Setting
from engine.datasets.images import load_images
from engine.history import Diverged, History
from engine.run import train
from engine.trainers.mnist import DEVIATION, MEAN, Mnist, MnistConfig, network, normalised
from lessons.catalog import find
from tests.engine.digits import SHARED, needs_mnist
from tests.lessons.figures import says

SLUG = "mnist"
APART = 0.6
"""Percentage points by which an accuracy may differ on another processor."""


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("DLTUI_DATA_DIR", str(SHARED))
    torch.set_num_threads(1)


@cache
def run(name: str, **more: Setting) -> Mnist:
    """Return the trainer after the last step of a preset."""
    settings = {"validation": 0, **find(SLUG).load().preset(name).settings, **more}
    trainer = Mnist(MnistConfig.of(settings), torch.device("cpu"))
    for _ in trainer.steps():
        pass
    return trainer


def percent(trainer: Mnist) -> list[float]:
    return [100 * accuracy for accuracy in trainer.accuracies]


@needs_mnist
@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("mnist", "five layers"),
        ("convolutional", "convolutional"),
        ("templates", "no hidden layer"),
        ("sigmoid", "sigmoid"),
    ],
)
def test_what_training_reaches(preset: str, name: str) -> None:
    found = re.search(rf"^{name}((?: +[\d.]+)+)$", find(SLUG).load().concept, re.MULTILINE)
    assert found, name
    accuracies = [float(number) for number in found[1].split()][:4]
    trainer = run(preset) if preset == "sigmoid" else run(preset, epochs=3)
    assert percent(trainer) == pytest.approx(accuracies, abs=APART)


@needs_mnist
def test_the_gradient_vanishes_behind_sigmoids() -> None:
    gradients = run("sigmoid").picture().gradients
    assert 2000 < gradients[-1][1] / gradients[0][1] < 50_000
    ones = int((load_images("mnist").test_y == 1).sum())
    says(SLUG, "thousands of times smaller", f"{ones:,} of the test images are a 1")


@needs_mnist
def test_what_mends_it_and_larger_rates() -> None:
    trainer = run("sigmoid", depth=1, learning_rate=0.5, epochs=2)
    says(SLUG, "at a rate of 0.5, reaches 96.7% in two epochs", "97.0% after two epochs")
    assert percent(trainer)[-1] == pytest.approx(96.7, abs=APART)
    assert percent(run("mnist", learning_rate=0.1, epochs=2))[-1] == pytest.approx(97.0, abs=APART)
    trainer = Mnist(MnistConfig(learning_rate=1.0), torch.device("cpu"))
    with pytest.raises(Diverged):
        list(train(trainer, History(), lambda: False))


@needs_mnist
def test_the_mean_and_the_deviation_are_those_of_the_training_pixels() -> None:
    images = load_images("mnist")
    pixels = images.train_x.double() / 255
    assert pixels.mean().item() == pytest.approx(MEAN, abs=5e-5)
    assert pixels.std().item() == pytest.approx(DEVIATION, abs=5e-5)
    assert len(images.train_x) + len(images.test_x) == 70_000
    says(SLUG, f"an **epoch** is {math.ceil((len(images.train_x) - 10_000) / 64)} batches of 64")


def test_paper_and_ink_the_numbers_of_weights_and_a_blind_guess() -> None:
    paper, ink = normalised(torch.tensor([[[0, 255]]], dtype=torch.uint8)).flatten().tolist()
    says(SLUG, f"Paper becomes {paper:.2f}, ink {ink:.2f}".replace("-", "−"))
    for kind in ("dense", "convolutional"):
        count = sum(w.numel() for w in network(MnistConfig.of({"network": kind})).parameters())
        says(SLUG, f"{count:,} weights")
    says(SLUG, f"{math.log(10):.2f}, which is ln 10")


def test_digits_that_need_no_download() -> None:
    trainer = run("digits", validation=10_000)
    images = trainer.images
    count = len(images.train_y) + len(images.test_y)
    says(SLUG, f"{count:,} small digits", f"the {len(images.test_y)} test images")
    assert 100 * trainer.metrics()["test_accuracy"] == pytest.approx(98, abs=1)
    assert len(trainer.held_x) == round(len(images.train_x) / 6)
