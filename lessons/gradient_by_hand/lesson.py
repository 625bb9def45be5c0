"""The settings of gradient descent by hand; knows no torch, no loop and no screen."""

from __future__ import annotations

from lessons.controls import SEEDS
from lessons.gradient_by_hand.challenges import CHALLENGES
from lessons.gradient_by_hand.questions import QUESTIONS
from lessons.lesson import Control, Preset, TrainingLesson

PRESETS = (
    Preset(
        name="seed",
        title="three samples of y = 2x",
        predict_at=(4.0,),
    ),
    Preset(
        name="zigzag",
        title="jumps over its goal, and arrives",
        settings={"learning_rate": 0.15, "epochs": 20},
        predict_at=(4.0,),
    ),
    Preset(
        name="runaway",
        title="every epoch ends farther away",
        settings={"learning_rate": 0.25},
        predict_at=(4.0,),
    ),
    Preset(
        name="noisy",
        title="ten noisy samples: w never rests",
        settings={"points": 10, "noise": 2.0, "learning_rate": 0.002},
        predict_at=(4.0,),
    ),
    Preset(
        name="intercept",
        title="a line that w·x cannot follow",
        settings={"intercept": 3.0},
        predict_at=(4.0,),
    ),
)

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0),
        help="How far each step goes against the gradient.",
    ),
    Control(
        name="initial_w",
        label="initial w",
        ladder=(-10.0, -5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0, 10.0),
        help="Where the weight stands before the first step.",
    ),
    Control(
        name="epochs",
        label="epochs",
        ladder=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
        help="How many times the training passes over the data; each sample is one step.",
    ),
    Control(
        name="points",
        label="samples",
        ladder=(1, 2, 3, 5, 10, 20),
        help="How many samples there are, at x = 1, 2, 3 and so on.",
    ),
    Control(
        name="slope",
        label="true slope",
        ladder=(-5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 5.0),
        help="The slope of the line behind the samples, which w should find.",
    ),
    Control(
        name="intercept",
        label="true intercept",
        ladder=(-5.0, -3.0, -1.0, 0.0, 1.0, 3.0, 5.0),
        help="The height of that line at x = 0; the model has nothing to match it with.",
    ),
    Control(
        name="noise",
        label="noise",
        ladder=(0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
        help="How far the samples are scattered around the line: a standard deviation.",
    ),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which noise is drawn; without noise every seed gives the same samples.",
    ),
)

LESSON = TrainingLesson(
    slug="gradient-by-hand",
    title="Gradient descent by hand",
    summary="one weight, one sample a step",
    minutes=15,
    source="engine.trainers.gradient_by_hand",
    trainer="GradientByHand",
    pace=2,
    charts=("fit", "valley"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
