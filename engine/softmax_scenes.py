"""The scenes of the softmax lab: their settings, results and formulas with numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.equations import Equation, number, plain

NAMES = ("cat", "dog", "fox", "hen", "owl")
"""The class names; there are as many classes as logits."""
LEAST_CLASSES = 2
MOST_SHIFT = 80.0
"""The largest number that may be added to every logit."""
COLDEST, HOTTEST = 0.05, 100.0
"""The lowest and the highest temperature."""
LARGEST = 3.4028234663852886e38
"""The largest float32 number."""

Numbers: TypeAlias = tuple[float, ...]
"""One number for each class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftmaxScene:
    """A view of a vector of logits."""

    name: str
    title: str
    start: Numbers = (2.0, 1.0, 0.0, -1.0)
    reach: float = 10.0  # each logit lies between −reach and reach
    small: float = 0.1
    large: float = 1.0
    moves: Literal["logit", "shift", "temperature"] = "logit"  # what the arrow keys change
    labelled: bool = False  # whether one class is the label


@dataclass(frozen=True, slots=True)
class SoftmaxInput:
    """The values that the learner sets."""

    z: Numbers  # the logits before the shift
    chosen: int = 0  # the class whose logit the keys change
    label: int = 1
    shift: float = 0.0  # c, added to every logit
    temperature: float = 1.0  # T, the divisor of every logit


@dataclass(frozen=True, slots=True)
class SoftmaxLook:
    """The results for logits in a scene, in float32; created by `engine.softmax.observe`."""

    scene: SoftmaxScene
    given: SoftmaxInput
    z: Numbers  # the logits with the shift
    p: Numbers  # softmax(z/T)
    plain: Numbers  # softmax of the original logits: no shift, T = 1
    ways: Mapping[str, Numbers]  # ln P by the names in `log_probabilities`
    losses: Mapping[str, float]  # of the label, by the names in `three_losses`
    gradient: Numbers  # ∂L/∂z of the label's loss, from `backward`
    temperatures: Numbers = ()  # in the temperature scene: where its curves are computed
    curves: tuple[Numbers, ...] = ()  # P of each class at each of the temperatures
    steps: int = 0  # steps made against the gradient

    @property
    def names(self) -> tuple[str, ...]:
        return NAMES[: len(self.z)]

    @property
    def entropy(self) -> float:
        """−Σ P·ln P: 0 if one class is certain, ln n if all n are equally likely."""
        return -sum(p * math.log(p) for p in self.p if p > 0)


SCENES: Mapping[str, SoftmaxScene] = {
    scene.name: scene
    for scene in (
        SoftmaxScene(name="bars", title="from logits to probabilities"),
        SoftmaxScene(name="shift", title="the same number added to each", moves="shift"),
        SoftmaxScene(name="temperature", title="sharper and flatter", moves="temperature"),
        SoftmaxScene(
            name="cross-entropy", title="the loss of a label, and its gradient", labelled=True
        ),
        SoftmaxScene(
            name="overflow",
            title="logits too large for e to their power",
            start=(60.0, 20.0, 0.0, -40.0),
            reach=500.0,
            small=1.0,
            large=20.0,
        ),
    )
}


def power(z: float) -> float:
    """Return eᶻ in float32: ∞ above its largest number."""
    return math.exp(z) if z <= math.log(LARGEST) else math.inf


def probability(p: float) -> str:
    """Return a probability with four digits, or as many as distinguish it from 1."""
    texts = (number(p, digits) for digits in (4, 5, 6, 7))
    return next((text for text in texts if p >= 1 or not text.startswith("1.0")), number(p))


def equations(look: SoftmaxLook) -> tuple[Equation, ...]:
    """Return the formulas of the scene, line by line."""
    return tuple(_EQUATIONS[look.scene.name](look))


