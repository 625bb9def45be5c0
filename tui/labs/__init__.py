"""The labs by name: which class a lesson's lab is, imported when the lesson is opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lessons.lesson import Lesson
    from tui.labs.lab import Lab

LABS = {
    "autograd": "tui.labs.autograd:AutogradLab",
    "dataloader": "tui.labs.dataloader:DataLoaderLab",
    "graphs": "tui.labs.graphs:GraphsLab",
    "mnist": "tui.labs.mnist:MnistLab",
    "probabilities": "tui.labs.probabilities:ProbabilitiesLab",
    "softmax": "tui.labs.softmax:SoftmaxLab",
    "tensors": "tui.labs.tensors:TensorsLab",
    "training": "tui.labs.training:TrainingLab",
}
"""What `Lesson.lab` may say: `module:class`."""


def lab_of(lesson: Lesson, fps: float) -> Lab:
    """The lesson's lab, to be drawn at most so often a second."""
    module, _, name = LABS[lesson.lab].partition(":")
    lab: Lab = getattr(import_module(module), name)(lesson, fps)
    return lab
