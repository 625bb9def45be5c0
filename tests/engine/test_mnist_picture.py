"""The picture of the digits training, compared with the network's own output."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from engine.config import Setting
from engine.pictures import DigitsPicture
from engine.trainers.digits import HARDEST, PARTS, Clock
from engine.trainers.mnist import Mnist, MnistConfig, normalised
from tests.engine.digits import folders
from tests.engine.test_step_in_numbers import evaluate, of_phase

__all__ = ("folders",)
CPU = torch.device("cpu")
SMALL = {"data": "digits", "validation": 0, "learning_rate": 0.05, "width": 64, "depth": 2}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def after(steps: int, **settings: Setting) -> Mnist:
    trainer = Mnist(MnistConfig.of({**SMALL, **settings}), CPU)
    list(islice(trainer.steps(), steps))
    return trainer


def test_before_the_first_step_there_is_little_to_see() -> None:
    picture = Mnist(MnistConfig(data="digits", validation=0), CPU).picture()
    assert len(picture.accuracies) == len(picture.hardest) == 0
    assert not picture.confusion.any()
    assert picture.gradients == picture.seconds == ()
    assert picture.walk.probabilities.sum() == pytest.approx(1)
    trainer = after(0, depth=0, digit=9_999)  # a digit beyond the last begins again
    assert trainer.picture().walk.index == 9_999 % len(trainer.test_x)
    backward = of_phase(trainer.equations(None), "backward")
    assert [line.formula for line in backward] == ["rms ∂L/∂W₁"]
    assert trainer.parameters() == {}


def test_the_hardest_digits_have_the_greatest_loss() -> None:
    trainer = after(22 * 4 + 1)  # an evaluation after the fourth epoch, and a step of the fifth
    expected = after(22 * 4)
    with torch.no_grad():
        probabilities = torch.softmax(expected.model(normalised(expected.test_x)).double(), dim=1)
    likely = probabilities.gather(1, expected.test_y.unsqueeze(1)).squeeze(1)
    order = likely.argsort()[:HARDEST]
    hardest = trainer.picture().hardest
    assert hardest.likely == pytest.approx(likely[order].numpy(), rel=1e-4)
    assert (np.diff(hardest.likely) >= -1e-9).all()
    assert np.array_equal(hardest.labels, expected.test_y[order].numpy())
    assert np.array_equal(hardest.images, expected.test_x[order].numpy())
    assert np.array_equal(hardest.predicted, probabilities[order].argmax(dim=1).numpy())
    assert hardest.sure == pytest.approx(probabilities[order].max(dim=1).values.numpy(), rel=1e-4)


def test_the_walk_goes_through_the_layers_as_they_are_now() -> None:
    trainer = after(30, digit=7, width=40, depth=2, activation="tanh")
    walk = trainer.picture().walk
    flat, first, tanh, second, _, last = trainer.model
    with torch.no_grad():
        a1 = tanh(first(flat(normalised(trainer.test_x[7:8]))))
        a2 = torch.tanh(second(a1))
        probabilities = torch.softmax(last(a2).double(), dim=1)
    assert walk.index == 7
    assert [layer.name for layer in walk.layers] == ["40 units", "20 units"]
    assert walk.layers[0].values == pytest.approx(a1[0].numpy(), abs=1e-6)
    assert walk.layers[1].values == pytest.approx(a2[0].numpy(), abs=1e-6)
    assert walk.probabilities == pytest.approx(probabilities[0].numpy(), abs=1e-6)
    assert walk.label == trainer.test_y[7]
    assert np.array_equal(walk.image, trainer.test_x[7].numpy())


def test_the_maps_of_a_convolution() -> None:
    picture = after(1, network="convolutional").picture()
    shapes = [(layer.name, layer.values.shape) for layer in picture.walk.layers]
    assert shapes == [("8 maps", (8, 24, 24)), ("16 maps", (16, 8, 8)), ("64 units", (64,))]
    assert picture.weights.shape == (8, 5, 5)
    assert [name for name, _ in picture.gradients] == [
        "8 maps",
        "16 maps",
        "64 units",
        "10 units",
    ]


def test_the_weights_and_gradients_are_those_of_the_layers() -> None:
    trainer = after(2)
    picture = trainer.picture()
    layers = [layer for layer in trainer.model if isinstance(layer, nn.Linear)]
    assert picture.weights.shape == (64, 28, 28)
    assert np.array_equal(picture.weights[5].ravel(), layers[0].weight[5].detach().numpy())
    for (_, size), layer in zip(picture.gradients, layers, strict=True):
        assert layer.weight.grad is not None
        expected = np.sqrt(np.mean(layer.weight.grad.numpy() ** 2))
        assert size == pytest.approx(float(expected), rel=1e-5)
    assert after(1, depth=0).picture().weights.shape == (10, 28, 28)


def test_what_a_test_found_stays_the_same_object_until_the_next() -> None:
    trainer = Mnist(MnistConfig(data="digits", validation=0, width=32, depth=1), CPU)
    steps = trainer.steps()
    pictures: list[DigitsPicture] = []
    for count in (1, 8, 14):  # evaluated after steps 10, 20 and 22 of an epoch
        list(islice(steps, count))
        pictures.append(trainer.picture())
    assert pictures[0].hardest is pictures[1].hardest
    assert pictures[0].confusion is pictures[1].confusion
    assert pictures[2].hardest is not pictures[1].hardest


def test_the_numbers_of_the_step() -> None:
    trainer = Mnist(MnistConfig(data="digits", validation=0), CPU)
    assert {line.result for line in of_phase(trainer.equations(None), "backward")} == {"none yet"}
    step = next(trainer.steps())
    equations = trainer.equations(step)
    assert equations[0].numbers == "784→512→256→128→64→10"
    assert evaluate(of_phase(equations, "loss")[0].result) == pytest.approx(
        step.loss.item(), abs=1e-4
    )
    first, last = (layer for layer in (trainer.model[1], trainer.model[-1]))
    gradients = [layer.weight.grad.numpy() for layer in (first, last)]  # type: ignore[union-attr]
    sizes = [float(np.sqrt(np.mean(gradient**2))) for gradient in gradients]
    backward = of_phase(equations, "backward")
    assert [line.formula for line in backward] == ["rms ∂L/∂W₁", "rms ∂L/∂W₅"]
    assert [evaluate(line.result) for line in backward] == pytest.approx(sizes, abs=5e-5)
    table = trainer.picture().confusion
    shown = evaluate(of_phase(equations, "test")[0].result)
    assert shown == pytest.approx(np.trace(table) / len(trainer.test_x), abs=1e-4)


def test_the_clock_adds_up_the_parts_of_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("engine.trainers.digits.perf_counter", lambda: now[0])
    monkeypatch.setattr(Clock, "_known", {})
    clock = Clock("a network", "indexed")
    assert clock.mean() == clock.other() == ()
    for seconds in (1.0, 3.0):
        now[0] += 100  # a pause between two steps
        clock.start()
        for part in PARTS:
            now[0] += seconds
            clock.lap(part)
    clock.start()  # an evaluation, which is no update and is not counted
    now[0] += 50
    clock.lap("load")
    clock.start()
    assert clock.mean() == tuple((part, 2.0) for part in PARTS)
    assert clock.other() == ()
    slow = Clock("a network", "dataloader")
    assert slow.other() == clock.mean()
    assert Clock("another network", "dataloader").other() == ()


def test_both_pipelines_tell_where_the_time_goes() -> None:
    for pipeline in ("indexed", "dataloader"):
        picture = after(2, pipeline=pipeline, width=24).picture()
        assert [part for part, _ in picture.seconds] == list(PARTS)
        assert all(seconds > 0 for _, seconds in picture.seconds)
        assert picture.pipeline == pipeline
        assert picture.batches == 22
    assert [part for part, _ in picture.other] == list(PARTS)


def test_any_digit_can_be_sent_later_through_the_network_as_it_was() -> None:
    for network in ("dense", "convolutional"):
        trainer = after(3, network=network)
        picture = trainer.picture()
        trainer.adjust("digit", 9)
        ninth = trainer.picture().walk
        with torch.no_grad():
            for weight in trainer.model.parameters():
                weight.zero_()  # training continues; the picture must not change
        for index in (9, 9 + len(trainer.test_x)):
            walk = picture.walks(index)
            assert (walk.index, walk.label) == (9, ninth.label)
            assert walk.probabilities == pytest.approx(ninth.probabilities, abs=1e-6)
            assert walk.layers[0].values == pytest.approx(ninth.layers[0].values, abs=1e-5)
