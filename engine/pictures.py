"""What a training shows of itself at one moment: frozen numbers that the charts draw.

Every array is a copy: none shares memory with the weights that are being trained.
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
"""Grey values from 0, the background, to 255, the ink."""
Weights: TypeAlias = NDArray[np.float32]
LayerSizes: TypeAlias = tuple[tuple[str, float], ...]
"""Of each layer, from the inputs to the output: its name and the root mean square of the gradient
of its weights at the last step; empty before the first."""


def sigmoid(z: Array) -> Array:
    """σ(z) = 1/(1 + e⁻ᶻ), which for large |z| is 0 or 1 and no warning."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=np.float64))))


def relu(z: Array) -> Array:
    """0 for what is negative."""
    return np.asarray(np.maximum(z, 0))


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "relu": relu,
    "sigmoid": sigmoid,
}


@dataclass(frozen=True, slots=True, eq=False)
class LossHistory:
    """The loss of every step so far, in a bounded number of buckets.

    Bucket i covers the steps from `first[i]` up to the next bucket, and keeps the lowest and
    the highest loss among them, so that no spike is lost. As long as there are no more steps
    than buckets, each holds one step and low equals high.
    """

    first: Array
    low: Array
    high: Array
    stride: int = 1
    """How many steps a bucket covers."""
    steps: int | None = None
    """How many steps there are; None where the last bucket is full."""

    def __len__(self) -> int:
        return len(self.first)

    def first_below(self, loss: float) -> int | None:
        """The step at which the loss first fell below `loss`, or None.

        Where a bucket covers several steps this is the bucket's last one: late, never early.
        """
        below = (self.low < loss).nonzero()[0]
        if not len(below):
            return None
        last = int(self.first[below[0]]) + self.stride - 1
        return last if self.steps is None else min(last, self.steps)


class Picture:
    """The base class of what a trainer gives the charts to draw."""

    __slots__ = ()


# Straight lines


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture(Picture):
    """A straight line among its points, and the path of its parameters."""

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    w: float
    b: float
    """The intercept now; 0 for a model that has none."""
    start: tuple[float, float]
    """w and b before the first step."""
    path: Array
    """w, or w and b, over time, oldest first, shape (positions, 1) or (positions, 2)."""
    sample: int | None = None
    """The point that the last step used, where each step uses one point."""
    reduction: str = "mean"
    """Whether the loss is the mean or the sum over the points."""

    def loss_at(self, w: Array, b: Array | float) -> Array:
        """The squared error over all points at each (w, b); broadcasts w against b.

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
        """The (w, b) of the least loss; b stays 0 for a model that has none."""
        if self.path.shape[1] == 1:
            return float(self.x @ self.y / (self.x @ self.x)), 0.0
        w, b = np.polyfit(self.x, self.y, 1)
        return float(w), float(b)


@dataclass(frozen=True, slots=True, eq=False)
class LineWalk:
    """One of several trainings of a line that are compared."""

    name: str
    """A word or two, different from those of the others."""
    w: float
    b: float
    path: Array
    """(w, b) over time, oldest first, shape (positions, 2)."""
    losses: LossHistory | None
    """Its losses, by update; None for the training whose losses are those of the frame."""
    updates: int
    samples: int = 0
    """How many samples its updates used in all."""
    seconds: float = 0.0
    """How long its updates took; 0 where this is not measured."""


@dataclass(frozen=True, slots=True, eq=False)
class WalksPicture(Picture):
    """Trainings of ŷ = w·x + b on the same points, all from one start."""

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    start: tuple[float, float]
    """w and b before the first step."""
    walks: tuple[LineWalk, ...]
    """In the order in which they are drawn and named; three at most."""

    def walk(self, name: str) -> LineWalk:
        """The training of that name; a `KeyError` where there is none."""
        return {walk.name: walk for walk in self.walks}[name]

    def loss_at(self, w: Array, b: Array | float) -> Array:
        """The mean squared error over all points at each (w, b)."""
        return self._line().loss_at(w, b)

    def least_loss(self) -> float:
        """The mean squared error of the best line: no training gets below it."""
        w, b = self._line().least_squares()
        return float(self.loss_at(np.array([w]), b)[0])

    def _line(self) -> LinePicture:
        return LinePicture(self.x, self.y, *self.start, self.start, self.walks[0].path)


# Two classes


@dataclass(frozen=True, slots=True, eq=False)
class CurvePicture(Picture):
    """The curve P = σ(w·x + b) among points that are labelled 0 or 1."""

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
        """z = w·x + b."""
        return np.asarray(self.w * np.asarray(x, dtype=np.float64) + self.b)

    def probability(self, x: Array | float) -> Array:
        """P = σ(z): how likely label 1 is at each x."""
        return sigmoid(self.log_odds(x))

    def odds(self, x: float) -> float:
        """P/(1 − P), which is eᶻ; infinite where a float cannot hold it."""
        z = float(self.log_odds(x))
        return math.exp(z) if z < 709 else math.inf

    def threshold(self) -> float | None:
        """The x where P = 0.5; None for a curve that is flat or nearly so."""
        at = -self.b / self.w if self.w else math.nan
        return at if math.isfinite(at) else None

    def right(self) -> int:
        """How many points lie on the side of the threshold that their label asks for."""
        return int(np.sum((self.log_odds(self.x) >= 0) == (self.labels == 1)))

    def loss(self, w: float, b: float) -> float:
        """The mean cross-entropy as ln(1 + eᶻ) − y·z, which never overflows."""
        z = w * self.x + b
        return float(np.mean(np.logaddexp(0, z) - self.labels * z))

    def separable(self) -> bool:
        """Whether a threshold separates the labels: then a larger w is always better."""
        zeros, ones = self.x[self.labels == 0], self.x[self.labels == 1]
        if not len(zeros) or not len(ones):
            return True
        return bool(zeros.max() <= ones.min() or ones.max() <= zeros.min())

    def best(self) -> tuple[float, float] | None:
        """The (w, b) of the least loss, by Newton's method; None where the labels are separable.

        Each step solves H·d = g, with the gradient g = Σ (P − y)·(x, 1) and the Hessian
        H = Σ P·(1 − P)·(x, 1)(x, 1)ᵀ. The step is halved as long as it would raise the loss.
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
    """Of the weights, the same shape; None before the first step."""


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryPicture(Picture):
    """A model of two features among the points of its two classes.

    It holds copies of all weights, so a chart can compute P at any place.
    """

    x: Array
    """The inputs, shape (points, 2)."""
    labels: Array
    """The class of each point, 0 or 1, shape (points,)."""
    layers: tuple[Layer, ...]
    """The last one gives z; a linear model has no other."""
    activation: str
    """The activation function of all layers but the last."""
    right: int
    """How many points are classified correctly."""

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


