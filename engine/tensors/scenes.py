"""The scenes of the tensors lab, from one number to a video: their text and the lines to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.config import nearest


@dataclass(frozen=True, slots=True)
class Try:
    """A line to try, and what it shows. Some fail on purpose."""

    text: str
    shows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorScene:
    """Named tensors to try lines on; `engine.tensors.content` makes them."""

    name: str
    title: str
    says: str
    """What the numbers are."""
    axes: Mapping[str, tuple[str, ...]]
    """The name of each dimension, by the name of the tensor."""
    drawn: Literal["numbers", "image", "video"] = "numbers"
    """How `x` is drawn: an image is height × width × 3, a video has frames before these."""
    tries: tuple[Try, ...]


SCENES = (
    TensorScene(
        name="scalar",
        title="0-D · a scalar",
        says="A single number: a loss, a learning rate, one weight.",
        axes={"x": ()},
        tries=(
            Try("x", "no brackets, no dimension: the shape is empty"),
            Try("x * 2 + 1", "arithmetic works as on any number"),
            Try("x.item()", "the number without the tensor around it"),
            Try("x.reshape(1, 1)", "the same number as a table of one row and one column"),
            Try("x[0]", "fails: there is no dimension to index"),
        ),
    ),
    TensorScene(
        name="features",
        title="1-D · a feature vector",
        says="One iris flower in four measurements, in cm: the length and width of a sepal, then "
        "of a petal.",
        axes={"x": ("feature",)},
        tries=(
            Try("x[0]", "an index takes its dimension away: 0-D is left"),
            Try("x[-1]", "negative indices count from the end"),
            Try("x[1:3]", "a slice keeps the dimension"),
            Try("x[x > 2]", "a mask picks the cells where it is True"),
            Try("x * 10", "every cell at once: the same in mm"),
            Try("x / x.sum()", "one number is stretched over four"),
            Try("x[4]", "fails: four features are counted 0, 1, 2, 3"),
        ),
    ),
    TensorScene(
        name="sequence",
        title="2-D · a sequence",
        says="A stone thrown upwards at 12 m/s, seen every quarter of a second: each row a moment, "
        "with its time (s), height (m) and speed (m/s).",
        axes={"x": ("time", "feature")},
        tries=(
            Try("x[0]", "the first moment, all its features"),
            Try("x[:, -1]", "the last column; its dimension is gone: 1-D"),
            Try("x[:, [-1]]", "the last column as a table of one column: still 2-D"),
            Try("x[x[:, 2] < 0]", "the moments at which the stone falls"),
            Try("x[x[:, 1].argmax(), 0]", "the time at which it is highest"),
            Try("x.mean(dim=0)", "over time: one number a feature"),
            Try("x.T", "features × time: the same memory, read in other steps"),
            Try("x.T.view(-1)", "fails: those steps cannot be one row; reshape copies"),
        ),
    ),
    TensorScene(
        name="grid",
        title="2-D · memory and strides",
        says="Twelve whole numbers, each the place where it lies in memory: watch which order a "
        "shape reads them in.",
        axes={"x": ("row", "column")},
        tries=(
            Try("x.reshape(2, -1)", "−1 is worked out: 6; the memory is shared"),
            Try("x.T", "strides (4, 1) become (1, 4); nothing moves"),
            Try("x.T.contiguous()", "now it was copied, into the order of reading"),
            Try("x[1:, ::2]", "a view: an offset, and larger strides"),
            Try("x[[0, 2]]", "a list of rows is always a copy"),
            Try("x.sum(dim=0)", "dim 0 goes: down each column"),
            Try("x.sum(dim=1, keepdim=True)", "along each row, kept as a column"),
            Try("x @ x.T", "each cell from a row and a column"),
            Try("x.reshape(5, -1)", "fails: twelve is not a multiple of five"),
            Try("x.mean()", "fails: whole numbers have no mean in their own dtype"),
        ),
    ),
    TensorScene(
        name="image",
        title="3-D · an image",
        says="A photograph, small: x is height × width × channel, as files and screens have it; y "
        "is the same memory channel first, as PyTorch's layers want it.",
        axes={"x": ("height", "width", "channel"), "y": ("channel", "height", "width")},
        drawn="image",
        tries=(
            Try("x.permute(2, 0, 1)", "channel first: y, and no number moves"),
            Try("x[:, :, 0]", "the red channel: an image of one number a pixel"),
            Try("x[6:18, 9:27]", "a crop"),
            Try("x.flip(1)", "left and right changed places: a copy"),
            Try("x[::2, ::2]", "every second pixel: a quarter of them, not copied"),
            Try("x.float().mean(dim=2)", "grey: the mean of red, green and blue"),
            Try("255 - x", "the negative"),
            Try("x + 100", "uint8 ends at 255 and starts again at 0: look at the petals"),
            Try("y.reshape(24, 36, 3)", "the right shape and a scrambled image: permute instead"),
        ),
    ),
    TensorScene(
        name="video",
        title="4-D · a video",
        says="Twenty frames of a ball that bounces, each an image.",
        axes={"x": ("frame", "height", "width", "channel")},
        drawn="video",
        tries=(
            Try("x[5]", "one frame: an image"),
            Try("x[:, 8]", "one row of pixels in every frame: its path in time"),
            Try("x.flip(0)", "backwards in time"),
            Try("x[::2]", "every second frame"),
            Try("x.float().mean(dim=0)", "all frames in one: where the ball has been"),
            Try("x.permute(0, 3, 1, 2)", "frames × channel × height × width, for PyTorch's layers"),
            Try("x.flatten(1)", "each frame as one row of 1,152 numbers"),
        ),
    ),
    TensorScene(
        name="broadcasting",
        title="Two shapes · broadcasting",
        says="x has four rows of three, y has three numbers: what happens when they meet?",
        axes={"x": ("row", "column"), "y": ("column",)},
        tries=(
            Try("x + y", "y is stretched over the four rows"),
            Try("x - x.mean(dim=0)", "every column around 0: the means are (3,)"),
            Try("x - x.mean(dim=1)", "fails: four means are aligned with three columns"),
            Try("x - x.mean(dim=1, keepdim=True)", "(4, 1) fits: every row around 0"),
            Try("x[:, [0]] + y", "(4, 1) and (3,): both are stretched"),
            Try("x[:, 0] + y", "fails: 4 meets 3"),
            Try("y[:, None] * y", "every product of two: a table out of one row"),
        ),
    ),
    TensorScene(
        name="numpy",
        title="NumPy · shared or copied",
        says="An array a of NumPy, and two tensors made from it: shared lies in the memory of a, "
        "copied has its own.",
        axes={"shared": ("row", "column"), "copied": ("row", "column")},
        tries=(
            Try("shared == copied", "where they still agree"),
            Try("shared.dtype", "NumPy's default is float64, PyTorch's own is float32"),
            Try("shared.float()", "another dtype is always a copy"),
        ),
    ),
)


def find(name: str) -> TensorScene:
    """The scene of that name.

    Raises:
        ValueError: no scene has that name; the message offers the nearest.
    """
    by_name = {scene.name: scene for scene in SCENES}
    if name not in by_name:
        raise ValueError(f"no scene {name!r}; {nearest(name, by_name)}")
    return by_name[name]
