"""Minimal trainers for tests: one that counts steps, and some that fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from engine.config import Config, Epochs, Rate
from engine.equations import Equation
from engine.frame import NamedParameters
from engine.pictures import LinePicture
from engine.trainer import Step, Trainer


@dataclass(frozen=True, kw_only=True)
class CountingConfig(Config):
    learning_rate: Rate = 0.5
    epochs: Epochs = 10_000_000


class Counting(Trainer[CountingConfig]):
    """A trainer whose loss in step n is 1/n; it counts the calls of its methods."""

    Config = CountingConfig
    live = frozenset({"learning_rate"})
    made: ClassVar[list[Counting]] = []

    def __init__(self, config: CountingConfig, device: torch.device) -> None:
        self.config = config
        self.device = device
        self.steps_made = 0
        self.pictures = 0
        self.thread = threading.current_thread()
        Counting.made.append(self)

    def loss(self, step: int) -> float:
        return 1 / step

    def steps(self) -> Iterator[Step]:
        for step in range(1, self.config.epochs + 1):
            self.steps_made = step
            yield Step(step, step, torch.tensor(self.loss(step), dtype=torch.float64))

    def picture(self) -> LinePicture:
        self.pictures += 1
        nothing = np.empty(0)
        return LinePicture(nothing, nothing, 0.0, 0.0, (0.0, 0.0), np.zeros((1, 2)))

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        made = 0 if step is None else step.step
        return (Equation("update", "η", f"step {made}", str(self.config.learning_rate)),)

    def parameters(self) -> NamedParameters:
        return {"w": float(self.steps_made)}

    def predict(self, x: float) -> float:
        return x


class SpikeThenInfinity(Counting):
    """A trainer whose loss is 7 in step 3 and infinite in step 100."""

    def loss(self, step: int) -> float:
        return {3: 7.0, 100: float("inf")}.get(step, 1 / step)


class BrokenAtTheStart(Counting):
    def __init__(self, config: CountingConfig, device: torch.device) -> None:
        super().__init__(config, device)
        raise RuntimeError("no data today")


class BrokenInTheLoop(Counting):
    def loss(self, step: int) -> float:
        if step == 5:
            raise ZeroDivisionError("step five")
        return super().loss(step)


class BrokenPicture(Counting):
    def picture(self) -> LinePicture:
        if self.steps_made:
            raise KeyError("paint")
        return super().picture()


class BrokenEquations(Counting):
    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        if step is not None:
            raise ValueError("illegible")
        return super().equations(step)
