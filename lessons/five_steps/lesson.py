"""The settings of the five steps; knows no torch, no loop and no screen."""

from __future__ import annotations

from engine.config import Setting
from lessons.controls import MOMENTUM, SEEDS, UNITS
from lessons.five_steps.challenges import CHALLENGES
from lessons.five_steps.questions import QUESTIONS
from lessons.lesson import Control, Preset, TrainingLesson

WAVE: dict[str, Setting] = {"model": "wave", "turn": "update", "learning_rate": 0.05, "epochs": 200}
"""A model of two weights, whose loss is a map."""

PRESETS = (
    Preset(
        name="one-by-one",
        title="one network, one of five steps at a time",
        predict_at=(-2.0, 1.0, 4.0),
        pace=2,
    ),
    Preset(
        name="seeds",
        title="two units, four seeds: two ways to end",
        settings={"compare": "seeds", "units": 2, "turn": "update", "epochs": 2000},
        predict_at=(-2.0, 1.0),
        pace=200,
    ),
    Preset(
        name="bent-lines",
        title="ReLU: lines with a few bends",
        settings={
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
        name="optimizers",
        title="two weights, one start, four ways down",
        settings={**WAVE, "compare": "optimizers", "initial_w": -1.0, "initial_b": -0.5},
        predict_at=(-2.0, 1.0),
        pace=10,
    ),
    Preset(
        name="starts",
        title="two weights, four starts",
        settings={**WAVE, "compare": "seeds", "optimizer": "sgd"},
        predict_at=(-2.0, 1.0),
        pace=20,
    ),
    Preset(
        name="race",
        title="four optimizers, one network",
        settings={"compare": "optimizers", "turn": "update", "epochs": 1000},
        predict_at=(-2.0, 1.0),
        pace=100,
    ),
)

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
        help="How far one step goes; for Adam and RMSprop about the step itself.",
    ),
    Control(
        name="turn",
        label="one turn is",
        ladder=("stage", "update"),
        help="What s makes: one stage of the five, or an update with all of them.",
    ),
    Control(
        name="compare",
        label="compare",
        ladder=("nothing", "seeds", "optimizers"),
        help="What four models differ in; for nothing there is one.",
    ),
    Control(
        name="model",
        label="model",
        ladder=("network", "wave"),
        help="A network with a hidden layer, or sin(w·x + b), whose loss is a map.",
    ),
    Control(
        name="units",
        label="units",
        ladder=UNITS,
        help="How many units the hidden layer has: how many bends the curve can take.",
        only_with=("model", "network"),
    ),
    Control(
        name="activation",
        label="activation",
        ladder=("tanh", "relu", "sigmoid"),
        help="What bends the outputs of the hidden layer.",
        only_with=("model", "network"),
    ),
    Control(
        name="optimizer",
        label="optimizer",
        ladder=("sgd", "momentum", "rmsprop", "adam"),
        help="What moves the weights; where optimizers are compared, each has its own.",
    ),
    MOMENTUM,
    Control(
        name="initial_w",
        label="initial w",
        ladder=(None, -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0),
        help="Where w starts; random leaves it to nn.Linear.",
        only_with=("model", "wave"),
    ),
    Control(
        name="initial_b",
        label="initial b",
        ladder=(None, -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0),
        help="Where b starts; random leaves it to nn.Linear.",
        only_with=("model", "wave"),
    ),
    Control(
        name="epochs",
        label="epochs",
        ladder=(50, 100, 200, 500, 1000, 2000, 5000, 10_000),
        help="How many updates there are; each uses all the points.",
    ),
    Control(
        name="frequency",
        label="frequency",
        ladder=(0.5, 1.0, 1.5, 2.0, 3.0, 5.0),
        help="How fast the curve behind the points swings.",
    ),
    Control(
        name="noise",
        label="noise",
        ladder=(0.0, 0.05, 0.1, 0.2, 0.5, 1.0),
        help="How far the points are scattered around the curve: a standard deviation.",
    ),
    Control(
        name="points",
        label="points",
        ladder=(5, 10, 20, 40, 100, 200, 500),
        help="How many points there are.",
    ),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which noise and which first weights are drawn.",
    ),
)

LESSON = TrainingLesson(
    slug="five-steps",
    title="The five steps",
    summary="data, model, loss, optimizer, loop",
    minutes=25,
    source="engine.trainers.five_steps",
    trainer="FiveSteps",
    pace=2,
    charts=("stages", "fits", "walks"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
