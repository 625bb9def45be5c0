"""A training without a screen: what is asked for, the steps, how it ended; prints nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from engine.config import Config
from engine.frame import NamedParameters, State
from engine.history import Diverged, History
from engine.run import describe, threads_for, train
from engine.trainer import Step, Trainer
from lessons.lesson import Preset, TrainingLesson

MOST_PARAMETERS = 100
"""A network of more weights than this is not written out."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained, and on what."""

    lesson: TrainingLesson
    preset: Preset
    trainer: type[Trainer[Any]]
    config: Config
    device: str
    note: str = ""
    """What has to be known of it beforehand: why it is not the lesson's first preset."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a training ended, and what it leaves."""

    order: Order
    status: State
    steps: int
    loss: float | None
    """The loss of the last step; not finite once it diverged."""
    seconds: float
    message: str = ""
    """What went wrong, in words."""
    task: str = ""
    """What is predicted from what, in one line; empty where the lesson itself says so."""
    ending: str = ""
    """Why it ended early, or what it saved, in a sentence for people."""
    note: str = ""
    """What has to be known of this training: that other data stood in, for one."""
    parameters: NamedParameters | None = None
    """None for a network that is too large to write out."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    prediction: str = ""
    """What the predictions are, for people; empty where that is plain."""
    predictions: tuple[tuple[float, float], ...] = ()
    """Pairs of an input and what the model says to it."""

    @property
    def rate(self) -> float:
        """Steps a second."""
        return self.steps / self.seconds if self.seconds else 0.0

    def event(self) -> dict[str, Any]:
        """The last line of the JSON; `message` is there only where something went wrong, `task` and
        `note` only where there is one."""
        event = {
            "event": "end",
            "status": self.status.value,
            "lesson": self.order.lesson.slug,
            "preset": self.order.preset.name,
            "device": self.order.device,
            "seed": self.order.config.seed,
            "steps": self.steps,
            "loss": self.loss,
            "parameters": self.parameters,
            "metrics": dict(self.metrics),
            "predictions": [{"x": x, "y": y} for x, y in self.predictions],
            "seconds": self.seconds,
            "steps_per_second": self.rate,
            "message": self.message,
            "task": self.task,
            "note": self.note,
        }
        absent = [key for key in ("parameters", "message", "task", "note") if not event[key]]
        return {key: value for key, value in event.items() if key not in absent}


class Training:
    """One run of an order: iterate over `steps`, then ask for the `outcome`."""

    def __init__(self, order: Order, stop: Callable[[], bool]) -> None:
        self._order = order
        self._stop = stop
        self._trainer: Trainer[Any] | None = None
        self._history = History(batch=1 if order.device == "cpu" else 64)
        self._status = State.READY
        self._message = ""
        self._seconds = 0.0

    def steps(self) -> Iterator[Step]:
        """Train; whatever the trainer raises becomes the outcome, what the reader raises not."""
        began = time.perf_counter()
        try:
            torch.set_num_threads(threads_for(self._order.trainer))
            self._trainer = self._order.trainer(
                self._order.config, torch.device(self._order.device)
            )
            began = time.perf_counter()
            yield from train(self._trainer, self._history, self._stop)
            self._status = State.STOPPED if self._stop() else State.FINISHED
        except Diverged as diverged:
            self._status, self._message = State.DIVERGED, str(diverged)
        except Exception as error:
            self._status, self._message = State.FAILED, describe(error)
        self._seconds = time.perf_counter() - began

    @property
    def task(self) -> str:
        """What is predicted from what; empty as long as there is no trainer."""
        return self._trainer.task if self._trainer else ""

    @property
    def note(self) -> str:
        """What has to be known of this training; empty as long as there is no trainer."""
        if self._trainer is None:
            return ""
        return ". ".join(filter(None, (self._order.note, self._trainer.note)))

    def outcome(self) -> Outcome:
        """How it ended; a trainer that failed is asked nothing more."""
        trainer = self._trainer if self._status is not State.FAILED else None
        return Outcome(
            order=self._order,
            status=self._status,
            steps=self._history.steps,
            loss=self._history.loss,
            seconds=self._seconds,
            message=self._message,
            task=self.task,
            note=self.note,
            ending=trainer.ending if trainer and self._status is State.FINISHED else "",
            parameters=_few(trainer.parameters()) if trainer else {},
            metrics=trainer.metrics() if trainer else {},
            prediction=trainer.prediction if trainer else "",
            predictions=self._predictions(trainer) if trainer else (),
        )

    def _predictions(self, trainer: Trainer[Any]) -> tuple[tuple[float, float], ...]:
        return tuple((x, trainer.predict(x)) for x in self._order.preset.predict_at)


def _few(parameters: NamedParameters) -> NamedParameters | None:
    count = sum(len(value) if isinstance(value, list) else 1 for value in parameters.values())
    return parameters if count <= MOST_PARAMETERS else None
