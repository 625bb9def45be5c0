"""A training run without a screen: its steps, its result, its report as JSON, lines or a bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch

from engine.config import Config
from engine.frame import State
from engine.history import Diverged, History
from engine.numerals import counted
from engine.run import describe, threads_for, train
from engine.trainer import Step, Trainer
from lessons.lesson import Preset, TrainingLesson
from tui.commands.command import json_line, notice
from tui.commands.progress_bar import ProgressBar

MOST_PARAMETERS = 100
"""The parameters of a network with more weights are not printed."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained, on what, and how often a step is printed."""

    lesson: TrainingLesson
    preset: Preset
    trainer: type[Trainer[Any]]
    config: Config
    device: str
    every: int | None = None
    """Print every Nth step; None prints about ten steps."""
    note: str = ""
    """Why it is not the lesson's first preset."""

    @property
    def title(self) -> str:
        return f"{self.lesson.slug}, preset {self.preset.name}"

    @property
    def header(self) -> str:
        return f"{self.title}, on {self.device}, seed {self.config.seed}"


class Training:
    """One run of an order: iterate over `steps`, then read the result."""

    def __init__(self, order: Order, stop: Callable[[], bool]) -> None:
        self.order = order
        self.status = State.READY
        self._stop = stop
        self._trainer: Trainer[Any] | None = None
        self._history = History(batch=1 if order.device == "cpu" else 64)
        self._message = ""
        self._seconds = 0.0

    def steps(self) -> Iterator[Step]:
        """Train; an error of the trainer becomes the status, an error of the caller is raised."""
        order, began = self.order, time.perf_counter()
        try:
            torch.set_num_threads(threads_for(order.trainer))
            self._trainer = order.trainer(order.config, torch.device(order.device))
            began = time.perf_counter()
            yield from train(self._trainer, self._history, self._stop)
            self.status = State.STOPPED if self._stop() else State.FINISHED
        except Diverged as diverged:
            self.status, self._message = State.DIVERGED, str(diverged)
        except Exception as error:
            self.status, self._message = State.FAILED, describe(error)
        self._seconds = time.perf_counter() - began

    @property
    def task(self) -> str:
        """What is predicted from what; empty as long as there is no trainer."""
        return self._trainer.task if self._trainer else ""

    @property
    def note(self) -> str:
        """What the user has to know about this run; empty as long as there is no trainer."""
        if self._trainer is None:
            return ""
        return ". ".join(filter(None, (self.order.note, self._trainer.note)))

    def event(self) -> dict[str, Any]:
        """The last line of the JSON, without the keys of some that have no value."""
        order, steps = self.order, self._history.steps
        trainer = self._trainer if self.status is not State.FAILED else None
        parameters = trainer.parameters() if trainer else {}
        count = sum(len(each) if isinstance(each, list) else 1 for each in parameters.values())
        points = order.preset.predict_at if trainer else ()
        event = {
            "event": "end",
            "status": self.status.value,
            "lesson": order.lesson.slug,
            "preset": order.preset.name,
            "device": order.device,
            "seed": order.config.seed,
            "steps": steps,
            "loss": self._history.loss,
            "parameters": parameters if count <= MOST_PARAMETERS else {},
            "metrics": dict(trainer.metrics()) if trainer else {},
            "predictions": [{"x": x, "y": trainer.predict(x)} for x in points if trainer],
            "seconds": self._seconds,
            "steps_per_second": steps / self._seconds if self._seconds else 0.0,
            "message": self._message,
            "task": self.task,
            "note": self.note,
        }
        absent = [key for key in ("parameters", "message", "task", "note") if not event[key]]
        return {key: value for key, value in event.items() if key not in absent}

    def summary(self) -> Iterator[str]:
        """The result as lines of text, aligned."""
        event = self.event()
        speed = f"{event['seconds']:.2f} s ({event['steps_per_second']:,.0f} steps/s)"
        yield f"{self.status} after {counted(event['steps'], 'step')} in {speed}"
        if self._message:
            yield f"  {' '.join(self._message.split())}"
        if self._trainer and self.status is State.FINISHED and self._trainer.ending:
            yield f"  {self._trainer.ending}"
        rate = getattr(self.order.config, "learning_rate", None)
        if self.status is State.DIVERGED and rate is not None:
            yield f"  Try a smaller learning rate: it was {rate:g}."
        figures = {} if event["loss"] is None else {"loss": event["loss"]}
        figures |= {**event.get("parameters", {}), **event["metrics"]}
        figures |= {f"y({each['x']:g})": each["y"] for each in event["predictions"]}
        width = max(map(len, figures), default=0)
        for name, value in figures.items():
            yield from _lines(name, value, figures.get(f"b{name[1:]}"), width)
        if self._trainer and self._trainer.prediction and event["predictions"]:
            yield f"  y(x): {self._trainer.prediction}"


