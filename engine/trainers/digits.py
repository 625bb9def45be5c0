"""The base class of trainers of digit classifiers: evaluation, timing, saved networks."""

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
"""The parts of a step with their seconds."""

UNITS = 64
"""The number of units of the first layer that are shown."""
HARDEST = 48
"""The number of held-out images with the greatest loss that are shown."""
PIPELINES = ("indexed", "dataloader")
PARTS = ("load", "normalise", "forward", "backward", "update")
KIND = ("network", "width", "depth", "activation")
"""The settings that determine the shapes and meaning of the weights."""
SELECTED = (
    "Validation is 0: the network that is best on the test images is kept, so its test accuracy "
    "is a little too high for new images"
)


class Clock:
    """Adds up the seconds of each part of the steps of one training run.

    It measures the training thread: on a GPU, the time to submit the work. For a small network that
    is the time of a step, since the GPU is mostly idle.
    """

    _known: ClassVar[dict[tuple[Hashable, str], Parts]] = {}
    """The step times of earlier runs since the program started."""

    def __init__(self, like: Hashable, pipeline: str) -> None:
        """Create a clock; `like` identifies runs that may differ only in their pipeline."""
        self._like, self.pipeline = like, pipeline
        self._seconds, self._step = dict.fromkeys(PARTS, 0.0), dict.fromkeys(PARTS, 0.0)
        self._since = perf_counter()
        self._steps = 0

    def start(self) -> None:
        """Begin a batch; the time since the last one is not counted."""
        self._step = dict.fromkeys(PARTS, 0.0)
        self._since = perf_counter()

    def lap(self, part: str) -> None:
        """Add the time since the last lap, or the start, to this part.

        The part "update" completes the step.
        """
        now = perf_counter()
        self._step[part] += now - self._since
        self._since = now
        if part == "update":
            self._steps += 1
            for each, seconds in self._step.items():
                self._seconds[each] += seconds

    def mean(self) -> Parts:
        """Return the mean seconds of each part; empty before the first complete step."""
        if not self._steps:
            return ()
        parts = tuple((part, seconds / self._steps) for part, seconds in self._seconds.items())
        self._known[self._like, self.pipeline] = parts
        return parts

    def other(self) -> Parts:
        """Return the mean seconds of the last run with the other pipeline; empty if none."""
        other = next(name for name in PIPELINES if name != self.pipeline)
        return self._known.get((self._like, other), ())


class NoneKept(Exception):
    """No saved network exists to continue from; the message says what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no such network was saved yet ({name}): set start to anew, and train it")


class Kept:
    """The saved file of one kind of network, trained on one data set with one validation part.

    Networks with another validation part have another file, so that a network whose training
    continues has never been trained on the images of its validation part.
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
        """The held-out accuracy of the network in the file; None if no network fits."""
        self.epoch: int | None = None
        """The epoch of this run whose network is in the file, if any."""
        self.trouble = ""
        """The reason why the file could not be written."""
        self._epochs = 0

    def look(self, like: networks.State) -> None:
        """Read the accuracy of the network in the file if its weights have the shapes of `like`."""
        try:
            best = networks.load(self.path, like).about.get(self._score)
        except Unfit:
            best = None
        self.accuracy = best if isinstance(best, float) and 0 <= best <= 1 else None

    def take_up(self, like: networks.State) -> networks.State:
        """Return the weights in the file.

        Raises:
            NoneKept: there is no such file.
            Unfit: the weights do not have the shapes of `like`.
        """
        if not self.path.exists():
            raise NoneKept(self.path.name)
        saved = networks.load(self.path, like)
        epochs = saved.about.get("epochs")
        self._epochs = epochs if isinstance(epochs, int) and epochs >= 0 else 0
        return saved.weights

    def keep(self, weights: networks.State, accuracy: float, epoch: int) -> None:
        """Save the network, unless a better one is saved or its weights are not finite."""
        self.look(weights)
        if self.accuracy is not None and accuracy < self.accuracy:
            return
        if all(weight.isfinite().all() for weight in weights.values()):
            self._about |= {self._score: accuracy, "epochs": self._epochs + epoch}
            self._write(weights)
            if not self.trouble:
                self.accuracy, self.epoch = accuracy, epoch

    def tested(self, weights: networks.State, accuracy: float) -> None:
        """Save the test accuracy too, if the file holds the network of this run."""
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
    """The results of one evaluation."""

    accuracy: float
    confusion: Counts
    """Shape (classes, classes): rows are actual classes, columns predictions."""
    hardest: HardDigits
    part: str
    """The evaluated images: `validation` or `test`."""
    age: str
    """The time of the evaluation: `before epoch 1`."""


