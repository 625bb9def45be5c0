"""The lesson Gradient descent by hand: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.controls import SEEDS
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.pictures import LinePicture

PRESETS = (
    Preset("seed", "the original: three samples of y = 2x", predict_at=(4.0,)),
    Preset(
        "zigzag",
        "jumps over its goal, and arrives",
        {"learning_rate": 0.15, "epochs": 20},
        predict_at=(4.0,),
    ),
    Preset("runaway", "every epoch ends farther away", {"learning_rate": 0.25}, predict_at=(4.0,)),
    Preset(
        "noisy",
        "ten noisy samples: w never rests",
        {"points": 10, "noise": 2.0, "learning_rate": 0.002},
        predict_at=(4.0,),
    ),
    Preset("intercept", "a line that w·x cannot follow", {"intercept": 3.0}, predict_at=(4.0,)),
)

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0),
        "How far each step goes against the gradient.",
    ),
    Control(
        "initial_w",
        (-10.0, -5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0, 10.0),
        "Where the weight stands before the first step.",
    ),
    Control(
        "epochs",
        (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
        "How many times the training passes over the data; each sample is one step.",
    ),
    Control(
        "points",
        (1, 2, 3, 5, 10, 20),
        "How many samples there are, at x = 1, 2, 3 and so on.",
        label="samples",
    ),
    Control(
        "slope",
        (-5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 5.0),
        "The slope of the line behind the samples, which w should find.",
        label="true slope",
    ),
    Control(
        "intercept",
        (-5.0, -3.0, -1.0, 0.0, 1.0, 3.0, 5.0),
        "The height of that line at x = 0; the model has nothing to match it with.",
        label="true intercept",
    ),
    Control(
        "noise",
        (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
        "How far the samples are scattered around the line: a standard deviation.",
    ),
    Control(
        "seed", SEEDS, "Which noise is drawn; without noise every seed gives the same samples."
    ),
)


def overshoots_and_arrives(frame: Frame) -> bool:
    """Whether the weight, from 1 to 2, went beyond 2.3 and has come to rest at 2."""
    picture = cast("LinePicture | None", frame.picture)
    if picture is None or not _exact(frame):
        return False
    if (_number(frame, "initial_w"), _number(frame, "slope")) != (1, 2):
        return False
    walked = picture.path[:, 0]
    # The last four positions: a single one may be a pass through 2.
    return bool(walked.max() > 2.3 and abs(walked[-4:] - 2).max() < 0.002)


def lands_at_once(frame: Frame) -> bool:
    """Whether the loss is 0 by the fourth step, from a start away from the minimum."""
    if not _exact(frame) or "learning_rate" in frame.changed:
        return False
    if abs(_number(frame, "initial_w") - _number(frame, "slope")) < 0.5:
        return False
    step = frame.history.first_below(1e-6)
    return step is not None and step <= 4


def diverges_by_the_data(frame: Frame) -> bool:
    """Whether the loss diverged at the lesson's learning rate."""
    untouched = _number(frame, "learning_rate") == 0.01 and not frame.changed
    return frame.state is State.DIVERGED and untouched


def _exact(frame: Frame) -> bool:
    """Whether some w fits every sample, so that the loss can become 0."""
    return frame.settings.get("noise") == 0 and frame.settings.get("intercept") == 0


def _number(frame: Frame, name: str) -> float:
    value = frame.settings.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


CHALLENGES = (
    Challenge(
        "sign",
        "say what the sign of ∂L/∂w means",
        "Start once from w = 1 and once from w = 3, press s, and compare the two gradients.",
        question="sign",
    ),
    Challenge(
        "overshoot",
        "let w pass 2.3 and settle at 2",
        "The preset zigzag goes beyond 2.1; from w = 1, a little more rate goes farther.",
        check=overshoots_and_arrives,
        solution={"learning_rate": 0.195},
    ),
    Challenge(
        "diverge",
        "make it diverge at rate 0.01",
        "A sample multiplies the distance by 1 − 2·η·x²: if η may not grow, what may?",
        check=diverges_by_the_data,
        solution={"points": 20},
    ),
    Challenge(
        "dead-on",
        "get loss < 0.000001 by step 4",
        "Type a rate for which 1 − 2·η·x² is zero at one of the three samples.",
        check=lands_at_once,
        solution={"learning_rate": 0.5},
    ),
)

LESSON = TrainingLesson(
    slug="gradient-by-hand",
    title="Gradient descent by hand",
    minutes=15,
    source="engine.trainers.gradient_by_hand",
    trainer="GradientByHand",
    pace=2,
    charts=("fit", "valley"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
