"""What a network that reads digits shows of itself: mistakes, weights, time, and what is kept."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from time import perf_counter
from typing import ClassVar, TypeAlias

import numpy as np
import torch
from torch import nn

from engine import networks
from engine.config import Setting
from engine.datasets.images import Images
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.networks import Prepare, Reader, Unfit
from engine.numerals import counted
from engine.pictures import Activation, Counts, DigitsPicture, DigitWalk, HardDigits, Weights
from engine.trainer import ConfigT, Rest, Step
from engine.trainers.sgd import SgdTrainer, rms, subscript

Parts: TypeAlias = tuple[tuple[str, float], ...]
"""Each part of a step with the seconds that it takes."""

UNITS = 64
"""How many units of the first layer are shown."""
HARDEST = 48
"""How many of the held-out images with the greatest loss are shown."""
PIPELINES = ("indexed", "dataloader")
PARTS = ("load", "normalise", "forward", "backward", "update")
KIND = ("network", "width", "depth", "activation")
"""The settings that decide which weights there are."""
SELECTED = (
    "Validation is 0: the network that is best on the test images is kept, so its test accuracy "
    "is a little too high for new images"
)


class Clock:
    """Adds up the seconds of each part of the steps of one training.

    It measures the thread that trains: on a GPU, how long it takes to submit the work. For a
    small network that is what a step takes, since the GPU waits for more.
    """

    _known: ClassVar[dict[tuple[Hashable, str], Parts]] = {}
    """The parts of a step in earlier trainings, as long as the program runs."""

    def __init__(self, like: Hashable, pipeline: str) -> None:
        """A clock for a training `like` others but for the way its batches are made."""
        self._like, self.pipeline = like, pipeline
        self._seconds, self._step = dict.fromkeys(PARTS, 0.0), dict.fromkeys(PARTS, 0.0)
        self._since = perf_counter()
        self._steps = 0

    def start(self) -> None:
        """A batch is to be made; the time since the last one counts for nothing."""
        self._step = dict.fromkeys(PARTS, 0.0)
        self._since = perf_counter()

    def lap(self, part: str) -> None:
        """Count the time since the last lap, or the start, for this part.

        With the update the step is complete, and counts.
        """
        now = perf_counter()
        self._step[part] += now - self._since
        self._since = now
        if part == "update":
            self._steps += 1
            for each, seconds in self._step.items():
                self._seconds[each] += seconds

    def mean(self) -> Parts:
        """The mean seconds of each part; empty before the first step is complete."""
        if not self._steps:
            return ()
        parts = tuple((part, seconds / self._steps) for part, seconds in self._seconds.items())
        self._known[self._like, self.pipeline] = parts
        return parts

    def other(self) -> Parts:
        """The same of the last training with the other pipeline; empty if there was none."""
        other = next(name for name in PIPELINES if name != self.pipeline)
        return self._known.get((self._like, other), ())


class NoneKept(Exception):
    """There is no saved network to continue from; the message says what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no such network was saved yet ({name}): set start to anew, and train it")


