"""The settings of logistic regression; knows no torch, no loop and no screen."""

from __future__ import annotations

from lessons.controls import MOMENTUM, SEEDS
from lessons.lesson import Control, Preset, TrainingLesson
from lessons.logistic_regression.challenges import CHALLENGES
from lessons.logistic_regression.questions import QUESTIONS

PRESETS = (
    Preset(
        name="six-points",
        title="six points, one of them a 0",
        predict_at=(3.5,),
    ),
    Preset(
        name="logits",
        title="the same, computed from z",
        settings={"loss": "BCEWithLogitsLoss"},
        predict_at=(3.5,),
    ),
    Preset(
        name="endless",
        title="a weight that grows for ever",
        settings={"learning_rate": 1.0, "epochs": 10_000},
        predict_at=(3.5,),
    ),
    Preset(
        name="overlap",
        title="labels that overlap: a best curve",
        settings={"data": "overlap", "learning_rate": 1.0},
        predict_at=(3.5,),
    ),
    Preset(
        name="stuck",
        title="one step too far, and no way back",
        settings={"learning_rate": 100.0},
        predict_at=(3.5,),
    ),
)

OVERLAP = ("data", "overlap")
"""What the settings of the overlapping labels depend on."""

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0),
        help="How far each step goes against the gradient.",
    ),
    Control(
        name="at",
        label="odds at x",
        ladder=(-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0),
        help="The x for which the lab shows the probability and the odds.",
    ),
    MOMENTUM,
    Control(
        name="epochs",
        label="epochs",
        ladder=(50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 100_000),
        help="How many passes over the data; each is one step, with all the points.",
    ),
    Control(
        name="loss",
        label="loss",
        ladder=("BCELoss", "BCEWithLogitsLoss"),
        help="Whether the cross-entropy is computed from P or straight from z.",
    ),
    Control(
        name="data",
        label="data",
        ladder=("six-points", "overlap"),
        help="Six points that a threshold separates, or labels that overlap.",
    ),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which start nn.Linear draws, and which points where labels overlap.",
    ),
    Control(
        name="points",
        label="points",
        ladder=(10, 20, 50, 100, 200, 500, 1000),
        help="How many points there are, half of them with label 1.",
        only_with=OVERLAP,
    ),
    Control(
        name="gap",
        label="gap",
        ladder=(0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 10.0),
        help="How far apart the middles of the two classes lie, in standard deviations.",
        only_with=OVERLAP,
    ),
)

LESSON = TrainingLesson(
    slug="logistic-regression",
    title="Logistic regression",
    summary="one feature, two classes",
    minutes=20,
    source="engine.trainers.logistic_regression",
    trainer="LogisticRegression",
    pace=50,
    charts=("curve", "log-odds"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
