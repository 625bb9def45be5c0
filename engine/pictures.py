"""`Picture` and its subclasses: frozen numbers from a trainer that the charts draw.

Every array is a copy: none shares memory with the weights in training.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.networks import Reader
    from engine.throughput import Throughput

Array: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
Pixels: TypeAlias = NDArray[np.uint8]
"""Grey values from 0 (background) to 255 (ink)."""
Weights: TypeAlias = NDArray[np.float32]
LayerSizes: TypeAlias = tuple[tuple[str, float], ...]
"""The name of each layer, from the inputs to the output, and the root mean square of its weight
gradient at the last step; empty before the first."""


def sigmoid(z: Array) -> Array:
    """Return σ(z) = 1/(1 + e⁻ᶻ), without overflow warnings for large |z|."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=np.float64))))


def relu(z: Array) -> Array:
    """Return max(z, 0)."""
    return np.asarray(np.maximum(z, 0))


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "relu": relu,
    "sigmoid": sigmoid,
}


@dataclass(frozen=True, slots=True, eq=False)
class LossHistory:
    """The loss of every step so far, in a bounded number of buckets.

    Bucket i covers the steps from `first[i]` up to the next bucket, and keeps their lowest and
    highest loss, so that no spike is lost. While there are no more steps than buckets, each bucket
    holds one step and low equals high.
    """

    first: Array
    low: Array
    high: Array
    stride: int = 1
    """The number of steps that a bucket covers."""
    steps: int | None = None
    """The number of steps; None if the last bucket is full."""

    def __len__(self) -> int:
        return len(self.first)

    def first_below(self, loss: float) -> int | None:
        """Return the step at which the loss first fell below `loss`, or None.

        If a bucket covers several steps this is its last one: late, never early.
        """
        below = (self.low < loss).nonzero()[0]
        if not len(below):
            return None
        last = int(self.first[below[0]]) + self.stride - 1
        return last if self.steps is None else min(last, self.steps)


class Picture:
    """The base class of the data that a trainer gives to the charts."""

    __slots__ = ()


# Straight lines


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture(Picture):
    """A straight line, its data points, and the path of its parameters."""

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    w: float
    b: float
    """The current intercept; 0 for a model without one."""
    start: tuple[float, float]
    """w and b before the first step."""
    path: Array
    """The values of w, or of w and b, oldest first, shape (positions, 1) or (positions, 2)."""
    sample: int | None = None
    """The index of the point that the last step used, if each step uses one point."""
    reduction: str = "mean"
    """`mean` or `sum`: how the loss combines the errors of the points."""

    def loss_at(self, w: Array, b: Array | float) -> Array:
        """Return the squared error over all points at each (w, b); broadcasts w against b.

        mean((w·x + b − y)²) is a quadratic in w and b whose coefficients are means over the data,
        so the points are summed once and not once for each cell of a grid.
        """
        x, y = self.x, self.y
        mean = (
            w * w * np.mean(x * x)
            + 2 * w * b * np.mean(x)
            + b * b
            - 2 * w * np.mean(x * y)
            - 2 * b * np.mean(y)
            + np.mean(y * y)
        )
        return np.asarray(mean * (len(x) if self.reduction == "sum" else 1))

    def least_squares(self) -> tuple[float, float]:
        """Return the (w, b) with the least loss; b is 0 for a model without an intercept."""
        if self.path.shape[1] == 1:
            return float(self.x @ self.y / (self.x @ self.x)), 0.0
        w, b = np.polyfit(self.x, self.y, 1)
        return float(w), float(b)


@dataclass(frozen=True, slots=True, eq=False)
class LineWalk:
    """One of several training runs of a line that are compared."""

    name: str
    """A short, unique name."""
    w: float
    b: float
    path: Array
    """The values of (w, b), oldest first, shape (positions, 2)."""
    losses: LossHistory | None
    """The loss of every update; None for the run whose losses are those of the frame."""
    updates: int
    samples: int = 0
    """The total number of samples that its updates used."""
    seconds: float = 0.0
    """The total time of its updates; 0 if it is not measured."""


