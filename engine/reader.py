"""A copy of a network that reads digits, to be asked from any thread; knows no training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Prepare: TypeAlias = Callable[[torch.Tensor], torch.Tensor]
"""Turns grey values, (images, 28, 28), into what a network takes."""


class Reader:
    """A network whose weights stay as they are, and that says what it sees in an image.

    It keeps copies of the weights on their device, which is all that a training pays for it;
    the network is put together from them on the CPU when the first question comes.
    """

    def __init__(
        self,
        network: Callable[[], nn.Sequential],
        weights: Mapping[str, torch.Tensor],
        prepare: Prepare,
        *,
        about: str,
        classes: tuple[str, ...],
    ) -> None:
        """Copy the `weights`, a state dict that fits what `network` makes."""
        self._network = network
        self._weights = {name: weight.detach().clone() for name, weight in weights.items()}
        self.prepare = prepare
        self.about = about
        """Which network this is, in a few words: `this run, epoch 3`."""
        self.classes = classes
        """What the ten answers are called."""

    def probabilities(self, image: NDArray[np.uint8]) -> NDArray[np.float64]:
        """P of each class for one image, uint8 of shape (28, 28): float64 of shape (classes,)."""
        pixels = torch.from_numpy(np.ascontiguousarray(image)).unsqueeze(0)
        with torch.inference_mode():
            logits = self.model(self.prepare(pixels))[0]
            return np.asarray(torch.softmax(logits.double(), dim=0).numpy())

    @cached_property
    def model(self) -> nn.Sequential:
        """The network, on the CPU."""
        # On the meta device nothing is drawn: the random numbers of the run are not touched.
        with torch.device("meta"):
            model = self._network()
        weights = {name: weight.cpu() for name, weight in self._weights.items()}
        model.load_state_dict(weights, assign=True)
        return model.eval()
