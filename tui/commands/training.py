"""A training run without a screen, and its report as text, JSON or a progress bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import torch

from engine.config import Change, Config
from engine.frame import State
from engine.history import Diverged, History
from engine.numerals import counted
from engine.run import THREADS, describe, train
from engine.trainer import Step, Trainer
from lessons.lesson import Preset, TrainingLesson
from tui.commands.command import json_line, notice
from tui.commands.progress_bar import ProgressBar

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

    def summary(self) -> Iterator[str]:
        """Yield the result as aligned lines of text."""
        event = self.event()
        speed = f"{event['seconds']:.2f} s ({event['steps_per_second']:,.0f} steps/s)"
        yield f"{self.status} after {counted(event['steps'], 'step')} in {speed}"
        if self.message:
            yield f"  {' '.join(self.message.split())}"
        if self.trainer and self.status is State.FINISHED and self.trainer.ending:
            yield f"  {self.trainer.ending}"
        config = self.trainer.config if self.trainer else self.config
        rate = getattr(config, "learning_rate", None)
        if self.status is State.DIVERGED and rate is not None:
            yield f"  Try a smaller learning rate: it was {rate:g}."
        figures = {} if event["loss"] is None else {"loss": event["loss"]}
        figures |= {**event.get("parameters", {}), **event["metrics"]}
        figures |= {f"y({each['x']:g})": each["y"] for each in event["predictions"]}
        width = max(map(len, figures), default=0)
        for name, value in figures.items():
            yield from _lines(name, value, figures.get(f"b{name[1:]}"), width)
        if self.trainer and self.trainer.prediction and event["predictions"]:
            yield f"  y(x): {self.trainer.prediction}"


def _lines(
    name: str, value: float | list[float], bias: float | list[float] | None, width: int
) -> Iterator[str]:
    """Yield a line for a figure; for a weight matrix (`W1` with a bias `b1`) its shape and rows."""
    if name[0] != "W" or not isinstance(value, list) or bias is None:
        yield f"  {name:{width}}  {_number(value)}"
        return
    rows = len(bias) if isinstance(bias, list) else 1
    columns = len(value) // rows
    yield f"  {name:{width}}  {rows} × {columns}"
    for start in range(0, len(value), columns):
        yield f"  {'':{width}}  {_number(value[start : start + columns])}"


def _number(value: float | list[float]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_number, value))}]"
    return f"{value:.8g}"


class TextReport:
    """Reports the steps and then a summary as plain lines, for pipes and files."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._epochs = getattr(training.config, "epochs", 1)
        self._last: Step | None = None
        self.begin()

    def begin(self) -> None:
        """Print the header before the trainer is created."""
        self.show(self._training.header)

    def show(self, text: str) -> None:
        """Print a line of text."""
        print(text, flush=True)

    def warn(self, text: str) -> None:
        """Print a remark for the user on stderr."""
        notice(text)

    def step(self, step: Step) -> None:
        """Print every Nth step, or else the last step of each tenth of the epochs."""
        if every := self._training.every:
            if step.step % every == 0:
                self._print(step)
            return
        # The end of an epoch is known only at the first step of the next one.
        if self._last and step.epoch != self._last.epoch:
            self._print_tenth()
        self._last = step

    def end(self) -> None:
        """Print the result after the last step."""
        self._print_tenth()
        print("\n".join(self._result()), flush=True)

    def _print_tenth(self) -> None:
        step, epochs = self._last, self._epochs
        if step and step.epoch * 10 // epochs > (step.epoch - 1) * 10 // epochs:
            self._print(step)

    def _print(self, step: Step) -> None:
        loss = step.loss.item()
        print(f"step {step.step:>9,}   epoch {step.epoch:>9,}   loss {loss:.7g}", flush=True)

    def _result(self) -> Iterator[str]:
        return self._training.summary()


class JsonReport(TextReport):
    """Reports one JSON object per line, with all digits of every number."""

    def show(self, text: str) -> None:
        """Print nothing, as the last line contains it."""

    def _print(self, step: Step) -> None:
        loss = step.loss.item()
        event = {"event": "step", "step": step.step, "epoch": step.epoch, "loss": loss}
        print(json_line(event), flush=True)

    def _result(self) -> Iterator[str]:
        yield json_line(self._training.event())


class BarReport(TextReport):
    """Reports with a progress bar and then a summary, for terminals."""

    def begin(self) -> None:
        """Show the bar while the trainer is created; the header follows with the summary."""
        self._began: float | None = None
        self._bar = ProgressBar("getting ready", longest=40)

    def show(self, text: str) -> None:
        self._bar.clear()
        super().show(text)

    def warn(self, text: str) -> None:
        self._bar.clear()
        super().warn(text)

    def step(self, step: Step) -> None:
        if self._began is None:  # measured from the first step, without creating the trainer
            self._began = time.monotonic()
        if self._bar.due:
            seconds = time.monotonic() - self._began
            rate = f"{(step.step - 1) / seconds:,.0f} steps/s" if step.step > 1 else ""
            epochs = f"{step.epoch:,}/{self._epochs:,}"
            text = f" epoch {epochs}  loss {step.loss.item():.4g}  {rate}"
            self._bar.draw(step.epoch, self._epochs, text)

    def end(self) -> None:
        self.show(self._training.header)
        super().end()
