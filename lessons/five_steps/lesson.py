"""The lesson The five steps: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.config import Setting
from engine.frame import Frame, State
from lessons.controls import MOMENTUM, SEEDS, UNITS
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.pictures import FitsPicture

WAVE: dict[str, Setting] = {"model": "wave", "turn": "update", "learning_rate": 0.05, "epochs": 200}
"""The settings of a model with two weights, whose loss is a map."""

PRESETS = (
    Preset(
        "one-by-one",
        "one network, one of five steps at a time",
        predict_at=(-2.0, 1.0, 4.0),
        pace=2,
    ),
    Preset(
        "seeds",
        "four seeds, two units: two ways to end",
        {"compare": "seeds", "units": 2, "turn": "update", "epochs": 2000},
        predict_at=(-2.0, 1.0),
        pace=200,
    ),
    Preset(
        "bent-lines",
        "ReLU: lines with a few bends",
        {
            "compare": "seeds",
            "units": 4,
            "activation": "relu",
            "turn": "update",
            "epochs": 2000,
        },
        predict_at=(-2.0, 1.0),
        pace=200,
    ),
    Preset(
        "optimizers",
        "two weights, one start, four ways down",
        {**WAVE, "compare": "optimizers", "initial_w": -1.0, "initial_b": -0.5},
        predict_at=(-2.0, 1.0),
        pace=10,
    ),
    Preset(
        "starts",
        "two weights, four starts",
        {**WAVE, "compare": "seeds", "optimizer": "sgd"},
        predict_at=(-2.0, 1.0),
        pace=20,
    ),
    Preset(
        "race",
        "four optimizers, one network",
        {"compare": "optimizers", "turn": "update", "epochs": 1000},
        predict_at=(-2.0, 1.0),
        pace=100,
    ),
)

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
        "How far one step goes; for Adam and RMSprop about the step itself.",
    ),
    Control(
        "turn",
        ("stage", "update"),
        "What s makes: one stage of the five, or an update with all of them.",
        label="one turn",
    ),
    Control(
        "compare",
        ("nothing", "seeds", "optimizers"),
        "What four models differ in; for nothing there is one.",
    ),
    Control(
        "model",
        ("network", "wave"),
        "A network with a hidden layer, or sin(w·x + b), whose loss is a map.",
    ),
    Control(
        "units",
        UNITS,
        "How many units the hidden layer has: how many bends the curve can take.",
        only_with=("model", "network"),
    ),
    Control(
        "activation",
        ("tanh", "relu", "sigmoid"),
        "What bends the outputs of the hidden layer.",
        only_with=("model", "network"),
    ),
    Control(
        "optimizer",
        ("sgd", "momentum", "rmsprop", "adam"),
        "What moves the weights; where optimizers are compared, each has its own.",
    ),
    MOMENTUM,
    Control(
        "initial_w",
        (None, -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0),
        "Where w starts; random leaves it to nn.Linear.",
        only_with=("model", "wave"),
    ),
    Control(
        "initial_b",
        (None, -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0),
        "Where b starts; random leaves it to nn.Linear.",
        only_with=("model", "wave"),
    ),
    Control(
        "epochs",
        (50, 100, 200, 500, 1000, 2000, 5000, 10_000),
        "How many updates there are; each uses all the points.",
    ),
    Control(
        "frequency", (0.5, 1.0, 1.5, 2.0, 3.0, 5.0), "How fast the curve behind the points swings."
    ),
    Control(
        "noise",
        (0.0, 0.05, 0.1, 0.2, 0.5, 1.0),
        "How far the points are scattered around the curve: a standard deviation.",
    ),
    Control("points", (5, 10, 20, 40, 100, 200, 500), "How many points there are."),
    Control("seed", SEEDS, "Which noise and which first weights are drawn."),
)

ARRIVED, STUCK = 0.05, 0.3
"""Losses on the curve of the lesson: the noise alone leaves 0.009, the next valley 0.496."""
ALIKE, APART = 0.01, 20
OWN = {"points": 40, "frequency": 1.5, "noise": 0.1}


def far_apart(frame: Frame) -> bool:
    """Whether networks that differ only in their seed end at losses 20 times apart."""
    losses = _losses(frame, "network", "seeds").values()
    return len(losses) > 0 and max(losses) >= APART * min(losses)


def all_alike(frame: Frame) -> bool:
    """Whether networks from four seeds all reach the loss that the noise leaves."""
    losses = _losses(frame, "network", "seeds").values()
    return len(losses) > 0 and max(losses) < ALIKE


def out_of_the_valley(frame: Frame) -> bool:
    """Whether momentum reaches the least loss, and SGD stays in another valley."""
    losses = _losses(frame, "wave", "optimizers")
    return losses.get("momentum", 1) < ARRIVED and losses.get("SGD", 0) > STUCK


def upset(frame: Frame) -> bool:
    """Whether plain SGD reaches the least loss, and Adam from the same start does not."""
    losses = _losses(frame, "wave", "optimizers")
    return losses.get("SGD", 1) < ARRIVED and losses.get("Adam", 0) > STUCK


def _losses(frame: Frame, model: str, compare: str) -> Mapping[str, float]:
    """Return the final losses of such a run on the lesson's own curve; otherwise nothing."""
    settings = frame.settings
    asked = {**OWN, "model": model, "compare": compare}
    own = all(settings.get(name) == value for name, value in asked.items())
    if not own or frame.state is not State.FINISHED or frame.step < 100:
        return {}
    losses = {walk.name: walk.loss for walk in cast("FitsPicture", frame.picture).walks}
    return losses if all(loss < float("inf") for loss in losses.values()) else {}


CHALLENGES = (
    Challenge(
        "apart",
        "seeds: get losses 20 times apart",
        "The preset seeds comes near. Choose another seed: each draws four networks.",
        check=far_apart,
        solution={"compare": "seeds", "units": 2, "seed": 2, "learning_rate": 0.1, "epochs": 500},
    ),
    Challenge(
        "alike",
        "seeds: get all four below 0.01",
        "What could more units, and more epochs, do for all of them?",
        check=all_alike,
        solution={"compare": "seeds", "units": 3, "epochs": 2000},
    ),
    Challenge(
        "valley",
        "let momentum arrive, but not SGD",
        "The preset optimizers: how fast must one roll to get over the next ridge?",
        check=out_of_the_valley,
        solution={
            **WAVE,
            "compare": "optimizers",
            "learning_rate": 0.1,
            "initial_w": -1.0,
            "initial_b": -0.5,
        },
    ),
    Challenge(
        "upset",
        "let SGD arrive, but not Adam",
        "The preset optimizers, from another start: set initial w and b. There are few such "
        "starts; What goes wrong, at the end of the page, names one.",
        check=upset,
        solution={**WAVE, "compare": "optimizers", "initial_w": 2.0, "initial_b": 2.0},
    ),
)

LESSON = TrainingLesson(
    slug="five-steps",
    title="The five steps",
    minutes=25,
    source="engine.trainers.five_steps",
    trainer="FiveSteps",
    pace=2,
    charts=("stages", "fits", "walks"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