@dataclass(frozen=True, slots=True, eq=False)
class WalksPicture(Picture):
    """Training runs of ŷ = w·x + b on the same points, from the same start."""

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    start: tuple[float, float]
    """w and b before the first step."""
    walks: tuple[LineWalk, ...]
    """The runs in the order in which they are drawn and named; three at most."""

    def walk(self, name: str) -> LineWalk:
        """Return the run of that name; raises `KeyError` if there is none."""
        return {walk.name: walk for walk in self.walks}[name]

    def loss_at(self, w: Array, b: Array | float) -> Array:
        """Return the mean squared error over all points at each (w, b)."""
        return self._line().loss_at(w, b)

    def least_loss(self) -> float:
        """Return the mean squared error of the best line, the lower bound of every run."""
        w, b = self._line().least_squares()
        return float(self.loss_at(np.array([w]), b)[0])

    def _line(self) -> LinePicture:
        return LinePicture(self.x, self.y, *self.start, self.start, self.walks[0].path)


# Two classes


@dataclass(frozen=True, slots=True, eq=False)
class CurvePicture(Picture):
    """The curve P = σ(w·x + b) and points with labels 0 or 1."""

    x: Array
    """The inputs, shape (points,)."""
    labels: Array
    """The class of each point, 0 or 1, shape (points,)."""
    w: float
    b: float
    start: tuple[float, float]
    """w and b before the first step."""
    at: float
    """The x at which the learner asks for the odds."""

    def log_odds(self, x: Array | float) -> Array:
        """Return z = w·x + b."""
        return np.asarray(self.w * np.asarray(x, dtype=np.float64) + self.b)

    def probability(self, x: Array | float) -> Array:
        """Return P = σ(z), the probability of label 1 at each x."""
        return sigmoid(self.log_odds(x))

    def odds(self, x: float) -> float:
        """Return P/(1 − P) = eᶻ, or infinity if it overflows a float."""
        z = float(self.log_odds(x))
        return math.exp(z) if z < 709 else math.inf

    def threshold(self) -> float | None:
        """Return the x where P = 0.5; None for a curve that is flat or nearly flat."""
        at = -self.b / self.w if self.w else math.nan
        return at if math.isfinite(at) else None

    def right(self) -> int:
        """Return the number of points that the threshold classifies correctly."""
        return int(np.sum((self.log_odds(self.x) >= 0) == (self.labels == 1)))

    def loss(self, w: float, b: float) -> float:
        """Return the mean cross-entropy as ln(1 + eᶻ) − y·z, which never overflows."""
        z = w * self.x + b
        return float(np.mean(np.logaddexp(0, z) - self.labels * z))

    def separable(self) -> bool:
        """Whether a threshold separates the labels, so that a larger w is always better."""
        zeros, ones = self.x[self.labels == 0], self.x[self.labels == 1]
        if not len(zeros) or not len(ones):
            return True
        return bool(zeros.max() <= ones.min() or ones.max() <= zeros.min())

    def best(self) -> tuple[float, float] | None:
        """Return the (w, b) with the least loss, by Newton's method; None for separable labels.

        Each step solves H·d = g, with the gradient g = Σ (P − y)·(x, 1) and the Hessian
        H = Σ P·(1 − P)·(x, 1)(x, 1)ᵀ. The step is halved while it would raise the loss.
        """
        if self.separable():
            return None
        inputs, at = np.stack([self.x, np.ones_like(self.x)], axis=1), np.zeros(2)
        for _ in range(50):
            p = sigmoid(inputs @ at)
            gradient = inputs.T @ (p - self.labels)
            step = np.linalg.lstsq((inputs.T * (p * (1 - p))) @ inputs, gradient, rcond=None)[0]
            while self.loss(*(at - step)) > self.loss(*at) + 1e-12:
                step = step / 2
            at = at - step
        return float(at[0]), float(at[1])


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The weights of one layer, and their gradient at the last step."""

    weights: Array
    """Shape (outputs, inputs)."""
    bias: Array
    """Shape (outputs,)."""
    gradient: Array | None
    """The gradient of the weights, same shape; None before the first step."""


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryPicture(Picture):
    """A model with two features, and the points of its two classes.

    It holds copies of all weights, so a chart can compute P at any point.
    """

    x: Array
    """The inputs, shape (points, 2)."""
    labels: Array
    """The class of each point, 0 or 1, shape (points,)."""
    layers: tuple[Layer, ...]
    """The layers; the last one gives z, and a linear model has no others."""
    activation: str
    """The activation function of all layers except the last."""
    right: int
    """The number of points that are classified correctly."""

    def log_odds(self, x: Array) -> Array:
        """Return z at each of the points x, shape (points, 2)."""
        bend = ACTIVATIONS[self.activation]
        with np.errstate(over="ignore", invalid="ignore"):
            for layer in self.layers[:-1]:
                x = bend(x @ layer.weights.T + layer.bias)
            last = self.layers[-1]
            return np.asarray((x @ last.weights.T + last.bias)[:, 0])

    def accuracy(self) -> float:
        """Return the share of points that are classified correctly."""
        return self.right / len(self.x)


# Curves, in five steps


@dataclass(frozen=True, slots=True)
class StageView:
    """One of the five steps of a training script, and its last inputs and outputs."""

    name: str
    code: str
    """The line of a plain script for this step."""
    taken: str
    """The inputs, with their shapes."""
    given: str
    """The outputs, with their shapes."""
    numbers: tuple[str, ...]
    """Some of the outputs as numbers: those of the first model if there are several."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One of the fitted models, and the path of its weights."""

    name: str
    """A short, unique name."""
    curve: Array
    """ŷ at each x of the picture's `grid`, shape (places,)."""
    losses: LossHistory | None
    """The loss of every update; None for the model whose losses are those of the frame."""
    updates: int
    path: Array
    """The weights at each position, oldest first, shape (positions, weights)."""
    heights: Array
    """The loss over all points at each of these positions, shape (positions,)."""

    @property
    def loss(self) -> float:
        """The current loss over all points."""
        return float(self.heights[-1])

    def distances(self) -> Array:
        """Return the Euclidean distance of each position from the first, shape (positions,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(np.linalg.norm(self.path - self.path[0], axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class FitsPicture(Picture):
    """Models that are fitted to the same points."""

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    grid: Array
    """The inputs at which the curves are computed, in ascending order."""
    walks: tuple[Fit, ...]
    """The models in the order in which they are drawn and named; four at most."""
    wave: bool = False
    """Whether the model is ŷ = sin(w·x + b), whose loss is a surface over w and b."""
    stages: tuple[StageView, ...] = ()
    lit: str = ""
    """The name of the step that ran last; empty before the first."""

    def walk(self, name: str) -> Fit:
        """Return the model of that name; raises `KeyError` if there is none."""
        return {walk.name: walk for walk in self.walks}[name]


def wave_losses(x: Array, y: Array, w: Array, b: Array) -> Array:
    """Return the mean of (sin(w·x + b) − y)² for each w and each b, shape (bs, ws).

    sin(w·x + b) = sin(w·x)·cos b + cos(w·x)·sin b, so the points are summed once for each w and not
    once for each cell of the map.
    """
    inner = np.outer(w, x)
    sine, cosine = np.sin(inner), np.cos(inner)
    ss, sc, cc = (
        np.mean(a * c, axis=1) for a, c in ((sine, sine), (sine, cosine), (cosine, cosine))
    )
    sy, cy = np.mean(sine * y, axis=1), np.mean(cosine * y, axis=1)
    up, over = np.sin(b)[:, None], np.cos(b)[:, None]
    squares = ss * over**2 + 2 * sc * over * up + cc * up**2
    return np.asarray(squares - 2 * (sy * over + cy * up) + np.mean(y * y))


# Tables


@dataclass(frozen=True, slots=True, eq=False)
class Belt:
    """The samples that the epoch has used so far, and those in the batch of the last step."""

    seen: NDArray[np.bool_]
    """Whether this epoch has used each sample of the training part; shape (samples,)."""
    batch: Counts
    """The samples in the batch, in order; empty before the first step."""
    number: int
    """The number of the batch in the epoch, counted from 1."""
    batches: int
    """The number of batches in an epoch."""
    waiting: bool = False
    """Whether the training waits for the worker processes to make the next batch."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """The losses and scores before the first epoch and after each epoch."""

    epochs: Array
    """Shape (measures,), from 0; with many epochs, only some of them."""
    train_loss: Array
    train_score: Array
    """The accuracy, or R² if a number is predicted."""
    validation_loss: Array
    validation_score: Array


@dataclass(frozen=True, slots=True, eq=False)
class TablePicture(Picture):
    """A network that is trained on the rows of a table."""

    data: str
    """The name of the table."""
    features: int
    """The number of features in a row."""
    score: str
    """The name of the score: accuracy or R²."""
    belt: Belt
    measures: Measures
    loss_to_beat: float
    """The validation loss of the best constant answer, computed from the labels alone."""
    score_to_beat: float
    """The validation score of a constant answer: the most frequent class, or the mean."""
    guess: str
    """The constant answer: the name of the class, or the mean."""
    classes: tuple[str, ...]
    """The class names; empty if a number is predicted."""
    confusion: Counts
    """The number of validation rows of each class (row) that were predicted as each class (column)
    at the last measure; shape (classes, classes)."""
    gradients: LayerSizes
    throughput: tuple[Throughput, ...] = ()
    """The measurements of the loader, if they were requested."""
    timing: bool = False
    """Whether the measurement is still running."""
    timing_stopped: bool = False
    """Whether the measurement was stopped early."""


# Images


@dataclass(frozen=True, slots=True, eq=False)
class HardDigits:
    """The held-out images with the greatest loss at the last evaluation, in descending order.

    The loss of an image is −ln P(its label): a wrong answer with a high probability comes first,
    and the later images may be right.
    """

    images: Pixels
    """Shape (digits, 28, 28); empty before the first evaluation."""
    labels: Counts
    """The actual classes, shape (digits,)."""
    predicted: Counts
    """The predicted classes, shape (digits,)."""
    sure: Array
    """P of the predicted class, shape (digits,)."""
    likely: Array
    """P of the actual class, shape (digits,)."""

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """The output of one layer of the network for one image."""

    name: str
    """A short description of the layer: `512 units`, `8 maps`."""
    values: Weights
    """Shape (units,), or (channels, rows, columns) after a convolution."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitWalk:
    """One test image and the outputs of all layers of the current network for it."""

    index: int
    """The index of the test image; the setting `digit` selects it."""
    image: Pixels
    """Shape (28, 28)."""
    label: int
    """Its actual class."""
    layers: tuple[Activation, ...]
    """All layers except the last, starting with the image."""
    probabilities: Array
    """The softmax of the last layer, shape (classes,)."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitsPicture(Picture):
    """A network that classifies digits, with its mistakes, weights and times.

    The results of an evaluation are created once: every picture until the next evaluation holds the
    same objects, so a chart may compare them by identity.
    """

    data: str
    """The name of the data set in use; `digits` if the requested one is missing."""
    classes: tuple[str, ...]
    """The names of the labels: `0` to `9`, or `T-shirt` and so on."""
    accuracies: Array
    """The share of held-out images that are right, by epoch, first before the training; shape
    (evaluations,)."""
    hardest: HardDigits
    confusion: Counts
    """The number of images of each class (row) that were predicted as each class (column) at the
    last evaluation, shape (classes, classes); zeros before the first."""
    weights: Weights
    """The current weights of the first units of the first layer: shape (units, 28, 28), or
    (channels, 5, 5) for a convolution."""
    walk: DigitWalk
    """The selected test image in the current network."""
    gradients: LayerSizes
    seconds: tuple[tuple[str, float], ...]
    """The mean seconds of each part of a step: `load`, `normalise`, `forward`, `backward` and
    `update`; empty before the first step."""
    pipeline: str
    """The input pipeline that makes the batches: `indexed` or `dataloader`."""
    other: tuple[tuple[str, float], ...]
    """The same seconds with the other pipeline, if the same network was trained with it since the
    program started; otherwise empty."""
    batches: int
    """The number of steps in an epoch."""
    reader: Reader
    """A copy of the current network, which any thread may use."""
    walks: Callable[[int], DigitWalk]
    """Returns the layer outputs of that copy for a test image; an index past the end starts
    over."""
    part: str = "test"
    """The images of the last evaluation: `validation` or `test`; at the end, `test`."""
    age: str = "before epoch 1"
    """The time of the last evaluation: `before epoch 1`, `epoch 2, step 78`, `at the end`."""
    held_part: str = "test"
    """The held-out images that `accuracies` are computed on: `validation` or `test`."""
    held_out: int = 0
    """The number of held-out images."""
    test_accuracy: float | None = None
    """The accuracy of the last test; None before the first."""
