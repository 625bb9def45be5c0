"""The frozen picture of a probability over two features; knows no torch, no chart, no screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.pictures import Array
from engine.pictures.curve import sigmoid


def relu(z: Array) -> Array:
    """0 for what is negative."""
    return np.asarray(np.maximum(z, 0))


def tanh(z: Array) -> Array:
    """The sigmoid's shape, from −1 to 1."""
    return np.asarray(np.tanh(z))


ACTIVATIONS = {"tanh": tanh, "relu": relu, "sigmoid": sigmoid}


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The weights of one layer, and what the last step would change of them."""

    weights: Array
    """Shape (outputs, inputs)."""
    bias: Array
    """Shape (outputs,)."""
    gradient: Array | None
    """Of the weights, the same shape; None before the first step."""


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryPicture:
    """A model of two features among the points of its two classes.

    It holds copies of all weights, so that whoever draws it can ask for P wherever there is room.
    """

    x: Array
    """The inputs, shape (points, 2)."""
    labels: Array
    """The class of each point, 0 or 1, shape (points,)."""
    layers: tuple[Layer, ...]
    """The last one gives z; a linear model has no other."""
    activation: str
    """What bends the outputs of all layers but the last."""
    right: int
    """How many points lie where P is nearer to their label."""

    def log_odds(self, x: Array) -> Array:
        """z at each of the places x, shape (places, 2)."""
        bend = ACTIVATIONS[self.activation]
        with np.errstate(over="ignore", invalid="ignore"):
            for layer in self.layers[:-1]:
                x = bend(x @ layer.weights.T + layer.bias)
            last = self.layers[-1]
            return np.asarray((x @ last.weights.T + last.bias)[:, 0])

    def accuracy(self) -> float:
        """The share of points that are right."""
        return self.right / len(self.x)
