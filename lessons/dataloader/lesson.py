"""The settings of the loader's lesson; knows no torch, no loop and no screen."""

from __future__ import annotations

from lessons.dataloader.challenges import CHALLENGES
from lessons.dataloader.controls import CONTROLS
from lessons.dataloader.questions import QUESTIONS
from lessons.lesson import Preset, TrainingLesson

TYPICAL = (-1.0, 0.0, 1.0)
"""Rows whose features all lie so many deviations above their means."""

PRESETS = (
    Preset(
        name="adam",
        title="standardised, rate 0.01 by Adam",
        predict_at=TYPICAL,
    ),
    Preset(
        name="seed",
        title="as first written: SGD, rate 0.01, raw",
        settings={"optimizer": "sgd", "standardise": "no"},
        predict_at=TYPICAL,
    ),
    Preset(
        name="standardised",
        title="SGD, rate 0.01, standardised",
        settings={"optimizer": "sgd"},
        predict_at=TYPICAL,
    ),
    Preset(
        name="saturated",
        title="SGD, rate 1 on raw features",
        settings={"optimizer": "sgd", "learning_rate": 1.0, "standardise": "no"},
        predict_at=TYPICAL,
    ),
    Preset(
        name="mended",
        title="SGD, rate 1, standardised",
        settings={"optimizer": "sgd", "learning_rate": 1.0},
        predict_at=TYPICAL,
    ),
    Preset(
        name="in-order",
        title="not shuffled, the last batch dropped",
        settings={"shuffle": "no", "drop_last": "yes"},
        predict_at=TYPICAL,
    ),
    Preset(
        name="workers",
        title="two worker processes make the batches",
        settings={"workers": 2},
        predict_at=TYPICAL,
    ),
)

LESSON = TrainingLesson(
    slug="dataloader",
    title="DataLoader",
    summary="Dataset, batches, shuffling, workers",
    minutes=30,
    lab="dataloader",
    source="engine.trainers.dataloader",
    trainer="TableLearner",
    pace=10,
    charts=("belt", "validation", "gradients", "confusion", "throughput"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
