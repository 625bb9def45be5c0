"""What a network that reads digits shows of itself; knows no loop: that is the trainer's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial

import numpy as np
import torch
from torch import nn

from engine.config import Setting
from engine.datasets.images import Images
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.pictures import DigitsPicture, DigitWalk, Weights
from engine.reader import Reader
from engine.trainer import ConfigT, Rest, Step, Trainer
from engine.trainers.gradient_size import rms
from engine.trainers.mnist_clock import Clock
from engine.trainers.mnist_judge import judged, layer_name, reader_walk, unjudged, walk
from engine.trainers.mnist_kept import KIND, Kept

UNITS = 64
"""Of the first layer, so many units are shown."""
SUBSCRIPTS = "₁₂₃₄₅₆₇₈₉"


class DigitsTrainer(Trainer[ConfigT]):
    """Shows what the network says of the test images, what it looks for, and what it costs.

    A subclass sets the images, the model and the optimizer, calls `begin`, and its loop counts
    the steps and has each test judged.
    """

    live = frozenset({"learning_rate", "momentum", "digit"})
    threads = 2

    images: Images
    model: nn.Sequential
    optimizer: torch.optim.Optimizer

    @abstractmethod
    def turns(self) -> Iterator[Step | Rest]:
        """The loop: a `Step` after every update, and a `Rest` now and then in a test."""

    @abstractmethod
    def reader(self) -> Reader:
        """A copy of the network as it is now."""

    def begin(self) -> None:
        """Set up what is noted on the way; where asked to, take the weights that were saved."""
        settings, data = asdict(self.config), self.images.name
        self.step = 0
        self.accuracies: tuple[float, ...] = ()
        self.judgement = unjudged(self.images)
        self.kept = Kept(data, settings)
        self.kept.look(self.model.state_dict())
        if settings["start"] == "saved":
            self.model.load_state_dict(self.kept.take_up(self.model.state_dict()))
        like = (data, settings["batch_size"], *(settings[name] for name in KIND), self.device())
        self.clock = Clock(like, settings["pipeline"])

    def device(self) -> torch.device:
        """Where the model is."""
        return next(self.model.parameters()).device

    def steps(self) -> Iterator[Step]:
        return (turn for turn in self.turns() if isinstance(turn, Step))

    def judge(self, epoch: int, logits: torch.Tensor) -> None:
        """Take the answers to all test images, and keep the network if it is the best so far."""
        self.judgement = judged(logits, self.images)
        self.accuracies = (*self.accuracies, self.judgement.accuracy)
        if epoch:
            self.kept.keep(self.model.state_dict(), self.judgement.accuracy, epoch)

    @property
    def note(self) -> str:
        trouble = self.kept.trouble
        unsaved = trouble and f"The trained network cannot be saved: {trouble}"
        return ". ".join(filter(None, (self.images.note, unsaved)))

    def picture(self) -> DigitsPicture:
        reader = self.reader()
        return DigitsPicture(
            data=self.images.name,
            classes=self.images.classes,
            accuracies=np.array(self.accuracies),
            hardest=self.judgement.hardest,
            confusion=self.judgement.confusion,
            weights=self._weights(),
            walk=self._walk(reader, asdict(self.config)["digit"]),
            gradients=self._gradients(),
            seconds=self.clock.mean(),
            pipeline=self.clock.pipeline,
            other=self.clock.other(),
            batches=-(-len(self.images.train_x) // asdict(self.config)["batch_size"]),
            reader=reader,
            walks=partial(reader_walk, reader, self.images),
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        """The way through the network in a line, the loss, the gradients of the first and the last
        layer, and the last test."""
        loss, layers = None if step is None else step.loss.item(), self._layers()
        sizes = "→".join(str(size) for size in (28 * 28, *map(_outputs, layers)))
        accuracy = self.accuracies[-1] if self.accuracies else None
        return (
            Equation("forward", "z = net(x)", sizes, ""),
            Equation("loss", "L = −mean(ln P(label))", "", number(loss)),
            *self._slopes(),
            Equation("update", "v ← μ·v + ∂L/∂W", "W ← W − η·v", ""),
            Equation("test", "test accuracy", "", number(accuracy)),
            Equation("save", "saved network", "", self.kept.trouble or number(self.kept.accuracy)),
        )

    def _slopes(self) -> Iterator[Equation]:
        """The gradients of the first and of the last layer, which may be the same."""
        layers = self._layers()
        for place in sorted({0, len(layers) - 1}):
            formula = f"rms ∂L/∂W{SUBSCRIPTS[place]}"
            yield Equation("backward", formula, "", number(rms(layers[place].weight)))

    def parameters(self) -> NamedParameters:
        """None: the smallest of these networks has thousands."""
        return {}

    def predict(self, x: float) -> float:
        """The class that the network says for the test image number x."""
        return float(self._walk(self.reader(), int(x)).probabilities.argmax())

    def metrics(self) -> Mapping[str, float]:
        """`test_accuracy` at the last test; `step_seconds`: what a step took, in the mean."""
        accuracy = {"test_accuracy": self.accuracies[-1]} if self.accuracies else {}
        seconds = sum(seconds for _, seconds in self.clock.mean())
        return {**accuracy, "step_seconds": seconds}

    def adjust(self, name: str, value: Setting) -> None:
        super().adjust(name, value)
        if name != "digit":
            for group in self.optimizer.param_groups:
                group["lr" if name == "learning_rate" else name] = value

    def _layers(self) -> list[nn.Conv2d | nn.Linear]:
        """Those that have weights, from the image on."""
        return [layer for layer in self.model if isinstance(layer, nn.Conv2d | nn.Linear)]

    def _weights(self) -> Weights:
        weight = self._layers()[0].weight.detach()[:UNITS]
        images = weight.reshape(-1, 28, 28) if weight.dim() == 2 else weight.squeeze(1)
        return images.cpu().numpy().copy()

    def _walk(self, reader: Reader, index: int) -> DigitWalk:
        """One test image on its way through the network as it is now."""
        return walk(self.model, reader.prepare, self.images, index)

    def _gradients(self) -> tuple[tuple[str, float], ...]:
        sizes = [(layer_name(layer), rms(layer.weight)) for layer in self._layers()]
        return tuple((name, size) for name, size in sizes if size is not None)


def _outputs(layer: nn.Conv2d | nn.Linear) -> int:
    return layer.out_channels if isinstance(layer, nn.Conv2d) else layer.out_features
