"""The probabilities lab: one logit changed by keys, its curves, and a race of two losses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.equations import number, plain
from engine.probability_scenes import (
    ENTROPY,
    SCENES,
    SQUARED,
    ProbabilityLook,
    ProbabilityScene,
    equations,
)
from tui.labs.curves import CurvesLab, CurveState, keys, number_in, shared_keys, within
from tui.labs.interactive import tempo_keys

if TYPE_CHECKING:
    from engine.probabilities import RunningRace
    from tui.charts.canvas import Canvas
    from tui.charts.style import ChartStyle

LAST = 2000
"""The last step of a race."""
MOST = 1000.0
"""The largest learning rate accepted."""
TYPE = "Type where the point shall stand: z = 2, P = 0.9, odds = 9, y = 0"
FADED = 0.5
"""Below this share of the true gradient, that of BCELoss counts as lost."""
FLAT = 0.1
"""If the label's probability is below this, the gradient of squared error is below 0.17."""
PARTED = 0.01
"""The difference from which on two losses count as different."""


@dataclass(frozen=True, slots=True)
class ProbabilityInput:
    """The values set by the learner."""

    z: float
    label: int = 1
    rate: float = 1.0


class ProbabilityState(CurveState):
    """The state of a logit; in the race, of two logits with the same start."""

    SCENES = SCENES
    OTHER_NAMES = {"probability": "P", "prob": "P", "logit": "z", "label": "y", "lr": "rate"}
    OTHER_NAMES |= {"learning_rate": "rate", "odd": "odds"}

    scene: ProbabilityScene
    look: ProbabilityLook
    given: ProbabilityInput

    def reset(self) -> None:
        self.by_hand = False
        self.apply(ProbabilityInput(self.scene.start))

    @property
    def racing(self) -> bool:
        """Whether the scene is a race, which has steps."""
        return self.scene.name == "race"

    @property
    def text(self) -> str:
        digits = 5 if self.scene.moves == "P" else 4
        return f"{self.scene.moves} = {plain(round(self.at, digits))}"

    @property
    def at(self) -> float:
        return self.given.z if self.scene.moves == "z" else _sigmoid(self.given.z)

    @property
    def ends(self) -> tuple[float, float]:
        if self.scene.moves == "P":
            return self.scene.small, 1 - self.scene.small
        return -self.scene.reach, self.scene.reach

    def put(self, at: float) -> None:
        z = at if self.scene.moves == "z" else _log_odds(at)
        self.apply(replace(self.given, z=z))

    def flip(self) -> None:
        """Use the other label."""
        self.by_hand = True
        self.apply(replace(self.given, label=1 - self.given.label))

    @property
    def ended(self) -> bool:
        race = self.look.race
        return super().ended if race is None else race.steps >= LAST

    def step(self) -> bool:
        """Make a step of the race, or a stride to the right."""
        if self._race is None:
            return super().step()
        if not self.ended:
            self._race.step()
            self._observe()
            return True
        return False

    def rewind(self) -> None:
        """Go back before the first step of the race, or to the left limit."""
        if self.racing:
            self.apply(self.given)
        else:
            super().rewind()

    @property
    def names(self) -> Sequence[str]:
        label, rate = ["y"] * self.scene.labelled, ["rate"] * self.racing
        return ["z", "P", "odds", *label, *rate]

    def parse(self, name: str, value: str) -> ProbabilityInput:
        given, reach = self.given, self.scene.reach
        there, far = number_in(value, f"{self.text} or odds = 9"), min(self.scene.reach, 16)
        match name:
            case "z":
                wider = "" if reach > 8 else "; the scene saturation goes further"
                limits = f"z goes from {plain(-reach)} to {plain(reach)} here{wider}"
                return replace(given, z=within(there, -reach, reach, limits))
            case "P":
                low, high = _sigmoid(-far), _sigmoid(far)
                limits = f"P goes from {low:.2g} to {high:.8g} here: at 0 and 1 z is infinite"
                return replace(given, z=_log_odds(within(there, low, high, limits)))
            case "odds":
                low, high = math.exp(-far), math.exp(far)
                limits = f"odds go from {low:.2g} to {high:,.0f} here"
                return replace(given, z=math.log(within(there, low, high, limits)))
            case "y":
                if there not in (0, 1):
                    raise ValueError("a label is 0 or 1")
                return replace(given, label=int(there))
        if not 0 < there <= MOST:
            raise ValueError(f"the learning rate is above 0 and at most {MOST:,.0f}")
        return replace(given, rate=there)

    def apply(self, given: ProbabilityInput) -> None:
        """Use these values; a race starts again."""
        self.given = given
        self._race: RunningRace | None = None
        if self.racing:
            from engine.probabilities import RunningRace  # imports torch

            self._race = RunningRace(given.z, given.label, given.rate)
        self._observe()

    def _observe(self) -> None:
        if not self.observed:
            return
        from engine.probabilities import observe

        race = self._race.look() if self._race is not None else None
        self.look = observe(self.scene, self.given.z, self.given.label, race)


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _log_odds(p: float) -> float:
    return math.log(p / (1 - p))


