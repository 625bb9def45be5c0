"""Figures of the page on probabilities, checked by hand or by PyTorch."""

from __future__ import annotations

import math

import torch
from torch import nn

from tests.lessons.figures import number, right_answers, says, says_question

SLUG = "probabilities"


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def pulled(loss_fn: nn.Module, z: float, label: float) -> tuple[float, float]:
    """Return the loss in float32 as PyTorch computes it, and its gradient."""
    at = torch.tensor(z, requires_grad=True)
    given = at if isinstance(loss_fn, nn.BCEWithLogitsLoss) else torch.sigmoid(at)
    loss = loss_fn(given, torch.tensor(label))
    loss.backward()
    assert at.grad is not None
    return loss.item(), at.grad.item()


def test_odds_surprises_and_the_two_gradients() -> None:
    says(
        SLUG,
        f"P = 0.9 is 9 to 1, and z = {math.log(9):.4f}",
        f"makes the odds e = {math.e:.3f} times as large",
        f"P = 0.999 is only z = {math.log(0.999 / 0.001):.4f}",
        f"costs ln 2 = {math.log(2):.4f}; one that was given 0.01 costs {-math.log(0.01):.4f}",
        f"Odds of 3 to 1 are P = {3 / 4}, not {1 / 3:.2f}",
    )
    for z in (0, -2, -4, -6):
        p = sigmoid(z)
        squared = 2 * (p - 1) * p * (1 - p)
        says(SLUG, f"z = {number(z, 0)} {p:.4f} {number(p - 1, 4)} {number(squared, 4)}")
    assert max(sigmoid(z / 10) * (1 - sigmoid(z / 10)) for z in range(-80, 81)) == 0.25
    says(SLUG, "At most that is 0.25")


def test_the_race_of_two_losses() -> None:
    def steps(loss_fn: nn.Module) -> int:
        z, count = -6.0, 0
        while sigmoid(z) <= 0.5:
            z, count = z - pulled(loss_fn, z, 1.0)[1], count + 1
        return count

    entropy, squared = steps(nn.BCEWithLogitsLoss()), steps(nn.MSELoss())
    says(SLUG, f"above a half at step {entropy}, squared error at step {squared}.")


def test_where_p_is_exactly_1_and_the_gradient_that_fades_first() -> None:
    bce, logits = nn.BCELoss(), nn.BCEWithLogitsLoss()
    assert torch.sigmoid(torch.tensor(16.64)) == 1 > torch.sigmoid(torch.tensor(16.63))
    assert pulled(bce, 16.64, 0.0) == (100, 0)
    says(
        SLUG,
        "From z = 16.64 on, σ(z) rounds to 1",
        f"it jumps from {pulled(bce, 16.63, 0.0)[0]:.2f} to 100, and its gradient is 0",
    )
    assert pulled(bce, 100.0, 0.0)[0] == pulled(bce, 50.0, 0.0)[0] == 100
    assert pulled(logits, 50.0, 0.0) == (50, 1)
    assert [pulled(bce, z, 1.0)[0] for z in (-88.0, -89.0)] == [88, 100]
    assert pulled(bce, -27.0, 1.0)[1] == -1
    assert -0.8 < pulled(bce, -28.0, 1.0)[1] < -0.6
    assert f"{pulled(bce, -50.0, 1.0)[1]:.1e}" == "-1.9e-10"
    assert pulled(logits, -50.0, 1.0) == (50, -1)
    says(SLUG, "from −28 on its gradient fades: at −50 it is −1.9×10⁻¹⁰ in place of −1")


def test_the_questions_are_answered_right() -> None:
    right = right_answers(SLUG)
    assert f"e = {math.e:.3f} times" in right["one-more"]
    says_question(SLUG, "one-more", f"from e¹ = {math.e:.3f} to e² = {math.e**2:.3f}")
    _, gradient = pulled(nn.MSELoss(), -6.0, 1.0)
    assert f"{sigmoid(-6):.4f}" == "0.0025"
    assert f"the gradient is {number(gradient, 3)}." in right["asleep"]
    assert "rounds to exactly 1" in right["cut-off"]
    assert pulled(nn.BCELoss(), 20.0, 0.0) == (100, 0)
    assert f"{sigmoid(-20):.0e}" == "2e-09"
    assert pulled(nn.BCEWithLogitsLoss(), 20.0, 0.0)[0] == 20