# Curves, in five steps


@dataclass(frozen=True, slots=True)
class StageView:
    """One of the five steps, and what the last pass through it did."""

    name: str
    code: str
    """The line of a plain script that does it."""
    taken: str
    """What went in, with its shape."""
    given: str
    """What came out, with its shape."""
    numbers: tuple[str, ...]
    """Some of what came out, in numbers: those of the first model, where there are four."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One of the models that are fitted, and the path of its weights."""

    name: str
    """A word or two, different from those of the others."""
    curve: Array
    """ŷ at each x of the picture's `grid`, shape (places,)."""
    losses: LossHistory | None
    """Its losses, by update; None for the model whose losses are those of the frame."""
    updates: int
    path: Array
    """The weights over time, oldest first, shape (positions, weights)."""
    heights: Array
    """The loss over all points at each of these positions, shape (positions,)."""

    @property
    def loss(self) -> float:
        """The loss over all points now."""
        return float(self.heights[-1])

    def distances(self) -> Array:
        """The straight distance of each position from the first, shape (positions,)."""
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
    """The inputs at which the curves are known, from the least to the greatest."""
    walks: tuple[Fit, ...]
    """In the order in which they are drawn and named; four at most."""
    wave: bool = False
    """Whether the model is ŷ = sin(w·x + b), whose loss is a surface over w and b."""
    stages: tuple[StageView, ...] = ()
    """The five steps, in order."""
    lit: str = ""
    """The name of the step that ran last; empty before the first."""

    def walk(self, name: str) -> Fit:
        """The model of that name; a `KeyError` where there is none."""
        return {walk.name: walk for walk in self.walks}[name]


def wave_losses(x: Array, y: Array, w: Array, b: Array) -> Array:
    """The mean of (sin(w·x + b) − y)² for each w and each b, shape (bs, ws); a row for each b.

    sin(w·x + b) = sin(w·x)·cos b + cos(w·x)·sin b, so that the points are summed once for each
    w, and not once for each cell of the map.
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
    """Which samples the epoch has used so far, and which are in the batch of the last step."""

    seen: NDArray[np.bool_]
    """Of every sample of the training part, whether this epoch used it; shape (samples,)."""
    batch: Counts
    """The samples in the batch, in its order; empty before the first step."""
    number: int
    """Which batch of the epoch it is, counted from 1."""
    batches: int
    """How many an epoch has."""
    waiting: bool = False
    """Whether the worker processes have not made the next batch yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """How good the model was after each epoch, and before the first."""

    epochs: Array
    """Shape (measures,), from 0; of many epochs, some."""
    train_loss: Array
    train_score: Array
    """The accuracy or, where a number is predicted, R²."""
    validation_loss: Array
    validation_score: Array