def judged(
    logits: torch.Tensor, x: torch.Tensor, y: torch.Tensor, *, part: str, age: str
) -> Judgement:
    """Compare the logits, (images, classes), with the labels y of the images x; may be empty."""
    classes = logits.shape[1]
    losses = nn.functional.cross_entropy(logits, y, reduction="none")
    order = losses.nan_to_num().topk(min(HARDEST, len(losses))).indices
    pairs = torch.bincount(y * classes + logits.argmax(dim=1), minlength=classes * classes)
    probabilities, labels = torch.softmax(logits[order].cpu().double(), dim=1), y[order].cpu()
    sure, predicted = probabilities.max(dim=1)
    return Judgement(
        accuracy=(logits.argmax(dim=1) == y).float().mean().item() if len(y) else 0.0,
        confusion=pairs.reshape(classes, classes).cpu().numpy(),
        hardest=HardDigits(
            images=x[order].cpu().numpy(),
            labels=labels.numpy(),
            predicted=predicted.numpy(),
            sure=sure.numpy(),
            likely=probabilities.gather(1, labels.unsqueeze(1)).squeeze(1).numpy(),
        ),
        part=part,
        age=age,
    )


def _age(epoch: int) -> str:
    """Return the time of the evaluation after this epoch; epoch 0 is before the training."""
    return f"after epoch {epoch}" if epoch else "before epoch 1"


def walk(model: nn.Sequential, prepare: Prepare, images: Images, index: int) -> DigitWalk:
    """Return all layer outputs for one test image; an index past the end starts over."""
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
    """Return the layer's outputs: `512 units`, `8 maps`."""
    return counted(_outputs(layer), "map" if isinstance(layer, nn.Conv2d) else "unit")


class DigitsTrainer(SgdTrainer[ConfigT]):
    """The base class of trainers that show held-out accuracy, weights and step times.

    A subclass sets the images, the held-out part, the model and the optimizer, then calls `begin`;
    its loop increments `step`, and passes each evaluation to `judge` or, at the end, `finish`.
    """

    live = frozenset({"learning_rate", "momentum", "digit"})

    images: Images
    train_x: torch.Tensor
    held_x: torch.Tensor
    held_y: torch.Tensor
    part: str
    """The name of the held-out images: `validation`, or `test` if there is no validation part."""
    model: nn.Sequential

    @abstractmethod
    def turns(self) -> Iterator[Step | Rest]:
        """Train: yield a `Step` after every update, and a `Rest` during evaluations."""

    @abstractmethod
    def reader(self) -> Reader:
        """Return a copy of the current network."""

    def begin(self) -> None:
        """Prepare the recorded values, and load the saved weights if `start` is `saved`."""
        settings, data = asdict(self.config), self.images.name
        self.step = 0
        self.accuracies: tuple[float, ...] = ()
        """The accuracies on all held-out images: before the training, and after each epoch."""
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
        return next(self.model.parameters()).device

    def steps(self) -> Iterator[Step]:
        return (turn for turn in self.turns() if isinstance(turn, Step))

    def judge(
        self, logits: torch.Tensor, x: torch.Tensor, y: torch.Tensor, epoch: int, number: int
    ) -> None:
        """Store the results for held-out images x; `number` is the step in the epoch, 0 at its end.

        At the end of an epoch, save the network if it is the best so far.
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
        """Store the results for all test images of the network that is best in validation."""
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
        """Return the layer sizes, the loss, the gradients of the first and last layer, the
        evaluation after the last epoch and the test."""
        loss, layers = None if step is None else step.loss.item(), self._layers()
        sizes = "→".join(str(size) for size in (28 * 28, *map(_outputs, layers)))
        epoch = len(self.accuracies) - 1  # evaluations of a sample do not count
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
        """Yield the gradients of the first and the last layer, which may be the same."""
        layers = self._layers()
        for place in sorted({0, len(layers) - 1}):
            formula = f"rms ∂L/∂W{subscript(place + 1)}"
            yield Equation("backward", formula, "", number(rms(layers[place].weight)))

    def parameters(self) -> NamedParameters:
        """Return nothing: the smallest of these networks has thousands of parameters."""
        return {}

    def predict(self, x: float) -> float:
        """Return the predicted class of test image number x."""
        found = walk(self.model, self.reader().prepare, self.images, int(x))
        return float(found.probabilities.argmax())

    @property
    def prediction(self) -> str:
        return "the predicted class of test image x, counted from 0"

    def metrics(self) -> Mapping[str, float]:
        """Return `test_accuracy`, if there was a test, and the mean `step_seconds`."""
        test = self.test_accuracy
        accuracy = {} if test is None else {"test_accuracy": test}
        return {**accuracy, "step_seconds": sum(seconds for _, seconds in self.clock.mean())}

    def held_out_metrics(self) -> Mapping[str, float]:
        """Return the `validation_accuracy` after the last epoch, and that of the best epoch, whose
        network is tested at the end."""
        if self.part == "test" or not self.accuracies:
            return {}
        best = {} if self.best is None else {"best_validation_accuracy": self.best_accuracy}
        return {"validation_accuracy": self.accuracies[-1], **best}

    def _layers(self) -> list[nn.Conv2d | nn.Linear]:
        """Return the layers with weights, starting at the image."""
        return [layer for layer in self.model if isinstance(layer, nn.Conv2d | nn.Linear)]


def _walk_later(reader: Reader, images: Images, index: int) -> DigitWalk:
    """Return the layer outputs of the reader's copy of the network, in any thread."""
    return walk(reader.model, reader.prepare, images, index)


def _outputs(layer: nn.Conv2d | nn.Linear) -> int:
    return layer.out_channels if isinstance(layer, nn.Conv2d) else layer.out_features
