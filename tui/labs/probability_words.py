"""What a scene of one logit shows at this moment, in a sentence or two; knows no widget."""

from __future__ import annotations

import math

from engine.equations import number, plain
from engine.probabilities.equations import SQUARED
from engine.probabilities.look import Look

ENTROPY = "BCEWithLogitsLoss"
FADED = 0.5
"""Below this share of the true gradient, the one of BCELoss counts as lost."""
FLAT = 0.1
"""Where the label has less than this, squared error hardly moves: its gradient is below 0.17."""
PARTED = 0.01
"""Losses that differ by more are seen to differ."""


def said(look: Look) -> str:
    """What there is to see."""
    return _SCENES[look.scene.name](look)


def _sigmoid(look: Look) -> str:
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


def _odds(look: Look) -> str:
    if abs(look.z) < 0.02:
        return "Even odds, 1 to 1: P is a half, and z is 0."
    odds, label = (look.odds, 1) if look.z > 0 else (1 / look.odds, 0)
    return (
        f"Odds of {number(odds, 2)} to 1 for label {label}. z counts them in steps that "
        "multiply: one more z makes the odds e = 2.718 times as large."
    )


def _cross_entropy(look: Look) -> str:
    coins = -math.log2(look.given)
    verdict = "right" if look.given > 0.5 else "wrong" if look.given < 0.5 else "undecided"
    return (
        f"The label is {look.label}, and P gave it {number(look.given, 3)}: {verdict}. The loss "
        f"is the surprise, as great as at {number(coins, 1)} coins that all show heads. Sure "
        "and wrong has no upper limit."
    )


def _gradients(look: Look) -> str:
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


def _race(look: Look) -> str:
    race = look.race
    assert race is not None
    if race.steps == 0:
        return (
            f"Both logits start at z = {plain(round(look.z, 2))}, where label {look.label} gets "
            f"P = {number(look.given, 4)}. s makes one step of each, space lets them run."
        )
    entropy, squared = (_first(look, name) for name in (ENTROPY, SQUARED))
    if entropy == squared == 0:
        return (
            f"Label {look.label} had more than a half at the start: there is little to learn. "
            "The key a takes the other label, and then both begin wrong."
        )
    if entropy is not None and squared is not None:
        return (
            f"Above a half at step {entropy:,} with cross-entropy, at step {squared:,} with "
            f"squared error. {_why(look, entropy, squared)}"
        )
    if entropy is None:
        return "Each logit follows the gradient of its own loss, at the same rate."
    if look.reached(race.walks[SQUARED])[-1] < FLAT:
        creeps = "still creeps: it is so wrong that its curve is flat"
    else:
        creeps = "is on its way: its curve has become steep"
    return f"Cross-entropy is past a half since step {entropy:,}. Squared error {creeps}."


def _why(look: Look, entropy: int, squared: int) -> str:
    """What made the one later than the other, if it was."""
    if squared > 2 * entropy and look.given < FLAT:
        return "It was hardly moving while it was most wrong."
    return "Start farther out on the wrong side, and only the first still moves at once."


def _first(look: Look, name: str) -> int | None:
    """The step at which the label first had more than a half."""
    assert look.race is not None
    reached = look.reached(look.race.walks[name])
    return next((step for step, p in enumerate(reached) if p > 0.5), None)


def _saturation(look: Look) -> str:
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


_SCENES = {
    "sigmoid": _sigmoid,
    "odds": _odds,
    "cross-entropy": _cross_entropy,
    "gradients": _gradients,
    "race": _race,
    "saturation": _saturation,
}
