"""The formulas of each scene with the numbers of this moment; knows no torch and no screen."""

from __future__ import annotations

import math

from engine.equations import Equation, factor, number, plain
from engine.probabilities.look import Look, Race

EXACTLY = "exactly"


def exact(value: float) -> str:
    """A number, and whether it is a 0 to the last bit."""
    return number(value) if value else f"{EXACTLY} 0"


def probability(p: float) -> str:
    """A probability; one that four digits cannot tell from 1 is written as what is missing."""
    if p in (0.0, 1.0):
        return f"{EXACTLY} {p:g}"
    return f"1 − {number(1 - p, 2)}" if p > 0.99995 else number(p)


def equations(look: Look) -> tuple[Equation, ...]:
    """What is to be computed in the scene, line by line."""
    return _SCENES[look.scene.name](look)


def _sigmoid(look: Look) -> tuple[Equation, ...]:
    p, power = number(look.p), number(math.exp(-look.z))
    return (
        Equation("z", "e⁻ᶻ", f"e^({number(-look.z, 2)})", power),
        Equation("to P", "P = 1/(1 + e⁻ᶻ)", f"1/(1 + {power})", p),
        Equation("the rest", "1 − P", f"1 − {p}", number(1 - look.p)),
        Equation("slope", "dP/dz = P·(1 − P)", f"{p} · {number(1 - look.p)}", number(_slope(look))),
    )


def _odds(look: Look) -> tuple[Equation, ...]:
    p, odds = number(look.p), number(look.odds)
    return (
        Equation("odds", "odds = P/(1 − P)", f"{p}/{number(1 - look.p)}", odds),
        Equation("log-odds", "z = ln(odds)", f"ln {odds}", number(look.z)),
        Equation("back", "odds = eᶻ", f"e^({number(look.z)})", odds),
        Equation("back", "P = 1/(1 + e⁻ᶻ)", f"1/(1 + {number(math.exp(-look.z))})", p),
    )


def _cross_entropy(look: Look) -> tuple[Equation, ...]:
    p, loss = probability(look.p), look.losses["BCEWithLogitsLoss"].loss
    formula = "L = −ln P" if look.label else "L = −ln(1 − P)"
    from_z = "L = ln(1 + e⁻ᶻ)" if look.label else "L = ln(1 + eᶻ)"
    inside = f"−ln {number(look.given)}" if look.label else f"−ln(1 − {p})"
    sign = -1 if look.label else 1
    return (
        Equation("forward", "P = σ(z)", f"σ({number(look.z, 2)})", p),
        Equation(f"label {look.label}", formula, inside, number(loss)),
        Equation("from z", from_z, f"ln(1 + {number(math.exp(sign * look.z))})", number(loss)),
        Equation("a coin", "−ln ½", "−ln 0.5", number(math.log(2))),
    )


def _gradients(look: Look) -> tuple[Equation, ...]:
    entropy, squared = (look.losses[name].gradient for name in ("BCEWithLogitsLoss", SQUARED))
    error, ratio = number(look.p - look.label), _over(entropy, squared)
    slope = number(_slope(look))
    return (
        Equation("forward", "P = σ(z)", f"σ({number(look.z, 2)})", probability(look.p)),
        Equation("entropy", "∂L/∂z = P − y", f"{number(look.p)} − {look.label}", number(entropy)),
        Equation(
            "squared",
            "2·(P − y)·P·(1 − P)",
            f"2·{factor(look.p - look.label)}·{slope}",
            number(squared),
        ),
        Equation("ratio", "1/(2·P·(1 − P))", f"{error}/{factor(squared)}", ratio),
    )


def _race(look: Look) -> tuple[Equation, ...]:
    race = look.race
    assert race is not None
    reached = {name: float(look.reached(walk)[-1]) for name, walk in race.walks.items()}
    losses = {name: float(walk.loss[-1]) for name, walk in race.walks.items()}
    entropy = "BCEWithLogitsLoss"
    y = f"P({look.label})"
    return (
        Equation("update", "z ← z − η·∂L/∂z", "", f"η = {plain(race.rate)}"),
        Equation(
            "entropy", f"{y}, cross-entropy", passed(look, race, entropy), number(reached[entropy])
        ),
        Equation("", "L, cross-entropy", "", number(losses[entropy])),
        Equation(
            "squared", f"{y}, squared error", passed(look, race, SQUARED), number(reached[SQUARED])
        ),
        Equation("", "L, squared error", "", number(losses[SQUARED])),
    )


def _saturation(look: Look) -> tuple[Equation, ...]:
    bce, logits = look.losses["BCELoss"], look.losses["BCEWithLogitsLoss"]
    return (
        Equation("", "P = σ(z) in float32", "", probability(look.p)),
        Equation("", "BCELoss of P", "", number(bce.loss)),
        Equation("", "  its ∂L/∂z", "", exact(bce.gradient)),
        Equation("", "BCEWithLogitsLoss of z", "", number(logits.loss)),
        Equation("", "  its ∂L/∂z", "", exact(logits.gradient)),
    )


def passed(look: Look, race: Race, name: str) -> str:
    """When a walk first gave the label more than a half, if it has."""
    reached = look.reached(race.walks[name])
    over = [step for step, p in enumerate(reached) if p > 0.5]
    return f"above ½ at step {over[0]:,}" if over else f"not above ½ in {race.steps:,} steps"


def _slope(look: Look) -> float:
    return look.p * (1 - look.p)


def _over(one: float, other: float) -> str:
    return number(one / other, 2) if other else "none"


SQUARED = "squared error"
_SCENES = {
    "sigmoid": _sigmoid,
    "odds": _odds,
    "cross-entropy": _cross_entropy,
    "gradients": _gradients,
    "race": _race,
    "saturation": _saturation,
}