class Kept:
    """The file of one kind of network, trained on one data set with one validation part.

    Networks with another validation part have a file of their own, so that a network whose
    training is continued has never been trained on the images that it is validated on.
    """

    def __init__(self, data: str, settings: Mapping[str, Setting]) -> None:
        kind = {name: settings[name] for name in KIND}
        held_out = settings["validation"]
        size = f"-{kind['width']}x{kind['depth']}" if kind["network"] == "dense" else ""
        part = f"-validation{held_out}" if held_out else ""
        self.path = (
            networks.folder() / f"{data}-{kind['network']}{size}-{kind['activation']}{part}.pt"
        )
        self._about: dict[str, int | float | str] = {"data": data, "validation": int(held_out or 0)}
        self._about |= {name: value for name, value in kind.items() if value is not None}
        self._score = "validation_accuracy" if held_out else "test_accuracy"
        self.accuracy: float | None = None
        """Of the network in the file, on the held-out images; None where there is none that fits,
        and before the first `look`."""
        self.epoch: int | None = None
        """The epoch of this training whose network is in the file, if any."""
        self.trouble = ""
        """Why it could not be written, in words."""
        self._epochs = 0

    def look(self, like: networks.State) -> None:
        """Read how good the network in the file is, if it has weights `like` these."""
        try:
            best = networks.load(self.path, like).about.get(self._score)
        except Unfit:
            best = None
        self.accuracy = best if isinstance(best, float) and 0 <= best <= 1 else None

    def take_up(self, like: networks.State) -> networks.State:
        """The weights in the file.

        Raises:
            NoneKept: there is no such file.
            Unfit: they are not `like` these.
        """
        if not self.path.exists():
            raise NoneKept(self.path.name)
        saved = networks.load(self.path, like)
        epochs = saved.about.get("epochs")
        self._epochs = epochs if isinstance(epochs, int) and epochs >= 0 else 0
        return saved.weights

    def keep(self, weights: networks.State, accuracy: float, epoch: int) -> None:
        """Write the network, unless there is a better one of its kind, or this has diverged."""
        self.look(weights)
        if self.accuracy is not None and accuracy < self.accuracy:
            return
        if all(weight.isfinite().all() for weight in weights.values()):
            self._about |= {self._score: accuracy, "epochs": self._epochs + epoch}
            self._write(weights)
            if not self.trouble:
                self.accuracy, self.epoch = accuracy, epoch

    def tested(self, weights: networks.State, accuracy: float) -> None:
        """Write the test accuracy too, if the network of this training is the one in the file."""
        self.look(weights)
        if self.epoch is not None and self.accuracy == self._about[self._score]:
            self._about["test_accuracy"] = accuracy
            self._write(weights)

    def _write(self, weights: networks.State) -> None:
        try:
            networks.save(self.path, self._about, weights)
            self.trouble = ""
        except OSError as error:
            self.trouble = error.strerror or str(error)


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What one evaluation found."""

    accuracy: float
    confusion: Counts
    """Shape (classes, classes): rows are actual classes, columns predictions."""
    hardest: HardDigits
    part: str
    """Of which images: validation, or test."""
    age: str
    """When it was made: `before epoch 1`."""


def judged(
    logits: torch.Tensor, x: torch.Tensor, y: torch.Tensor, *, part: str, age: str
) -> Judgement:
    """Compare the logits, (images, classes), with the labels of the images x; none are allowed."""
    classes = logits.shape[1]
    losses = nn.functional.cross_entropy(logits, y, reduction="none")
    order = losses.nan_to_num().topk(min(HARDEST, len(losses))).indices
    pairs = torch.bincount(y * classes + logits.argmax(dim=1), minlength=classes * classes)
    probabilities, labels = torch.softmax(logits[order].cpu().double(), dim=1), y[order].cpu()
    sure, said = probabilities.max(dim=1)
    return Judgement(
        accuracy=(logits.argmax(dim=1) == y).float().mean().item() if len(y) else 0.0,
        confusion=pairs.reshape(classes, classes).cpu().numpy(),
        hardest=HardDigits(
            images=x[order].cpu().numpy(),
            labels=labels.numpy(),
            said=said.numpy(),
            sure=sure.numpy(),
            likely=probabilities.gather(1, labels.unsqueeze(1)).squeeze(1).numpy(),
        ),
        part=part,
        age=age,
    )


def _age(epoch: int) -> str:
    """When the evaluation after this epoch was made; epoch 0 is before the training."""
    return f"after epoch {epoch}" if epoch else "before epoch 1"


def walk(model: nn.Sequential, prepare: Prepare, images: Images, index: int) -> DigitWalk:
    """One test image on its way through the layers; a number beyond the last begins again."""
    index %= len(images.test_x)
    layers, name = [], ""
    with torch.no_grad():
        x = prepare(images.test_x[index : index + 1].to(next(model.parameters()).device))
        for layer in model:
            x = layer(x)
            if isinstance(layer, nn.Conv2d | nn.Linear):
                name = layer_name(layer)
            elif isinstance(layer, nn.ReLU | nn.Sigmoid | nn.Tanh):
                layers.append(Activation(name, x[0].cpu().numpy().copy()))
        probabilities = torch.softmax(x[0].cpu().double(), dim=0)
    return DigitWalk(
        index=index,
        image=images.test_x[index].numpy(),
        label=int(images.test_y[index]),
        layers=tuple(layers),
        probabilities=probabilities.numpy(),
    )


def layer_name(layer: nn.Conv2d | nn.Linear) -> str:
    """Its outputs: `512 units`, `8 maps`."""
    return counted(_outputs(layer), "map" if isinstance(layer, nn.Conv2d) else "unit")


class DigitsTrainer(SgdTrainer[ConfigT]):
    """Shows how good the network is on held-out images, its weights, and where the time goes.

    A subclass sets the images, the held-out part, the model and the optimizer, then calls `begin`;
    its loop counts the steps, and passes each evaluation to `judge` or, at the end, `finish`.
    """

    live = frozenset({"learning_rate", "momentum", "digit"})
    threads = 2

    images: Images
    train_x: torch.Tensor
    held_x: torch.Tensor
    held_y: torch.Tensor
    part: str
    """What the held-out images are: validation, or test where there is no validation part."""
    model: nn.Sequential

    @abstractmethod
    def turns(self) -> Iterator[Step | Rest]:
        """The loop: a `Step` after every update, and a `Rest` now and then in an evaluation."""

    @abstractmethod
    def reader(self) -> Reader:
        """A copy of the network as it is now."""

    def begin(self) -> None:
        """Prepare what is recorded on the way; where asked to, load the saved weights."""
        settings, data = asdict(self.config), self.images.name
        self.step = 0
        self.accuracies: tuple[float, ...] = ()
        """On all the held-out images: before the training, and after each epoch."""
        self.test_accuracy: float | None = None
        self.best: networks.State | None = None
        """The weights of the epoch with the best validation accuracy."""
        self.best_accuracy = 0.0
        none = torch.empty(0, len(self.images.classes), device=self.device())
        self.judgement = judged(
            none, self.held_x[:0], self.held_y[:0], part=self.part, age="none yet"
        )
        self.kept = Kept(data, settings)
        self.kept.look(self.model.state_dict())
        if settings["start"] == "saved":
            self.model.load_state_dict(self.kept.take_up(self.model.state_dict()))
        like = (data, settings["batch_size"], *(settings[name] for name in KIND), self.device())
        self.clock = Clock(like, settings["pipeline"])
        self.batches_per_epoch = -(-len(self.train_x) // settings["batch_size"])

    def device(self) -> torch.device:
        """Where the model is."""
        return next(self.model.parameters()).device

    def steps(self) -> Iterator[Step]:
        return (turn for turn in self.turns() if isinstance(turn, Step))

    def judge(
        self, logits: torch.Tensor, x: torch.Tensor, y: torch.Tensor, epoch: int, number: int
    ) -> None:
        """Take the logits of held-out images x; `number` is the step in the epoch, 0 at its end.

        At the end of an epoch, keep the network if it is the best so far.
        """
        when = f"epoch {epoch}, step {number:,}" if number else _age(epoch)
        self.judgement = judged(logits, x, y, part=self.part, age=when)
        if number:
            return
        accuracy = self.judgement.accuracy
        self.accuracies = (*self.accuracies, accuracy)
        if self.part == "test":
            self.test_accuracy = accuracy
        if not epoch:
            return
        weights = self.model.state_dict()
        if self.best is None or accuracy >= self.best_accuracy:
            self.best = {name: weight.clone() for name, weight in weights.items()}
            self.best_accuracy = accuracy
        self.kept.keep(weights, accuracy, epoch)

    def finish(self, logits: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> None:
        """Take the logits of all test images, by the network that was best in the validation."""
        self.judgement = judged(logits, x, y, part="test", age="at the end")
        self.test_accuracy = self.judgement.accuracy
        self.kept.tested(self.model.state_dict(), self.judgement.accuracy)

    @property
    def note(self) -> str:
        trouble = self.kept.trouble
        unsaved = trouble and f"The trained network cannot be saved: {trouble}"
        selected = SELECTED if self.part == "test" else ""
        return ". ".join(filter(None, (self.images.note, selected, unsaved)))

    @property
    def ending(self) -> str:
        kept = self.kept
        if kept.epoch is None or kept.accuracy is None:
            return ""
        right = f"{kept.accuracy:.2%} of the {self.part} images right"
        return (
            f"kept the network of epoch {kept.epoch} ({right}) for the drawing sheet: w in the lab"
        )

    def picture(self) -> DigitsPicture:
        reader, found, settings = self.reader(), self.judgement, asdict(self.config)
        weight = self._layers()[0].weight.detach()[:UNITS]
        images: Weights = weight.reshape(-1, *weight.shape[-2:]).cpu().numpy().copy()
        sizes = [(layer_name(layer), rms(layer.weight)) for layer in self._layers()]
        return DigitsPicture(
            data=self.images.name,
            classes=self.images.classes,
            accuracies=np.array(self.accuracies),
            hardest=found.hardest,
            confusion=found.confusion,
            weights=images if weight.dim() == 4 else images.reshape(-1, 28, 28),
            walk=walk(self.model, reader.prepare, self.images, settings["digit"]),
            gradients=tuple((name, size) for name, size in sizes if size is not None),
            seconds=self.clock.mean(),
            pipeline=self.clock.pipeline,
            other=self.clock.other(),
            batches=self.batches_per_epoch,
            reader=reader,
            walks=partial(_walk_later, reader, self.images),
            part=found.part,
            age=found.age,
            held_part=self.part,
            held_out=len(self.held_x),
            test_accuracy=self.test_accuracy,
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        """The network in a line, the loss, the gradients of the first and the last layer, the
        evaluation after the last epoch and the test."""
        loss, layers = None if step is None else step.loss.item(), self._layers()
        sizes = "→".join(str(size) for size in (28 * 28, *map(_outputs, layers)))
        epoch = len(self.accuracies) - 1  # as the accuracy chart: in its middle there is a sample
        held_out = number(self.accuracies[-1] if self.accuracies else None)
        name, of = f"{self.part}, {_age(max(epoch, 0))}", f"accuracy of {len(self.held_y):,} images"
        test = Equation("test", "test accuracy", "at the end", number(self.test_accuracy))
        return (
            Equation("forward", "z = net(x)", sizes, ""),
            Equation("loss", "L = −mean(ln P(label))", "", number(loss)),
            *self._slopes(),
            Equation("update", "v ← μ·v + ∂L/∂W", "W ← W − η·v", ""),
            Equation(self.part, name, of, held_out),
            *(() if self.part == "test" else (test,)),
            Equation("save", *self._saved()),
        )

    def _saved(self) -> tuple[str, str, str]:
        """Which network is in the file, and how good it is; or why none could be written."""
        kept, whose = self.kept, ""
        if not kept.trouble and kept.accuracy is not None:
            whose = ", earlier run" if kept.epoch is None else f", epoch {kept.epoch}"
        return f"saved network{whose}", "", kept.trouble or number(kept.accuracy)

    def _slopes(self) -> Iterator[Equation]:
        """The gradients of the first and of the last layer, which may be the same."""
        layers = self._layers()
        for place in sorted({0, len(layers) - 1}):
            formula = f"rms ∂L/∂W{subscript(place + 1)}"
            yield Equation("backward", formula, "", number(rms(layers[place].weight)))

    def parameters(self) -> NamedParameters:
        """None: the smallest of these networks has thousands."""
        return {}

    def predict(self, x: float) -> float:
        """The predicted class of the test image number x."""
        found = walk(self.model, self.reader().prepare, self.images, int(x))
        return float(found.probabilities.argmax())

    @property
    def prediction(self) -> str:
        return "the predicted class of test image x, counted from 0"

    def metrics(self) -> Mapping[str, float]:
        """`test_accuracy`, once there was a test; `step_seconds`: the mean time of a step."""
        test = self.test_accuracy
        accuracy = {} if test is None else {"test_accuracy": test}
        return {**accuracy, "step_seconds": sum(seconds for _, seconds in self.clock.mean())}

    def _layers(self) -> list[nn.Conv2d | nn.Linear]:
        """Those that have weights, from the image on."""
        return [layer for layer in self.model if isinstance(layer, nn.Conv2d | nn.Linear)]


def _walk_later(reader: Reader, images: Images, index: int) -> DigitWalk:
    """A walk through a reader's copy of the network, which any thread may use."""
    return walk(reader.model, reader.prepare, images, index)


def _outputs(layer: nn.Conv2d | nn.Linear) -> int:
    return layer.out_channels if isinstance(layer, nn.Conv2d) else layer.out_features
