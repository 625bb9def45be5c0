"""One logit in PyTorch: closed forms, gradients by differences, limits of float32, the race."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from engine.probabilities import LOSSES, POINTS, RunningRace, curves, loss_and_gradient, observe
from engine.probability_scenes import SCENES, equations, exact, probability

SIGMOID = SCENES["sigmoid"]
SATURATION = SCENES["saturation"]


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def test_the_numbers_are_those_of_the_formulas() -> None:
    for z, label in product((-7.5, -3.0, -0.4, 0.0, 1.0, 2.5, 8.0), (0, 1)):
        look, p = observe(SIGMOID, z, label), sigmoid(z)
        assert look.p == pytest.approx(p, rel=1e-6)
        assert look.odds == pytest.approx(p / (1 - p), rel=1e-5)
        assert look.given == pytest.approx(p if label else 1 - p, rel=1e-3)
        entropy = math.log1p(math.exp(-z if label else z))
        expected = {
            "BCELoss": (entropy, p - label),
            "BCEWithLogitsLoss": (entropy, p - label),
            "squared error": ((p - label) ** 2, 2 * (p - label) * p * (1 - p)),
        }
        assert look.losses.keys() == expected.keys() == LOSSES.keys()
        for name, values in expected.items():
            seen = look.losses[name]
            assert (seen.loss, seen.gradient) == pytest.approx(values, rel=1e-3, abs=1e-7), name


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    z, step = torch.linspace(-8, 8, 33, dtype=torch.float64), 1e-6
    for loss_fn, label in product(LOSSES.values(), (0, 1)):
        _, gradient = loss_and_gradient(loss_fn, z, label)
        ahead, behind = (loss_and_gradient(loss_fn, z + s, label)[0] for s in (step, -step))
        assert torch.allclose(gradient, (ahead - behind) / (2 * step), atol=1e-8)


def test_a_look_leaves_the_z_that_it_was_given() -> None:
    z = torch.tensor([1.0, 2.0])
    loss_and_gradient(LOSSES["BCELoss"], z, 1)
    assert not z.requires_grad
    assert z.grad is None


def test_bceloss_saturates_and_bcewithlogitsloss_does_not() -> None:
    for z, label in ((100.0, 0), (50.0, 0), (120.0, 0), (-100.0, 1), (-120.0, 1)):
        losses = observe(SATURATION, z, label).losses
        assert (losses["BCELoss"].loss, losses["BCELoss"].gradient) == (100, 0)
        logits = losses["BCEWithLogitsLoss"]
        assert logits.loss == pytest.approx(abs(z), rel=1e-6)
        assert logits.gradient == (-1 if label else 1)


def test_where_32_bits_end_above_and_below() -> None:
    assert observe(SATURATION, 16.63, 0).p < 1 == observe(SATURATION, 16.64, 0).p
    # The float32 number below 1 is 1 − 2⁻²⁴; rounding begins at half of that distance.
    assert math.log(2**24) == pytest.approx(16.6355, abs=1e-4)
    assert observe(SATURATION, -88.0, 1).p > 0 == observe(SATURATION, -89.0, 1).p


def test_the_gradient_of_bceloss_fades_where_its_loss_is_still_right() -> None:
    losses = observe(SATURATION, -50.0, 1).losses
    assert losses["BCELoss"].loss == pytest.approx(50, rel=1e-6)
    assert losses["BCELoss"].gradient == pytest.approx(-sigmoid(-50) / 1e-12, rel=1e-3)
    assert losses["BCEWithLogitsLoss"].gradient == -1


def test_the_curves_are_what_single_looks_give() -> None:
    for label, place in product((0, 1), (0, 100, 300, 450, 600)):
        drawn = curves(8.0, label)
        assert (len(drawn.z), drawn.z[0], drawn.z[-1]) == (POINTS, -8, 8)
        look = observe(SIGMOID, float(drawn.z[place]), label)
        assert drawn.p[place] == pytest.approx(look.p, rel=1e-6)
        for name, curve in drawn.losses.items():
            one = look.losses[name].loss, look.losses[name].gradient
            here = curve.loss[place], curve.gradient[place]
            assert here == pytest.approx(one, rel=1e-4, abs=1e-9)


def test_the_race_is_what_a_plain_script_gives() -> None:
    plain = {
        "squared error": lambda z, y: nn.functional.mse_loss(torch.sigmoid(z), y),
        "BCEWithLogitsLoss": nn.functional.binary_cross_entropy_with_logits,
    }
    for start, label, rate in ((-6.0, 1, 1.0), (4.0, 0, 2.0), (2.0, 1, 0.1)):
        running = RunningRace(start, label, rate)
        for _ in range(30):
            running.step()
        race = running.look()
        assert race.steps == 30
        assert race.walks.keys() == plain.keys()
        for name, walk in race.walks.items():
            z = torch.tensor(start, requires_grad=True)
            p, losses = [], []
            for _ in range(31):
                loss = plain[name](z, torch.tensor(float(label)))
                p.append(torch.sigmoid(z).item())
                losses.append(loss.item())
                (slope,) = torch.autograd.grad(loss, z)
                z = (z - rate * slope).detach().requires_grad_()
            np.testing.assert_allclose(walk.p, p, rtol=1e-5)
            np.testing.assert_allclose(walk.loss, losses, rtol=1e-5)


def test_a_look_at_the_race_stays_as_it_was() -> None:
    racing = RunningRace(-6.0, 1, 1.0)
    before = racing.look()
    racing.step()
    assert before.steps == 0
    assert racing.look().steps == 1


def test_the_formulas_hold_at_every_place_of_every_scene() -> None:
    for scene, label in product(SCENES.values(), (0, 1)):
        for z in np.linspace(-scene.reach, scene.reach, 9).tolist():
            race = RunningRace(z, label, 1.0).look() if scene.name == "race" else None
            for equation in equations(observe(scene, z, label, race)):
                assert equation.result
                assert len(equation.formula) + len(equation.result) < 34, equation
                assert "not a number" not in equation.result


def test_what_four_digits_cannot_tell_from_0_or_1_is_said_otherwise() -> None:
    assert probability(0.98201) == "0.9820"
    assert probability(1.0) == "exactly 1"
    assert probability(0.0) == "exactly 0"
    assert probability(1 - 2**-24) == "1 − 6.0×10⁻⁸"
    assert (exact(0.0), exact(-0.0)) == ("exactly 0", "exactly 0")
    assert exact(-1.0) == "−1.0000"


def test_the_formulas_carry_the_numbers_of_the_moment() -> None:
    shown = {
        e.formula: (e.numbers, e.result) for e in equations(observe(SCENES["odds"], math.log(4), 1))
    }
    assert shown["odds = P/(1 − P)"] == ("0.8000/0.2000", "4.0000")
    assert shown["z = ln(odds)"] == ("ln 4.0000", "1.3863")
    wrong = {e.formula: e for e in equations(observe(SCENES["cross-entropy"], -2.0, 0))}
    assert wrong["L = −ln(1 − P)"].result == f"{-math.log(1 - sigmoid(-2)):.4f}"
    ratio = {e.formula: e.result for e in equations(observe(SCENES["gradients"], -4.0, 1))}
    p = sigmoid(-4)
    assert ratio["1/(2·P·(1 − P))"] == f"{1 / (2 * p * (1 - p)):.2f}"
