"""A training run without a screen, and its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import torch

from engine.config import Change, Config
from engine.frame import State
from engine.history import Diverged, History
from engine.run import THREADS, describe, train
from engine.trainer import Step, Trainer
from lessons.lesson import Preset, TrainingLesson

MAY_BE_ABSENT = ("parameters", "message", "task", "note", "changes")
"""The keys that the JSON has only with a value."""
MOST_PARAMETERS = 100
"""The parameters of larger networks are not printed."""


@dataclass(slots=True)
class Training:
    """A training run: iterate over `steps`, then read the result."""

    lesson: TrainingLesson
    preset: Preset
    kind: type[Trainer[Any]]
    config: Config
    device: str
    stop: Callable[[], bool]
    why: str = ""  # why the preset is not the lesson's first one
    every: int | None = None  # print every Nth step; None: about ten steps
    changes: tuple[Change, ...] = ()
    status: State = State.READY
    trainer: Trainer[Any] | None = None
    history: History = field(init=False)
    message: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.history = History(batch=1 if self.device == "cpu" else 64)

    @property
    def header(self) -> str:
        """The first line of a report."""
        where = f"on {self.device}, seed {self.config.seed}"
        return f"{self.lesson.slug}, preset {self.preset.name}, {where}"

    def steps(self) -> Iterator[Step]:
        """Train and yield each step; an error of the trainer sets the status."""
        began = time.perf_counter()
        try:
            torch.set_num_threads(THREADS)
            self.trainer = self.kind(self.config, torch.device(self.device))
            began = time.perf_counter()
            yield from train(self.trainer, self.history, self.stop, self.changes)
            self.status = State.STOPPED if self.stop() else State.FINISHED
        except Diverged as diverged:
            self.status, self.message = State.DIVERGED, str(diverged)
        except Exception as error:
            self.status, self.message = State.FAILED, describe(error)
        self.seconds = time.perf_counter() - began

    @property
    def task(self) -> str:
        """The trainer's one-line description of the task; empty before the trainer is created."""
        return self.trainer.task if self.trainer else ""

    @property
    def note(self) -> str:
        """Remarks on this run for the user; empty before the trainer is created."""
        return ". ".join(filter(None, (self.why, self.trainer.note))) if self.trainer else ""

    @property
    def late(self) -> tuple[Change, ...]:
        """The changes after the last step, which had no effect."""
        return tuple(one for one in self.changes if one.step > self.history.steps)

    def event(self) -> dict[str, Any]:
        """Return the last event of the JSON output, without some keys if they are empty."""
        steps = self.history.steps
        trainer = self.trainer if self.status is not State.FAILED else None
        parameters = trainer.parameters() if trainer else {}
        count = sum(len(each) if isinstance(each, list) else 1 for each in parameters.values())
        points = self.preset.predict_at if trainer else ()
        event = {
            "event": "end",
            "status": self.status.value,
            "lesson": self.lesson.slug,
            "preset": self.preset.name,
            "device": self.device,
            "seed": self.config.seed,
            "steps": steps,
            "loss": self.history.loss,
            "parameters": parameters if count <= MOST_PARAMETERS else {},
            "metrics": dict(trainer.metrics()) if trainer else {},
            "predictions": [{"x": x, "y": trainer.predict(x)} for x in points if trainer],
            "seconds": self.seconds,
            "steps_per_second": steps / self.seconds if self.seconds else 0.0,
            "message": self.message,
            "task": self.task,
            "note": self.note,
            "changes": [asdict(change) for change in self.changes],
        }
        absent = [key for key in MAY_BE_ABSENT if not event[key]]
        return {key: value for key, value in event.items() if key not in absent}


def has_states(kind: type[Trainer[Any]]) -> bool:
    """Whether the trainer says which tensors it trains."""
    return kind.states is not Trainer.states
