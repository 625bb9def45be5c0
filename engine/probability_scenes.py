"""The scenes of the probabilities lab: their settings, results and formulas with numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.equations import Equation, factor, number, plain

if TYPE_CHECKING:  # it imports numpy, which the course screen does not need
    from engine.pictures import Array

ENTROPY, SQUARED = "BCEWithLogitsLoss", "squared error"
"""The two losses that are compared, by their names in `engine.probabilities.LOSSES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbabilityScene:
    """A view of a logit."""

    name: str
    title: str
    start: float  # z
    reach: float = 8.0  # z lies between −reach and reach
    small: float = 0.1
    large: float = 1.0
    moves: str = "z"  # what the arrow keys change: z or P
    labelled: bool = True  # whether the scene uses the label


SCENES: Mapping[str, ProbabilityScene] = {
    scene.name: scene
    for scene in (
        ProbabilityScene(
            name="sigmoid", title="from any number to a probability", start=1.0, labelled=False
        ),
        ProbabilityScene(
            name="odds",
            title="probability, odds and log-odds",
            start=0.0,
            small=0.01,
            large=0.1,
            moves="P",
            labelled=False,
        ),
        ProbabilityScene(name="cross-entropy", title="what a wrong answer costs", start=-2.0),
        ProbabilityScene(name="gradients", title="what each loss would teach", start=-4.0),
        ProbabilityScene(name="race", title="two losses lead one logit each", start=-6.0),
        ProbabilityScene(
            name="saturation",
            title="where 32 bits run out",
            start=-20.0,
            reach=120.0,
            small=1.0,
            large=10.0,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class LossAt:
    """A loss at one z, and ∂L/∂z there from `backward`."""

    loss: float
    gradient: float


@dataclass(frozen=True, slots=True, eq=False)
class LogitLoss:
    """A loss and its gradient over a range of z; both arrays have the shape of z."""

    loss: Array
    gradient: Array


@dataclass(frozen=True, slots=True, eq=False)
class LogitCurves:
    """The curves over z for one label."""

    z: Array
    p: Array
    losses: Mapping[str, LogitLoss]


@dataclass(frozen=True, slots=True, eq=False)
class LogitWalk:
    """One logit trained with a loss; both arrays begin before the first step."""

    p: Array  # the probability of the label 1
    loss: Array


@dataclass(frozen=True, slots=True, eq=False)
class LossRace:
    """Two logits with the same start, each trained with its own loss."""

    rate: float  # η, the same for both
    walks: Mapping[str, LogitWalk]

    @property
    def steps(self) -> int:
        """The number of steps that each logit has made."""
        return len(next(iter(self.walks.values())).p) - 1


@dataclass(frozen=True, slots=True, eq=False)
class ProbabilityLook:
    """The results for a logit in a scene, in float32; created by `engine.probabilities.observe`."""

    scene: ProbabilityScene
    z: float
    label: int
    p: float  # σ(z)
    odds: float  # P/(1 − P) = eᶻ
    losses: Mapping[str, LossAt]  # by the names in `engine.probabilities.LOSSES`
    curves: LogitCurves
    race: LossRace | None = None  # in the race scene

    @property
    def given(self) -> float:
        """The probability of the label."""
        return self.p if self.label else 1 - self.p

    def reached(self, walk: LogitWalk) -> Array:
        """Return the probability of the label at each step."""
        return walk.p if self.label else 1 - walk.p

    def passed(self, name: str) -> int | None:
        """Return the step of the race at which P of the label first exceeds 0.5 with this loss."""
        assert self.race is not None
        reached = self.reached(self.race.walks[name])
        return next((step for step, p in enumerate(reached) if p > 0.5), None)


def exact(value: float) -> str:
    """Return a number as text, or `exactly 0`."""
    return number(value) if value else "exactly 0"


def probability(p: float) -> str:
    """Return a probability as text; one that four digits round to 1 is written as 1 − rest."""
    if p in (0.0, 1.0):
        return f"exactly {p:g}"
    return f"1 − {number(1 - p, 2)}" if p > 0.99995 else number(p)


def equations(look: ProbabilityLook) -> tuple[Equation, ...]:
    """Return the formulas of the scene, line by line."""
    return tuple(_EQUATIONS[look.scene.name](look))


def _sigmoid(look: ProbabilityLook) -> list[Equation]:
    p, rest, power = number(look.p), number(1 - look.p), number(math.exp(-look.z))
    slope = number(look.p * (1 - look.p))
    return [
        Equation("z", "e⁻ᶻ", f"e^({number(-look.z, 2)})", power),
        Equation("to P", "P = 1/(1 + e⁻ᶻ)", f"1/(1 + {power})", p),
        Equation("the rest", "1 − P", f"1 − {p}", rest),
        Equation("slope", "dP/dz = P·(1 − P)", f"{p} · {rest}", slope),
    ]


def _odds(look: ProbabilityLook) -> list[Equation]:
    p, z, odds, power = map(number, (look.p, look.z, look.odds, math.exp(-look.z)))
    return [
        Equation("odds", "odds = P/(1 − P)", f"{p}/{number(1 - look.p)}", odds),
        Equation("log-odds", "z = ln(odds)", f"ln {odds}", z),
        Equation("back", "odds = eᶻ", f"e^({z})", odds),
        Equation("back", "P = 1/(1 + e⁻ᶻ)", f"1/(1 + {power})", p),
    ]


def _cross_entropy(look: ProbabilityLook) -> list[Equation]:
    p, loss = probability(look.p), number(look.losses[ENTROPY].loss)
    power = number(math.exp(-look.z if look.label else look.z))
    formula = "L = −ln P" if look.label else "L = −ln(1 − P)"
    inside = f"−ln {number(look.given)}" if look.label else f"−ln(1 − {p})"
    from_z = "L = ln(1 + e⁻ᶻ)" if look.label else "L = ln(1 + eᶻ)"
    return [
        Equation("forward", "P = σ(z)", f"σ({number(look.z, 2)})", p),
        Equation(f"label {look.label}", formula, inside, loss),
        Equation("from z", from_z, f"ln(1 + {power})", loss),
        Equation("a coin", "−ln ½", "−ln 0.5", number(math.log(2))),
    ]


def _gradients(look: ProbabilityLook) -> list[Equation]:
    entropy, squared = (look.losses[name].gradient for name in (ENTROPY, SQUARED))
    error, slope = look.p - look.label, number(look.p * (1 - look.p))
    twice, over = f"2·{factor(error)}·{slope}", f"{number(error)}/{factor(squared)}"
    ratio = number(entropy / squared, 2) if squared else "none"
    return [
        Equation("forward", "P = σ(z)", f"σ({number(look.z, 2)})", probability(look.p)),
        Equation("entropy", "∂L/∂z = P − y", f"{number(look.p)} − {look.label}", number(entropy)),
        Equation("squared", "2·(P − y)·P·(1 − P)", twice, number(squared)),
        Equation("ratio", "1/(2·P·(1 − P))", over, ratio),
    ]


def _race(look: ProbabilityLook) -> list[Equation]:
    race = look.race
    assert race is not None
    never = f"not above ½ in {race.steps:,} steps"
    lines = [Equation("update", "z ← z − η·∂L/∂z", "", f"η = {plain(race.rate)}")]
    names = (("entropy", "cross-entropy", ENTROPY), ("squared", "squared error", SQUARED))
    for phase, title, name in names:
        walk, step = race.walks[name], look.passed(name)
        over = f"above ½ at step {step:,}" if step is not None else ""
        reached = number(float(look.reached(walk)[-1]))
        lines += [
            Equation(phase, f"P({look.label}), {title}", over or never, reached),
            Equation("", f"L, {title}", "", number(float(walk.loss[-1]))),
        ]
    return lines


def _saturation(look: ProbabilityLook) -> list[Equation]:
    bce, logits = look.losses["BCELoss"], look.losses[ENTROPY]
    return [
        Equation("", "P = σ(z) in float32", "", probability(look.p)),
        Equation("", "BCELoss of P", "", number(bce.loss)),
        Equation("", "  its ∂L/∂z", "", exact(bce.gradient)),
        Equation("", "BCEWithLogitsLoss of z", "", number(logits.loss)),
        Equation("", "  its ∂L/∂z", "", exact(logits.gradient)),
    ]


_EQUATIONS = {
    "sigmoid": _sigmoid,
    "odds": _odds,
    "cross-entropy": _cross_entropy,
    "gradients": _gradients,
    "race": _race,
    "saturation": _saturation,
}
