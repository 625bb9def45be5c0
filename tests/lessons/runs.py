"""Whole trainings for the tests of the lessons: to the end, without a thread and a screen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import torch

from engine.config import Setting
from engine.frame import Frame, State
from engine.history import Diverged, History
from engine.pictures import Array
from engine.run import train
from lessons.catalog import find


@dataclass(frozen=True)
class Walk:
    """A training from its first step to its last."""

    frame: Frame
    losses: Array
    """The loss of every step, shape (steps,)."""
    weights: Array
    """The parameters before the first step and after every one, shape (steps + 1, parameters)."""
    trainer: Any

    def first_below(self, loss: float) -> int | None:
        """The step whose loss was the first below `loss`, counted from 1."""
        below = np.nonzero(self.losses < loss)[0]
        return int(below[0]) + 1 if len(below) else None


def walk(slug: str, **settings: Setting) -> Walk:
    """Train with these settings until the end."""
    return _walk(slug, tuple(sorted(settings.items())))


def untouched(slug: str) -> Frame:
    """The frame of a run that has not begun: no loss, no picture."""
    config = find(slug).load().load_trainer().Config()
    return Frame(State.READY, asdict(config), History().snapshot())


@cache
def _walk(slug: str, settings: tuple[tuple[str, Setting], ...]) -> Walk:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _train(slug, dict(settings))
    finally:
        torch.set_num_threads(threads)


def _train(slug: str, settings: dict[str, Setting]) -> Walk:
    kind = find(slug).load().load_trainer()
    trainer = kind(kind.Config.of(settings), torch.device("cpu"))
    history, state, losses = History(), State.FINISHED, []
    weights = [tuple(trainer.parameters().values())]
    try:
        for step in train(trainer, history, lambda: False):
            losses.append(step.loss.item())
            weights.append(tuple(trainer.parameters().values()))
    except Diverged:
        state = State.DIVERGED
    frame = replace(
        untouched(slug),
        state=state,
        settings=asdict(trainer.config),
        history=history.snapshot(),
        step=history.steps,
        epoch=trainer.config.epochs,
        loss=history.loss,
        picture=trainer.picture(),
        parameters=trainer.parameters(),
    )
    return Walk(frame, np.array(losses), np.array(weights), trainer)
