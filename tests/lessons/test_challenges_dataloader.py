"""The challenges on real rows: met by what the hints say, and by nothing less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config import Setting
from engine.frame import Frame, State
from engine.history import History
from engine.run import train
from engine.trainers.dataloader import DataLoaderConfig, TableLearner
from lessons.catalog import find
from lessons.dataloader.lesson import beats_on_own, learns_by_heart, mends, vanishes
from tests.lessons.runs import untouched

SLUG = "dataloader"
CHECKS = (mends, vanishes, learns_by_heart, beats_on_own)
Check = Callable[[Frame], bool]
Settings = dict[str, Setting]
SMALL: Settings = {"optimizer": "sgd"}
STUCK: Settings = {**SMALL, "standardise": "no"}
MENDED: Settings = {**SMALL, "learning_rate": 1.0}

MET: list[tuple[Check, Settings]] = [
    (mends, {**SMALL, "activation": "tanh"}),
    (mends, {**SMALL, "activation": "relu"}),
    (mends, {**SMALL, "batch_size": 1, "epochs": 30}),
    (vanishes, {"learning_rate": 3.0, "epochs": 20}),
    (vanishes, {**SMALL, "learning_rate": 100.0, "epochs": 20}),
]
MISSED: list[tuple[Check, Settings]] = [
    (mends, STUCK),
    (mends, SMALL),
    (mends, MENDED),
    (mends, {}),
    (mends, {**SMALL, "epochs": 500}),
    (vanishes, STUCK),
    (vanishes, {**MENDED, "standardise": "no"}),  # the preset saturated
    (vanishes, SMALL),
    (vanishes, {}),
    (beats_on_own, {}),
]


def frame(**settings: Setting) -> Frame:
    return _frame(tuple(sorted(settings.items())))


@cache
def _frame(settings: tuple[tuple[str, Setting], ...]) -> Frame:
    trainer = TableLearner(DataLoaderConfig.of(dict(settings)), torch.device("cpu"))
    history, epoch = History(), 0
    for step in train(trainer, history, lambda: False):
        epoch = step.epoch
    return replace(
        untouched(SLUG),
        state=State.FINISHED,
        settings=asdict(trainer.config),
        history=history.snapshot(),
        step=history.steps,
        epoch=epoch,
        loss=history.loss,
        picture=trainer.picture(),
    )


@pytest.mark.parametrize(("check", "settings"), MET)
def test_met_by_what_the_hint_says(check: Check, settings: Settings) -> None:
    assert check(frame(**settings))


@pytest.mark.parametrize(("check", "settings"), MISSED)
def test_not_met_by_less(check: Check, settings: Settings) -> None:
    assert not check(frame(**settings))


def test_learning_by_heart_has_to_be_caught() -> None:
    for settings, turned in ((MENDED, True), ({}, True), (STUCK, False), ({"epochs": 10}, False)):
        seen = frame(**settings)
        assert learns_by_heart(replace(seen, state=State.PAUSED)) is turned
        assert not learns_by_heart(seen)  # played to its end, and nobody noticed
        assert not learns_by_heart(replace(seen, state=State.PLAYING))


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """Features that tell the label, and features that tell nothing at all."""
    random = np.random.default_rng(0)
    y = np.arange(80) % 2
    for name, says in (("tells", 1.0), ("silent", 0.0)):
        x = says * (y[:, None] + 0.3 * random.normal(size=(80, 3)))
        path = tmp_path / f"{name}.csv"
        rows = np.column_stack([x, y])
        path.write_text("\n".join(",".join(f"{v:g}" for v in row) for row in rows))
        assert beats_on_own(frame(csv=str(path))) is (name == "tells")


def test_nothing_is_met_before_the_first_epoch_has_ended() -> None:
    start = untouched(SLUG)
    trainer = TableLearner(
        DataLoaderConfig.of({**MENDED, "standardise": "no"}), torch.device("cpu")
    )
    next(trainer.steps())
    begun = replace(start, step=1, epoch=1, picture=trainer.picture())
    for check in CHECKS:
        assert not check(start)
        assert not check(begun)


def test_a_rate_that_was_changed_on_the_way_mends_nothing() -> None:
    met = frame(**SMALL, activation="tanh")
    assert not mends(replace(met, changed=frozenset({"learning_rate"})))


def test_the_challenges_are_these() -> None:
    assert tuple(challenge.check for challenge in find(SLUG).load().challenges) == CHECKS
