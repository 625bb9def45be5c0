"""Figures of the page about batches, checked by runs or formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.config import Setting
from tests.lessons.figures import curvatures, normal_equations, says, walk

SLUG = "batches"


def losses(preset: str = "", **settings: Setting) -> dict[str, float]:
    return walk(SLUG, preset, **settings).trainer.metrics()


def picture(**settings: Setting) -> Any:
    return walk(SLUG, **settings).frame.picture


def test_page_the_tables() -> None:
    for epochs in (1, 3, 10, 60):
        reached = losses(epochs=epochs)
        row = [f"{reached[f'loss_{name}']:.4f}" for name in ("single", "mini", "full")]
        says(SLUG, f"{epochs} {' '.join(row)}")
    says(SLUG, f"updates {' '.join(str(one.updates) for one in picture().walks)}")
    assert len(walk(SLUG, batch_size=32, epochs=1).losses) == 4  # as a question asks


def test_page_the_least_loss_and_the_noise_of_a_gradient() -> None:
    x, y = picture().x, picture().y
    w, b, least = normal_equations(x, y)
    assert picture().least_loss() == pytest.approx(least)
    says(SLUG, f"{least:.4f} is the least that any line has")
    slopes = 2 * (w * x + b - y) * x
    assert slopes.mean() == pytest.approx(0, abs=1e-6)
    says(SLUG, f"standard deviation of {slopes.std():.2f}")
    says(SLUG, f"√10 times smaller, {slopes.std() / 10**0.5:.2f}")


def test_page_the_limits() -> None:
    large = curvatures(np.linspace(-2, 2, 100))[1]
    says(SLUG, f"2 / {large:.4f} = {2 / large:.4f}")
    corner = np.array([[4.0, 2.0], [2.0, 1.0]])  # half the Hessian of a point at x = 2
    assert 2 * np.linalg.eigvalsh(corner)[1] == pytest.approx(10)
    below, above = (losses(learning_rate=rate, batch_size=100) for rate in (0.73, 0.74))
    assert below["loss_full"] < above["loss_full"]
    full = picture(learning_rate=0.5).walk("full").losses
    assert full.first_below(picture().least_loss() + 0.01) == 5
    says(SLUG, "At 0.5 full arrives in 5 epochs")


def test_page_the_presets() -> None:
    says(SLUG, f"after 60 epochs: {losses('smaller-steps')['loss_full']:.4f}")
    ravine = losses("ravine")
    says(SLUG, f"full is at {ravine['loss_full']:.1f}, mini at {ravine['loss_mini']:.1f}")
    says(SLUG, f"single at {ravine['loss_single']:.2f}")
    assert losses("no-noise")["loss_single"] < 1e-9


def test_page_sorted_points_end_every_epoch_where_the_last_ones_pull() -> None:
    """The line fits its last five points better than the least-squares line does."""
    ends, best = [], []
    for seed in range(5):
        seen = picture(shuffle="never", seed=seed, epochs=20)
        single, (w, b, _) = seen.walk("single"), normal_equations(seen.x, seen.y)
        ends.append(abs(np.mean((single.w * seen.x + single.b - seen.y)[-5:])))
        best.append(abs(np.mean((w * seen.x + b - seen.y)[-5:])))
    assert np.mean(ends) < 0.8 * np.mean(best)
    again = [walk(SLUG, shuffle="never", epochs=epochs).weights[-1][:2] for epochs in (20, 21)]
    assert again[0] == pytest.approx(again[1], abs=1e-4)
