"""The page on softmax: each figure by hand, or by plain PyTorch."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from engine.softmax import observe, stepped
from engine.softmax_scenes import SCENES, SoftmaxInput, equations, probability
from lessons.catalog import find
from tests.lessons.figures import number, says, says_question

SLUG = "softmax"
LESSON = find(SLUG).load()
Z = (2.0, 1.0, 0.0, -1.0)


def softmax(*z: float) -> list[float]:
    powers = [math.exp(each) for each in z]
    return [each / sum(powers) for each in powers]


def test_the_table_of_four_classes() -> None:
    for name, z, p in zip(("cat", "dog", "fox", "hen"), Z, softmax(*Z), strict=True):
        says(SLUG, f"{name} {number(z, 0)} {math.exp(z):.4f} {p:.4f}")
    assert SCENES["bars"].start == Z
    says(SLUG, f"so it is e = {math.e:.3f} times as likely")


def test_the_loss_and_its_gradient() -> None:
    p = softmax(*Z)
    says(SLUG, f"the loss is −ln {p[1]:.4f} = {-math.log(p[1]):.4f}")
    z = torch.tensor(Z, requires_grad=True)
    nn.CrossEntropyLoss()(z, torch.tensor(1)).backward()
    assert z.grad is not None
    says(SLUG, f"The gradient is {', '.join(number(each, 4) for each in z.grad.tolist())}")


def test_softmax_twice_has_a_least_loss() -> None:
    for classes in (10, 4):
        best = torch.zeros(classes)
        best[0] = 1
        least = nn.CrossEntropyLoss()(best, torch.tensor(0)).item()
        assert math.isclose(least, -math.log(math.e / (math.e + classes - 1)), rel_tol=1e-6)
        says(SLUG, f"never goes below {least:.4f}" if classes == 10 else f"never below {least:.4f}")
    says_question(SLUG, "twice", f"{-math.log(math.e / (math.e + 9)):.4f} is left")
    right = {q.slug: c.text for q in LESSON.questions for c in q.choices if c.right}
    assert f"never goes below {-math.log(math.e / (math.e + 9)):.2f}" in right["twice"]


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


def test_ten_times_the_logits_is_a_tenth_of_the_temperature() -> None:
    cold, hot = softmax(*(10 * z for z in Z)), softmax(*(z / 100 for z in Z))
    says(
        SLUG,
        f"Multiply all logits by 10, and {softmax(*Z)[0]:.4f} becomes {cold[0]:.5f}",
        "the same order, ten times the lead",
        f"At T = 0.1 the cat has {cold[0]:.5f}; at T = 100 all four have 0.25, within 0.004",
    )
    assert max(abs(p - 0.25) for p in hot) < 0.004
    assert probability(cold[0]) == f"{cold[0]:.5f}", "the lab and the page say the same"


def test_the_entropy_lies_between_sure_and_alike() -> None:
    sure = observe(SCENES["bars"], SoftmaxInput((9.0, -90.0)))
    assert sure.entropy == pytest.approx(0, abs=1e-6)
    for alike in ((0.0, 0.0), (1.0,) * 5):
        entropy = observe(SCENES["bars"], SoftmaxInput(alike)).entropy
        assert entropy == pytest.approx(math.log(len(alike)), abs=1e-6)
    says(SLUG, "entropy H = −Σ P·ln P", "at most ln n, where all n classes are alike")


def test_a_step_at_a_rate_of_one_lowers_the_others_by_their_p() -> None:
    p, after = softmax(*Z), stepped(Z, 1)
    assert [z - later for z, later in zip(Z, after, strict=True)] == pytest.approx(
        [p[0], p[1] - 1, p[2], p[3]], abs=1e-6
    )
    says(SLUG, "A step at a rate of 1", "lowers every other class by its own P")


def test_no_exponent_is_above_0_once_the_largest_is_subtracted() -> None:
    assert all(z - max(Z) <= 0 for z in Z)
    numbers = [each.numbers for each in equations(observe(SCENES["overflow"], SoftmaxInput(Z)))]
    assert "no exponent above 0" in numbers
    says(SLUG, "no exponent is above 0")


def test_the_questions_are_answered_right() -> None:
    right = {q.slug: c.text for q in LESSON.questions for c in q.choices if c.right}
    assert softmax(*(z + 5 for z in Z))[0] == softmax(*Z)[0] or math.isclose(
        softmax(*(z + 5 for z in Z))[0], softmax(*Z)[0], rel_tol=1e-12
    )
    assert right["shift"].startswith("Nothing")
    z = torch.tensor([0.7, 0.2, 0.1]).log().requires_grad_()
    nn.CrossEntropyLoss()(z, torch.tensor(1)).backward()
    assert z.grad is not None
    assert right["gradient"] == ", ".join(number(each, 1) for each in z.grad.tolist())


def test_dim_0_lets_samples_compete() -> None:
    batch = torch.tensor([[2.0, 1.0], [0.0, -1.0]])
    assert torch.allclose(torch.softmax(batch, dim=1).sum(dim=1), torch.ones(2))
    assert not torch.allclose(torch.softmax(batch, dim=0).sum(dim=1), torch.ones(2))
    says(SLUG, "`dim=1` makes each row add up to 1")
