"""Pictures of a digit-reading network, made by hand without torch and app."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.frame import Frame
from engine.pictures import Activation, DigitsPicture, DigitWalk, HardDigits
from tests.tui.chart_frames import losses

CLASSES = tuple("0123456789")


class Says:
    """A reader with a fixed answer, which records its inputs."""

    def __init__(self, digit: int = 7, sure: float = 0.91, about: str = "this run") -> None:
        self.classes, self.about = CLASSES, about
        self.answer = np.full(10, (1 - sure) / 9)
        self.answer[digit] = sure
        self.asked: list[np.ndarray] = []

    def probabilities(self, image: np.ndarray) -> np.ndarray:
        self.asked.append(image)
        return self.answer


def bar(column: int) -> np.ndarray:
    """Return an image with ink only in four columns, from this one on."""
    image = np.zeros((28, 28), dtype=np.uint8)
    image[:, column : column + 4] = 255
    return image


def hardest(expected: list[int], labels: list[int], sure: float = 0.97) -> HardDigits:
    count = len(expected)
    return HardDigits(
        images=np.stack([bar(4 * index % 24) for index in range(count)]) if count else _none(),
        labels=np.array(labels, dtype=np.int64),
        predicted=np.array(expected, dtype=np.int64),
        sure=np.full(count, sure),
        likely=np.full(count, 0.004),
    )


def _none() -> np.ndarray:
    return np.empty((0, 28, 28), dtype=np.uint8)


def walk(*layers: Activation, digit: int = 4, sure: float = 0.5) -> DigitWalk:
    layers = layers or (Activation("8 units", np.linspace(0, 1, 8, dtype=np.float32)),)
    probabilities = np.full(10, (1 - sure) / 9)
    probabilities[digit] = sure
    return DigitWalk(0, bar(12), 9, layers, probabilities)


def digits(**changes: Any) -> Frame:
    """Return a frame with two hard digits, three units that detect columns, and one layer."""
    weights = np.zeros((3, 28, 28), dtype=np.float32)
    weights[:, :, :14], weights[:, :, 14:] = -1, 1
    fields: dict[str, Any] = {
        "data": "mnist",
        "classes": CLASSES,
        "accuracies": np.array([0.1, 0.9]),
        "hardest": hardest([9, 3], [4, 3]),
        "confusion": np.zeros((10, 10), dtype=np.int64),
        "weights": weights,
        "walk": walk(),
        "gradients": (),
        "seconds": (),
        "pipeline": "indexed",
        "other": (),
        "batches": 938,
        "reader": Says(),
        "walks": lambda _: walk(),
    }
    return replace(losses([1.0]), picture=DigitsPicture(**{**fields, **changes}))