def _describe_sigmoid(look: ProbabilityLook) -> str:
    z = plain(round(look.z, 2))
    if abs(look.z) < 0.05:
        return (
            "z = 0 knows nothing: P is a half, as for a coin. Here the curve is steepest, "
            "with a slope of 0.25."
        )
    likelier = "1" if look.z > 0 else "0"
    if abs(look.z) > 4:
        return (
            f"z = {z}: almost surely a {likelier}, and the curve is nearly flat: a whole step of "
            f"z changes P by less than {'0.02' if abs(look.z) > 5 else '0.05'}."
        )
    return (
        f"z = {z}: a {likelier} is likelier. Any number will do for z; σ squeezes it between 0 "
        "and 1. At −z the two answers change places."
    )


def _odds(look: ProbabilityLook) -> str:
    if abs(look.z) < 0.02:
        return "Even odds, 1 to 1: P is a half, and z is 0."
    odds, label = (look.odds, 1) if look.z > 0 else (1 / look.odds, 0)
    return (
        f"Odds of {number(odds, 2)} to 1 for label {label}. z counts them in steps that "
        "multiply: one more z makes the odds e = 2.718 times as large."
    )


def _cross_entropy(look: ProbabilityLook) -> str:
    coins = -math.log2(look.given)
    verdict = "right" if look.given > 0.5 else "wrong" if look.given < 0.5 else "undecided"
    return (
        f"The label is {look.label}, and P gave it {number(look.given, 3)}: {verdict}. The loss "
        f"is the surprise: that of {number(coins, 1)} coins that all show heads. Sure and wrong "
        "has no upper limit."
    )


def _gradients(look: ProbabilityLook) -> str:
    entropy, squared = (abs(look.losses[name].gradient) for name in (ENTROPY, SQUARED))
    if look.given > 0.5:
        return (
            "Right already: both gradients grow small, as they should. Go to the other side, "
            "where the answer is wrong."
        )
    if look.given > 0.1:
        wrong = "Wrong, but not sure" if look.given < 0.5 else "Undecided"
        return (
            f"{wrong}: cross-entropy pulls with {number(entropy, 2)}, squared error "
            f"with {number(squared, 2)}. Be more wrong, and compare."
        )
    return (
        f"Wrong and sure of it: cross-entropy pulls with {number(entropy, 3)}, squared error only "
        f"with {number(squared, 4)}, for its gradient has P·(1 − P) in it, the slope of the "
        "curve, which is flat here."
    )


def _race(look: ProbabilityLook) -> str:
    race = look.race
    assert race is not None
    if race.steps == 0:
        return (
            f"Both logits start at z = {plain(round(look.z, 2))}, where label {look.label} gets "
            f"P = {number(look.given, 4)}. s makes one step of each, space lets them run."
        )
    entropy, squared = look.passed(ENTROPY), look.passed(SQUARED)
    if entropy == squared == 0:
        return (
            f"Label {look.label} had more than a half at the start: there is little to learn. "
            "The key a takes the other label, and then both begin wrong."
        )
    if entropy is not None and squared is not None:
        why = "Start farther out on the wrong side, and only the first still moves at once."
        if squared > 2 * entropy and look.given < FLAT:
            why = "It was hardly moving while it was most wrong."
        return (
            f"Above a half at step {entropy:,} with cross-entropy, at step {squared:,} with "
            f"squared error. {why}"
        )
    if entropy is None:
        return "Each logit follows the gradient of its own loss, at the same rate."
    if look.reached(race.walks[SQUARED])[-1] < FLAT:
        creeps = "still creeps: it is so wrong that its curve is flat"
    else:
        creeps = "is on its way: its curve has become steep"
    return f"Cross-entropy is past a half since step {entropy:,}. Squared error {creeps}."


