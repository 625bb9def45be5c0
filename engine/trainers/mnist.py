"""The trainer of a network that classifies handwritten digits."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from engine import networks
from engine.config import Config, Epochs, LabOnly, Momentum, Range, Rate, When
from engine.datasets.images import images_or_digits
from engine.networks import Reader
from engine.trainer import Rest, Step
from engine.trainers.digits import Clock, DigitsTrainer, Kept

Batch: TypeAlias = tuple[torch.Tensor, torch.Tensor]
"""Images as network inputs, (batch, 1, 28, 28), and their labels, (batch,)."""

MEAN, DEVIATION = 0.1307, 0.3081
"""The mean and standard deviation of all pixels of MNIST's training images, from 0 to 1."""
TRAINING_IMAGES = 60_000
"""The number in MNIST; of a smaller data set the same share is held out for validation."""
BLOCK = 500
"""The number of images that are evaluated between two points at which the run may stop."""
SAMPLE = 1000
"""The number of held-out images that are evaluated in the middle of an epoch."""
ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


@dataclass(frozen=True, kw_only=True)
class MnistConfig(Config):
    """Hyperparameters of `Mnist`."""

    data: Literal["mnist", "fashion-mnist", "kmnist", "digits"] = "mnist"
    """The data set; if it is not on this machine, scikit-learn's digits are used."""
    network: Literal["dense", "convolutional"] = "dense"
    """Fully connected layers, or two convolutional layers that detect small patterns anywhere."""
    width: Annotated[int, Range(10, 2048), When(network="dense", depth=Range(1, 8))] = 512
    """Units in the first hidden layer of the dense network; each next layer has half as many."""
    depth: Annotated[int, Range(0, 8), When(network="dense")] = 4
    """Hidden layers of the dense network; with 0 it is a linear model."""
    activation: Annotated[
        Literal["relu", "sigmoid", "tanh"],
        When(depth=Range(1, 8)) | When(network="convolutional"),
    ] = "relu"
    batch_size: Annotated[int, Range(1, 10_000)] = 64
    """The number of images in a batch."""
    learning_rate: Rate = 0.01
    """η: the step size along the gradient."""
    momentum: Momentum = 0.5
    """The share of the last step's velocity that is kept."""
    epochs: Epochs = 10
    """Passes over the training images; after each, the held-out images are evaluated."""
    validation: Annotated[int, Range(0, 50_000)] = 10_000
    """How many of 60,000 training images are held out to select the network that is kept; 0 trains
    on all of them and selects by the test images."""
    pipeline: Literal["indexed", "dataloader"] = "indexed"
    """Whether a batch is made by indexing a tensor, or image by image."""
    start: Literal["anew", "saved"] = "anew"
    """The initial weights: random, or those of the saved network."""
    digit: Annotated[int, Range(0, 9_999), LabOnly] = 0
    """The index of the test image shown with its layer outputs; does not affect the training."""


