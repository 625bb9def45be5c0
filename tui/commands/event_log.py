"""The folder of `dltui run --tensorboard`: a training run as events for TensorBoard."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.commands.command import Refusal
from tui.paths import why_not_writable

if TYPE_CHECKING:
    from engine.trainer import Step, Trainer
    from tui.commands.training import Training

INSTALL = "install it with: pip install 'dltui[tensorboard]'"
ALL_STEPS = 1000
"""Up to this step the scalars of every step are written; then of fewer and fewer."""
HISTOGRAMS = 50
"""About how often a run writes histograms; each takes a few kilobytes per tensor."""


def refuse_tensorboard(folder: str) -> None:
    """Raise `Refusal` if the events cannot be written; imports no torch."""
    if find_spec("tensorboard") is None:
        raise Refusal(f"--tensorboard needs the package tensorboard; {INSTALL}")
    if not folder.strip():
        raise Refusal(f"--tensorboard needs the name of a folder, and not {folder!r}")
    if reason := why_not_writable(Path(folder)):
        raise Refusal(f"--tensorboard {folder!r} cannot be used: {reason}: name another folder")


def is_written(step: int) -> bool:
    """Whether the scalars of a step are written: all up to 1,000, every 10th up to 10,000, every
    100th up to 100,000 and so on, so that a run of any length takes little room on the disk."""
    stride = 1
    while step > ALL_STEPS * stride:
        stride *= 10
    return step % stride == 0


class EventLog:
    """Writes the numbers of a training run; the first `OSError` ends the writing, not the run."""

    def __init__(self, folder: str, training: Training) -> None:
        """Create the file of the events.

        Raises:
            Refusal: the package or the folder cannot be used.
        """
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            reason = f"the package tensorboard cannot be imported: {error}"
            raise Refusal(f"--tensorboard: {reason}; {INSTALL}") from None
        try:
            self._writer = SummaryWriter(log_dir=folder)
        except OSError as error:
            words = f"--tensorboard {folder!r} cannot be written"
            raise Refusal(f"{words}: {error.strerror or error}: name another folder") from None
        self.folder = folder
        self.trouble = ""
        """Why the events are incomplete."""
        self._training = training
        self._epochs = getattr(training.config, "epochs", 1)
        self._last: Step | None = None
        self._scalars: dict[str, float] = {}
        """The scalars of the last step, which are not written yet: an evaluation may follow it."""
        self._fiftieth = -1
        self._drawn = 0
        """The step of the last histograms."""

    def step(self, step: Step) -> None:
        """Write a step, or leave it out."""
        trainer = self._training.trainer
        if self.trouble or trainer is None:
            return
        try:
            self._write_scalars()
            self._last = step
            if is_written(step.step):
                self._scalars = _scalars(trainer, step)
            fiftieth = step.epoch * HISTOGRAMS // self._epochs
            if fiftieth != self._fiftieth:
                self._fiftieth = fiftieth
                self._write_histograms(trainer, step.step)
        except OSError as error:
            self.trouble = str(error.strerror or error)

    def close(self, complete: bool) -> None:
        """Write the last step and close the file; `complete` is False if the training failed."""
        trainer, step = self._training.trainer, self._last
        try:
            if complete and not self.trouble and trainer and step:
                self._scalars = _scalars(trainer, step)
                self._write_histograms(trainer, step.step)
            if not self.trouble:
                self._write_scalars()
            self._writer.close()
        except OSError as error:
            self.trouble = self.trouble or str(error.strerror or error)

    def _write_scalars(self) -> None:
        for name, value in self._scalars.items():
            self._writer.add_scalar(name, value, self._last.step if self._last else 0)
        self._scalars = {}

    def _write_histograms(self, trainer: Trainer[Any], step: int) -> None:
        if step == self._drawn:
            return
        self._drawn = step
        for model, state in trainer.states().items():
            for name, tensor in state.items():
                full = f"{model}/{name}" if model else name
                for kind, values in (("weights", tensor.detach()), ("gradients", tensor.grad)):
                    # A histogram of numbers that are not finite has no limits.
                    if values is not None and values.numel() and values.isfinite().all():
                        self._writer.add_histogram(f"{kind}/{full}", values.float().cpu(), step)


def _scalars(trainer: Trainer[Any], step: Step) -> dict[str, float]:
    """Return loss, learning rates and metrics by the names that they have in the JSON."""
    rates = ("learning_rate", "mean_learning_rate")
    config = trainer.config
    return {
        "loss": step.loss.item(),
        **{name: getattr(config, name) for name in rates if hasattr(config, name)},
        **{f"metrics/{name}": value for name, value in trainer.metrics().items()},
        **{f"metrics/{name}": value for name, value in trainer.held_out_metrics().items()},
    }