def _lines(
    name: str, value: float | list[float], bias: float | list[float] | None, width: int
) -> Iterator[str]:
    """A line for a figure; of a matrix, which has a bias `b1` for `W1`, its shape and its rows."""
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
    """Plain lines, for pipes and files: the steps, then a summary."""

    def __init__(self, order: Order) -> None:
        self._every = order.every
        self._epochs = getattr(order.config, "epochs", 1)
        self._last: Step | None = None
        self.show(order.header)

    def show(self, text: str) -> None:
        """Print what is known before the first step: the task."""
        print(text, flush=True)

    def warn(self, text: str) -> None:
        """Print on stderr what the user has to know about this run."""
        notice(text)

    def step(self, step: Step) -> None:
        """Print every Nth step, or else the last step of each tenth of the epochs."""
        if self._every:
            if step.step % self._every == 0:
                self._print(step)
            return
        # That an epoch is over is known only when the next one has begun.
        if self._last and step.epoch != self._last.epoch:
            self._print_tenth()
        self._last = step

    def end(self, training: Training) -> None:
        """Print the result; no further step follows."""
        self._print_tenth()
        self._print_end(training)

    def _print_tenth(self) -> None:
        step, epochs = self._last, self._epochs
        if step and step.epoch * 10 // epochs > (step.epoch - 1) * 10 // epochs:
            self._print(step)

    def _print(self, step: Step) -> None:
        loss = step.loss.item()
        print(f"step {step.step:>9,}   epoch {step.epoch:>9,}   loss {loss:.7g}", flush=True)

    def _print_end(self, training: Training) -> None:
        print("\n".join(training.summary()), flush=True)


class JsonReport(TextReport):
    """For programs: an object per line, every number with all its digits."""

    def show(self, text: str) -> None:
        """The last line has it."""

    def _print(self, step: Step) -> None:
        loss = step.loss.item()
        event = {"event": "step", "step": step.step, "epoch": step.epoch, "loss": loss}
        print(json_line(event), flush=True)

    def _print_end(self, training: Training) -> None:
        print(json_line(training.event()), flush=True)


class BarReport:
    """For a terminal: a progress bar, then a summary."""

    def __init__(self, order: Order) -> None:
        self._epochs = getattr(order.config, "epochs", 1)
        self._began: float | None = None
        self._bar = ProgressBar("getting ready", longest=40)

    def show(self, text: str) -> None:
        self._bar.clear()
        print(text, flush=True)

    def warn(self, text: str) -> None:
        self._bar.clear()
        notice(text)

    def step(self, step: Step) -> None:
        if self._began is None:  # at the first step: making the trainer takes a second of its own
            self._began = time.monotonic()
        if self._bar.due:
            seconds = time.monotonic() - self._began
            rate = f"{(step.step - 1) / seconds:,.0f} steps/s" if step.step > 1 else ""
            epochs = f"{step.epoch:,}/{self._epochs:,}"
            text = f" epoch {epochs}  loss {step.loss.item():.4g}  {rate}"
            self._bar.draw(step.epoch, self._epochs, text)

    def end(self, training: Training) -> None:
        self.show(training.order.header)
        print("\n".join(training.summary()), flush=True)


Report: TypeAlias = TextReport | BarReport
