"""Registry of the labs: their names in lessons, and their classes, imported when a lesson opens."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
"""The possible values of `Lesson.lab`, each with its `module:class`."""


def lab_class(name: str) -> type[Any]:
    """Return the class of a lab; this imports its module."""
    module, _, class_name = LABS[name].partition(":")
    found: type[Any] = getattr(import_module(module), class_name)
    return found


def lab_of(lesson: Lesson, fps: float) -> Lab:
    """Return the lesson's lab, which is drawn at most `fps` times a second."""
    lab: Lab = lab_class(lesson.lab)(lesson, fps)
    return lab
