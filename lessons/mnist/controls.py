"""What a learner may turn in the lab of the digits; knows no training and no screen."""

from __future__ import annotations

from lessons.controls import MOMENTUM, SEEDS
from lessons.lesson import Control

DENSE = ("network", "dense")

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
        help="How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        name="network",
        label="network",
        ladder=("dense", "convolutional"),
        help="All pixels at once, or small patterns everywhere in the image.",
    ),
    Control(
        name="width",
        label="width",
        ladder=(16, 32, 64, 128, 256, 512, 1024),
        help="Units in the first hidden layer; each next layer has half as many.",
        only_with=DENSE,
    ),
    Control(
        name="depth",
        label="depth",
        ladder=(0, 1, 2, 3, 4, 5, 6),
        help="Hidden layers; without any, the network is ten sums of weighted pixels.",
        only_with=DENSE,
    ),
    Control(
        name="activation",
        label="activation",
        ladder=("relu", "tanh", "sigmoid"),
        help="What bends the outputs of a hidden layer.",
    ),
    Control(
        name="data",
        label="data",
        ladder=("mnist", "fashion-mnist", "kmnist", "digits"),
        help="Which images; digits travel with scikit-learn, and need no download.",
    ),
    Control(
        name="batch_size",
        label="batch size",
        ladder=(1, 8, 16, 32, 64, 128, 256, 512, 1024),
        help="How many images a step looks at.",
    ),
    Control(
        name="pipeline",
        label="pipeline",
        ladder=("indexed", "dataloader"),
        help="Batches by their indices from one tensor, or image by image.",
    ),
    Control(
        name="start",
        label="start",
        ladder=("anew", "saved"),
        help="From random weights, or from the network that was kept.",
    ),
    Control(
        name="epochs",
        label="epochs",
        ladder=(1, 2, 3, 5, 10, 20, 60),
        help="Passes over the training images; after each, all test images are asked.",
    ),
    Control(
        name="digit",
        label="digit shown",
        ladder=(0, 1, 2, 3, 4, 5, 8, 18, 61, 100, 247, 321),
        help="Which test image goes through the layers in the picture of the activations.",
    ),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which weights it starts from, and the order of the images.",
    ),
)