def _bars(look: SoftmaxLook) -> list[Equation]:
    at = look.given.chosen
    powers = [math.exp(z) for z in look.z]
    total, name, chosen = number(sum(powers), 2), look.names[at], number(powers[at])
    terms = " + ".join(number(each, 1) for each in powers)
    if len(terms) > 32:  # the width of a narrow screen
        terms = "+".join(f"{each:.0f}" for each in powers)
    return [
        Equation(name, "eᶻ", f"e^({number(look.z[at], 2)})", chosen),
        Equation("", "Σ eᶻ", terms, total),
        Equation("share", f"P({name}) = eᶻ/Σ eᶻ", f"{chosen}/{total}", probability(look.p[at])),
        Equation("", "Σ P", "", number(sum(look.p))),
    ]


def _shift(look: SoftmaxLook) -> list[Equation]:
    at, c = look.given.chosen, look.given.shift
    name, z = look.names[at], look.given.z[at]
    factors = f"{number(math.exp(c))}·{number(math.exp(z))}"
    most = max(abs(one - other) for one, other in zip(look.p, look.plain, strict=True))
    return [
        Equation(name, "e^(z + c) = eᶜ·eᶻ", factors, number(math.exp(z + c))),
        Equation("", "P = eᶜ·eᶻ/Σ eᶜ·eᶻ", "eᶜ cancels", "eᶻ/Σ eᶻ"),
        Equation("", f"P({name}) without c", "", probability(look.plain[at])),
        Equation("", f"P({name}) with c", "", probability(look.p[at])),
        Equation("", "P changes by rounding", "", number(most, 2) if most else "exactly 0"),
    ]


def _temperature(look: SoftmaxLook) -> list[Equation]:
    t, z = look.given.temperature, max(look.z)
    best, classes = look.z.index(z), len(look.z)
    name = look.names[best]
    return [
        Equation("", f"z/T of {name}", f"{number(z, 2)}/{plain(t)}", number(z / t, 2)),
        Equation("", f"P({name}) = softmax(z/T)", "", probability(look.p[best])),
        Equation("", "entropy H = −Σ P·ln P", "", number(look.entropy)),
        Equation("", f"H is at most ln {classes}", "", number(math.log(classes))),
    ]


def _cross_entropy(look: SoftmaxLook) -> list[Equation]:
    label, losses = look.given.label, look.losses
    name, p = look.names[label], number(look.p[label])
    spread = max(losses.values()) - min(losses.values())
    return [
        Equation("by hand", f"−ln P({name})", f"−ln {p}", number(losses["−ln P(y)"], 6)),
        Equation("", "NLLLoss(log_softmax(z))", "", number(losses["NLLLoss"], 6)),
        Equation("", "CrossEntropyLoss(z)", "", number(losses["CrossEntropyLoss"], 6)),
        Equation("", "they differ by at most", "", number(spread, 2) if spread else "exactly 0"),
        Equation(name, "∂L/∂z = P − y", f"{p} − 1", number(look.gradient[label])),
        Equation("", "Σ ∂L/∂z", "", f"{abs(sum(look.gradient)):.4f}"),
    ]


def _overflow(look: SoftmaxLook) -> list[Equation]:
    at, top = look.given.chosen, max(look.z)
    total, m = sum(math.exp(z - top) for z in look.z), number(top, 1)
    rest, log_sum = number(total), number(top + math.log(total), 2)
    log_p = f"ln P({look.names[at]}) = z − ln Σ eᶻ"
    difference, result = f"{number(look.z[at], 2)} − {log_sum}", look.ways["log_softmax"][at]
    return [
        Equation("the largest", "m = max z", "", m),
        Equation("float32", "eᵐ", f"e^({m})", number(power(top), 2)),
        Equation("at least 1", "Σ e^(z − m)", "no exponent above 0", rest),
        Equation("safe", "m + ln Σ e^(z − m)", f"{m} + ln {rest}", log_sum),
        Equation("log_softmax", log_p, difference, number(result, 2)),
    ]


_EQUATIONS = {
    "bars": _bars,
    "shift": _shift,
    "temperature": _temperature,
    "cross-entropy": _cross_entropy,
    "overflow": _overflow,
}
