"""Helpers for the tests of concept pages: whole training runs, formulas by hand, page texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from engine.config import Setting
from engine.frame import Frame, State
from engine.history import Diverged
from engine.pictures import Array
from engine.run import Recorder
from engine.trainer import Step
from lessons.catalog import find

SIX = (
    np.array([1.0, 2.0, 0.5, 2.5, 2.6, 3.1]),
    np.array([3.7, 4.6, 1.65, 5.68, 5.98, 6.95]),
)


@dataclass(frozen=True)
class Walk:
    """A training run from the first to the last step."""

    frame: Frame
    losses: Array  # the loss of every step, shape (steps,)
    weights: Array  # initial parameters and those after every step, shape (steps + 1, parameters)
    trainer: Any

    def first_below(self, loss: float) -> int:
        """Return the first step whose loss is below `loss`, counted from 1."""
        return int(np.nonzero(self.losses < loss)[0][0]) + 1


def walk(slug: str, preset: str = "", **settings: Setting) -> Walk:
    """Train from a preset with these settings to the end, on one thread."""
    start = find(slug).load().preset(preset).settings if preset else {}
    return _walk(slug, tuple(sorted({**start, **settings}.items())))


@cache
def _walk(slug: str, settings: tuple[tuple[str, Setting], ...]) -> Walk:
    lesson: Any = find(slug).load()
    kind, threads = lesson.load_trainer(), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        trainer = kind(kind.Config.of(dict(settings)), torch.device("cpu"))
        recorder, state = Recorder(trainer.config, "cpu"), State.FINISHED
        losses, weights = [], [tuple(trainer.parameters().values())]
        try:
            for step in trainer.turns():
                if isinstance(step, Step):
                    recorder.add(step)
                    losses.append(step.loss.item())
                    weights.append(tuple(trainer.parameters().values()))
        except Diverged:
            state = State.DIVERGED
        recorder.show(trainer, state)
    finally:
        torch.set_num_threads(threads)
    return Walk(recorder.frame, np.array(losses), np.array(weights), trainer)


def says(slug: str, *texts: str) -> None:
    """Check that the page contains each of these texts literally."""
    page = " ".join(find(slug).load().concept.split())
    missing = [text for text in texts if " ".join(text.split()) not in page]
    assert missing == []


def says_question(slug: str, question: str, text: str) -> None:
    """Check that the explanation of an answer to the question contains this text."""
    asked = next(one for one in find(slug).load().questions if one.slug == question)
    assert any(text in choice.why for choice in asked.choices)


def right_answers(slug: str) -> dict[str, str]:
    asked = find(slug).load().questions
    return {each.slug: one.text for each in asked for one in each.choices if one.right}


def number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "−")


def hundred_points(points: int = 100, noise: float = 1.0) -> tuple[Array, Array]:
    torch.manual_seed(0)
    x = np.linspace(-2, 12, points)
    return x, 3 * x + 10 + noise * torch.randn(points, 1).double().numpy().ravel()


def normal_equations(x: Array, y: Array) -> tuple[float, float, float]:
    """Return slope, intercept and mean squared error of the least-squares line, by its formula."""
    slope = float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))
    intercept = float(y.mean() - slope * x.mean())
    return slope, intercept, float(np.mean((slope * x + intercept - y) ** 2))


def curvatures(x: Array) -> tuple[float, float]:
    """Return the eigenvalues of the Hessian of the mean squared error over (w, b), in order."""
    hessian = 2 * np.array([[np.mean(x * x), x.mean()], [x.mean(), 1.0]])
    small, large = np.linalg.eigvalsh(hessian)
    return float(small), float(large)
