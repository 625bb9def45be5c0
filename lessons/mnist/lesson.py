"""The lesson MNIST: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame
from lessons.controls import MOMENTUM, SEEDS
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.pictures import DigitsPicture

FIRST = (0.0, 1.0, 2.0, 3.0, 4.0)
"""The numbers of the test images whose classes are predicted."""

PRESETS = (
    Preset("mnist", "five layers, ten epochs", needs="mnist", predict_at=FIRST),
    Preset(
        "digits",
        "scikit-learn's digits: no download",
        {"data": "digits", "learning_rate": 0.05, "epochs": 60},
        predict_at=FIRST,
    ),
    Preset(
        "convolutional",
        "a small convolutional network",
        {"network": "convolutional"},
        predict_at=FIRST,
    ),
    Preset("templates", "no hidden layer: look at the weights", {"depth": 0}, predict_at=FIRST),
    Preset(
        "sigmoid",
        "sigmoids: the gradient vanishes",
        {"activation": "sigmoid", "epochs": 3},
        predict_at=FIRST,
    ),
    Preset(
        "one-by-one",
        "image by image, by a DataLoader",
        {"pipeline": "dataloader", "epochs": 2},
        predict_at=FIRST,
    ),
    Preset(
        "source",
        "all 60,000, chosen by the test",
        {"validation": 0},
        predict_at=FIRST,
    ),
    Preset("fashion", "clothes in place of digits", {"data": "fashion-mnist"}, predict_at=FIRST),
    Preset("kmnist", "old Japanese handwriting", {"data": "kmnist"}, predict_at=FIRST),
)

DENSE = ("network", "dense")

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
        "How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        "network",
        ("dense", "convolutional"),
        "All pixels at once, or small patterns everywhere in the image.",
    ),
    Control(
        "width",
        (16, 32, 64, 128, 256, 512, 1024),
        "Units in the first hidden layer; each next layer has half as many.",
        only_with=DENSE,
    ),
    Control(
        "depth",
        (0, 1, 2, 3, 4, 5, 6),
        "Hidden layers; without any, the network is ten sums of weighted pixels.",
        only_with=DENSE,
    ),
    Control("activation", ("relu", "tanh", "sigmoid"), "What bends the outputs of a hidden layer."),
    Control(
        "data",
        ("mnist", "fashion-mnist", "kmnist", "digits"),
        "Which images; digits travel with scikit-learn, and need no download.",
    ),
    Control(
        "batch_size", (1, 8, 16, 32, 64, 128, 256, 512, 1024), "How many images a step looks at."
    ),
    Control(
        "pipeline",
        ("indexed", "dataloader"),
        "Batches by their indices from one tensor, or image by image.",
    ),
    Control("start", ("anew", "saved"), "From random weights, or from the network that was kept."),
    Control(
        "epochs",
        (1, 2, 3, 5, 10, 20, 60),
        "Passes over the training images; after each, the held-out images are evaluated.",
    ),
    Control(
        "validation",
        (0, 1000, 5000, 10_000, 20_000),
        "How many of 60,000 images choose the network that is kept; with 0 the test does.",
    ),
    Control(
        "digit",
        (0, 1, 2, 3, 4, 5, 8, 18, 61, 100, 247, 321),
        "Which test image goes through the layers in the picture of the activations.",
        label="digit shown",
    ),
    Control("seed", SEEDS, "Which weights it starts from, and the order of the images."),
)

DIGITS = ("mnist", "digits")
TIMES = 1000
"""The factor by which a vanished gradient of the first layer is below that of the last."""


def reads(frame: Frame) -> bool:
    """Whether 97% of the test digits are right."""
    return _right(frame) >= 0.97


def convolves(frame: Frame) -> bool:
    """Whether a convolutional network gets 98% of the test digits right."""
    return frame.settings.get("network") == "convolutional" and _right(frame) >= 0.98


def vanishes(frame: Frame) -> bool:
    """Whether, after an epoch, the first layer's gradient is a thousandth of the last's."""
    picture = _picture(frame)
    if picture is None or len(picture.accuracies) < 2 or len(picture.gradients) < 2:
        return False
    first, last = picture.gradients[0][1], picture.gradients[-1][1]
    return 0 < first * TIMES <= last


def mends_sigmoids(frame: Frame) -> bool:
    """Whether a network with sigmoids gets 90% of the test digits right."""
    return frame.settings.get("activation") == "sigmoid" and _right(frame) >= 0.9


def _right(frame: Frame) -> float:
    """Return the test accuracy; with a validation part it is 0 before the end."""
    picture = _picture(frame)
    if picture is None or picture.data not in DIGITS:
        return 0.0
    return picture.test_accuracy or 0.0


def _picture(frame: Frame) -> DigitsPicture | None:
    return cast("DigitsPicture | None", frame.picture) if frame.step else None


CHALLENGES = (
    Challenge(
        "reads",
        "get 97% of the test digits right",
        "Ten epochs do it on MNIST; scikit-learn's digits take 60, at a rate of 0.05.",
        check=reads,
        solution={"data": "digits", "learning_rate": 0.05, "epochs": 60},
    ),
    Challenge(
        "convolution",
        "get 98% with a convolution",
        "A preset has one. On scikit-learn's digits, 60 epochs at a rate of 0.05 do it.",
        check=convolves,
        solution={
            "data": "digits",
            "learning_rate": 0.05,
            "epochs": 60,
            "network": "convolutional",
        },
    ),
    Challenge(
        "vanish",
        "see the first gradient vanish",
        "Play the preset sigmoid: after an epoch it is 1,000 times smaller than the last. "
        "Which slope is never above 1/4?",
        check=vanishes,
        solution={"data": "digits", "activation": "sigmoid", "epochs": 1},
    ),
    Challenge(
        "sigmoids",
        "get 90% in spite of sigmoids",
        "How many of them lie between the loss and the first layer? And how long is a step?",
        check=mends_sigmoids,
        solution={
            "data": "digits",
            "learning_rate": 0.05,
            "epochs": 60,
            "activation": "sigmoid",
            "depth": 1,
        },
    ),
)

LESSON = TrainingLesson(
    slug="mnist",
    title="MNIST",
    minutes=35,
    lab="mnist",
    source="engine.trainers.mnist",
    trainer="Mnist",
    pace=200,
    charts=("digits", "activations", "weights", "confusion", "gradients", "accuracy", "time"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
