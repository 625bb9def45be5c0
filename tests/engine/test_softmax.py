"""A vector of logits in PyTorch: closed forms, three equal losses, limits of float32."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.equations import number
from engine.softmax import gradient, observe, stepped
from engine.softmax_scenes import (
    COLDEST,
    HOTTEST,
    LARGEST,
    SCENES,
    SoftmaxInput,
    equations,
    power,
)

BARS = SCENES["bars"]
FIRST = (2.0, 1.0, 0.0, -1.0)
VECTORS = [FIRST, (0.0, 0.0), (-7.5, 3.0, 3.0), (5.0, -5.0, 1.5, 0.25, -0.5)]


def softmax(z: tuple[float, ...], t: float = 1.0) -> list[float]:
    powers = [math.exp(each / t) for each in z]
    return [each / sum(powers) for each in powers]


@pytest.mark.parametrize("z", VECTORS)
def test_probabilities_losses_and_gradient_are_those_of_the_formulas(z: tuple[float, ...]) -> None:
    for t in (0.5, 1.0, 7.0):
        look = observe(BARS, SoftmaxInput(z, temperature=t))
        assert look.p == pytest.approx(softmax(z, t), rel=1e-5)
        assert look.plain == pytest.approx(softmax(z), rel=1e-5)
        assert sum(look.p) == pytest.approx(1, abs=1e-6)
    for label in range(len(z)):
        look = observe(BARS, SoftmaxInput(z, label=label))
        losses, true = look.losses, -math.log(softmax(z)[label])
        assert len(losses) == 3
        assert max(losses.values()) - min(losses.values()) <= 1e-6
        assert losses == pytest.approx(dict.fromkeys(losses, true), abs=2e-6)
        error = [p - (place == label) for place, p in enumerate(softmax(z))]
        assert look.gradient == pytest.approx(error, abs=1e-6)
        assert sum(look.gradient) == pytest.approx(0, abs=1e-6)
        after = [at - slope for at, slope in zip(z, error, strict=True)]
        assert stepped(z, label) == pytest.approx(after, abs=1e-6)
        fine = gradient(torch.tensor(z, dtype=torch.float64), torch.tensor(label)).tolist()
        for place in range(len(z)):
            ahead, behind = (
                -math.log(softmax((*z[:place], z[place] + step, *z[place + 1 :]))[label])
                for step in (1e-6, -1e-6)
            )
            assert fine[place] == pytest.approx((ahead - behind) / 2e-6, abs=1e-8)


def test_a_number_added_to_every_logit_changes_nothing() -> None:
    for c in (-80.0, -1.0, 3.5, 80.0):
        look = observe(SCENES["shift"], SoftmaxInput(FIRST, shift=c))
        assert look.z == pytest.approx([z + c for z in FIRST])
        assert look.p == pytest.approx(look.plain, abs=1e-5)


def test_the_numbers_of_a_shift_are_those_of_the_chosen_class() -> None:
    for chosen, c, factors, shifted in (
        (0, 0.5, "1.6487·7.3891", "12.1825"),
        (1, 0.5, "1.6487·2.7183", "4.4817"),
        (3, -80.0, "1.805×10⁻³⁵·0.3679", "6.640×10⁻³⁶"),
    ):
        look = observe(SCENES["shift"], SoftmaxInput(FIRST, chosen, shift=c))
        first, _, without, *_ = equations(look)
        assert (first.phase, first.numbers, first.result) == (look.names[chosen], factors, shifted)
        assert without.formula == f"P({look.names[chosen]}) without c"
        assert without.result == number(softmax(FIRST)[chosen])


def test_the_temperature_leads_from_one_class_to_all_alike() -> None:
    scene, given = SCENES["temperature"], SoftmaxInput(FIRST)
    cold, hot = (observe(scene, replace(given, temperature=t)) for t in (COLDEST, HOTTEST))
    assert cold.p[0] > 0.999999
    assert hot.p == pytest.approx([0.25] * 4, abs=0.004)
    assert cold.entropy == pytest.approx(0, abs=1e-6)
    assert hot.entropy == pytest.approx(math.log(4), abs=1e-3)
    assert (cold.temperatures[0], cold.temperatures[-1]) == pytest.approx((COLDEST, HOTTEST))
    curves = np.array(cold.curves)
    np.testing.assert_allclose(curves.sum(axis=0), 1, atol=1e-6)
    for place in (0, 60, 150, 200):
        expected = softmax(FIRST, cold.temperatures[place])
        np.testing.assert_allclose(curves[:, place], expected, rtol=1e-4, atol=1e-9)


def test_where_each_way_to_the_logarithm_fails() -> None:
    def ways(*z: float) -> list[tuple[float, ...]]:
        return list(observe(SCENES["overflow"], SoftmaxInput(z)).ways.values())

    for z in (FIRST, (88.0, 0.0)):
        safe, finished, formula = ways(*z)
        assert safe == pytest.approx(finished, abs=1e-5)
        assert safe == pytest.approx(formula, abs=1e-5)
    safe, finished, formula = ways(89.0, 0.0)  # e⁸⁹ exceeds float32
    assert safe == finished == (0.0, -89.0)
    assert math.isnan(formula[0])
    assert formula[1] == -math.inf
    safe, finished, formula = ways(0.0, -104.0)  # P is 0 without any overflow
    assert safe == (0.0, -104.0)
    assert finished == formula == (0.0, -math.inf)
    assert ways(500.0, -500.0)[0] == (0.0, -1000.0)
    assert torch.finfo(torch.float32).max == LARGEST
    for at in (88.72, 88.73):
        assert math.isinf(power(at)) == torch.exp(torch.tensor(at)).isinf().item()


def test_the_formulas_hold_wherever_the_keys_lead() -> None:
    for scene in SCENES.values():
        r = scene.reach
        for z in (scene.start, (r, -r), (r,) * 5, (-r,) * 5, (-r, r, 0.0, -r, r)):
            for c, t in ((0.0, 1.0), (80.0, HOTTEST), (-80.0, COLDEST)):
                c = c if scene.moves == "shift" else 0.0
                t = t if scene.moves == "temperature" else 1.0
                for equation in equations(observe(scene, SoftmaxInput(z, shift=c, temperature=t))):
                    assert equation.result
                    assert len(equation.formula) + len(equation.result) < 34, equation
                    assert "not a number" not in equation.result
    look = observe(BARS, SoftmaxInput(FIRST))
    shown = {e.formula: (e.numbers, e.result) for e in equations(look)}
    assert shown["eᶻ"] == ("e^(2.00)", "7.3891")
    assert shown["Σ eᶻ"] == ("7.4 + 2.7 + 1.0 + 0.4", "11.48")
    assert shown["P(cat) = eᶻ/Σ eᶻ"] == ("7.3891/11.48", "0.6439")
