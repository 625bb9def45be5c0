"""Trained networks: copies that classify images in any thread, and files with saved weights."""

from __future__ import annotations

import io
import json
import os
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

from engine.plain_file import Unsuitable, read_plain, set_aside, write_whole

About: TypeAlias = Mapping[str, int | float | str]
"""The settings of a network, and its test accuracy."""
State: TypeAlias = Mapping[str, torch.Tensor]
"""The weights of a network by name: its state dict."""
Prepare: TypeAlias = Callable[[torch.Tensor], torch.Tensor]
"""Converts grey values, (images, 28, 28), to the input of a network."""

VARIABLE = "DLTUI_STATE_DIR"
"""The environment variable with another folder for saved networks."""
OURS, OTHER = "a network that dltui saved", "something else"
DAMAGED = "a damaged file, or another kind"
LARGEST = 64 * 2**20
"""The largest file size in bytes: three times the largest network of the course."""


class Unfit(Exception):
    """The file is not the requested network; the message says why."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        super().__init__(f"{path}: expected {expected}, found {found}; it was not used")


@dataclass(frozen=True, slots=True, eq=False)
class SavedNetwork:
    """A network that was read from a file."""

    about: About
    weights: State


def folder() -> Path:
    """Return the folder of saved networks; it may not exist."""
    named = os.environ.get(VARIABLE, "")
    above = Path(named) if named else platformdirs.user_state_path("dltui", appauthor=False)
    return Path(os.path.expanduser(above)) / "networks"  # noqa: PTH111  # never raises


def files() -> Iterator[Path]:
    """Yield the network files in the folder, sorted by name."""
    yield from sorted(folder().glob("*.pt"))


def save(path: Path, about: About, weights: State) -> None:
    """Replace the file by a network, so that it always holds the old network or the new one.

    An existing file that is not a network of this program is renamed, not overwritten.

    Raises:
        OSError: it cannot be written; the old file is unchanged.
    """
    if os.path.exists(path):  # noqa: PTH110  # never raises
        try:
            load(path)
        except Unfit:
            set_aside(path)
    content = {
        "about": json.dumps(dict(about)),
        "weights": {name: weight.detach().cpu() for name, weight in weights.items()},
    }
    whole = io.BytesIO()
    torch.save(content, whole)  # to a file it would turn an OSError into another error
    write_whole(path, whole.getvalue())


def load(path: Path, like: State | None = None) -> SavedNetwork:
    """Read a network; code in the file is never executed.

    Raises:
        Unfit: the file does not exist, is not one that `save` wrote, or its weights differ from
            `like` in names, shapes or types, or are not finite.
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
    """Return the content of the file: tensors and plain values only."""
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
    except Exception as error:  # torch.load raises errors of many types
        found = "one with code in it" if "Unsupported" in str(error) else DAMAGED
        raise Unfit(path, OURS, found) from None


def _shape(tensor: torch.Tensor) -> str:
    return "shape " + (" × ".join(map(str, tensor.shape)) or "()")


class Reader:
    """A copy of a network that classifies images and is not trained further.

    It keeps copies of the weights on their device, which costs the training little; the network is
    built from them on the CPU for the first image.
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
        """Copy the `weights`, a state dict that fits the result of `network`."""
        self._network = network
        self._weights = {name: weight.detach().clone() for name, weight in weights.items()}
        self.prepare = prepare
        self.about = about
        """A short description of the network: `this run, epoch 3`."""
        self.classes = classes
        """The names of the ten classes."""

    def probabilities(self, image: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return P of each class, float64 of shape (classes,), for one image, uint8 of shape (28,
        28)."""
        pixels = torch.from_numpy(np.ascontiguousarray(image)).unsqueeze(0)
        with torch.inference_mode():
            logits = self.model(self.prepare(pixels))[0]
            return np.asarray(torch.softmax(logits.double(), dim=0).numpy())

    @cached_property
    def model(self) -> nn.Sequential:
        """The network on the CPU."""
        # The meta device draws no random numbers, so those of the run do not change.
        with torch.device("meta"):
            model = self._network()
        weights = {name: weight.cpu() for name, weight in self._weights.items()}
        model.load_state_dict(weights, assign=True)
        return model.eval()
