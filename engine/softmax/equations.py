"""The formulas of each scene of softmax with this moment's numbers; knows no torch, no screen."""

from __future__ import annotations

import math

from engine.equations import Equation, number, plain
from engine.softmax.look import Look

ROOM = 32
"""Characters that a row of numbers has on a narrow screen."""
LARGEST = 3.4028234663852886e38
"""The largest number that float32 has."""


def equations(look: Look) -> tuple[Equation, ...]:
    """What is to be computed in the scene, line by line."""
    return _SCENES[look.scene.name](look)


def undecided(look: Look) -> float:
    """The entropy −Σ P·ln P: 0 for one sure class, ln n where all n are equally likely."""
    return -sum(p * math.log(p) for p in look.p if p > 0)


def power(z: float) -> float:
    """eᶻ as float32 has it: ∞ beyond its largest number."""
    return math.exp(z) if z <= math.log(LARGEST) else math.inf


def probability(p: float) -> str:
    """A probability in four digits, or as many as tell it from 1 where it is not quite that."""
    texts = (number(p, digits) for digits in (4, 5, 6, 7))
    return next((text for text in texts if p >= 1 or not text.startswith("1.0")), number(p))


def _exactly(value: float) -> str:
    """A difference that is small, or none at all."""
    return number(value, 2) if value else "exactly 0"


def _bars(look: Look) -> tuple[Equation, ...]:
    at = look.given.chosen
    powers = [math.exp(z) for z in look.z]
    total, name = number(sum(powers), 2), look.names[at]
    terms = " + ".join(number(each, 1) for each in powers)
    if len(terms) > ROOM:
        terms = "+".join(f"{each:.0f}" for each in powers)
    return (
        Equation(name, "eᶻ", f"e^({number(look.z[at], 2)})", number(powers[at])),
        Equation("", "Σ eᶻ", terms, total),
        Equation(
            "share",
            f"P({name}) = eᶻ/Σ eᶻ",
            f"{number(powers[at])}/{total}",
            probability(look.p[at]),
        ),
        Equation("", "Σ P", "", number(sum(look.p))),
    )


def _shift(look: Look) -> tuple[Equation, ...]:
    c = look.given.shift
    most = max(abs(one - other) for one, other in zip(look.p, look.plain, strict=True))
    name = look.names[0]
    return (
        Equation("", "e^(z + c) = eᶜ·eᶻ", f"eᶜ = e^({number(c, 1)})", number(math.exp(c))),
        Equation("", "P = eᶜ·eᶻ/Σ eᶜ·eᶻ", "eᶜ cancels", "eᶻ/Σ eᶻ"),
        Equation("", f"P({name}) without c", "", probability(look.plain[0])),
        Equation("", f"P({name}) with c", "", probability(look.p[0])),
        Equation("rounding", "largest change of a P", "", _exactly(most)),
    )


def _temperature(look: Look) -> tuple[Equation, ...]:
    t, z = look.given.temperature, look.z
    best = max(range(len(z)), key=z.__getitem__)
    name, classes = look.names[best], len(z)
    return (
        Equation("", f"z/T of {name}", f"{number(z[best], 2)}/{plain(t)}", number(z[best] / t, 2)),
        Equation("", f"P({name}) = softmax(z/T)", "", probability(look.p[best])),
        Equation("", "entropy H = −Σ P·ln P", "", number(undecided(look))),
        Equation("", f"H is at most ln {classes}", "", number(math.log(classes))),
    )


def _cross_entropy(look: Look) -> tuple[Equation, ...]:
    label, losses = look.given.label, look.losses
    name, p = look.names[label], look.p[label]
    spread = max(losses.values()) - min(losses.values())
    return (
        Equation("by hand", f"−ln P({name})", f"−ln {number(p)}", number(losses["−ln P(y)"], 6)),
        Equation("", "NLLLoss(log_softmax(z))", "", number(losses["NLLLoss"], 6)),
        Equation("", "CrossEntropyLoss(z)", "", number(losses["CrossEntropyLoss"], 6)),
        Equation("", "they differ by at most", "", _exactly(spread)),
        Equation(name, "∂L/∂z = P − y", f"{number(p)} − 1", number(look.gradient[label])),
        Equation("", "Σ ∂L/∂z", "", f"{abs(sum(look.gradient)):.4f}"),
    )


def _overflow(look: Look) -> tuple[Equation, ...]:
    at, top = look.given.chosen, max(look.z)
    rest = sum(math.exp(z - top) for z in look.z)
    total, log_p = number(top + math.log(rest), 2), look.ways["log_softmax"][at]
    return (
        Equation("the largest", "m = max z", "", number(top, 1)),
        Equation("float32", "eᵐ", f"e^({number(top, 1)})", number(power(top), 2)),
        Equation("at least 1", "Σ e^(z − m)", "no exponent above 0", number(rest)),
        Equation("safe", "m + ln Σ e^(z − m)", f"{number(top, 1)} + ln {number(rest)}", total),
        Equation(
            "log_softmax",
            f"ln P({look.names[at]}) = z − ln Σ eᶻ",
            f"{number(look.z[at], 2)} − {total}",
            number(log_p, 2),
        ),
    )


_SCENES = {
    "bars": _bars,
    "shift": _shift,
    "temperature": _temperature,
    "cross-entropy": _cross_entropy,
    "overflow": _overflow,
}
