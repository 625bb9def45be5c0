"""The lesson Softmax: presets, controls and challenges."""

from __future__ import annotations

import math

from engine.softmax_scenes import SCENES, SoftmaxLook
from lessons.lesson import Challenge, Lesson, Preset

EVEN = 0.005
SURE = 0.999
SMALL = 0.01


def even(look: SoftmaxLook) -> bool:
    """Whether all classes are equally likely, with no logit near 0."""
    if look.scene.name != "bars" or min(abs(z) for z in look.z) < 0.5:
        return False
    return all(abs(p - 1 / len(look.p)) < EVEN for p in look.p)


def sharpened(look: SoftmaxLook) -> bool:
    """Whether one class is almost certain because of the temperature alone."""
    return look.scene.name == "temperature" and max(look.p) > SURE > 0.9 > max(look.plain)


def learnt(look: SoftmaxLook) -> bool:
    """Whether steps against the gradient have made it almost 0."""
    if look.scene.name != "cross-entropy" or not look.steps:
        return False
    return max(abs(slope) for slope in look.gradient) < SMALL


def overflown(look: SoftmaxLook) -> bool:
    """Whether the formula gives nan, the logarithm of P gives −∞, and log_softmax is finite."""
    if look.scene.name != "overflow":
        return False
    safe, finished, formula = (look.ways[w] for w in ("log_softmax", "ln(softmax)", "ln(eᶻ/Σeᶻ)"))
    return (
        any(map(math.isnan, formula))
        and any(map(math.isinf, finished))
        and all(map(math.isfinite, safe))
    )


CHALLENGES = (
    Challenge(
        "even",
        "bars: make P equal, z far from 0",
        "What has to be equal, and does it matter what to? Type z = [...].",
        check=even,
        solution={"scene": "bars", "typed": "z = [3, 3, 3, 3]"},
    ),
    Challenge(
        "sharpened",
        "temperature: get one P > 0.999",
        "Differences of logits are divided by T. Should it be above 1, or below?",
        check=sharpened,
        solution={"scene": "temperature", "typed": "T = 0.1"},
    ),
    Challenge(
        "learnt",
        "cross-entropy: |∂L/∂z| < 0.01",
        "s goes one step against it, space goes on. The closer P is to y, the smaller the "
        "steps: have patience, or find ] for the pace.",
        check=learnt,
        solution={"scene": "cross-entropy", "steps": 120},
    ),
    Challenge(
        "overflown",
        "overflow: make two of three fail",
        "The formula fails once e to the power of a logit is too large; ln(softmax) fails "
        "for a class that lies 104 below the largest.",
        check=overflown,
        solution={"scene": "overflow", "typed": "cat = 100"},
    ),
)

LESSON = Lesson(
    slug="softmax",
    title="Softmax",
    minutes=20,
    lab="softmax",
    source="engine.softmax",
    presets=tuple(Preset(scene.name, scene.title) for scene in SCENES.values()),
    challenges=CHALLENGES,
)
