"""The settings of the model built from two parameters; knows no torch, no loop and no screen."""

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
from lessons.parameters.challenges import CHALLENGES
from lessons.parameters.questions import QUESTIONS

PRESETS = (
    Preset(
        name="seed",
        title="y = 3x + 10 with noise",
        predict_at=(4.0,),
    ),
    Preset(
        name="momentum",
        title="the same bowl, with momentum",
        settings={"momentum": 0.9, "epochs": 2000},
        predict_at=(4.0,),
    ),
    Preset(
        name="edge",
        title="a rate just over the limit",
        settings={"learning_rate": 0.024, "epochs": 2000},
        predict_at=(4.0,),
    ),
    Preset(
        name="no-noise",
        title="points exactly on the line",
        settings={"noise": 0.0},
        predict_at=(4.0,),
    ),
    Preset(
        name="few-points",
        title="five points, a line of their own",
        settings={"points": 5},
        predict_at=(4.0,),
    ),
)

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.024, 0.05, 0.1),
        help="How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        name="epochs",
        label="epochs",
        ladder=(100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000),
        help="How many steps there are; each uses all the points.",
    ),
    NOISE,
    replace(POINTS, help="How many points there are between x = −2 and x = 12."),
    SLOPE,
    INTERCEPT,
    replace(INITIAL_W, help="Where the slope starts; random draws it from N(0, 1)."),
    replace(INITIAL_B, help="Where the intercept starts; random draws it from N(0, 1)."),
    REDUCTION,
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which noise and which start are drawn.",
    ),
)

LESSON = TrainingLesson(
    slug="parameters",
    title="Parameters",
    summary="a model from two nn.Parameters",
    minutes=15,
    source="engine.trainers.parameters",
    trainer="Parameters",
    pace=200,
    charts=("fit", "surface"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