@dataclass(frozen=True, slots=True, eq=False)
class TablePicture(Picture):
    """A network that trains on the rows of a table."""

    data: str
    """What the table is called."""
    features: int
    """How many numbers a row has beside its label."""
    score: str
    """What the score is: accuracy or R²."""
    belt: Belt
    measures: Measures
    loss_to_beat: float
    """The validation loss of one answer for all rows, computed from the labels alone."""
    score_to_beat: float
    """The validation score of that: of always answering the commoner class, or the mean."""
    guess: str
    """That answer: the name of the class, or the mean."""
    classes: tuple[str, ...]
    """Empty where a number is predicted."""
    confusion: Counts
    """How often the row's class was taken for the column's in the validation part, at the last
    measure; shape (classes, classes)."""
    gradients: LayerSizes
    throughput: tuple[Throughput, ...] = ()
    """The measurements of the loader, where they were asked for."""
    timing: bool = False
    """Whether that measurement is still going on."""
    timing_stopped: bool = False
    """Whether it was stopped before its end."""


# Images


@dataclass(frozen=True, slots=True, eq=False)
class HardDigits:
    """The held-out images with the greatest loss at the last evaluation, the hardest first.

    The loss of an image is −ln P(its label): a wrong answer with a high probability comes first.
    The later ones may be right.
    """

    images: Pixels
    """Shape (digits, 28, 28); empty before the first evaluation."""
    labels: Counts
    """The actual classes, shape (digits,)."""
    said: Counts
    """The predicted classes, shape (digits,)."""
    sure: Array
    """P of the predicted class, shape (digits,)."""
    likely: Array
    """P of the actual class, shape (digits,)."""

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """What one layer of the network makes of one image."""

    name: str
    """The layer in a word or two: `512 units`, `8 maps`."""
    values: Weights
    """Shape (units,), or (channels, rows, columns) behind a convolution."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitWalk:
    """One test image on its way through the layers, as the network is now."""

    index: int
    """Which of the test images it is; the setting `digit` chooses it."""
    image: Pixels
    """Shape (28, 28)."""
    label: int
    """Its actual class."""
    layers: tuple[Activation, ...]
    """All but the last one, from the image on."""
    probabilities: Array
    """The softmax of the last one, shape (classes,)."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitsPicture(Picture):
    """A network that reads digits: its mistakes, its weights, its time.

    What an evaluation finds is made once: the same objects stand in every picture until the next,
    so a chart may compare them by identity.
    """

    data: str
    """The name of the data set in use: `digits` also where another was asked for and is missing."""
    classes: tuple[str, ...]
    """The names of the labels: `0` to `9`, or `T-shirt` and so on."""
    accuracies: Array
    """The share of the held-out images that is right, by epoch: the first is that of the network
    before its training; shape (evaluations,)."""
    hardest: HardDigits
    confusion: Counts
    """How many images of each class (row) were taken for each class (column) at the last
    evaluation, shape (classes, classes); zeros before the first."""
    weights: Weights
    """The weights of the first units of the first layer, now: shape (units, 28, 28), or
    (channels, 5, 5) of a convolution."""
    walk: DigitWalk
    """The chosen test image, now."""
    gradients: LayerSizes
    seconds: tuple[tuple[str, float], ...]
    """The mean seconds of each part of a step: `load`, `normalise`, `forward`, `backward` and
    `update`; empty before the first step."""
    pipeline: str
    """How the batches are made: `indexed` or `dataloader`."""
    other: tuple[tuple[str, float], ...]
    """The same with the other pipeline, when the same network was last trained that way since the
    program began; empty if it never was."""
    batches: int
    """How many steps an epoch has."""
    reader: Reader
    """A copy of the network as it is now, which any thread may use."""
    walks: Callable[[int], DigitWalk]
    """Any test image on its way through that copy; a number beyond the last begins again."""
    part: str = "test"
    """Of which images the last evaluation was: validation, or test; at the end, test."""
    age: str = "before epoch 1"
    """When the last evaluation was made: `before epoch 1`, `epoch 2, step 78`, `at the end`."""
    held_part: str = "test"
    """What the held-out images are, which the `accuracies` are about: validation, or test."""
    held_out: int = 0
    """How many they are."""
    test_accuracy: float | None = None
    """Of the last test; None before the first."""
