"""Figures of the page on softmax, checked by hand or by PyTorch."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from engine.softmax import observe, stepped
from engine.softmax_scenes import SCENES, SoftmaxInput, equations, probability
from tests.lessons.figures import number, right_answers, says, says_question

SLUG = "softmax"
Z = (2.0, 1.0, 0.0, -1.0)


def softmax(*z: float) -> list[float]:
    powers = [math.exp(each) for each in z]
    return [each / sum(powers) for each in powers]


def pull(z: torch.Tensor) -> list[float]:
    """Return the gradient of the cross-entropy for class 1."""
    z.requires_grad_()
    nn.CrossEntropyLoss()(z, torch.tensor(1)).backward()
    assert z.grad is not None
    return z.grad.tolist()


def test_the_table_of_four_classes_the_loss_and_its_gradient() -> None:
    p = softmax(*Z)
    for name, z, chance in zip(("cat", "dog", "fox", "hen"), Z, p, strict=True):
        says(SLUG, f"{name} {number(z, 0)} {math.exp(z):.4f} {chance:.4f}")
    assert SCENES["bars"].start == Z
    says(SLUG, f"so it is e = {math.e:.3f} times as likely")
    says(SLUG, f"the loss is −ln {p[1]:.4f} = {-math.log(p[1]):.4f}")
    gradient = ", ".join(number(each, 4) for each in pull(torch.tensor(Z)))
    says(SLUG, f"The gradient is {gradient}")
    after = stepped(Z, 1)
    assert [z - later for z, later in zip(Z, after, strict=True)] == pytest.approx(
        [p[0], p[1] - 1, p[2], p[3]], abs=1e-6
    )
    says(SLUG, "A step at a rate of 1", "lowers every other class by its own P")


def test_softmax_twice_has_a_least_loss() -> None:
    for classes, words in ((10, "never goes below"), (4, "never below")):
        best = torch.zeros(classes)
        best[0] = 1
        least = nn.CrossEntropyLoss()(best, torch.tensor(0)).item()
        assert math.isclose(least, -math.log(math.e / (math.e + classes - 1)), rel_tol=1e-6)
        says(SLUG, f"{words} {least:.4f}")
    says_question(SLUG, "twice", f"{-math.log(math.e / (math.e + 9)):.4f} is left")
    twice = right_answers(SLUG)["twice"]
    assert f"never goes below {-math.log(math.e / (math.e + 9)):.2f}" in twice


def test_the_logarithm_of_a_finished_probability() -> None:
    z = torch.tensor([0.0, -104.0], requires_grad=True)
    p = torch.softmax(z, dim=0)
    assert p[1] == 0
    loss = -torch.log(p)[1]
    loss.backward()
    assert loss == math.inf
    assert z.grad is not None
    assert z.grad.isnan().any()
    assert torch.log_softmax(z, dim=0)[1] == -104
    assert torch.softmax(torch.tensor([0.0, -103.0]), dim=0)[1] > 0
    says(SLUG, "A class that lies 104 below the largest has P = 0")
    assert all(each - max(Z) <= 0 for each in Z)
    numbers = [each.numbers for each in equations(observe(SCENES["overflow"], SoftmaxInput(Z)))]
    assert "no exponent above 0" in numbers
    says(SLUG, "no exponent is above 0")


def test_the_temperature_and_the_entropy() -> None:
    cold, hot = softmax(*(10 * z for z in Z)), softmax(*(z / 100 for z in Z))
    says(
        SLUG,
        f"Multiply all logits by 10, and {softmax(*Z)[0]:.4f} becomes {cold[0]:.5f}",
        "the same order, ten times the lead",
        f"At T = 0.1 the cat has {cold[0]:.5f}; at T = 100 all four have 0.25, within 0.004",
    )
    assert max(abs(p - 0.25) for p in hot) < 0.004
    assert probability(cold[0]) == f"{cold[0]:.5f}", "the lab and the page say the same"
    for z, entropy in (
        ((9.0, -90.0), 0),
        ((0.0, 0.0), math.log(2)),
        ((1.0,) * 5, math.log(5)),
    ):
        seen = observe(SCENES["bars"], SoftmaxInput(z))
        assert seen.entropy == pytest.approx(entropy, abs=1e-6)
    says(SLUG, "entropy H = −Σ P·ln P", "at most ln n, where all n classes are alike")


def test_dim_0_lets_samples_compete_and_the_questions_are_answered_right() -> None:
    batch = torch.tensor([[2.0, 1.0], [0.0, -1.0]])
    assert torch.allclose(torch.softmax(batch, dim=1).sum(dim=1), torch.ones(2))
    assert not torch.allclose(torch.softmax(batch, dim=0).sum(dim=1), torch.ones(2))
    says(SLUG, "`dim=1` makes each row add up to 1")
    right = right_answers(SLUG)
    assert softmax(*(z + 5 for z in Z)) == pytest.approx(softmax(*Z), rel=1e-12)
    assert right["shift"].startswith("Nothing")
    gradient = pull(torch.tensor([0.7, 0.2, 0.1]).log())
    assert right["gradient"] == ", ".join(number(each, 1) for each in gradient)