def _saturation(look: ProbabilityLook) -> str:
    bce, logits = look.losses["BCELoss"], look.losses[ENTROPY]
    if abs(logits.gradient) < FADED:
        return (
            f"Label {look.label} and z agree: there is nothing to learn, and both gradients say "
            "so. Go to the other side, far out."
        )
    if look.p in (0.0, 1.0):
        rounded = f"In float32 P is exactly {look.p:g}"
        return (
            f"{rounded}, the logarithm is −∞, and BCELoss cuts it off at −100. Its gradient is "
            f"0: never to be unlearnt. From z, the loss is {number(logits.loss, 2)} and pulls on."
        )
    if abs(bce.gradient) < FADED * abs(logits.gradient):
        return (
            f"The losses agree, but BCELoss pulls with {number(bce.gradient, 2)} only: on its way "
            "back P·(1 − P) is divided by P·(1 − P), and by no less than 10⁻¹²."
        )
    if abs(bce.loss - logits.loss) > PARTED:
        return (
            "Wrong, and the losses begin to part: next to 1 float32 has few numbers left, and P "
            "has been rounded to one of them. A little farther out it is 1."
        )
    wrong = "Undecided" if look.given == 0.5 else "Wrong"
    return f"{wrong}, and both see it: the same loss, and the same gradient. Go farther out."


_DESCRIPTIONS = {
    "sigmoid": _describe_sigmoid,
    "odds": _odds,
    "cross-entropy": _cross_entropy,
    "gradients": _gradients,
    "race": _race,
    "saturation": _saturation,
}


def describe(look: ProbabilityLook) -> str:
    """Return a description of the scene now, in a sentence or two."""
    return _DESCRIPTIONS[look.scene.name](look)


class ProbabilitiesLab(CurvesLab[ProbabilityState]):
    """The lab with six scenes of one logit."""

    equations = staticmethod(equations)
    describe = staticmethod(describe)

    BINDINGS = [
        *keys(
            "probabilities",
            [
                ("left", "move(-1)", "go", "left", "A little to the left"),
                ("right", "move(1)", "go", "right", "A little to the right"),
                ("h,pageup,shift+left", "far(-1)", "far", "far-left", "Farther to the left"),
                ("l,pagedown,shift+right", "far(1)", "far", "far-right", "Farther to the right"),
                ("home", "end(-1)", "start", "home", "To the left end"),
                ("end", "end(1)", "end", "end", "To the right end"),
                ("space", "play", "play", "play", "Let the point wander, or the race run; or hold"),
                ("s", "step", "step", "step", "One step of the race"),
                ("a", "flip", "label", "label", "Another label: 1 or 0"),
            ],
        ),
        *shared_keys("probabilities", TYPE),
        *tempo_keys("probabilities"),
    ]

    def make_state(self, *, observed: bool = True) -> ProbabilityState:
        return ProbabilityState(self.presets.current.name, observed=observed)

    def can(self, action: str) -> bool | None:
        """Allow steps only in a race, and a label only with a loss."""
        if action == "flip":
            return self.state.scene.labelled
        return action != "step" or self.state.racing

    def action_flip(self) -> None:
        self.change(self.state.flip)

    @property
    def progress(self) -> str:
        look = self.state.look
        label = f" · label {look.label}" if look.scene.labelled else ""
        steps = f" · step {look.race.steps:,}" if look.race is not None else ""
        return f"{self.state.text}{label}{steps}"

    @property
    def idle(self) -> str:
        return "s: one step · space: run" if self.state.racing else "← → h l: move the point"

    def draw(self, width: int, height: int, style: ChartStyle) -> Canvas:
        from tui.charts.probability import draw  # imports numpy

        return draw(self.state.look, width, height, style)
