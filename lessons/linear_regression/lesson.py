"""The settings of linear regression; knows no torch, no loop and no screen."""

from __future__ import annotations

from dataclasses import replace

from lessons.controls import (
    INITIAL_B,
    INITIAL_W,
    INTERCEPT,
    MOMENTUM,
    NOISE,
    POINTS,
    REDUCTION,
    SEEDS,
    SLOPE,
)
from lessons.lesson import Control, Preset, TrainingLesson
from lessons.linear_regression.challenges import CHALLENGES
from lessons.linear_regression.questions import QUESTIONS

PRESETS = (
    Preset(
        name="six-points",
        title="six points near a line",
        predict_at=(3.5,),
    ),
    Preset(
        name="double",
        title="y = 2x from three points",
        settings={
            "data": "line",
            "points": 3,
            "low": 1.0,
            "high": 3.0,
            "slope": 2.0,
            "intercept": 0.0,
            "noise": 0.0,
        },
        predict_at=(4.0,),
    ),
    Preset(
        name="noisy-line",
        title="a hundred noisy points",
        settings={"data": "line", "learning_rate": 0.001, "epochs": 20_000},
        predict_at=(4.0,),
    ),
    Preset(
        name="overshoot",
        title="a rate just below the limit",
        settings={"learning_rate": 0.18},
        predict_at=(3.5,),
    ),
    Preset(
        name="momentum",
        title="a ball with hardly any friction",
        settings={"momentum": 0.98},
        predict_at=(3.5,),
    ),
)

OWN_LINE = ("data", "line")
"""What the settings of the line behind the points depend on."""

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.18, 0.2, 0.5, 1.0),
        help="How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        name="epochs",
        label="epochs",
        ladder=(50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000),
        help="How many passes over the data; each is one step, with all the points.",
    ),
    REDUCTION,
    Control(
        name="data",
        label="data",
        ladder=("six-points", "line"),
        help="Six fixed points, or points around a line that you choose.",
    ),
    INITIAL_W,
    INITIAL_B,
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which start nn.Linear draws, and which noise the line gets.",
    ),
    replace(POINTS, only_with=OWN_LINE),
    replace(NOISE, only_with=OWN_LINE),
    replace(SLOPE, only_with=OWN_LINE),
    replace(INTERCEPT, only_with=OWN_LINE),
    Control(
        name="low",
        label="smallest x",
        ladder=(-10.0, -5.0, -2.0, 0.0, 1.0),
        help="Where the points begin; far from zero makes a long, narrow bowl.",
        only_with=OWN_LINE,
    ),
    Control(
        name="high",
        label="largest x",
        ladder=(2.0, 3.0, 5.0, 12.0, 20.0),
        help="Where the points end.",
        only_with=OWN_LINE,
    ),
)

LESSON = TrainingLesson(
    slug="linear-regression",
    title="Linear regression",
    summary="nn.Linear, MSELoss and SGD",
    minutes=20,
    source="engine.trainers.linear_regression",
    trainer="LinearRegression",
    pace=30,
    charts=("fit", "surface"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
