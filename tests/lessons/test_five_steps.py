"""Figures of the page on the five steps, checked by runs."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.config import Setting
from lessons.catalog import find
from tests.lessons.figures import says
from tests.lessons.play import challenge, last

SLUG = "five-steps"


def preset(name: str, **more: Setting) -> Any:
    """Return the picture at the end of a preset; the step granularity does not change it."""
    return last(SLUG, {**find(SLUG).load().preset(name).settings, **more, "turn": "update"}).picture


def ends(picture: Any) -> list[str]:
    """Return the final losses, as the page writes them."""
    return [f"{walk.loss:.4f}" for walk in picture.walks]


def test_page_one_by_one_and_the_true_curve() -> None:
    picture = preset("one-by-one")
    assert ends(picture) == ["0.0084"]
    says(SLUG, ">>> round(loss.item(), 4) 0.0084")
    true = ((torch.sin(1.5 * torch.tensor(picture.x)) - torch.tensor(picture.y)) ** 2).mean()
    says(SLUG, f"The true curve itself would have a loss of {true.item():.4f} here")
    assert float(ends(picture)[0]) < true


@pytest.mark.slow
def test_page_seeds() -> None:
    a, b, c, d = ends(preset("seeds"))
    says(SLUG, f"seeds 0 and 2 are at {a} and {c}, seeds 1 and 3 at {b} and {d}")
    three = ends(preset("seeds", units=3))
    says(SLUG, f"three units: {', '.join(three)}")
    picture = preset("one-by-one")
    true = ((torch.sin(1.5 * torch.tensor(picture.x)) - torch.tensor(picture.y)) ** 2).mean()
    assert all(float(loss) < true for loss in three)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_page_more_epochs_do_not_help() -> None:
    _, b, _, d = ends(preset("seeds", epochs=10_000))
    says(SLUG, f"Five times the epochs leave them at {b} and {d}")


@pytest.mark.slow
def test_page_bent_lines() -> None:
    picture = preset("bent-lines")
    says(SLUG, f"ReLU in place of tanh: {', '.join(ends(picture))}")
    x = torch.linspace(-3, 3, 40).double()
    silent = []
    for walk in picture.walks:
        weights, biases = torch.tensor(walk.path[-1][:8]).reshape(2, 4)
        outputs = torch.relu(x[:, None] * weights + biases)
        silent += [walk.name] * int((outputs == 0).all(dim=0).any())
    assert silent == ["seed 2"]
    says(SLUG, "gives 0 at all points has no gradient and never comes back; seed 2 has one")


def test_page_optimizers_of_which_none_is_best_everywhere() -> None:
    sgd, momentum, rmsprop, adam = ends(preset("optimizers"))
    assert (sgd, rmsprop) == (momentum, adam)
    says(SLUG, f"local optimum, {sgd}. RMSprop", f"the least loss, {adam}.")
    fast = preset("optimizers", learning_rate=0.1)
    says(SLUG, f"it ends at {ends(fast)[2]}, and still trembles")
    trembling = fast.walk("RMSprop").path[-20:, 0]
    assert trembling.max() - trembling.min() > 0.05
    upset = last(SLUG, {**challenge(SLUG, "upset").solution, "turn": "update"}).picture
    assert ends(upset)[0] == adam
    says(SLUG, f"From w = 2, b = 2 SGD finds the least loss, and Adam ends at {ends(upset)[3]}.")


def test_page_starts() -> None:
    one, two, three, four = ends(preset("starts"))
    assert one == two == three
    says(SLUG, f"three end at {one}, one at {four}")


@pytest.mark.slow
def test_page_race() -> None:
    names = ("SGD", "momentum", "RMSprop", "Adam")
    printed = (f"{name} {loss}" for name, loss in zip(names, ends(preset("race")), strict=True))
    says(SLUG, ", ".join(printed))
