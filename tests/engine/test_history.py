"""The loss history: bounded in size, and without losing spikes."""

from __future__ import annotations

import math
import random
from itertools import chain, product, repeat

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


def test_every_bucket_has_the_least_and_the_greatest_of_its_steps() -> None:
    for seed, batch in product(range(40), (1, 64)):
        losses = some_losses(seed)
        shown = curve(losses, batch=batch)
        buckets = [losses[i : i + shown.stride] for i in range(0, len(losses), shown.stride)]
        assert len(shown) == len(buckets) <= 8
        assert shown.first.tolist() == [1 + i * shown.stride for i in range(len(buckets))]
        assert shown.low.tolist() == [min(bucket) for bucket in buckets]
        assert shown.high.tolist() == [max(bucket) for bucket in buckets]
        for threshold in (-0.99, -0.9, 0.0, 0.9):  # never early, nor later than a bucket
            true = next((i for i, loss in enumerate(losses, 1) if loss < threshold), None)
            found = shown.first_below(threshold)
            assert (found is None) == (true is None)
            if true is not None and found is not None:
                assert true <= found < true + shown.stride
                assert found <= len(losses)
    shown = curve([5.0, 4.0, 3.0, 4.5, 2.0, 1.0], capacity=8)  # exact below the capacity
    assert [shown.first_below(loss) for loss in (6, 4, 3.5, 2, 1)] == [1, 3, 3, 6, None]


def test_a_long_training_takes_the_room_of_a_thousand_steps() -> None:
    history = History(capacity=1024)
    one, low, high = tensors([1.0, -5.0, 9.0])
    for loss in chain(repeat(one, 23_456), [high], repeat(one, 130_000), [low], repeat(one, 9)):
        history.add(loss)
    shown = history.snapshot()
    assert 512 <= len(shown) <= 1024
    assert shown.low.min() == -5
    assert shown.high.max() == 9
    assert shown.first[shown.high.argmax()] <= 23_457 < shown.first[shown.high.argmax() + 1]


def test_diverged_names_the_step_and_keeps_what_came_before() -> None:
    words = {math.inf: "became ∞", -math.inf: "became −∞", math.nan: "is not a number"}
    for batch, before, (bad, expected) in product((1, 64), (0, 1, 63, 64, 100), words.items()):
        history = History(batch=batch)
        losses = tensors([2.0] * before + [bad] + [3.0] * 100)
        with pytest.raises(Diverged) as diverged:
            list(map(history.add, losses))
        assert diverged.value.step == before + 1
        assert str(diverged.value) == f"the loss {expected} at step {before + 1}"
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
    for capacity in (0, 1, 7):
        with pytest.raises(ValueError, match=f"{capacity} buckets: it must be even"):
            History(capacity)
