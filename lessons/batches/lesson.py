"""The settings of the three sizes of batch; knows no torch, no loop and no screen."""

from __future__ import annotations

from dataclasses import replace

from lessons.batches.challenges import CHALLENGES
from lessons.batches.questions import QUESTIONS
from lessons.controls import INITIAL_B, INITIAL_W, INTERCEPT, NOISE, POINTS, SEEDS, SLOPE
from lessons.lesson import Control, Preset, TrainingLesson

PRESETS = (
    Preset(
        name="noisy-line",
        title="a hundred points, batches of ten",
        predict_at=(4.0,),
    ),
    Preset(
        name="smaller-steps",
        title="less noise, and a full batch too slow",
        settings={"learning_rate": 0.02},
        predict_at=(4.0,),
    ),
    Preset(
        name="sorted",
        title="never shuffled: from left to right",
        settings={"shuffle": "never"},
        predict_at=(4.0,),
    ),
    Preset(
        name="no-noise",
        title="points exactly on the line",
        settings={"noise": 0.0},
        predict_at=(4.0,),
    ),
    Preset(
        name="close-by",
        title="a start so near that one sees the dance",
        settings={"initial_w": 2.0, "initial_b": 10.0},
        predict_at=(4.0,),
    ),
    Preset(
        name="ravine",
        title="x from −2 to 12: a narrow bowl",
        settings={"high": 12.0, "learning_rate": 0.001, "epochs": 100},
        predict_at=(4.0,),
    ),
)

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
        help="How far each step of all three goes against its gradient.",
    ),
    Control(
        name="batch_size",
        label="batch size",
        ladder=(1, 2, 3, 5, 10, 20, 32, 50, 100),
        help="How many points a step of the mini-batch training looks at.",
    ),
    Control(
        name="epochs",
        label="epochs",
        ladder=(5, 10, 20, 60, 100, 200, 500),
        help="How many passes over the data; full makes one step in each.",
    ),
    Control(
        name="shuffle",
        label="shuffle",
        ladder=("each-epoch", "never"),
        help="Whether the points come in a new order in every epoch, or from left to right.",
    ),
    NOISE,
    POINTS,
    Control(
        name="low",
        label="smallest x",
        ladder=(-10.0, -5.0, -2.0, 0.0),
        help="Where the points begin.",
    ),
    Control(
        name="high",
        label="largest x",
        ladder=(2.0, 5.0, 12.0),
        help="Where the points end; far from zero makes a long, narrow bowl.",
    ),
    SLOPE,
    INTERCEPT,
    replace(INITIAL_W, help="Where all slopes start; random leaves it to nn.Linear."),
    replace(INITIAL_B, help="Where all intercepts start; random leaves it to nn.Linear."),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which noise, which start and which orders are drawn.",
    ),
)

LESSON = TrainingLesson(
    slug="batches",
    title="Batches",
    summary="full batch, one sample, mini-batch",
    minutes=20,
    source="engine.trainers.batches",
    trainer="Batches",
    pace=10,
    charts=("paths", "samples", "seconds"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
