"""How a training is told: JSON Lines, plain lines, or a bar on a terminal; trains nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Protocol

from engine.frame import State
from engine.numerals import counted
from engine.trainer import Step
from tui.commands.json_line import json_line
from tui.commands.refusal import notice
from tui.commands.training import Order, Outcome
from tui.terminal.capabilities import columns, speaks_utf8

REDRAW_SECONDS = 0.1


class Report(Protocol):
    """Hears of every step, and of the end."""

    def task(self, text: str) -> None:
        """State what is predicted from what, before the first step."""

    def aside(self, text: str) -> None:
        """Something has to be known of this training: it goes where errors go."""

    def step(self, step: Step) -> None:
        """One more step was made."""

    def end(self, outcome: Outcome) -> None:
        """No further step will come."""


class Milestones:
    """Which steps are worth a line: every so many, or else the last of each tenth of the epochs."""

    def __init__(self, every: int | None, epochs: int) -> None:
        self._every = every
        self._epochs = epochs
        self._last: Step | None = None

    def after(self, step: Step) -> Step | None:
        """The step to tell of, if any, now that this one was made."""
        if self._every:
            return step if step.step % self._every == 0 else None
        last, self._last = self._last, step
        # That an epoch is over is known only when the next has begun.
        return last if last and step.epoch != last.epoch and self._ends_tenth(last) else None

    def at_the_end(self) -> Step | None:
        """The step that is still to be told of, if any."""
        return self._last if self._last and self._ends_tenth(self._last) else None

    def _ends_tenth(self, step: Step) -> bool:
        return step.epoch * 10 // self._epochs > (step.epoch - 1) * 10 // self._epochs


class JsonLines:
    """For programs: an object a line, every number with all its digits."""

    def __init__(self, milestones: Milestones) -> None:
        self._milestones = milestones

    def task(self, text: str) -> None:
        """Nothing here: the last line has it."""

    def aside(self, text: str) -> None:
        notice(text)

    def step(self, step: Step) -> None:
        self._tell(self._milestones.after(step))

    def end(self, outcome: Outcome) -> None:
        self._tell(self._milestones.at_the_end())
        self._write(outcome.event())

    def _tell(self, step: Step | None) -> None:
        if step:
            loss = step.loss.item()
            self._write({"event": "step", "step": step.step, "epoch": step.epoch, "loss": loss})

    def _write(self, event: dict[str, Any]) -> None:
        print(json_line(event), flush=True)


class PlainLines:
    """For pipes and files: a line every so often, then a summary."""

    def __init__(self, milestones: Milestones, order: Order) -> None:
        self._milestones = milestones
        print(f"{_title(order)}, on {order.device}, seed {order.config.seed}", flush=True)

    def task(self, text: str) -> None:
        print(text, flush=True)

    def aside(self, text: str) -> None:
        notice(text)

    def step(self, step: Step) -> None:
        self._tell(self._milestones.after(step))

    def end(self, outcome: Outcome) -> None:
        self._tell(self._milestones.at_the_end())
        print("\n".join(summary(outcome)), flush=True)

    def _tell(self, step: Step | None) -> None:
        if step:
            loss = step.loss.item()
            print(f"step {step.step:>9,}   epoch {step.epoch:>9,}   loss {loss:.7g}", flush=True)


class Bar:
    """For a terminal: one line, drawn again ten times a second, then a summary."""

    def __init__(self, order: Order, epochs: int) -> None:
        self._title = _title(order)
        self._epochs = epochs
        self._began: float | None = None
        self._due = 0.0
        self._full, self._empty = ("━", "─") if speaks_utf8() else ("#", "-")
        self._draw("getting ready")

    def task(self, text: str) -> None:
        self._draw("")
        print(text, flush=True)

    def aside(self, text: str) -> None:
        self._draw("")
        notice(text)

    def step(self, step: Step) -> None:
        now = time.monotonic()
        if self._began is None:  # at the first step: making the trainer takes a second of its own
            self._began = now
        if now >= self._due:
            self._due = now + REDRAW_SECONDS
            self._draw(self._line(step, now - self._began))

    def end(self, outcome: Outcome) -> None:
        order = outcome.order
        self._draw("")
        print(f"{self._title}, on {order.device}, seed {order.config.seed}")
        print("\n".join(summary(outcome)), flush=True)

    def _line(self, step: Step, seconds: float) -> str:
        rate = f"{(step.step - 1) / seconds:,.0f} steps/s" if seconds else ""
        text = f" epoch {step.epoch:,}/{self._epochs:,}  loss {step.loss.item():.4g}  {rate}"
        room = columns() - 1
        width = max(0, min(40, room - len(text)))
        full = width * step.epoch // self._epochs
        return (self._full * full + self._empty * (width - full) + text)[:room]

    def _draw(self, line: str) -> None:
        print(f"\r{line}\x1b[K", end="", flush=True)


def summary(outcome: Outcome) -> Iterator[str]:
    """What there is to know at the end, aligned."""
    yield f"{outcome.status} after {counted(outcome.steps, 'step')} in {_seconds(outcome)}"
    if outcome.message:
        yield f"  {' '.join(outcome.message.split())}"
    if outcome.ending:
        yield f"  {outcome.ending}"
    rate = getattr(outcome.order.config, "learning_rate", None)
    if outcome.status is State.DIVERGED and rate is not None:
        yield f"  Try a smaller learning rate: it was {rate:g}."
    figures = _figures(outcome)
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        yield f"  {name:{width}}  {_number(value)}"
    if outcome.prediction and outcome.predictions:
        yield f"  y(x): {outcome.prediction}"


def _figures(outcome: Outcome) -> dict[str, float | list[float]]:
    loss = {} if outcome.loss is None else {"loss": outcome.loss}
    predictions = {f"y({x:g})": y for x, y in outcome.predictions}
    return {**loss, **(outcome.parameters or {}), **outcome.metrics, **predictions}


def _title(order: Order) -> str:
    return f"{order.lesson.slug}, preset {order.preset.name}"


def _seconds(outcome: Outcome) -> str:
    return f"{outcome.seconds:.2f} s ({outcome.rate:,.0f} steps/s)"


def _number(value: float | list[float]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_number, value))}]"
    return f"{value:.8g}"
