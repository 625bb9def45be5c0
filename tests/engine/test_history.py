"""The loss history: bounded in size, and without losing spikes."""

from __future__ import annotations

import math
import random
from itertools import chain, repeat

import numpy as np
import pytest
import torch

from engine.history import Diverged, History
from engine.pictures import LossHistory


def tensors(losses: list[float]) -> list[torch.Tensor]:
    return list(torch.tensor(losses, dtype=torch.float64))


def curve(losses: list[float], capacity: int = 8, batch: int = 1) -> LossHistory:
    history = History(capacity, batch)
    for loss in tensors(losses):
        history.add(loss)
    history.flush()
    assert history.steps == len(losses)
    assert history.loss == (losses[-1] if losses else None)
    return history.snapshot()


def some_losses(seed: int) -> list[float]:
    generator = random.Random(seed)
    return [generator.uniform(-1, 1) for _ in range(generator.randrange(0, 200))]


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("batch", [1, 64])
def test_every_bucket_has_the_least_and_the_greatest_of_its_steps(seed: int, batch: int) -> None:
    losses = some_losses(seed)
    shown = curve(losses, batch=batch)
    buckets = [losses[i : i + shown.stride] for i in range(0, len(losses), shown.stride)]
    assert len(shown) == len(buckets) <= 8
    assert shown.first.tolist() == [1 + i * shown.stride for i in range(len(buckets))]
    assert shown.low.tolist() == [min(bucket) for bucket in buckets]
    assert shown.high.tolist() == [max(bucket) for bucket in buckets]


def test_a_million_steps_take_the_room_of_a_thousand() -> None:
    history = History(capacity=1024)
    one, low, high = tensors([1.0, -5.0, 9.0])
    for loss in chain(repeat(one, 123_456), [high], repeat(one, 700_000), [low], repeat(one, 9)):
        history.add(loss)
    shown = history.snapshot()
    assert 512 <= len(shown) <= 1024
    assert shown.low.min() == -5
    assert shown.high.max() == 9
    assert shown.first[shown.high.argmax()] <= 123_457 < shown.first[shown.high.argmax() + 1]


@pytest.mark.parametrize("position", [0, 1, 7, 8, 9, 15, 16, 63, 98, 99])
def test_a_spike_survives_wherever_it_is(position: int) -> None:
    losses = [1.0] * 100
    losses[position] = 50.0
    shown = curve(losses)
    assert shown.high.max() == 50
    spike = int(shown.high.argmax())
    assert shown.first[spike] <= position + 1 < shown.first[spike] + shown.stride


def test_below_the_capacity_first_below_is_exact() -> None:
    shown = curve([5.0, 4.0, 3.0, 4.5, 2.0, 1.0], capacity=8)
    assert [shown.first_below(loss) for loss in (6, 4, 3.5, 2, 1)] == [1, 3, 3, 6, None]


@pytest.mark.parametrize("seed", range(60))
def test_above_it_first_below_is_never_early_nor_later_than_a_bucket(seed: int) -> None:
    losses = some_losses(seed)
    shown = curve(losses)
    for threshold in (-0.99, -0.9, 0.0, 0.9):
        true = next((i for i, loss in enumerate(losses, 1) if loss < threshold), None)
        told = shown.first_below(threshold)
        assert (told is None) == (true is None)
        if true is not None and told is not None:
            assert true <= told < true + shown.stride
            assert told <= len(losses)


@pytest.mark.parametrize("batch", [1, 64])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("before", [0, 1, 63, 64, 100])
def test_diverged_names_the_step_and_keeps_what_came_before(
    batch: int, bad: float, before: int
) -> None:
    history = History(batch=batch)
    losses = tensors([2.0] * before + [bad] + [3.0] * 100)
    with pytest.raises(Diverged) as diverged:
        list(map(history.add, losses))
    assert diverged.value.step == before + 1
    said = {math.inf: "became ∞", -math.inf: "became −∞"}.get(bad, "is not a number")
    assert str(diverged.value) == f"the loss {said} at step {before + 1}"
    assert history.steps == before
    assert history.snapshot().high.tolist() == [2.0] * before
    history.flush()  # the following losses are not read
    assert history.steps == before


def test_a_batch_that_is_not_full_is_read_by_flush() -> None:
    history = History(batch=64)
    for loss in tensors([3.0, 2.0]):
        history.add(loss)
    assert (history.steps, history.loss, len(history.snapshot())) == (0, None, 0)
    history.flush()
    assert (history.steps, history.loss, len(history.snapshot())) == (2, 2.0, 2)


def test_a_snapshot_does_not_change_with_the_history() -> None:
    history = History(capacity=2)
    before = history.snapshot()
    for loss in tensors([1.0, 2.0, 3.0]):
        history.add(loss)
    assert len(before) == 0
    between = history.snapshot()
    history.add(tensors([9.0])[0])
    assert between.high.tolist() == [2, 3]
    assert between.low.dtype == np.float64


@pytest.mark.parametrize("capacity", [0, 1, 7])
def test_a_capacity_that_does_not_halve_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match=f"{capacity} buckets: it must be even"):
        History(capacity)
