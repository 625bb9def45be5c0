"""The settings of the sum and the mean; knows no torch, no loop and no screen."""

from __future__ import annotations

from dataclasses import replace

from lessons.controls import INITIAL_B, INITIAL_W, INTERCEPT, NOISE, POINTS, SEEDS, SLOPE
from lessons.lesson import Control, Preset, TrainingLesson
from lessons.loss_reduction.challenges import CHALLENGES
from lessons.loss_reduction.questions import QUESTIONS

PRESETS = (
    Preset(
        name="double",
        title="y = 2x from three points",
        predict_at=(4.0,),
    ),
    Preset(
        name="ten-points",
        title="the same line from ten points",
        settings={"points": 10},
        predict_at=(4.0,),
    ),
    Preset(
        name="noisy",
        title="a hundred noisy points",
        settings={"points": 100, "noise": 1.0, "learning_rate": 0.0005},
        predict_at=(4.0,),
    ),
    Preset(
        name="edge",
        title="the sum just below its limit",
        settings={"learning_rate": 0.06},
        predict_at=(4.0,),
    ),
    Preset(
        name="mean-ahead",
        title="a mean that is ahead of the sum",
        settings={"mean_learning_rate": 0.05},
        predict_at=(4.0,),
    ),
)

CONTROLS = (
    Control(
        name="learning_rate",
        label="sum's rate",
        ladder=(1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.06, 0.1),
        help="How far each step of the sum goes against its gradient.",
    ),
    Control(
        name="mean_learning_rate",
        label="mean's rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.18, 0.2),
        help="How far each step of the mean goes against its gradient.",
    ),
    replace(POINTS, help="How many points there are between x = 1 and x = 3."),
    Control(
        name="epochs",
        label="epochs",
        ladder=(10, 50, 100, 200, 500, 1000, 2000, 5000),
        help="How many passes over the data; each is one step of both.",
    ),
    NOISE,
    SLOPE,
    INTERCEPT,
    replace(INITIAL_W, help="Where both slopes start; random leaves it to nn.Linear."),
    replace(INITIAL_B, help="Where both intercepts start; random leaves it to nn.Linear."),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which start nn.Linear draws for both, and which noise the points get.",
    ),
)

LESSON = TrainingLesson(
    slug="loss-reduction",
    title="Sum or mean",
    summary="what the reduction does to the step",
    minutes=15,
    source="engine.trainers.loss_reduction",
    trainer="LossReduction",
    pace=30,
    charts=("lines", "paths"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
