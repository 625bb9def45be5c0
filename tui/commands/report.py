"""The report of a training run as text, JSON or a progress bar."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine.trainer import Step
from tui.commands.command import json_line, notice
from tui.commands.progress_bar import ProgressBar
from tui.commands.summary import summary
from tui.commands.training import Training


class TextReport:
    """Reports the steps and then a summary as plain lines, for pipes and files."""

    def __init__(self, training: Training, verbose: bool = False) -> None:
        """Begin the report; the summary lists the weights if it is `verbose`."""
        self._training = training
        self._verbose = verbose
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
        return summary(self._training, self._verbose)


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
