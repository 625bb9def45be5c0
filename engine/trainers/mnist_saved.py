"""The network that was kept from an earlier run, to be asked; knows no training of its own."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import torch

from engine import networks
from engine.reader import Reader
from engine.trainers.mnist import MnistConfig, network, normalised
from engine.trainers.mnist_kept import Kept


def saved_reader(config: MnistConfig, data: str, classes: tuple[str, ...]) -> Reader | None:
    """The best network of this kind that was trained on this data; None where none was kept.

    Raises:
        engine.networks.Unfit: there is a file, and it holds no such network.
    """
    path = Kept(data, asdict(config)).path
    if not path.exists():
        return None
    with torch.device("meta"):  # the shapes alone: nothing is drawn at random
        like = network(config).state_dict()
    saved = networks.load(path, like)
    accuracy = saved.about.get("test_accuracy")
    right = f", {accuracy:.1%} of the test images right" if isinstance(accuracy, float) else ""
    about = f"the saved network{right}"
    return Reader(partial(network, config), saved.weights, normalised, about=about, classes=classes)
