"""The scenes of the tensors lab, from one number to a video: their texts and the lines to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.config import nearest

_SCRIPT = """
scalar: 0-D · a scalar
A single number: a loss, a learning rate, one weight.
- x:
> x  # no brackets, no dimension: the shape is empty
> x * 2 + 1  # arithmetic works as on any number
> x.item()  # the number without the tensor around it
> x.reshape(1, 1)  # the same number as a table of one row and one column
> x[0]  # fails: there is no dimension to index

features: 1-D · a feature vector
One iris flower in four measurements, in cm: the length and width of a sepal, then of a petal.
- x: feature
> x[0]  # an index takes its dimension away: 0-D is left
> x[-1]  # negative indices count from the end
> x[1:3]  # a slice keeps the dimension
> x[x > 2]  # a mask picks the cells where it is True
> x * 10  # every cell at once: the same in mm
> x / x.sum()  # one number is stretched over four
> x[4]  # fails: four features are counted 0, 1, 2, 3

sequence: 2-D · a sequence
A stone thrown upwards at 12 m/s, seen every quarter of a second: each row a moment, with its time
(s), height (m) and speed (m/s).
- x: time feature
> x[0]  # the first moment, all its features
> x[:, -1]  # the last column; its dimension is gone: 1-D
> x[:, [-1]]  # the last column as a table of one column: still 2-D
> x[x[:, 2] < 0]  # the moments at which the stone falls
> x[x[:, 1].argmax(), 0]  # the time at which it is highest
> x.mean(dim=0)  # over time: one number a feature
> x.T  # features × time: the same memory, read in other steps
> x.T.view(-1)  # fails: those steps cannot be one row; reshape copies

grid: 2-D · memory and strides
Twelve whole numbers, each the place where it lies in memory: watch which order a shape reads them
in.
- x: row column
> x.reshape(2, -1)  # −1 is worked out: 6; the memory is shared
> x.T  # strides (4, 1) become (1, 4); nothing moves
> x.T.contiguous()  # now it was copied, into the order of reading
> x[1:, ::2]  # a view: an offset, and larger strides
> x[[0, 2]]  # a list of rows is always a copy
> x.sum(dim=0)  # dim 0 goes: down each column
> x.sum(dim=1, keepdim=True)  # along each row, kept as a column
> x @ x.T  # each cell from a row and a column
> x.reshape(5, -1)  # fails: twelve is not a multiple of five
> x.mean()  # fails: whole numbers have no mean in their own dtype

image: 3-D · an image
A photograph, small: x is height × width × channel, as files and screens have it; y is the same
memory channel first, as PyTorch's layers want it.
- x: height width channel
- y: channel height width
> x.permute(2, 0, 1)  # channel first: y, and no number moves
> x[:, :, 0]  # the red channel: an image of one number a pixel
> x[6:18, 9:27]  # a crop
> x.flip(1)  # left and right changed places: a copy
> x[::2, ::2]  # every second pixel: a quarter of them, not copied
> x.float().mean(dim=2)  # grey: the mean of red, green and blue
> 255 - x  # the negative
> x + 100  # uint8 ends at 255 and starts again at 0: look at the petals
> y.reshape(24, 36, 3)  # the right shape and a scrambled image: permute instead

video: 4-D · a video
Twenty frames of a ball that bounces, each an image.
- x: frame height width channel
> x[5]  # one frame: an image
> x[:, 8]  # one row of pixels in every frame: its path in time
> x.flip(0)  # backwards in time
> x[::2]  # every second frame
> x.float().mean(dim=0)  # all frames in one: where the ball has been
> x.permute(0, 3, 1, 2)  # frames × channel × height × width, for PyTorch's layers
> x.flatten(1)  # each frame as one row of 1,152 numbers

broadcasting: Two shapes · broadcasting
x has four rows of three, y has three numbers: what happens when they meet?
- x: row column
- y: column
> x + y  # y is stretched over the four rows
> x - x.mean(dim=0)  # every column around 0: the means are (3,)
> x - x.mean(dim=1)  # fails: four means are aligned with three columns
> x - x.mean(dim=1, keepdim=True)  # (4, 1) fits: every row around 0
> x[:, [0]] + y  # (4, 1) and (3,): both are stretched
> x[:, 0] + y  # fails: 4 meets 3
> y[:, None] * y  # every product of two: a table out of one row

numpy: NumPy · shared or copied
An array a of NumPy, and two tensors made from it: shared lies in the memory of a, copied has its
own.
- shared: row column
- copied: row column
> shared == copied  # where they still agree
> shared.dtype  # NumPy's default is float64, PyTorch's own is float32
> shared.float()  # another dtype is always a copy
"""
"""Each scene: its name and title, a description, the dimensions of each tensor, and lines to
try."""


@dataclass(frozen=True, slots=True)
class Try:
    """A line to try, and what it demonstrates. Some fail on purpose."""

    text: str
    shows: str


@dataclass(frozen=True, slots=True)
class TensorScene:
    """Named tensors to try lines on; created by `engine.tensors.content`."""

    name: str
    title: str
    says: str  # a description of the numbers
    axes: Mapping[str, tuple[str, ...]]  # the name of each dimension, by the name of the tensor
    tries: tuple[Try, ...]

    @property
    def pictures(self) -> bool:
        """Whether `x` is drawn as height × width × 3; a video has frames as first dimension."""
        return self.name in ("image", "video")


def _scene(text: str) -> TensorScene:
    head, *lines = text.strip().splitlines()
    name, _, title = head.partition(": ")
    axes = [line[2:].split(":") for line in lines if line.startswith("- ")]
    tries = [line[2:].split("  # ") for line in lines if line.startswith("> ")]
    return TensorScene(
        name,
        title,
        " ".join(line for line in lines if not line.startswith(("- ", "> "))),
        {tensor: tuple(names.split()) for tensor, names in axes},
        tuple(Try(line, shows) for line, shows in tries),
    )


SCENES = tuple(map(_scene, _SCRIPT.split("\n\n")))


def find(name: str) -> TensorScene:
    """Return the scene of that name; `ValueError`, with the nearest name, if there is none."""
    by_name = {scene.name: scene for scene in SCENES}
    if name not in by_name:
        raise ValueError(f"no scene {name!r}; {nearest(name, by_name)}")
    return by_name[name]
