"""Training on digits compared with plain PyTorch, with scikit-learn's digits."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.utils.data import TensorDataset
from torchvision import transforms

from engine.config import Setting
from engine.datasets.images import load_images
from engine.frame import State
from engine.history import Diverged, History
from engine.run import train
from engine.trainer import Rest, Step
from engine.trainers.mnist import BLOCK, Mnist, MnistConfig, normalised
from tests.engine.conftest import Start, look, until
from tests.engine.digits import folders
from tests.engine.plain_scripts import loop

__all__ = ("folders",)
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def made(**settings: Setting) -> Mnist:
    return Mnist(MnistConfig.of({"data": "digits", **settings}), CPU)


def losses(trainer: Mnist, steps: int | None = None) -> list[float]:
    return [step.loss.item() for step in islice(trainer.steps(), steps)]


def plain(
    layers: list[nn.Module], epochs: int, batch: int, validation: int = 10_000
) -> list[float]:
    """Return the losses of a typical script: PIL images, `ToTensor`, `Normalize`."""
    images = load_images("digits")
    turned = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.1307, 0.3081)])
    drawn = torch.randperm(len(images.train_x), generator=torch.Generator().manual_seed(0))
    kept = sorted(drawn[round(len(drawn) * validation / 60_000) :].tolist())
    x = torch.stack([turned(Image.fromarray(images.train_x[i].numpy())) for i in kept])
    assert torch.equal(normalised(images.train_x[kept]), x)
    data, model = TensorDataset(x, images.train_y[kept]), nn.Sequential(*layers)
    batches = (
        data[chosen] for _ in range(epochs) for chosen in torch.randperm(len(x)).split(batch)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    predict = nn.Sequential(model, nn.LogSoftmax(dim=1))
    return loop(predict, nn.functional.nll_loss, optimizer, batches)


def dense(*sizes: int) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise(sizes[:-1]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return [*layers, nn.Linear(*sizes[-2:])]


def test_the_losses_are_a_plain_scripts_to_the_last_bit() -> None:
    for validation, pipelines in ((0, ("dataloader",)), (10_000, ("indexed", "dataloader"))):
        torch.manual_seed(3)
        layers = dense(784, 96, 48, 24, 10)
        expected = plain(layers, epochs=2, batch=64, validation=validation)
        settings = {"seed": 3, "epochs": 2, "validation": validation, "width": 96, "depth": 3}
        for pipeline in pipelines:
            assert losses(made(pipeline=pipeline, **settings)) == expected


def test_the_convolutional_network_is_what_the_page_says() -> None:
    torch.manual_seed(0)
    layers = [
        *(nn.Conv2d(1, 8, 5), nn.Tanh(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 5), nn.Tanh(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(256, 64), nn.Tanh(), nn.Linear(64, 10)),
    ]
    expected = plain(layers, epochs=1, batch=100)
    trainer = made(network="convolutional", activation="tanh", batch_size=100, epochs=1)
    assert losses(trainer) == expected
    assert sum(weight.numel() for weight in trainer.model.parameters()) == 20_522


def test_the_tower_halves_from_layer_to_layer() -> None:
    for width, depth, sizes in (
        (512, 4, [784, 512, 256, 128, 64, 10]),
        (64, 0, [784, 10]),
        (32, 5, [784, 32, 16, 10, 10, 10, 10]),
    ):
        model = made(width=width, depth=depth).model
        linear = [layer for layer in model if isinstance(layer, nn.Linear)]
        assert [linear[0].in_features, *(layer.out_features for layer in linear)] == sizes
        if width == 512:
            assert sum(weight.numel() for weight in model.parameters()) == 575_050


def test_the_sources_own_way_tests_after_every_epoch_counted_by_hand() -> None:
    trainer = made(epochs=3, learning_rate=0.05, validation=0, width=64, depth=1)
    assert len(losses(trainer)) == 3 * 22
    assert trainer.picture().part == "test"
    assert "is a little too high for new images" in trainer.note
    images = load_images("digits")
    assert len(images.test_y) == pytest.approx(1797 / 4, abs=10)
    with torch.no_grad():
        message = trainer.model(normalised(images.test_x)).argmax(dim=1)
    right = sum(int(a) == int(b) for a, b in zip(message, images.test_y, strict=True))
    assert trainer.metrics()["test_accuracy"] == pytest.approx(right / len(images.test_y))
    assert trainer.metrics()["test_accuracy"] == trainer.accuracies[-1]
    assert len(trainer.accuracies) == 4
    table = np.zeros((10, 10), dtype=int)
    for label, answer in zip(images.test_y.tolist(), message.tolist(), strict=True):
        table[label, answer] += 1
    assert np.array_equal(trainer.picture().confusion, table)
    assert trainer.predict(7) == message[7].item()


def test_sigmoids_four_deep_leave_the_first_layer_without_a_gradient() -> None:
    for activation, least, most in (("sigmoid", 1000, 1e6), ("relu", 1, 100)):
        trainer = made(activation=activation, epochs=2)
        losses(trainer)
        sizes = [size for _, size in trainer.picture().gradients]
        assert least < sizes[-1] / sizes[0] < most


def test_a_rate_that_is_too_large_diverges_in_words_and_saves_nothing() -> None:
    trainer = made(learning_rate=1e9, epochs=2)
    with pytest.raises(Diverged):
        list(train(trainer, History(), lambda: False))
    assert any(not weight.isfinite().all() for weight in trainer.model.parameters())
    nan = torch.full((len(trainer.held_y), 10), torch.nan)
    trainer.judge(nan, trainer.held_x, trainer.held_y, 2, 0)
    assert not trainer.kept.path.exists()
    picture = trainer.picture()
    assert picture.confusion.sum() == len(trainer.held_y)
    assert trainer.equations(None)[1].result == "none yet"


def test_live_settings_change_the_next_step() -> None:
    trainer = made()
    steps = trainer.steps()
    next(steps)
    before = [weight.clone() for weight in trainer.model.parameters()]
    trainer.adjust("learning_rate", 0.1)
    trainer.adjust("momentum", 0.0)
    next(steps)
    for old, new in zip(before, trainer.model.parameters(), strict=True):
        assert new.grad is not None
        assert torch.allclose(new, old - 0.1 * new.grad)
    trainer.adjust("digit", 5)
    assert trainer.picture().walk.index == 5
    with pytest.raises(ValueError, match="width"):
        trainer.adjust("width", 100)


def test_without_mnist_the_digits_stand_in_and_it_says_so() -> None:
    trainer = Mnist(MnistConfig(), CPU)
    assert trainer.images.name == "digits"
    assert "MNIST is not here" in trainer.note
    assert "dltui data fetch mnist" in trainer.note
    assert made().note == ""


def test_the_held_out_images_choose_and_the_test_comes_once_at_the_end() -> None:
    trainer = made(epochs=4, learning_rate=0.1, batch_size=16, width=64, depth=2)
    images, seen = load_images("digits"), []
    best: dict[str, torch.Tensor] = {}
    for step in trainer.steps():
        assert "test_accuracy" not in trainer.metrics()
        seen.append(trainer.picture().age)
        if step.epoch > 1 and not seen[-2].startswith(f"epoch {step.epoch}"):
            accuracies = trainer.accuracies[1:]
            if accuracies[-1] == max(accuracies):
                best = trainer.best or {}
    assert seen[0] == "before epoch 1"
    assert {"epoch 1, step 10", "after epoch 1", "epoch 2, step 60"} <= set(seen)
    assert len(trainer.accuracies) == 5
    with torch.no_grad():
        message = trainer.model(normalised(images.test_x)).argmax(dim=1)
        held = trainer.model(normalised(trainer.held_x)).argmax(dim=1)
    assert trainer.metrics()["test_accuracy"] == pytest.approx(
        (message == images.test_y).float().mean()
    )
    assert (held == trainer.held_y).float().mean() == pytest.approx(max(trainer.accuracies[1:]))
    assert best.keys() == trainer.model.state_dict().keys()
    picture = trainer.picture()
    assert (picture.part, picture.age, picture.held_out) == ("test", "at the end", 225)
    lines = {line.formula: line.result for line in trainer.equations(None)}
    assert lines["validation, after epoch 4"] == f"{max(trainer.accuracies[1:]):.4f}"
    assert "validation images right) for the drawing sheet" in trainer.ending


def test_an_evaluation_rests_between_its_blocks_and_a_single_step_goes_on_behind_it(
    start: Start,
) -> None:
    kinds = [type(turn) for turn in made(epochs=1, width=16, depth=1).turns()]
    images = load_images("digits")
    blocks, tested = -(-len(images.train_y) // 6 // -BLOCK), -(-len(images.test_y) // BLOCK)
    held = [Rest] * max(blocks, 1)
    assert kinds == [*held, *[Step] * 10, *held, *[Step] * 8, *held, *[Rest] * tested]
    config = MnistConfig(data="digits", batch_size=1000, epochs=3, width=16, depth=1)
    run = start(Mnist, config)
    for count in (1, 2, 3, 4):  # two steps per epoch, so an evaluation follows the second
        run.step()
        until(lambda count=count: run.frame.step == count)
        assert look(run).state is State.PAUSED
