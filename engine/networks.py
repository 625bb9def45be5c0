"""Trained networks: copies that read digits in any thread, and files that keep the weights."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from torch import nn

from engine.plain_file import Unsuitable, read_plain, set_aside, where_to_write

About: TypeAlias = Mapping[str, int | float | str]
"""The settings that a network was made with, and its test accuracy."""
State: TypeAlias = Mapping[str, torch.Tensor]
"""The weights of a network by name: its state dict."""
Prepare: TypeAlias = Callable[[torch.Tensor], torch.Tensor]
"""Turns grey values, (images, 28, 28), into what a network takes."""

VARIABLE = "DLTUI_STATE_DIR"
"""The environment variable that names another folder for what is kept."""
OURS, OTHER = "a network that dltui saved", "something else"
DAMAGED = "a damaged file, or another kind"
LARGEST = 64 * 2**20
"""Bytes: three times the largest network of the course."""


class Unfit(Exception):
    """A file that is not the network that was asked for; the message says why."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        super().__init__(f"{path}: expected {expected}, found {found}; it was not used")


@dataclass(frozen=True, slots=True, eq=False)
class SavedNetwork:
    """A network that was read from a file."""

    about: About
    weights: State


def folder() -> Path:
    """Where the networks are; it need not exist."""
    named = os.environ.get(VARIABLE, "")
    above = Path(named) if named else platformdirs.user_state_path("dltui", appauthor=False)
    return Path(os.path.expanduser(above)) / "networks"  # noqa: PTH111  # never raises


def files() -> Iterator[Path]:
    """The files of networks in the folder, by name."""
    yield from sorted(folder().glob("*.pt"))


def save(path: Path, about: About, weights: State) -> None:
    """Write a network beside the file of that name, and move it into its place.

    So the file is always whole: the old network, or the new one. A file in its place that is no
    network of ours is renamed, and not overwritten.

    Raises:
        OSError: it cannot be written; what was there is still there.
    """
    if os.path.exists(path):  # noqa: PTH110  # never raises
        try:
            load(path)
        except Unfit:
            set_aside(path)
    path = where_to_write(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "about": json.dumps(dict(about)),
        "weights": {name: weight.detach().cpu() for name, weight in weights.items()},
    }
    whole = io.BytesIO()
    torch.save(content, whole)  # writing to the file it would turn an OSError into another error
    handle, beside = tempfile.mkstemp(prefix=f".{path.stem}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(whole.getbuffer())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def load(path: Path, like: State | None = None) -> SavedNetwork:
    """Read a network; nothing in the file is ever executed.

    Raises:
        Unfit: there is none, it is not one that `save` wrote, or its weights differ from `like` in
            names, shapes or types, or are not finite.
    """
    content = _content(path)
    if not isinstance(content, dict):
        raise Unfit(path, OURS, OTHER)
    try:
        about, weights = json.loads(content["about"]), dict(content["weights"])
    except (TypeError, KeyError, ValueError, RecursionError):
        raise Unfit(path, OURS, OTHER) from None
    if not isinstance(about, dict):
        raise Unfit(path, OURS, "one without its settings")
    for name, weight in weights.items():
        plain = (
            isinstance(weight, torch.Tensor)
            and weight.is_floating_point()
            and weight.layout == torch.strided
            and weight.device.type == "cpu"
        )
        if not plain:
            raise Unfit(path, "weights that are numbers", f"something else as {name!r}")
    if like is not None:
        _check(path, weights, like)
    return SavedNetwork(about, weights)


def _check(path: Path, weights: State, like: State) -> None:
    for name, wanted in like.items():
        if name not in weights:
            raise Unfit(path, f"the weights {name!r}", f"only {', '.join(map(repr, weights))}")
        weight = weights[name]
        if weight.shape != wanted.shape:
            raise Unfit(path, f"{name!r} of {_shape(wanted)}", _shape(weight))
        if weight.dtype != wanted.dtype:
            raise Unfit(path, f"{name!r} of {wanted.dtype}", f"{weight.dtype}")
        if not weight.isfinite().all():
            raise Unfit(path, f"finite numbers as {name!r}", "others")
    for name in weights:
        if name not in like:
            raise Unfit(path, f"{len(like)} tensors of weights", f"one more, {name!r}")


def _content(path: Path) -> Any:
    """What the file holds, tensors and plain values only."""
    try:
        content = io.BytesIO(read_plain(path, LARGEST))
        if not zipfile.is_zipfile(content):
            raise Unfit(path, OURS, DAMAGED)
        content.seek(0)
        return torch.load(content, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise Unfit(path, "a saved network", "no such file") from None
    except Unsuitable as error:
        raise Unfit(path, error.expected, error.found) from None
    except OSError as error:
        raise Unfit(path, "a file that can be read", error.strerror or str(error)) from None
    except Unfit:
        raise
    except Exception as error:  # torch.load raises errors of many kinds
        found = "one with code in it" if "Unsupported" in str(error) else DAMAGED
        raise Unfit(path, OURS, found) from None


def _shape(tensor: torch.Tensor) -> str:
    return "shape " + (" × ".join(map(str, tensor.shape)) or "()")


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
