"""The lesson Probabilities: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.probability_scenes import SCENES
from lessons.lesson import Challenge, Lesson, Preset

if TYPE_CHECKING:
    from engine.probability_scenes import ProbabilityLook

ENTROPY, SQUARED = "BCEWithLogitsLoss", "squared error"
SURE = 0.9


def nine_to_one(look: ProbabilityLook) -> bool:
    """Whether the odds are 9 in the scene of odds."""
    return look.scene.name == "odds" and abs(look.odds - 9) < 0.1


def asleep(look: ProbabilityLook) -> bool:
    """Whether P is wrong and squared error has a hundredth of cross-entropy's gradient."""
    if look.scene.name != "gradients" or look.given > 0.5:
        return False
    entropy, squared = (abs(look.losses[name].gradient) for name in (ENTROPY, SQUARED))
    return entropy >= 100 * squared


def arrived(look: ProbabilityLook) -> bool:
    """Whether both logits of a race from a wrong start give the label more than 0.9."""
    if look.race is None or look.given > 1 - SURE:
        return False
    return all(float(look.reached(walk)[-1]) > SURE for walk in look.race.walks.values())


def lost(look: ProbabilityLook) -> bool:
    """Whether P is wrong and the gradient of BCELoss is exactly 0."""
    if look.scene.name != "saturation":
        return False
    bce, logits = look.losses["BCELoss"], look.losses[ENTROPY]
    return bce.gradient == 0 and abs(logits.gradient) > 0.5


CHALLENGES = (
    Challenge(
        "nine",
        "odds: set them to 9 to 1",
        "Nine times yes for one time no: how many of ten are that?",
        check=nine_to_one,
        solution={"scene": "odds", "typed": "odds = 9"},
    ),
    Challenge(
        "asleep",
        "gradients: make them 100 to 1",
        "The one gradient over the other is 1/(2·P·(1 − P)). Where is it large, with the "
        "answer wrong?",
        check=asleep,
        solution={"scene": "gradients", "typed": "z = -6"},
    ),
    Challenge(
        "arrived",
        "race: get both from 0.1 to 0.9",
        "From −6 squared error hardly moves. Take a nearer start with the arrow keys, or type "
        "a larger rate.",
        check=arrived,
        solution={"scene": "race", "typed": "rate = 5", "steps": 60},
    ),
    Challenge(
        "lost",
        "saturation: lose a gradient",
        "In float32 the numbers below 1 end sooner than those above 0. Which label meets "
        "that end first?",
        check=lost,
        solution={"scene": "saturation", "typed": "y = 0; z = 17"},
    ),
)

LESSON = Lesson(
    slug="probabilities",
    title="Probabilities",
    minutes=20,
    lab="probabilities",
    source="engine.probabilities",
    presets=tuple(Preset(scene.name, scene.title) for scene in SCENES.values()),
    challenges=CHALLENGES,
)
