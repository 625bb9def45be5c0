"""The table of contents: chapters and lessons in order."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files

from engine.config import nearest
from lessons.lesson import Lesson


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in the table of contents."""

    slug: str
    title: str
    about: str

    @property
    def written(self) -> bool:
        """Whether the lesson has a `lesson.py`."""
        return (files("lessons") / self.slug.replace("-", "_") / "lesson.py").is_file()

    def load(self) -> Lesson:
        """Return the lesson; raises `LookupError` if it is not written yet."""
        if not self.written:
            raise LookupError(f"the lesson {self.slug!r} is not written yet")
        lesson: Lesson = import_module(f"lessons.{self.slug.replace('-', '_')}.lesson").LESSON
        return lesson


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the course."""

    number: int
    title: str
    entries: tuple[Entry, ...]


COURSE = (
    Chapter(
        1,
        "Tensors and gradients",
        (
            Entry("tensors", "Tensors", "numbers in a grid: shape, dtype, device, views"),
            Entry("graphs", "Computational graphs", "a program as operations and edges"),
            Entry("autograd", "Autograd", "the chain rule, one node at a time"),
        ),
    ),
    Chapter(
        2,
        "Linear regression",
        (
            Entry("gradient-by-hand", "Gradient descent by hand", "one weight, one sample a step"),
            Entry("parameters", "Parameters", "a model from two nn.Parameters"),
            Entry("linear-regression", "Linear regression", "nn.Linear, MSELoss and SGD"),
            Entry("loss-reduction", "Sum or mean", "what the reduction does to the step"),
            Entry("batches", "Batches", "full batch, one sample, mini-batch"),
        ),
    ),
    Chapter(
        3,
        "Logistic regression",
        (
            Entry("probabilities", "Probabilities", "sigmoid, odds and cross-entropy"),
            Entry("logistic-regression", "Logistic regression", "one feature, two classes"),
            Entry("decision-boundary", "Decision boundary", "two features, one line"),
        ),
    ),
    Chapter(
        4,
        "Real data",
        (
            Entry("dataloader", "DataLoader", "Dataset, batches, shuffling, workers"),
            Entry("softmax", "Softmax", "logits to probabilities, and their loss"),
            Entry("mnist", "MNIST", "handwritten digits, and a network that reads them"),
        ),
    ),
    Chapter(
        5,
        "The whole picture",
        (Entry("five-steps", "The five steps", "data, model, loss, optimizer, loop"),),
    ),
)


def entries() -> tuple[Entry, ...]:
    """Return every lesson of the course, in order."""
    return tuple(entry for chapter in COURSE for entry in chapter.entries)


def find(slug: str) -> Entry:
    """Return the entry of that slug; a `ValueError` suggests the nearest ones if there is none."""
    by_slug = {entry.slug: entry for entry in entries()}
    if slug not in by_slug:
        raise ValueError(f"no lesson {slug!r}; {nearest(slug, by_slug)}")
    return by_slug[slug]
