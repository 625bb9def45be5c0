"""The settings of the digits lesson; knows no torch, no loop and no screen."""

from __future__ import annotations

from lessons.lesson import Preset, TrainingLesson
from lessons.mnist.challenges import CHALLENGES
from lessons.mnist.controls import CONTROLS
from lessons.mnist.questions import QUESTIONS

FIRST = (0.0, 1.0, 2.0, 3.0, 4.0)
"""Test images: what is asked for is the class of image number x."""

PRESETS = (
    Preset(
        name="mnist",
        title="five layers, ten epochs",
        needs="mnist",
        predict_at=FIRST,
    ),
    Preset(
        name="digits",
        title="scikit-learn's digits: no download",
        settings={"data": "digits", "learning_rate": 0.05, "epochs": 60},
        predict_at=FIRST,
    ),
    Preset(
        name="convolutional",
        title="a small convolutional network",
        settings={"network": "convolutional"},
        predict_at=FIRST,
    ),
    Preset(
        name="templates",
        title="no hidden layer: look at the weights",
        settings={"depth": 0},
        predict_at=FIRST,
    ),
    Preset(
        name="sigmoid",
        title="sigmoids: the gradient vanishes",
        settings={"activation": "sigmoid", "epochs": 3},
        predict_at=FIRST,
    ),
    Preset(
        name="one-by-one",
        title="image by image, by a DataLoader",
        settings={"pipeline": "dataloader", "epochs": 2},
        predict_at=FIRST,
    ),
    Preset(
        name="fashion",
        title="clothes in place of digits",
        settings={"data": "fashion-mnist"},
        predict_at=FIRST,
    ),
    Preset(
        name="kmnist",
        title="old Japanese handwriting",
        settings={"data": "kmnist"},
        predict_at=FIRST,
    ),
)

LESSON = TrainingLesson(
    slug="mnist",
    title="MNIST",
    summary="handwritten digits, and a network that reads them",
    minutes=35,
    lab="mnist",
    source="engine.trainers.mnist",
    trainer="Mnist",
    pace=200,
    charts=("digits", "activations", "weights", "confusion", "gradients", "accuracy", "time"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
