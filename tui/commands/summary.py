"""The summary of a training run: its numbers with labels for a learner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.frame import State
from engine.numerals import counted

if TYPE_CHECKING:
    from tui.commands.training import Training

LABELS = {
    "validation_accuracy": "validation accuracy",
    "best_validation_accuracy": "best validation accuracy",
    "test_accuracy": "test accuracy",
    "accuracy_to_beat": "accuracy of one constant answer",
    "train_accuracy": "training accuracy",
    "validation_r2": "validation R²",
    "r2_to_beat": "R² of one constant answer",
    "train_r2": "training R²",
    "validation_loss": "validation loss",
    "train_loss": "training loss",
    "accuracy": "accuracy",
    "r2": "R² (1: a perfect fit)",
    "threshold": "threshold (x where P = 0.5)",
    "stopped_at": "last epoch, counted from 0",
    "best": "smallest loss of all models",
    "worst": "largest loss of all models",
    "step_seconds": "seconds per step",
}
"""The labels of metrics by their names in the JSON; the first of them are printed first."""
BEGINNINGS = {
    "loss_": "loss over all points",
    "prediction_": "prediction for x = 4",
    "seconds_": "seconds of all updates",
}
"""The labels of metrics that end with the name of a model."""


def summary(training: Training, verbose: bool) -> Iterator[str]:
    """Yield the result as aligned lines of text; only `verbose` lists the weights."""
    event, trainer = training.event(), training.trainer
    speed = f"{event['seconds']:.2f} s ({event['steps_per_second']:,.0f} steps/s)"
    yield f"{training.status} after {counted(event['steps'], 'step')} in {speed}"
    if training.message:
        yield f"  {' '.join(training.message.split())}"
    if trainer and training.status is State.FINISHED and trainer.ending:
        yield f"  {trainer.ending}"
    rate = getattr(trainer.config if trainer else training.config, "learning_rate", None)
    if training.status is State.DIVERGED and rate is not None:
        yield f"  Try a smaller learning rate: it was {rate:g}."
    failed = training.status is State.FAILED
    measured = trainer.held_out_metrics() if trainer and not failed else {}
    metrics = {**measured, **event["metrics"]}
    figures = {_label(name): _metric(name, metrics[name]) for name in sorted(metrics, key=_place)}
    if event["loss"] is not None:
        figures["loss of the last step"] = _number(event["loss"])
    predicted = {f"prediction for x = {p['x']:g}": _number(p["y"]) for p in event["predictions"]}
    if not any(f"{name}, " in other for name in predicted for other in figures):  # by each model
        figures |= predicted
    width = max(map(len, figures), default=0)
    yield from (f"  {name:{width}}  {value}" for name, value in figures.items())
    if trainer and trainer.prediction and event["predictions"]:
        yield f"  prediction: {trainer.prediction}"
    if verbose and trainer:
        weights = event.get("parameters", {})
        width = max(map(len, weights), default=0)
        for name, value in weights.items():
            yield from _weight(name, value, weights.get(f"b{name[1:]}"), width)
        if not weights:
            yield "  too many weights to print: --save FILE stores them"


def _place(name: str) -> int:
    """Return the place of a metric in the order of the labels; sorting keeps equal places."""
    return list(LABELS).index(name) if name in LABELS else len(LABELS)


def _label(name: str) -> str:
    for beginning, words in BEGINNINGS.items():
        if name.startswith(beginning):
            return f"{words}, {_words(name.removeprefix(beginning))}"
    return LABELS.get(name, _words(name))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _metric(name: str, value: float) -> str:
    return f"{value:.2%}" if "accuracy" in name else _number(value)


def _weight(
    name: str, value: float | list[float], bias: float | list[float] | None, width: int
) -> Iterator[str]:
    """Yield a line for a weight; for a matrix (`W1` with a bias `b1`) its shape and rows."""
    if name[0] != "W" or not isinstance(value, list) or bias is None:
        yield f"  {name:{width}}  {_numbers(value)}"
        return
    rows = len(bias) if isinstance(bias, list) else 1
    columns = len(value) // rows
    yield f"  {name:{width}}  {rows} × {columns}"
    for start in range(0, len(value), columns):
        yield f"  {'':{width}}  {_numbers(value[start : start + columns])}"


def _number(value: float) -> str:
    return f"{value:.7g}"


def _numbers(value: float | list[float]) -> str:
    """Return a weight or a list of them, with eight digits: enough to compare two runs."""
    if isinstance(value, list):
        return f"[{', '.join(map(_numbers, value))}]"
    return f"{value:.8g}"
