"""The settings of the decision boundary; knows no torch, no loop and no screen."""

from __future__ import annotations

from lessons.controls import MOMENTUM, SEEDS, UNITS
from lessons.decision_boundary.challenges import CHALLENGES
from lessons.decision_boundary.questions import QUESTIONS
from lessons.lesson import Control, Preset, TrainingLesson

PRESETS = (
    Preset(
        name="clouds",
        title="two clouds, stop above 99%",
        predict_at=(0.0, 2.0),
    ),
    Preset(
        name="endless",
        title="the same clouds, and no stop",
        settings={"learning_rate": 0.1, "epochs": 10_000, "stop_above": 1.0},
        predict_at=(0.0, 2.0),
    ),
    Preset(
        name="overlap",
        title="clouds that overlap: a best line",
        settings={"data": "overlap", "learning_rate": 0.1, "epochs": 2000, "stop_above": 1.0},
        predict_at=(0.0, 2.0),
    ),
    Preset(
        name="moons",
        title="two crescents and a small network",
        settings={"data": "moons", "learning_rate": 0.1, "hidden_layers": 1},
        predict_at=(0.0,),
    ),
    Preset(
        name="circles",
        title="a ring: three units draw three lines",
        settings={"data": "circles", "learning_rate": 0.1, "hidden_layers": 1, "units": 3},
        predict_at=(0.0,),
    ),
    Preset(
        name="xor",
        title="four quadrants: no line will do",
        settings={"data": "xor", "learning_rate": 0.1},
        predict_at=(0.0,),
    ),
    Preset(
        name="spiral",
        title="two arms: configure a network",
        settings={"data": "spiral", "learning_rate": 0.1, "epochs": 5000},
        predict_at=(0.0,),
    ),
)

NETWORK_HELP = "matters only with a hidden layer"

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0),
        help="How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        name="data",
        label="data",
        ladder=("clouds", "overlap", "moons", "circles", "xor", "spiral"),
        help="How the points of the two classes lie.",
    ),
    Control(
        name="hidden_layers",
        label="hidden layers",
        ladder=(0, 1, 2, 3, 4),
        help="Layers between inputs and output; without any, the boundary is a line.",
    ),
    Control(
        name="units",
        label="units",
        ladder=UNITS,
        help=f"How many units each hidden layer has; {NETWORK_HELP}.",
    ),
    Control(
        name="activation",
        label="activation",
        ladder=("tanh", "relu", "sigmoid"),
        help=f"What bends the outputs of a hidden layer; {NETWORK_HELP}.",
    ),
    Control(
        name="epochs",
        label="epochs",
        ladder=(100, 200, 500, 1000, 2000, 5000, 10_000),
        help="How many steps there are at most; each uses all the points.",
    ),
    Control(
        name="stop_above",
        label="stop above",
        ladder=(0.9, 0.95, 0.98, 0.99, 1.0),
        help="The accuracy that is enough, checked every 20 steps; 1 never stops.",
    ),
    Control(
        name="points",
        label="points",
        ladder=(20, 50, 100, 200, 500, 1000),
        help="How many points there are, half of them of each class.",
    ),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which points and which starting weights are drawn.",
    ),
)

LESSON = TrainingLesson(
    slug="decision-boundary",
    title="Decision boundary",
    summary="two features, one line",
    minutes=25,
    source="engine.trainers.decision_boundary",
    trainer="DecisionBoundary",
    pace=30,
    charts=("boundary", "network"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
