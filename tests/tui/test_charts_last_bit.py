"""Charts do not depend on the last bit of numbers, which differs between CPUs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from itertools import islice, product
from typing import Any

import numpy as np
import pytest
import torch

from engine.equations import number, plain
from engine.frame import Frame, State
from engine.history import History
from engine.run import train
from lessons.catalog import entries
from lessons.lesson import TrainingLesson
from tests.tui.chart_frames import DARK, pictured
from tui.charts import CHARTS
from tui.charts.canvas import Canvas

LESSONS = [entry.slug for entry in entries() if isinstance(entry.load(), TrainingLesson)]
SIZES = [(37, 21), (73, 13), (76, 12), (50, 18)]
STEPS = 12
ULPS = 2
EXACT = {"labels", "first"}
"""Classes and step numbers, which are counted and not computed."""


@pytest.mark.parametrize("slug", LESSONS)
def test_the_charts_of_a_training_are_the_same_with_other_last_bits(slug: str) -> None:
    lesson = next(entry.load() for entry in entries() if entry.slug == slug)
    assert isinstance(lesson, TrainingLesson)
    for frame in frames(lesson):
        for seed, (name, size) in enumerate(product(("loss", *lesson.charts), SIZES)):
            assert_same(name, frame, perturbed(frame, np.random.default_rng(seed)), [size])


def test_points_on_the_boundary_of_two_cells_stay_in_theirs() -> None:
    """Points at whole numbers: in many sizes some are exactly between two cells."""
    frame = pictured(w=0.25, b=0.5, path=np.array([[0.0, 0.0], [0.25, 0.5]]))
    for kind, width, height in product(
        ("fit", "surface", "valley", "lines", "loss"), range(20, 60, 7), range(7, 24, 4)
    ):
        other = perturbed(frame, np.random.default_rng(width * height))
        assert_same(kind, frame, other, [(width, height)])


def test_a_number_half_way_between_two_decimals_is_written_in_one_way() -> None:
    for value in (0.12345, 8.25005, 1.00005, 12345.00005, -0.00235):
        below, above = np.nextafter(value, -np.inf), np.nextafter(value, np.inf)
        for digits in (2, 3, 4, 5):
            written = {number(float(each), digits) for each in (below, value, above)}
            assert len(written) == 1, written
        assert len({plain(float(each)) for each in (below, value, above)}) == 1


def test_the_perturbation_reaches_every_number() -> None:
    frame = pictured()
    other = perturbed(frame, np.random.default_rng(0))
    assert frame.picture is not None
    assert other.picture is not None
    assert (other.picture.x != frame.picture.x).any()
    assert np.allclose(other.picture.x, frame.picture.x, rtol=1e-15, atol=1e-300)
    assert (other.history.low != frame.history.low).any() or other.loss != frame.loss


def frames(lesson: TrainingLesson) -> Iterator[Frame]:
    """Yield frames before the first step and after some steps, with the lesson's first preset."""
    kind = lesson.load_trainer()
    trainer = kind(kind.Config.of(lesson.preset().settings), torch.device("cpu"))
    history = History()
    steps = train(trainer, history, lambda: False)
    for count in (1, STEPS):
        for _ in islice(steps, count):
            pass
        yield Frame(
            State.PAUSED,
            asdict(trainer.config),
            history.snapshot(),
            step=history.steps,
            epoch=1,
            loss=history.loss,
            picture=trainer.picture(),
            parameters=trainer.parameters(),
        )


def perturbed(value: Any, rng: np.random.Generator) -> Any:
    """Return the value with each double changed by up to two units in the last place; 0 stays."""
    if isinstance(value, float):
        return float(_moved(np.array(value), rng))
    if isinstance(value, np.ndarray):
        return _moved(value, rng) if value.dtype == np.float64 else value
    if is_dataclass(value) and not isinstance(value, type):
        changes = {
            each.name: perturbed(getattr(value, each.name), rng)
            for each in fields(value)
            if each.init and each.name not in EXACT
        }
        return replace(value, **changes)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(perturbed(each, rng) for each in value)
    return value


def _moved(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    ways = rng.integers(-ULPS, ULPS + 1, values.shape)
    return np.where(
        np.isfinite(values) & (values != 0), values + ways * np.spacing(np.abs(values)), values
    )


def assert_same(name: str, frame: Frame, other: Frame, sizes: list[tuple[int, int]]) -> None:
    for width, height in sizes:
        one, two = (CHARTS[name].draw(each, width, height, DARK) for each in (frame, other))
        assert one.text() == two.text(), (name, width, height)
        assert _colours(one) == _colours(two), (name, width, height)


def _colours(canvas: Canvas) -> tuple[bytes, bytes]:
    return canvas.foregrounds.tobytes(), canvas.backgrounds.tobytes()