class Mnist(DigitsTrainer[MnistConfig]):
    """Trains a network to classify images of 28×28 pixels into ten classes."""

    Config = MnistConfig

    def __init__(self, config: MnistConfig, device: torch.device) -> None:
        self.config = config
        torch.manual_seed(config.seed)

        # 1. Data: all of it is on the device before the first step
        self.images = images_or_digits(config.data)
        train_x, train_y = self.images.train_x.to(device), self.images.train_y.to(device)
        self.test_x, self.test_y = self.images.test_x.to(device), self.images.test_y.to(device)
        train, held_out = split(len(train_x), config.validation)
        self.train_x, self.train_y = train_x[train], train_y[train]
        self.held_x, self.held_y = train_x[held_out], train_y[held_out]
        self.part = "validation"
        if not len(held_out):
            self.held_x, self.held_y, self.part = self.test_x, self.test_y, "test"

        # 2. Model
        self.model = network(config).to(device)

        # 3. Loss function: log-softmax and its negative log-likelihood
        self.loss_fn = nn.CrossEntropyLoss()

        # 4. Optimizer: fused, it reads the weights once, not three times, with equal results
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=config.learning_rate, momentum=config.momentum, fused=True
        )
        self.begin()

    def turns(self) -> Iterator[Step | Rest]:
        # 5. Loop
        yield from self.evaluate(epoch=0)
        for epoch in range(1, self.config.epochs + 1):
            order = torch.randperm(len(self.train_x)).to(self.device())
            batches = order.split(self.config.batch_size)
            every = min(max(len(batches) // 10, 10), 100)
            for number, (x, y) in enumerate(self.batches(batches), start=1):
                logits = self.model(x)
                loss = self.loss_fn(logits, y)
                self.clock.lap("forward")
                self.optimizer.zero_grad()
                loss.backward()
                self.clock.lap("backward")
                self.optimizer.step()
                self.clock.lap("update")
                self.step += 1
                yield Step(step=self.step, epoch=epoch, loss=loss.detach())
                if number % every == 0 and number < len(batches):
                    yield from self.evaluate(epoch, number)
            yield from self.evaluate(epoch)
        if self.part == "validation":
            yield from self.test()

    def evaluate(self, epoch: int, number: int = 0) -> Iterator[Rest]:
        """Classify the held-out images; after step `number` of an epoch, a sample of them."""
        x, y = self.held_x, self.held_y
        if number:
            spacing = max(1, len(x) // SAMPLE)
            x, y = x[::spacing], y[::spacing]
        logits = yield from self.classify(x)
        self.judge(logits, x, y, epoch, number)

    def test(self) -> Iterator[Rest]:
        """Classify the test images, once, with the network that was best in the validation."""
        if self.best is not None:
            self.model.load_state_dict(self.best)
        logits = yield from self.classify(self.test_x)
        self.finish(logits, self.test_x, self.test_y)

    def classify(self, images: torch.Tensor) -> Generator[Rest, None, torch.Tensor]:
        """Return the logits of images, (images, 28, 28); a run may stop between blocks."""
        logits = []
        for block in images.split(BLOCK):
            with torch.no_grad():
                logits.append(self.model(normalised(block)))
            yield Rest()
        return torch.cat(logits)

    def batches(self, order: Sequence[torch.Tensor]) -> Iterator[Batch]:
        """Return batches of training images as network inputs; `order` has their indices."""
        return self.indexed(order) if self.config.pipeline == "indexed" else self.loaded(order)

    def indexed(self, order: Sequence[torch.Tensor]) -> Iterator[Batch]:
        """Yield batches that are each indexed from the tensor with all images."""
        images, labels = self.train_x, self.train_y
        for indices in order:
            self.clock.start()
            pixels, y = images[indices], labels[indices]
            self.clock.lap("load")
            x = normalised(pixels)
            self.clock.lap("normalise")
            yield x, y

    def loaded(self, order: Sequence[torch.Tensor]) -> Iterator[Batch]:
        """Yield batches made image by image, as a `DataLoader` makes them from image files.

        At each pass it draws a seed for its workers, even without any; the seed comes from a
        separate generator, so that both pipelines train on the same batches.
        """
        loader = DataLoader(
            OneByOne(self.train_x.cpu(), self.train_y.cpu(), self.clock),
            batch_sampler=[indices.tolist() for indices in order],
            generator=torch.Generator(),
        )
        batches = iter(loader)
        for _ in order:
            self.clock.start()
            x, y = next(batches)
            x, y = x.to(self.device()), y.to(self.device())
            self.clock.lap("load")
            yield x, y

    def reader(self) -> Reader:
        return Reader(
            partial(network, self.config),
            self.model.state_dict(),
            normalised,
            about=f"this run, after {self.step:,} step{'s' * (self.step != 1)}",
            classes=self.images.classes,
        )


class OneByOne(Dataset[tuple[torch.Tensor, int]]):
    """A dataset that opens, converts and normalises images one at a time."""

    def __init__(self, images: torch.Tensor, labels: torch.Tensor, clock: Clock) -> None:
        from torchvision import transforms  # type: ignore[import-untyped]  # takes a second

        self.images, self.labels, self.clock = images, labels, clock
        self.to_tensor = transforms.ToTensor()
        self.normalise = transforms.Normalize((MEAN,), (DEVIATION,))

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        image = Image.fromarray(self.images[index].numpy())
        pixels = self.to_tensor(image)
        self.clock.lap("load")
        pixels = self.normalise(pixels)
        self.clock.lap("normalise")
        return pixels, int(self.labels[index])


def split(images: int, validation: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the indices of the training images, and of those held out for validation.

    They are the same in every run with any seed, so a saved network whose training continues has
    never been trained on the images of its validation part.
    """
    order = torch.randperm(images, generator=torch.Generator().manual_seed(0))
    held_out = round(images * validation / TRAINING_IMAGES)
    return order[held_out:].sort().values, order[:held_out].sort().values


def normalised(images: torch.Tensor) -> torch.Tensor:
    """Convert grey values 0 to 255, (images, 28, 28), to numbers around 0, (images, 1, 28, 28)."""
    return images.unsqueeze(1).float().div_(255).sub_(MEAN).div_(DEVIATION)


def network(config: MnistConfig) -> nn.Sequential:
    """Return the layers; from (images, 1, 28, 28) to logits, (images, 10)."""
    bend = ACTIVATIONS[config.activation]
    if config.network == "convolutional":
        return nn.Sequential(
            *(nn.Conv2d(1, 8, kernel_size=5), bend(), nn.MaxPool2d(2)),
            *(nn.Conv2d(8, 16, kernel_size=5), bend(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(16 * 4 * 4, 64), bend(), nn.Linear(64, 10)),
        )
    sizes = [28 * 28] + [max(config.width >> layer, 10) for layer in range(config.depth)]
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), bend()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def saved_reader(config: MnistConfig, data: str, classes: tuple[str, ...]) -> Reader | None:
    """Return the best saved network of this kind for this data; None if none was saved.

    Raises:
        engine.networks.Unfit: there is a file, but it holds no such network.
    """
    path = Kept(data, asdict(config)).path
    if not path.exists():
        return None
    with torch.device("meta"):  # only the shapes: no random numbers are drawn
        like = network(config).state_dict()
    saved = networks.load(path, like)
    about = "the network of an earlier run"
    for part in ("test", "validation"):
        accuracy = saved.about.get(f"{part}_accuracy")
        if isinstance(accuracy, float):
            about += f", {accuracy:.1%} of the {part} images right"
            break
    return Reader(partial(network, config), saved.weights, normalised, about=about, classes=classes)
